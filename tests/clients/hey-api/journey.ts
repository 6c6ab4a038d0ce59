// Resets a forgotten password by the client of @hey-api/openapi-ts and the lines of openapi/README.md.

import { ask, setPassword } from "./forgotten";
import { getMe, inspectToken, requestPasswordReset } from "./regain";
import { closeWith, expect, identifier, step, tokenFromOutbox } from "./steps";

async function main(): Promise<void> {
  await step("ask for a link", async () => {
    expect((await ask(identifier)).message?.includes("on its way"), true, "the message");
  });

  const token = await step("take the token out of the mail", tokenFromOutbox);

  await step("inspect the token", async () => {
    const { data } = await inspectToken({ path, body: { token, purpose: "password-reset" } });
    expect(data?.purpose, "password-reset", "purpose");
    const lifetime = Date.parse(data?.expires_at ?? "") - Date.parse(data?.issued_at ?? "");
    expect(lifetime, 30 * 60 * 1000, "lifetime");
  });

  await step("be refused a weak password", async () => {
    const problem = await setPassword(token, "x");
    expect(problem?.code, "password-rejected", "code");
    expect(problem?.errors?.[0]?.field, "new_password", "field");
    expect(problem?.errors?.[0]?.reason, "too_short", "reason");
  });

  await step("be told that there is no such application", async () => {
    const { error, response } = await requestPasswordReset({
      path: { app: "nobody" },
      body: { identifier },
    });
    expect(response?.status, 404, "status");
    expect(error?.code, "not-found", "code");
  });

  await step("be refused without a session", async () => {
    const { error, response } = await getMe({ path });
    expect(response?.status, 401, "status");
    expect(error?.code, "unauthorized", "code");
  });

  await step("set a good password", async () => {
    expect(await setPassword(token, "stapled otter in the rain"), undefined, "problem");
  });

  await step("find the link spent", async () => {
    const problem = await setPassword(token, "another otter in the rain");
    expect(problem?.code, "token-invalid", "code");
  });

  closeWith("hey-api");
}

const path = { app: "default" };
void main();
