//! What an operator got wrong is told at the start or by readiness, with what cures it, and no secret is.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::process::Command;

use super::cluster::TWO;
use crate::databases::{Engine, create_by};
use crate::harness::{Folder, SECRET, configuration, read_mails};
use crate::people::{database, make_table, person};
use crate::postgres_server::PostgresServer;
use crate::process::{Process, command, told_nothing};

const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";

/// What readiness tells of the key of this name.
async fn key(process: &Process, name: &str) -> Value {
    let ready = process.get("/readyz").await.json();
    let keys = ready["keys"].as_array().unwrap();
    keys.iter().find(|key| key["name"] == name).expect("it is there").clone()
}

#[tokio::test]
async fn a27_replicas_with_different_keys_under_one_name_can_be_told_apart_by_readiness() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let (folder, other) = (Folder::new(), Folder::new());
    let ours = Process::start(&folder, &users.url, CHEAP).await;
    let variables = [("KEYS__SECRETS__ONE", TWO)];
    let theirs = Process::start_told(&other, &users.url, CHEAP, "", &variables).await;
    let (here, there) = (key(&ours, "one").await, key(&theirs, "one").await);
    assert_eq!((&here["signs"], &there["signs"]), (&json!(true), &json!(true)));
    assert_ne!(here["check"], there["check"]);
    for facts in [&here, &there] {
        assert_eq!(facts["check"].as_str().map(str::len), Some(8), "and no more is told of it");
    }
    ours.post("password-resets", &json!({ "identifier": "ada@example.com" })).await;
    ours.signal("-TERM");
    ours.ended().await;
    let token = read_mails(&folder.0)[0].token();
    let body = json!({ "token": token, "purpose": "password-reset" });
    let answer = theirs.post("tokens/inspect", &body).await;
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()));
}

#[tokio::test]
async fn a_wrong_database_password_is_degraded_with_why_in_the_log_and_asks_wait_for_the_right_one()
{
    let Some(server) = PostgresServer::start().await else { return };
    let users = create_by(Engine::Postgres, Some(server.url())).await;
    make_table(&users).await;
    crate::people::add(&users, &person("ada@example.com")).await;
    let (folder, wrong) = (Folder::new(), users.url.replace("s3cret", "canary-of-another"));
    assert_ne!(wrong, users.url);
    let process = Process::start(&folder, &wrong, CHEAP).await;
    let mut ready = process.get("/readyz").await;
    for _attempt in 0..200 {
        if ready.json()["status"] == "degraded" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        ready = process.get("/readyz").await;
    }
    assert_eq!((ready.status, &ready.json()["status"]), (200, &json!("degraded")));
    assert_eq!(ready.json()["reasons"], json!(["the users table of default cannot be used"]));
    let ask = json!({ "identifier": "ada@example.com" });
    assert_eq!(process.post("password-resets", &ask).await.status, 202);
    let right = "ALTER USER postgres PASSWORD 'canary-of-another'";
    users.execute(right).await;
    for _attempt in 0..400 {
        if !read_mails(&folder.0).is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    assert_eq!(read_mails(&folder.0).len(), 1, "and nothing was started anew");
    users.execute("ALTER USER postgres PASSWORD 's3cret'").await;
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0));
    let why = log.lines().find(|line| line.contains("\"the users table of default\""));
    let why = why.unwrap_or_else(|| panic!("{log}"));
    let cure = "the login is refused (SQLSTATE 28P01): check user and password in users.database";
    assert!(why.contains(cure), "{why}");
    assert!(!log.contains("canary"), "{log}");
}

/// Starts by a configuration, which has to fail: what is said.
async fn refused(config: &Path) -> String {
    let (code, _, errors) = command(&["serve", "--config", config.to_str().unwrap()]).await;
    assert!(code.is_some_and(|code| code != 0), "{errors}");
    errors
}

#[tokio::test]
async fn a_secret_that_is_not_there_keeps_the_process_from_starting_with_its_setting_and_the_cure()
{
    let folder = Folder::new();
    let config = folder.0.join("regain.toml");
    let text = configuration("sqlite::memory:", &folder.0, "public_url = \"http://127.0.0.1:1\"");
    let nowhere = "{ file = \"/nowhere/secret\" }";
    let redis = "[redis]\nurl = { file = \"/nowhere/secret\" }\n[queue]\nstore = \"redis\"\n";
    let webhook = "[apps.default.webhook]\nurl = \"http://127.0.0.1:1/\"\nevents = [\"password.changed\"]\n\
                   secret = { file = \"/nowhere/secret\" }\n";
    for (setting, text) in [
        ("keys.secrets.one", text.replace(&format!("\"{SECRET}\""), nowhere)),
        ("apps.default.users.database", text.replace("\"sqlite::memory:\"", nowhere)),
        (
            "mail.providers.files.password",
            text.replace("timeout =", &format!("password = {nowhere}\ntimeout =")).replace(
                &format!("file://{}", folder.0.display()),
                "smtp+starttls://mailer@127.0.0.1:1",
            ),
        ),
        ("redis.url", format!("{text}\n{redis}")),
        ("apps.default.webhook.secret", format!("{text}\n{webhook}")),
    ] {
        std::fs::write(&config, text).unwrap();
        let errors = refused(&config).await;
        let what = format!("`{setting}` leads to /nowhere/secret, which cannot be read: No such");
        assert!(errors.contains(&what), "{setting}: {errors}");
        let cure = "put the secret there and let the user that runs regain read it";
        assert!(errors.contains(cure), "{setting}: {errors}");
        assert!(!errors.contains(SECRET), "{setting}: {errors}");
    }
}

/// The program as somebody runs it who may not read what is closed to them, even where that is root.
async fn refused_to_nobody_special(config: &Path) -> String {
    let mut program = told_nothing("setpriv");
    let id = Command::new("id").arg("-u").output().await.unwrap();
    if id.stdout == b"0\n" {
        let without = "-dac_override,-dac_read_search";
        program.arg(format!("--bounding-set={without}")).arg(format!("--inh-caps={without}"));
    }
    program.arg(env!("CARGO_BIN_EXE_regain")).args(["serve", "--config"]).arg(config);
    let output = program.output().await.unwrap();
    assert!(!output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

#[tokio::test]
async fn a_key_file_that_may_not_be_read_keeps_the_process_from_starting_with_its_path_and_the_cure()
 {
    let folder = Folder::new();
    let keys = folder.0.join("keys");
    std::fs::create_dir(&keys).unwrap();
    for name in ["a", "b"] {
        std::fs::write(keys.join(name), format!("{name}{TWO}")).unwrap();
    }
    let config = folder.0.join("regain.toml");
    let text = configuration("sqlite::memory:", &folder.0, "public_url = \"http://127.0.0.1:1\"");
    let ours = format!("keys = {{ signing = \"a\", dir = \"{}\" }}", keys.display());
    let given = text.lines().find(|line| line.trim().starts_with("keys")).unwrap();
    std::fs::write(&config, text.replace(given, &ours)).unwrap();
    std::fs::set_permissions(keys.join("b"), std::fs::Permissions::from_mode(0o000)).unwrap();
    let errors = refused_to_nobody_special(&config).await;
    let what = format!(
        "`keys.dir` leads to {}, which cannot be read: Permission denied",
        keys.join("b").display()
    );
    assert!(errors.contains(&what), "{errors}");
    assert!(errors.contains("let the user that runs regain read it"), "{errors}");
    assert!(!errors.contains(TWO), "{errors}");
}
