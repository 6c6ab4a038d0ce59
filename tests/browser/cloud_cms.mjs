// Resets a password in Chromium by the calls that Cloud CMS' documentation has for a page of the application:
// as they stand there, and with the one change that they need. It needs what jquery.mjs does.

import { check, checks } from "./chromium.mjs";
import { ajax, layApplicationUnder, links, newLink } from "./jquery.mjs";
import { baseURL, browser, inContext, pathOf } from "./person.mjs";

const LINK = /^(\S+\/app\/password-reset\.html\?hash=\S+)/m;

const REQUESTS = "/pub/applications/GUID1/requests/resetpassword";
const CALL = { type: "POST", dataType: "json", processData: false };

try {
  await inContext({}, asTheDocumentationHasIt);
  console.log(`Cloud CMS' password reset: ${checks} checks passed`);
} finally {
  await browser.close();
}

async function asTheDocumentationHasIt(page) {
  await layApplicationUnder(page);
  for (const [number, create] of [REQUESTS, `${REQUESTS}/create`].entries()) {
    await page.goto("/app/forgot");
    const request = {
      principal: "ada@example.com",
      email: {
        body: `<a href='${baseURL}/app/password-reset.html?hash=\${hash}'>Click me</a>`,
        from: "webmaster@website.example",
      },
    };
    await told(page, { ...CALL, url: create, data: request });
    const created = await ajax(page, { ...CALL, url: create, data: JSON.stringify(request) });
    check(created.status === 200, `a request is made: ${created.text}`);

    const { _doc } = JSON.parse(created.text);
    const sent = await ajax(page, { ...CALL, url: `${REQUESTS}/${_doc}/send` });
    check(sent.status === 200 && sent.text === "{}", `and sent as it stands: ${sent.text}`);

    await page.goto(await newLink(LINK, number));
    check(pathOf(page) === "/app/password-reset.html", `the link leads to ${page.url()}`);
    const commit = `${REQUESTS}/${new URL(page.url()).searchParams.get("hash")}/commit`;
    await told(page, { ...CALL, url: commit, data: { password: "a green kettle sings" } });
    const set = (password) => ajax(page, { ...CALL, url: commit, data: JSON.stringify({ password }) });
    const short = await set("short");
    check(short.status === 422 && JSON.parse(short.text).errors[0].field === "password", `refused: ${short.text}`);
    const done = await set("a green kettle sings");
    check(done.status === 200 && done.text === "{}", `committed: ${done.text}`);
    check((await set("a green kettle sings")).status === 400, "once");
  }
  check(links(LINK).length === 2, "what was told how to do better sent nothing");
}

/** A call that sends an object as it is, which is told the one change that it needs. */
async function told(page, call) {
  const answer = await ajax(page, call);
  const message = answer.status === 400 ? JSON.parse(answer.text).errors[0].message : answer.text;
  check(message.includes("JSON.stringify("), `${call.url}: ${message}`);
}
