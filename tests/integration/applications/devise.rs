//! Rails with Devise: its sign-in, its sessions, whom it remembers, its locks and its own letters.

use serde_json::{Value, json};

use super::{NEW, OLD, letters_of_two_bytes, recovering, reset};
use crate::databases::{Engine, TestDatabase, create, engines};
use crate::harness::Regain;
use crate::peer::Peer;

const PEPPER: &str = "a pepper of the application's";

/// A Rails application with a table of its own.
struct Rails(Peer);

impl Rails {
    /// Starts the application, and a service on its table; `None` where Rails is left out.
    async fn start(engine: Engine) -> Option<(TestDatabase, Self, Regain)> {
        Self::start_with(engine, &[]).await
    }

    /// The same with columns that Devise uses where they are there.
    async fn start_with(engine: Engine, columns: &[&str]) -> Option<(TestDatabase, Self, Regain)> {
        let database = create(engine).await;
        let mut rails = Self(Peer::ruby("devise_peer.rb")?);
        rails.0.call(&json!({ "database": database.url, "pepper": PEPPER, "columns": columns }));
        let users = format!("preset = \"devise\"\npepper = \"{PEPPER}\"");
        let regain = recovering(&database, &users).await;
        Some((database, rails, regain))
    }

    fn create(&mut self, address: &str, cost: u32, confirmed: bool) {
        self.0.call(&json!({
            "op": "create", "email": address, "password": OLD, "stretches": cost,
            "confirmed": confirmed,
        }));
    }

    fn signs_in(&mut self, browser: &str, address: &str, password: &str) -> bool {
        let ask = json!({
            "op": "sign_in", "browser": browser, "email": address, "password": password,
        });
        self.0.call(&ask)["signed_in"] == true
    }

    fn is_signed_in(&mut self, browser: &str) -> bool {
        self.0.call(&json!({ "op": "visit", "browser": browser }))["signed_in"] == true
    }

    /// Ends the browser's session, so that only what Devise remembers is left.
    fn close(&mut self, browser: &str) {
        self.0.call(&json!({ "op": "close", "browser": browser }));
    }

    /// The token in the letter that Devise sends to somebody who forgot a password.
    fn letter(&mut self, address: &str) -> Value {
        self.0.call(&json!({ "op": "forgot", "email": address }))["token"].take()
    }

    fn resets(&mut self, token: &Value, password: &str) -> bool {
        let ask = json!({ "op": "reset", "token": token, "password": password });
        self.0.call(&ask)["done"] == true
    }

    fn account(&mut self, address: &str) -> Value {
        self.0.call(&json!({ "op": "account", "email": address }))
    }
}

#[tokio::test]
async fn devise_accepts_what_was_reset_and_whoever_was_signed_in_is_out() {
    for engine in engines() {
        let Some((database, mut rails, regain)) = Rails::start(engine).await else { return };
        let ada = "ada@example.com";
        rails.create(ada, 12, true);
        for browser in ["phone", "laptop"] {
            assert!(!rails.is_signed_in(browser) && rails.signs_in(browser, ada, OLD));
        }
        rails.close("laptop");
        assert!(rails.is_signed_in("laptop"), "{engine:?}: remembered");
        rails.close("laptop");
        database.execute("UPDATE users SET updated_at = '2020-01-01 00:00:00'").await;
        assert_eq!(rails.account(ada)["just_updated"], false, "{engine:?}");

        reset(&regain, ada, NEW).await;

        let account = rails.account(ada);
        let hash = account["encrypted_password"].as_str().unwrap();
        assert!(hash.starts_with("$2a$12$"), "{engine:?} {hash}");
        assert_eq!(account["just_updated"], true, "{engine:?} {account}");
        assert!(!rails.is_signed_in("phone"), "{engine:?}: the session is dead");
        assert!(!rails.is_signed_in("laptop"), "{engine:?}: nobody is remembered");
        assert!(!rails.signs_in("phone", ada, OLD), "{engine:?}");
        assert!(rails.signs_in("phone", ada, NEW) && rails.is_signed_in("phone"), "{engine:?}");
        rails.close("phone");
        assert!(rails.is_signed_in("phone"), "{engine:?}: remembered anew");

        // bcrypt takes 72 bytes: of a longer pepper Ruby's cuts the end.
        let token = regain.token_for(ada).await;
        let refused = regain.complete(&token, &format!("x{}", letters_of_two_bytes(36))).await;
        assert_eq!(
            refused.json()["errors"][0]["reason"],
            "too_long",
            "A62: {engine:?} {refused:?}"
        );
        let long = letters_of_two_bytes(30);
        assert_eq!(regain.complete(&token, &long).await.status, 200, "{engine:?}");
        assert!(rails.signs_in("tablet", ada, &long), "{engine:?}");
    }
}

#[tokio::test]
async fn whom_devise_remembers_by_a_column_and_not_by_the_password_is_forgotten_too() {
    for engine in engines() {
        let started = Rails::start_with(engine, &["remember_token"]).await;
        let Some((_database, mut rails, regain)) = started else { return };
        let ada = "ada@example.com";
        rails.create(ada, 4, true);
        assert!(rails.signs_in("laptop", ada, OLD), "{engine:?}");
        rails.close("laptop");
        assert!(rails.is_signed_in("laptop"), "{engine:?}: remembered");
        rails.close("laptop");
        assert!(rails.account(ada)["remember_token"].is_string(), "{engine:?}");

        reset(&regain, ada, NEW).await;

        assert!(!rails.is_signed_in("laptop"), "{engine:?}: nobody is remembered");
    }
}

#[tokio::test]
async fn an_account_that_devise_locked_is_open_again_and_an_unconfirmed_one_gets_no_mail() {
    for engine in engines() {
        let Some((_database, mut rails, regain)) = Rails::start(engine).await else { return };
        let ada = "ada@example.com";
        rails.create(ada, 4, true);
        for _attempt in 0..3 {
            assert!(!rails.signs_in("guesser", ada, "a guess"), "{engine:?}");
        }
        assert!(!rails.signs_in("phone", ada, OLD), "{engine:?}: locked");
        let locked = rails.account(ada);
        assert_eq!(locked["access_locked"], true, "{engine:?} {locked}");
        assert!(locked["unlock_token"].is_string(), "{engine:?} {locked}");

        reset(&regain, ada, NEW).await;

        let open = rails.account(ada);
        assert_eq!(open["access_locked"], false, "{engine:?} {open}");
        assert_eq!(open["failed_attempts"], 0, "{engine:?} {open}");
        assert_eq!((&open["locked_at"], &open["unlock_token"]), (&Value::Null, &Value::Null));
        let unlock = json!({ "op": "unlock", "token": locked["unlock_letter"] });
        assert_eq!(rails.0.call(&unlock)["done"], false, "{engine:?}: that letter is void");
        assert!(rails.signs_in("phone", ada, NEW), "{engine:?}");

        rails.create("eve@example.com", 4, false);
        let before = regain.links().len();
        regain.ask("eve@example.com").await;
        regain.worked().await;
        assert_eq!(regain.links().len(), before, "{engine:?}: an unconfirmed address gets no mail");
    }
}

#[tokio::test]
async fn a_reset_that_devise_had_begun_is_void_and_a_change_that_devise_makes_spends_a_link() {
    for engine in engines() {
        let Some((_database, mut rails, regain)) = Rails::start(engine).await else { return };
        let ada = "ada@example.com";
        rails.create(ada, 4, true);
        let letter = rails.letter(ada);
        assert!(rails.account(ada)["reset_password_token"].is_string(), "{engine:?}");

        reset(&regain, ada, NEW).await;

        let account = rails.account(ada);
        assert_eq!(account["reset_password_token"], Value::Null, "{engine:?} {account}");
        assert_eq!(account["reset_password_sent_at"], Value::Null, "{engine:?} {account}");
        assert!(!rails.resets(&letter, "by the void letter"), "{engine:?}");
        assert!(rails.signs_in("phone", ada, NEW), "{engine:?}");

        let token = regain.token_for(ada).await;
        let change = json!({
            "op": "change", "email": ada, "password": NEW, "new_password": "changed by hand",
        });
        assert_eq!(rails.0.call(&change)["done"], true, "{engine:?}");
        let spent = regain.complete(&token, "by the spent link").await;
        assert_eq!(spent.code(), "token-invalid", "{engine:?} {spent:?}");

        let token = regain.token_for(ada).await;
        let letter = rails.letter(ada);
        assert!(rails.resets(&letter, "by Devise's letter"), "{engine:?}");
        let spent = regain.complete(&token, "by the spent link").await;
        assert_eq!(spent.code(), "token-invalid", "{engine:?} {spent:?}");
        assert!(rails.signs_in("laptop", ada, "by Devise's letter"), "{engine:?}");
    }
}
