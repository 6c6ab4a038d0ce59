//! Why a call was not answered, in words that hold nothing of its URL.

use std::error::Error;
use std::fmt;

use super::network::Refused;

/// Why a call was not answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoAnswer {
    /// Not in time.
    TooLate,
    /// Its name leads where no call goes: somebody's doing, and no passing trouble.
    Refused(Refused),
    /// It could not be called, or broke off.
    Failed(String),
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLate => f.write_str("did not answer in time"),
            Self::Refused(refused) => refused.fmt(f),
            Self::Failed(words) => write!(f, "could not be called: {words}"),
        }
    }
}

impl From<reqwest::Error> for NoAnswer {
    fn from(error: reqwest::Error) -> Self {
        if error.is_timeout() {
            return Self::TooLate;
        }
        let error = error.without_url();
        let causes = causes(&error);
        if let Some(refused) = causes.iter().find_map(|cause| cause.downcast_ref::<Refused>()) {
            return Self::Refused(refused.clone());
        }
        let mut words: Vec<_> = causes.iter().map(ToString::to_string).collect();
        words.dedup();
        Self::Failed(if words.is_empty() { error.to_string() } else { words.join(": ") })
    }
}

fn causes(error: &dyn Error) -> Vec<&(dyn Error + 'static)> {
    let mut causes = vec![];
    let mut next = error.source();
    while let Some(cause) = next {
        causes.push(cause);
        next = cause.source();
    }
    causes
}
