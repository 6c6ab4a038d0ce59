//! Independent verifiers in Python: argon2-cffi and itsdangerous.

use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::json;

/// The interpreter that has the packages, if this run has one.
#[expect(clippy::print_stderr, reason = "a test that was left out must be seen")]
pub fn interpreter() -> Option<String> {
    let python = std::env::var("REGAIN_TEST_PYTHON").ok();
    if python.is_none() {
        assert!(
            std::env::var_os("REGAIN_TEST_ALL").is_none(),
            "REGAIN_TEST_PYTHON is unset, and nothing may be left out"
        );
        eprintln!("left out: Python's verifiers (REGAIN_TEST_PYTHON unset; tests/all sets it)");
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
