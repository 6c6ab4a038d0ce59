// Goes through Structr's password reset in Chromium as its documentation tells it: a page of the application
// calls with jQuery, the mail's link logs in once, and the page that it ends at sets the password.
// It needs what jquery.mjs does.

import { check, checks } from "./chromium.mjs";
import { ajax, layApplicationUnder, links, newLink } from "./jquery.mjs";
import { browser, fits, heading, inContext, lookAt, pathOf, tabTo } from "./person.mjs";

const LINK = /^Go to (\S+) to reset/m;

const ASK = "/structr/rest/reset-password";
const ME = "/structr/rest/me";
const JSON_TYPE = { contentType: "application/json" };

try {
  await inContext({}, asTheDocumentationHasIt);
  await inContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false }, withoutAScript);
  await inContext({}, byKeyboard);
  console.log(`Structr's password reset: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function asTheDocumentationHasIt(page) {
  await layApplicationUnder(page);
  await page.goto("/app/forgot");
  const eMail = "ada@example.com";
  const mistaken = await ajax(page, { url: ASK, type: "POST", processData: false, data: { eMail } });
  check(mistaken.status === 400 && mistaken.text.includes("JSON.stringify"), `an object as it is: ${mistaken.text}`);
  const form = await ajax(page, { url: ASK, type: "POST", data: { eMail } });
  check(form.status === 400 && form.text.includes("JSON.stringify"), `a form: ${form.text}`);
  check(links(LINK).length === 0, "nothing was asked for by that");

  const link = await asked(page, eMail);
  await page.goto(link);
  check(pathOf(page) === "/a/default/login-now", `the address is clean: ${page.url()}`);
  await lookAt(page, "structr-button");
  await page.click("button[type=submit]");
  await atTheTarget(page);
  check((await page.evaluate(() => document.cookie)) === "", "no script sees the session");

  const password = (value, more = JSON_TYPE) => ajax(page, { url: ME, type: "PUT", data: JSON.stringify(value), ...more });
  const short = await password({ password: "short" });
  check(short.status === 422 && JSON.parse(short.text).errors[0].field === "password", `refused: ${short.text}`);
  const unnamed = await password({ password: "newSuperSecurePassword" }, {});
  check(unnamed.status === 415 && unnamed.text.includes("contentType"), `not called JSON: ${unnamed.text}`);
  const set = await password({ password: "newSuperSecurePassword" });
  check(set.status === 200 && set.text === "{}", `the session lives until it is used: ${set.text}`);
  check((await password({ password: "newSuperSecurePassword" })).status === 401, "and dies by that");

  await page.goto(link);
  await heading(page, "This link is not valid");
}

// The target that Structr has where nothing else is said, here a page of ours.
async function withoutAScript(page) {
  await layApplicationUnder(page);
  await page.goto("/reset-password");
  await heading(page, "Log in by a link");
  await page.fill("#identifier", "grace@example.com");
  const before = links(LINK).length;
  await page.click("button[type=submit]");
  await page.goto(await newLink(LINK, before));
  await page.click("button[type=submit]");
  await atTheTarget(page);
  await page.goto("/reset-password");
  check(pathOf(page) === "/a/default/my-password", `who is logged in is led to the form: ${page.url()}`);
  await fits(page, "the form at 320");
  await page.fill("#new_password", "a violet kettle hums");
  await page.fill("#confirm_password", "a violet kettle hums");
  await page.click("button[type=submit]");
  await page.waitForSelector("form", { state: "detached" });
  await fits(page, "done at 320");
  await page.goto("/reset-password");
  await heading(page, "Log in by a link");
}

async function byKeyboard(page) {
  await layApplicationUnder(page);
  await page.goto("/app/forgot");
  await page.goto(await asked(page, "bob@example.com"));
  await tabTo(page, "button[type=submit]");
  await page.keyboard.press("Enter");
  await atTheTarget(page);
  await page.goto("/reset-password");
  await lookAt(page, "structr-my-password");
  await tabTo(page, "#new_password");
  await page.keyboard.type("eleven lamps on the quay");
  await tabTo(page, "#confirm_password");
  await page.keyboard.type("eleven lamps on the quay");
  await page.keyboard.press("Enter");
  await page.waitForSelector("form", { state: "detached" });
}

async function asked(page, eMail) {
  const before = links(LINK).length;
  // As jQuery sends it where nobody said what it is: under the name of a form.
  const sent = page.waitForRequest((request) => request.url().endsWith(ASK));
  const answer = await ajax(page, { url: ASK, type: "POST", data: JSON.stringify({ eMail }) });
  const kind = await (await sent).headerValue("content-type");
  check(kind.startsWith("application/x-www-form-urlencoded"), `jQuery calls it ${kind}`);
  check(answer.status === 200 && answer.text === "{}", `asked: ${answer.status} ${answer.text}`);
  return newLink(LINK, before);
}

// Where a redirect ends nothing can be laid under, so that the page is there the second time.
async function atTheTarget(page) {
  await page.waitForURL("/app/account");
  await page.reload();
}
