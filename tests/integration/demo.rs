//! The demo's outbox: what a person and a program read there, and what a browser may do with it; and the
//! page that people come home to.

use std::time::Duration;

use serde_json::json;

use crate::harness::{Answer, answer, client};
use crate::process::Process;

const ADA: &str = "ada@example.com";

/// A demo in which Ada asked for a link in this language, and the mail that came of it.
async fn asked(locale: &str) -> (Process, serde_json::Value) {
    let demo = Process::demo().await;
    let body = json!({ "identifier": ADA, "locale": locale });
    assert_eq!(demo.post("password-resets", &body).await.status, 202);
    for _attempt in 0..400 {
        let mut mails = demo.get("/demo/outbox.json").await.json();
        if let Some(mail) = mails.as_array_mut().unwrap().pop() {
            return (demo, mail);
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no mail came");
}

fn policy(page: &Answer) -> String {
    page.header("content-security-policy").unwrap().to_owned()
}

#[tokio::test]
async fn a_mail_is_in_the_list_and_opens_as_html_text_headers_and_source() {
    let (demo, mail) = asked("en").await;
    let keys: Vec<_> = mail.as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(keys, ["at", "html", "links", "subject", "text", "to"]);
    let link = mail["links"][0].as_str().unwrap();

    let list = demo.get("/demo/outbox").await;
    assert_eq!(list.status, 200);
    assert!(list.body.contains("href=\"/demo/outbox/1\""), "{}", list.body);
    assert!(list.body.contains("Choose a new password for Regain demo"), "{}", list.body);

    for (path, says) in [
        ("/demo/outbox/1", "src=\"/demo/outbox/1/html\""),
        ("/demo/outbox/1/text", "Somebody, most likely you,"),
        ("/demo/outbox/1/headers", "<dt>Auto-Submitted</dt><dd>auto-generated</dd>"),
        ("/demo/outbox/1/source", "Content-Language: en"),
    ] {
        let page = demo.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.body.contains(says), "{path}: {}", page.body);
        let beside = format!("target=\"_blank\" rel=\"noopener\">{link}</a>");
        assert!(page.body.replace("&#x2f;", "/").contains(&beside), "{path}: {}", page.body);
        assert_eq!(page.body.matches("aria-current=\"page\"").count(), 2, "{path}");
        assert_eq!(page.header("cache-control"), Some("no-store"), "{path}");
        assert!(!page.body.contains(" style=\"") && !page.body.contains("<style"), "{path}");
    }
    let whole = demo.get("/demo/outbox/1/mail.eml").await;
    assert_eq!(whole.header("content-type"), Some("message/rfc822"));
    assert!(whole.body.starts_with("From: "), "{}", whole.body);

    for path in ["/demo/outbox/2", "/demo/outbox/0", "/demo/outbox/x", "/demo/outbox/1/x"] {
        let page = demo.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.body.contains("There is no such mail"), "{path}");
    }
}

#[tokio::test]
async fn the_readers_page_runs_nothing_inline_and_a_framed_mail_runs_nothing_at_all() {
    let (demo, _) = asked("ar").await;
    let page = policy(&demo.get("/demo/outbox/1").await);
    assert!(page.contains("script-src 'self'") && !page.contains("unsafe"), "{page}");
    let framed = demo.get("/demo/outbox/1/html").await;
    let policy = policy(&framed);
    for part in [
        "sandbox allow-popups allow-popups-to-escape-sandbox;",
        "default-src 'none'; style-src 'unsafe-inline';",
        "frame-ancestors 'self'",
    ] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    assert!(!policy.contains("script"), "{policy}");
    assert_eq!(framed.header("cache-control"), Some("no-store"));
    assert!(framed.body.contains("<base target=\"_blank\">"), "{}", framed.body);
    let list = demo.get("/demo/outbox").await.body;
    assert!(list.contains("<span class=\"subject\" lang=\"ar\" dir=\"rtl\">"), "{list}");
}

#[tokio::test]
async fn what_waits_for_news_hears_of_each_mail_and_does_not_hold_up_the_end() {
    let demo = Process::demo().await;
    let mut news = demo.request("/demo/outbox.events").send().await.unwrap();
    assert_eq!(news.headers()["content-type"], "text/event-stream");
    assert_eq!(news.chunk().await.unwrap().unwrap(), "data: 0\n\n");
    demo.post("password-resets", &json!({ "identifier": ADA })).await;
    assert_eq!(news.chunk().await.unwrap().unwrap(), "data: 1\n\n");

    demo.signal("-TERM");
    assert_eq!(news.chunk().await.unwrap(), None);
    // Requests in flight may take ten seconds once it was told to stop; this one takes none.
    let ended = tokio::time::timeout(Duration::from_secs(8), demo.ended()).await;
    assert_eq!(ended.expect("nothing holds it up").0, Some(0));
}

#[tokio::test]
async fn a_link_to_log_in_leads_home_and_the_page_there_runs_nothing_inline() {
    let demo = Process::demo().await;
    let body =
        json!({ "identifier": ADA, "return_to": format!("{}/demo/home?from=mail", demo.url) });
    assert_eq!(demo.post("login-links", &body).await.status, 202);
    let home = demo.get("/demo/home").await;
    assert_eq!(home.status, 200);
    assert!(home.body.contains("Nobody is logged in."), "{}", home.body);
    let button = demo.get("/a/default/login").await;
    assert!(policy(&button).contains(&format!("form-action 'self' {}", demo.url)), "{button:?}");
    assert!(!home.body.contains("<script>") && !home.body.contains(" style="), "{}", home.body);
    let policy = policy(&home);
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(home.header("referrer-policy"), Some("no-referrer"));
    let script = demo.get("/demo/home.js").await;
    assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"));
}

#[tokio::test]
async fn a82_a_page_on_a_server_for_development_may_call_the_demo_and_no_other_page() {
    let demo = Process::demo().await;
    for (origin, path, status) in [
        ("http://localhost:5173", "password-resets", 204),
        ("http://127.0.0.1:3000", "password-resets/complete", 204),
        ("http://localhost:5173", "invitations", 405),
        ("http://localhost:5174", "password-resets", 405),
        ("https://localhost:5173", "password-resets", 405),
        ("http://localhost.example.com:5173", "password-resets", 405),
        ("null", "password-resets", 405),
    ] {
        let url = format!("{}/v1/apps/default/{path}", demo.url);
        let asks_first = client().request(reqwest::Method::OPTIONS, url).header("origin", origin);
        let told = answer(asks_first.header("access-control-request-method", "POST")).await;
        let granted = (status == 204).then_some(origin);
        let header = told.header("access-control-allow-origin");
        assert_eq!((told.status, header), (status, granted), "{origin} {path}");
    }
}

#[tokio::test]
async fn its_swagger_ui_says_where_the_mails_are() {
    let docs = Process::demo().await.get("/docs").await;
    assert!(docs.body.contains("href=\"/demo/outbox\""), "{}", docs.body);
}
