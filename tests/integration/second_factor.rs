//! No link to log in goes past a second factor that the table keeps, unless the settings say so.

use std::time::Duration;

use regain::config::{LoginLinks, Settings};
use serde_json::json;

use crate::check::limited;
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain};
use crate::people::{database, person};

const PATH: &str = "login-links";
const COLUMN: &str = "two_factor_secret";
const ADA: &str = "ada@example.com";

/// Links to log in, on a table of which a preset says what a second factor would be kept in.
fn watched(settings: &mut Settings) {
    let app = settings.apps.get_mut("default").unwrap();
    app.login_links = LoginLinks::On;
    app.return_to = vec!["https://app.example.com/".to_owned()];
    app.users.last_login = Some("last_login".to_owned());
    app.users.mfa = vec![COLUMN.to_owned()];
    app.users.optional.push(COLUMN.to_owned());
}

async fn alter(users: &TestDatabase, what: &str) {
    // Of columns that another connection made, SQLite learns by reading alone.
    let look = if users.engine == Engine::Sqlite { "SELECT 1 FROM users; " } else { "" };
    users.execute(&format!("{look}ALTER TABLE users {what}")).await;
}

fn assert_off(answer: &Answer) {
    assert_eq!((answer.status, answer.code()), (409, "not-configured".to_owned()), "{answer:?}");
}

async fn inspect(regain: &Regain, token: &str) -> Answer {
    let body = json!({ "token": token, "purpose": "login" });
    regain.post("/v1/apps/default/tokens/inspect", &body).await
}

#[tokio::test]
async fn a68_a_second_factor_that_the_table_gets_while_it_runs_ends_links_to_log_in_until_it_is_gone()
 {
    for engine in engines() {
        let users = database(engine, &[person(ADA)]).await;
        let regain = Regain::start_with(&users.url, watched).await;
        let done = regain.complete_with(PATH, &regain.token_of(PATH, ADA).await).await;
        assert_eq!(done.status, 200, "{engine:?} {done:?}: there is no such column");
        let session = done.json()["session"].as_str().unwrap().to_owned();
        regain.clock.advance(Duration::from_mins(5));
        let link = regain.token_of(PATH, ADA).await;
        let mails = regain.mails().len();

        alter(&users, &format!("ADD {COLUMN} varchar(99)")).await;
        assert_off(&regain.complete_with(PATH, &link).await);
        assert_off(&inspect(&regain, &link).await);
        assert_off(&regain.me(&session).await);
        assert_off(&regain.change_password(&session, "a new passphrase").await);
        let forged = regain.complete_with(PATH, "a.b.c").await;
        assert_eq!(forged.code(), "token-invalid", "only who holds a token of ours is told");
        for _ in 0..5 {
            assert_eq!(regain.ask_for(PATH, ADA).await.status, 202, "asking looks at no table");
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), mails, "{engine:?}: none is mailed");
        regain.until_ready_says("degraded").await;
        let ready = regain.get("/readyz").await.body;
        assert!(ready.contains("the login links of default cannot be used"), "{ready}");
        let reset = regain.token_for(ADA).await;
        assert_eq!(regain.mails().len(), mails + 1, "{engine:?}: and none of them was paid for");

        alter(&users, &format!("DROP COLUMN {COLUMN}")).await;
        let done = regain.complete_with(PATH, &link).await;
        assert_eq!(done.status, 200, "{engine:?} {done:?}: the link was not spent meanwhile");
        alter(&users, &format!("ADD {COLUMN} varchar(99)")).await;
        let done = regain.complete(&reset, "a new passphrase").await;
        assert_eq!(done.status, 200, "{engine:?} {done:?}: a reset logs nobody in");
    }
}

#[tokio::test]
async fn a68_who_is_told_that_the_application_asks_for_it_afterwards_logs_in() {
    for engine in engines() {
        let users = database(engine, &[person(ADA)]).await;
        alter(&users, &format!("ADD {COLUMN} varchar(99)")).await;
        let regain = Regain::start_with(&users.url, |settings| {
            watched(settings);
            settings.apps.get_mut("default").unwrap().login_links = LoginLinks::DespiteMfa;
        })
        .await;
        let done = regain.complete_with(PATH, &regain.token_of(PATH, ADA).await).await;
        assert_eq!(done.status, 200, "{engine:?} {done:?}");
    }
}

#[tokio::test]
async fn a68_a_column_that_this_user_may_not_see_counts_as_there() {
    if !Engine::MariaDb.is_there() {
        return;
    }
    let read = "SELECT (id, email, username, name, password, recovery_stamp, is_active, \
                confirmed_at, deleted_at, last_login), UPDATE (last_login)";
    for there in [true, false] {
        let users = database(Engine::MariaDb, &[person(ADA)]).await;
        if there {
            alter(&users, &format!("ADD {COLUMN} varchar(99)")).await;
        }
        let (user, url) = limited(&users, &[read]).await;
        let regain = Regain::start_with(&url, watched).await;
        assert_eq!(regain.ask_for(PATH, ADA).await.status, 202);
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "there: {there}; it cannot be told");

        users.execute(&format!("GRANT SELECT ON users TO {user}")).await;
        let regain = Regain::start_with(&url, watched).await;
        assert_eq!(regain.ask_for(PATH, ADA).await.status, 202);
        regain.worked().await;
        assert_eq!(regain.mails().len(), usize::from(!there), "there: {there}; it is seen");
    }
}
