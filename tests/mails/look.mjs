// Opens every mail in Chromium, as narrow as a telephone, light and dark: none is wider than its
// window, and axe finds nothing against WCAG in it.
//
//   REGAIN_TEST_PREVIEW    a folder that `regain mail preview` wrote
//
// and what ../browser/chromium.mjs needs.

import { readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

import { checkAccessible, checks, launch, needed } from "../browser/chromium.mjs";

const preview = resolve(needed("REGAIN_TEST_PREVIEW"));
const mails = readdirSync(preview, { recursive: true }).filter((file) => file.endsWith(".html"));

const browser = await launch();
try {
  for (const colorScheme of ["light", "dark"]) {
    const page = await browser.newPage({ viewport: { width: 320, height: 900 }, colorScheme });
    for (const mail of mails) {
      await page.goto(pathToFileURL(join(preview, mail)).href);
      await checkAccessible(page, `${mail}, ${colorScheme}`);
    }
    await page.close();
  }
  console.log(`mails: ${checks} checks passed in Chromium ${browser.version()}`);
} finally {
  await browser.close();
}
