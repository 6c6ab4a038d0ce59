// Calls in Chromium from pages of other origins, as the documentation of Structr and of Cloud CMS has it, with the
// changes that this needs; and from an origin that is on no list. Nothing is laid under pages here: what asks before
// it calls is the browser, and what answers is the server.
//
//   REGAIN_TEST_APPLICATION    an origin on the list of `cors`, on 127.0.0.1, whose server is here; by the name
//                              of localhost, which to the browser is another site, it is on the list, too
//
// It needs what jquery.mjs does.

import { check, checks, needed } from "./chromium.mjs";
import { ajax, links, newLink, serveApplication } from "./jquery.mjs";
import { baseURL, browser, PATIENCE_MS } from "./person.mjs";

const APPLICATION = needed("REGAIN_TEST_APPLICATION");
const STRUCTR_LINK = /^Go to (\S+) to reset/m;
const CMS_LINK = /^(\S+\/app\/password-reset\.html\?hash=\S+)/m;

const ASK = `${baseURL}/structr/rest/reset-password`;
const ME = `${baseURL}/structr/rest/me`;
const LOGIN = `${baseURL}/v1/apps/default/login-links/complete`;
const REQUESTS = `${baseURL}/pub/applications/GUID1/requests/resetpassword`;

const CMS_CALL = { type: "POST", dataType: "json", processData: false };
const JSON_TYPE = { contentType: "application/json" };
const WITH_COOKIE = { ...JSON_TYPE, xhrFields: { withCredentials: true } };

const byName = (origin) => origin.replace("127.0.0.1", "localhost");
const withJSON = (object) => ({ ...JSON_TYPE, data: JSON.stringify(object) });

const listed = await serveApplication(Number(new URL(APPLICATION).port));
const unlisted = await serveApplication();
const stranger = `http://127.0.0.1:${unlisted.address().port}`;
try {
  await from(APPLICATION, askCloudCms, { nearby: true });
  await from(byName(APPLICATION), askCloudCms, { nearby: false });
  await from(APPLICATION, resetByStructr);
  await from(byName(APPLICATION), bearASession);
  await from(stranger, becomeNobody, { whose: "eve@example.com" });
  await from(byName(stranger), becomeNobody, { whose: "fay@example.com" });
  console.log(`calls from other origins: ${checks} checks passed`);
} finally {
  await browser.close();
  listed.close();
  unlisted.close();
}

async function from(origin, journey, more) {
  const context = await browser.newContext();
  await journey(await pageOf(context, origin), origin, more);
  await context.close();
}

/** A page of an origin, what its browser asked before it called, and what it kept from the page. */
async function pageOf(context, origin) {
  const page = await context.newPage();
  const protocol = await context.newCDPSession(page);
  const [preflights, kept] = [[], []];
  protocol.on("Network.responseReceived", ({ type, response }) => {
    if (type === "Preflight") preflights.push(`${response.status} ${new URL(response.url).pathname}`);
  });
  protocol.on("Network.loadingFailed", ({ corsErrorStatus }) => {
    if (corsErrorStatus) kept.push(corsErrorStatus.corsError);
  });
  await protocol.send("Network.enable");
  await page.goto(`${origin}/app/forgot`);
  check(new URL(page.url()).origin !== new URL(baseURL).origin, `another origin: ${page.url()}`);
  return { context, page, preflights, kept };
}

async function askCloudCms({ page, preflights }, origin, { nearby }) {
  const before = links(CMS_LINK).length;
  const request = { principal: "ada@example.com", email: { body: "<a href='${hash}'>Click me</a>" } };
  await told(page, { ...CMS_CALL, url: REQUESTS, data: request }, nearby);
  const form = await ajax(page, { ...CMS_CALL, url: REQUESTS, data: JSON.stringify(request) });
  check(form.status === (nearby ? 200 : 415), `as a form from ${origin}: ${form.status} ${form.text}`);
  check(preflights.length === 0, "a form asks nobody");

  const created = await ajax(page, { ...CMS_CALL, url: REQUESTS, ...withJSON(request) });
  check(created.status === 200 && created.id, `a request is made: ${created.status} ${created.text}`);
  await comes(() => preflights.join() === `204 ${new URL(REQUESTS).pathname}`, preflights);
  const { _doc } = JSON.parse(created.text);
  const sent = await ajax(page, { ...CMS_CALL, url: `${REQUESTS}/${_doc}/send` });
  check(sent.status === 200 && sent.text === "{}", `and sent as it stands: ${sent.text}`);

  const link = await newLink(CMS_LINK, before);
  check(link.startsWith(`${APPLICATION}/app/`), `the link leads to ${link}`);
  await page.goto(link.replace(APPLICATION, origin));
  const commit = { ...CMS_CALL, url: `${REQUESTS}/${new URL(page.url()).searchParams.get("hash")}/commit` };
  await told(page, { ...commit, data: { password: "a green kettle sings" } }, nearby);
  const short = await ajax(page, { ...commit, ...withJSON({ password: "short" }) });
  check(short.status === 422 && JSON.parse(short.text).errors[0].field === "password", `refused: ${short.text}`);
  const done = await ajax(page, { ...commit, ...withJSON({ password: "a green kettle sings" }) });
  check(done.status === 200 && done.text === "{}", `committed: ${done.text}`);
  check(links(CMS_LINK).length === before + 1, "what was told how to do better sent nothing");
}

async function resetByStructr({ page, preflights }) {
  const eMail = "ada@example.com";
  await told(page, { url: ASK, type: "POST", data: { eMail } }, true);
  await told(page, { url: ASK, type: "POST", processData: false, data: { eMail } }, true);
  const asking = await ajax(page, { url: ASK, type: "POST", ...withJSON({ eMail }), ...WITH_COOKIE });
  check(asking.status === 0, "no cookie goes along but to set the password");
  await logIn(page, eMail);
  check(page.url() === `${APPLICATION}/app/account`, `logged in: ${page.url()}`);

  const password = "newSuperSecurePassword";
  const put = (more, value = password) => ajax(page, { url: ME, type: "PUT", ...withJSON({ password: value }), ...more });
  const untold = await put(JSON_TYPE);
  check(untold.status === 401, `the cookie stays at home unless it is told to go: ${untold.status}`);
  const short = await put(WITH_COOKIE, "short");
  check(short.status === 422 && JSON.parse(short.text).errors[0].field === "password", `refused: ${short.text}`);
  const unnamed = await put({ ...WITH_COOKIE, contentType: "application/x-www-form-urlencoded" });
  check(unnamed.status === 415 && unnamed.text.includes("contentType"), `not called JSON: ${unnamed.text}`);
  const set = await put(WITH_COOKIE);
  check(set.status === 200 && set.text === "{}" && set.id, `set from another origin: ${set.status} ${set.text}`);
  check((await put(WITH_COOKIE)).status === 401, "once");
  await comes(() => preflights.includes(`204 ${new URL(ME).pathname}`), preflights);
}

// A page of another site gets no cookie sent, listed or not, and names the session.
async function bearASession({ context, page }) {
  const eMail = "grace@example.com";
  const asked = await ajax(page, { url: ASK, type: "POST", data: JSON.stringify({ eMail }) });
  check(asked.status === 415 && asked.text.includes("contentType"), `not called JSON: ${asked.text}`);
  const other = await context.newPage();
  await other.goto(`${APPLICATION}/app/forgot`);
  await logIn(other, eMail);
  const put = (more) => ajax(page, { url: ME, type: "PUT", ...withJSON({ password: "a violet kettle hums" }), ...more });
  const without = await put(WITH_COOKIE);
  check(without.status === 401, `the cookie does not reach another site: ${without.status} ${without.text}`);

  const token = new URL(await linkFor(page, "bob@example.com")).searchParams.get("key");
  const login = await ajax(page, { url: LOGIN, type: "POST", ...withJSON({ token }) });
  check(login.status === 200, `logged in by our own API: ${login.status} ${login.text}`);
  const bearer = { headers: { Authorization: `Bearer ${JSON.parse(login.text).session}` } };
  const set = await put(bearer);
  check(set.status === 200, `by a session that is named: ${set.status} ${set.text}`);
}

// An origin on no list, in the browser of somebody who is logged in: nothing is set and nothing read, and what is
// not refused the page cannot tell from what is.
async function becomeNobody({ context, page, preflights, kept }, _origin, { whose }) {
  const victim = await context.newPage();
  await victim.goto(`${APPLICATION}/app/forgot`);
  await logIn(victim, whose);
  const data = JSON.stringify({ password: "chosen by somebody else" });
  let tried = 0;
  for (const more of [{}, JSON_TYPE, WITH_COOKIE]) {
    const put = await ajax(page, { url: ME, type: "PUT", data, ...more });
    check(put.status === 0, `A11: another origin sets no password (${put.status} ${put.text})`);
    tried += 1;
    await comes(() => preflights.length === tried && preflights.at(-1) === `405 ${new URL(ME).pathname}`, preflights);
  }
  for (const url of [ASK, REQUESTS, LOGIN]) {
    for (const more of [{ data: "{}" }, withJSON({})]) {
      const called = await ajax(page, { url, type: "POST", ...more });
      check(called.status === 0 && called.text === undefined, `A82: ${url} says ${called.status} ${called.text}`);
      tried += 1;
    }
  }
  await comes(() => kept.length === tried && kept.every((why) => why.endsWith("MissingAllowOriginHeader")), kept);
  const mine = await ajax(victim, { url: ME, type: "PUT", ...withJSON({ password: "one of my own" }), ...WITH_COOKIE });
  check(mine.status === 200, `and the session lives: ${mine.status} ${mine.text}`);
}

// What the browser tells of its own doing comes when it comes.
async function comes(holds, told) {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  check(holds(), `the browser tells: ${told.join(", ")}`);
}

async function linkFor(page, eMail) {
  const before = links(STRUCTR_LINK).length;
  const asked = await ajax(page, { url: ASK, type: "POST", ...withJSON({ eMail }) });
  check(asked.status === 200 && asked.text === "{}", `asked: ${asked.status} ${asked.text}`);
  return newLink(STRUCTR_LINK, before);
}

/** Asks, opens the link, presses the button and goes where that leads. */
async function logIn(page, eMail) {
  await page.goto(await linkFor(page, eMail));
  await page.click("button[type=submit]");
  await page.waitForURL(`${APPLICATION}/app/account`);
}

/** A call as the documentation has it, of which the answer says what is wrong; the page can read that. */
async function told(page, call, nearby) {
  const answer = await ajax(page, call);
  const [status, cure] = nearby ? [400, "JSON.stringify("] : [415, "contentType"];
  check(answer.status === status, `${call.url}: ${answer.status} ${answer.text}`);
  check(JSON.parse(answer.text).errors[0].message.includes(cure), answer.text);
}
