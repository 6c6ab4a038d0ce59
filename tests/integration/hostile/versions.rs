//! Other tongues and manners of HTTP (A79): answered in order or refused.

use super::{ASK, Target};

const BODY: &str = r#"{"identifier":"ada@example.com"}"#;

fn ask(more: &str) -> String {
    let length = BODY.len();
    format!(
        "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{more}\r\n"
    )
}

#[tokio::test]
async fn a79_http_1_0_is_answered_and_closed() {
    let target = Target::start("").await;
    for request in ["GET /healthz HTTP/1.0\r\n\r\n", "GET /healthz HTTP/1.0\r\nHost: x\r\n\r\n"] {
        let answer = target.exchange(request).await;
        assert!(answer.starts_with("HTTP/1.0 200") && answer.ends_with("\"ok\"}"), "{answer}");
    }
    let chunked = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    let refused = target.exchange(chunked).await;
    assert!(refused.starts_with("HTTP/1.1 400"), "{refused}");
    for version in ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTQ/1.1", ""] {
        let refused = target.exchange(&format!("GET /healthz {version}\r\nHost: x\r\n\r\n")).await;
        assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 400"), "{version}: {refused}");
    }
}

#[tokio::test]
async fn a79_a_request_that_names_no_host_or_two_is_refused_and_its_connection_closed() {
    let target = Target::start("").await;
    let next = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";
    for hosts in
        ["", "Host: x\r\nHost: y\r\n", "Host: x, y\r\n", "Host: ada@x\r\n", "Host: x/y\r\n"]
    {
        let answer = target.exchange(&format!("GET /healthz HTTP/1.1\r\n{hosts}\r\n{next}")).await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{hosts}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{hosts}: {answer}");
        assert!(answer.ends_with("\r\n\r\n"), "bodyless: {answer}");
    }
    let twice = target.exchange("GET /healthz HTTP/1.0\r\nHost: x\r\nHost: x\r\n\r\n").await;
    assert!(twice.starts_with("HTTP/1.0 400"), "{twice}");
}

#[tokio::test]
async fn a79_a_target_in_absolute_form_is_its_path_and_its_host_comes_back_nowhere() {
    let target = Target::start("").await;
    let get = |what: &str| format!("GET {what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    for (path, status) in [("/healthz", 200), ("/a/default/reset", 200), ("/", 303), ("", 303)] {
        let answer = target.exchange(&get(&format!("http://canary.example{path}"))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answer}");
        assert!(!answer.contains("canary"), "{path}: {answer}");
    }
    for other in [
        "OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "CONNECT canary.example:443 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        "GET healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ] {
        let refused = target.exchange(other).await;
        assert!(refused.starts_with("HTTP/1.1 4"), "{other}: {refused}");
        assert!(!refused.contains("canary"), "{other}: {refused}");
    }
}

#[tokio::test]
async fn a79_who_expects_to_be_told_to_go_on_is_told_so_only_where_the_body_is_wanted() {
    let target = Target::start("").await;
    let mut client = target.connect().await;
    client.say(ask("Expect: 100-continue\r\nConnection: close\r\n")).await;
    let told = client.until("\r\n\r\n").await;
    assert_eq!(told, "HTTP/1.1 100 Continue\r\n\r\n");
    client.say(BODY).await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");

    let much = ask("Expect: 100-continue\r\n").replace(&BODY.len().to_string(), "10000000");
    let refused = target.exchange(&much).await;
    assert!(refused.starts_with("HTTP/1.1 413"), "{refused}");
    assert_eq!(refused.matches("HTTP/1.1 ").count(), 1, "{refused}");
}

#[tokio::test]
async fn a79_requests_sent_at_once_are_answered_in_their_order_each_by_its_own_answer() {
    let target = Target::start("").await;
    let get = |path: &str, more: &str| format!("GET {path} HTTP/1.1\r\nHost: x\r\n{more}\r\n");
    let requests = [
        get("/healthz", ""),
        ask("") + BODY,
        get("/a/default/reset", ""),
        get("/nothing", ""),
        ask("") + &BODY.replace("ada@", "@@@@"),
        get("/readyz", "Connection: close\r\n"),
        get("/healthz", ""),
    ];
    // Cut anywhere, the answers are the same.
    let all = requests.concat();
    for cut in [0, 1, 40, 200, 300, all.len() - 50] {
        let mut client = target.connect().await;
        client.say(&all[..cut]).await;
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        client.say(&all[cut..]).await;
        let answers = client.rest().await;
        let statuses: Vec<_> = answers.split("HTTP/1.1 ").skip(1).map(|it| &it[..3]).collect();
        assert_eq!(statuses, ["200", "202", "200", "404", "422", "200"], "{answers}");
        let told: Vec<_> = ["\"ok\"", "on its way", "</html>", "not-found", "invalid-request"]
            .map(|words| answers.find(words).unwrap_or_else(|| panic!("{words}: {answers}")))
            .into();
        assert!(told.is_sorted(), "{answers}");
        let mut ids: Vec<_> =
            answers.lines().filter(|line| line.starts_with("x-request-id")).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 6, "{answers}");
    }
}

#[tokio::test]
async fn a79_a_body_that_nobody_reads_is_not_the_next_request() {
    let target = Target::start("").await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: hidden\r\n\r\n";
    for (method, path, status) in
        [("GET", "/nothing", 404), ("GET", "/healthz", 200), ("PATCH", ASK, 405)]
    {
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n{hidden}\
             GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
            hidden.len()
        );
        let answers = target.exchange(&request).await;
        assert!(answers.starts_with(&format!("HTTP/1.1 {status}")), "{answers}");
        assert!(answers.matches("HTTP/1.1 ").count() <= 2, "{method} {path}: {answers}");
        let healths = answers.matches("{\"status\":\"ok\"}").count();
        assert_eq!(healths, usize::from(path == "/healthz"), "{method} {path}: {answers}");
    }
}

#[tokio::test]
async fn a79_http_2_is_refused_whether_it_is_begun_or_asked_for() {
    let target = Target::start("").await;
    // RFC 9113 §3.4 and an empty SETTINGS frame.
    let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let refused = target.exchange(preface).await;
    assert!(refused.is_empty() || refused.starts_with("HTTP/1.1 400"), "{refused:?}");
    let upgrade = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings, close\r\n\
                   Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n";
    let answer = target.exchange(upgrade).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "it goes on in HTTP/1.1: {answer}");
    target.answers().await;
}
