//! Django: `authenticate()`, its four hashers and its sessions.

use serde_json::json;

use super::{NEW, OLD, recovering, reset};
use crate::databases::{create, engines};
use crate::peer::Peer;

const HASHERS: [(&str, &str); 4] = [
    ("pbkdf2_sha256", "pbkdf2_sha256$"),
    ("argon2", "argon2$argon2id$"),
    ("bcrypt_sha256", "bcrypt_sha256$$2b$"),
    ("scrypt", "scrypt$"),
];

#[tokio::test]
async fn django_accepts_what_was_reset_by_one_line_of_preset_and_ends_the_session() {
    for engine in engines() {
        let database = create(engine).await;
        let project = |hasher: &str| {
            let mut django = Peer::python("django_peer.py")?;
            let ask = json!({ "op": "migrate", "database": database.url, "hasher": hasher });
            django.call(&ask);
            Some(django)
        };
        let Some(mut django) = project("pbkdf2_sha256") else { return };
        let regain = recovering(&database, "preset = \"django\"").await;
        for (hasher, prefix) in HASHERS {
            // A login writes another family anew by the one that the project prefers.
            let Some(mut django) = project(hasher) else { return };
            let address = format!("{hasher}@example.com");
            let user = json!({
                "op": "create", "username": hasher, "email": address, "password": OLD,
                "hasher": hasher,
            });
            django.call(&user);
            let login = json!({ "op": "login", "username": hasher, "password": OLD });
            let session = django.call(&login)["session"].clone();
            let alive = json!({ "op": "alive", "session": session });
            assert_eq!(django.call(&alive)["alive"], true, "{engine:?} {hasher}");

            reset(&regain, &address, NEW).await;

            let mut accepts = |password: &str| {
                let ask = json!({ "op": "accepts", "username": hasher, "password": password });
                django.call(&ask)["accepts"] == true
            };
            assert!(accepts(NEW) && !accepts(OLD), "{engine:?} {hasher}");
            let stored = django.call(&json!({ "op": "stored", "username": hasher }));
            let stored = stored["stored"].as_str().unwrap().to_owned();
            assert!(stored.starts_with(prefix), "{engine:?} the family is kept: {stored}");
            assert_eq!(django.call(&alive)["alive"], false, "{engine:?} {hasher}: logged out");
        }
        let unusable = json!({
            "op": "create", "username": "unusable", "email": "unusable@example.com",
            "password": null, "hasher": "pbkdf2_sha256",
        });
        django.call(&unusable);
        let before = regain.links().len();
        regain.ask("unusable@example.com").await;
        regain.worked().await;
        assert_eq!(regain.links().len(), before, "{engine:?}: an unusable password gets no mail");
    }
}
