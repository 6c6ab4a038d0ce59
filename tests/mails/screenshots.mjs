// Takes pictures of mails as a mail reader shows them: narrow and wide, light and dark, in a
// language that runs from the left and in one that runs from the right.
//
//   REGAIN_TEST_PREVIEW        a folder that `regain mail preview` wrote
//   REGAIN_TEST_SCREENSHOTS    where the pictures go
//
// and what ../browser/chromium.mjs needs.

import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { launch, needed } from "../browser/chromium.mjs";

const preview = resolve(needed("REGAIN_TEST_PREVIEW"));
const screenshots = needed("REGAIN_TEST_SCREENSHOTS");

mkdirSync(screenshots, { recursive: true });
const browser = await launch();
try {
  for (const width of [320, 640]) {
    for (const colorScheme of ["light", "dark"]) {
      // As low as no mail is: a picture is as high as its mail.
      const page = await browser.newPage({ viewport: { width, height: 320 }, colorScheme });
      for (const kind of ["password_reset", "password_changed"]) {
        for (const language of ["en", "ar"]) {
          await page.goto(pathToFileURL(join(preview, language, `${kind}.html`)).href);
          const picture = `${kind}-${language}-${width}-${colorScheme}.png`;
          await page.screenshot({ path: join(screenshots, picture), fullPage: true });
        }
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
}
