// What the pages of an application do that moves here from elsewhere: they call with jQuery, as they did.
//
//   REGAIN_TEST_MAILS    the folder that mails are written into
//
// It needs what person.mjs does, and jQuery beside the rest of REGAIN_TEST_NODE_MODULES. The application's
// own pages are made up here, on the server's origin, where a proxy would lay them, or on another.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";

import { needed } from "./chromium.mjs";
import { PATIENCE_MS } from "./person.mjs";

const require = createRequire(join(needed("REGAIN_TEST_NODE_MODULES"), "x.js"));
const jQuery = readFileSync(require.resolve("jquery/dist/jquery.min.js"), "utf8");
const mails = needed("REGAIN_TEST_MAILS");

const PAGE = {
  contentType: "text/html; charset=utf-8",
  body: '<!doctype html><html lang="en"><title>An application</title><script src="/app/jquery.js"></script><p>Here.',
};

/** What jQuery makes of a call. */
export function ajax(page, call) {
  return page.evaluate(
    (call) =>
      new Promise((done) => {
        globalThis.jQuery.ajax(call).always((one, _status, other) => {
          const answer = other?.status === undefined ? one : other;
          const id = answer.getResponseHeader("X-Request-Id");
          done({ status: answer.status, text: answer.responseText, id });
        });
      }),
    call,
  );
}

/** Pages of the application, on the same origin. */
export async function layApplicationUnder(page) {
  await page.route((url) => url.pathname.startsWith("/app/"), (route) => route.fulfill(file(route.request().url())));
}

/** The same on an origin of their own, which a server of this process is then. */
export async function serveApplication(port = 0) {
  const server = createServer((request, answer) => {
    const { contentType, body } = file(request.url);
    answer.writeHead(200, { "content-type": contentType }).end(body);
  });
  await new Promise((done) => server.listen(port, "127.0.0.1", done));
  return server;
}

function file(url) {
  return url.endsWith("/jquery.js") ? { contentType: "text/javascript", body: jQuery } : PAGE;
}

/** The links in the mails so far, each the first group of a pattern in their plain text, oldest first. */
export function links(pattern) {
  const files = existsSync(mails) ? readdirSync(mails).filter((name) => name.endsWith(".eml")) : [];
  return files.sort().flatMap((name) => {
    const mail = readFileSync(join(mails, name), "utf8").replaceAll("=\r\n", "").replaceAll("=3D", "=");
    return pattern.exec(mail)?.[1] ?? [];
  });
}

/** The link that comes after so many others. */
export async function newLink(pattern, before) {
  const deadline = Date.now() + PATIENCE_MS;
  while (links(pattern).length <= before) {
    if (Date.now() > deadline) throw new Error(`no mail within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return links(pattern)[before];
}
