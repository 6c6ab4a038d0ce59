// Resets a forgotten password through a client made from the OpenAPI document, as a front end
// would. It compiles only while the document describes these operations, their bodies, their
// answers and their problems; it passes only while the server does what the document says.

import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const PATIENCE_MS = 15_000;
const BETWEEN_LOOKS_MS = 100;

const url = process.env["REGAIN_TEST_URL"];
if (!url) throw new Error("REGAIN_TEST_URL is not set");
const app = "default";
const identifier = process.env["REGAIN_TEST_IDENTIFIER"] ?? "ada@example.com";

const client = createClient<paths>({ baseUrl: url });
const path = { app };
let steps = 0;

await step("ask for a link", async () => {
  const { data, response } = await client.POST("/v1/apps/{app}/password-resets", {
    params: { path },
    body: { identifier },
  });
  expect(response.status, 202, "status");
  expect(typeof data?.message, "string", "type of message");
});

const token = await step("take the token out of the mail", () => tokenFromOutbox(identifier));

await step("inspect the token, which changes nothing", async () => {
  const { data, response } = await client.POST("/v1/apps/{app}/tokens/inspect", {
    params: { path },
    body: { token, purpose: "password-reset" },
  });
  expect(response.status, 200, "status");
  expect(data?.purpose, "password-reset", "purpose");
  const lifetime = Date.parse(data?.expires_at ?? "") - Date.parse(data?.issued_at ?? "");
  if (!(lifetime > 0)) throw new Error("the token does not expire after it was issued");
});

await step("be refused a weak password", async () => {
  const { error, response } = await complete("x");
  expect(response.status, 422, "status");
  expectProblem(response, error?.code, "password-rejected");
});

const newPassword = `stapled otter ${Date.now()} in the rain`;

await step("set a good password", async () => {
  const { response } = await complete(newPassword);
  expect(response.status, 200, "status");
});

await step("find the link spent", async () => {
  const { error, response } = await complete(`${newPassword} again`);
  expect(response.status, 400, "status");
  expectProblem(response, error?.code, "token-invalid");
});

console.log(`contract journey: ${steps} steps passed`);

function complete(new_password: string) {
  return client.POST("/v1/apps/{app}/password-resets/complete", {
    params: { path },
    body: { token, new_password },
  });
}

async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    steps += 1;
    return result;
  } catch (cause) {
    throw new Error(`contract journey, "${name}"`, { cause });
  }
}

function expect(seen: unknown, wanted: unknown, what: string): void {
  if (seen !== wanted) throw new Error(`${what} is ${String(seen)} and not ${String(wanted)}`);
}

function expectProblem(response: Response, code: unknown, wanted: string): void {
  expect(code, wanted, "code");
  const type = response.headers.get("content-type")?.split(";")[0];
  expect(type, "application/problem+json", "content type");
}

// The outbox belongs to `regain demo` and not to the API, so it is read without the client.
interface OutboxMail {
  to: string;
  links: string[];
}

async function tokenFromOutbox(to: string): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/demo/outbox.json`);
    expect(response.status, 200, "status of the outbox");
    const mails = (await response.json()) as OutboxMail[];
    for (const mail of mails.reverse()) {
      if (!mail.to.includes(to)) continue;
      for (const link of mail.links) {
        const found = new URL(link).pathname.match(/^\/a\/default\/reset\/([\w.-]+)$/);
        if (found?.[1]) return found[1];
      }
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
  throw new Error(`no mail with a link to ${to} within ${PATIENCE_MS} ms`);
}
