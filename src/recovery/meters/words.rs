//! The words that labels hold, and what of the journeys each stands for.

use crate::recovery::{AskError, CompleteError, Door, NotTold, Worthless};
use crate::token::TokenError;

macro_rules! words {
    ($(#[$doc:meta])* $kind:ident { $($variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $kind {
            $(#[doc = concat!("`", $word, "`.")] $variant),+
        }

        impl $kind {
            /// Every word.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// What stands in the label.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),+
                }
            }
        }
    };
}

words! {
    /// What became of an ask at the door, where nobody looks at accounts.
    Asked {
        Accepted = "accepted",
        RateLimited = "rate_limited",
        QueueFull = "queue_full",
        NotConfigured = "not_configured",
    }
}

words! {
    /// Why the worker made no mail.
    NoMail {
        NoAccount = "no_account",
        Ineligible = "ineligible",
        Budget = "budget",
        SecondFactor = "second_factor",
        Overtaken = "overtaken",
    }
}

words! {
    /// What became of a try to hand a mail or a call over.
    Delivery {
        Sent = "sent",
        Unanswered = "unanswered",
        Retried = "retried",
        Lost = "lost",
        GivenUp = "given_up",
    }
}

words! {
    /// Why a key in the folder of keys is not taken.
    KeyRefused {
        Changed = "changed",
        SigningGone = "signing_gone",
        TooMany = "too_many",
        Unusable = "unusable",
    }
}

words! {
    /// What became of a try to use a token.
    Completing {
        Completed = "completed",
        TokenRefused = "token_refused",
        PasswordRejected = "password_rejected",
        RateLimited = "rate_limited",
        Busy = "busy",
        Unavailable = "unavailable",
        Failed = "failed",
        NotConfigured = "not_configured",
    }
}

words! {
    /// What was told of a password that may have been breached.
    Breached {
        NotListed = "not_listed",
        Listed = "listed",
        NotTold = "not_told",
    }
}

words! {
    /// Why a token does nothing.
    Refusal {
        Malformed = "malformed",
        BadSignature = "bad_signature",
        FromTheFuture = "from_the_future",
        Expired = "expired",
        AccountUnknown = "account_unknown",
        Ineligible = "ineligible",
        NotConfigured = "not_configured",
        SecondFactor = "second_factor",
        Spent = "spent",
        Revoked = "revoked",
    }
}

impl From<&Result<(), AskError>> for Asked {
    fn from(asked: &Result<(), AskError>) -> Self {
        match asked {
            Ok(()) => Self::Accepted,
            Err(AskError::RateLimited(_)) => Self::RateLimited,
            Err(AskError::Busy) => Self::QueueFull,
            Err(AskError::NotConfigured) => Self::NotConfigured,
        }
    }
}

impl Completing {
    /// What became of a try.
    pub fn of<T>(tried: &Result<T, CompleteError>) -> Self {
        tried.as_ref().map_or_else(Self::from, |_| Self::Completed)
    }
}

impl From<&CompleteError> for Completing {
    fn from(error: &CompleteError) -> Self {
        match error {
            CompleteError::Token(_) => Self::TokenRefused,
            CompleteError::Rejected(_) => Self::PasswordRejected,
            CompleteError::RateLimited(_) => Self::RateLimited,
            CompleteError::Busy(_) => Self::Busy,
            CompleteError::Unavailable(_) => Self::Unavailable,
            CompleteError::Hashing(_) => Self::Failed,
            CompleteError::NotConfigured => Self::NotConfigured,
        }
    }
}

impl From<Result<bool, NotTold>> for Breached {
    fn from(told: Result<bool, NotTold>) -> Self {
        match told {
            Ok(false) => Self::NotListed,
            Ok(true) => Self::Listed,
            Err(NotTold::Failed(_) | NotTold::Crowded(_)) => Self::NotTold,
        }
    }
}

impl Refusal {
    /// Whether one of our keys signed what is refused.
    pub const fn is_of_ours(self) -> bool {
        !matches!(self, Self::Malformed | Self::BadSignature)
    }

    /// The reason, unless it is that nothing could be found out.
    pub const fn of(why: &Worthless) -> Option<Self> {
        Some(match why {
            Worthless::Token(TokenError::Malformed) => Self::Malformed,
            Worthless::Token(TokenError::BadSignature) => Self::BadSignature,
            Worthless::Token(TokenError::FromTheFuture) => Self::FromTheFuture,
            Worthless::Token(TokenError::Expired { .. }) => Self::Expired,
            Worthless::AccountUnknown => Self::AccountUnknown,
            Worthless::Ineligible(..) => Self::Ineligible,
            Worthless::NotConfigured => Self::NotConfigured,
            Worthless::PastSecondFactor(_) => Self::SecondFactor,
            Worthless::Spent(_) => Self::Spent,
            Worthless::Revoked(_) => Self::Revoked,
            Worthless::Unavailable(_) => return None,
        })
    }
}

/// What a door is called.
pub const fn door(door: Door) -> &'static str {
    match door {
        Door::Prepare => "prepare",
        Door::Ask => "ask",
        Door::Inspect => "inspect",
        Door::Complete => "complete",
        Door::Key => "key",
        Door::WrongKey => "wrong_key",
    }
}
