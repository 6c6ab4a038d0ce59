//! A22, A24, A29: what one application gave out is garbage to the others, on every route there is.
//!
//! What does nothing at home with what is made for it there fails, too: nobody tried it.

mod credentials;
mod home;

use regain::config::{Compat, Settings};
use regain::token::ApiKey;
use serde_json::Value;
use url::form_urlencoded;

use super::trio::{Own, Trio};
use super::without_reference;
use crate::browser::{Browser, between};
use crate::harness::{Answer, Regain, answer};
use crate::operations::{self, Operation, Wants};
use credentials::{Credentials, Shown, garbled};

#[tokio::test]
async fn a22_a24_a29_what_one_application_gave_out_is_garbage_on_every_route_of_the_others() {
    let Trio { regain, apps } = Trio::start(with_structr).await;
    let mut given = vec![];
    for own in &apps {
        given.push(Credentials::of(&regain, own).await);
    }
    let mut before = vec![];
    for own in &apps {
        before.push(own.dump().await);
    }
    regain.worked().await;
    let mails = regain.mails().len();
    let document = regain.get("/openapi.json").await.json();
    let operations = operations::all(&document);
    assert!(
        operations.iter().filter(|it| it.takes_token()).count() >= 10,
        "there is something to try"
    );

    let mut tried = 0;
    for (at, theirs) in apps.iter().zip(&given) {
        for operation in operations.iter().filter(|it| at.answers_structr || it.names_its_app()) {
            let path = operation.path(at.facts.name, "a.b.c");
            let shown = Shown::of(&regain, at, theirs, &path).await;
            let others = apps.iter().zip(&given).filter(|(own, _)| own.facts.name != at.facts.name);
            for (own, credentials) in others {
                tried += by_token(&regain, operation, at, credentials).await;
                tried += by_bearer(&regain, operation, at, credentials).await;
                tried += by_cookies(&regain, operation, (at, &shown), (own, credentials)).await;
            }
        }
    }
    assert!(tried > 4000, "{tried}");
    regain.worked().await;
    assert_eq!(regain.mails().len(), mails, "nobody was mailed");
    for ((own, before), credentials) in apps.iter().zip(before).zip(&given) {
        assert_eq!(own.dump().await, before, "{}: nothing was changed", own.facts.name);
        credentials.assert_good(&regain, own).await;
    }
    for own in &apps {
        home::assert_keys_good(&regain, own, &operations).await;
        home::assert_all_work(&regain, own, &operations).await;
    }
}

/// The first answers Structr's calls, too, whose paths name no application.
fn with_structr(settings: &mut Settings) {
    let home = format!("{}/", settings.public_url);
    let first = settings.default_app.clone();
    let app = settings.apps.get_mut(&first).unwrap();
    app.compat.insert(Compat::Structr);
    app.return_to.push(home);
    // So many links as are tried here operators do not make for one account in a year.
    settings.limits.mails_per_account = "100000/h".parse().unwrap();
}

/// Its tokens, sessions and keys wherever a token is taken, in the path or in the body.
async fn by_token(
    regain: &Regain,
    operation: &Operation,
    at: &Own,
    credentials: &Credentials,
) -> usize {
    let mut tried = 0;
    for secret in credentials.secrets() {
        for (path, body) in operation.filled_in(at.facts.name, secret) {
            let (garbage_path, garbage_body) =
                (path.replace(secret, &garbled(secret)), body.replace(secret, &garbled(secret)));
            let foreign = send(regain, operation, at, &path, &body, |it| it).await;
            let garbage = send(regain, operation, at, &garbage_path, &garbage_body, |it| it).await;
            assert!((400..500).contains(&foreign.status), "{operation:?} {foreign:?}");
            assert_eq!(foreign, garbage, "{operation:?}");
            tried += 1;
            if operation.wants == Wants::Nothing {
                continue;
            }
            // An operator of the other one learns of it what garbage tells, too.
            let bearer = format!("Bearer {}", at.key);
            let by_key = async |path: &str, body: &str| {
                send(regain, operation, at, path, body, |it| it.header("authorization", &bearer))
                    .await
            };
            let foreign = by_key(&path, &body).await;
            let garbage = by_key(&garbage_path, &garbage_body).await;
            assert_eq!(foreign, garbage, "{operation:?}");
        }
    }
    tried
}

fn is_key(secret: &str) -> bool {
    secret.starts_with(ApiKey::PREFIX)
}

/// The same as a bearer token, whether or not the operation wants one.
async fn by_bearer(
    regain: &Regain,
    operation: &Operation,
    at: &Own,
    credentials: &Credentials,
) -> usize {
    let (path, body) = operation.with_nothing(at.facts.name);
    let mut tried = 0;
    for secret in credentials.secrets() {
        let with = async |secret: &str| {
            let bearer = format!("Bearer {secret}");
            send(regain, operation, at, &path, &body, |it| {
                // Whoever may name a client has it counted.
                it.header("authorization", &bearer).header("regain-client-address", "192.0.2.7")
            })
            .await
        };
        let (foreign, garbage) = (with(secret).await, with(&garbled(secret)).await);
        if operation.wants != Wants::Nothing || operation.heeds_keys && is_key(secret) {
            assert!((400..500).contains(&foreign.status), "{operation:?} {foreign:?}");
        }
        assert_eq!(foreign, garbage, "{operation:?}");
        tried += 1;
    }
    tried
}

/// Its cookies under the names that the other's have, and what its forms hold.
async fn by_cookies(
    regain: &Regain,
    operation: &Operation,
    (at, shown): (&Own, &Shown),
    (own, credentials): (&Own, &Credentials),
) -> usize {
    let path = operation.path(at.facts.name, "a.b.c");
    let cookies = |change: &dyn Fn(&str) -> String| {
        let both = credentials.cookies.iter().flat_map(|(kind, value)| {
            [(at.cookie(kind), change(value)), (own.cookie(kind), value.clone())]
        });
        both.map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    };
    let form = |change: &dyn Fn(&str) -> String| {
        let fill = |field: &String| match field.as_str() {
            "csrf" => change(&credentials.csrf),
            "account" => change(&credentials.account),
            "identifier" => "nobody@example.com".to_owned(),
            _ => "a passphrase long enough for each".to_owned(),
        };
        let fields = shown.fields.iter().map(|field| (field, fill(field)));
        form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    };
    let as_it_is = |text: &str| text.to_owned();
    let mut tried = 0;
    for site in [Some("same-origin"), None] {
        let with = async |cookies: String, form: String| {
            let form = operation.body_or(form);
            send(regain, operation, at, &path, &form, |it| {
                let it = it.header("cookie", &cookies);
                site.into_iter().fold(it, |it, site| it.header("sec-fetch-site", site))
            })
            .await
        };
        let foreign = with(cookies(&as_it_is), form(&as_it_is)).await;
        let garbage = with(cookies(&garbled), form(&garbled)).await;
        assert_eq!(foreign, garbage, "{operation:?}");
        // A page that a link leads to, and a form that no page of theirs signed.
        if shown.wants_link
            || operation.wants != Wants::Nothing
            || operation.is_posted() && site.is_none()
        {
            // Who is not logged in is shown where to do it.
            let led_away = foreign.header("location") == Some(at.page("login").as_str());
            let refused = (400..500).contains(&foreign.status) || led_away;
            assert!(refused, "{operation:?} {foreign:?}");
        }
        tried += 1;
    }
    tried
}

async fn send(
    regain: &Regain,
    operation: &Operation,
    at: &Own,
    path: &str,
    body: &str,
    change: impl FnOnce(reqwest::RequestBuilder) -> reqwest::RequestBuilder,
) -> Answer {
    let request = regain.http.request(operation.method.clone(), format!("{}{path}", regain.url));
    let request = request.header("host", at.host()).header("content-type", operation.media_type());
    without_chance(without_reference(answer(change(request.body(body.to_owned()))).await))
}

/// The answer without what is new in each: values of cookies, the signature in a form, a sealed id.
fn without_chance(mut answer: Answer) -> Answer {
    for before in ["name=\"csrf\" value=\"", "{\"_doc\":\""] {
        if let Some(chance) = between(&answer.body, before, "\"").map(str::to_owned) {
            answer.body = answer.body.replace(&chance, "…");
        }
    }
    for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "set-cookie") {
        let (name, rest) = value.split_once('=').unwrap();
        let (kept, rest) = rest.split_once(';').unwrap();
        let kept = if kept.is_empty() { "" } else { "…" };
        *value = format!("{name}={kept};{rest}");
    }
    answer
}
