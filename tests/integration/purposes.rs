//! Mailed tokens of every purpose in Python: itsdangerous reads them, the reference makes their
//! fingerprint, and what it mints itself is completed here.

use regain::clock::Clock;
use regain::config::LoginLinks;
use serde_json::{Value, json};

use crate::databases::engines;
use crate::harness::{Regain, SECRET};
use crate::people::{OLD_HASH, Person, database, person};
use crate::python;

/// Reads what was mailed, tells its claims and the fingerprint of the row, and mints another.
const SCRIPT: &str = r#"
import hashlib, json, sys, time
sys.path.insert(0, "tests/python")
import token_reference as reference
from itsdangerous import URLSafeTimedSerializer

given = json.load(sys.stdin)
secret, purpose, row = given["secret"].encode(), given["purpose"], given["row"]
serializer = URLSafeTimedSerializer(
    given["secret"],
    salt="default/" + reference.SALTS[purpose],
    signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
)
claims = serializer.loads(given["mailed"], max_age=60)
fingerprint = reference.fingerprint(secret, "default", purpose, row)
body = reference.payload(row["user_id"], fingerprint)
minted = reference.token(secret, "default", purpose, int(time.time()), body)
print(json.dumps({"claims": claims, "fingerprint": fingerprint, "minted": minted}))
"#;

#[tokio::test]
async fn itsdangerous_reads_mailed_tokens_of_every_purpose_and_what_it_mints_works_here_once() {
    for engine in engines() {
        let people =
            [person("ada@example.com"), Person { confirmed: false, ..person("una@example.com") }];
        let users = database(engine, &people).await;
        let seen = "UPDATE users SET last_login = '2026-11-01 09:30:00.25'";
        users.execute(seen).await;
        let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
            let app = settings.apps.get_mut("default").unwrap();
            app.login_links = LoginLinks::On;
            app.users.last_login = Some("last_login".to_owned());
        })
        .await;
        for (purpose, path, user_id, email) in [
            ("login", "login-links", "1", "ada@example.com"),
            ("email-confirmation", "email-confirmations", "2", "una@example.com"),
        ] {
            let mailed = regain.token_of(path, email).await;
            let row = json!({
                "user_id": user_id, "email": email, "password": OLD_HASH, "recovery_stamp": null,
                "last_login": "2026-11-01 09:30:00",
            });
            let input =
                json!({ "secret": SECRET, "purpose": purpose, "mailed": mailed, "row": row });
            let Some((read, output)) = python::run(&["-c", SCRIPT], &input.to_string()) else {
                return;
            };
            assert!(read, "{engine:?} {purpose} {output}");
            let told: Value = serde_json::from_str(&output).unwrap();
            assert_eq!(told["claims"]["u"], user_id);
            assert_eq!(told["claims"]["f"], told["fingerprint"], "{engine:?} {purpose}");

            let minted = told["minted"].as_str().unwrap();
            assert_eq!(
                regain.complete_with(path, minted).await.status,
                200,
                "{engine:?} {purpose}"
            );
            let again = if purpose == "login" { 400 } else { 200 };
            for token in [minted, &mailed] {
                let status = regain.complete_with(path, token).await.status;
                assert_eq!(status, again, "{engine:?} {purpose}");
            }
        }
    }
}
