//! The journeys, and the few ports through which they reach the outside world.

mod accept;
mod application;
mod ask;
pub mod audit;
mod caller;
mod change;
mod client;
mod complete;
mod confirm;
mod error;
mod event;
mod explain;
mod hand_over;
mod hashing;
mod health;
mod inspect;
mod introspect;
mod invite;
mod issue;
mod job;
mod letter;
mod links;
mod login;
mod lost;
pub mod meters;
mod mint;
mod operator;
mod ports;
mod revoke;
mod session;
mod standing;
mod token_use;
pub mod trace;
mod wording;
mod worker;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use application::{Application, BreachUse, StampUse};
pub use ask::Ask;
pub use caller::Caller;
pub use change::{Change, Told};
pub use client::{Browser, Client, System};
use complete::Setting;
pub use complete::{Completed, Completion};
pub use error::{
    AskError, CompleteError, InspectError, IssueError, OperatorError, Refused, RevokeError,
    Worthless,
};
pub use event::{Call, Event};
pub use explain::{Explanation, Said, TokenState};
pub use hand_over::HandOver;
pub use hashing::{HashingError, HashingPool, HashingShare, Turn};
pub use health::Health;
pub use inspect::{Inspected, Whose};
pub use introspect::ActiveSession;
pub use invite::Invite;
pub use issue::{Issue, Issued, IssuedLink, LONGEST_ISSUED};
pub use job::{About, Draft, GivenLink, Job, Languages, Later, LinkWish, Mail, Origin, Task};
pub use letter::{Letter, LinkMail, Message};
pub use links::{LinkPattern, RETURN_TO_MAX_BYTES, ReturnTargets, SessionTarget, TOKEN_PLACE};
pub use login::LoggedIn;
pub use lost::Lost;
pub use operator::Operator;
pub use ports::{
    Accounts, Breaches, Door, Hooks, Jobs, Limits, NewPassword, NotTold, QueueFull, Quota,
    SendError, Sender, StoreError, Swap, TryAfter,
};
pub use session::{Me, PasswordChange};
pub use standing::{Standing, noting};
pub use token_use::TokenUse;
pub use wording::Wording;

use crate::account::{BASE_BYTES, REVOKING_BYTES, revoking_base};
use crate::clock::Clock;
use crate::random::Random;
use crate::token::base64url;
use health::Trouble;

/// The journeys of every application over one queue, one set of limits and one hashing pool.
pub struct Recovery {
    applications: BTreeMap<String, Arc<Application>>,
    jobs: Arc<dyn Jobs>,
    limits: Arc<dyn Limits>,
    sender: Arc<dyn Sender>,
    hooks: Arc<dyn Hooks>,
    breaches: Arc<dyn Breaches>,
    hashing: HashingPool,
    clock: Clock,
    random: Random,
    trouble: Trouble,
}

/// What the journeys are put together from.
pub struct Ports {
    /// What waits to be mailed.
    pub jobs: Arc<dyn Jobs>,
    /// How often and how much.
    pub limits: Arc<dyn Limits>,
    /// Who carries mail.
    pub sender: Arc<dyn Sender>,
    /// Who calls webhooks.
    pub hooks: Arc<dyn Hooks>,
    /// Who knows which passwords were breached.
    pub breaches: Arc<dyn Breaches>,
}

impl Recovery {
    /// Puts the journeys together.
    #[must_use]
    pub fn new(
        applications: impl IntoIterator<Item = Application>,
        ports: Ports,
        hashing: HashingPool,
        clock: Clock,
        random: Random,
    ) -> Self {
        let named = |app: Application| (app.name.clone(), Arc::new(app));
        Self {
            applications: applications.into_iter().map(named).collect(),
            jobs: ports.jobs,
            limits: ports.limits,
            sender: ports.sender,
            hooks: ports.hooks,
            breaches: ports.breaches,
            hashing,
            clock,
            random,
            trouble: Trouble::default(),
        }
    }

    /// A recovery stamp that no row had before.
    fn new_stamp(&self) -> String {
        base64url::encode(&self.random.bytes::<BASE_BYTES>())
    }

    /// The same for a revocation, which operators can be told of afterwards.
    fn revoking_stamp(&self) -> String {
        let random = base64url::encode(&self.random.bytes::<REVOKING_BYTES>());
        revoking_base(self.clock.now(), &random)
    }

    /// The application of this name.
    #[must_use]
    pub fn application(&self, name: &str) -> Option<&Arc<Application>> {
        self.applications.get(name)
    }
}
