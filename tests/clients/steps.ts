// What both journeys in TypeScript are made of.

const PATIENCE_MS = 15_000;
const BETWEEN_LOOKS_MS = 100;

export const url = process.env["REGAIN_TEST_URL"] ?? "";
export const identifier = "ada@example.com";

let steps = 0;

export async function step<T>(name: string, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run();
    steps += 1;
    return result;
  } catch (cause) {
    throw new Error(`"${name}"`, { cause });
  }
}

export function closeWith(name: string): void {
  console.log(`client ${name}: ${steps} steps passed`);
}

export function expect<T>(seen: T, wanted: NoInfer<T>, what: string): void {
  if (seen !== wanted) throw new Error(`${what} is ${String(seen)} and not ${String(wanted)}`);
}

// The outbox belongs to `regain demo` and not to the API, so it is read without the client.
interface OutboxMail {
  to: string;
  links: string[];
}

export async function tokenFromOutbox(): Promise<string> {
  const deadline = Date.now() + PATIENCE_MS;
  while (Date.now() < deadline) {
    const response = await fetch(`${url}/demo/outbox.json`);
    const mails = (await response.json()) as OutboxMail[];
    const links = mails.filter((mail) => mail.to.includes(identifier)).flatMap((mail) => mail.links);
    for (const link of links) {
      const found = new URL(link).pathname.match(/^\/a\/default\/reset\/([\w.-]+)$/);
      if (found?.[1]) return found[1];
    }
    await new Promise((resolve) => setTimeout(resolve, BETWEEN_LOOKS_MS));
  }
  throw new Error(`no mail with a link to ${identifier} within ${PATIENCE_MS} ms`);
}
