//! What is found about the formats of passwords.

use regain::app::{CheckOptions, Finding, Level};

use super::{ENOUGH, configuration, findings, healthy, limited, only, trouble};
use crate::databases::{Engine, TestDatabase, create, engines};
use crate::harness::Folder;

/// By PHP, a cost of 4: as good as any other to be recognised.
const BCRYPT: &str = "$2y$04$YHjk.BBHQkJRCyG6u55WcO1KyfeoaX8h4YsViEHBfEx52DoPekUw2";

#[tokio::test]
async fn the_formats_of_passwords_are_counted_and_what_a_reset_would_change_is_told() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        let set = async |hash: &str| {
            let update = format!("UPDATE users SET password = '{hash}' WHERE id = 1");
            database.execute(&update).await;
        };
        let mails = Folder::new();
        let all = configuration(&url, &mails, "scheme = 'keep'");
        set(BCRYPT).await;
        let found = findings(&all, &CheckOptions::default()).await;
        let formats = "formats of 2 usable passwords: argon2id (1), bcrypt (1)";
        assert!(found.iter().any(|it| it.what == formats), "{engine:?} {found:#?}");
        assert_eq!(trouble(&url, "scheme = 'keep'").await, [], "{engine:?}");

        let found = trouble(&url, "").await;
        only(
            &found,
            Level::Warning,
            &["rows have bcrypt (1), and a reset writes argon2id", "keep"],
        );
        set("5f4dcc3b5aa765d61d8327deb882cf99").await;
        let found = trouble(&url, "scheme = 'keep'").await;
        only(&found, Level::Warning, &["weak formats", "verifies argon2id"]);
        set("what is this").await;
        let found = trouble(&url, "scheme = 'keep'").await;
        only(&found, Level::Warning, &["not known here: 1", "verifies argon2id"]);
        set("!unusable").await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: it gets no mail anyway");
    }
}

#[tokio::test]
async fn a_column_that_a_kept_format_outgrows_is_an_error() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = create(engine).await;
        database
            .execute(
                "CREATE TABLE users (id integer PRIMARY KEY, email varchar(99) NOT NULL, \
                 login varchar(99), password varchar(128), is_active boolean NOT NULL)",
            )
            .await;
        database.execute("CREATE INDEX by_email ON users (email)").await;
        database.execute("CREATE INDEX by_login ON users (login)").await;
        // Short salts make hashes of Werkzeug's that fit; a new one has 162 characters.
        let hash = format!("pbkdf2:sha256:1000$s${}", "ab".repeat(32));
        let insert = format!("INSERT INTO users VALUES (1, 'p@example.com', 'p', '{hash}', true)");
        database.execute(&insert).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        assert_eq!(trouble(&url, "scheme = 'keep'").await, [], "{engine:?}");
        let found = trouble(&url, "scheme = 'werkzeug-scrypt'").await;
        let error: Vec<_> = found.into_iter().filter(|it| it.level == Level::Error).collect();
        only(&error, Level::Error, &["162 characters", "255"]);
    }
}

/// What is said of the longest password that bcrypt takes.
async fn of_the_longest(database: &TestDatabase, users: &str) -> Option<Finding> {
    let mails = Folder::new();
    let config = configuration(&database.url, &mails, users);
    let found = findings(&config, &CheckOptions::default()).await;
    found.into_iter().find(|it| it.what.contains("72 bytes"))
}

#[tokio::test]
async fn a62_a_policy_that_promises_more_than_bcrypt_takes_is_told_and_no_trouble() {
    let database = healthy(Engine::Sqlite).await;
    assert_eq!(of_the_longest(&database, "scheme = 'keep'").await, None);
    database.execute(&format!("UPDATE users SET password = '{BCRYPT}' WHERE id = 1")).await;
    for users in [
        "scheme = 'keep'",
        "scheme = 'keep'\npepper = 'pepper'",
        "scheme = 'bcrypt'",
        "scheme = 'django-bcrypt'",
    ] {
        let found = of_the_longest(&database, users).await.expect(users);
        assert_eq!(found.level, Level::Ok, "{found:#?}");
        assert!(found.what.contains("`password.max_length` is 128; 72 would"), "{found:#?}");
    }
    let promised = "scheme = 'keep'\n[apps.default.password]\nmax_length = 72";
    let salted = "scheme = 'keep'\npassword_salt = '146585145368132386173505678016728509634'";
    for users in ["", "scheme = 'django-bcrypt-sha256'", salted, promised] {
        assert_eq!(of_the_longest(&database, users).await, None, "{users}");
    }
    database.execute("DELETE FROM users").await;
    assert_eq!(of_the_longest(&database, "scheme = 'keep'").await, None);
    let new = "scheme = 'keep'\nscheme_new = 'bcrypt-2y'";
    assert!(of_the_longest(&database, new).await.is_some());
}
