// Serves the form of openapi/README.md, as a front end's own server does, and resets a forgotten password by it in Chromium.
//
//   node form.mjs FOLDER PORT   the page and what tsc made of its scripts; the port of localhost that links lead to
//   REGAIN_TEST_URL             the running `regain demo --link 'http://localhost:PORT/#{token}'`
//
// and what chromium.mjs needs.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

import { check, checkAccessible, checks, launch, needed } from "../../browser/chromium.mjs";

const PATIENCE_MS = 15_000;
const [folder, port] = process.argv.slice(2);
const [form, regain] = [`http://localhost:${port}`, needed("REGAIN_TEST_URL")];

const server = createServer(answer).listen(Number(port), "127.0.0.1");
const browser = await launch();
try {
  const context = await browser.newContext();
  const [complaints, sent] = [[], []];
  context.on("console", (message) => {
    if (/CORS|content security policy/i.test(message.text())) complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  context.on("request", (request) => {
    if (request.url().endsWith("/complete") && request.method() === "POST") sent.push(request.url());
    if (![form, regain].includes(new URL(request.url()).origin)) complaints.push(request.url());
  });

  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  await page.goto(form);
  await checkAccessible(page, "the page that asks");
  await send(page, "Email address", "ada@example.com,", "no email address");
  await page.getByLabel("Email address").fill("ada@example.com");
  await page.getByRole("button").dblclick();
  await page.getByRole("status").filter({ hasText: "on its way" }).waitFor();
  await shows(page);
  const link = await newestLink(page, 1);
  check(link.startsWith(`${form}/#`), `the mail leads to the form: ${link.split("#")[0]}`);

  const tab = await context.newPage();
  await tab.goto(link);
  await shows(tab, "New password");
  check(tab.url() === `${form}/`, `the token is out of the address bar: ${tab.url()}`);
  await checkAccessible(tab, "the page for the new password");
  await send(tab, "New password", "ada", "at least");
  await shows(tab, "New password");
  await context.setOffline(true);
  await send(tab, "New password", "stapled otter in the rain", "does not work right now");
  await context.setOffline(false);
  const before = sent.length;
  await tab.getByLabel("New password").fill("stapled otter in the rain");
  await tab.getByRole("button").dblclick();
  await tab.getByRole("status").filter({ hasText: "Your new password is set." }).waitFor();
  await shows(tab);
  await tab.waitForTimeout(300);
  check((await tab.getByRole("status").textContent()).includes("is set"), "a second click says nothing else");
  check(sent.length === before + 1, `a double click is one request: ${sent.length - before}`);

  const late = await context.newPage();
  await late.goto(await newestLink(late, 1));
  await late.getByRole("status").filter({ hasText: "does nothing any more" }).waitFor();
  await shows(late, "Email address");
  await page.goto(link);
  await send(page, "Email address", "ada@example.com", "on its way");
  await page.goto(await newestLink(page, 2));
  await shows(page, "New password");
  await send(page, "New password", "another otter in the rain", "Your new password is set.");
  check(complaints.length === 0, `no complaint: ${complaints.join("; ")}`);
  console.log(`form: ${checks} checks passed`);
} finally {
  await browser.close();
  server.close();
}

/** Fills the one field that is there, sends it, and is told so. */
async function send(page, label, value, told) {
  await page.getByLabel(label).fill(value);
  await page.getByRole("button").click();
  await page.getByRole("status").filter({ hasText: told }).waitFor();
  check(true, `${value}: ${told}`);
}

/** The fields that there are to fill. */
async function shows(page, ...labels) {
  await page.waitForFunction((count) => document.querySelectorAll("form:not([hidden])").length === count, labels.length);
  for (const label of labels) check(await page.getByLabel(label).isVisible(), `it asks for: ${label}`);
}

/** The newest of so many links that set a password. */
async function newestLink(page, wanted) {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const mails = await (await page.request.get(`${regain}/demo/outbox.json`)).json();
    const links = mails.flatMap(({ links }) => links.filter((link) => link.includes("#")));
    if (links.length >= wanted) return links.at(-1);
    await page.waitForTimeout(100);
  }
  throw new Error(`no mail with a link within ${PATIENCE_MS} ms`);
}

/** A file; of a script what it was compiled to; of a module without an ending what bundlers take it for. */
function answer({ url }, response) {
  const path = new URL(url, form).pathname.replace(/\/$/, "/index.html").replace(/\.ts$/, ".js");
  const file = [path, `${path}.js`].map((name) => join(folder, name)).find((name) => /\.\w+$/.test(name) && existsSync(name));
  if (!file && existsSync(join(folder, path, "index.js"))) {
    response.writeHead(302, { location: `${path}/index.js` }).end();
  } else if (file) {
    response.writeHead(200, { "content-type": file.endsWith(".html") ? "text/html" : "text/javascript" });
    response.end(readFileSync(file));
  } else {
    response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
  }
}
