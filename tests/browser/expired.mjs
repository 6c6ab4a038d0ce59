// Opens links that live for a second once they are too old: each is told to have expired, and leads to where
// another of its kind is asked for.
//
//   REGAIN_TEST_LINKS    the links, one a line
//
// It needs what person.mjs does.

import { check, checks, needed } from "./chromium.mjs";
import { browser, heading, inContext, lookAt, PATIENCE_MS } from "./person.mjs";

const ASKING = {
  reset: "Forgot your password?",
  "confirm-email": "Confirm your email address",
  login: "Log in by a link",
};

try {
  for (const link of needed("REGAIN_TEST_LINKS").trim().split("\n")) await inContext({}, expired, link);
  console.log(`pages of links that expired: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function expired(page, link) {
  const kind = new URL(link).pathname.split("/")[3];
  const deadline = Date.now() + PATIENCE_MS;
  while ((await page.goto(link)).status() !== 410) {
    check(Date.now() < deadline, `${kind} expires`);
    await page.waitForTimeout(200);
  }
  await heading(page, "This link has expired");
  await lookAt(page, `expired-${kind}`);
  await page.click("a.button");
  await heading(page, ASKING[kind]);
}
