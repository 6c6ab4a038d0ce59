//! Why nothing more is done about a job.

use std::fmt;

/// Why a job is given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lost {
    /// It comes, or would come, too late to be of use.
    TooLate,
    /// The mail server or the webhook refuses it for good.
    Refused,
    /// Its turn in the application's pace of mails would come too late; or, a call, the queue is
    /// half full.
    TooMuch,
    /// It broke off, or took the process with it, each time that it was tried.
    BrokeOff,
    /// No release that was there understood it.
    NotUnderstood,
}

impl Lost {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::TooLate, Self::Refused, Self::TooMuch, Self::BrokeOff, Self::NotUnderstood];

    /// A name for logs, metrics and lists.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TooLate => "too-late",
            Self::Refused => "refused",
            Self::TooMuch => "too-much",
            Self::BrokeOff => "broke-off",
            Self::NotUnderstood => "not-understood",
        }
    }

    /// The reason of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.name() == name)
    }
}

impl fmt::Display for Lost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_found_by_its_name() {
        for why in Lost::ALL {
            assert_eq!(Lost::from_name(why.name()), Some(why));
        }
    }
}
