// Compares openapi/regain.json with the document of the last release, openapi/released/VERSION.json, and compat.json with
// released/compat/VERSION.json, by what clients notice: those that were made from the document, too. What would break one fails, unless the version says so as Semantic Versioning
// has it: by its first number or, while that is 0, by its second.
//
//   node tests/contract/breaking.mjs
//
// First it is shown that it would notice: made up changes that break clients are found, and others are not.
import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("../../openapi/", import.meta.url);
const read = (path) => JSON.parse(readFileSync(new URL(path, folder), "utf8"));

/** Words, and what no client is made from. */
const WORDS = new Set(["description", "summary", "example", "examples", "title", "externalDocs", "deprecated"]);
/** A bound, and whether a value that is greater lets more through. */
const BOUNDS = { maxLength: true, maximum: true, maxItems: true, minLength: false, minimum: false, minItems: false };

/** What breaks clients of `old` in `next`. */
function breaking(old, next) {
  const found = [];
  const say = (where, what) => found.push(`${where}: ${what}`);
  const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
  const name = (value) => value?.$ref?.split("/").pop();
  const resolve = (document, value) =>
    value?.$ref ? value.$ref.slice(2).split("/").reduce((at, part) => at[part], document) : value;
  const keys = (...values) => new Set(values.flatMap((value) => Object.keys(value ?? {})));

  if (!same(old.servers, next.servers)) say("servers", "are others");
  const schemes = (document) => document.components.securitySchemes ?? {};
  for (const [name, scheme] of Object.entries(schemes(old))) {
    const how = ({ type, scheme: kind, in: place, name }) => [type, kind, place, name];
    if (!same(how(scheme), how(schemes(next)[name] ?? {}))) say(`credentials ${name}`, "are sent in another way");
  }
  for (const [path, operations] of Object.entries(old.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const where = operation.operationId;
      const now = next.paths[path]?.[method];
      if (!now) say(where, `${method.toUpperCase()} ${path} is gone`);
      else compareOperation(where, operation, now);
    }
  }
  return [...new Set(found)];

  function compareOperation(where, was, now) {
    if (was.operationId !== now.operationId) say(where, `is called ${now.operationId}`);
    if (!same(was.tags, now.tags)) say(where, "has another tag, by which generated classes are called");
    const alternatives = (operation) => (operation.security.length ? operation.security : [{}]);
    for (const alternative of alternatives(was)) {
      const enough = (other) => Object.keys(other).every((scheme) => scheme in alternative);
      if (!alternatives(now).some(enough)) say(where, "wants other credentials");
    }
    const id = (parameter) => `${parameter.in} ${parameter.name}`;
    const parameters = (operation) => new Map((operation.parameters ?? []).map((it) => [id(it), it]));
    const [before, after] = [parameters(was), parameters(now)];
    for (const [id, parameter] of after) {
      if (parameter.required && !before.get(id)?.required) say(where, `the ${id} is required`);
      if (before.has(id)) compare(`${where} ${id}`, before.get(id).schema, parameter.schema, true);
    }
    for (const id of before.keys()) if (!after.has(id)) say(where, `the ${id} is gone`);
    if (now.requestBody?.required && !was.requestBody?.required) say(where, "a body is required");
    if (was.requestBody && !now.requestBody) say(where, "takes no body");
    compareContent(`${where} body`, was.requestBody?.content, now.requestBody?.content, true);
    for (const [status, answer] of Object.entries(was.responses)) {
      const place = `${where} ${status}`;
      if (!now.responses[status]) {
        if (status < 400) say(place, "is not answered");
        continue;
      }
      compareContent(place, answer.content, now.responses[status].content, false);
      for (const header of keys(answer.headers)) {
        const [before, after] = [answer, now.responses[status]].map((it) => it.headers?.[header]);
        if (!after) say(place, `the header ${header} is gone`);
        else if (before) compare(`${place} ${header}`, resolve(old, before).schema, resolve(next, after).schema, false);
      }
    }
    for (const status of Object.keys(now.responses)) {
      if (status < 400 && !was.responses[status]) say(`${where} ${status}`, "is a new success");
    }
  }

  function compareContent(where, was, now, request) {
    for (const type of keys(was)) {
      if (!now?.[type]) say(where, `is not ${type}`);
      else compare(where, was[type].schema, now[type].schema, request);
    }
    if (!request) for (const type of keys(now)) if (!was?.[type]) say(where, `is ${type}, too`);
  }

  /** Of a request everything must still be taken, and of an answer nothing may come that could not before. */
  function compare(where, wasRef, nowRef, request) {
    if (name(wasRef) && name(nowRef) && name(wasRef) !== name(nowRef)) {
      say(where, `the schema ${name(wasRef)} is called ${name(nowRef)}`);
    }
    const [was, now] = [resolve(old, wasRef), resolve(next, nowRef)];
    for (const key of keys(was, now)) {
      if (WORDS.has(key) || key === "properties" || key === "required" || same(was[key], now[key])) continue;
      const [more, less] = [request ? was : now, request ? now : was];
      if (key === "enum" && was.enum && now.enum) {
        const missing = more.enum.filter((value) => !less.enum.includes(value));
        if (missing.length) say(where, `${request ? "does not take" : "may now be"} ${missing.join(", ")}`);
        // Types are made of the values, and code names them.
        const gone = was.enum.filter((value) => !now.enum.includes(value));
        if (!request && gone.length) say(where, `is never ${gone.join(", ")}`);
      } else if (key in BOUNDS) {
        const [wider, narrower] = [more[key], less[key]];
        const within = BOUNDS[key] ? wider <= narrower : wider >= narrower;
        if (request && narrower !== undefined && !(wider !== undefined && within)) say(where, `${key} is ${narrower}`);
      } else if (key === "pattern" || key === "format" || key === "additionalProperties") {
        const looser = less[key] === undefined || (key === "additionalProperties" && less[key] === true);
        if (key === "format" || (request && !looser)) say(where, `${key} is ${now[key]}`);
      } else if (key === "items") compare(`${where}[]`, was.items ?? {}, now.items ?? {}, request);
      else say(where, `${key} is ${JSON.stringify(now[key])}`);
    }
    const required = (schema, member) => schema.required?.includes(member) ?? false;
    for (const member of keys(was.properties, now.properties)) {
      const place = `${where}.${member}`;
      const [before, after] = [was.properties?.[member], now.properties?.[member]];
      if (!after) say(place, "is gone");
      else if (before) compare(place, before, after, request);
      else if (!request && was.additionalProperties === false) say(place, "is new, where nothing else was to come");
      if (request && required(now, member) && !required(was, member)) say(place, "is required");
      if (!request && after && required(was, member) && !required(now, member)) say(place, "may be missing");
    }
  }
}

/** Whether a version may break what clients of another rely on. */
function mayBreak(old, next) {
  const [before, after] = [old, next].map((version) => version.split(".").map(Number));
  return after[0] > before[0] || (after[0] === 0 && after[1] > before[1]);
}

/** Changes that break clients, and some that do not. */
const NOTICED = {
  "an operation is gone": (it) => delete it.paths["/v1/apps/{app}/me"],
  "an operation is renamed": (it) => (me(it).operationId = "whoAmI"),
  "a request's member is new and required": (it) => {
    schemas(it).LinkRequest.properties.reason = { type: "string" };
    schemas(it).LinkRequest.required.push("reason");
  },
  "a request's member becomes required": (it) => schemas(it).LinkRequest.required.push("locale"),
  "a request's member is gone": (it) => delete schemas(it).LinkRequest.properties.locale,
  "a request's enum is narrower": (it) => schemas(it).LinkPurpose.enum.pop(),
  "a request's text is shorter": (it) => (schemas(it).Locale.maxLength = 20),
  "a request's pattern is another": (it) => (schemas(it).Locale.pattern = "^[a-z]{2}$"),
  "a parameter is new and required": (it) =>
    me(it).parameters.push({ name: "since", in: "query", required: true, schema: { type: "string" } }),
  "an answer's member is gone": (it) => delete schemas(it).Me.properties.display_name,
  "an answer's member may be missing": (it) => (schemas(it).Me.required = ["user_id"]),
  "an answer's member is new where nothing else was to come": (it) => (schemas(it).Me.properties.age = { type: "integer" }),
  "an answer's type is another": (it) => (schemas(it).Me.properties.user_id.type = "integer"),
  "an answer's enum is wider": (it) => schemas(it).TokenState.enum.push("lost"),
  "a problem's code is new": (it) => schemas(it).ProblemCode.enum.push("teapot"),
  "a problem's code is gone": (it) => schemas(it).ProblemCode.enum.pop(),
  "a header's type is another": (it) => (it.components.headers.RateLimit.schema.type = "integer"),
  "a header that stands in an answer has another type": (it) =>
    (me(it).responses[429].headers["Retry-After"].schema.type = "string"),
  "credentials are sent in another way": (it) =>
    (it.components.securitySchemes.api_key = { type: "apiKey", in: "header", name: "X-Key" }),
  "the server is another": (it) => (it.servers = [{ url: "/api" }]),
  "an answer's header is gone": (it) => delete me(it).responses[200].headers["X-Request-Id"],
  "a success is gone": (it) => delete me(it).responses[200],
  "credentials are wanted": (it) => (it.paths["/v1/apps/{app}/password-resets"].post.security = [{ api_key: [] }]),
};
const UNNOTICED = {
  "nothing": () => {},
  "words": (it) => (me(it).description = "Something else."),
  "an operation is new": (it) => (it.paths["/v1/apps/{app}/sessions"] = { get: structuredClone(me(it)) }),
  "a request's member is new": (it) => (schemas(it).LinkRequest.properties.reason = { type: "string" }),
  "a request's enum is wider": (it) => schemas(it).LinkPurpose.enum.push("invitation"),
  "a request's text is longer": (it) => (schemas(it).Locale.maxLength = 40),
  "a problem's member is new": (it) => (schemas(it).Problem.properties.instance = { type: "string" }),
  "a problem is new": (it) => (me(it).responses[418] = structuredClone(me(it).responses[404])),
};
const me = (document) => document.paths["/v1/apps/{app}/me"].get;
const schemas = (document) => document.components.schemas;

let failed = false;
const fail = (words) => {
  failed = true;
  console.error(words);
};
const document = read("regain.json");
for (const [changes, noticed] of [[NOTICED, true], [UNNOTICED, false]]) {
  for (const [words, change] of Object.entries(changes)) {
    const changed = structuredClone(document);
    change(changed);
    const found = breaking(document, changed);
    if (found.length > 0 !== noticed) fail(`made up: ${words}: found ${JSON.stringify(found)}`);
  }
}

const releases = readdirSync(new URL("released/", folder)).filter((file) => file.endsWith(".json"));
const last = releases.sort((a, b) => a.localeCompare(b, "en", { numeric: true })).pop().replace(/\.json$/, "");
const found = [
  ...breaking(read(`released/${last}.json`), document),
  ...breaking(read(`released/compat/${last}.json`), read("compat.json")),
];
const allowed = mayBreak(last, document.info.version);
for (const words of found) (allowed ? console.log : fail)(`since ${last}: ${words}`);
console.log(
  `breaking changes: ${found.length} since ${last}; made up ones: all ${Object.keys(NOTICED).length} are found, ` +
    `and of ${Object.keys(UNNOTICED).length} that break nothing none`,
);
process.exit(failed ? 1 : 0);
