//! What parts need not say of themselves.

use std::time::Duration;

use async_trait::async_trait;

use super::super::testing::{START, ada, ask_for};
use super::super::{Door, Job, Jobs, Limits, Lost, QueueFull, Quota, TryAfter};

/// A queue, and limits, that do as little as may be.
struct Least;

#[async_trait]
impl Jobs for Least {
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
impl Limits for Least {
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

#[tokio::test]
async fn a_queue_in_one_process_and_limits_there_are_in_no_trouble_and_tell_nobody() {
    use super::super::change::Change;
    assert_eq!((Least.waiting_of("shop"), Least.is_crowded("shop")), (0, false));
    assert_eq!((Jobs::trouble(&Least), Limits::trouble(&Least)), (None, None));
    Least.bury(&ask_for("shop", "r1", "ada@example.com"), Lost::Refused, START).await;
    let world = super::super::testing::World::new();
    let change = Change::confirming(world.app(), &ada(), START, "r1");
    Least.tell("shop", &change).await;
    assert!(Least.told("shop", &change).await.is_none());
}
