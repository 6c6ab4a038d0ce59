//! The OpenAPI document of the calls of other systems: what is said of each beside its adapter, and from our own
//! document what holds of every operation.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::operations::{Auth, Facts, Wrong};
use super::{DOCUMENT, RULES, as_json, as_yaml, declare, describe_bodies, members};
use crate::http::compat;
use crate::http::problem::Code;

static COMPAT: LazyLock<Value> = LazyLock::new(|| document(&DOCUMENT));
static JSON: LazyLock<String> = LazyLock::new(|| as_json(&COMPAT));
static YAML: LazyLock<String> = LazyLock::new(|| as_yaml(&COMPAT));

/// The document as JSON.
#[must_use]
pub fn json() -> String {
    JSON.clone()
}

/// The document as YAML.
#[must_use]
pub fn yaml() -> String {
    YAML.clone()
}

const ABOUT: &str = "\
The calls of the systems from which an application can move to Regain without a new front end, in those systems' own spelling. Each \
is answered for the applications whose settings name the system in `compat`, and does what an operation of Regain's own document does \
(`openapi/regain.yaml`). `docs/moving.md` tells how to move, step by step, and what differs from before.

One of them, `openStructrLink`, is a page for browsers, and so is what tells its problems. Of all others the same holds as of Regain's own:";

/// What is said of one system, or of what several have in common.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Described {
    tag: Option<Value>,
    #[serde(default)]
    paths: BTreeMap<String, BTreeMap<String, Operation>>,
    schemas: Map<String, Value>,
    #[serde(default)]
    security_schemes: Map<String, Value>,
}

#[derive(Deserialize)]
struct Operation {
    facts: Said,
    /// As OpenAPI has it, without what the facts say.
    #[serde(flatten)]
    written: Map<String, Value>,
}

/// As the facts of our own operations.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    auth: Auth,
    problems: Vec<Code>,
    request: Option<Value>,
    answer: Option<Value>,
    #[serde(default)]
    wrong: Vec<Wrong>,
    /// Whether it is opened in a browser, so that its problems are pages.
    #[serde(default)]
    page: bool,
}

fn read(text: &str) -> Result<Described, serde_yaml::Error> {
    let mut written: serde_yaml::Value = serde_yaml::from_str(text)?;
    written.apply_merge()?;
    serde_yaml::from_value(written)
}

fn document(ours: &Value) -> Value {
    let mut document = json!({
        "openapi": ours["openapi"],
        "info": ours["info"],
        "servers": ours["servers"],
        "tags": [],
        "paths": {},
        "components": { "schemas": {}, "securitySchemes": {} },
    });
    document["info"]["title"] = json!("Regain, called as other systems are");
    document["info"]["description"] = json!(format!("{ABOUT}\n\n{RULES}"));
    for described in compat::DESCRIBED.into_iter().filter_map(|text| read(text).ok()) {
        add(&mut document, described);
    }
    take_over(&mut document, ours);
    describe_bodies(&mut document);
    document
}

fn add(document: &mut Value, described: Described) {
    let name = described.tag.as_ref().map(|tag| tag["name"].clone());
    for (path, operations) in described.paths {
        for (method, operation) in operations {
            let mut operation = operation.complete();
            operation["tags"] = json!([name]);
            document["paths"][&path][&method] = operation;
        }
    }
    if let Some(tags) = document["tags"].as_array_mut() {
        tags.extend(described.tag);
    }
    let components = &mut document["components"];
    for (kind, described) in
        [("schemas", described.schemas), ("securitySchemes", described.security_schemes)]
    {
        for (name, component) in described {
            components[kind][name] = component;
        }
    }
}

impl Operation {
    fn complete(self) -> Value {
        let Self { facts, written } = self;
        let mut operation = Value::Object(written);
        let id = operation["operationId"].clone();
        let request = facts.request.as_ref().map(Value::to_string);
        let answer = facts.answer.as_ref().map(Value::to_string);
        let of_all = Facts {
            operation: id.as_str().unwrap_or_default(),
            auth: facts.auth,
            problems: &facts.problems,
            request: request.as_deref(),
            answer: answer.as_deref().unwrap_or_default(),
            wrong: &facts.wrong,
        };
        declare(&mut operation, &of_all);
        if facts.page {
            show_problems(&mut operation["responses"]);
        }
        operation
    }
}

/// Problems as a browser is told of them: by pages, which say in words what the code would.
fn show_problems(responses: &mut Value) {
    for (status, response) in members(responses) {
        let Some(content) = response.get_mut("content").and_then(Value::as_object_mut) else {
            continue;
        };
        // Where no application answers, the path is none of a page.
        let problem = content.remove("application/problem+json").filter(|_| status == "404");
        content.extend(problem.map(|problem| ("application/problem+json".to_owned(), problem)));
        content.insert("text/html".to_owned(), json!({ "schema": { "type": "string" } }));
    }
}

/// Takes from our own document whatever is referred to and not there.
fn take_over(document: &mut Value, ours: &Value) {
    loop {
        let mut places = vec![];
        refer(document, &mut places);
        places.retain(|(kind, name)| document["components"][kind].get(name).is_none());
        if places.is_empty() {
            return;
        }
        for (kind, name) in places {
            document["components"][&kind][&name] = ours["components"][&kind][&name].clone();
        }
    }
}

/// Kind and name of every component that is referred to; of schemes, those that an operation wants.
fn refer(value: &Value, places: &mut Vec<(String, String)>) {
    for (name, member) in value.as_object().into_iter().flatten() {
        let reference = member.as_str().filter(|_| name == "$ref");
        let place = reference.and_then(|it| it.strip_prefix("#/components/")?.split_once('/'));
        places.extend(place.map(|(kind, name)| (kind.to_owned(), name.to_owned())));
        let ways = member.as_array().filter(|_| name == "security").into_iter().flatten();
        let schemes = ways.filter_map(Value::as_object).flat_map(|way| way.keys());
        places.extend(schemes.map(|scheme| ("securitySchemes".to_owned(), scheme.clone())));
        refer(member, places);
    }
    for item in value.as_array().into_iter().flatten() {
        refer(item, places);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Compat;
    use crate::http::routes;

    fn operations() -> impl Iterator<Item = (&'static str, &'static str, &'static Value)> {
        COMPAT["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
            let operations = operations.as_object().unwrap().iter();
            operations.map(|(method, operation)| (path.as_str(), method.as_str(), operation))
        })
    }

    #[test]
    fn what_is_said_beside_every_adapter_is_read_and_each_has_its_tag() {
        for text in compat::DESCRIBED {
            if let Err(error) = read(text) {
                panic!("{error} in {text}");
            }
        }
        assert_eq!(COMPAT["tags"].as_array().unwrap().len(), Compat::ALL.len());
    }

    #[test]
    fn every_route_of_another_system_is_in_the_document_and_no_other() {
        let of_others = |path: &str| {
            let owner = routes::find(path).and_then(|served| served.owner(path));
            matches!(owner, Some(routes::Owner::Called(..)))
        };
        let there = routes::all().iter().filter(|(template, _)| of_others(template));
        let there = there.flat_map(|(template, methods)| {
            let methods = methods.split(", ").filter(|method| *method != "HEAD");
            methods.map(|method| (*template, method.to_lowercase()))
        });
        let mut there: Vec<_> = there.collect();
        let mut said: Vec<_> =
            operations().map(|(path, method, _)| (path, method.to_owned())).collect();
        there.sort();
        said.sort();
        assert_eq!(said, there);
    }

    #[test]
    fn all_that_is_referred_to_is_there_and_every_object_says_what_else_may_be_in_it() {
        let mut places = vec![];
        refer(&COMPAT, &mut places);
        for (kind, name) in places {
            assert!(COMPAT["components"][&kind][&name].is_object(), "{kind} {name}");
        }
        for text in compat::DESCRIBED {
            for (name, schema) in read(text).unwrap().schemas {
                let is_said = schema["additionalProperties"].is_boolean();
                assert!(schema["type"] != "object" || is_said, "{name}");
            }
        }
    }

    #[test]
    fn json_and_yaml_say_the_same() {
        let from_yaml: Value = serde_yaml::from_str(&yaml()).unwrap();
        assert_eq!(from_yaml, serde_json::from_str::<Value>(&json()).unwrap());
    }
}
