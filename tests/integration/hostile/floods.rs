//! Clients that send too much (A77).

use std::time::Duration;

use futures_util::future::join_all;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{ASK, Target};

/// More than anybody may send: where all of it is taken, there is no bound.
const FLOOD: usize = 64 << 20;

/// Says `first`, then `more` over and over while nobody objects: how much was taken, and what was
/// answered.
async fn flood(target: &Target, first: &str, more: &[u8]) -> (usize, String) {
    let mut client = target.connect().await;
    client.say(first).await;
    let (mut reading, mut writing) = client.0.into_split();
    let more = more.to_vec();
    let sends = tokio::spawn(async move {
        let mut taken = 0;
        while !more.is_empty() && taken < FLOOD && writing.write_all(&more).await.is_ok() {
            taken += more.len();
        }
        taken
    });
    let mut answer = Vec::new();
    let read = timeout(Duration::from_secs(20), reading.read_to_end(&mut answer)).await;
    let _reset_or_end = read.expect("the connection is closed in time");
    let answer = String::from_utf8(answer).expect("UTF-8");
    (sends.await.unwrap(), answer)
}

#[tokio::test]
async fn a77_what_is_too_much_is_refused_early_with_memory_bounded_and_health_answering() {
    let target = Target::start(r#"head = "5s", body = "5s""#).await;
    let get = "GET /healthz HTTP/1.1\r\nHost: x\r\n";
    let post = format!("POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n");
    let chunked = format!("{post}Transfer-Encoding: chunked\r\n\r\n");
    let a_lot = "a".repeat(1 << 20);
    let chunk = format!("{:x}\r\n{}\r\n", 1 << 16, "a".repeat(1 << 16));
    let crumbs = "1\r\na\r\n".repeat(1000);
    let headers = "X-Another: b\r\n".repeat(10_000);
    let cases: Vec<(String, &str, &[&str])> = vec![
        // A URL of a megabyte, as the line and as one header; ten thousand of them; without an end.
        (format!("GET /{a_lot} HTTP/1.1\r\nHost: x\r\n\r\n"), "", &["414", "431"]),
        ("GET /".to_owned(), &a_lot, &["414", "431"]),
        (format!("{get}X: {a_lot}\r\n\r\n"), "", &["431"]),
        (format!("{get}{headers}\r\n"), "", &["431"]),
        (get.to_owned(), "X-Again: a\r\n", &["431"]),
        // Few bytes and many headers, complete.
        (format!("{get}{}\r\n", "A:\r\n".repeat(2000)), "", &["431"]),
        // Bodies whose length is told, told wrongly, or not told at all.
        (format!("{post}Content-Length: 10000000000\r\n\r\n"), &a_lot, &["413"]),
        (format!("{post}Content-Length: 99999999999999999999999\r\n\r\n"), "", &["400"]),
        (chunked.clone(), &chunk, &["413"]),
        // Chunks of one byte, and the parts of chunks that are no body.
        (chunked.clone(), &crumbs, &["413", "408"]),
        (format!("{chunked}1;"), &a_lot, &["400"]),
        (format!("{chunked}0\r\n"), "X-Trailer: a\r\n", &["400"]),
        (format!("{chunked}fffffffffffffffff\r\n"), "", &["400"]),
    ];
    target.answers().await;
    let memory = target.memory();
    let floods = cases.iter().flat_map(|case| std::iter::repeat_n(case, 8));
    let floods = floods.map(async |(first, more, statuses)| {
        let (taken, answer) = flood(&target, first, more.as_bytes()).await;
        let case: String = first.chars().take(120).chain(more.chars().take(20)).collect();
        let status = answer.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.split(' ').next());
        assert!(status.is_some_and(|status| statuses.contains(&status)), "{case}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{case}: {answer}");
        if !more.is_empty() {
            assert!(taken < FLOOD, "{case}: all was taken");
        }
    });
    target.answers_while(join_all(floods)).await;
    let grown = target.grown_beyond(memory);
    assert!(grown < 64, "grown by {grown} MiB");
}

#[tokio::test]
async fn a77_bodies_just_below_the_cap_from_everybody_at_once_are_held_in_little_memory() {
    let target = Target::start(r#"most = 300, body = "3s""#).await;
    let head = format!(
        "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 65536\r\n\r\n"
    );
    target.answers().await;
    let memory = target.memory();
    let bodies = join_all((0..250).map(async |_| {
        let mut client = target.connect().await;
        client.say(&head).await;
        client.say("a".repeat(65_535)).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }));
    target.answers_while(bodies).await;
    let grown = target.grown_beyond(memory);
    assert!(grown < 250 / 4, "grown by {grown} MiB while 250 bodies were held");
}
