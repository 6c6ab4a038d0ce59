// Resets a forgotten password in Chromium as a person would, first with JavaScript off and then
// with it on, and opens the API's documentation. Every wish is a `check`; the first that is not
// met ends the journey.
//
//   REGAIN_TEST_URL                 the running `regain demo`
//   REGAIN_TEST_CHROMIUM       the browser
//   REGAIN_TEST_NODE_MODULES   where playwright-core is
//   REGAIN_TEST_SCREENSHOTS         a folder for pictures of every page
//   REGAIN_TEST_IDENTIFIER  whose password is forgotten (ada@example.com)

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const PATIENCE_MS = 15_000;
const BETWEEN_LOOKS_MS = 100;

const base = new URL(needed("REGAIN_TEST_URL"));
const screenshots = needed("REGAIN_TEST_SCREENSHOTS");
const identifier = process.env.REGAIN_TEST_IDENTIFIER ?? "ada@example.com";
const { chromium } = createRequire(join(needed("REGAIN_TEST_NODE_MODULES"), "x.js"))(
  "playwright-core",
);

mkdirSync(screenshots, { recursive: true });
const browser = await chromium.launch({
  executablePath: needed("REGAIN_TEST_CHROMIUM"),
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
let checks = 0;

try {
  await inContext("without-javascript", { javaScriptEnabled: false }, resetPassword);
  await inContext("with-javascript", { javaScriptEnabled: true }, resetPassword);
  await inContext("docs", { javaScriptEnabled: true }, readDocs);
  console.log(`browser ${browser.version()}`);
  console.log(`browser journey: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function resetPassword(page, snap) {
  const mailsBefore = (await outbox()).length;

  const form = await page.goto(new URL("/a/default/reset", base).href);
  check(form.status() === 200, "the page that asks answers 200");
  await snap("ask");
  await page.fill("input[name=identifier]", identifier);
  const asked = await submit(page, "input[name=identifier]");
  check(asked.status() < 400, `asking is accepted (${asked.status()})`);
  await snap("asked");

  const link = await linkMailed(mailsBefore);
  check(link.origin === base.origin, "the link leads to the server that was asked");
  const token = link.pathname.split("/").pop();

  const choose = await page.goto(link.href);
  check(choose.status() === 200, `the link opens (${choose.status()})`);
  checkNoToken(page, token, "after the link is opened");
  check(path(page) === "/a/default/new-password", `the link leads to ${path(page)}`);
  await snap("new-password");

  const password = `stapled otter ${Date.now()} in the rain`;
  const mailsWithLink = (await outbox()).length;
  await page.fill("input[name=new_password]", password);
  const confirmation = page.locator("input[name=confirm_password]");
  if ((await confirmation.count()) > 0) await confirmation.fill(password);
  const done = await submit(page, "input[name=new_password]");
  check(done.status() === 200, `the new password is taken (${done.status()})`);
  checkNoToken(page, token, "when it is done");
  check((await passwordFields(page)) === 0, "the page that says so asks for no password");
  await snap("done");
  await noticeMailed(mailsWithLink);
  check(true, "the owner is told by mail");

  const again = await page.goto(link.href);
  check(again.status() === 400, `the link is spent (${again.status()})`);
  check((await passwordFields(page)) === 0, "a spent link shows no password form");
  check(/not valid|no longer valid|invalid/i.test(await page.innerText("body")), "and says so");
  checkNoToken(page, token, "on the page of a spent link");
  await snap("spent");
}

async function readDocs(page, snap) {
  const docs = await page.goto(new URL("/docs", base).href);
  check(docs.status() === 200, `the documentation answers 200 (${docs.status()})`);
  await page.locator(".opblock").first().waitFor({ timeout: PATIENCE_MS });
  check((await page.locator(".opblock").count()) > 0, "Swagger UI shows an operation");
  await snap("page");
}

// One browser context, watched: whatever the pages in it did, none may have broken its own
// content security policy, failed in a script, or asked another origin for anything.
async function inContext(name, options, journey) {
  const context = await browser.newContext({ ...options, baseURL: base.href });
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const local = protocol === "data:" || protocol === "blob:";
    if (!local && origin !== base.origin) complaints.push(`a request to ${origin}`);
  });

  let pictures = 0;
  const snap = (what) => {
    pictures += 1;
    const file = `${name}-${pictures}-${what}.png`;
    return page.screenshot({ path: join(screenshots, file), fullPage: true });
  };
  try {
    await journey(page, snap);
  } catch (error) {
    await snap("failed");
    throw error;
  }
  check(complaints.length === 0, `${name}: ${complaints.join("; ") || "no complaint"}`);
  await context.close();
}

// Sends the form that holds the field, and answers with the response of the page it ends on.
async function submit(page, field) {
  const form = page.locator("form", { has: page.locator(field) });
  const answered = page.waitForResponse(
    (response) =>
      response.request().isNavigationRequest() &&
      !(response.status() >= 300 && response.status() < 400),
  );
  await form.locator("button, input[type=submit]").first().click();
  const response = await answered;
  await page.waitForLoadState("load");
  return response;
}

function passwordFields(page) {
  return page.locator("input[type=password]").count();
}

function path(page) {
  return new URL(page.url()).pathname;
}

function checkNoToken(page, token, when) {
  check(!page.url().includes(token), `the address bar holds no token ${when}`);
}

async function linkMailed(after) {
  return mailed(after, `a link to ${identifier}`, (mail) =>
    mail.links.map((link) => new URL(link)).find((link) => link.pathname.startsWith("/a/default/reset/")),
  );
}

async function noticeMailed(after) {
  return mailed(after, `a notice to ${identifier}`, () => true);
}

// Looks into the outbox until a mail to the identifier, later than the first `after`, is right.
async function mailed(after, what, choose) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    for (const mail of (await outbox()).slice(after)) {
      const chosen = mail.to.includes(identifier) && choose(mail);
      if (chosen) return chosen;
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
  throw new Error(`no mail with ${what} within ${PATIENCE_MS} ms`);
}

async function outbox() {
  const response = await fetch(new URL("/demo/outbox.json", base));
  assert.equal(response.status, 200, "the outbox can be read");
  return response.json();
}

function check(holds, what) {
  assert.ok(holds, what);
  checks += 1;
}

function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
