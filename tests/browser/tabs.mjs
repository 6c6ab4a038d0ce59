// Opens links that lead to a button in two tabs of one browser: the later link wins, not before its account
// was shown and nothing having happened until then; and the back button leads to no second use.
//
//   REGAIN_TEST_LINKS    two links of each kind, one a line
//   REGAIN_TEST_USERS    the database of those whom they are for
//
// It needs what person.mjs does.

import { execFileSync } from "node:child_process";

import { check, checks, needed } from "./chromium.mjs";
import { browser, heading, inContext, lookAt } from "./person.mjs";

/** What the kinds differ in, and what tells by the table for whom something was done. */
const KINDS = {
  "confirm-email": {
    masked: ["u…@example.com", "i…@example.com"],
    touched: "SELECT email FROM users WHERE id IN (2, 4) AND confirmed_at IS NOT NULL ORDER BY id DESC",
    ended: confirmed,
  },
  login: {
    masked: ["a…@example.com", "g…@example.com"],
    touched: "SELECT email FROM users WHERE last_login IS NOT NULL ORDER BY id DESC",
    ended: loggedIn,
  },
};

const LOOK = "import sqlite3, sys; print(*(row[0] for row in sqlite3.connect(sys.argv[1]).execute(sys.argv[2])))";

try {
  const links = needed("REGAIN_TEST_LINKS").trim().split("\n");
  for (const [kind, facts] of Object.entries(KINDS)) {
    const own = links.filter((link) => link.includes(`/${kind}/`));
    await inContext({}, twoTabs, kind, facts, own);
    await inContext({ javaScriptEnabled: false }, notWithoutItsCookies, own[0]);
  }
  console.log(`two tabs with buttons: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function twoTabs(page, kind, { masked, touched, ended }, [first, second]) {
  const other = await page.context().newPage();
  await page.goto(first);
  await shows(page, masked[0]);
  await other.goto(second);
  await shows(other, masked[1]);

  await press(page);
  await page.waitForSelector("[role=alert]");
  check((await page.innerText("[role=alert]")).includes("another link was opened"), "it is said why");
  await shows(page, masked[1]);
  check(asTold(touched) === "", `${kind}: nothing has happened (${asTold(touched)})`);
  await lookAt(page, `${kind}-other-account`);
  await press(page);
  await ended(page);
  const [later, both] = kind === "login" ? ["grace", "grace ada"] : ["ivo", "ivo una"];
  check(named(touched) === later, `${kind}: the later link wins (${named(touched)})`);

  await press(other);
  await notValid(other);
  await other.goBack();
  if ((await other.locator("form").count()) > 0) await press(other);
  await notValid(other);
  check(named(touched) === later, `${kind}: and nothing more (${named(touched)})`);

  // The earlier link lost nothing by it, and works when it is opened once more.
  await page.goto(first);
  await shows(page, masked[0]);
  await press(page);
  await ended(page);
  check(named(touched) === both, `${kind}: each for its own account (${named(touched)})`);
  await page.goBack();
  if ((await page.locator("form").count()) > 0) await press(page);
  await notValid(page);
}

// What a page held in one browser is worth nothing in another.
async function notWithoutItsCookies(page, link) {
  await page.goto(`/a/default/${new URL(link).pathname.split("/")[3]}-now`);
  await notValid(page);
}

async function shows(page, masked) {
  check((await page.innerText(".account")).includes(masked), `${masked} is shown`);
}

async function press(page) {
  await page.click("button[type=submit]");
}

async function notValid(page) {
  await heading(page, "This link is not valid");
  check((await page.locator("a.button").count()) === 1, "and there is a way on");
}

async function confirmed(page) {
  await heading(page, "Your email address is confirmed");
}

async function loggedIn(page) {
  await page.waitForURL(/#session=/);
  check(true, "the application gets the session");
}

function asTold(select) {
  return execFileSync("python3", ["-c", LOOK, needed("REGAIN_TEST_USERS"), select], { encoding: "utf8" }).trim();
}

function named(select) {
  return asTold(select).replaceAll("@example.com", "");
}
