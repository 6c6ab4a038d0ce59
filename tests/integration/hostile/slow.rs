//! Clients that take their time (A76).

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{sleep, timeout};

use super::{ASK, Client, Target};

const GET: &str = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn a76_whatever_drips_in_is_ended_by_a_deadline_and_health_answers_throughout() {
    let target = Target::start(r#"head = "1s", body = "2s", rest = "30s""#).await;
    let post = |path: &str, kind: &str, framing: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\n{framing}\r\n\r\n")
    };
    let json = "application/json";
    let form = "application/x-www-form-urlencoded";
    let again = format!("{GET}GET /");
    let cases = [
        // What is said at once, what drips in then, the deadline, and what is answered.
        ("", String::new(), "GET /aaaaaaaa", 1, ""),
        ("", "GET /healthz HTTP/1.1\r\nHost: x\r\n".to_owned(), "X-Slow: a\r\n", 1, ""),
        ("on a connection that was used before", again, "a", 1, "{\"status\":\"ok\"}"),
        ("", post(ASK, json, "Content-Length: 60000"), "{\"a\":\"", 2, "urn:regain:timeout"),
        ("", post(ASK, json, "Transfer-Encoding: chunked"), "1\r\n \r\n", 2, "urn:regain:timeout"),
        ("", post("/a/default/reset", form, "Content-Length: 60000"), "a=b&", 2, "</html>"),
    ];
    let drips = cases.iter().flat_map(|case| std::iter::repeat_n(case, 20));
    let drips = drips.map(async |(_, first, then, deadline, answered)| {
        let (took, answer) = target.connect().await.drip(first, then).await;
        let deadline = Duration::from_secs(*deadline);
        assert!(took > deadline.mul_f32(0.9), "{first}{then}: {took:?}");
        assert!(took < deadline + Duration::from_secs(4), "{first}{then}: {took:?}");
        assert!(answer.contains(answered), "{first}{then}: {answer}");
        if *answered == "urn:regain:timeout" {
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
            assert!(answer.contains("content-type: application/problem+json\r\n"), "{answer}");
        } else if *answered == "</html>" {
            assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
        } else if answered.is_empty() {
            assert_eq!(answer, "", "{first}{then}");
        }
        if answer.starts_with("HTTP/1.1 408") {
            assert!(answer.contains("connection: close\r\n"), "{answer}");
        }
    });
    target.answers_while(join_all(drips)).await;
}

#[tokio::test]
async fn a76_who_says_nothing_is_closed_by_a_deadline_before_a_request_and_after_one() {
    let target = Target::start(r#"head = "1s", rest = "2s""#).await;
    let files = target.files();
    let silent = join_all((0..50).map(async |number| {
        let (mut client, used) = (target.connect().await, number % 2 == 0);
        if used {
            client.say(GET).await;
        }
        let began = tokio::time::Instant::now();
        let answer = client.rest().await;
        assert_eq!(answer.starts_with("HTTP/1.1 200"), used, "{answer}");
        let (took, deadline) = (began.elapsed().as_secs_f32(), if used { 2.0 } else { 1.0 });
        assert!((deadline * 0.9..deadline + 4.0).contains(&took), "{took} for {deadline}");
    }));
    target.answers_while(silent).await;
    assert!(target.files() < files + 5, "{files} before, {} after", target.files());
}

#[tokio::test]
async fn a76_of_a_thousand_idle_connections_the_oldest_make_room_and_memory_and_files_are_bounded()
{
    const MOST: usize = 200;
    let target = Target::start(&format!("most = {MOST}")).await;
    let (memory, files) = (target.memory(), target.files());
    let mut open = VecDeque::new();
    for number in 0..1000 {
        let mut client = target.connect().await;
        if number % 2 == 0 {
            assert!(client.say(GET).await);
            let answer = client.until("{\"status\":\"ok\"}").await;
            assert!(answer.starts_with("HTTP/1.1 200"), "{number}: {answer}");
        }
        open.push_back(client);
        if open.len() > MOST {
            // Long before its deadline: that of a head is 10 s, of an idle connection 75 s.
            let closed = timeout(Duration::from_secs(5), closed(&open)).await;
            let closed = closed.unwrap_or_else(|_| panic!("{number}: none is closed"));
            // Those that came in the same moment may be taken in any order.
            assert!(closed < 10, "{number}: not the oldest is closed, but that after {closed}");
            open.remove(closed);
        }
        if number % 50 == 0 {
            target.answers().await;
        }
        assert!(target.files() < files + MOST + 20, "{number}: {}", target.files());
    }
    let grown = target.grown_beyond(memory);
    assert!(grown < 32, "grown by {grown} MiB");
    drop(open);
    for _attempt in 0..100 {
        if target.files() < files + 10 {
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
    panic!("{files} files before, {} after", target.files());
}

/// Which of these has been closed by the other end.
async fn closed(open: &VecDeque<Client>) -> usize {
    loop {
        let closed = open.iter().position(|client| matches!(client.0.try_read(&mut [0]), Ok(0)));
        if let Some(closed) = closed {
            return closed;
        }
        sleep(Duration::from_millis(5)).await;
    }
}

#[tokio::test]
async fn a76_a_request_that_is_being_answered_is_not_what_makes_room() {
    let target = Target::start(r#"most = 4, head = "10s", body = "10s""#).await;
    let body = r#"{"identifier":"ada@example.com"}"#;
    let mut asking = target.connect().await;
    let head = format!(
        "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    asking.say(&head).await;
    sleep(Duration::from_millis(200)).await;
    let mut silent = vec![];
    for _more in 0..20 {
        silent.push(target.connect().await);
        target.answers().await;
    }
    asking.say(body).await;
    let answer = asking.rest().await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
}

#[tokio::test]
async fn a76_who_takes_no_answer_is_closed_by_a_deadline_and_costs_little() {
    let target = Target::start(r#"head = "1s", rest = "2s""#).await;
    let (memory, files) = (target.memory(), target.files());
    let requests = "GET /openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200);
    let mut deaf = vec![];
    for _client in 0..40 {
        let mut client = target.connect().await;
        // What it does not take is not even asked for: the socket fills up.
        let said = timeout(Duration::from_millis(20), client.say(&requests)).await;
        deaf.push((client, said));
    }
    let until = async |open: bool| {
        while open != (target.files() > files + 20) {
            sleep(Duration::from_millis(20)).await;
        }
    };
    let began = tokio::time::Instant::now();
    until(true).await;
    let closed = target.answers_while(until(false));
    let closed = timeout(Duration::from_secs(12), closed).await;
    assert!(closed.is_ok(), "{files} files before, {} after", target.files());
    assert!(began.elapsed() > Duration::from_secs(1), "it was the deadline that closed them");
    let grown = target.grown_beyond(memory);
    assert!(grown < 64, "grown by {grown} MiB");
}
