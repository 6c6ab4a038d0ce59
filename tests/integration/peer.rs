//! Another program at the other end of a pipe: one JSON object in, one out, line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

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
        let path = format!("{}/tests/python/{script}", env!("CARGO_MANIFEST_DIR"));
        Some(Self::start(Command::new(python::interpreter()?).arg(path)))
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
