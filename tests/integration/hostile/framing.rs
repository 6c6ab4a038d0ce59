//! Requests whose length can be read in two ways (A78): never two requests out of one.

use super::{ASK, Target};

#[tokio::test]
async fn a78_of_what_can_be_read_in_two_ways_never_two_requests_are_made() {
    let target = Target::start("").await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: hidden\r\n\r\n";
    let long = hidden.len() + 5;
    for (framing, statuses) in [
        // Read as chunked, and closed after it.
        (format!("Content-Length: {long}\r\nTransfer-Encoding: chunked"), ["400", "400"]),
        (format!("Transfer-Encoding: chunked\r\nContent-Length: {long}"), ["400", "400"]),
        (format!("transfer-encoding:\tchunked \r\ncontent-length: {long}"), ["400", "400"]),
        (format!("Content-Length: {long}\r\nTransfer-Encoding: gzip, chunked"), ["400", "400"]),
        // Refused: nobody knows what was meant.
        (format!("Content-Length: {long}\r\nTransfer-Encoding: xchunked"), ["400", "400"]),
        (format!("Content-Length: {long}\r\nTransfer-Encoding: chunked, identity"), ["400", "400"]),
        (format!("Content-Length: {long}\r\nTransfer-Encoding : chunked"), ["400", "400"]),
        (format!("Content-Length: {long}\r\n Transfer-Encoding: chunked"), ["400", "400"]),
        (format!("X: y\r\n\tz\r\nContent-Length: {long}"), ["400", "400"]),
        (format!("Content-Length: 5\r\nContent-Length: {long}"), ["400", "400"]),
        (format!("Content-Length: 5, {long}"), ["400", "400"]),
        ("Content-Length: +5".to_owned(), ["400", "400"]),
        ("Content-Length: -5".to_owned(), ["400", "400"]),
        ("Content-Length: 0x5".to_owned(), ["400", "400"]),
        ("Content-Length: 5 5".to_owned(), ["400", "400"]),
        ("Content-Length:".to_owned(), ["400", "400"]),
        ("Transfer-Encoding: chunked\nContent-Length: 5".to_owned(), ["400", "400"]),
    ] {
        let request = format!(
            "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n{framing}\r\n\r\n\
             0\r\n\r\n{hidden}"
        );
        let answer = target.exchange(&request).await;
        let case = format!("{framing:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{case}");
        assert!(!answer.contains("{\"status\":\"ok\"}"), "{case}");
        assert!(statuses.iter().any(|it| answer.starts_with(&format!("HTTP/1.1 {it}"))), "{case}");
    }
    target.answers().await;
}

#[tokio::test]
async fn a78_chunks_that_are_none_end_the_connection() {
    let target = Target::start("").await;
    let hidden = "GET /healthz HTTP/1.1\r\nHost: hidden\r\n\r\n";
    for chunks in
        ["5\r\nab\r\n0\r\n\r\n", "0x2\r\nab\r\n0\r\n\r\n", "-1\r\n", " \r\n", "2\r\nabc\r\n"]
    {
        let request = format!(
            "POST {ASK} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
             Transfer-Encoding: chunked\r\n\r\n{chunks}{hidden}"
        );
        let answer = target.exchange(&request).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{chunks:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1 ").count(), 1, "{chunks:?}: {answer}");
    }
    target.answers().await;
}
