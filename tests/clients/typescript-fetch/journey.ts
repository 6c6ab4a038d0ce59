// Resets a forgotten password by OpenAPI Generator's client for fetch and the lines of openapi/README.md.

import { ask, setPassword } from "./forgotten";
import {
  Configuration,
  OneTimeLoginApi,
  PasswordResetApi,
  type Problem,
  ProblemCode,
  ProblemFromJSON,
  ResponseError,
  Purpose,
  TokensApi,
} from "./regain";
import { closeWith, expect, identifier, step, tokenFromOutbox, url } from "./steps";

const app = "default";
const configuration = new Configuration({ basePath: url });

async function main(): Promise<void> {
  await step("ask for a link", async () => {
    expect((await ask(identifier)).includes("on its way"), true, "the message");
  });

  const token = await step("take the token out of the mail", tokenFromOutbox);

  await step("inspect the token", async () => {
    const purpose = Purpose.PasswordReset;
    const tokens = new TokensApi(configuration);
    const inspected = await tokens.inspectToken({ app, tokenInspection: { token, purpose } });
    expect(inspected.purpose, "password-reset", "purpose");
    const lifetime = inspected.expiresAt.getTime() - inspected.issuedAt.getTime();
    expect(lifetime, 30 * 60 * 1000, "lifetime");
  });

  await step("be refused a weak password", async () => {
    const problem = await setPassword(token, "x");
    expect(problem?.code, ProblemCode.PasswordRejected, "code");
    expect(problem?.errors?.[0]?.field, "new_password", "field");
    expect(problem?.errors?.[0]?.reason, "too_short", "reason");
  });

  await step("be told that there is no such application", async () => {
    const resets = new PasswordResetApi(configuration);
    const asked = resets.requestPasswordReset({ app: "nobody", linkRequest: { identifier } });
    const { status, code } = await problemOf(asked);
    expect(status, 404, "status");
    expect(code, ProblemCode.NotFound, "code");
  });

  await step("be refused without a session", async () => {
    const { status, code } = await problemOf(new OneTimeLoginApi(configuration).getMe({ app }));
    expect(status, 401, "status");
    expect(code, ProblemCode.Unauthorized, "code");
  });

  await step("set a good password", async () => {
    expect(await setPassword(token, "stapled otter in the rain"), undefined, "problem");
  });

  await step("find the link spent", async () => {
    const problem = await setPassword(token, "another otter in the rain");
    expect(problem?.code, ProblemCode.TokenInvalid, "code");
  });

  closeWith("typescript-fetch");
}

async function problemOf(request: Promise<unknown>): Promise<Problem> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ResponseError) return ProblemFromJSON(await error.response.json());
    throw error;
  }
  throw new Error("was not refused");
}

void main();
