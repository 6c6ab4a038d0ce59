// Looks at the demo's mail reader in Chromium: narrow and wide, light and dark, by keyboard and by
// axe, and while a mail comes in.
//
//   REGAIN_TEST_URL            the running `regain demo`
//   REGAIN_TEST_SCREENSHOTS    a folder for pictures of every page
//
// and what chromium.mjs needs.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { check, checkAccessible, checks, launch, needed } from "./chromium.mjs";

const PATIENCE_MS = 15_000;

const baseURL = needed("REGAIN_TEST_URL");
const screenshots = needed("REGAIN_TEST_SCREENSHOTS");

mkdirSync(screenshots, { recursive: true });
const browser = await launch();

try {
  await readsMailAsItComes();
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"]) await looksWell(width, colorScheme);
  }
  console.log(`mail reader: ${checks} checks passed`);
} finally {
  await browser.close();
}

// While somebody is at one mail, the next comes up above it and is announced; what had the
// keyboard still has it.
async function readsMailAsItComes() {
  const page = await browser.newPage({ baseURL });
  const first = await ask(page, "en");
  await page.goto(`/demo/outbox/${first}`);
  await page.keyboard.press("Tab");
  check((await focused(page)) === "Skip the list", "the first stop leads past the list");
  await page.keyboard.press("Enter");
  check((await page.evaluate(() => document.activeElement.id)) === "content", "and does");

  await page.locator(`#mails a[href="/demo/outbox/${first}"]`).focus();
  const had = await focused(page);
  const second = await ask(page, "ar");
  await page.locator(`#mails li:first-child a[href="/demo/outbox/${second}"]`).waitFor();
  check((await focused(page)) === had, "the list keeps its place when a mail comes in");
  const subject = await page.locator("#mails .subject").first().innerText();
  const said = await page.locator("[role=status]").innerText();
  check(said === `New mail: ${subject}`, `it is announced: ${said}`);
  check((await page.locator("main h1[lang=en]").count()) === 1, "and the open one stays open");

  // Nothing in a mail could do anything: it has no origin, and scripts have no leave to run.
  const frame = page.frames().find((frame) => frame.url().endsWith(`/demo/outbox/${first}/html`));
  check((await frame.evaluate(() => globalThis.origin)) === "null", "a framed mail has no origin");
  await page.close();
}

async function looksWell(width, colorScheme) {
  const context = await browser.newContext({ baseURL, colorScheme, viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto("/demo/outbox");
  const newest = await page.locator("#mails").getAttribute("data-newest");
  for (const [name, path] of [
    ["list", ""],
    ["html", `/${newest}`],
    ["text", `/${newest}/text`],
    ["headers", `/${newest}/headers`],
    ["source", `/${newest}/source`],
    ["missing", "/0"],
  ]) {
    await page.goto(`/demo/outbox${path}`);
    const what = `reader-${name}-${width}-${colorScheme}`;
    await checkAccessible(page, what, ["best-practice"]);
    await page.screenshot({ path: join(screenshots, `${what}.png`), fullPage: true });
  }
  await context.close();
}

// Asks for a link by the API and answers with the number of the mail that came of it.
async function ask(page, locale) {
  const newest = async () => (await (await page.request.get("/demo/outbox.json")).json()).length;
  const before = await newest();
  const data = { identifier: "grace@example.com", locale };
  await page.request.post("/v1/apps/default/password-resets", { data });
  const deadline = Date.now() + PATIENCE_MS;
  while ((await newest()) === before) {
    if (Date.now() > deadline) throw new Error(`no mail within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return before + 1;
}

function focused(page) {
  return page.evaluate(() => document.activeElement.innerText);
}
