//! What has to be accounted for: who asked, what was sent, what was changed, and what was done with
//! which API key. One line of the log each, under a target and a name that stay.
//!
//! No line holds an address in clear, a token, a password or a key. The request that it belongs to
//! is on every line of the log, by its span.

mod table;

use std::fmt;
use std::time::Duration;

use super::{Application, Ask, Caller, Invite, Job, Operator, Task, Worthless, meters};
use crate::account::logged_id;
use crate::token::{Purpose, Scope};

pub use table::{ALL, AuditEvent};

/// What log lines of this module are told by, whatever the module is called.
pub const TARGET: &str = "regain::audit";

/// One line of the log: level, event, what is known of it, and the same for people.
macro_rules! tell {
    ($level:ident, $event:expr, { $($fields:tt)+ }, $message:literal) => {
        tracing::event!(
            target: TARGET,
            tracing::Level::$level,
            event = $event,
            $($fields)+,
            $message
        )
    };
}

/// What is done with a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operation {
    /// To be told what a token is worth.
    ExplainToken,
    /// To make a link for an account.
    IssueToken,
    /// To invite somebody.
    InviteUser,
    /// To void the links of an account.
    RevokeTokens,
    /// To be told whose session it is.
    IntrospectSession,
    /// To say what a mail says.
    DefineMail,
    /// To prepare an ask for somebody.
    Prepare,
    /// To ask for a link for somebody.
    Ask,
    /// To look at a token for somebody.
    Inspect,
    /// To use a token for somebody.
    Complete,
}

impl Operation {
    const fn word(self) -> &'static str {
        match self {
            Self::ExplainToken => "explain_token",
            Self::IssueToken => "issue_token",
            Self::InviteUser => "invite_user",
            Self::RevokeTokens => "revoke_tokens",
            Self::IntrospectSession => "introspect_session",
            Self::DefineMail => "define_mail",
            Self::Prepare => "prepare",
            Self::Ask => "ask",
            Self::Inspect => "inspect",
            Self::Complete => "complete",
        }
    }
}

/// Why a key did not let somebody in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyRefusal {
    /// It is none of the application's.
    Unknown,
    /// It may not do this.
    Scope(Scope),
    /// It was used too often.
    RateLimited,
}

/// A link was asked for. Whether there is such an account is not known here.
pub(super) fn link_asked(app: &Application, ask: &Ask) {
    let (identifier, key) = (ask.identifier.masked(), ask.client.named_by().map(Operator::key));
    let purpose = ask.purpose.name();
    tell!(INFO, table::LINK_ASKED, { app = app.name, purpose, identifier, key }, "link asked for");
}

/// No mail was made, whether or not there is an account.
pub(super) fn mail_withheld(
    app: &Application,
    user_id: Option<&str>,
    reason: meters::NoMail,
    why: Option<&(dyn fmt::Display + Sync)>,
) {
    let (user_id, reason) = (user_id.map(logged_id), reason.word());
    let why = why.map(ToString::to_string);
    tell!(INFO, table::MAIL_WITHHELD, { app = app.name, user_id, reason, why }, "no mail");
}

/// A mail was taken by the mail server, or a call by the webhook.
pub(super) fn sent(job: &Job, kind: &'static str) {
    let event = match job.task {
        Task::Mail(_) => table::MAIL_SENT,
        Task::Hook(..) => table::WEBHOOK_TOLD,
    };
    let user_id = job.task.user_id().map(logged_id);
    tell!(INFO, event, { app = job.app, user_id, kind }, "sent");
}

/// A token of ours did nothing. What none of our keys signed is counted and not told: whoever likes
/// can send any number of those.
pub(super) fn token_refused(app: &Application, purpose: Purpose, why: &Worthless) {
    let reason = meters::Refusal::of(why).filter(|reason| reason.is_of_ours());
    let Some(reason) = reason.map(meters::Refusal::word) else { return };
    let purpose = purpose.name();
    tell!(INFO, table::TOKEN_REFUSED, { app = app.name, purpose, reason, %why }, "token refused");
}

/// A password was written.
pub(super) fn password_changed(app: &str, user_id: &str, purpose: Purpose) {
    let (user_id, purpose) = (logged_id(user_id), purpose.name());
    tell!(INFO, table::PASSWORD_CHANGED, { app, user_id, purpose }, "password changed");
}

/// An address was confirmed.
pub(super) fn email_confirmed(app: &str, user_id: &str) {
    let user_id = logged_id(user_id);
    tell!(INFO, table::EMAIL_CONFIRMED, { app, user_id }, "address confirmed");
}

/// A link logged somebody in.
pub(super) fn login_completed(app: &str, user_id: &str) {
    let user_id = logged_id(user_id);
    tell!(INFO, table::LOGIN_COMPLETED, { app, user_id }, "logged in by a link");
}

/// Somebody said that a change was not theirs.
pub(super) fn account_disputed(app: &Application, user_id: &str) {
    let (app, user_id) = (&app.name, logged_id(user_id));
    tell!(WARN, table::ACCOUNT_DISPUTED, { app, user_id }, "password change disputed");
}

/// An operator made a link, which was mailed or handed over.
pub(super) fn link_issued(
    app: &Application,
    user_id: &str,
    purpose: Purpose,
    lifetime: Duration,
    mailed: bool,
    by: &str,
) {
    let (app, user_id, purpose) = (&app.name, logged_id(user_id), purpose.name());
    let lifetime_s = lifetime.as_secs();
    tell!(WARN, table::LINK_ISSUED, { app, user_id, purpose, by, lifetime_s, mailed }, "link made by an operator");
}

/// An operator invited somebody. Whether there is such an account is not known here.
pub(super) fn account_invited(app: &Application, invite: &Invite) {
    let (app, identifier, by) = (&app.name, invite.identifier.masked(), &invite.by);
    tell!(INFO, table::ACCOUNT_INVITED, { app, by, identifier }, "somebody invited");
}

/// Every link of an account is void.
pub(super) fn links_revoked(app: &Application, user_id: &str) {
    let (app, user_id) = (&app.name, logged_id(user_id));
    tell!(INFO, table::LINKS_REVOKED, { app, user_id }, "links revoked");
}

/// A key was used, with this outcome.
pub(super) fn key_used(
    by: &Operator,
    operation: Operation,
    user_id: Option<&str>,
    outcome: &'static str,
) {
    let (app, key, operation) = (&by.application().name, by.key(), operation.word());
    let user_id = user_id.map(logged_id);
    tell!(INFO, table::KEY_USED, { app, key, operation, user_id, outcome }, "API key used");
}

/// A key was used to call for somebody else, if one was.
pub(super) fn called_for(caller: &Caller, operation: Operation, outcome: &'static str) {
    if let Some(by) = caller.named_by() {
        key_used(by, operation, None, outcome);
    }
}

/// A key did not let somebody in; `key` is its name where it is known.
pub(super) fn key_refused(app: &Application, key: Option<&str>, why: KeyRefusal) {
    let (reason, scope) = match why {
        KeyRefusal::Unknown => ("unknown", None),
        KeyRefusal::Scope(scope) => ("scope", Some(scope.name())),
        KeyRefusal::RateLimited => ("rate_limited", None),
    };
    tell!(WARN, table::KEY_REFUSED, { app = app.name, key, reason, scope }, "API key refused");
}
