// Takes pictures of the pages on the way to a new password: narrow and wide, light and dark, in a language
// that runs from the left and in one that runs from the right.
//
//   REGAIN_TEST_URL            the running `regain demo`
//   REGAIN_TEST_SCREENSHOTS    where the pictures go
//
// and what chromium.mjs needs.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { launch, needed } from "./chromium.mjs";

const baseURL = needed("REGAIN_TEST_URL");
const screenshots = needed("REGAIN_TEST_SCREENSHOTS");

mkdirSync(screenshots, { recursive: true });
const browser = await launch();
try {
  await onTheWay("ada@example.com", { locale: "en", width: 640, colorScheme: "light" });
  await onTheWay("grace@example.com", { locale: "ar", width: 320, colorScheme: "dark" });
} finally {
  await browser.close();
}

async function onTheWay(identifier, { locale, width, colorScheme }) {
  const viewport = { width, height: 320 };
  const context = await browser.newContext({ baseURL, locale, colorScheme, viewport });
  const page = await context.newPage();
  const snap = (what) => {
    const picture = `${what}-${locale}-${width}-${colorScheme}.png`;
    return page.screenshot({ path: join(screenshots, picture), fullPage: true });
  };
  await page.goto("/a/default/reset");
  await snap("ask");
  await page.fill("#identifier", identifier);
  await page.click("button[type=submit]");
  await page.waitForSelector("#identifier", { state: "detached" });
  await snap("sent");

  await page.goto(await link(page, identifier));
  await snap("new-password");
  await page.$eval("form", (form) => (form.noValidate = true));
  await page.fill("#new_password", "short");
  await page.fill("#confirm_password", "short");
  await page.click("button[type=submit]");
  await page.waitForSelector(".mistakes");
  await snap("mistake");
  await page.fill("#new_password", "seven otters in the rain");
  await page.fill("#confirm_password", "seven otters in the rain");
  await page.click("button[type=submit]");
  await page.waitForSelector("#new_password", { state: "detached" });
  await snap("done");
  await page.goto("/a/default/reset/spent");
  await snap("not-valid");
  await context.close();
}

async function link(page, identifier) {
  for (;;) {
    const mails = await (await page.request.get("/demo/outbox.json")).json();
    const own = mails.filter(({ to }) => to === identifier).at(-1);
    if (own) return own.links.find((link) => link.includes("/reset/"));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
