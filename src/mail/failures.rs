//! The last mails that were not taken, at hand for operators: what the log says of each, and no
//! address.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use time::format_description::well_known::Rfc3339;

use crate::recovery::{Letter, SendError};

/// Most failures that are kept; older ones are forgotten.
const MOST: usize = 100;

/// Most characters that are kept of what a server says.
const WORDS_MAX: usize = 500;

/// The last failures of this process. Clones share them.
#[derive(Clone, Default)]
pub struct Failures(Arc<Mutex<VecDeque<Failure>>>);

/// A try to hand a mail over that failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// When it was tried, RFC 3339 in UTC.
    pub at: String,
    /// The application.
    pub app: String,
    /// The name of the mail's templates.
    pub kind: &'static str,
    /// Who did not take it.
    pub provider: String,
    /// `passing` or `unanswered` (it was perhaps taken), and then it is tried again while it is of
    /// use, or `final`.
    pub outcome: &'static str,
    /// Which try it was, counted from 1.
    pub attempt: u32,
    /// The server's own words, less addresses and links.
    pub words: String,
    /// The request that the mail comes from, as in the log.
    pub reference: String,
}

impl Failures {
    /// Every failure that is kept, newest last.
    #[must_use]
    pub fn all(&self) -> Vec<Failure> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(super) fn note(&self, letter: &Letter, provider: &str, error: &SendError) {
        let (outcome, words) = match error {
            SendError::Passing(words) => ("passing", words),
            SendError::Unanswered(words) => ("unanswered", words),
            SendError::Final(words) => ("final", words),
        };
        let failure = Failure {
            at: letter.now.truncate_to_second().format(&Rfc3339).unwrap_or_default(),
            app: letter.app.clone(),
            kind: letter.message.kind(),
            provider: provider.to_owned(),
            outcome,
            attempt: letter.attempt,
            words: words.chars().take(WORDS_MAX).collect(),
            reference: letter.reference.clone(),
        };
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() == MOST {
            failures.pop_front();
        }
        failures.push_back(failure);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::Samples;

    #[test]
    fn the_last_hundred_are_kept_and_none_is_long() {
        let failures = Failures::default();
        let letter = Samples::default().letters().next().unwrap();
        for attempt in 1..=101 {
            let error = SendError::Passing("4".repeat(2 * WORDS_MAX));
            failures.note(&Letter { attempt, ..letter.clone() }, "main", &error);
        }
        let kept = failures.all();
        assert_eq!(kept.len(), MOST);
        assert_eq!((kept[0].attempt, kept[MOST - 1].attempt), (2, 101));
        assert!(kept.iter().all(|failure| failure.words.len() == WORDS_MAX));
    }
}
