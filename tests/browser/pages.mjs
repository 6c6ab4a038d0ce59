// Holds the pages to what people need of them, in Chromium: every journey by keyboard alone, without
// JavaScript, at 320 pixels and in Arabic, after a mail scanner was there; two tabs, the back button,
// forms that are sent once; and of every page in light and dark, narrow and wide, what axe says.
//
// It needs what person.mjs does.

import { join } from "node:path";

import { check, checkAccessible, checks } from "./chromium.mjs";
import { ask, baseURL, browser, fits, heading, inContext, linksTo, lookAt, newestLink, pathOf, PATIENCE_MS, screenshots, tabTo } from "./person.mjs";

/** Over the wire, headers included, without a logo. */
const ASK_PAGE_MOST_BYTES = 15 * 1024;

try {
  // An account gets three mails, and a client thirty looks at links: the demo has its usual limits.
  await inContext({}, byKeyboardAlone, "ada@example.com");
  await inContext({ javaScriptEnabled: false, viewport: { width: 320, height: 640 } }, afterAScanner, "ada@example.com");
  await inContext({ locale: "ar", viewport: { width: 320, height: 640 } }, inArabic, "grace@example.com");
  await inContext({}, twoTabsAndBack, "grace@example.com");
  await inContext({}, mistakesAndComfort);
  await inContext({}, weighsLittle);
  for (const width of [320, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      const options = { viewport: { width, height: 800 }, colorScheme };
      await inContext(options, looksWell, `${width}-${colorScheme}`);
    }
  }
  await inContext({ viewport: { width: 320, height: 800 }, forcedColors: "active", reducedMotion: "reduce" }, looksWell, "forced-colors");
  await inContext({}, fromElsewhere);
  await inContext({}, byAnotherMethod);
  await inContext({}, tooOften);
  console.log(`pages: ${checks} checks passed`);
} finally {
  await browser.close();
}

// Nothing but Tab, Enter and letters, from the forgotten password to the new one.
async function byKeyboardAlone(page, identifier) {
  await page.goto("/a/default/reset");
  await tabTo(page, "#identifier");
  await page.keyboard.type(identifier);
  await Promise.all([page.waitForURL("**/reset"), page.keyboard.press("Enter")]);
  await heading(page, "Check your mail");
  await tabTo(page, "a.button");

  await page.goto(await newestLink(page, identifier));
  check(pathOf(page) === "/a/default/new-password", `the address is clean: ${page.url()}`);
  const login = page.locator("input[autocomplete=username]");
  check((await login.inputValue()) === identifier, "a password manager learns the right login");
  check((await page.locator(".account").innerText()).endsWith("a…@example.com"), "people a masked one");

  const password = await generated(page);
  await tabTo(page, "#new_password");
  await page.keyboard.insertText(password); // as a password manager and paste do
  await tabTo(page, "#confirm_password");
  await page.keyboard.type(password);
  await tabTo(page, ".reveal input");
  await page.keyboard.press("Space");
  check((await page.inputValue("#new_password")) === password, "what was pasted is whole");
  check((await page.getAttribute("#new_password", "type")) === "text", "Space shows the password");
  await tabTo(page, "button[type=submit]");
  await page.keyboard.press("Enter");
  await heading(page, "Your password is changed");
  await lookAt(page, "done");

  await page.goto("/a/default/not-me");
  await tabTo(page, "#identifier");
  await page.keyboard.type("nobody@example.com");
  await page.keyboard.press("Enter");
  await heading(page, "Check your mail");
}

// Chromium offers a password of its own only to who is logged in to a Google account and synchronises, and
// does so in a window of its own that no driver reaches. So this holds what browsers and password managers go
// by: one form, the names that HTML gives its fields, the login before the passwords, and rules in the grammar
// of https://github.com/whatwg/html/issues/3518, by which it makes a password as they would.
async function generated(page) {
  check((await page.locator("form").count()) === 1, "there is one form");
  const names = await page.$$eval("form [autocomplete]", (all) => all.map((it) => it.autocomplete));
  check(names.join() === "username,new-password,new-password", `fields by their names: ${names}`);
  const barred = await page.$$eval("form input", (all) => all.some((it) => it.onpaste || it.maxLength >= 0));
  check(!barred, "nothing bars or cuts what is put in");
  const { minlength, maxlength, ...more } = rules(await page.getAttribute("#new_password", "passwordrules"));
  check(minlength === 8 && maxlength === 128 && Object.keys(more).length === 0, "rules are those of the policy");
  // Where no rule says which characters, every printable one of ASCII may occur.
  const printable = Array.from({ length: 95 }, (_, at) => String.fromCharCode(32 + at)).join("");
  const mixed = [...printable].map((sign) => [Math.random(), sign]).sort(([a], [b]) => a - b);
  return `${mixed.map(([, sign]) => sign).join("")}${Date.now()}`.slice(-maxlength);
}

// name: number; … and nothing else, which is all of the grammar that our rules use.
function rules(text) {
  const parts = text.split(";").map((part) => part.trim());
  check(parts.pop() === "", "each rule ends with a semicolon");
  const parsed = parts.map((part) => /^(minlength|maxlength): ?([0-9]+)$/.exec(part));
  check(parsed.every((part) => part !== null), `the rules can be read: ${text}`);
  return Object.fromEntries(parsed.map(([, name, number]) => [name, Number(number)]));
}

// Fifty GETs, and a press of the button with nothing typed, before the person comes.
async function afterAScanner(page, identifier) {
  await ask(page, identifier);
  const link = await newestLink(page, identifier);
  const scanner = await browser.newContext({ baseURL });
  for (let times = 0; times < 50; times += 1) {
    const method = times % 2 === 0 ? "get" : "head";
    const looked = await scanner.request[method](link, { maxRedirects: 0 });
    check(looked.status() === 303, `A8: ${method} is a look (${looked.status()})`);
  }
  const headers = { "sec-fetch-site": "same-origin" };
  const pressed = await scanner.request.post("/a/default/new-password", { form: {}, headers });
  check(pressed.status() === 422, `A9: a press with nothing typed is refused (${pressed.status()})`);
  await scanner.close();

  await page.goto(link);
  await fits(page, "new-password without JavaScript at 320");
  check((await page.locator(".reveal:visible").count()) === 0, "no button that does nothing");
  await choose(page, `scanned otter ${Date.now()} in the rain`);
  await heading(page, "Your password is changed");
  await page.goto(link);
  await heading(page, "This link is not valid");
  await page.click("a.button");
  await heading(page, "Forgot your password?");
}

async function inArabic(page, identifier) {
  await ask(page, identifier);
  check((await page.getAttribute("html", "dir")) === "rtl", "it runs from right to left");
  await fits(page, "sent in Arabic");
  await page.goto(await newestLink(page, identifier));
  await fits(page, "new-password in Arabic");
  const label = await page.locator("label[for=new_password]").boundingBox();
  check(label.x + label.width > 250, "labels begin at the right");
  await choose(page, `arabic otter ${Date.now()} in the rain`);
  check((await page.locator("input[type=password]").count()) === 0, "it is done");
}

async function twoTabsAndBack(page, identifier) {
  await ask(page, "shared@example.com");
  await newestLink(page, "shared@example.com", 2);
  const [shared] = await linksTo(page, "shared@example.com");
  await ask(page, identifier);
  const own = await newestLink(page, identifier);
  const [one, other] = [page, await page.context().newPage()];
  await one.goto(shared);
  await other.goto(own);
  await choose(one, `first tab otter ${Date.now()} in the rain`);
  check((await one.innerText(".account")).includes("g…@example.com"), "the later link's account is shown");
  check((await one.innerText("[role=alert]")).includes("another link was opened"), "and why");
  const password = `later tab otter ${Date.now()} in the rain`;
  await choose(other, password);
  await heading(other, "Your password is changed");

  await other.goBack();
  check(!(await other.content()).includes(password), "going back brings no password back");
  if ((await other.locator("#new_password").count()) > 0) await choose(other, `back otter ${Date.now()} in the rain`);
  await heading(other, "This link is not valid");
  check((await other.locator("a.button").count()) === 1, "and there is a way on");
}

// What is wrong is told where it is typed, by us and before, by the script.
async function mistakesAndComfort(page) {
  await page.goto((await linksTo(page, "shared@example.com"))[0]);
  const fault = (field) => page.$eval(field, (input) => input.validationMessage);
  await page.fill("#new_password", "🦀🦀🦀🦀🦀🦀🦀");
  check((await fault("#new_password")).includes("at least 8"), "seven crabs are told to be too short");
  await page.fill("#new_password", "x".repeat(129));
  check((await fault("#new_password")).includes("at most 128"), "too long is told, and nothing is cut");
  await page.fill("#new_password", "a quiet passphrase");
  await page.fill("#confirm_password", "a quite passphrase");
  check((await fault("#confirm_password")) === "The two passwords differ.", "that they differ is told");
  check((await fault("#new_password")) === "", "and a good one is let be");

  await page.$eval("form", (form) => (form.noValidate = true));
  await page.click("button[type=submit]");
  await page.waitForSelector(".mistakes");
  check((await page.title()).startsWith("Please check"), `the title tells it: ${await page.title()}`);
  const described = await page.getAttribute("#confirm_password", "aria-describedby");
  check((await page.innerText(`#${described}`)) === "The two passwords differ.", "the field does");
  check((await page.evaluate(() => document.activeElement.id)) === "confirm_password", "one is there");
  await page.click(".mistakes a");
  check((await page.evaluate(() => document.activeElement.id)) === "confirm_password", "so does the list");
  check((await page.inputValue("#new_password")) === "", "no password comes back");

  // The service takes its time, and somebody presses twice.
  let posts = 0;
  await page.route("**/new-password", async (route) => {
    posts += Number(route.request().method() === "POST");
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });
  const password = `patient otter ${Date.now()} in the rain`;
  await page.fill("#new_password", password);
  await page.fill("#confirm_password", password);
  const [told, disabled] = await page.$eval("button[type=submit]", (button) => {
    button.click();
    button.click();
    return [document.querySelector("[role=status]").innerText, button.ariaDisabled];
  });
  check(told === "One moment …", `that it is sent is told politely: ${told}`);
  check(disabled === "true", "by the button, too");
  await heading(page, "Your password is changed");
  check(posts === 1, `it was sent ${posts} times`);
}

async function weighsLittle(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Network.enable");
  let bytes = 0;
  const urls = [];
  session.on("Network.loadingFinished", ({ encodedDataLength }) => (bytes += encodedDataLength));
  session.on("Network.requestWillBeSent", ({ request, initiator }) => urls.push({ ...request, initiator }));
  await page.goto("/a/default/reset", { waitUntil: "networkidle" });
  check(bytes > 1000 && bytes <= ASK_PAGE_MOST_BYTES, `the page that asks weighs ${bytes} bytes`);
  const blocking = await page.locator("head link[rel=stylesheet], head script:not([defer])").count();
  check(blocking === 1, "it is painted with one document and one stylesheet");
  check(urls.length === 3, `beside them there is the script: ${urls.map(({ url }) => url)}`);
  console.log(`the page that asks weighs ${bytes} bytes`);
}

// Every page there is, without spending a mail.
async function looksWell(page, name) {
  const look = async (what) => {
    await checkAccessible(page, `${what} ${name}`, ["best-practice"]);
    await page.screenshot({ path: join(screenshots, `page-${what}-${name}.png`), fullPage: true });
  };
  await page.goto("/a/default/reset");
  await look("ask");
  await page.fill("#identifier", "@");
  await page.click("button[type=submit]");
  await look("ask-mistake");
  await page.fill("#identifier", "nobody@example.com");
  await page.click("button[type=submit]");
  await look("sent");
  for (const what of ["not-me", "confirm-email", "login"]) {
    await page.goto(`/a/default/${what}`);
    await look(what);
  }
  for (const [what, path] of [
    ["not-valid", "/a/default/reset/a.b.c"],
    ["not-found", "/a/default/nothing"],
    ["unknown-application", "/a/unknown/reset"],
  ]) {
    await page.goto(path);
    await look(what);
  }
  const links = await linksTo(page, "shared@example.com");
  await page.goto(links[1]); // of the account that nobody chose a password for
  await look("new-password");
  await page.$eval("form", (form) => (form.noValidate = true));
  await page.fill("#new_password", "short");
  await page.click("button[type=submit]");
  await page.waitForSelector(".mistakes");
  await look("new-password-mistake");
}

async function choose(page, password) {
  await page.fill("#new_password", password);
  await page.fill("#confirm_password", password);
  const answered = page.waitForEvent("framenavigated");
  await page.click("button[type=submit]");
  await answered;
  await page.waitForLoadState("load");
}

// A form that another site sends: it comes from nowhere, as the browser says.
async function fromElsewhere(page) {
  await page.setContent(`<form method="post" action="${new URL("/a/default/reset", baseURL)}"><button>Win</button></form>`);
  const [answer] = await Promise.all([page.waitForEvent("response"), page.click("button")]);
  check(answer.status() === 403, `a form of another site is refused (${answer.status()})`);
  await heading(page, "The form was not accepted");
  await lookAt(page, "forbidden");
}

// A link is opened and not posted to: so says the page of it, too.
async function byAnotherMethod(page) {
  const link = new URL("/a/default/reset/a.b.c", baseURL);
  await page.setContent(`<form method="post" action="${link}"><button>Post</button></form>`);
  const [answer] = await Promise.all([page.waitForEvent("response"), page.click("button")]);
  check(answer.status() === 405, `a link is not posted to (${answer.status()})`);
  check(answer.headers().allow === "GET, HEAD", "and how it is opened is told");
  await page.waitForSelector("h1");
  await lookAt(page, "another-method");
}

// Last of all, since it takes what the limits leave.
async function tooOften(page) {
  const ask = () => page.request.post("/v1/apps/default/password-resets", { data: { identifier: "nobody@example.com" } });
  for (let times = 0; times <= 30 && (await ask()).status() !== 429; times += 1);
  await page.goto("/a/default/reset");
  await page.fill("[name=identifier]", "nobody@example.com");
  const [answer] = await Promise.all([page.waitForEvent("response"), page.click("button[type=submit]")]);
  check(answer.status() === 429, `who asks too often is told so (${answer.status()})`);
  check(Number(answer.headers()["retry-after"]) > 0, "it is told when to come again");
  await heading(page, "Too many attempts");
  return lookAt(page, "too-often");
}
