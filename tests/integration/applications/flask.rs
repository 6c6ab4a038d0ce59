//! Flask-Security: its login with its password salt, and its sessions.

use serde_json::json;

use super::{NEW, OLD, recovering, reset};
use crate::databases::{create, engines};
use crate::peer::Peer;

const SALT: &str = "the salt of Flask-Security in tests";

#[tokio::test]
async fn flask_security_accepts_what_was_reset_and_the_session_is_gone() {
    for engine in engines() {
        let database = create(engine).await;
        let application = |hasher: &str| {
            let mut flask = Peer::python("flask_peer.py")?;
            let database = &database.url;
            let ask = json!({ "op": "make", "database": database, "salt": SALT, "hasher": hasher });
            flask.call(&ask);
            Some(flask)
        };
        let users = format!("preset = \"flask\"\npassword_salt = \"{SALT}\"");
        let regain = recovering(&database, &users).await;
        for (name, hasher, prefix) in [("ada", "argon2", "$argon2id$"), ("grace", "bcrypt", "$2b$")]
        {
            let Some(mut flask) = application(hasher) else { return };
            let address = format!("{name}@example.com");
            flask.call(&json!({ "op": "create", "email": address, "password": OLD }));
            let session =
                flask.call(&json!({ "op": "login", "email": address }))["session"].clone();
            let alive = json!({ "op": "alive", "session": session });
            assert_eq!(flask.call(&alive)["alive"], true, "{engine:?} {hasher}");

            reset(&regain, &address, NEW).await;

            let mut accepts = |password: &str| {
                let ask = json!({ "op": "accepts", "email": address, "password": password });
                flask.call(&ask)["accepts"] == true
            };
            assert!(accepts(NEW) && !accepts(OLD), "{engine:?} {hasher}");
            let stored = flask.call(&json!({ "op": "stored", "email": address }));
            assert!(stored["stored"].as_str().unwrap().starts_with(prefix), "{engine:?} {stored}");
            assert_eq!(flask.call(&alive)["alive"], false, "{engine:?} {hasher}: logged out");
        }
    }
}

#[tokio::test]
async fn werkzeugs_own_check_accepts_what_was_reset() {
    for engine in engines() {
        let database = create(engine).await;
        database
            .execute(
                "CREATE TABLE accounts (id integer PRIMARY KEY, email varchar(99), \
                 password_hash varchar(256))",
            )
            .await;
        let Some(mut flask) = Peer::python("flask_peer.py") else { return };
        let users = "table = \"accounts\"\npassword = \"password_hash\"\nscheme = \"keep\"";
        let regain = recovering(&database, users).await;
        for (id, method) in [(1, "scrypt:32768:8:1"), (2, "pbkdf2:sha256:600000")] {
            let made = flask.call(&json!({ "op": "werkzeug", "password": OLD, "method": method }));
            let address = format!("p{id}@example.com");
            let hash = made["hash"].as_str().unwrap();
            let insert = format!("INSERT INTO accounts VALUES ({id}, '{address}', '{hash}')");
            database.execute(&insert).await;
            reset(&regain, &address, NEW).await;
            let select = format!("SELECT password_hash FROM accounts WHERE id = {id}");
            let stored = database.text(&select).await.unwrap();
            let kept = method.split(':').next().unwrap();
            assert!(stored.starts_with(kept), "{engine:?} {stored}");
            for (password, accepted) in [(NEW, true), (OLD, false)] {
                let ask = json!({ "op": "checks", "hash": stored, "password": password });
                assert_eq!(flask.call(&ask)["checks"], accepted, "{engine:?} {method}");
            }
        }
    }
}
