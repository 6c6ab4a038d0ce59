//! Who calls with an API key, and what that lets them do.

use std::fmt;
use std::sync::Arc;

use super::{Application, Caller, Door, OperatorError, Recovery, Wording, audit};
use crate::token::{ApiKey, KnownKey, Scope};

/// An application's backend, or a person of it, who has shown a key of that application.
#[derive(Clone)]
pub struct Operator {
    app: Arc<Application>,
    key: Arc<KnownKey>,
}

impl Operator {
    /// The application that the key is of.
    #[must_use]
    pub const fn application(&self) -> &Arc<Application> {
        &self.app
    }

    /// What logs call the key.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key.name
    }

    /// Whether the key may do this.
    ///
    /// # Errors
    /// [`OperatorError::Forbidden`], which says what it lacks.
    pub fn must(&self, scope: Scope) -> Result<(), OperatorError> {
        if self.key.may(scope) {
            return Ok(());
        }
        audit::key_refused(&self.app, Some(self.key()), audit::KeyRefusal::Scope(scope));
        Err(OperatorError::Forbidden(scope))
    }

    /// What a mail says in the operator's words, where the key may say it and they can be used:
    /// otherwise it says what it says anyway.
    pub fn word_mail<E>(&self, word: impl FnOnce() -> Result<Wording, E>) -> Option<Wording> {
        if !self.key.may(Scope::DefineMails) {
            return None;
        }
        let worded = word().ok();
        let outcome = if worded.is_some() { "accepted" } else { "unfit" };
        audit::key_used(self, audit::Operation::DefineMail, None, outcome);
        worded
    }

    /// The client for whom the operator calls, by the key of its allowance. It is counted apart from the
    /// same client that comes by itself or by another application: naming it uses up nothing of theirs, and
    /// tells nothing of it.
    ///
    /// # Errors
    /// [`OperatorError::Forbidden`] where the key may not name one.
    pub fn on_behalf_of(self, client: &str) -> Result<Caller, OperatorError> {
        self.must(Scope::AskOnBehalf)?;
        // No client has a NUL in it.
        Ok(Caller::named(format!("{}\0{client}", self.app.name), self))
    }

    /// Under what its calls are counted.
    pub(super) fn allowance(&self) -> String {
        format!("{}/{}", self.app.name, self.key.name)
    }
}

/// Neither the digest nor anything of the application's.
impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({})", self.allowance())
    }
}

impl Recovery {
    /// The operator whose key this is. A right key is let through however many wrong ones came from
    /// the same client: nobody guesses 256 bits, and whoever shares the address of a backend could
    /// else shut it out.
    ///
    /// # Errors
    /// [`OperatorError::Unauthorized`] for what is no key of this application, and
    /// [`OperatorError::RateLimited`] once the client has brought too many such.
    pub async fn recognise(
        &self,
        app: &Arc<Application>,
        key: &str,
        client: &str,
    ) -> Result<Operator, OperatorError> {
        if let Some(key) = ApiKey::parse(key).and_then(|key| app.api_keys.find(&key)) {
            return Ok(Operator { app: Arc::clone(app), key });
        }
        self.pass(app, Door::WrongKey, client).await?;
        audit::key_refused(app, None, audit::KeyRefusal::Unknown);
        Err(OperatorError::Unauthorized)
    }

    /// What every operation with a key begins with: its scope, and one call from its allowance.
    ///
    /// # Errors
    /// [`OperatorError`] when the key lacks the scope, or is used too often.
    pub async fn admit(&self, by: &Operator, scope: Scope) -> Result<(), OperatorError> {
        by.must(scope)?;
        let admitted = self.pass(&by.app, Door::Key, &by.allowance()).await;
        if admitted.is_err() {
            audit::key_refused(&by.app, Some(by.key()), audit::KeyRefusal::RateLimited);
        }
        Ok(admitted?)
    }
}
