//! What the command line says: results on standard output, complaints on standard error.

use std::fmt;
use std::io::{self, ErrorKind, Write};

use super::config::ConfigErrors;
use crate::app::StartError;

/// Why a command did not do what it was told.
pub(super) struct Failure(String);

impl Failure {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ConfigErrors> for Failure {
    fn from(errors: ConfigErrors) -> Self {
        Self(errors.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self(error.to_string())
    }
}

/// Prints a result, with a newline after it if it has none.
///
/// # Errors
/// When it could not be written. A reader that went away, as `head` does, is none.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    match write(&mut io::stdout().lock(), text) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failure(format!("cannot write the result: {error}")))
        }
        _ => Ok(()),
    }
}

/// Tells what went wrong. Where even that cannot be written, the exit code must do.
pub(super) fn complain(failure: &Failure) {
    let _ = write(&mut io::stderr().lock(), &failure.0);
}

/// Says something beside the result, on standard error.
pub(super) fn remark(text: &str) {
    let _ = write(&mut io::stderr().lock(), text);
}

fn write(out: &mut impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes())?;
    if !text.ends_with('\n') {
        out.write_all(b"\n")?;
    }
    out.flush()
}
