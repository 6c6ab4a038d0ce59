//! Another program at the other end of a pipe: one JSON object in, one out, line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

use crate::databases::left_out;
use crate::python;

/// A program that answers until it is dropped.
pub struct Peer {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Peer {
    /// Starts a script of `tests/python`; `None` where Python is left out.
    pub fn python(script: &str) -> Option<Self> {
        Some(Self::script(&python::interpreter()?, &format!("python/{script}")))
    }

    /// Starts a script of `tests/ruby`; `None` where Ruby is left out.
    pub fn ruby(script: &str) -> Option<Self> {
        let ruby = installed("Rails with Devise", "REGAIN_TEST_RUBY")?;
        Some(Self::script(&ruby, &format!("ruby/{script}")))
    }

    /// Starts a script of `tests/php`; `None` where PHP is left out.
    pub fn php(script: &str) -> Option<Self> {
        let php = installed("PHP with Laravel", "REGAIN_TEST_PHP")?;
        Some(Self::script(&php, &format!("php/{script}")))
    }

    fn script(interpreter: &str, path: &str) -> Self {
        let path = format!("{}/tests/{path}", env!("CARGO_MANIFEST_DIR"));
        Self::start(Command::new(interpreter).arg(path))
    }

    /// Starts a program that speaks so.
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let (ask, answers) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        Self { child, ask, answers: BufReader::new(answers) }
    }

    /// Asks and waits for the answer.
    pub fn call(&mut self, ask: &Value) -> Value {
        writeln!(self.ask, "{ask}").unwrap();
        let mut answer = String::new();
        self.answers.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer)
            .unwrap_or_else(|_| panic!("{ask} was not answered: {answer:?}"))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The interpreter that a variable names, if this run has one.
fn installed(what: &str, variable: &str) -> Option<String> {
    let named = std::env::var(variable).ok();
    if named.is_none() {
        left_out(what, variable);
    }
    named
}
