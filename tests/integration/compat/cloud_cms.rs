//! Cloud CMS: the reset password requests of its public application services, as its documentation
//! spells them.

mod defining;

use std::time::Duration;

use regain::config::{ApplicationSettings, Compat, Settings};
use serde_json::{Value, json};

use crate::databases::engines;
use crate::harness::{Answer, Mail, Regain};
use crate::people::{OLD_HASH, Person, database, hash, person};

const ID: &str = "6c1b7f3e2a109f2d3c5e";
const NEW: &str = "a new passphrase";
/// What jQuery says of a text that it is given.
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

fn paths(after: &str) -> String {
    format!("/pub/applications/{ID}/requests/resetpassword{after}")
}

fn moved(app: &mut ApplicationSettings, id: &str) {
    app.compat = [Compat::CloudCms].into();
    app.cloud_cms.application_id = Some(id.to_owned());
    let link = "https://website.example/password-reset.html?hash={token}";
    app.links.password_reset = Some(link.to_owned());
}

fn switched_on(settings: &mut Settings) {
    moved(settings.apps.get_mut("default").unwrap(), ID);
}

fn principal(principal: &str) -> Value {
    json!({ "principal": principal })
}

/// Makes a request and takes its id.
async fn create(regain: &Regain, of: &str) -> String {
    doc(&regain.post(&paths(""), &principal(of)).await)
}

fn doc(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["_doc"].as_str().unwrap().to_owned()
}

/// An empty POST, without a word on what it holds.
async fn send(regain: &Regain, doc: &str) -> Answer {
    let path = paths(&format!("/{doc}/send"));
    crate::harness::answer(regain.http.post(format!("{}{path}", regain.url))).await
}

async fn commit(regain: &Regain, hash: &str, body: &Value) -> Answer {
    regain.post(&paths(&format!("/{hash}/commit")), body).await
}

fn hash_in(mail: &Mail) -> String {
    let (_, after) = mail.text.split_once("/password-reset.html?hash=").expect("a link in it");
    after.split_whitespace().next().unwrap().to_owned()
}

/// Everybody who was mailed, in order.
async fn mailed(regain: &Regain) -> Vec<String> {
    regain.worked().await;
    regain.mails().into_iter().map(|mail| mail.to).collect()
}

#[tokio::test]
async fn a_request_is_made_sent_and_committed() {
    for engine in engines() {
        for (id, made, kind) in [(1, "", "application/json"), (2, "/create", FORM)] {
            let ada = Person { username: Some("ada".into()), ..person("ada@example.com") };
            let users = database(engine, &[person("joe@joe.example"), ada]).await;
            let regain = Regain::start_with(&users.url, switched_on).await;
            let who = if id == 1 { "joe@joe.example" } else { "ada" };
            let body = json!({ "principal": who, "email": {
                "body": "<a href='https://website.example/password-reset.html?hash=${hash}'>Reset</a>",
                "from": "webmaster@website.example",
            } });
            let created = regain.post_raw(&paths(made), kind, body.to_string()).await;
            let sent = send(&regain, &doc(&created)).await;
            assert_eq!((sent.status, sent.json()), (200, json!({})), "{engine:?} {sent:?}");
            regain.worked().await;
            let [mail] = &regain.mails()[..] else { panic!("{engine:?}: not one mail") };

            let hash_in_mail = hash_in(mail);
            let path = paths(&format!("/{hash_in_mail}/commit"));
            let committed =
                regain.post_raw(&path, kind, json!({ "password": NEW }).to_string()).await;
            assert_eq!((committed.status, committed.json()), (200, json!({})), "{committed:?}");
            assert_ne!(hash(&users, id).await, OLD_HASH, "{engine:?}");
            assert_eq!(hash(&users, 3 - id).await, OLD_HASH, "{engine:?}: nobody else's");
            let again = commit(&regain, &hash_in_mail, &json!({ "password": NEW })).await;
            assert_eq!((again.status, again.code()), (400, "token-invalid".to_owned()));
            for answer in [created, sent, committed, again] {
                assert_eq!(answer.header("cache-control"), Some("no-store"));
            }
        }
    }
}

#[tokio::test]
async fn a36_address_name_and_id_share_one_budget_of_mails() {
    for engine in engines() {
        let ada = Person { username: Some("ada".into()), ..person("ada@example.com") };
        let users = database(engine, &[person("eve@example.com"), ada]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        for who in ["ADA@example.com", "ada", "2", "ada@example.com", "2", "3", "nobody", "02"] {
            let sent = send(&regain, &create(&regain, who).await).await;
            assert_eq!((sent.status, sent.json()), (200, json!({})), "{engine:?} {who}");
        }
        assert_eq!(mailed(&regain).await, ["ada@example.com"; 3], "{engine:?}");
        assert_eq!(regain.ask("ada@example.com").await.status, 202);
        assert_eq!(mailed(&regain).await.len(), 3, "{engine:?}: asked for in our own spelling");
    }
}

#[tokio::test]
async fn an_id_tells_nothing_and_is_good_for_its_application_and_its_time_alone() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_with(&users.url, |settings| {
            switched_on(settings);
            let mut other = settings.apps["default"].clone();
            moved(&mut other, "another-id");
            settings.apps.insert("other".to_owned(), other);
        })
        .await;
        let known = regain.post(&paths(""), &principal("ada@example.com")).await;
        let unknown = regain.post(&paths(""), &principal("n")).await;
        assert_eq!((known.status, &known.headers), (unknown.status, &unknown.headers));
        let (known, unknown) = (doc(&known), doc(&unknown));
        assert_eq!((known.len(), unknown.len()), (1024, 1024), "{engine:?}");
        assert_ne!(known, create(&regain, "ada@example.com").await, "nor that it is the same one");
        assert_eq!(send(&regain, &known).await, send(&regain, &unknown).await, "{engine:?}");
        assert_eq!(send(&regain, &known).await.status, 200, "within its time, again");
        assert_eq!(mailed(&regain).await, ["ada@example.com"; 2], "{engine:?}");

        let elsewhere = format!("/pub/applications/another-id/requests/resetpassword/{known}/send");
        let elsewhere = regain.post(&elsewhere, &json!({})).await;
        let garbled = send(&regain, &known.replacen(&known[..4], "AAAA", 1)).await;
        assert_eq!((garbled.status, garbled.code()), (400, "token-invalid".to_owned()));
        for refused in [elsewhere, send(&regain, "GUID2").await, send(&regain, &known[1..]).await] {
            assert_eq!(refused, garbled, "{engine:?}");
        }
        regain.clock.advance(Duration::from_secs(15 * 60 + 1));
        let expired = send(&regain, &known).await;
        assert_eq!((expired.status, expired.code()), (410, "token-expired".to_owned()));
        assert_eq!(send(&regain, &known.replacen(&known[..4], "AAAA", 1)).await, garbled);
        assert_eq!(mailed(&regain).await.len(), 2, "{engine:?}");
    }
}

#[tokio::test]
async fn an_application_is_called_by_its_id_or_where_it_has_none_by_its_name() {
    for engine in engines() {
        let users = database(engine, &[]).await;
        let path = |id: &str| format!("/pub/applications/{id}/requests/resetpassword");
        let status = async |regain: &Regain, id| {
            let answer = regain.post(&path(id), &principal("ada@example.com")).await;
            assert!(answer.status == 200 || answer.code() == "not-found", "{answer:?}");
            answer.status
        };
        let regain = Regain::start_with(&users.url, switched_on).await;
        let called = [status(&regain, ID).await, status(&regain, "default").await];
        assert_eq!((called, status(&regain, "").await), ([200, 404], 404));
        let regain = Regain::start_with(&users.url, |settings| {
            switched_on(settings);
            settings.apps.get_mut("default").unwrap().cloud_cms.application_id = None;
        })
        .await;
        assert_eq!([status(&regain, ID).await, status(&regain, "default").await], [404, 200]);
        let regain = Regain::start(&users.url).await;
        assert_eq!([status(&regain, ID).await, status(&regain, "default").await], [404, 404]);
    }
}

#[tokio::test]
async fn a14_a32_a81_what_is_not_documented_is_refused_and_nobody_gets_mail() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com"), person("eve@example.com")]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        let deep = format!(
            r#"{{"principal":"ada@example.com","email":{{"body":{}{}}}}}"#,
            "[".repeat(20_000),
            "]".repeat(20_000)
        );
        for (body, status, field, reason) in [
            ("", 400, "", "not_json"),
            ("[object Object]", 400, "", "not_json"),
            ("principal=ada%40example.com", 400, "", "not_json"),
            (&deep, 400, "", "not_json"),
            ("{}", 400, "principal", "required"),
            (r#"{"principal":""}"#, 422, "principal", "empty"),
            (r#"{"principal":"\"><svg onload>@x"}"#, 422, "principal", "invalid"),
            (r#"{"principal":"a@b.example, c@d.example"}"#, 422, "principal", "invalid"),
            (r#"{"principal":["ada@example.com"]}"#, 400, "principal", "not_text"),
            (r#"{"principal":{"name":"ada"}}"#, 400, "principal", "not_text"),
            (r#"{"principal":1}"#, 400, "principal", "not_text"),
            (
                r#"{"principal":"ada@example.com","principal":"eve@example.com"}"#,
                400,
                "principal",
                "duplicate",
            ),
            (r#"{"principal":"ada","to":"eve@example.com"}"#, 400, "", "unknown"),
            (r#"{"principal":"ada","email":"x"}"#, 400, "email", "not_object"),
            (r#"{"principal":"ada","email":{"body":["x"]}}"#, 400, "email", "not_text"),
            (r#"{"principal":"ada","email":{"body":"x","body":"y"}}"#, 400, "email", "duplicate"),
            (r#"{"principal":"ada","email":{"to":"a","to":"b"}}"#, 400, "email", "duplicate"),
        ] {
            for made in ["", "/create"] {
                let refused = regain.post_raw(&paths(made), FORM, body.to_owned()).await;
                assert_eq!(refused.status, status, "{engine:?} {body:.80} {refused:?}");
                let error = &refused.json()["errors"][0];
                assert_eq!((&error["field"], &error["reason"]), (&json!(field), &json!(reason)));
                assert!(!refused.body.contains("svg"), "{refused:?}");
            }
        }
        for kind in ["text/plain", "multipart/form-data", "application/json; charset=latin1"] {
            let body = principal("ada@example.com").to_string();
            let refused = regain.post_raw(&paths(""), kind, body).await;
            assert_eq!(refused.code(), "unsupported-media-type", "{engine:?} {kind}");
        }
        let made = create(&regain, "ada@example.com").await;
        let path = paths(&format!("/{made}/send"));
        let to_eve = regain.post(&path, &principal("eve@example.com")).await;
        assert_eq!((to_eve.status, to_eve.code()), (400, "invalid-request".to_owned()));
        assert_eq!(regain.get(&path).await.status, 405, "{engine:?}");
        assert_eq!(regain.get(&path).await.header("allow"), Some("POST"));
        assert!(mailed(&regain).await.is_empty(), "{engine:?}");
        assert_eq!(
            regain.post(&path, &json!({})).await.status,
            200,
            "an object with nothing in it"
        );
        assert_eq!(mailed(&regain).await, ["ada@example.com"], "{engine:?}");
    }
}

#[tokio::test]
async fn an_object_that_was_not_written_as_json_is_told_with_its_cure() {
    for engine in engines() {
        let users = database(engine, &[]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        let refused = regain.post_raw(&paths("/create"), FORM, "[object Object]").await;
        let message = refused.json()["errors"][0]["message"].as_str().unwrap().to_owned();
        assert!(message.contains("JSON.stringify("), "{message}");
    }
}

#[tokio::test]
async fn a43_a59_the_account_is_that_of_the_hash_and_a_refused_password_spends_nothing() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com"), person("eve@example.com")]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        send(&regain, &create(&regain, "ada@example.com").await).await;
        regain.worked().await;
        let hash_in_mail = hash_in(&regain.mails()[0]);
        let short = commit(&regain, &hash_in_mail, &json!({ "password": "short" })).await;
        assert_eq!((short.status, short.code()), (422, "password-rejected".to_owned()));
        assert_eq!(short.json()["errors"][0]["field"], "password", "{short:?}");
        let common = commit(&regain, &hash_in_mail, &json!({ "password": "password1" })).await;
        assert_eq!(common.json()["errors"][0]["reason"], "common", "{common:?}");
        assert_eq!(common.json()["errors"][0]["field"], "password", "{common:?}");
        let of_eve = json!({ "password": NEW, "principal": "eve@example.com" });
        for (body, status) in [(of_eve, 400), (json!({}), 400), (json!({ "password": 1 }), 400)] {
            assert_eq!(commit(&regain, &hash_in_mail, &body).await.status, status, "{engine:?}");
        }
        for id in [1, 2] {
            assert_eq!(hash(&users, id).await, OLD_HASH, "{engine:?}");
        }
        let committed = commit(&regain, &hash_in_mail, &json!({ "password": NEW })).await;
        assert_eq!(committed.status, 200, "{engine:?} {committed:?}");
        assert_eq!(hash(&users, 2).await, OLD_HASH, "{engine:?}");
        assert_ne!(hash(&users, 1).await, OLD_HASH, "{engine:?}");
    }
}

#[tokio::test]
async fn a49_making_and_sending_are_limited_by_client_and_each_by_itself() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_with(&users.url, |settings| {
            switched_on(settings);
            settings.limits.per_client = "3/h".parse().unwrap();
        })
        .await;
        let made = create(&regain, "ada@example.com").await;
        for _refused in 0..5 {
            assert_eq!(regain.post(&paths(""), &json!({})).await.status, 400, "and costs nothing");
        }
        create(&regain, "nobody@example.com").await;
        create(&regain, "ada@example.com").await;
        let known = regain.post(&paths(""), &principal("ada@example.com")).await;
        let unknown = regain.post(&paths(""), &principal("nobody@example.com")).await;
        assert_eq!(known, unknown, "{engine:?}");
        assert_eq!((known.status, known.header("retry-after")), (429, Some("1200")));
        for _sent in 0..3 {
            assert_eq!(send(&regain, &made).await.status, 200, "{engine:?}");
        }
        assert_eq!(send(&regain, &made).await.status, 429, "{engine:?}");
        assert_eq!(regain.ask("ada@example.com").await.status, 429, "asks in whatever spelling");
        regain.worked().await;
        let hash_in_mail = hash_in(&regain.mails()[0]);
        let committed = commit(&regain, &hash_in_mail, &json!({ "password": NEW })).await;
        assert_eq!(committed.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn what_a_mail_says_is_not_for_everybody_to_say() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_with(&users.url, switched_on).await;
        send(&regain, &create(&regain, "ada@example.com").await).await;
        for body in ["<a href='https://evil.example/?hash=${hash}'>here</a>", "${hash}", ""] {
            let email = json!({
                "subject": "You won", "body": body, "from": "eve@evil.example",
                "to": "eve@evil.example", "bcc": ["eve@evil.example"], "replyTo": null,
            });
            let body = json!({ "principal": "ada@example.com", "email": email });
            let made = regain.post(&paths(""), &body).await;
            regain.worked().await;
            regain.clock.advance(Duration::from_mins(21));
            assert_eq!(send(&regain, &doc(&made)).await.status, 410, "its time is over");
            let made = regain.post(&paths(""), &body).await;
            assert_eq!(send(&regain, &doc(&made)).await.status, 200, "{engine:?}");
        }
        regain.worked().await;
        let mails = regain.mails();
        assert_eq!(mails.len(), 4, "{engine:?}");
        for mail in &mails {
            assert_eq!((&mail.to, &mail.subject), (&mails[0].to, &mails[0].subject), "{mail:?}");
            assert!(!mail.raw.contains("evil") && mail.raw.contains("<no-reply@example.com>"));
        }
    }
}
