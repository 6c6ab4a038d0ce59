//! Mails kept in memory, for the demo to show.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

/// Most mails that are kept; older ones are forgotten.
const MOST: usize = 100;

/// The last mails. Clones share them.
#[derive(Clone, Default)]
pub struct Outbox(Arc<Mutex<VecDeque<Kept>>>);

/// A mail as it was sent.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The links in it.
    pub links: Vec<String>,
    /// When it was sent, RFC 3339 in UTC.
    pub at: String,
}

impl Outbox {
    /// Every mail that is kept, newest last.
    #[must_use]
    pub fn mails(&self) -> Vec<Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }

    pub(super) fn keep(&self, mail: Kept) {
        let mut mails = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if mails.len() == MOST {
            mails.pop_front();
        }
        mails.push_back(mail);
    }
}
