//! What the tests of the journeys share.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::{
    Breaches, Call, Door, HashingPool, Hooks, Job, Jobs, Letter, Limits, LinkWish, Mail, NotTold,
    Ports, QueueFull, Quota, Recovery, SendError, Sender, Task, TryAfter,
};
use crate::account::{Account, Identifier};
use crate::clock::Clock;
use crate::password::Password;
use crate::random::Random;
use crate::token::Purpose;

/// An account with an address and a password, and nothing else.
pub fn ada() -> Account {
    Account {
        id: "1".to_owned(),
        email: Some("ada@example.com".to_owned()),
        username: None,
        display_name: None,
        password: Some("$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA".to_owned()),
        recovery_stamp: None,
        last_login: None,
        locale: None,
        active: vec![],
        confirmed: vec![],
        recovery_email: None,
    }
}

/// The job of an ask for a link to a new password.
pub fn ask_for(app: &str, reference: &str, who: &str) -> Job {
    let wish = LinkWish::of(Purpose::PasswordReset);
    Job {
        app: app.to_owned(),
        reference: reference.to_owned(),
        asked_at: OffsetDateTime::UNIX_EPOCH,
        attempt: 0,
        has_turn: false,
        redone: false,
        task: Task::Mail(Mail::Ask(Identifier::parse(who).unwrap(), wish)),
    }
}

/// Journeys of no application, over parts that do nothing.
pub fn of_nobody() -> Recovery {
    let nothing = Arc::new(Nothing);
    let ports = Ports {
        jobs: nothing.clone(),
        limits: nothing.clone(),
        sender: nothing.clone(),
        hooks: nothing.clone(),
        breaches: nothing,
    };
    let hashing = HashingPool::new(1, Duration::ZERO, Random::repeatable(1));
    Recovery::new([], ports, hashing, Clock::system(), Random::repeatable(2))
}

struct Nothing;

#[async_trait]
impl Jobs for Nothing {
    async fn ask(&self, _: Job) -> Result<(), QueueFull> {
        Ok(())
    }

    async fn follow(&self, _: Job, _: Duration) -> Result<(), QueueFull> {
        Ok(())
    }

    fn has_room(&self) -> bool {
        true
    }
}

#[async_trait]
impl Limits for Nothing {
    fn quota(&self, _: &str, _: Door) -> Option<Quota> {
        None
    }

    async fn client(&self, _: &str, _: Door, _: &str) -> Result<Duration, TryAfter> {
        Ok(Duration::ZERO)
    }

    async fn give_request_back(&self, _: &str, _: Door, _: &str) {}

    async fn mail_budget(&self, _: &str, _: &str) -> Result<(), TryAfter> {
        Ok(())
    }

    async fn give_back(&self, _: &str, _: &str) {}

    async fn pace(&self, _: &str, _: Duration) -> Result<Duration, TryAfter> {
        Ok(Duration::ZERO)
    }

    async fn give_turn_back(&self, _: &str) {}
}

#[async_trait]
impl Sender for Nothing {
    async fn send(&self, _: &Letter) -> Result<(), SendError> {
        Ok(())
    }

    async fn ping(&self, _: &str) -> Result<(), SendError> {
        Ok(())
    }
}

#[async_trait]
impl Hooks for Nothing {
    async fn call(&self, _: &Call) -> Result<(), SendError> {
        Ok(())
    }
}

#[async_trait]
impl Breaches for Nothing {
    async fn list(&self, _: &str, _: &Password) -> Result<bool, NotTold> {
        Ok(false)
    }
}
