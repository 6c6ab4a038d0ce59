//! Laravel: its guards over both its user providers, its sessions, whom it remembers, its hashers.

use serde_json::{Value, json};

use super::{NEW, OLD, letters_of_two_bytes, recovering, reset};
use crate::databases::{Engine, TestDatabase, create, engines};
use crate::harness::Regain;
use crate::peer::Peer;

/// A Laravel application with tables of its own.
struct Laravel(Peer);

impl Laravel {
    /// Starts the application, and a service on its table; `None` where Laravel is left out.
    async fn start(
        engine: Engine,
        hasher: &str,
        soft_deletes: bool,
    ) -> Option<(TestDatabase, Self, Regain)> {
        let database = create(engine).await;
        let mut laravel = Self(Peer::php("laravel_peer.php")?);
        laravel.0.call(&json!({
            "database": database.url, "hasher": hasher, "soft_deletes": soft_deletes,
        }));
        let regain = recovering(&database, "preset = \"laravel\"").await;
        Some((database, laravel, regain))
    }

    fn create(&mut self, address: &str) {
        self.0.call(&json!({ "op": "create", "email": address, "password": OLD }));
    }

    fn logs_in(&mut self, browser: &str, address: &str, password: &str) -> bool {
        let ask =
            json!({ "op": "log_in", "browser": browser, "email": address, "password": password });
        self.0.call(&ask)["logged_in"] == true
    }

    /// Whether a browser is let in where the `AuthenticateSession` middleware is on, or is not.
    fn is_logged_in(&mut self, browser: &str, middleware: bool) -> bool {
        let ask = json!({ "op": "visit", "browser": browser, "middleware": middleware });
        self.0.call(&ask)["logged_in"] == true
    }

    /// Ends the browser's session, so that only what Laravel remembers is left.
    fn close(&mut self, browser: &str) {
        self.0.call(&json!({ "op": "close", "browser": browser }));
    }

    /// Whether both the Eloquent and the plain user provider take this password.
    fn validates(&mut self, address: &str, password: &str) -> bool {
        let found = ["web", "plain"].map(|guard| {
            let ask = json!({
                "op": "validates", "guard": guard, "email": address, "password": password,
            });
            self.0.call(&ask)["validates"] == true
        });
        assert_eq!(found[0], found[1], "{address} {password}");
        found[0]
    }

    /// The token in the letter that Laravel sends to somebody who forgot a password.
    fn letter(&mut self, address: &str) -> Value {
        self.0.call(&json!({ "op": "forgot", "email": address }))["token"].take()
    }

    fn resets(&mut self, address: &str, token: &Value, password: &str) -> bool {
        let ask = json!({ "op": "reset", "email": address, "token": token, "password": password });
        self.0.call(&ask)["done"] == true
    }

    fn account(&mut self, address: &str) -> Value {
        self.0.call(&json!({ "op": "account", "email": address }))
    }
}

#[tokio::test]
async fn laravel_accepts_what_was_reset_and_whoever_was_logged_in_is_out() {
    for engine in engines() {
        let Some((database, mut laravel, regain)) = Laravel::start(engine, "bcrypt", false).await
        else {
            return;
        };
        let ada = "ada@example.com";
        laravel.create(ada);
        for browser in ["phone", "laptop"] {
            assert!(!laravel.is_logged_in(browser, true) && laravel.logs_in(browser, ada, OLD));
        }
        assert!(laravel.is_logged_in("phone", true), "{engine:?}");
        laravel.close("laptop");
        assert!(laravel.is_logged_in("laptop", true), "{engine:?}: remembered");
        laravel.close("laptop");
        database.execute("UPDATE users SET updated_at = '2020-01-01 00:00:00'").await;
        let before = laravel.account(ada);
        assert_eq!(before["just_updated"], false, "{engine:?} {before}");

        reset(&regain, ada, NEW).await;

        let after = laravel.account(ada);
        assert!(after["password"].as_str().unwrap().starts_with("$2y$12$"), "{engine:?} {after}");
        assert_ne!(after["remember_token"], before["remember_token"], "{engine:?}");
        assert_eq!(after["just_updated"], true, "{engine:?} {after}");
        assert!(laravel.validates(ada, NEW) && !laravel.validates(ada, OLD), "{engine:?}");
        for middleware in [true, false] {
            assert!(
                !laravel.is_logged_in("laptop", middleware),
                "{engine:?}: nobody is remembered"
            );
        }
        // Without the middleware Laravel looks at no password, whoever changed it.
        assert!(laravel.is_logged_in("phone", false), "{engine:?}");
        assert!(!laravel.is_logged_in("phone", true), "{engine:?}: the session is dead");
        assert!(!laravel.logs_in("phone", ada, OLD), "{engine:?}");
        assert!(laravel.logs_in("phone", ada, NEW), "{engine:?}");
        laravel.close("phone");
        assert!(laravel.is_logged_in("phone", true), "{engine:?}: remembered anew");

        let token = regain.token_for(ada).await;
        let long = regain.complete(&token, &format!("x{}", letters_of_two_bytes(36))).await;
        assert_eq!(long.json()["errors"][0]["reason"], "too_long", "A62: {engine:?} {long:?}");
        let longest = letters_of_two_bytes(36);
        assert_eq!(regain.complete(&token, &longest).await.status, 200, "{engine:?}");
        assert!(laravel.validates(ada, &longest), "{engine:?}");
    }
}

#[tokio::test]
async fn an_argon2id_hash_of_laravels_stays_one_and_who_was_deleted_softly_gets_no_mail() {
    for engine in engines() {
        let Some((_database, mut laravel, regain)) = Laravel::start(engine, "argon2id", true).await
        else {
            return;
        };
        let ada = "ada@example.com";
        laravel.create(ada);
        let password = |account: Value| account["password"].as_str().unwrap_or_default().to_owned();
        let made = password(laravel.account(ada));
        assert!(made.starts_with("$argon2id$v=19$m=1024,t=2,p=2$"), "{engine:?} {made}");
        reset(&regain, ada, NEW).await;
        let written = password(laravel.account(ada));
        assert!(written.starts_with("$argon2id$v=19$m=1024,t=2,p=2$"), "{engine:?} {written}");
        assert!(laravel.validates(ada, NEW) && !laravel.validates(ada, OLD), "{engine:?}");
        assert!(laravel.logs_in("phone", ada, NEW), "{engine:?}");

        laravel.0.call(&json!({ "op": "delete", "email": ada }));
        let before = regain.links().len();
        regain.ask(ada).await;
        regain.worked().await;
        assert_eq!(regain.links().len(), before, "{engine:?}: who was deleted gets no mail");
    }
}

#[tokio::test]
async fn a_reset_that_laravel_makes_spends_a_link_and_a_letter_of_its_own_stays_good() {
    for engine in engines() {
        let Some((_database, mut laravel, regain)) =
            Laravel::start(engine, "argon2id", false).await
        else {
            return;
        };
        let ada = "ada@example.com";
        laravel.create(ada);
        let letter = laravel.letter(ada);
        reset(&regain, ada, NEW).await;
        // Laravel's broker asks a table of its own, and not what the password was.
        let token = regain.token_for(ada).await;
        assert!(laravel.resets(ada, &letter, "by Laravel's letter"), "{engine:?}");
        let spent = regain.complete(&token, "by the spent link").await;
        assert_eq!(spent.code(), "token-invalid", "{engine:?} {spent:?}");
        assert!(laravel.validates(ada, "by Laravel's letter"), "{engine:?}");
        assert!(!laravel.resets(ada, &letter, "once more"), "{engine:?}");
    }
}
