//! Keys and log level change while the process runs, and no mistake takes a key that works.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase};
use crate::harness::{Folder, client, configuration, read_mails};
use crate::people::{database, person};
use crate::process::{Process, command, free_port};

const ONE: &str = "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3";
const TWO: &str = "oQ3Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9";
const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";

/// A process whose keys are files of a folder, with what operators see of it.
struct Rotated {
    process: Process,
    keys: PathBuf,
    folder: Folder,
    metrics: String,
}

impl Rotated {
    /// It signs with the key of this name, and has these.
    async fn start(users: &TestDatabase, signing: &str, keys: &[(&str, &str)]) -> Self {
        let folder = Folder::new();
        let dir = folder.0.join("keys");
        std::fs::create_dir(&dir).unwrap();
        for (name, secret) in keys {
            std::fs::write(dir.join(name), secret).unwrap();
        }
        let operators = format!("127.0.0.1:{}", free_port());
        let more = format!(
            "{CHEAP}\nread_again = \"100ms\"\nlog_level_file = \"{}\"\nmetrics = {{ listen = {operators:?} }}\n",
            folder.0.join("log-level").display(),
        );
        let variables = [("KEYS__SIGNING", signing), ("KEYS__DIR", dir.to_str().unwrap())];
        let process = Process::start_told(&folder, &users.url, &more, "", &variables).await;
        Self { process, keys: dir, folder, metrics: format!("http://{operators}/metrics") }
    }

    fn write(&self, name: &str, secret: &str) {
        std::fs::write(self.keys.join(name), secret).unwrap();
    }

    /// The keys by name, as `/readyz` tells them.
    async fn facts(&self) -> BTreeMap<String, Value> {
        let ready = self.process.get("/readyz").await.json();
        let keys = ready["keys"].as_array().unwrap().iter();
        keys.map(|key| (key["name"].as_str().unwrap().to_owned(), key.clone())).collect()
    }

    /// Waits until it has these keys, beside the one that stands in its configuration.
    async fn until(&self, names: &[&str]) {
        for _attempt in 0..200 {
            let facts = self.facts().await;
            if facts.keys().filter(|name| *name != "one").eq(names) {
                assert!(facts.contains_key("one"));
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("never {names:?}: {:?}", self.facts().await);
    }

    async fn figures(&self) -> String {
        client().get(&self.metrics).send().await.unwrap().text().await.unwrap()
    }

    /// Waits until a key was refused for a reason.
    async fn until_refused(&self, reason: &str) {
        let name = format!("regain_keys_refused_total{{reason=\"{reason}\"}} ");
        for _attempt in 0..200 {
            let figures = self.figures().await;
            let line = figures.lines().find_map(|line| line.strip_prefix(&name));
            if line.expect("counted from 0") != "0" {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("nothing was refused as {reason}");
    }

    /// What a process of this key alone mails, as a link that has to be verified elsewhere.
    async fn token(&self) -> String {
        self.process.post("password-resets", &json!({ "identifier": "ada@example.com" })).await;
        for _attempt in 0..400 {
            if let Some(mail) = read_mails(&self.folder.0).last() {
                return mail.token();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no mail came");
    }

    async fn state(&self, token: &str) -> u16 {
        let body = json!({ "token": token, "purpose": "password-reset" });
        self.process.post("tokens/inspect", &body).await.status
    }
}

#[tokio::test]
async fn a27_a_key_is_added_and_retired_without_a_restart() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let other = Rotated::start(&users, "b", &[("b", TWO)]).await;
    let token = other.token().await;
    let ours = Rotated::start(&users, "a", &[("a", ONE)]).await;
    assert_eq!(ours.state(&token).await, 400);
    ours.write("b", TWO);
    ours.until(&["a", "b"]).await;
    assert_eq!(ours.state(&token).await, 200);
    let (here, there) = (ours.facts().await["b"].clone(), other.facts().await["b"].clone());
    assert_eq!(here["check"], there["check"], "replicas can be compared");
    assert_eq!((&here["signs"], &there["signs"]), (&json!(false), &json!(true)));
    let check = here["check"].as_str().unwrap();
    let metric = format!("regain_key_info{{key=\"b\",check=\"{check}\",signs=\"false\"}}");
    assert!(ours.figures().await.contains(&format!("{metric} 1")));
    std::fs::remove_file(ours.keys.join("b")).unwrap();
    ours.until(&["a"]).await;
    assert_eq!(ours.state(&token).await, 400);
    assert!(ours.figures().await.contains(&format!("{metric} 0")));
}

#[tokio::test]
async fn a27_no_mistake_in_the_folder_of_keys_takes_a_key_that_works() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let ours = Rotated::start(&users, "a", &[("a", ONE), ("b", TWO)]).await;
    let token = ours.token().await;
    let before = ours.facts().await;
    ours.write("a", TWO);
    ours.until_refused("changed").await;
    ours.write("a", "canary");
    ours.write("c", "canary");
    ours.until_refused("unusable").await;
    std::fs::remove_file(ours.keys.join("a")).unwrap();
    std::fs::remove_file(ours.keys.join("b")).unwrap();
    ours.until_refused("signing_gone").await;
    ours.write("b", TWO);
    ours.write("a", ONE);
    for n in 0..8 {
        ours.write(&format!("more{n}"), &format!("{n}{ONE}"));
    }
    ours.until_refused("too_many").await;
    let now = ours.facts().await;
    assert_eq!((now.len(), &now["a"], &now["b"]), (8, &before["a"], &before["b"]));
    assert_eq!(ours.state(&token).await, 200);
    ours.process.signal("-TERM");
    let (code, log) = ours.process.ended().await;
    assert_eq!(code, Some(0));
    assert!(!log.contains("canary") && !log.contains(ONE) && !log.contains(TWO), "{log}");
    let errors: Vec<_> = log.lines().filter(|line| line.contains("a key is not taken")).collect();
    for what in [
        "a: another secret stands under its name",
        "a: the secret has 6 bytes and needs at least 32",
        "c: the secret has 6 bytes and needs at least 32",
        "a: it is gone, and it signs",
        "more7: there are 8 keys already",
    ] {
        let told = errors.iter().filter(|line| line.contains(what)).count();
        assert_eq!(told, 1, "told once, however often it is looked at: {what}: {log}");
    }
    let mended = log.lines().filter(|line| line.contains("mended")).collect::<Vec<_>>();
    assert!(mended.iter().any(|line| line.contains("a: it is gone, and it signs")), "{log}");
    assert!(!mended.iter().any(|line| line.contains("more7")), "{log}");
}

#[tokio::test]
async fn what_is_logged_changes_by_a_file_and_back_without_a_restart() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let ours = Rotated::start(&users, "a", &[("a", ONE)]).await;
    let file = ours.folder.0.join("log-level");
    // Each is seen by two requests, of which the log has those that were told while it was so.
    let seen = async |path: &str| {
        tokio::time::sleep(Duration::from_millis(400)).await;
        ours.process.get(path).await;
    };
    seen("/docs/while-it-is-info").await;
    std::fs::write(&file, "error").unwrap();
    seen("/openapi.json").await;
    std::fs::write(&file, "no level = at all").unwrap();
    seen("/openapi.json").await;
    std::fs::remove_file(&file).unwrap();
    seen("/openapi.yaml").await;
    ours.process.signal("-TERM");
    let (_, log) = ours.process.ended().await;
    assert!(log.contains("\"route\":\"/docs/{file}\""), "{log}");
    assert!(!log.contains("\"route\":\"/openapi.json\""), "{log}");
    assert!(log.contains("log_level_file is not understood"), "{log}");
    assert!(log.contains("\"route\":\"/openapi.yaml\""), "{log}");
}

#[tokio::test]
async fn a_folder_without_the_signing_key_or_with_rubbish_keeps_the_process_from_starting_with_words()
 {
    let folder = Folder::new();
    let dir = folder.0.join("keys");
    std::fs::create_dir(&dir).unwrap();
    let config = folder.0.join("regain.toml");
    let head = "public_url = \"http://127.0.0.1:1\"";
    let text = configuration("sqlite::memory:", &folder.0, head);
    let ours = format!("keys = {{ signing = \"a\", dir = \"{}\" }}", dir.display());
    let keys = text.lines().find(|line| line.trim().starts_with("keys")).unwrap();
    std::fs::write(&config, text.replace(keys, &ours)).unwrap();
    let start = async || {
        let (code, _, errors) = command(&["serve", "--config", config.to_str().unwrap()]).await;
        assert_ne!(code, Some(0));
        errors
    };
    let errors = start().await;
    assert!(errors.contains("the signing key \"a\" is not among the secrets"), "{errors}");
    std::fs::write(dir.join("a"), "canary").unwrap();
    let errors = start().await;
    assert!(
        errors.contains("`keys.dir/a` the secret has 6 bytes and needs at least 32"),
        "{errors}"
    );
    assert!(!errors.contains("canary"), "{errors}");
}
