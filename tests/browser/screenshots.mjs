// Takes pictures of the pages on the way to a new password, and of those with a button: narrow and wide, light and dark, in a language
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

/** The link that confirms an address. */
let unconfirmed;

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
  await ask(page, identifier);
  await snap("sent");

  await page.goto(await link(page, identifier, "reset"));
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

  // Both pictures of one address: no more mails come once it is confirmed.
  unconfirmed ??= await asked(page, "unconfirmed@example.com", "confirm-email");
  await page.goto(unconfirmed);
  await snap("confirm-email-now");
  await page.click("button[type=submit]");
  await page.waitForSelector("form", { state: "detached" });
  await snap("confirmed");
  await page.goto(await asked(page, identifier, "login"));
  await snap("login-now");
  await context.close();
}

async function asked(page, identifier, asking) {
  await page.goto(`/a/default/${asking}`);
  await ask(page, identifier);
  return link(page, identifier, asking);
}

async function ask(page, identifier) {
  await page.fill("#identifier", identifier);
  await page.click("button[type=submit]");
  await page.waitForSelector("#identifier", { state: "detached" });
}

async function link(page, identifier, asking) {
  for (;;) {
    const mails = await (await page.request.get("/demo/outbox.json")).json();
    const own = mails.filter(({ to }) => to === identifier).flatMap(({ links }) => links);
    const found = own.findLast((link) => link.includes(`/${asking}/`));
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
