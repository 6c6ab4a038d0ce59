//! Why Redis did not do something.

use redis::{ErrorKind, RedisError, ServerErrorKind};
use thiserror::Error;

/// Why Redis did not do something. It repeats nothing that was sent.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// There is no connection.
    #[error("Redis cannot be reached")]
    Down,
    /// It was sent, and may or may not have been done.
    #[error("Redis did not answer in time")]
    Silent,
    /// The connection broke: what was sent may or may not have been done.
    #[error("the connection to Redis broke: {0}")]
    Broken(String),
    /// Redis said no.
    #[error("Redis refused with {0}")]
    Refused(String),
}

impl Trouble {
    /// Whether a new connection might help: this one is dead, or leads to where nothing can be
    /// written.
    pub(super) fn ends_connection(error: &RedisError) -> bool {
        let elsewhere = [
            ErrorKind::Server(ServerErrorKind::ReadOnly),
            ErrorKind::Server(ServerErrorKind::BusyLoading),
            ErrorKind::Server(ServerErrorKind::MasterDown),
        ];
        error.is_unrecoverable_error() || error.is_io_error() || elsewhere.contains(&error.kind())
    }
}

impl From<RedisError> for Trouble {
    /// The server's code alone: what follows it may quote what was sent, a password among it.
    fn from(error: RedisError) -> Self {
        match error.code() {
            Some(code) => Self::Refused(code.to_owned()),
            None if error.is_io_error() => Self::Broken(error.to_string()),
            None => Self::Refused(error.category().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_server_quotes_is_not_repeated() {
        let quoting = "unknown command 'HELLO', with args beginning with: '3' 'AUTH' 's3cret'";
        let error = redis::make_extension_error("ERR".to_owned(), Some(quoting.to_owned()));
        assert_eq!(Trouble::from(error).to_string(), "Redis refused with ERR");
    }

    #[test]
    fn a_server_that_may_not_be_written_to_is_left_and_one_that_is_full_is_not() {
        let said = |code: &str| redis::make_extension_error(code.to_owned(), None);
        let kinds = |kind| RedisError::from((ErrorKind::Server(kind), "x"));
        assert!(Trouble::ends_connection(&kinds(ServerErrorKind::ReadOnly)));
        assert!(Trouble::ends_connection(&std::io::Error::other("reset").into()));
        assert!(!Trouble::ends_connection(&said("OOM")));
    }
}
