//! What every request and every answer passes.

use crate::databases::Engine;
use crate::harness::{Regain, answer};
use crate::people::{database, person};

const ASK: &str = "/v1/apps/default/password-resets";

async fn running() -> (crate::databases::TestDatabase, Regain) {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

#[tokio::test]
async fn what_is_not_there_is_a_problem_of_a_stable_type() {
    let (_users, regain) = running().await;
    for path in ["/v1", "/v1/apps/default", "/v1/apps/default/password-resets/", "/v2/x?canary"] {
        let missing = regain.get(path).await;
        assert_eq!((missing.status, missing.code()), (404, "not-found".to_owned()), "{path}");
        assert_eq!(missing.json()["type"], "urn:regain:not-found");
        assert_eq!(missing.header("content-type"), Some("application/problem+json"));
        assert!(!missing.body.contains("canary"));
    }
    for path in
        [ASK, "/v1/apps/default/password-resets/complete", "/v1/apps/default/tokens/inspect"]
    {
        let path = path.replace("default", "unknown");
        let body = serde_json::json!({
            "identifier": "ada@example.com",
        });
        let body = if path.ends_with("resets") {
            body
        } else if path.ends_with("complete") {
            serde_json::json!({ "token": "a.b.c", "new_password": "a new passphrase" })
        } else {
            serde_json::json!({ "token": "a.b.c", "purpose": "password-reset" })
        };
        assert_eq!(regain.post(&path, &body).await.code(), "not-found", "{path}");
    }
}

#[tokio::test]
async fn head_is_get_without_a_body() {
    let (_users, regain) = running().await;
    for path in ["/healthz", "/readyz", "/openapi.json", "/a/default/reset"] {
        let head = answer(regain.http.head(format!("{}{path}", regain.url))).await;
        assert_eq!((head.status, head.body.as_str()), (200, ""), "{path}");
    }
}

#[tokio::test]
async fn a11_forms_and_plain_text_are_no_json() {
    let (_users, regain) = running().await;
    let body = r#"{"identifier":"ada@example.com"}"#;
    for kind in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/foo+json",
        "application/json; charset=latin1",
    ] {
        let refused = regain.post_raw(ASK, kind, body).await;
        assert_eq!((refused.status, refused.code()), (415, "unsupported-media-type".to_owned()));
    }
    let request = regain.http.post(format!("{}{ASK}", regain.url)).body(body);
    assert_eq!(answer(request).await.status, 415, "no media type at all");
    assert_eq!(regain.post_raw(ASK, "application/json; charset=utf-8", body).await.status, 202);
}

#[tokio::test]
async fn a77_bodies_beyond_the_cap_are_413_however_their_length_is_told() {
    let (_users, regain) = running().await;
    let huge = "x".repeat(70_000);
    let told = regain.post_raw(ASK, "application/json", huge.clone()).await;
    assert_eq!((told.status, told.code()), (413, "too-large".to_owned()));
    let chunked = format!(
        "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{:x}\r\n{huge}\r\n0\r\n\r\n",
        huge.len(),
    );
    let untold = regain.raw(chunked).await;
    assert!(untold.starts_with("HTTP/1.1 413"), "{untold}");
    let lied = format!(
        "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 99999999999\r\nConnection: close\r\n\r\n{{}}"
    );
    assert!(regain.raw(lied).await.starts_with("HTTP/1.1 413"));
    assert_eq!(regain.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a77_a_body_of_the_most_bytes_is_taken_and_one_byte_more_is_not() {
    let (_users, regain) = running().await;
    for (bytes, status) in [(64 * 1024, 202), (64 * 1024 + 1, 413)] {
        let ask = r#"{"identifier":"ada@example.com"}"#;
        let body = ask.to_owned() + &" ".repeat(bytes - ask.len());
        let told = regain.post_raw(ASK, "application/json", body.clone()).await;
        assert_eq!(told.status, status, "{bytes}");
        let chunked = format!(
            "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n{bytes:x}\r\n{body}\r\n0\r\n\r\n"
        );
        let untold = regain.raw(chunked).await;
        assert!(untold.starts_with(&format!("HTTP/1.1 {status}")), "{bytes}: {untold}");
    }
}

#[tokio::test]
async fn every_answer_has_its_headers_and_an_id_of_ours() {
    let (_users, regain) = running().await;
    let mut ids = Vec::new();
    for path in ["/healthz", "/nothing", "/a/default/reset", "/a/unknown/reset", "/openapi.json"] {
        let request = regain.http.get(format!("{}{path}", regain.url));
        let response = request.header("x-request-id", "theirs").send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(header("cache-control"), "no-store", "{path}");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("referrer-policy"), "no-referrer");
        let policy = header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        ids.push(header("x-request-id"));
    }
    assert!(!ids.contains(&"theirs".to_owned()));
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 5);
}

#[tokio::test]
async fn a17_tokens_of_any_shape_are_refused_quickly_and_nothing_of_them_comes_back() {
    let (_users, regain) = running().await;
    for token in [
        "",
        ".",
        "..",
        "a",
        "a.b",
        "a.b.c.d",
        "a..c",
        ".a.b.c",
        "\u{0}",
        "ü.ü.ü",
        &"x".repeat(60_000),
        " a.b.c",
        "canary.canary.canary",
    ] {
        let refused = regain.complete(token, "a new passphrase").await;
        assert!(matches!(refused.status, 400 | 422), "{refused:?}");
        assert!(!refused.body.contains("canary"));
    }
    let invalid = b"{\"token\":\"\xff\xfe\",\"new_password\":\"a new passphrase\"}".to_vec();
    let path = "/v1/apps/default/password-resets/complete";
    assert_eq!(regain.post_raw(path, "application/json", invalid).await.status, 400);
}

#[tokio::test]
async fn the_well_known_address_and_the_bare_host_lead_to_the_page_that_asks() {
    let (_users, regain) = running().await;
    for path in ["/.well-known/change-password", "/"] {
        let found = regain.get(path).await;
        let location = found.header("location");
        assert_eq!((found.status, location), (303, Some("/a/default/reset")), "{path}");
    }
}
