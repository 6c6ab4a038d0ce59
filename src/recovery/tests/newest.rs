//! Where the newest link wins: which links work, mail by mail.

use std::time::Duration;

use super::super::testing::{GOOD, World, token_in};
use super::super::{Later, SendError, StoreError};
use crate::token::Purpose;

fn passing() -> Result<(), SendError> {
    Err(SendError::Passing("451 later".to_owned()))
}

fn answer(world: &World, answer: Result<(), SendError>) {
    world.parts.answers.lock().unwrap().push_back(answer);
}

async fn ask(world: &World) {
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
}

/// The token of the letter of this number.
fn token(world: &World, number: usize) -> String {
    token_in(&world.letters()[number])
}

async fn works(world: &World, token: &str) -> bool {
    world.inspect(Purpose::PasswordReset, token).await.is_ok()
}

fn stamp(world: &World) -> String {
    world.table.first().recovery_stamp.unwrap()
}

#[tokio::test]
async fn a_delivered_link_voids_the_one_before_it() {
    let world = World::where_the_newest_wins();
    let one = world.token(Purpose::PasswordReset).await;
    assert!(works(&world, &one).await);
    let two = world.token(Purpose::PasswordReset).await;
    assert!(!works(&world, &one).await && works(&world, &two).await);
    assert_eq!(stamp(&world).len(), "base.".len() + 16);
    assert!(world.complete(&two, GOOD).await.is_ok());
    assert_eq!(stamp(&world).len(), 43, "a base of its own");
}

#[tokio::test]
async fn a_confirmation_voids_nothing_and_is_not_voided() {
    use crate::account::{Condition, Test};
    let world = World::where_the_newest_wins();
    let condition = Condition { column: "confirmed".to_owned(), test: Test::True };
    world.table.change(|row| row.confirmed = vec![(condition, None)]);
    let confirmation = world.token(Purpose::EmailConfirmation).await;
    assert_eq!(stamp(&world), "base");
    assert!(world.inspect(Purpose::EmailConfirmation, &confirmation).await.is_ok());
}

#[tokio::test]
async fn where_it_does_not_win_every_link_works() {
    let world = World::new();
    world.table.change(|row| row.recovery_stamp = Some("base".to_owned()));
    let one = world.token(Purpose::PasswordReset).await;
    let two = world.token(Purpose::PasswordReset).await;
    assert!(works(&world, &one).await && works(&world, &two).await);
    assert_eq!(stamp(&world), "base");
}

#[tokio::test]
async fn a_mail_that_is_not_taken_voids_nothing_and_leaves_no_trace() {
    for refused in [passing(), Err(SendError::Final("550 no".to_owned()))] {
        let world = World::where_the_newest_wins();
        let one = world.token(Purpose::PasswordReset).await;
        let before = stamp(&world);
        answer(&world, refused);
        ask(&world).await;
        world.work().await;
        assert_eq!(stamp(&world), before);
        assert!(works(&world, &one).await);
    }
}

#[tokio::test]
async fn a_mail_that_was_perhaps_taken_voids_nothing_and_works_itself() {
    let world = World::where_the_newest_wins();
    let one = world.token(Purpose::PasswordReset).await;
    answer(&world, Err(SendError::Unanswered("no answer".to_owned())));
    ask(&world).await;
    world.work().await;
    let two = token(&world, 1);
    assert!(works(&world, &one).await && works(&world, &two).await);
    assert_eq!(world.waiting().last(), Some(&"link"), "it is sent again");
    world.clock.advance(Duration::from_secs(3));
    world.work_off().await;
    assert_eq!(
        (token(&world, 2), world.letters()[2].id.clone()),
        (two.clone(), world.letters()[1].id.clone())
    );
    assert!(!works(&world, &one).await && works(&world, &two).await, "once it is surely taken");
}

#[tokio::test]
async fn what_failed_is_tried_again_as_the_same_mail_with_the_same_link() {
    let world = World::where_the_newest_wins();
    answer(&world, passing());
    ask(&world).await;
    world.work().await;
    let first = token(&world, 0);
    assert!(!works(&world, &first).await, "it was surely not taken");
    world.clock.advance(Duration::from_secs(3));
    world.work_off().await;
    assert_eq!(token(&world, 1), first);
    assert!(works(&world, &first).await);
    assert_eq!(world.letters()[1].attempt, 2);
}

#[tokio::test]
async fn a_mail_that_a_newer_one_has_overtaken_is_not_sent_any_more() {
    let world = World::where_the_newest_wins();
    answer(&world, Err(SendError::Unanswered("no answer".to_owned())));
    ask(&world).await;
    world.work().await;
    let late: Vec<Later> = world.parts.waiting.lock().unwrap().drain(..).collect();
    let newer = world.token(Purpose::PasswordReset).await;
    world.parts.waiting.lock().unwrap().extend(late);
    world.work_off().await;
    assert_eq!(world.letters().len(), 2, "the first, and the newer");
    assert!(works(&world, &newer).await);
}

#[tokio::test]
async fn a_mail_that_was_not_taken_is_sent_though_others_were_meanwhile() {
    let world = World::where_the_newest_wins();
    answer(&world, passing());
    ask(&world).await;
    world.work().await;
    let late: Vec<Later> = world.parts.waiting.lock().unwrap().drain(..).collect();
    let other = world.token(Purpose::PasswordReset).await;
    world.parts.waiting.lock().unwrap().extend(late);
    world.work_off().await;
    assert_eq!(world.letters().len(), 3);
    assert!(works(&world, &token(&world, 2)).await, "the last one that was taken");
    assert!(!works(&world, &other).await);
}

#[tokio::test]
async fn a_pending_link_takes_the_place_of_a_pending_one_alone() {
    let world = World::where_the_newest_wins();
    let delivered = world.token(Purpose::PasswordReset).await;
    for _mail in 0..2 {
        answer(&world, Err(SendError::Unanswered("no answer".to_owned())));
        ask(&world).await;
        let waiting = world.parts.waiting.lock().unwrap().pop_back().unwrap();
        let _left = world.recovery.perform(waiting.job).await;
    }
    let (one, two) = (token(&world, 1), token(&world, 2));
    assert!(works(&world, &delivered).await && works(&world, &two).await);
    assert!(!works(&world, &one).await);
}

#[tokio::test]
async fn another_that_is_on_its_way_stays_pending_when_one_is_taken() {
    let world = World::where_the_newest_wins();
    // Written between the moment in which ours is made pending and that in which it is delivered.
    world.table.meanwhile(|_| {});
    world.table.meanwhile(|row| row.recovery_stamp = Some("base+BBBBBBBBBBBBBBBB".to_owned()));
    let token = world.token(Purpose::PasswordReset).await;
    assert!(stamp(&world).ends_with("+BBBBBBBBBBBBBBBB"), "{}", stamp(&world));
    assert!(stamp(&world).starts_with("base."), "{}", stamp(&world));
    assert!(works(&world, &token).await);
}

#[tokio::test]
async fn a_base_that_was_written_meanwhile_is_never_written_over() {
    for taken in [Ok(()), passing()] {
        let world = World::where_the_newest_wins();
        world.table.meanwhile(|_| {});
        world.table.meanwhile(|row| row.recovery_stamp = Some("revoked".to_owned()));
        answer(&world, taken);
        ask(&world).await;
        world.work().await;
        assert_eq!(stamp(&world), "revoked");
        assert!(!works(&world, &token(&world, 0)).await);
    }
}

#[tokio::test]
async fn one_that_failed_takes_only_its_own_mark_away() {
    let world = World::where_the_newest_wins();
    world.table.meanwhile(|_| {});
    world.table.meanwhile(|row| row.recovery_stamp = Some("base+CCCCCCCCCCCCCCCC".to_owned()));
    answer(&world, passing());
    ask(&world).await;
    world.work().await;
    assert_eq!(stamp(&world), "base+CCCCCCCCCCCCCCCC");
}

#[tokio::test]
async fn one_that_failed_gives_its_place_back_unless_another_was_delivered_since() {
    let world = World::where_the_newest_wins();
    world.table.change(|row| row.recovery_stamp = Some("base+CCCCCCCCCCCCCCCC".to_owned()));
    answer(&world, passing());
    ask(&world).await;
    world.work().await;
    assert_eq!(stamp(&world), "base+CCCCCCCCCCCCCCCC", "which may have been taken");

    let world = World::where_the_newest_wins();
    world.table.change(|row| row.recovery_stamp = Some("base+CCCCCCCCCCCCCCCC".to_owned()));
    world.table.meanwhile(|_| {});
    world.table.meanwhile(|row| {
        let stamp = row.recovery_stamp.take().unwrap();
        let (base, pending) = stamp.split_once('+').unwrap();
        row.recovery_stamp = Some(format!("{base}.DDDDDDDDDDDDDDDD+{pending}"));
    });
    answer(&world, passing());
    ask(&world).await;
    world.work().await;
    assert_eq!(stamp(&world), "base.DDDDDDDDDDDDDDDD");
}

#[tokio::test]
async fn an_account_that_changed_meanwhile_gets_no_link_that_would_not_work() {
    let world = World::where_the_newest_wins();
    world.table.meanwhile(|row| {
        row.recovery_stamp = Some("revoked".to_owned());
        row.password = None;
    });
    ask(&world).await;
    world.work().await;
    assert_eq!((world.mailed(), stamp(&world)), (vec![], "revoked".to_owned()));

    let world = World::where_the_newest_wins();
    world.table.meanwhile(|row| row.recovery_stamp = Some("revoked".to_owned()));
    let token = world.token(Purpose::PasswordReset).await;
    assert!(works(&world, &token).await, "one that it would work for does");

    let world = World::where_the_newest_wins();
    world.table.meanwhile(|row| {
        row.recovery_stamp = Some("base+BBBBBBBBBBBBBBBB".to_owned());
        row.last_login = Some(crate::recovery::testing::START.unix_timestamp().to_string().into());
    });
    world.ask(Purpose::Login, "ada@example.com").await.unwrap();
    world.work_off().await;
    assert_eq!(world.mailed(), [""; 0], "somebody logged in");
}

#[tokio::test]
async fn a_login_meanwhile_is_no_matter_of_a_reset_and_a_mail_meanwhile_none_of_a_login() {
    for (purpose, logged_in) in [(Purpose::PasswordReset, true), (Purpose::Login, false)] {
        let world = World::where_the_newest_wins();
        world.table.meanwhile(move |row| {
            row.recovery_stamp = Some("base+BBBBBBBBBBBBBBBB".to_owned());
            let now = crate::recovery::testing::START.unix_timestamp().to_string();
            row.last_login = logged_in.then(|| now.into());
        });
        world.ask(purpose, "ada@example.com").await.unwrap();
        world.work_off().await;
        assert_eq!(world.letters().len(), 1, "{purpose:?}");
    }
}

#[tokio::test]
async fn what_was_perhaps_taken_is_sent_again_unless_another_was_delivered_since() {
    let perhaps = async |world: &World| {
        answer(world, Err(SendError::Unanswered("no answer".to_owned())));
        ask(world).await;
        let waiting = world.parts.waiting.lock().unwrap().pop_back().unwrap();
        world.recovery.perform(waiting.job).await
    };
    // A revocation has taken the delivered one away, and a pending one the place of this one.
    for revoked in [true, false] {
        let world = World::where_the_newest_wins();
        let _delivered = world.token(Purpose::PasswordReset).await;
        let left = perhaps(&world).await;
        if revoked {
            world.table.change(|row| row.recovery_stamp = Some("revoked".to_owned()));
        } else {
            let _another = perhaps(&world).await;
        }
        let before = world.letters().len();
        world.parts.waiting.lock().unwrap().extend(left);
        world.work_off().await;
        assert_eq!(world.letters().len(), before + 1, "{revoked}");
        assert!(works(&world, &token(&world, before)).await, "{revoked}");
    }
}

#[tokio::test]
async fn a_mail_tried_before_is_not_made_when_a_newer_one_is_delivered_just_then() {
    let world = World::where_the_newest_wins();
    answer(&world, Err(SendError::Unanswered("no answer".to_owned())));
    ask(&world).await;
    world.work().await;
    world.table.change(|row| row.recovery_stamp = Some("base".to_owned()));
    world.table.meanwhile(|row| row.recovery_stamp = Some("base.DDDDDDDDDDDDDDDD".to_owned()));
    world.work_off().await;
    assert_eq!(world.letters().len(), 1, "the first try");
    assert_eq!(stamp(&world), "base.DDDDDDDDDDDDDDDD");
}

#[tokio::test]
async fn a_row_that_others_write_all_the_time_puts_the_mail_off() {
    let world = World::where_the_newest_wins();
    for number in 0..16 {
        world.table.meanwhile(move |row| {
            row.recovery_stamp = Some(format!("base+BBBBBBBBBBBBBB{number:02}"));
        });
    }
    ask(&world).await;
    world.work().await;
    assert_eq!((world.mailed(), world.waiting()), (vec![], vec!["hook", "link"]));
}

#[tokio::test(start_paused = true)]
async fn a_table_that_goes_away_after_the_mail_was_taken_leaves_it_pending_and_working() {
    let world = World::where_the_newest_wins();
    let parts = world.parts.clone();
    let table = world.table.clone();
    world.table.meanwhile(move |_| {
        // Gone from the next statement on.
        let _still_there = parts;
        table.fail(Some(StoreError::Unreachable("gone".to_owned())));
    });
    ask(&world).await;
    world.work().await;
    world.table.fail(None);
    assert_eq!(stamp(&world).len(), "base+".len() + 16);
    assert!(works(&world, &token(&world, 0)).await);
}
