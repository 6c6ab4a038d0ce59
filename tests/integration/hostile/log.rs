//! What is sent so as to be taken for a line of the log (A80).

use serde_json::{Value, json};

use super::ASK;
use crate::databases::Engine;
use crate::harness::Folder;
use crate::people::{database, person};
use crate::process::Process;

#[tokio::test]
async fn a80_nothing_that_is_sent_makes_a_line_of_the_log_or_steers_a_terminal() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    for format in ["json", "pretty"] {
        let folder = Folder::new();
        let process = Process::start(&folder, &users.url, &format!("log = \"{format}\"")).await;
        for broken in
            ["\n", "\r\n", "\r", "\u{b}", "\u{85}", "\u{2028}", "\u{1b}[2J", "\u{202e}", "\0"]
        {
            let line = format!("x{broken}{{\"level\":\"ERROR\",\"forged\":1}}");
            for identifier in [
                format!("{line}@example.com"),
                format!("ada@{line}.example.com"),
                format!("ada@example.com{broken}forged"),
                line.clone(),
            ] {
                let body = json!({ "identifier": identifier, "locale": line, "return_to": line });
                process.post("password-resets", &body).await;
                process.post("password-resets", &json!({ "identifier": identifier })).await;
            }
            let encoded =
                line.bytes().fold(String::new(), |all, byte| all + &format!("%{byte:02x}"));
            process.get(&format!("/a/default/{encoded}?{encoded}")).await;
            process.get(&format!("/{encoded}")).await;
            let request = process.request(ASK).header("user-agent", line.replace(broken, "\t"));
            let _not_allowed = request.send().await;
        }
        // One that is found and mailed.
        process.post("password-resets", &json!({ "identifier": "ada@example.com" })).await;
        process.signal("-TERM");
        let (code, log) = process.ended().await;
        assert_eq!(code, Some(0), "{log}");
        assert!(log.contains("answered"), "{log}");
        assert!(!log.contains("forged"), "{format}: {log}");
        for line in log.lines() {
            assert!(!line.chars().any(char::is_control), "{format}: {line:?}");
            if format == "json" {
                let parsed = serde_json::from_str::<Value>(line);
                assert!(parsed.is_ok_and(|line| line["level"] != "ERROR"), "{line}");
            }
        }
    }
}
