//! What a mail says, where a request may say it: with a key that may, and nothing that could take the
//! token elsewhere.

use regain::config::ApiKeySettings;
use regain::random::Random;
use regain::token::ApiKey;
use serde_json::{Value, json};

use super::{ID, NEW, commit, doc, moved, paths, send, switched_on};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Folder, Mail, Regain, answer, client};
use crate::people::{OLD_HASH, Person, database, hash, person};
use crate::process::Process;

const BODY: &str =
    "<a href='https://website.example/password-reset.html?hash=${hash}'>Reset it, ${user.name}</a>";

/// The link in a body, by itself.
fn link_in(body: &str) -> &str {
    body.split('\'').nth(1).unwrap()
}

/// A service that knows a key of these scopes, and the key.
async fn with_key(engine: Engine, scopes: &[&str]) -> (TestDatabase, Regain, String) {
    with_key_and_door(engine, scopes, "100000/h").await
}

async fn with_key_and_door(
    engine: Engine,
    scopes: &[&str],
    per_client: &str,
) -> (TestDatabase, Regain, String) {
    let name = "<i>\"ada\"</i>";
    let ada = Person { username: Some(name.into()), ..person("ada@example.com") };
    let joe = Person { username: Some("joe".into()), ..person("joe@joe.example") };
    let users = database(engine, &[joe, ada]).await;
    let key = ApiKey::generate(&Random::system());
    let known = ApiKeySettings {
        name: "backend".to_owned(),
        sha256: key.digest().to_hex(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    };
    let regain = Regain::start_with(&users.url, |settings| {
        switched_on(settings);
        let mut other = settings.apps["default"].clone();
        moved(&mut other, "another-id");
        settings.apps.insert("other".to_owned(), other);
        settings.apps.get_mut("default").unwrap().api_keys = vec![known];
        settings.limits.per_client = per_client.parse().unwrap();
        settings.limits.mails_per_account = "1000/h".parse().unwrap();
    })
    .await;
    (users, regain, key.expose().to_owned())
}

async fn create_at(regain: &Regain, id: &str, key: &str, body: &Value) -> Answer {
    let url = format!("{}/pub/applications/{id}/requests/resetpassword", regain.url);
    let request = regain.http.post(url).header("content-type", "application/json");
    answer(request.bearer_auth(key).body(body.to_string())).await
}

async fn create(regain: &Regain, key: &str, who: &str, email: &Value) -> Answer {
    create_at(regain, ID, key, &json!({ "principal": who, "email": email })).await
}

/// What comes of a request of this definition.
async fn mail_of(regain: &Regain, key: &str, who: &str, email: &Value) -> Mail {
    let before = regain.mails().len();
    let made = create(regain, key, who, email).await;
    assert_eq!(send(regain, &doc(&made)).await.status, 200);
    regain.worked().await;
    let mails = regain.mails();
    assert_eq!(mails.len(), before + 1, "{email}");
    mails.last().unwrap().clone()
}

#[tokio::test]
async fn a_key_that_may_words_the_mail_and_its_link_works() {
    for engine in engines() {
        let (users, regain, key) = with_key(engine, &["mail:define"]).await;
        let email = json!({
            "subject": "A new password for ${user.email}", "body": BODY,
            "from": "webmaster@website.example", "to": "eve@evil.example", "replyTo": null,
        });
        let mail = mail_of(&regain, &key, "joe", &email).await;
        assert_eq!(mail.to, "joe@joe.example", "{engine:?}");
        assert_eq!(mail.subject, "A new password for joe@joe.example");
        assert!(mail.raw.contains("<no-reply@example.com>") && !mail.raw.contains("evil"));
        assert!(!mail.raw.contains("webmaster"), "who it comes from is the application's to say");
        let token = super::hash_in(&mail);
        let link = format!("https://website.example/password-reset.html?hash={token}");
        assert_eq!(mail.html.trim_end(), format!("<a href='{link}'>Reset it, joe</a>"));
        let committed = commit(&regain, &token, &json!({ "password": NEW })).await;
        assert_eq!(committed.status, 200, "{engine:?} {committed:?}");
        assert_ne!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
    }
}

#[tokio::test]
async fn a14_a72_what_people_call_themselves_is_text_and_no_link() {
    for engine in engines() {
        let (_users, regain, key) = with_key(engine, &["mail:define"]).await;
        let email =
            json!({ "subject": "${user.name}", "body": format!("<p>${{user.name}}</p>{BODY}") });
        let mail = mail_of(&regain, &key, "ada@example.com", &email).await;
        assert_eq!(mail.subject, "ada@example.com", "{engine:?}: markup is repeated nowhere");
        assert!(
            mail.html.starts_with("<p>ada@example.com</p><a href='https://website"),
            "{mail:?}"
        );
        assert!(!mail.raw.contains("<i>"), "{mail:?}");
    }
}

#[tokio::test]
async fn a_definition_is_passed_over_without_the_right_to_it_or_where_the_token_could_stray() {
    for engine in engines() {
        let (_users, regain, key) = with_key(engine, &["mail:define"]).await;
        let ordinary = mail_of(&regain, &key, "joe", &json!({})).await;
        let other = "https://evil.example/";
        for (subject, body) in [
            ("Hello", format!("<a href='{other}?hash=${{hash}}'>here</a>")),
            ("Hello", BODY.replace("https:", &format!("{other}?u=https:"))),
            ("Hello", BODY.replace("https:", &format!("{other}?u= https:"))),
            ("Hello", format!("<img src='{other}? <p>{BODY}</p>")),
            ("Hello", format!("{BODY}<img src='{other}?${{hash}}'>")),
            ("Hello", format!("{BODY}<img src='{other}?${{link}}'>")),
            ("Hello", format!("{BODY}<form action='{other}'>")),
            ("Hello", format!("{other}?u=<p hidden></p>{}", link_in(BODY))),
            ("Hello", format!("{other}?u=\"{}\"", link_in(BODY))),
            ("Hello", format!("<img alt='<a href=\"{other}?u='>{}\" >click</a>", link_in(BODY))),
            ("Hello", "<!doctype ${hash}><p>hello</p>".to_owned()),
            ("${hash}", BODY.to_owned()),
            ("Hello", "Ask us".to_owned()),
        ] {
            let email = json!({ "subject": subject, "body": body });
            let mail = mail_of(&regain, &key, "joe", &email).await;
            assert_eq!(mail.subject, ordinary.subject, "{engine:?} {body}");
            assert!(!mail.raw.contains("evil"), "{engine:?} {body}");
        }
        let (_users, regain, key) = with_key(engine, &["ask:on-behalf", "tokens:explain"]).await;
        let mail =
            mail_of(&regain, &key, "joe", &json!({ "subject": "Hello", "body": BODY })).await;
        assert_eq!(mail.subject, ordinary.subject, "{engine:?}: a key of other scopes");
    }
}

#[tokio::test]
async fn a_key_that_is_none_of_the_application_is_refused() {
    for engine in engines() {
        let (_users, regain, key) = with_key(engine, &["mail:define"]).await;
        let body = json!({ "principal": "joe", "email": { "body": BODY } });
        let unknown = ApiKey::generate(&Random::system());
        for (id, key) in [(ID, unknown.expose()), ("another-id", &key)] {
            let refused = create_at(&regain, id, key, &body).await;
            assert_eq!((refused.status, refused.code()), (401, "unauthorized".to_owned()));
        }
        // What is no key of ours means nothing to us: a token of Cloud CMS' own, say.
        let made = create_at(&regain, "another-id", "3f9a-access-token", &body).await;
        assert_eq!(made.status, 200, "{engine:?} {made:?}");
    }
}

#[tokio::test]
async fn a_definition_that_does_not_fit_is_told_how_long_it_may_be() {
    for engine in engines() {
        let (_users, regain, key) = with_key(engine, &["mail:define"]).await;
        let of = |bytes: usize| {
            let kept =
                BODY.replace("https://website.example/password-reset.html?hash=${hash}", "${link}");
            json!({ "subject": "Hello", "body": format!("{BODY}{}", "x".repeat(bytes - 5 - kept.len())) })
        };
        let refused = create(&regain, &key, "joe", &of(2000)).await;
        assert_eq!((refused.status, refused.code()), (422, "invalid-request".to_owned()));
        let error = &refused.json()["errors"][0];
        assert_eq!((&error["field"], &error["reason"]), (&json!("email"), &json!("too_long")));
        let message = error["message"].as_str().unwrap();
        let told: Vec<usize> =
            message.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [2000, longest, 7] = told[..] else { panic!("{message}") };
        let fits = create(&regain, &key, "joe", &of(longest)).await;
        assert_eq!(doc(&fits).len(), 1024, "{engine:?}: as long as any other");
        assert_eq!(create(&regain, &key, "joe", &of(longest + 1)).await.status, 422, "{engine:?}");
        let ignored =
            regain.post(&paths(""), &json!({ "principal": "joe", "email": of(2000) })).await;
        assert_eq!(
            ignored.status, 200,
            "{engine:?}: what is passed over may be as long as it likes"
        );
    }
}

#[tokio::test]
async fn a_backend_names_the_client_that_is_counted() {
    for engine in engines() {
        let (_users, regain, key) = with_key_and_door(engine, &["ask:on-behalf"], "1/h").await;
        let post = async |path: &str, body: &Value, client: &str| {
            let request = regain.http.post(format!("{}{}", regain.url, paths(path)));
            let request = request.header("regain-client-address", client).bearer_auth(&key);
            answer(request.header("content-type", "application/json").body(body.to_string())).await
        };
        let body = json!({ "principal": "joe" });
        let made = doc(&post("", &body, "203.0.113.9").await);
        let send = format!("/{made}/send");
        for (path, body) in [("", body), (&send, json!({}))] {
            assert_eq!(post(path, &body, "nowhere").await.status, 422, "{engine:?} {path:.5}");
            assert_eq!(post(path, &body, "203.0.113.10").await.status, 200, "{engine:?}");
            assert_eq!(post(path, &body, "203.0.113.10").await.status, 429, "{engine:?}");
            assert_eq!(post(path, &body, "203.0.113.11").await.status, 200, "{engine:?}");
            assert_eq!(regain.post(&paths(path), &body).await.status, 200, "for themselves");
        }
    }
}

#[tokio::test]
async fn a6_who_worded_a_mail_is_on_record_and_so_is_why_not_and_nothing_secret() {
    let ada = Person { username: Some("ada".into()), ..person("canary@example.com") };
    let users = database(Engine::Sqlite, &[ada]).await;
    let (folder, key) = (Folder::new(), ApiKey::generate(&Random::system()));
    let keys = format!(
        "\n[[apps.default.api_keys]]\nname = \"backend\"\nsha256 = \"{}\"\nscopes = [\"mail:define\"]",
        key.digest().to_hex()
    );
    let switched_on = [
        ("APPS__DEFAULT__COMPAT", "[\"cloud-cms\"]"),
        (
            "APPS__DEFAULT__LINKS__PASSWORD_RESET",
            "https://website.example/password-reset.html?hash={token}",
        ),
    ];
    let process = Process::start_told(&folder, &users.url, "", &keys, &switched_on).await;
    let http = client();
    let mut ids = vec![];
    for body in [BODY, "<a href='https://canary.example/?${hash}'>canary</a>"] {
        let requests = format!("{}/pub/applications/default/requests/resetpassword", process.url);
        let body = json!({ "principal": "canary@example.com", "email": { "body": body } });
        let request = http.post(&requests).header("content-type", "application/json");
        let made = answer(request.bearer_auth(key.expose()).body(body.to_string())).await;
        ids.push(doc(&made));
        let sent = answer(http.post(format!("{requests}/{}/send", doc(&made)))).await;
        assert_eq!(sent.status, 200, "{sent:?}");
    }
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    for outcome in ["accepted", "unfit"] {
        let told = log.lines().any(|line| {
            let line: Value = serde_json::from_str(line).unwrap();
            line["event"] == "key.used"
                && line["key"] == "backend"
                && line["operation"] == "define_mail"
                && line["outcome"] == outcome
        });
        assert!(told, "{outcome}: {log}");
    }
    assert!(log.contains("elsewhere than in links of the application"), "{log}");
    for secret in ["canary@", "canary.example", key.expose(), &ids[0], &ids[1]] {
        assert!(!log.contains(secret), "{log}");
    }
}
