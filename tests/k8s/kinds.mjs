// Holds what is of other kinds than Kubernetes' own to how those are defined:
//
//   node kinds.mjs FILE      FILE has a JSON list of objects
//
// Twice, since each alone lets something through. The types that come with the definitions, by the TypeScript compiler:
// a field that there is not is an error, as `--strict` has it. And the definitions' own check: values, patterns, what is
// required. Both come from npm, generated from what the projects release.

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";

const packages = {
  "cert-manager.io/v1": "@kubernetes-models/cert-manager/cert-manager.io/v1",
  "external-secrets.io/v1": "@kubernetes-models/external-secrets/external-secrets.io/v1",
  "gateway.networking.k8s.io/v1": "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1",
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
};
// Of these nobody publishes a definition where the tests can have it: they are read with care, and nothing else.
const unheld = new Set(["gateway.envoyproxy.io/v1alpha1/EnvoyProxy"]);

const objects = JSON.parse(readFileSync(process.argv[2], "utf8"));
const held = objects.filter(({ apiVersion, kind }) => !unheld.has(`${apiVersion}/${kind}`));
const name = ({ kind, metadata }) => `${kind}/${metadata.name}`;

const lines = held.map((object, index) => {
  const { apiVersion, kind } = object;
  if (!packages[apiVersion]) throw new Error(`${name(object)} is of ${apiVersion}, which nothing here defines`);
  return `import type { I${kind} as T${index} } from "${packages[apiVersion]}";\n`
    + `const o${index}: T${index} = ${JSON.stringify(object)}; // ${name(object)}\nexport { o${index} };\n`;
});
writeFileSync("objects.ts", lines.join(""));
const tsc = ["--noEmit", "--strict", "--skipLibCheck", "--module", "nodenext", "objects.ts"];
if (spawnSync("node_modules/.bin/tsc", tsc, { stdio: "inherit" }).status !== 0) process.exit(1);

let wrong = 0;
for (const object of held) {
  const model = await import(packages[object.apiVersion]);
  try {
    new model[object.kind](object).validate();
  } catch (error) {
    wrong += 1;
    console.error(`error: ${name(object)}: ${error.message}`);
  }
}
const kinds = new Set(held.map(({ kind }) => kind));
console.log(`custom kinds: ${held.length} objects of ${kinds.size} kinds valid: ${[...kinds].sort().join(", ")}`);
for (const object of objects.filter((it) => !held.includes(it))) console.log(`custom kinds: ${name(object)} is held to nothing`);
process.exit(wrong === 0 ? 0 : 1);
