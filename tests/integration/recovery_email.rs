//! A second address for recovery, and the recovery stamp that voids links.

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Folder, Regain};
use crate::people::{database, hash, person};
use crate::process::{Process, command};

const OWN: &str = "ada@example.com";
const HOME: &str = "ada@home.example";
const NEW: &str = "a new passphrase";

/// One account that has a second address, proved or not.
async fn one_account(engine: Engine, proved: bool) -> (TestDatabase, Regain) {
    let users = database(engine, &[person(OWN)]).await;
    users.execute("ALTER TABLE users ADD COLUMN backup VARCHAR(254)").await;
    users.execute("ALTER TABLE users ADD COLUMN backup_proved VARCHAR(30)").await;
    let proved = if proved { "'2026-11-01'" } else { "NULL" };
    users.execute(&format!("UPDATE users SET backup = '{HOME}', backup_proved = {proved}")).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let recovery_email = toml::from_str(
            r#"column = "backup"
               confirmed = { column = "backup_proved", is = "not-null" }"#,
        );
        settings.apps.get_mut("default").unwrap().users.recovery_email = recovery_email.unwrap();
    })
    .await;
    (users, regain)
}

fn recipients(regain: &Regain) -> Vec<String> {
    let mut recipients: Vec<_> = regain.mails().into_iter().map(|mail| mail.to).collect();
    recipients.sort();
    recipients
}

#[tokio::test]
async fn links_go_to_the_confirmed_recovery_address_and_notices_to_both() {
    for engine in engines() {
        let (users, regain) = one_account(engine, true).await;
        let token = regain.token_for(OWN).await;
        assert_eq!(recipients(&regain), [HOME], "{engine:?}");
        let before = hash(&users, 1).await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
        assert_ne!(hash(&users, 1).await, before);
        regain.worked().await;
        assert_eq!(recipients(&regain), [OWN, HOME, HOME], "{engine:?}");

        assert_eq!(regain.ask(HOME).await.status, 202);
        regain.worked().await;
        assert_eq!(recipients(&regain).len(), 3, "{engine:?}: it is not searched");
    }
}

#[tokio::test]
async fn a_recovery_address_that_nobody_proved_gets_nothing() {
    for engine in engines() {
        let (_users, regain) = one_account(engine, false).await;
        let token = regain.token_for(OWN).await;
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
        regain.worked().await;
        assert_eq!(recipients(&regain), [OWN, OWN], "{engine:?}");
    }
}

#[tokio::test]
async fn a57_a_link_dies_when_its_recovery_address_changes_or_is_no_longer_confirmed() {
    for engine in engines() {
        for change in ["backup = 'eve@evil.example'", "backup_proved = NULL", "backup = NULL"] {
            let (users, regain) = one_account(engine, true).await;
            let token = regain.token_for(OWN).await;
            users.execute(&format!("UPDATE users SET {change}")).await;
            let answer = regain.complete(&token, NEW).await;
            assert_eq!(answer.code(), "token-invalid", "{engine:?} {change}");
        }
    }
}

#[tokio::test]
async fn a_revocation_voids_every_link_and_leaves_the_password() {
    for engine in engines() {
        let users = database(engine, &[person(OWN), person("eve@example.com")]).await;
        let regain = Regain::start(&users.url).await;
        let (first, second) = (regain.token_for(OWN).await, regain.token_for(OWN).await);
        let others = regain.token_for("eve@example.com").await;
        let before = hash(&users, 1).await;

        let app = regain.service.recovery.application("default").unwrap();
        regain.service.recovery.revoke(app, "1").await.unwrap();
        for token in [&first, &second] {
            assert_eq!(regain.complete(token, NEW).await.code(), "token-invalid", "{engine:?}");
        }
        assert_eq!(hash(&users, 1).await, before);
        assert_eq!(regain.inspect(&others).await.status, 200, "{engine:?}: other accounts");
        let newer = regain.token_for(OWN).await;
        assert_eq!(regain.complete(&newer, NEW).await.status, 200, "{engine:?}");
        for nobody in ["3", "0x1", " 1", "nobody"] {
            assert!(regain.service.recovery.revoke(app, nobody).await.is_err(), "{nobody}");
        }
    }
}

#[tokio::test]
async fn an_operator_revokes_links_from_the_command_line() {
    let users = database(Engine::Sqlite, &[person(OWN)]).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, "").await;
    let config = process.config.to_str().unwrap();
    let of = ["--app", "default", "--user", "1", "--config", config];
    let issue = [&["token", "issue", "--purpose", "password-reset"][..], &of].concat();
    let (code, issued, _) = command(&issue).await;
    assert_eq!(code, Some(0));
    let token = issued.lines().next().unwrap().strip_prefix("token ").unwrap();

    let revoke = [&["token", "revoke"][..], &of].concat();
    let (code, said, errors) = command(&revoke).await;
    assert_eq!((code, said.as_str()), (Some(0), "every link made before is void\n"), "{errors}");
    let refused = process.complete(token, NEW).await.unwrap();
    assert_eq!(refused.code(), "token-invalid");

    let nobody: Vec<_> = revoke.iter().map(|word| if *word == "1" { "7" } else { *word }).collect();
    let (code, _, errors) = command(&nobody).await;
    assert_eq!(code, Some(1));
    assert!(errors.contains("there is no such account"), "{errors}");
}
