//! Notices and calls, which follow from what was written.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::testing::{GOOD, Log, World};
use super::super::{Event, Lost, SendError, StoreError};
use crate::account::{Condition, Test};
use crate::token::Purpose;

async fn reset(world: &World) {
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
}

/// As in another process, which knows nothing of what became of the change.
fn forget(world: &World) {
    world.parts.told.lock().unwrap().clear();
    for later in world.parts.waiting.lock().unwrap().iter_mut() {
        let mut job = serde_json::to_value(&later.job).unwrap();
        for pointer in ["/task/mail/password_changed/0", "/task/hook/1/change"] {
            if let Some(change) = job.pointer_mut(pointer) {
                change.as_object_mut().unwrap().remove("told");
            }
        }
        later.job = serde_json::from_value(job).unwrap();
    }
}

#[tokio::test]
async fn news_is_told_by_the_row_where_the_process_that_wrote_it_is_gone() {
    let world = World::new();
    reset(&world).await;
    forget(&world);
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset", "password_changed"]);
    assert_eq!(world.told(), ["recovery.requested", "password.changed"]);
}

/// With an address that is to be confirmed, and the token for it.
async fn unconfirmed() -> (World, String) {
    let world = World::new();
    let condition = Condition { column: "confirmed".to_owned(), test: Test::True };
    world.table.change(|row| row.confirmed = vec![(condition, Some("0".to_owned()))]);
    let token = world.token(Purpose::EmailConfirmation).await;
    (world, token)
}

#[tokio::test]
async fn news_of_a_confirmation_is_told_by_the_row_whatever_else_became_of_it() {
    let (world, token) = unconfirmed().await;
    world.confirm(&token).await.unwrap();
    forget(&world);
    world.table.change(|row| {
        row.password = Some("$argon2id$theirs".to_owned());
        row.recovery_stamp = Some("renewed".to_owned());
        row.last_login = Some("1800000000".to_owned().into());
    });
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested", "email.confirmed"]);
}

#[tokio::test]
async fn news_of_a_confirmation_that_is_not_written_waits_and_is_dropped_with_the_address() {
    let (world, token) = unconfirmed().await;
    world.confirm(&token).await.unwrap();
    forget(&world);
    world.table.change(|row| row.confirmed[0].1 = Some("0".to_owned()));
    world.work().await;
    assert_eq!(world.waiting(), ["hook"]);
    world.table.change(|row| row.email = Some("ada@elsewhere.example".to_owned()));
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested"]);
}

#[tokio::test]
async fn news_of_what_is_not_written_waits_for_five_minutes_and_is_dropped() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let before = world.table.first();
    reset(&world).await;
    forget(&world);
    world.table.change(|row| *row = before);
    world.work().await;
    assert_eq!(world.waiting(), ["notice", "hook"]);
    world.clock.advance(Duration::from_mins(4));
    world.work().await;
    assert_eq!(world.waiting(), ["notice", "hook"]);
    world.clock.advance(Duration::from_mins(1));
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"]);
    assert!(world.parts.buried.lock().unwrap().is_empty(), "it is no loss");
    let dropped = log.lines().into_iter().filter(|line| line.starts_with("dropped: "));
    assert_eq!(dropped.count(), 2, "but it is told");
}

#[tokio::test]
async fn news_waits_for_a_day_where_the_table_or_a_server_is_away() {
    let world = World::new();
    reset(&world).await;
    forget(&world);
    world.table.fail(Some(StoreError::Unreachable("gone".to_owned())));
    world.work().await;
    assert_eq!(world.waiting(), ["notice", "hook"]);
    world.table.fail(None);
    for _try in 0..2 {
        let passing = || Err(SendError::Passing("later".to_owned()));
        world.parts.answers.lock().unwrap().push_back(passing());
        world.parts.replies.lock().unwrap().push_back(passing());
        world.clock.advance(Duration::from_hours(11));
        world.work().await;
        assert_eq!(world.waiting(), ["notice", "hook"]);
    }
    world.clock.advance(Duration::from_hours(2));
    world.work_off().await;
    let buried: Vec<_> = world.parts.buried.lock().unwrap().iter().map(|(_, why)| *why).collect();
    assert_eq!(buried, [Lost::TooLate; 2]);
    assert!(!world.has_password("nothing else was done"));
}

#[tokio::test]
async fn a_call_that_fails_is_tried_again_or_where_many_wait_laid_aside() {
    let world = World::new();
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    world.work().await;
    for crowded in [false, true] {
        world.parts.is_crowded.store(crowded, Ordering::SeqCst);
        let passing = Err(SendError::Passing("503".to_owned()));
        world.parts.replies.lock().unwrap().push_back(passing);
        world.work().await;
        assert_eq!(world.waiting().is_empty(), crowded);
    }
    let buried = world.parts.buried.lock().unwrap();
    assert_eq!(buried.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Lost::TooMuch]);
    let calls = world.parts.calls.lock().unwrap();
    assert!(calls.len() == 2 && calls[0].id == calls[1].id, "one event, told twice");
}

#[tokio::test]
async fn a_call_refused_for_good_is_laid_aside_also_where_few_wait() {
    let world = World::new();
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    let gone = Err(SendError::Final("410".to_owned()));
    world.parts.replies.lock().unwrap().push_back(gone);
    world.work_off().await;
    let buried = world.parts.buried.lock().unwrap();
    assert_eq!(buried.iter().map(|(_, why)| *why).collect::<Vec<_>>(), [Lost::Refused]);
}

#[tokio::test]
async fn who_wants_no_news_gets_none() {
    let world = World::with(|app| app.hooks.clear());
    let condition = Condition { column: "confirmed".to_owned(), test: Test::True };
    world.table.change(|row| row.confirmed = vec![(condition, Some("0".to_owned()))]);
    let token = world.token(Purpose::EmailConfirmation).await;
    world.confirm(&token).await.unwrap();
    assert_eq!(world.waiting(), [""; 0]);
    let token = world.token(Purpose::Login).await;
    world.log_in(&token).await.unwrap();
    reset(&world).await;
    world.work_off().await;
    assert_eq!(world.told(), [""; 0]);
    let mails = ["email_confirmation", "login_link", "password_reset", "password_changed"];
    assert_eq!(world.mailed(), mails);
}

#[test]
fn every_event_is_found_by_its_name() {
    for event in Event::ALL {
        assert_eq!(Event::from_name(event.name()), Some(event));
    }
    assert_eq!(Event::from_name("password.forgotten"), None);
}

#[tokio::test]
async fn a_login_is_not_undone_where_nobody_can_be_told() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    world.parts.is_brimful.store(true, Ordering::SeqCst);
    assert!(world.log_in(&token).await.is_ok());
    assert_eq!(world.waiting(), [""; 0]);
}
