// What people do on pages, and what those who watch them note.
//
//   REGAIN_TEST_URL            the running `regain demo`
//   REGAIN_TEST_SCREENSHOTS    a folder for pictures of every page
//   REGAIN_TEST_PAGES          a folder for every page as it was received
//
// and what chromium.mjs needs.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { check, checkAccessible, launch, needed } from "./chromium.mjs";

export const PATIENCE_MS = 15_000;

export const baseURL = needed("REGAIN_TEST_URL");
export const screenshots = needed("REGAIN_TEST_SCREENSHOTS");
const pages = needed("REGAIN_TEST_PAGES");

/** How many links somebody had when last looked. */
const seen = new Map();

/** How many pages were received. */
let received = 0;

for (const folder of [screenshots, pages]) mkdirSync(folder, { recursive: true });
export const browser = await launch();

// One browser, watched: no page may break its own policy, fail in a script or ask another origin.
export async function inContext(options, journey, ...more) {
  const context = await browser.newContext({ locale: "en", baseURL, ...options });
  const complaints = [];
  context.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    if (new URL(request.url()).origin !== new URL(baseURL).origin) complaints.push(request.url());
  });
  const kept = [];
  context.on("response", (response) => kept.push(keep(response)));
  await journey(await context.newPage(), ...more);
  check(complaints.length === 0, `${journey.name}: ${complaints.join("; ")}`);
  await Promise.all(kept);
  await context.close();
}

// Keeps a page for the HTML checker, under a name that says what it is. A body that is gone because the browser
// went on at once is not kept; `run` knows which pages must have been.
async function keep(response) {
  const { pathname } = new URL(response.url());
  const kind = response.headers()["content-type"] ?? "";
  if (!pathname.startsWith("/a/") || !kind.startsWith("text/html")) return;
  const body = await response.body().catch(() => null);
  received += 1;
  const name = [response.request().method(), pathname.split("/")[3], response.status(), process.pid, received];
  if (body) writeFileSync(join(pages, `${name.join("-")}.html`), body);
}

export async function ask(page, identifier, asking = "reset") {
  await page.goto(`/a/default/${asking}`);
  await page.fill("#identifier", identifier);
  await page.click("button[type=submit]");
  await page.waitForSelector("#identifier", { state: "detached" });
}

// The link in the newest mail to somebody, once it is there: one or several more than before.
export async function newestLink(page, identifier, more = 1, asking = "reset") {
  const deadline = Date.now() + PATIENCE_MS;
  const key = `${asking} ${identifier}`;
  const before = seen.get(key) ?? 0;
  for (;;) {
    const links = await linksTo(page, identifier, asking);
    if (links.length >= before + more) {
      seen.set(key, links.length);
      return links.at(-1);
    }
    if (Date.now() > deadline) throw new Error(`no mail to ${identifier} within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

export async function linksTo(page, identifier, asking = "reset") {
  const mails = await (await page.request.get("/demo/outbox.json")).json();
  const own = mails.filter(({ to }) => to === identifier);
  return own.flatMap(({ links }) => links.filter((link) => link.includes(`/${asking}/`)));
}

/** A page that cannot be had as often as one likes, as it is in light and dark, narrow and wide. */
export async function lookAt(page, what) {
  const before = page.viewportSize();
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await checkAccessible(page, `${what} ${width} ${colorScheme}`, ["best-practice"]);
      await page.screenshot({ path: join(screenshots, `page-${what}-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  await page.emulateMedia({ colorScheme: null });
  await page.setViewportSize(before);
}

// Presses Tab until it is there, and no more often than a page has stops.
export async function tabTo(page, selector) {
  for (let stops = 0; stops < 12; stops += 1) {
    const there = await page.$eval(selector, (element) => element === document.activeElement);
    if (there) return check(true, selector);
    await page.keyboard.press("Tab");
  }
  check(false, `Tab leads to ${selector} on ${page.url()}`);
}

export async function heading(page, text) {
  await page.getByRole("heading", { name: text, exact: true }).waitFor({ timeout: PATIENCE_MS });
  check(true, text);
}

export async function fits(page, what) {
  const { scrollWidth, clientWidth } = await page.$eval("html", (html) => ({
    scrollWidth: html.scrollWidth,
    clientWidth: html.clientWidth,
  }));
  check(scrollWidth <= clientWidth, `${what}: ${scrollWidth} wide in ${clientWidth}`);
}

export function pathOf(page) {
  return new URL(page.url()).pathname;
}
