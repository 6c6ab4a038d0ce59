// Tries every operation at `/docs` in Chromium, as somebody does who has just started the demo: what stands there as
// it stands there, then with a token out of the outbox, a session and a key. Each must answer what is written at
// its step, which the document must declare for it; the page may break no policy, fail in no script and ask no other host.
//
//   REGAIN_TEST_URL            the running `regain demo`
//   REGAIN_TEST_KEY            the API key that it printed
//   REGAIN_TEST_VERSION        what `regain --version` says
//   REGAIN_TEST_SCREENSHOTS    a folder for a picture of the page
//
// and what chromium.mjs needs.

import { join } from "node:path";

import { check, checks, launch, needed } from "./chromium.mjs";

const PATIENCE_MS = 15_000;
const REFUSED = /^Failed to load resource: the server responded with a status of (\d+)/;

const base = new URL(needed("REGAIN_TEST_URL"));
const browser = await launch();
const context = await browser.newContext({ baseURL: base.href });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE_MS);

/** How many links of a kind there were when last looked. */
const seen = new Map();

/** What the console says against the page; the refusals that it tells of, and those that were wanted. */
const [complaints, refusals, expected] = [[], [], []];
context.on("console", (message) => {
  const [, refused] = REFUSED.exec(message.text()) ?? [];
  if (refused) refusals.push(refused);
  else if (["error", "warning"].includes(message.type())) complaints.push(message.text());
});
context.on("weberror", (error) => complaints.push(String(error.error())));
context.on("request", (request) => {
  const { protocol, origin } = new URL(request.url());
  if (protocol !== "data:" && origin !== base.origin) complaints.push(`a request to ${origin}`);
});

try {
  await open();
  const operations = await declared();
  const tried = new Set();
  /** Tries an operation, with what `change` makes of the body that stands there; answers the body of the answer. */
  const execute = async (operationId, status, change) => {
    tried.add(operationId);
    return tryOut(operations.get(operationId), status, change);
  };

  const forAnybody = [...operations.values()].filter(({ security }) => security.length === 0);
  const asking = { requestPasswordReset: 202, requestEmailConfirmation: 202, requestLoginLink: 202, getHealth: 200, getReadiness: 200 };
  for (const { operationId } of forAnybody) {
    const answer = await execute(operationId, asking[operationId] ?? 400);
    if (!asking[operationId]) check(answer.code === "token-invalid", `${operationId} knows no such token: ${answer.code}`);
  }
  check(tried.size === forAnybody.length && tried.size > 8, `${tried.size} operations that anybody may call`);

  const token = await tokenOf("reset");
  const inspected = await execute("inspectToken", 200, { token });
  check(inspected.purpose === "password-reset", "a link's token is looked at");
  await execute("completePasswordReset", 200, { token });
  const spent = await execute("completePasswordReset", 400, { token });
  check(spent.code === "token-invalid", "and works once");

  await execute("getMe", 401);
  await execute("requestLoginLink", 202);
  const { session } = await execute("completeLogin", 200, { token: await tokenOf("login") });
  await authorize("session", session);
  const me = await execute("getMe", 200);
  check(me.email === "ada@example.com", "a session is somebody's");
  await execute("changeMyPassword", 204);
  await execute("getMe", 401);

  await execute("issueToken", 401);
  await authorize("api_key", needed("REGAIN_TEST_KEY"));
  check((await execute("explainToken", 200)).state === "not_ours", "the example's is nobody's");
  check((await execute("introspectSession", 200)).active === false, "nor is its session");
  const issued = await execute("issueToken", 201);
  const explained = await execute("explainToken", 200, { token: issued.token });
  check(explained.state === "valid", `an issued token is ${explained.state}`);
  await execute("revokeTokens", 204);
  const after = await execute("explainToken", 200, { token: issued.token });
  check(after.state === "revoked", `and then ${after.state}`);
  await execute("inviteUser", 202);

  check(tried.size === operations.size, `all ${operations.size} operations were tried`);
  check(complaints.length === 0, `no complaint: ${complaints.join("; ")}`);
  check(refusals.join() === expected.join(), `nothing else is refused: ${refusals.join()}`);
  console.log(`operations at /docs: ${tried.size} tried, ${checks} checks passed`);
} catch (error) {
  console.error([...complaints, ...refusals].join("\n"));
  throw error;
} finally {
  await browser.close();
}

async function open() {
  await page.goto("/docs#/Password%20reset/requestPasswordReset");
  await page.locator(".opblock.is-open[id$=-requestPasswordReset]").waitFor();
  check(true, "a link of docs/api.md opens its operation");
  const version = (await page.innerText(".info .version")).trim();
  check(`regain ${version}` === needed("REGAIN_TEST_VERSION"), `it says whom it talks to: ${version}`);
  await page.screenshot({ path: join(needed("REGAIN_TEST_SCREENSHOTS"), "docs.png"), fullPage: true });
  const [outbox] = await Promise.all([context.waitForEvent("page"), page.click("text=outbox")]);
  await outbox.waitForURL("**/demo/outbox");
  check(true, "it leads to the outbox");
  await outbox.close();
}

/** The operations of the document that the page shows, by their ids. */
async function declared() {
  const { paths } = await (await page.request.get("/openapi.json")).json();
  const all = Object.values(paths).flatMap((operations) => Object.values(operations));
  check((await page.locator(".opblock").count()) === all.length, `it shows ${all.length} operations`);
  return new Map(all.map((operation) => [operation.operationId, operation]));
}

async function tryOut({ operationId, responses }, status, change) {
  const block = page.locator(`.opblock[id$="-${operationId}"]`);
  if (!(await block.getAttribute("class")).includes("is-open")) await block.locator(".opblock-summary-control").click();
  const begin = block.getByRole("button", { name: "Try it out" });
  await begin.or(block.getByRole("button", { name: "Execute" })).first().waitFor();
  if (await begin.isVisible()) await begin.click();
  if (change) {
    const body = block.locator("textarea.body-param__text");
    await body.fill(JSON.stringify({ ...JSON.parse(await body.inputValue()), ...change }));
  }
  const answered = page.waitForResponse((response) => response.url().includes("/v1/") || /z$/.test(response.url()));
  await block.getByRole("button", { name: "Execute" }).click();
  const response = await answered;
  check(response.status() === status, `${operationId} answers ${response.status()}: ${await text(response)}`);
  check(String(status) in responses, `which it declares`);
  const shown = block.locator(".live-responses-table tbody .response-col_status");
  await page.waitForFunction(([id, wanted]) => {
    const cell = document.querySelector(`.opblock[id$="-${id}"] .live-responses-table tbody .response-col_status`);
    return cell?.textContent.trim().startsWith(wanted);
  }, [operationId, String(status)]);
  check((await shown.innerText()).startsWith(String(status)), `${operationId} shows ${status}`);
  // What is open is drawn anew with everything that changes.
  await block.locator(".opblock-summary-control").click();
  expected.push(...(status < 400 ? [] : [String(status)]));
  return response.headers()["content-type"]?.includes("json") ? response.json() : undefined;
}

function text(response) {
  return response.text().catch(() => "");
}

async function authorize(scheme, secret) {
  await page.locator(".scheme-container .authorize").click();
  const form = page.locator(".auth-container form", { has: page.locator(`code:text-is("${scheme}")`) });
  await form.locator("input").fill(secret);
  await form.locator("button[type=submit]").click();
  await page.locator(".modal-ux .close-modal").click();
}

/** The token of the newest link of a kind. */
async function tokenOf(kind) {
  const known = seen.get(kind) ?? 0;
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const mails = await (await page.request.get("/demo/outbox.json")).json();
    const links = mails.flatMap(({ links }) => links.filter((link) => link.includes(`/${kind}/`)));
    if (links.length > known) {
      seen.set(kind, links.length);
      return links.at(-1).split("/").at(-1);
    }
    if (Date.now() > deadline) throw new Error(`no link to ${kind} within ${PATIENCE_MS} ms`);
    await page.waitForTimeout(100);
  }
}
