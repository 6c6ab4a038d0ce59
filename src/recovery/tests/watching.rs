//! What health says.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::testing::{Log, Meters, World};
use super::super::{Health, SendError, StoreError};

async fn watched(world: &World, time: Duration) {
    let _goes_on = tokio::time::timeout(time, world.recovery.watch()).await;
}

#[tokio::test(start_paused = true)]
async fn health_says_what_was_looked_at_and_could_not_be_used() {
    let world = World::new();
    let (meters, _guard) = Meters::catch();
    let (log, _until_the_end) = Log::catch();
    let up = |what: &str| meters.gauge(&format!("regain_{what}_up{{app=\"shop\"}}"));
    assert_eq!(world.recovery.health(), Health { takes_asks: true, trouble: vec![] });
    watched(&world, Duration::from_secs(1)).await;
    assert_eq!(world.recovery.health().trouble, [""; 0]);
    assert_eq!((up("users_table"), up("mail")), (Some(1.0), Some(1.0)));

    world.table.fail(Some(StoreError::Unreachable("gone".to_owned())));
    let down = Err(SendError::Passing("421".to_owned()));
    world.parts.answers.lock().unwrap().push_back(down);
    watched(&world, Duration::from_secs(12)).await;
    let trouble = world.recovery.health().trouble;
    let expected = ["the login links of shop", "the mail of shop", "the users table of shop"];
    assert_eq!(trouble, expected.map(|what| format!("{what} cannot be used")));
    assert_eq!((up("users_table"), up("mail")), (Some(0.0), Some(0.0)));

    world.table.fail(None);
    watched(&world, Duration::from_mins(2)).await;
    assert_eq!(world.recovery.health().trouble, [""; 0]);
    let told = |what: &str| log.lines().iter().filter(|line| line.starts_with(what)).count();
    assert_eq!((told("can be used"), told("cannot be used")), (6, 3), "each change is logged once");
}

#[tokio::test(start_paused = true)]
async fn tables_are_looked_at_every_five_seconds_and_login_links_where_there_are_some() {
    use crate::token::Purpose;
    let world = World::without(Purpose::Login);
    watched(&world, Duration::from_secs(14)).await;
    assert_eq!(world.table.statements(), 3);
    let world = World::new();
    world.table.tell_of_second_factor(&["mfa"]);
    watched(&world, Duration::from_secs(1)).await;
    assert_eq!(world.recovery.health().trouble, ["the login links of shop cannot be used"]);
}

#[test]
fn a_full_queue_takes_no_asks_and_what_replicas_share_is_told_of() {
    let world = World::new();
    world.parts.is_full.store(true, Ordering::SeqCst);
    *world.parts.trouble.lock().unwrap() = (Some("the queue"), Some("the limits"));
    let trouble = ["the queue cannot be used", "the limits cannot be used"].map(str::to_owned);
    assert_eq!(world.recovery.health(), Health { takes_asks: false, trouble: trouble.into() });
}
