// Resets a forgotten password in Chromium as a person would, first with JavaScript off and then
// with it on, mails and all. Every wish is a `check`; the first that is not met ends the journey.
//
//   REGAIN_TEST_URL            the running `regain demo`
//   REGAIN_TEST_SCREENSHOTS    a folder for pictures of every page
//   REGAIN_TEST_IDENTIFIER     whose password is forgotten (ada@example.com)
//
// and what chromium.mjs needs.

import { mkdirSync } from "node:fs";
import { join } from "node:path";

import { check, checks, launch, needed } from "./chromium.mjs";

const PATIENCE_MS = 15_000;
const BETWEEN_LOOKS_MS = 100;

const base = new URL(needed("REGAIN_TEST_URL"));
const screenshots = needed("REGAIN_TEST_SCREENSHOTS");
const identifier = process.env.REGAIN_TEST_IDENTIFIER ?? "ada@example.com";

mkdirSync(screenshots, { recursive: true });
const browser = await launch();

try {
  await inContext("without-javascript", { javaScriptEnabled: false }, resetPassword);
  await inContext("with-javascript", { javaScriptEnabled: true }, resetPassword);
  console.log(`browser ${browser.version()}`);
  console.log(`browser journey: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function resetPassword(page, snap, { javaScriptEnabled }) {
  const outbox = await page.context().newPage();
  await outbox.goto("/demo/outbox");
  const before = Number(await outbox.locator("#mails").getAttribute("data-newest"));

  const form = await page.goto("/a/default/reset");
  check(form.status() === 200, "the page that asks answers 200");
  await snap("ask", page);
  await page.fill("input[name=identifier]", identifier);
  const asked = await submit(page, "input[name=identifier]");
  check(asked.status() < 400, `asking is accepted (${asked.status()})`);
  await snap("asked", page);

  await openMail(outbox, before + 1, javaScriptEnabled);
  check((await outbox.innerText("main")).includes(identifier), `the mail is to ${identifier}`);
  await snap("mail", outbox);
  const link = new URL(await outbox.locator(".links a").getAttribute("href"));
  check(link.origin === base.origin, "the link leads to the server that was asked");
  const token = link.pathname.split("/").pop();

  const tab = await clickButtonOfMail(outbox);
  checkNoToken(tab, token, "after the link is opened");
  check(path(tab) === "/a/default/new-password", `the link leads to ${path(tab)}`);
  check(path(outbox) === `/demo/outbox/${before + 1}`, "and the mail stays open");
  await snap("new-password", tab);

  const password = `stapled otter ${Date.now()} in the rain`;
  await tab.fill("input[name=new_password]", password);
  const confirmation = tab.locator("input[name=confirm_password]");
  if ((await confirmation.count()) > 0) await confirmation.fill(password);
  const done = await submit(tab, "input[name=new_password]");
  check(done.status() === 200, `the new password is taken (${done.status()})`);
  checkNoToken(tab, token, "when it is done");
  check((await passwordFields(tab)) === 0, "the page that says so asks for no password");
  await snap("done", tab);

  await openMail(outbox, before + 2, javaScriptEnabled);
  await snap("notice", outbox);
  const notMe = await clickButtonOfMail(outbox);
  check(path(notMe) === "/a/default/not-me", `the notice leads to ${path(notMe)}`);

  const again = await tab.goto(link.href);
  check(again.status() === 400, `the link is spent (${again.status()})`);
  check((await passwordFields(tab)) === 0, "a spent link shows no password form");
  check(/not valid|no longer valid|invalid/i.test(await tab.innerText("body")), "and says so");
  checkNoToken(tab, token, "on the page of a spent link");
  await snap("spent", tab);
}

// Waits for the mail of this number at the top of the list and opens it. It comes up by itself;
// without JavaScript one looks again.
async function openMail(outbox, number, comesByItself) {
  const inList = outbox.locator(`#mails li:first-child a[href="/demo/outbox/${number}"]`);
  const deadline = Date.now() + PATIENCE_MS;
  while ((await inList.count()) === 0) {
    if (Date.now() > deadline) throw new Error(`no mail ${number} within ${PATIENCE_MS} ms`);
    await outbox.waitForTimeout(BETWEEN_LOOKS_MS);
    if (!comesByItself) await outbox.getByText("Look again").click();
  }
  const subject = await inList.locator(".subject").innerText();
  await inList.click();
  await outbox.waitForURL(`**/demo/outbox/${number}`);
  check((await outbox.innerText("h1")) === subject, `${subject} is opened`);
}

// Clicks the button in the mail that is open; answers with the tab that it opens.
async function clickButtonOfMail(outbox) {
  const opened = outbox.context().waitForEvent("page");
  await outbox.frameLocator("iframe").locator("a.button").click();
  const tab = await opened;
  await tab.waitForLoadState("load");
  return tab;
}

// One browser context, watched: whatever the pages in it did, none may have broken its own
// content security policy, failed in a script, or asked another origin for anything.
async function inContext(name, options, journey) {
  const context = await browser.newContext({ ...options, baseURL: base.href });
  const complaints = [];
  context.on("console", (message) => {
    if (/content security policy|refused to/i.test(message.text())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    const { protocol, origin } = new URL(request.url());
    const local = protocol === "data:" || protocol === "blob:";
    if (!local && origin !== base.origin) complaints.push(`a request to ${origin}`);
  });

  const page = await context.newPage();
  let pictures = 0;
  const snap = (what, of) => {
    pictures += 1;
    const file = `${name}-${pictures}-${what}.png`;
    return of.screenshot({ path: join(screenshots, file), fullPage: true });
  };
  try {
    await journey(page, snap, options);
  } catch (error) {
    for (const open of context.pages()) await snap("failed", open);
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
