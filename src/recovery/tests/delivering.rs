//! What becomes of jobs that cannot be done at once.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::testing::{GOOD, Parts, START, World, ask_for};
use super::super::{Lost, Message, SendError, StoreError};
use crate::token::Purpose;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

async fn ask(world: &World) {
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
}

fn answer(world: &World, answer: SendError) {
    world.parts.answers.lock().unwrap().push_back(Err(answer));
}

fn passing() -> SendError {
    SendError::Passing("451 later".to_owned())
}

fn buried(world: &World) -> Vec<(&'static str, Lost)> {
    let buried = world.parts.buried.lock().unwrap();
    buried.iter().map(|(job, why)| (job.task.kind(), *why)).collect()
}

fn lifetime(world: &World, number: usize) -> Duration {
    match &world.letters()[number].message {
        Message::Link { lifetime, .. } => *lifetime,
        other => panic!("{other:?}", other = other.kind()),
    }
}

#[tokio::test]
async fn a_mail_that_is_not_taken_waits_longer_each_time_and_is_then_given_up() {
    let world = World::with(|app| app.hooks.clear());
    ask(&world).await;
    let mut waits = vec![];
    for _try in 0..20 {
        answer(&world, passing());
        world.work().await;
        let Some(wait) = world.delays().pop() else { break };
        waits.push(wait);
        world.clock.advance(wait);
    }
    assert!(waits[0] >= seconds(2) * 3 / 4 && waits[0] <= seconds(2) * 5 / 4, "{waits:?}");
    assert!(waits.iter().all(|wait| *wait <= Duration::from_mins(5) * 5 / 4), "{waits:?}");
    let total: Duration = waits.iter().sum();
    assert!(
        total < Duration::from_mins(30) && total >= Duration::from_secs(30 * 60 - 2),
        "{total:?}"
    );
    assert_eq!(buried(&world), [("link", Lost::TooLate)]);
    assert_eq!(world.letters().len(), waits.len() + 1);
    let attempts: Vec<_> = world.letters().iter().map(|letter| letter.attempt).collect();
    assert!(attempts.windows(2).all(|two| two[1] == two[0] + 1), "{attempts:?}");
}

#[tokio::test]
async fn within_half_its_life_a_mail_is_the_same_and_afterwards_a_fresh_one() {
    let world = World::with(|app| app.hooks.clear());
    ask(&world).await;
    answer(&world, passing());
    world.work().await;
    world.clock.advance(Duration::from_mins(15));
    answer(&world, passing());
    world.work().await;
    world.clock.advance(seconds(1));
    world.work_off().await;
    let ids: Vec<_> = world.letters().into_iter().map(|letter| letter.id).collect();
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[1], ids[2]);
    assert_eq!([0, 1, 2].map(|it| lifetime(&world, it)), [30, 15, 30].map(Duration::from_mins));
}

#[tokio::test]
async fn the_application_is_told_of_a_mail_once_however_often_it_is_tried() {
    let world = World::new();
    ask(&world).await;
    answer(&world, passing());
    world.work().await;
    world.clock.advance(Duration::from_mins(20));
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested"]);
    let call = world.parts.calls.lock().unwrap()[0].clone();
    assert_eq!(call.id, world.letters()[0].id, "by the mail's own name");
    assert_eq!(call.at, START);
}

#[tokio::test]
async fn a_mail_refused_for_good_is_laid_aside_and_its_turn_and_budget_are_used() {
    let world = World::new();
    ask(&world).await;
    answer(&world, SendError::Final("550 no such user".to_owned()));
    world.work_off().await;
    assert_eq!(buried(&world), [("link", Lost::Refused)]);
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 1);
    assert_eq!(Parts::taken(&world.parts.turns, "shop"), 1);
}

#[tokio::test]
async fn where_the_newest_wins_a_mail_refused_for_good_costs_nothing() {
    let world = World::where_the_newest_wins();
    ask(&world).await;
    answer(&world, SendError::Final("550 no such user".to_owned()));
    world.work_off().await;
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 0);
    for pace in ["shop", "provider"] {
        assert_eq!(Parts::taken(&world.parts.turns, pace), 0);
    }
}

#[tokio::test]
async fn where_the_newest_wins_a_mail_given_up_has_its_budget_back_and_not_its_turn() {
    let world = World::where_the_newest_wins();
    ask(&world).await;
    answer(&world, passing());
    world.work().await;
    world.clock.advance(Duration::from_mins(31));
    world.work_off().await;
    assert_eq!(buried(&world), [("link", Lost::TooLate)]);
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 0);
    assert_eq!(Parts::taken(&world.parts.turns, "shop"), 1);
}

#[tokio::test]
async fn a_job_is_of_use_as_long_as_its_link_would_work_and_not_a_moment_longer() {
    for (minutes, mails) in [(29, 1), (30, 0)] {
        let world = World::new();
        ask(&world).await;
        world.clock.advance(Duration::from_mins(minutes));
        world.work_off().await;
        assert_eq!(world.mailed().len(), mails, "{minutes}");
        assert_eq!(buried(&world).len(), 1 - mails);
    }
}

#[tokio::test]
async fn a_job_of_an_unknown_application_is_dropped() {
    let world = World::new();
    let left = world.recovery.perform(ask_for("elsewhere", "r1", "ada@example.com")).await;
    assert_eq!((left, world.table.statements()), (vec![], 0));
}

#[tokio::test]
async fn a_mail_waits_for_the_later_of_its_turns_and_is_then_sent() {
    let world = World::with(|app| app.hooks.clear());
    let pace = |name: &str, wait| {
        world.parts.paces.lock().unwrap().insert(name.to_owned(), wait);
    };
    pace("shop", seconds(20));
    pace("provider", seconds(40));
    ask(&world).await;
    world.work().await;
    assert_eq!((world.mailed().len(), world.delays()), (0, vec![seconds(40)]));
    world.clock.advance(seconds(40));
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"]);
    assert_eq!(Parts::taken(&world.parts.turns, "shop"), 1, "its turn counts for it");
    assert_eq!(lifetime(&world, 0), seconds(29 * 60 + 20));
}

#[tokio::test]
async fn a_turn_that_would_come_too_late_is_given_up_with_all_that_was_taken() {
    for (wait, hours, sent) in
        [(1_800, 0, true), (1_801, 0, false), (3_600, 9, true), (3_601, 9, false)]
    {
        let world = World::with(|app| {
            app.hooks.clear();
            if hours > 0 {
                app.lifetimes.insert(Purpose::PasswordReset, Duration::from_hours(hours));
            }
        });
        world.parts.paces.lock().unwrap().insert("provider".to_owned(), seconds(wait));
        ask(&world).await;
        world.work().await;
        assert_eq!(!world.waiting().is_empty(), sent, "{wait} of {hours} h");
        if !sent {
            assert_eq!(buried(&world), [("link", Lost::TooMuch)]);
            assert_eq!(Parts::taken(&world.parts.turns, "shop"), 0, "given back");
            assert_eq!(Parts::taken(&world.parts.budgets, "1"), 0, "given back");
        }
    }
}

#[tokio::test]
async fn patience_for_a_turn_shrinks_with_what_is_left_of_the_link() {
    let world = World::with(|app| app.hooks.clear());
    world.parts.paces.lock().unwrap().insert("shop".to_owned(), seconds(1_200));
    ask(&world).await;
    world.clock.advance(Duration::from_mins(20));
    world.work().await;
    assert_eq!(buried(&world), [("link", Lost::TooMuch)], "20 minutes more are too many");
}

#[tokio::test]
async fn jobs_make_way_where_as_many_as_may_are_under_way() {
    let world = World::new();
    ask(&world).await;
    for held in [world.app().job_share.clone(), world.app().lane.clone()] {
        let _all = held.try_acquire_many(4).unwrap();
        world.work().await;
        assert_eq!((world.waiting(), world.table.statements()), (vec!["ask"], 0));
        let wait = world.delays()[0];
        assert!(wait >= seconds(1) / 2 && wait <= seconds(5) / 2, "{wait:?}");
        assert_eq!(world.parts.waiting.lock().unwrap()[0].job.attempt, 0);
    }
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"]);
}

#[tokio::test]
async fn calls_have_a_lane_of_their_own_and_where_many_wait_they_are_laid_aside() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
    let share = world.app().job_share.clone();
    let lane = world.app().hook_lane.clone();
    let _all_of_the_share = share.try_acquire_many(4).unwrap();
    let calls = lane.try_acquire_many(4).unwrap();
    world.work().await;
    assert_eq!(world.waiting(), ["notice", "hook"]);
    world.parts.is_crowded.store(true, Ordering::SeqCst);
    world.work().await;
    assert_eq!(world.waiting(), ["notice"], "a notice is never in the way");
    assert_eq!(buried(&world), [("hook", Lost::TooMuch)]);
    drop(calls);
}

#[tokio::test]
async fn a_link_that_waits_goes_to_the_account_as_it_is_then_or_to_nobody() {
    let world = World::with(|app| app.hooks.clear());
    ask(&world).await;
    answer(&world, passing());
    world.work().await;
    world.table.change(|row| row.email = Some("ada@elsewhere.example".to_owned()));
    answer(&world, passing());
    world.work().await;
    assert_eq!(world.letters()[1].to, "ada@elsewhere.example");
    world.table.change(|row| row.password = None);
    world.work_off().await;
    assert_eq!(world.letters().len(), 2);
}

#[tokio::test]
async fn a_call_begins_anew_however_often_its_mail_was_tried() {
    let world = World::new();
    ask(&world).await;
    world.table.stumble(1, StoreError::Busy("locked".to_owned()));
    world.work().await;
    world.work().await;
    let waiting = world.parts.waiting.lock().unwrap();
    assert_eq!((waiting[0].job.task.kind(), waiting[0].job.attempt), ("hook", 0));
    assert_eq!(world.letters()[0].attempt, 2);
}

#[tokio::test]
async fn a_table_that_is_away_puts_off_and_takes_nothing() {
    let world = World::new();
    world.table.fail(Some(StoreError::Unreachable("gone".to_owned())));
    for purpose in [Purpose::PasswordReset, Purpose::Login] {
        world.ask(purpose, "ada@example.com").await.unwrap();
    }
    world.work().await;
    assert_eq!(world.waiting(), ["ask", "ask"]);
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 0);
    world.table.fail(None);
    answer(&world, passing());
    world.work().await;
    world.table.fail(Some(StoreError::Unreachable("gone".to_owned())));
    world.work().await;
    world.table.fail(None);
    world.work_off().await;
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 2);
    let mut kinds = world.mailed();
    kinds.sort_unstable();
    assert_eq!(kinds, ["login_link", "password_reset", "password_reset"]);
}
