//! What the log of a serving process says of keys and of people, and what it must not say.

use std::time::Duration;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use super::new_key;
use crate::databases::Engine;
use crate::harness::{Folder, client, read_mails};
use crate::people::{Person, database, person};
use crate::process::Process;

const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";
const EVERYTHING: [&str; 5] = [
    "tokens:issue:password-reset",
    "tokens:explain",
    "tokens:revoke",
    "sessions:introspect",
    "ask:on-behalf",
];

/// Sends a request that is answered by this status, and says what the answer was and its id.
async fn sent(request: RequestBuilder, status: u16) -> (String, String) {
    let response = request.send().await.unwrap();
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(response.status(), status);
    (id, response.text().await.unwrap())
}

/// The token in a mail, once there are more than so many.
async fn mailed(folder: &Folder, before: usize) -> String {
    loop {
        tokio::time::sleep(Duration::from_millis(25)).await;
        if let Some(mail) = read_mails(&folder.0).get(before) {
            return mail.token();
        }
    }
}

/// The lines of a log that somebody has to account for.
fn audited(log: &str) -> Vec<Value> {
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.filter(|line| line["target"] == "regain::audit").collect()
}

/// The first line that says this.
fn told<'a>(audit: &'a [Value], wanted: &Value) -> &'a Value {
    let wanted = wanted.as_object().unwrap();
    let fits = |line: &&Value| wanted.iter().all(|(name, value)| line[name] == *value);
    audit.iter().find(fits).unwrap_or_else(|| panic!("{wanted:?} in {audit:#?}"))
}

#[tokio::test]
async fn a6_every_use_of_a_key_and_every_step_of_a_journey_is_on_record_without_its_secrets() {
    let closed = Person { active: false, ..person("canary.closed@example.com") };
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com"), closed]).await;
    let folder = Folder::new();
    let (key, known) = new_key("desk", &EVERYTHING);
    let (poor, known_poor) = new_key("poor", &[]);
    let (unknown, _) = new_key("unknown", &[]);
    let keys = [&known, &known_poor].map(|known| {
        format!(
            "\n[[apps.default.api_keys]]\nname = \"{}\"\nsha256 = \"{}\"\nscopes = {:?}\n",
            known.name, known.sha256, known.scopes
        )
    });
    let process = Process::start_on(&folder, &users.url, CHEAP, &keys.concat()).await;
    let http = client();
    let post = |key: &str, path: &str, body: &Value| {
        let request = http.post(format!("{}/v1/apps/default/{path}", process.url));
        let request = request.header("content-type", "application/json").bearer_auth(key);
        request.body(body.to_string())
    };
    let ask = json!({ "identifier": "canary.ada@example.com" });
    let asked = post(&key, "password-resets", &ask).header("Regain-Client-Address", "203.0.113.9");
    let (asked, _) = sent(asked, 202).await;
    for nobody in ["canary.closed@example.com", "canary.nobody@example.com"] {
        process.post("password-resets", &json!({ "identifier": nobody })).await;
    }
    let token = mailed(&folder, 0).await;
    process.complete(&token, "canary passphrase").await;
    process.complete(&token, "canary passphrase").await;
    let explain = json!({ "token": token, "purpose": "password-reset" });
    let (explained, body) = sent(post(&key, "tokens/explain", &explain), 200).await;
    assert!(body.contains("spent"), "{body}");
    let wish = json!({ "purpose": "password-reset" });
    let (issued, by_hand) = sent(post(&key, "users/1/tokens", &wish), 201).await;
    let by_hand: Value = serde_json::from_str(&by_hand).unwrap();
    let whom = json!({ "identifier": "canary.new@example.com" });
    let (invited, _) = sent(post(&key, "invitations", &whom), 202).await;
    let (revoked, _) = sent(post(&key, "users/1/revocations", &json!({})), 204).await;
    let (missing, _) = sent(post(&key, "users/7/revocations", &json!({})), 404).await;
    let (poor_id, _) = sent(post(&poor, "tokens/explain", &explain), 403).await;
    let (unknown_id, _) = sent(post(&unknown, "tokens/explain", &explain), 401).await;
    process.signal("-TERM");
    let (_, log) = process.ended().await;

    let audit = audited(&log);
    let told = |wanted: Value| told(&audit, &wanted);
    let used = |operation: &str, user_id: Option<&str>, outcome: &str, id: &str| {
        let line = told(json!({
            "event": "key.used", "level": "INFO", "app": "default", "key": "desk",
            "operation": operation, "outcome": outcome, "user_id": user_id,
        }));
        assert_eq!(line["span"]["reference"], id, "{line}");
    };
    used("ask", None, "accepted", &asked);
    used("explain_token", Some("1"), "spent", &explained);
    used("issue_token", Some("1"), "given", &issued);
    let link = told(json!({ "event": "link.issued", "by": "desk", "user_id": "1" }));
    assert_eq!((&link["mailed"], &link["lifetime_s"]), (&json!(false), &json!(1800)));
    used("invite_user", None, "accepted", &invited);
    let invitation = told(json!({ "event": "account.invited", "app": "default", "by": "desk" }));
    assert_eq!(invitation["identifier"], "c…@example.com");
    assert_eq!(invitation["span"]["reference"], json!(invited));
    used("revoke_tokens", Some("1"), "done", &revoked);
    used("revoke_tokens", None, "account_unknown", &missing);
    let refused = told(json!({ "event": "key.refused", "level": "WARN", "reason": "unknown" }));
    assert_eq!((&refused["span"]["reference"], refused.get("key")), (&json!(unknown_id), None));
    let refused = told(json!({ "event": "key.refused", "key": "poor", "reason": "scope" }));
    assert_eq!(refused["span"]["reference"], json!(poor_id));
    assert_eq!(refused["scope"], "tokens:explain");

    let link = told(json!({ "event": "link.asked", "key": "desk", "purpose": "password-reset" }));
    assert_eq!(link["identifier"], "c…@example.com");
    let mail = told(json!({ "event": "mail.sent", "kind": "password_reset", "user_id": "1" }));
    assert_eq!(mail["span"]["reference"], json!(asked), "the worker's lines are the request's");
    told(json!({ "event": "mail.sent", "kind": "password_changed", "user_id": "1" }));
    told(json!({ "event": "mail.withheld", "reason": "no_account" }));
    told(json!({ "event": "mail.withheld", "reason": "ineligible", "user_id": "2" }));
    told(json!({ "event": "password.changed", "user_id": "1", "purpose": "password-reset" }));
    told(json!({ "event": "token.refused", "reason": "spent", "purpose": "password-reset" }));
    told(json!({ "event": "links.revoked", "user_id": "1" }));
    let known_names: Vec<_> = regain::recovery::audit::ALL.iter().map(|event| event.name).collect();
    for line in &audit {
        assert!(known_names.contains(&line["event"].as_str().unwrap()), "{line}");
    }

    let secret = key.strip_prefix("regain_").unwrap();
    let others = [&poor, &unknown].map(|key| key.strip_prefix("regain_").unwrap());
    let signature = token.rsplit('.').next().unwrap();
    let of_issued = by_hand["token"].as_str().unwrap().rsplit('.').next().unwrap();
    for canary in [
        "canary.",
        "canary pass",
        secret,
        others[0],
        others[1],
        signature,
        of_issued,
        "203.0.113.9",
    ] {
        assert!(!log.contains(canary), "{canary} in {log}");
    }
}

#[tokio::test]
async fn a6_what_is_no_id_of_an_account_is_not_on_record_whatever_it_is() {
    let closed = Person { active: false, ..person("closed@example.com") };
    let users = database(Engine::Sqlite, &[person("ada@example.com"), closed]).await;
    let folder = Folder::new();
    let (key, known) = new_key("desk", &EVERYTHING);
    let keys = format!(
        "\n[[apps.default.api_keys]]\nname = \"desk\"\nsha256 = \"{}\"\nscopes = {:?}\n",
        known.sha256, known.scopes
    );
    let process = Process::start_on(&folder, &users.url, CHEAP, &keys).await;
    let http = client();
    let post = |path: &str, body: &Value| {
        let request = http.post(format!("{}/v1/apps/default/{path}", process.url));
        let request = request.header("content-type", "application/json").bearer_auth(&key);
        request.body(body.to_string())
    };
    let wish = json!({ "purpose": "password-reset" });
    let (_, made) = sent(post("users/1/tokens", &wish), 201).await;
    let token = serde_json::from_str::<Value>(&made).unwrap()["token"].as_str().unwrap().to_owned();
    let slips =
        [token.as_str(), &key, "canary passphrase", "canary@example.com", "a@canary.example"];
    for slip in slips {
        let slip = slip.replace(' ', "%20");
        sent(post(&format!("users/{slip}/tokens"), &wish), 404).await;
        sent(post(&format!("users/{slip}/revocations"), &json!({})), 404).await;
    }
    sent(post("users/canary/tokens", &json!({ "purpose": "login" })), 403).await;
    let too_long = json!({ "purpose": "password-reset", "lifetime_seconds": 259_201 });
    sent(post("users/canary/tokens", &too_long), 422).await;
    let (ineligible, _) = sent(post("users/2/tokens", &wish), 422).await;
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    let audit = audited(&log);
    for operation in ["issue_token", "revoke_tokens"] {
        let unknown =
            json!({ "operation": operation, "outcome": "account_unknown", "user_id": null });
        let lines = audit.iter().filter(|line| line["operation"] == *operation);
        let unknowns = lines.filter(|line| line["outcome"] == "account_unknown");
        assert_eq!(unknowns.count(), slips.len(), "{operation}");
        told(&audit, &unknown);
    }
    let line = told(&audit, &json!({ "operation": "issue_token", "outcome": "ineligible" }));
    assert_eq!((&line["user_id"], &line["span"]["reference"]), (&json!("2"), &json!(ineligible)));
    let signature = token.rsplit('.').next().unwrap();
    for canary in ["canary", signature, key.strip_prefix("regain_").unwrap()] {
        assert!(!log.contains(canary), "{canary} in {log}");
    }
}

#[tokio::test]
async fn logins_confirmations_and_disputes_are_on_record() {
    let unconfirmed = Person { confirmed: false, ..person("eve@example.com") };
    let users = database(Engine::Sqlite, &[person("ada@example.com"), unconfirmed]).await;
    let folder = Folder::new();
    let (key, known) = new_key("desk", &EVERYTHING);
    let users_and_keys = format!(
        "last_login = \"last_login\"\n[[apps.default.api_keys]]\nname = \"desk\"\nsha256 = \"{}\"\n\
         scopes = [\"sessions:introspect\"]\n",
        known.sha256
    );
    let process = Process::start_on(&folder, &users.url, CHEAP, &users_and_keys).await;
    let switched_on = |text: String| {
        let on =
            "name = \"Example\"\nlogin_links = true\nreturn_to = [\"https://app.example.com/\"]";
        text.replacen("name = \"Example\"", on, 1)
    };
    let process = process.restarted(switched_on).await;

    let link = async |path: &str, who: &str| {
        let before = read_mails(&folder.0).len();
        process.post(path, &json!({ "identifier": who })).await;
        mailed(&folder, before).await
    };
    let confirm = link("email-confirmations", "eve@example.com").await;
    let done = process.post("email-confirmations/complete", &json!({ "token": confirm })).await;
    assert_eq!(done.status, 200);
    let login = link("login-links", "ada@example.com").await;
    let session = process.post("login-links/complete", &json!({ "token": login })).await;
    let session = session.json()["session"].as_str().unwrap().to_owned();
    let http = client();
    let introspect = |session: &str| {
        let request = http.post(format!("{}/v1/apps/default/sessions/introspect", process.url));
        let request = request.header("content-type", "application/json").bearer_auth(&key);
        request.body(json!({ "session": session }).to_string())
    };
    let (active, _) = sent(introspect(&session), 200).await;
    let (inactive, _) = sent(introspect("a.b.c"), 200).await;
    let dispute = http.post(format!("{}/a/default/not-me", process.url));
    let dispute = dispute.header("content-type", "application/x-www-form-urlencoded");
    let dispute =
        dispute.header("sec-fetch-site", "same-origin").body("identifier=ada%40example.com");
    assert_eq!(dispute.send().await.unwrap().status(), 200);
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    let audit = audited(&log);
    told(&audit, &json!({ "event": "email.confirmed", "user_id": "2" }));
    told(&audit, &json!({ "event": "login.completed", "user_id": "1" }));
    told(&audit, &json!({ "event": "mail.sent", "kind": "login_link", "user_id": "1" }));
    told(&audit, &json!({ "event": "account.disputed", "user_id": "1", "level": "WARN" }));
    for (outcome, user_id, id) in
        [("active", json!("1"), active), ("inactive", json!(null), inactive)]
    {
        let key_line = told(&audit, &json!({ "event": "key.used", "outcome": outcome }));
        assert_eq!((&key_line["user_id"], &key_line["span"]["reference"]), (&user_id, &json!(id)));
    }
    let signature = session.rsplit('.').next().unwrap();
    assert!(!log.contains(signature) && !log.contains("ada@"), "{log}");
}
