//! The formats of stored passwords against the code of the applications that have them.
//!
//! `tests/python/verify_scheme.py` is the other end: Django, Werkzeug, libpass, Python's bcrypt and
//! argon2-cffi. Regain hashes at the real costs here.

use regain::password::{Argon2Cost, Password, Recognised, Scheme, recognise};
use regain::random::Random;
use serde_json::{Value, json};

use crate::python;

/// Emoji, a combining mark, spaces at both ends; 71 bytes, which bcrypt just takes.
const PASSWORDS: [&str; 2] =
    ["correct horse battery", " 🦀🦀🦀 e\u{301} Ünïcödé zwölf Boxkämpfer jagen Viktor quer √ "];

#[test]
fn a63_hashes_of_every_scheme_verify_in_the_applications_own_code() {
    let (right, wrong) = (PASSWORDS[1], PASSWORDS[1].replace('e', "E"));
    let hashes = Scheme::names().map(|name| (name, hash(name, right)));
    let questions: Vec<_> = hashes
        .flat_map(|(name, hash)| {
            [right, &wrong]
                .map(|password| json!({ "family": name, "hash": hash, "password": password }))
        })
        .collect();
    let Some(answers) = ask(&json!({ "verify": questions, "make": [] })) else { return };
    for (question, verified) in questions.iter().zip(answers["verified"].as_array().unwrap()) {
        assert_eq!(verified, &json!(question["password"] == right), "{question}");
    }
}

#[test]
fn a63_hashes_made_by_the_applications_own_code_verify_here_and_are_written_alike() {
    let questions: Vec<_> =
        Scheme::names().map(|name| json!({ "family": name, "password": PASSWORDS[1] })).collect();
    let Some(answers) = ask(&json!({ "verify": [], "make": questions })) else { return };
    let made: Vec<_> =
        answers["made"].as_array().unwrap().iter().map(|made| made.as_str().unwrap()).collect();
    assert_eq!(made.len(), questions.len());
    for (name, theirs) in Scheme::names().zip(made) {
        let Recognised::Strong(family) = recognise(theirs) else { panic!("{name} {theirs}") };
        assert_eq!(family.name(), if name.starts_with("bcrypt") { "bcrypt" } else { name });
        assert!(verifies(theirs, PASSWORDS[1]), "{theirs}");
        assert!(!verifies(theirs, PASSWORDS[0]), "{theirs}");
        assert!(!verifies(theirs, PASSWORDS[1].trim()), "{theirs}");

        let scheme = Scheme::keep(argon2id());
        let ours = scheme
            .hash(&Password::new(PASSWORDS[0].to_owned()), Some(theirs), &Random::system())
            .unwrap();
        assert_eq!(ours[..4], theirs[..4], "the prefix");
        assert_eq!(ours.len(), scheme.longest(Some(theirs)), "{ours}");
        assert!(verifies(&ours, PASSWORDS[0]), "{ours}");
    }
}

fn argon2id() -> Scheme {
    let cost = Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };
    Scheme::argon2id(cost).unwrap()
}

fn hash(name: &str, password: &str) -> String {
    let scheme = argon2id().writing(name).unwrap();
    scheme.hash(&Password::new(password.to_owned()), None, &Random::system()).unwrap()
}

/// Whether Regain's own code says that a password is the one stored.
pub fn verifies(stored: &str, password: &str) -> bool {
    argon2id().verifies(&Password::new(password.to_owned()), stored)
}

fn ask(question: &Value) -> Option<Value> {
    let (answered, answer) =
        python::run(&["tests/python/verify_scheme.py"], &question.to_string())?;
    assert!(answered, "{answer}");
    Some(serde_json::from_str(&answer).unwrap())
}
