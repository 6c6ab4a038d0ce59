//! The receivers of docs/operating.md, word for word, against real calls and what is none.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::receiver::{Heard, Receiver, SECRET};
use super::{ada, change_password, telling};
use crate::databases::left_out;
use crate::python;

const OTHER_SECRET: &str = "whsec_bmV3bmV3bmV3bmV3bmV3bmV3bmV3bmV3";

/// What reads cases from its input and says of each whether the documented function takes it.
const PYTHON: &str = r#"
import json, sys
for case in json.load(sys.stdin):
    print(verified(case["secret"], case["headers"], case["body"].encode()))
"#;
const NODE: &str = r#"
import { readFileSync } from "node:fs";
for (const { secret, headers, body } of JSON.parse(readFileSync(0, "utf8"))) {
  console.log(verified(secret, headers, Buffer.from(body)) ? "True" : "False");
}
"#;

/// A real call, and the same with something changed, each with whether it is good.
async fn cases() -> Vec<(Value, bool)> {
    let receiver = Receiver::plain([]).await;
    let users = ada().await;
    let regain = telling(&users, &receiver, &format!("previous_secret = \"{OTHER_SECRET}\"")).await;
    change_password(&regain).await;
    regain.worked().await;
    let Heard { headers, body } = receiver.heard().remove(0);
    let headers = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap()));
    let headers: Value = headers.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    let good = json!({ "secret": SECRET, "headers": headers, "body": body });
    let changed = |path: &str, value: &str| {
        let mut case = good.clone();
        *case.pointer_mut(path).unwrap() = json!(value);
        case
    };
    let at = headers["webhook-timestamp"].as_str().unwrap().parse::<i64>().unwrap();
    vec![
        (good.clone(), true),
        (changed("/secret", OTHER_SECRET), true),
        (changed("/secret", "whsec_c3RyYW5nZXJzdHJhbmdlcnN0cmFuZ2Vy"), false),
        (changed("/body", &body.replace("\"1\"", "\"2\"")), false),
        (changed("/headers/webhook-id", "another"), false),
        (changed("/headers/webhook-timestamp", &(at - 1).to_string()), false),
        (changed("/headers/webhook-signature", "v1,"), false),
        (changed("/headers/webhook-signature", ""), false),
        (old(&good, at - 600), false),
    ]
}

/// A good signature that is ten minutes old.
fn old(good: &Value, at: i64) -> Value {
    let scheme = standardwebhooks::Webhook::new(SECRET).unwrap();
    let text = |path: &str| good.pointer(path).unwrap().as_str().unwrap().to_owned();
    let signed = scheme.sign(&text("/headers/webhook-id"), at, text("/body").as_bytes()).unwrap();
    let mut case = good.clone();
    case["headers"]["webhook-timestamp"] = json!(at.to_string());
    case["headers"]["webhook-signature"] = json!(signed);
    case
}

async fn holds(mut program: Command) {
    let (cases, expected): (Vec<_>, Vec<_>) = cases().await.into_iter().unzip();
    let mut child = program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(json!(cases).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let said: Vec<_> = said.lines().map(|line| line == "True").collect();
    assert_eq!(said, expected);
}

#[tokio::test]
async fn the_documented_python_takes_our_calls_and_nothing_else() {
    let Some(python) = python::interpreter() else { return };
    let code = python::documented_in("docs/operating.md", "Webhooks", "python");
    let mut program = Command::new(python);
    program.arg("-c").arg(code + PYTHON);
    holds(program).await;
}

#[tokio::test]
async fn the_documented_javascript_takes_our_calls_and_nothing_else() {
    if std::env::var_os("REGAIN_TEST_NODE_MODULES").is_none() {
        return left_out("Node.js", "REGAIN_TEST_NODE_MODULES");
    }
    let code = python::documented_in("docs/operating.md", "Webhooks", "js");
    let mut program = Command::new("node");
    program.args(["--input-type=module", "--eval"]).arg(code + NODE);
    holds(program).await;
}
