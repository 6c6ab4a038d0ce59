// Holds the links that lead to a button to what people need of them, in Chromium: an address is confirmed and
// somebody logs in by keyboard alone, without JavaScript, at 320 pixels and in Arabic, after a mail scanner
// was there, with a link used twice and with the back button.
//
// It needs what person.mjs does.

import { check, checks } from "./chromium.mjs";
import { ask, baseURL, browser, fits, heading, inContext, lookAt, newestLink, pathOf, tabTo } from "./person.mjs";

/** What the ways to a button differ in. */
const CONFIRM = {
  asking: "confirm-email",
  heading: "Confirm your email address",
  button: "Confirm your email address",
  masked: "u…@example.com",
};
const LOGIN = { asking: "login", heading: "Log in by a link", button: "Log in to Regain demo", masked: "a…@example.com" };

/** Where somebody who logs in wants to go on to. */
const WISHED = `${baseURL}/demo/outbox?from=login#top`;

const NARROW = { viewport: { width: 320, height: 640 } };
const SCRIPTLESS = { ...NARROW, javaScriptEnabled: false };
const ARABIC = { ...NARROW, locale: "ar" };

try {
  // No more mails come once an address is confirmed, so that all are asked for before.
  const links = [];
  const unconfirmed = "unconfirmed@example.com";
  await inContext({}, askByKeyboard, CONFIRM, unconfirmed, links);
  await inContext(SCRIPTLESS, askPlainly, CONFIRM, unconfirmed, links);
  await inContext(ARABIC, askPlainly, CONFIRM, unconfirmed, links);
  await inContext(SCRIPTLESS, afterAScanner, CONFIRM, links[0], confirmed);
  await inContext({}, byKeyboard, CONFIRM, links[1], confirmed);
  await inContext(ARABIC, inArabic, links[2]);
  await inContext({}, again, links[0]);

  const wishing = { ...LOGIN, query: `?return_to=${encodeURIComponent(WISHED)}` };
  await inContext({}, askByKeyboard, wishing, "ada@example.com", links);
  await inContext({}, byKeyboard, LOGIN, links.at(-1), loggedIn);
  await inContext(SCRIPTLESS, askPlainly, LOGIN, "ada@example.com", links);
  await inContext(SCRIPTLESS, afterAScanner, LOGIN, links.at(-1), sentHome);
  await inContext(ARABIC, askPlainly, LOGIN, "grace@example.com", links);
  await inContext(ARABIC, inArabic, links.at(-1));
  await inContext({}, spent, links.at(-1));
  await inContext({}, laidByAStranger);
  console.log(`pages with a button: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function askByKeyboard(page, kind, identifier, links) {
  await page.goto(`/a/default/${kind.asking}${kind.query ?? ""}`);
  await heading(page, kind.heading);
  await tabTo(page, "#identifier");
  await page.keyboard.type(identifier);
  await page.keyboard.press("Enter");
  await heading(page, "Check your mail");
  await tabTo(page, "a.button");
  links.push(await newestLink(page, identifier, 1, kind.asking));
}

async function askPlainly(page, kind, identifier, links) {
  await ask(page, identifier, kind.asking);
  await fits(page, `sent for ${kind.asking}`);
  links.push(await newestLink(page, identifier, 1, kind.asking));
}

// Nothing but Tab and Enter, from the mail to the end; and the way back leads to no second use.
async function byKeyboard(page, kind, link, ended) {
  await page.goto(link);
  check(pathOf(page) === `/a/default/${kind.asking}-now`, `the address is clean: ${page.url()}`);
  await heading(page, kind.button);
  check((await page.innerText(".account")).includes(kind.masked), "it is said whose account it is");
  await lookAt(page, `${kind.asking}-button`);
  await tabTo(page, "button[type=submit]");
  await page.keyboard.press("Enter");
  await ended(page);
  await lookAt(page, `${kind.asking}-done`);

  await page.goBack();
  if ((await page.locator("form").count()) > 0) await page.click("button[type=submit]");
  await heading(page, "This link is not valid");
  check((await page.locator("a.button").count()) === 1, "going back is told, with a way on");
}

// Fifty looks at the link, one at the page, and presses with nothing and with the cookie alone.
async function afterAScanner(page, kind, link, ended) {
  const scanner = await browser.newContext({ baseURL: new URL(link).origin });
  for (let times = 0; times < 50; times += 1) {
    const method = times % 2 === 0 ? "get" : "head";
    const looked = await scanner.request[method](link, { maxRedirects: 0 });
    check(looked.status() === 303, `A8: ${method} is a look (${looked.status()})`);
  }
  const button = `/a/default/${kind.asking}-now`;
  check((await scanner.request.get(button)).status() === 200, "A8: so is following it");
  const headers = { "sec-fetch-site": "same-origin" };
  const pressed = await scanner.request.post(button, { form: {}, headers });
  check(pressed.status() === 403, `A9: a press with nothing is refused (${pressed.status()})`);
  const bare = await browser.newContext({ baseURL: new URL(link).origin });
  const early = await bare.request.post(button, { form: {}, headers });
  check(early.status() === 403, `A9: without the cookies, too (${early.status()})`);
  await Promise.all([scanner.close(), bare.close()]);

  await page.goto(link);
  await fits(page, `the button of ${kind.asking} without JavaScript at 320`);
  await page.click("button[type=submit]");
  await ended(page);
}

async function inArabic(page, link) {
  await page.goto(link);
  check((await page.getAttribute("html", "dir")) === "rtl", "it runs from right to left");
  await fits(page, "a button in Arabic");
  const account = await page.locator(".account").boundingBox();
  check(account.x + account.width > 250, "lines begin at the right");
  await lookAt(page, `${new URL(link).pathname.split("/")[3]}-button-arabic`);
  await page.click("button[type=submit]");
  await page.waitForSelector("form", { state: "detached" });
  await fits(page, "the page after it");
}

// An address that is confirmed stays so, however often its link is used.
async function again(page, link) {
  await page.goto(link);
  await page.click("button[type=submit]");
  await confirmed(page);
}

async function spent(page, link) {
  const answer = await page.goto(link);
  check(answer.status() === 400, `a login link works once (${answer.status()})`);
  await heading(page, "This link is not valid");
  await lookAt(page, "login-spent");
  await page.click("a.button");
  await heading(page, "Log in by a link");
}

async function confirmed(page) {
  await heading(page, "Your email address is confirmed");
}

async function loggedIn(page) {
  await page.getByText("Logged in as ada@example.com.").waitFor();
  check(pathOf(page) === "/demo/home", `it leads to the application: ${page.url()}`);
  check(!page.url().includes("session"), "which takes the session out of the address");
  await tabTo(page, "#on");
  check((await page.getAttribute("#on", "href")) === WISHED, "A12: and leads on to where she wanted");
}

// What stands behind the # may come from anybody.
async function laidByAStranger(page) {
  for (const target of ["https://evil.example/", "javascript:alert(1)", "//evil.example", `${baseURL}@evil.example/`]) {
    await page.goto("about:blank");
    await page.goto(`/demo/home#session=a.b.c&return_to=${encodeURIComponent(target)}`);
    await page.getByText("Nobody is logged in: A session is needed.").waitFor();
    check(!(await page.isVisible("#on")), `A12: nobody is led to ${target}`);
  }
}

// Without a script nobody takes the session; the application is reached all the same.
async function sentHome(page) {
  await heading(page, "Back at the application");
  check(page.url().includes("/demo/home#session="), "the session stands in the fragment");
}
