//! The recovery recipe of "Explore Flask" and Regain on one table, each with the links of the other.

use serde_json::{Value, json};

use super::{NEW, OLD, recovering};
use crate::databases::{Engine, TestDatabase, create, engines};
use crate::harness::{Answer, Regain, SECRET};
use crate::peer::Peer;
use crate::python;
use crate::schemes::verifies;

const ADA: &str = "ada@example.com";
const OTHER: &str = "another passphrase";

/// The recipe's application with an account of its making, and Regain, whose mails lead to its view.
struct Neighbours {
    flask: Peer,
    regain: Regain,
    _database: TestDatabase,
}

#[tokio::test]
async fn a_link_of_the_recipe_is_completed_by_regain_and_then_spent_in_the_recipe_too() {
    for engine in engines() {
        let Some(mut both) = Neighbours::on(engine).await else { return };
        let link = both.call("forgot", &json!({}))["link"].as_str().unwrap().to_owned();
        let token = link.rsplit('/').next().unwrap();
        assert_eq!(both.regain.inspect(token).await.status, 200, "{engine:?}");
        assert_eq!(both.regain.complete(token, NEW).await.status, 200, "{engine:?}");
        assert!(both.accepts(NEW) && !both.accepts(OLD), "{engine:?}: the recipe's own check");

        assert_eq!(both.choose(&link, OTHER), 404, "{engine:?}: it is spent there");
        assert_refused(&both.regain.complete(token, OTHER).await);
        assert!(both.accepts(NEW), "{engine:?}");
    }
}

#[tokio::test]
async fn a_link_mailed_by_regain_is_completed_by_the_form_of_the_recipe_and_then_spent_in_regain() {
    for engine in engines() {
        let Some(mut both) = Neighbours::on(engine).await else { return };
        let token = both.regain.token_for(ADA).await;
        let link = both.regain.links()[0].link().unwrap();
        assert!(link.starts_with("http://localhost/reset/"), "{engine:?} {link}");
        assert_eq!(both.choose(&link, NEW), 302, "{engine:?}");
        let stored = both.call("stored", &json!({}))["stored"].as_str().unwrap().to_owned();
        assert!(verifies(&stored, NEW) && !verifies(&stored, OLD), "{engine:?} {stored}");

        assert_refused(&both.regain.complete(&token, OTHER).await);
        assert_eq!(both.choose(&link, OTHER), 404, "{engine:?}: and in the recipe");
        assert!(both.accepts(NEW), "{engine:?}");
    }
}

#[tokio::test]
async fn a_link_without_a_fingerprint_is_refused_by_both() {
    for engine in engines() {
        let Some(mut both) = Neighbours::on(engine).await else { return };
        let tokens = both.call("old", &json!({}))["tokens"].take();
        for token in tokens.as_array().unwrap().iter().map(|token| token.as_str().unwrap()) {
            assert_refused(&both.regain.complete(token, NEW).await);
            let link = format!("http://localhost/reset/{token}");
            assert_eq!(both.choose(&link, NEW), 404, "{engine:?} {token}");
        }
        assert!(both.accepts(OLD), "{engine:?}");
    }
}

#[tokio::test]
async fn when_regain_completes_a_link_that_the_recipe_is_about_to_the_recipe_overwrites_nothing() {
    for engine in engines() {
        let Some(mut both) = Neighbours::on(engine).await else { return };
        let token = both.regain.token_for(ADA).await;
        let link = both.regain.links()[0].link().unwrap();
        let choose = json!({ "link": link, "password": OTHER, "pause": true });
        assert_eq!(both.call("choose", &choose)["paused"], true, "{engine:?}");
        assert_eq!(both.regain.complete(&token, NEW).await.status, 200, "{engine:?}");
        assert_eq!(both.call("go on", &json!({}))["status"], 404, "{engine:?}");
        assert!(both.accepts(NEW) && !both.accepts(OTHER), "{engine:?}");
    }
}

#[test]
fn what_the_documentation_changes_of_the_recipe_is_what_these_tests_run() {
    let application = include_str!("../../python/explore_flask.py");
    let lines: Vec<_> = application.lines().map(str::trim).collect();
    for line in python::documented("Beside the *Explore Flask* recipe").lines() {
        let line = line.trim();
        assert!(line.starts_with('#') || lines.contains(&line), "{line}");
    }
}

impl Neighbours {
    async fn on(engine: Engine) -> Option<Self> {
        let database = create(engine).await;
        let mut flask = Peer::python("explore_flask.py")?;
        let code = python::documented("Tokens for other programs");
        let (code, _) = code.rsplit_once("token = ").unwrap();
        flask.call(&json!({ "database": database.url, "secret": SECRET, "code": code }));
        let users = "preset = \"flask\"\n\
             password = \"_password\"\n\
             confirmed = \"email_confirmed\"\n\
             [apps.default.links]\n\
             password_reset = \"http://localhost/reset/{token}\"";
        let regain = recovering(&database, users).await;
        let mut both = Self { flask, regain, _database: database };
        both.call("create", &json!({ "password": OLD }));
        Some(both)
    }

    fn call(&mut self, op: &str, more: &Value) -> Value {
        let mut ask = json!({ "op": op, "email": ADA });
        ask.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.flask.call(&ask)
    }

    /// Opens a link in the recipe's view and sends its form: the status.
    fn choose(&mut self, link: &str, password: &str) -> u64 {
        let choose = json!({ "link": link, "password": password });
        self.call("choose", &choose)["status"].as_u64().unwrap()
    }

    fn accepts(&mut self, password: &str) -> bool {
        self.call("accepts", &json!({ "password": password }))["accepts"] == true
    }
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{answer:?}");
}
