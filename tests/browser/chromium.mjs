// What every script that drives Chromium needs.
//
//   REGAIN_TEST_CHROMIUM       the browser
//   REGAIN_TEST_NODE_MODULES   where playwright-core and axe-core are
//   REGAIN_TEST_CHECKS         a file to note every check in that passed, if set

import assert from "node:assert/strict";
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";

const require = createRequire(join(needed("REGAIN_TEST_NODE_MODULES"), "x.js"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

/** WCAG 2.2, levels A and AA, as far as a program can tell. */
const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/** How many checks passed. */
export let checks = 0;

export function launch() {
  return chromium.launch({
    executablePath: needed("REGAIN_TEST_CHROMIUM"),
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export function check(holds, what) {
  assert.ok(holds, what);
  checks += 1;
  const kept = process.env.REGAIN_TEST_CHECKS;
  if (kept) appendFileSync(kept, `${basename(process.argv[1])}: ${what.replaceAll(/\s+/g, " ")}\n`);
}

/** The page fits its width, and axe finds nothing against WCAG in it. */
export async function checkAccessible(page, what, more = []) {
  const { scrollWidth, clientWidth } = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return { scrollWidth, clientWidth };
  });
  check(scrollWidth <= clientWidth, `${what}: ${scrollWidth} wide in ${clientWidth}`);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(
    (tags) => globalThis.axe.run(document, { runOnly: tags, iframes: false }),
    [...WCAG, ...more],
  );
  const found = violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  check(found.length === 0, `${what}: ${found.join("; ")}`);
}

export function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set`);
  return value;
}
