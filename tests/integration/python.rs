//! Independent verifiers in Python: argon2-cffi and itsdangerous.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

use crate::databases::left_out;

/// The interpreter that has the packages, if this run has one.
pub fn interpreter() -> Option<String> {
    let python = std::env::var("REGAIN_TEST_PYTHON").ok();
    if python.is_none() {
        left_out("Python with argon2-cffi, itsdangerous and aiosmtpd", "REGAIN_TEST_PYTHON");
    }
    python
}

/// Runs a script with this input; its output and whether it succeeded.
pub fn run(arguments: &[&str], input: &str) -> Option<(bool, String)> {
    let mut child = Command::new(interpreter()?)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    Some((output.status.success(), String::from_utf8(output.stdout).unwrap()))
}

/// Fails unless argon2-cffi says that the hash is this password's.
pub fn verify_argon2(hash: &str, password: &str) {
    let input = json!({ "hash": hash, "password": password }).to_string();
    if let Some((verified, output)) = run(&["tests/python/verify_argon2.py"], &input) {
        assert!(verified, "{output} {hash}");
    }
}

/// The Python in a section of docs/attaching.md, word for word.
pub fn documented(section: &str) -> String {
    documented_in("docs/attaching.md", section, "python")
}

/// The code of this language in a section of a page, word for word.
pub fn documented_in(page: &str, section: &str, language: &str) -> String {
    let page = std::fs::read_to_string(page).unwrap();
    let section = page.split_once(&format!("\n## {section}\n")).unwrap().1;
    let code = section.split_once(&format!("```{language}\n")).unwrap().1;
    code.split_once("```").unwrap().0.to_owned()
}
