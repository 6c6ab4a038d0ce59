//! Where the newest link wins: whom it shuts out, and that it is never the owner.

mod delivery;
mod overlapping;
mod races;

use std::time::Duration;

use regain::config::{LoginLinks, Settings};
use regain::recovery::Issue;
use regain::token::{Claims, Keyring, Marks, Purpose, Secret};

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain, SECRET};
use crate::issuing::{given, reset_for};
use crate::people::{OLD_HASH, database, person};

const ADA: &str = "ada@example.com";
const NEW: &str = "a new passphrase";
const LOGIN: &str = "login-links";

/// The newest link wins, and people may log in by one.
fn newest_wins(settings: &mut Settings) {
    let app = settings.apps.get_mut("default").unwrap();
    app.newest_link_wins = true;
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
    app.return_to = vec!["https://app.example.com/".to_owned()];
}

async fn ada_alone(engine: Engine) -> (TestDatabase, Regain) {
    let users = database(engine, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, newest_wins).await;
    (users, regain)
}

async fn stamp(users: &TestDatabase) -> Option<String> {
    users.text("SELECT recovery_stamp FROM users WHERE id = 1").await
}

async fn base(users: &TestDatabase) -> String {
    let stamp = stamp(users).await.unwrap_or_default();
    let base = stamp.split(['.', '+']).next();
    base.unwrap_or_default().to_owned()
}

fn assert_void(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{what}");
}

#[tokio::test]
async fn a_mailed_link_voids_those_mailed_before_it_whatever_they_are_for_and_works_once() {
    for engine in engines() {
        let (users, regain) = ada_alone(engine).await;
        let first = regain.token_for(ADA).await;
        assert_eq!(regain.inspect(&first).await.status, 200, "{engine:?}");
        let second = regain.token_for(ADA).await;
        assert_void(&regain.complete(&first, NEW).await, "the first of two");
        let login = regain.token_of(LOGIN, ADA).await;
        assert_void(&regain.complete(&second, NEW).await, "a link to log in is newer");
        assert_eq!(regain.complete_with(LOGIN, &login).await.status, 200, "{engine:?}");

        regain.clock.advance(Duration::from_hours(2));
        let newest = regain.token_for(ADA).await;
        assert_eq!(regain.complete(&newest, NEW).await.status, 200, "{engine:?}");
        assert_void(&regain.complete(&newest, NEW).await, "spent");
        let renewed = stamp(&users).await.unwrap();
        assert_eq!((renewed.len(), renewed.contains('.')), (43, false), "{engine:?} {renewed}");
        regain.clock.advance(Duration::from_hours(2));
        let after = regain.token_for(ADA).await;
        assert_eq!(base(&users).await, renewed, "{engine:?}: the base stays");
        assert_eq!(regain.complete(&after, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn without_the_setting_no_mail_voids_another_and_the_stamp_stays_as_it_is() {
    for engine in engines() {
        let users = database(engine, &[person(ADA)]).await;
        let regain = Regain::start(&users.url).await;
        let (first, _second) = (regain.token_for(ADA).await, regain.token_for(ADA).await);
        assert_eq!(stamp(&users).await, None, "{engine:?}");
        assert_eq!(regain.complete(&first, NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a50_whoever_asks_however_often_the_newest_mail_of_the_owner_works() {
    for engine in engines() {
        let (_users, regain) = ada_alone(engine).await;
        for round in 0..6 {
            for _stranger in 0..50 {
                assert_eq!(regain.ask(ADA).await.status, 202);
                assert_eq!(regain.ask_for(LOGIN, ADA).await.status, 202);
            }
            regain.worked().await;
            // Workers are several: of mails sent at once, the one stamped last is the newest.
            let mut alive = 0;
            for mail in regain.links() {
                let purpose =
                    if mail.link().unwrap().contains("/login/") { LOGIN } else { "reset" };
                let token = mail.token();
                let works = if purpose == LOGIN {
                    let path = "/v1/apps/default/tokens/inspect";
                    let body = serde_json::json!({ "token": token, "purpose": "login" });
                    regain.post(path, &body).await.status
                } else {
                    regain.inspect(&token).await.status
                };
                alive += usize::from(works == 200);
            }
            assert_eq!(alive, 1, "{engine:?} {round}: the mailbox holds one live link");
            regain.clock.advance(Duration::from_mins(10));
        }
    }
}

/// A link that a program made by itself, which holds the key and knows nothing of newest links.
fn made_by_the_host(regain: &Regain, stamp: Option<&str>) -> String {
    let secret = Secret::parse(SECRET.as_bytes()).unwrap();
    let keys = Keyring::new("one", [("one".to_owned(), secret)]).unwrap().application("default");
    let marks = Marks {
        user_id: "1",
        email: Some(ADA),
        password: Some(OLD_HASH),
        recovery_stamp: stamp,
        last_login: None,
    };
    let claims = Claims {
        user_id: "1".to_owned(),
        fingerprint: keys.fingerprint(Purpose::PasswordReset, &marks),
        lifetime: None,
        return_to: None,
    };
    keys.mint(Purpose::PasswordReset, regain.clock.now(), &claims).expose().to_owned()
}

#[tokio::test]
async fn no_asking_voids_what_operators_and_hosts_made_and_a_revocation_voids_all_of_it() {
    for engine in engines() {
        // The stamp as it is by default, as a host has it, and as a reset leaves it.
        for before in ["NULL", "''", "'set by the host'"] {
            let (users, regain) = ada_alone(engine).await;
            users.execute(&format!("UPDATE users SET recovery_stamp = {before}")).await;
            let by_operator = given(&regain, reset_for("1")).await;
            let by_operator = by_operator.token.expose();
            let login = Issue { purpose: Purpose::Login, ..reset_for("1") };
            let login = given(&regain, login).await;
            let stored = stamp(&users).await;
            let by_host = made_by_the_host(&regain, stored.as_deref().filter(|it| !it.is_empty()));
            for _stranger in 0..3 {
                regain.ask(ADA).await;
            }
            regain.worked().await;
            let kept = stamp(&users).await.unwrap();
            assert!(kept.contains('.'), "{engine:?} {kept}");
            for token in [by_operator, &by_host] {
                assert_eq!(regain.inspect(token).await.status, 200, "{engine:?} {before}");
            }
            let session = regain.complete_with(LOGIN, login.token.expose()).await;
            let session = session.json()["session"].as_str().unwrap().to_owned();
            regain.clock.advance(Duration::from_mins(10));
            assert_eq!(regain.inspect(by_operator).await.status, 200, "{engine:?} {before}");
            assert_eq!(regain.me(&session).await.status, 200, "{engine:?}: nor a session");

            let app = regain.service.recovery.application("default").unwrap();
            regain.service.recovery.revoke(app, "1").await.unwrap();
            for token in [by_operator, &by_host, &regain.links().pop().unwrap().token()] {
                assert_void(&regain.complete(token, NEW).await, "revoked");
            }
            assert_eq!(regain.me(&session).await.status, 401, "{engine:?} {before}");
        }
    }
}

#[tokio::test]
async fn a_session_outlives_asks_and_sets_a_password_after_them() {
    for engine in engines() {
        let (_users, regain) = ada_alone(engine).await;
        let login = regain.token_of(LOGIN, ADA).await;
        let session = regain.complete_with(LOGIN, &login).await;
        let session = session.json()["session"].as_str().unwrap().to_owned();
        regain.clock.advance(Duration::from_secs(2));
        let reset = regain.token_for(ADA).await;
        assert_eq!(regain.me(&session).await.status, 200, "{engine:?}");
        assert_eq!(regain.change_password(&session, NEW).await.status, 204, "{engine:?}");
        assert_void(&regain.complete(&reset, NEW).await, "the password has changed");
        assert_eq!(regain.me(&session).await.status, 401, "{engine:?}");
    }
}

#[tokio::test]
async fn a_link_to_confirm_an_address_neither_voids_nor_is_voided() {
    for engine in engines() {
        let (users, regain) = ada_alone(engine).await;
        let reset = regain.token_for(ADA).await;
        users.execute("UPDATE users SET confirmed_at = NULL").await;
        let confirm = regain.token_of("email-confirmations", ADA).await;
        users.execute("UPDATE users SET confirmed_at = '2026-01-01 00:00:00'").await;
        assert_eq!(regain.inspect(&reset).await.status, 200, "{engine:?}");
        regain.token_for(ADA).await;
        let confirmed = regain.complete_with("email-confirmations", &confirm).await;
        assert_eq!(confirmed.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a_stamp_that_does_not_fit_its_column_sends_no_mail_until_it_does() {
    for engine in engines() {
        if engine == Engine::Sqlite {
            continue; // It holds to no width.
        }
        let users = database(engine, &[person(ADA)]).await;
        let width = |chars: u32| match engine {
            Engine::Postgres => {
                format!("ALTER TABLE users ALTER COLUMN recovery_stamp TYPE varchar({chars})")
            }
            _ => format!("ALTER TABLE users MODIFY recovery_stamp varchar({chars})"),
        };
        users.execute(&width(76)).await;
        let renewed = format!("{}.0123456789abcdef", "b".repeat(43));
        users.execute(&format!("UPDATE users SET recovery_stamp = '{renewed}'")).await;
        let regain = Regain::start_with(&users.url, newest_wins).await;
        let by_operator = given(&regain, reset_for("1")).await;
        regain.ask(ADA).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(regain.links().len(), 0, "{engine:?}");
        assert_eq!(stamp(&users).await.as_deref(), Some(&*renewed), "{engine:?}");
        assert_eq!(regain.inspect(by_operator.token.expose()).await.status, 200, "{engine:?}");

        users.execute(&width(77)).await;
        regain.worked().await;
        let mail = regain.links().pop().expect("it is tried again");
        assert_eq!(regain.complete(&mail.token(), NEW).await.status, 200, "{engine:?}");
    }
}
