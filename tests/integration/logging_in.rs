//! A link logs in once, and what it answers is a session that ends by itself.

mod allowance;

use std::time::Duration;

use futures_util::future::join_all;
use regain::config::{LoginLinks, Settings};
use serde_json::json;

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain, answer};
use crate::people::{OLD_HASH, Person, database, hash, person};
use crate::python;

const PATH: &str = "login-links";
const NEW: &str = "a new passphrase";

fn switched_on(settings: &mut Settings) {
    let app = settings.apps.get_mut("default").unwrap();
    app.login_links = LoginLinks::On;
    app.users.last_login = Some("last_login".to_owned());
    app.return_to = vec!["https://app.example.com/".to_owned()];
}

async fn one_account(engine: Engine) -> (TestDatabase, Regain) {
    let users = database(engine, &[person("ada@example.com"), person("eve@example.com")]).await;
    let regain = Regain::start_with(&users.url, switched_on).await;
    (users, regain)
}

async fn last_login(users: &TestDatabase, id: u64) -> Option<String> {
    let text = if users.engine == Engine::MariaDb { "char" } else { "text" };
    users.text(&format!("SELECT CAST(last_login AS {text}) FROM users WHERE id = {id}")).await
}

fn session(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["session"].as_str().unwrap().to_owned()
}

fn assert_refused(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{answer:?}");
}

fn assert_unauthorized(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (401, "unauthorized".to_owned()), "{answer:?}");
    let challenge = answer.header("www-authenticate");
    assert!(challenge.is_some_and(|it| it.starts_with("Bearer")), "{answer:?}");
}

#[tokio::test]
async fn a56_the_link_out_of_the_mail_logs_in_once() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        let mail = regain.links().pop().unwrap();
        assert!(mail.subject.contains("log in"), "{}", mail.subject);
        assert!(mail.link().unwrap().contains("/a/default/login/"), "{:?}", mail.link());
        assert_eq!(last_login(&users, 1).await, None, "{engine:?}: asking logs nobody in");

        let done = regain.complete_with(PATH, &token).await;
        let session = session(&done);
        assert_eq!(done.json()["expires_at"], "2027-01-15T08:15:00Z", "{done:?}");
        assert_eq!(done.header("cache-control"), Some("no-store"), "A7");
        let at = last_login(&users, 1).await.unwrap();
        assert!(at.starts_with("2027-01-15 08:00:00"), "{engine:?} {at}");
        assert_eq!(hash(&users, 1).await, OLD_HASH, "{engine:?}: nothing else is touched");

        assert_refused(&regain.complete_with(PATH, &token).await);
        regain.clock.advance(Duration::from_mins(1));
        assert_refused(&regain.complete_with(PATH, &token).await);
        let me = regain.me(&session).await;
        assert_eq!(me.json(), json!({ "user_id": "1", "email": "ada@example.com" }), "{engine:?}");
        let mails = regain.mails();
        assert_eq!(mails.len(), 1, "{engine:?}: and nobody is written to about it");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_of_64_who_use_a_link_at_the_same_time_exactly_one_is_logged_in() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let other = Regain::start_with(&users.url, switched_on).await;
        let both = [&regain, &other];
        for round in 0..10 {
            // A link of the second in which somebody logged in would not work.
            for one in both {
                one.clock.advance(Duration::from_mins(20));
            }
            let token = regain.token_of(PATH, "ada@example.com").await;
            let answers = join_all((0..64).map(|n| both[n % 2].complete_with(PATH, &token))).await;
            let won = answers.iter().filter(|answer| answer.status == 200).count();
            assert_eq!(won, 1, "{engine:?} round {round}");
            for answer in answers.iter().filter(|answer| answer.status != 200) {
                assert!(matches!(answer.code().as_str(), "token-invalid" | "busy"), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_link_dies_by_an_ordinary_login_or_a_change_of_password_or_address() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        for (change, back) in [
            ("last_login = '2027-01-15 07:59:59'", "last_login = NULL"),
            ("password = 'changed'", &*format!("password = '{OLD_HASH}'")),
            ("email = 'thief@evil.example'", "email = 'ada@example.com'"),
            ("recovery_stamp = 'renewed'", "recovery_stamp = NULL"),
            ("is_active = FALSE", "is_active = TRUE"),
        ] {
            regain.clock.advance(Duration::from_mins(20));
            let token = regain.token_of(PATH, "ada@example.com").await;
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            assert_refused(&regain.complete_with(PATH, &token).await);
            users.execute(&format!("UPDATE users SET {back} WHERE id = 1")).await;
            session(&regain.complete_with(PATH, &token).await);
            users.execute("UPDATE users SET last_login = NULL WHERE id = 1").await;
        }
    }
}

#[tokio::test]
async fn a_login_at_the_time_of_issue_or_later_refuses_the_link_and_none_is_mailed_then() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        users.execute("UPDATE users SET last_login = '2027-01-15 08:00:00' WHERE id = 1").await;
        assert_refused(&regain.complete_with(PATH, &token).await);

        // A host that keeps the time of another zone would look like one that logged in just now.
        users.execute("UPDATE users SET last_login = '2027-01-15 10:00:00' WHERE id = 1").await;
        regain.ask_for(PATH, "ada@example.com").await;
        regain.worked().await;
        assert_eq!(regain.links().len(), 1, "{engine:?}: no link that is dead on arrival");
    }
}

#[tokio::test]
async fn a_session_dies_by_a_change_of_password_by_its_time_and_by_its_account() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        let mine = session(&regain.complete_with(PATH, &token).await);
        users.execute("UPDATE users SET last_login = '2027-01-15 08:03:00' WHERE id = 1").await;
        assert_eq!(regain.me(&mine).await.status, 200, "{engine:?}: an ordinary login is none");
        for (change, back) in [
            ("is_active = FALSE", "is_active = TRUE"),
            ("email = 'thief@evil.example'", "email = 'ada@example.com'"),
            ("password = 'changed'", &*format!("password = '{OLD_HASH}'")),
        ] {
            users.execute(&format!("UPDATE users SET {change} WHERE id = 1")).await;
            assert_unauthorized(&regain.me(&mine).await);
            assert_unauthorized(&regain.change_password(&mine, NEW).await);
            users.execute(&format!("UPDATE users SET {back} WHERE id = 1")).await;
        }
        regain.clock.advance(Duration::from_mins(15));
        assert_eq!(regain.me(&mine).await.status, 200, "{engine:?}: its last second");
        regain.clock.advance(Duration::from_secs(1));
        assert_unauthorized(&regain.me(&mine).await);
    }
}

#[tokio::test]
async fn a_session_sets_a_password_once_and_the_owner_is_told() {
    for engine in engines() {
        let (users, regain) = one_account(engine).await;
        let reset = regain.token_for("ada@example.com").await;
        let token = regain.token_of(PATH, "ada@example.com").await;
        let mine = session(&regain.complete_with(PATH, &token).await);
        let short = regain.change_password(&mine, "short").await;
        assert_eq!((short.status, short.code()), (422, "password-rejected".to_owned()));
        let changed = regain.change_password(&mine, NEW).await;
        assert_eq!((changed.status, changed.body.as_str()), (204, ""), "{engine:?} {changed:?}");
        python::verify_argon2(&hash(&users, 1).await, NEW);
        assert_unauthorized(&regain.me(&mine).await);
        assert_unauthorized(&regain.change_password(&mine, "another passphrase").await);
        assert_refused(&regain.complete(&reset, "another passphrase").await);
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert!(notice.subject.contains("changed"), "{engine:?} {}", notice.subject);
    }
}

#[tokio::test]
async fn without_a_session_or_with_what_is_none_nobody_is_let_in() {
    let (_users, regain) = one_account(Engine::Sqlite).await;
    let login = regain.token_of(PATH, "ada@example.com").await;
    let reset = regain.token_for("eve@example.com").await;
    for none in ["", "a.b.c", login.as_str(), &reset] {
        assert_unauthorized(&regain.me(none).await);
        assert_unauthorized(&regain.change_password(none, NEW).await);
    }
    let mine = session(&regain.complete_with(PATH, &login).await);
    let url = format!("{}/v1/apps/default/me", regain.url);
    assert_unauthorized(&regain.get("/v1/apps/default/me").await);
    for header in [mine.clone(), format!("Basic {mine}"), format!("Bearer {mine} {mine}")] {
        assert_unauthorized(&answer(regain.http.get(&url).header("authorization", header)).await);
    }
    let lower = regain.http.get(&url).header("authorization", format!("bearer {mine}"));
    assert_eq!(answer(lower).await.status, 200);
}

#[tokio::test]
async fn a22_tokens_of_login_session_and_reset_are_not_each_other() {
    for engine in engines() {
        let (_users, regain) = one_account(engine).await;
        let reset = regain.token_for("ada@example.com").await;
        let login = regain.token_of(PATH, "ada@example.com").await;
        assert_refused(&regain.complete(&login, NEW).await);
        assert_refused(&regain.complete_with(PATH, &reset).await);
        assert_refused(&regain.complete_with("email-confirmations", &login).await);
        let mine = session(&regain.complete_with(PATH, &login).await);
        assert_refused(&regain.complete(&mine, NEW).await);
        assert_refused(&regain.complete_with(PATH, &mine).await);
        for (token, purpose, status) in [
            (&reset, "password-reset", 200),
            (&mine, "session", 200),
            (&login, "login", 400),
            (&mine, "login", 400),
            (&reset, "session", 400),
        ] {
            let body = json!({ "token": token, "purpose": purpose });
            let seen = regain.post("/v1/apps/default/tokens/inspect", &body).await;
            assert_eq!(seen.status, status, "{engine:?} {purpose} {seen:?}");
        }
    }
}

#[tokio::test]
async fn a20_a21_a_login_link_lives_a_quarter_of_an_hour_to_the_second() {
    let (users, regain) = one_account(Engine::Sqlite).await;
    let token = regain.token_of(PATH, "ada@example.com").await;
    regain.clock.advance(Duration::from_mins(15) + Duration::from_secs(1));
    let late = regain.complete_with(PATH, &token).await;
    assert_eq!((late.status, late.code()), (410, "token-expired".to_owned()));

    let token = regain.token_of(PATH, "ada@example.com").await;
    let behind = Regain::start_with(&users.url, switched_on).await;
    behind.clock.advance(Duration::from_mins(14));
    assert_refused(&behind.complete_with(PATH, &token).await);
    behind.clock.advance(Duration::from_secs(1));
    session(&behind.complete_with(PATH, &token).await);
}

#[tokio::test]
async fn a68_a_reset_logs_nobody_in_and_touches_no_second_factor() {
    for engine in engines() {
        let people = [person("ada@example.com")];
        let users = database(engine, &people).await;
        users.execute("ALTER TABLE users ADD otp_secret VARCHAR(40)").await;
        users.execute("UPDATE users SET otp_secret = 'JBSWY3DP'").await;
        let regain = Regain::start_with(&users.url, |settings| {
            switched_on(settings);
            let app = settings.apps.get_mut("default").unwrap();
            app.login_links = LoginLinks::DespiteMfa;
            app.users.mfa = vec!["otp_secret".to_owned()];
        })
        .await;
        let token = regain.token_for("ada@example.com").await;
        let done = regain.complete(&token, NEW).await;
        assert_eq!((done.status, done.body.as_str()), (200, "{}"), "{engine:?}");
        assert!(done.header("set-cookie").is_none(), "{done:?}");
        assert_eq!(last_login(&users, 1).await, None, "{engine:?}");
        let otp = users.text("SELECT otp_secret FROM users WHERE id = 1").await;
        assert_eq!(otp.as_deref(), Some("JBSWY3DP"), "{engine:?}");
    }
}

#[tokio::test]
async fn off_is_how_it_begins_and_then_nothing_of_it_is_there() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().users.last_login = Some("last_login".to_owned());
    })
    .await;
    for answer in [
        regain.ask_for(PATH, "ada@example.com").await,
        regain.complete_with(PATH, "a.b.c").await,
        regain.me("a.b.c").await,
        regain.change_password("a.b.c", NEW).await,
    ] {
        assert_eq!((answer.status, answer.code()), (409, "not-configured".to_owned()));
    }
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0);
}

#[tokio::test]
async fn the_backend_is_told_who_confirmed_an_address_and_who_logged_in_once_it_is_so() {
    let (url, heard) = crate::disputing::receiver().await;
    let people =
        [person("ada@example.com"), Person { confirmed: false, ..person("una@example.com") }];
    let users = database(Engine::Sqlite, &people).await;
    let regain = Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        let webhook = format!(
            "url = \"{url}\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\
             events = [\"email.confirmed\", \"login.completed\"]"
        );
        settings.apps.get_mut("default").unwrap().webhook = Some(toml::from_str(&webhook).unwrap());
    })
    .await;
    let login = regain.token_of(PATH, "ada@example.com").await;
    let confirm = regain.token_of("email-confirmations", "una@example.com").await;
    assert!(heard.lock().unwrap().is_empty(), "asking is nothing to tell of");
    for _again in 0..2 {
        regain.complete_with(PATH, &login).await;
        regain.complete_with("email-confirmations", &confirm).await;
    }
    regain.worked().await;
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 2, "what changes nothing is no event: {heard:?}");
    for (event, user_id) in [("login.completed", "\"1\""), ("email.confirmed", "\"2\"")] {
        let told = heard.iter().any(|call| call.contains(event) && call.contains(user_id));
        assert!(told, "{event} in {heard:?}");
    }
    assert!(heard.iter().all(|call| !call.contains("example.com") || call.contains("host: ")));
}

#[tokio::test]
async fn a49_one_budget_is_shared_by_links_of_every_purpose() {
    for engine in engines() {
        let (_users, regain) = one_account(engine).await;
        for path in [PATH, "password-resets", PATH, "password-resets", PATH] {
            regain.ask_for(path, "ada@example.com").await;
        }
        regain.worked().await;
        assert_eq!(regain.links().len(), 3, "{engine:?}");
    }
}

#[tokio::test]
async fn a12_a13_the_way_back_is_checked_at_the_door_and_answered_in_the_end() {
    let (_users, regain) = one_account(Engine::Sqlite).await;
    let ask = |who: &str, target: &str| {
        let body = json!({ "identifier": who, "return_to": target });
        let regain = &regain;
        async move { regain.post("/v1/apps/default/login-links", &body).await }
    };
    for target in
        ["https://evil.example/", "//evil.example", "https://app.example.com@evil.example/"]
    {
        let (known, unknown) =
            (ask("ada@example.com", target).await, ask("nobody@example.com", target).await);
        assert_eq!((known.status, &known), (422, &unknown));
    }
    let asked = ask("ada@example.com", "https://app.example.com/inbox").await;
    assert_eq!(asked.status, 202);
    regain.worked().await;
    let token = regain.links().pop().unwrap().token();
    let done = regain.complete_with(PATH, &token).await;
    assert_eq!(done.json()["return_to"], "https://app.example.com/inbox", "{done:?}");
}

#[tokio::test]
async fn a40_a41_a42_who_could_not_reset_a_password_gets_no_link_to_log_in() {
    for engine in engines() {
        let people = [
            Person { active: false, ..person("a@example.com") },
            Person { password: None, ..person("b@example.com") },
            Person { confirmed: false, ..person("c@example.com") },
            Person { deleted: true, ..person("d@example.com") },
        ];
        let users = database(engine, &people).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        let mut answers = vec![];
        for who in ["a", "b", "c", "d", "nobody"] {
            answers.push(regain.ask_for(PATH, &format!("{who}@example.com")).await);
        }
        assert!(answers.iter().all(|answer| *answer == answers[0] && answer.status == 202));
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "{engine:?}");
    }
}
