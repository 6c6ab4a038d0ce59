//! Who a request comes from, as far as limits go.

use super::standing::{self, Standing};
use super::{Application, Door, Operator, Recovery, TryAfter, meters};

/// The client whose allowance a request takes from, and who named it where that is not the one who
/// sent the request.
#[derive(Clone, Debug)]
pub struct Caller {
    client: String,
    named_by: Option<Operator>,
}

impl Caller {
    /// A client that an application's backend calls for.
    pub(super) const fn named(client: String, by: Operator) -> Self {
        Self { client, named_by: Some(by) }
    }

    /// The backend that calls for the client, if one does.
    #[must_use]
    pub const fn named_by(&self) -> Option<&Operator> {
        self.named_by.as_ref()
    }
}

/// By the key of its own allowance.
impl From<String> for Caller {
    fn from(client: String) -> Self {
        Self { client, named_by: None }
    }
}

impl Recovery {
    /// Takes one request from a client's allowance at a door, and one from that of the API key that
    /// named it: from both, or from neither. So no client that comes too often uses up what the
    /// backend's other clients need.
    pub(super) async fn enter(
        &self,
        app: &Application,
        door: Door,
        caller: &Caller,
    ) -> Result<(), TryAfter> {
        self.pass(app, door, &caller.client).await?;
        let Some(operator) = &caller.named_by else { return Ok(()) };
        let passed = self.pass(app, Door::Key, &operator.allowance()).await;
        if passed.is_err() {
            self.take_back(app, door, &caller.client).await;
        }
        passed
    }

    /// Gives back what entering took.
    pub(super) async fn give_entry_back(&self, app: &Application, door: Door, caller: &Caller) {
        self.take_back(app, door, &caller.client).await;
        if let Some(operator) = &caller.named_by {
            self.take_back(app, Door::Key, &operator.allowance()).await;
        }
    }

    async fn take_back(&self, app: &Application, door: Door, whose: &str) {
        self.limits.give_request_back(&app.name, door, whose).await;
        standing::note_given_back(door);
    }

    /// Takes one request for an application from an allowance at a door. Every count of a request comes
    /// by here, and so it is here that it is noted how the client stands.
    pub(super) async fn pass(
        &self,
        app: &Application,
        door: Door,
        whose: &str,
    ) -> Result<(), TryAfter> {
        let passed = self.limits.client(&app.name, door, whose).await;
        if passed.is_err() {
            meters::turned_away(door);
        }
        if let Some(quota) = self.limits.quota(&app.name, door) {
            standing::note(Standing::new(door, quota, passed));
        }
        passed.map(drop)
    }
}
