//! "This was not me": a change of a password that its owner disputes.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::databases::Engine;
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

const ADA: &str = "ada@example.com";

/// Says that it was somebody else who changed this person's password.
pub async fn dispute(regain: &Regain, who: &str) -> Answer {
    let request = regain.http.post(format!("{}/a/default/not-me", regain.url));
    let form = format!("identifier={}", who.replace('@', "%40"));
    let request = request.header("sec-fetch-site", "same-origin").body(form);
    answer(request.header("content-type", "application/x-www-form-urlencoded")).await
}

/// The answer, with the sealed cookie as long as it was: what is in it differs each time.
fn sealed_alike(answer: &Answer) -> Answer {
    let mut answer = answer.clone();
    for (_, value) in answer.headers.iter_mut().filter(|(name, _)| name == "set-cookie") {
        *value = value.replace(|c: char| c.is_ascii_alphanumeric() || "-_".contains(c), "x");
    }
    answer
}

#[tokio::test]
async fn who_says_this_was_not_me_gets_a_link_and_nobody_learns_whether_there_is_an_account() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start(&users.url).await;
    let page = regain.get("/a/default/not-me").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("action=\"/a/default/not-me\""), "{}", page.body);

    let known = dispute(&regain, ADA).await;
    let unknown = dispute(&regain, "eve@example.com").await;
    assert_eq!(sealed_alike(&known), sealed_alike(&unknown));
    assert_eq!(known.status, 200);
    regain.worked().await;
    let links = regain.links();
    assert_eq!(links.len(), 1);
    assert_eq!(regain.complete(&links[0].token(), "a new passphrase").await.status, 200);
}

/// Hears every call, answers 204, and keeps what came.
pub async fn receiver() -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", listener.local_addr().unwrap());
    let heard = Arc::new(Mutex::new(vec![]));
    let keep = heard.clone();
    tokio::spawn(async move {
        loop {
            let (mut call, _) = listener.accept().await.unwrap();
            let mut text = String::new();
            while !text.ends_with('}') {
                let mut part = [0; 4096];
                let read = call.read(&mut part).await.unwrap();
                text.push_str(&String::from_utf8_lossy(&part[..read]));
            }
            keep.lock().unwrap().push(text);
            let answer = b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n";
            call.write_all(answer).await.unwrap();
        }
    });
    (url, heard)
}

#[tokio::test]
async fn every_account_of_a_disputed_address_is_an_event_of_its_own() {
    let (url, heard) = receiver().await;
    let disabled = crate::people::Person { active: false, ..person(ADA) };
    let users = database(Engine::Sqlite, &[person(ADA), person(ADA), disabled]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let webhook = format!(
            "url = \"{url}\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\
             events = [\"account.disputed\"]"
        );
        let app = settings.apps.get_mut("default").unwrap();
        app.webhook = Some(toml::from_str(&webhook).unwrap());
    })
    .await;
    regain.ask(ADA).await;
    regain.worked().await;
    assert!(heard.lock().unwrap().is_empty(), "an ordinary ask disputes nothing");

    dispute(&regain, ADA).await;
    regain.worked().await;
    let heard = heard.lock().unwrap().clone();
    assert_eq!(heard.len(), 2, "the closed account is not told of: {heard:?}");
    let mut ids: Vec<_> = heard
        .iter()
        .map(|call| call.lines().find(|line| line.starts_with("webhook-id: ")).unwrap())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 2, "receivers take one id for one event: {heard:?}");
    for user_id in ["\"1\"", "\"2\""] {
        assert!(heard.iter().any(|call| call.contains(user_id)), "{user_id} in {heard:?}");
    }
    assert!(heard.iter().all(|call| call.contains("account.disputed") && !call.contains(ADA)));
}
