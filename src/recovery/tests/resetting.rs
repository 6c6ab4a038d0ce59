//! Setting a new password, confirming an address, and what is told of them.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::change::Seen;
use super::super::testing::{GOOD, Parts, START, World, ada, asking, token_in};
use super::super::{Browser, CompleteError, Message, Refused, StampUse, StoreError, System};
use crate::account::{Account, Condition, Test};
use crate::password::Refusal;
use crate::token::Purpose;

const INVALID: CompleteError = CompleteError::Token(Refused::Invalid);

fn unconfirmed() -> Vec<(Condition, Option<String>)> {
    vec![(Condition { column: "confirmed".to_owned(), test: Test::True }, Some("0".to_owned()))]
}

#[tokio::test]
async fn a_link_sets_a_password_once_and_its_owner_and_the_application_are_told() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    assert_eq!(world.complete(&token, GOOD).await.unwrap().return_to, None);
    assert!(world.has_password(GOOD));
    assert_eq!(world.table.first().recovery_stamp.map(|stamp| stamp.len()), Some(43));
    assert_eq!(world.complete(&token, "another otter in the rain").await, Err(INVALID));
    assert!(world.has_password(GOOD));

    assert_eq!(world.waiting(), ["notice", "hook"]);
    assert_eq!(world.delays(), [Duration::from_millis(250); 2]);
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset", "password_changed"]);
    assert_eq!(world.told(), ["recovery.requested", "password.changed"]);
    let letter = world.letters().pop().unwrap();
    let Message::PasswordChanged { at, client, not_me } = &letter.message else { panic!() };
    assert_eq!(
        (*at, client.browser, client.system),
        (START, Some(Browser::Firefox), Some(System::Linux))
    );
    assert_eq!(not_me, "https://accounts.example.com/a/shop/not-me");
    assert_eq!((letter.id.as_str(), letter.to.as_str()), ("r2.0", "ada@example.com"));
    let call = world.parts.calls.lock().unwrap().pop().unwrap();
    assert_eq!((call.id.as_str(), call.user_id.as_str(), call.purpose), ("r2", "1", None));
}

#[tokio::test]
async fn without_a_stamp_none_is_written() {
    let world = World::with(|app| app.stamp = StampUse::None);
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
    assert_eq!(world.table.first().recovery_stamp, None);
}

#[tokio::test]
async fn a_weak_password_spends_nothing() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let short = world.complete(&token, "short").await;
    assert_eq!(short, Err(CompleteError::Rejected(vec![Refusal::TooShort { min: 8 }])));
    for personal in ["ada@example.com", "shopshopshop"] {
        let refused = world.complete(&token, personal).await;
        assert!(matches!(refused, Err(CompleteError::Rejected(_))), "{refused:?}");
    }
    assert_eq!(world.waiting(), [""; 0]);
    world.complete(&token, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_link_dies_with_its_lifetime_and_not_a_second_before() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    world.clock.advance(Duration::from_mins(30));
    assert!(world.inspect(Purpose::PasswordReset, &token).await.is_ok());
    world.clock.advance(Duration::from_secs(1));
    let expired = Err(CompleteError::Token(Refused::Expired));
    assert_eq!(world.complete(&token, GOOD).await, expired);
}

#[tokio::test]
async fn what_changes_the_row_meanwhile_voids_the_link() {
    let changes: [fn(&mut Account); 3] = [
        |row| row.password = Some("$argon2id$theirs".to_owned()),
        |row| row.email = Some("ada@elsewhere.example".to_owned()),
        |row| row.recovery_stamp = Some("renewed".to_owned()),
    ];
    for change in changes {
        let world = World::new();
        let token = world.token(Purpose::PasswordReset).await;
        world.table.meanwhile(change);
        assert_eq!(world.complete(&token, GOOD).await, Err(INVALID));
        assert!(!world.has_password(GOOD));
        world.work_off().await;
        assert_eq!(world.mailed(), ["password_reset"], "nothing is told");
        assert_eq!(world.told(), ["recovery.requested"]);
    }
}

#[tokio::test]
async fn where_nobody_could_be_told_nothing_is_written() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    world.parts.is_brimful.store(true, Ordering::SeqCst);
    let busy = Err(CompleteError::Busy(Duration::from_secs(1)));
    assert_eq!(world.complete(&token, GOOD).await, busy);
    assert!(!world.has_password(GOOD));
    world.parts.is_brimful.store(false, Ordering::SeqCst);
    world.complete(&token, GOOD).await.unwrap();
}

#[tokio::test]
async fn a_reset_confirms_where_it_may_and_only_what_is_not_confirmed() {
    for (reset_confirms, then) in [(true, Some("1")), (false, None)] {
        let world = World::with(|app| app.reset_confirms = reset_confirms);
        world.table.change(|row| row.confirmed = unconfirmed());
        world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
        world.work_off().await;
        let Some(letter) = world.letters().pop() else {
            assert_eq!(then, None, "who has not confirmed gets no link");
            continue;
        };
        world.complete(&token_in(&letter), GOOD).await.unwrap();
        assert_eq!(world.table.first().confirmed[0].1.as_deref(), then);
    }
}

#[tokio::test]
async fn when_an_address_was_confirmed_is_not_written_again() {
    let world = World::with(|app| app.reset_confirms = true);
    let confirmed_at = Condition { column: "confirmed_at".to_owned(), test: Test::NotNull };
    let long_ago = vec![(confirmed_at, Some("2020-01-01".to_owned()))];
    world.table.change(|row| row.confirmed.clone_from(&long_ago));
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
    assert!(world.table.first().confirmed == long_ago);
}

#[tokio::test]
async fn each_address_of_an_account_is_told_by_a_mail_of_its_own() {
    let world = World::new();
    let proved = Condition { column: "proved".to_owned(), test: Test::True };
    world.table.change(|row| {
        row.locale = Some("de".to_owned());
        row.recovery_email = Some(crate::account::RecoveryEmail {
            address: Some("ada@home.example".to_owned()),
            confirmed: (proved, Some("1".to_owned())),
        });
    });
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
    world.work_off().await;
    let notices = world.letters().split_off(1);
    let told: Vec<_> = notices.iter().map(|it| (it.id.as_str(), it.to.as_str())).collect();
    assert_eq!(told, [("r2.0", "ada@example.com"), ("r2.1", "ada@home.example")]);
    assert!(notices.iter().all(|it| it.language == crate::language::Language::German));
}

#[tokio::test]
async fn an_address_is_confirmed_by_its_link_and_that_is_told_once() {
    let world = World::new();
    world.table.change(|row| row.confirmed = unconfirmed());
    let token = world.token(Purpose::EmailConfirmation).await;
    world.confirm(&token).await.unwrap();
    assert!(world.table.first().is_confirmed());
    world.confirm(&token).await.unwrap();
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested", "email.confirmed"]);
    assert_eq!(world.mailed(), ["email_confirmation"], "no notice");
}

#[tokio::test]
async fn an_address_that_changed_meanwhile_is_not_confirmed() {
    let world = World::new();
    world.table.change(|row| row.confirmed = unconfirmed());
    let token = world.token(Purpose::EmailConfirmation).await;
    world.table.meanwhile(|row| row.email = Some("eve@example.com".to_owned()));
    assert_eq!(world.confirm(&token).await, Err(INVALID));
    assert!(!world.table.first().is_confirmed());
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested"]);
    assert_eq!(world.confirm(&token).await, Err(INVALID));
}

#[tokio::test(start_paused = true)]
async fn a_confirmation_whose_answer_is_lost_is_tried_again_and_told() {
    let world = World::new();
    world.table.change(|row| row.confirmed = unconfirmed());
    let token = world.token(Purpose::EmailConfirmation).await;
    world.table.stumble(2, StoreError::Unreachable("reset".to_owned()));
    world.confirm(&token).await.unwrap();
    assert!(world.table.first().is_confirmed());
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested", "email.confirmed"]);
}

#[tokio::test]
async fn an_account_closed_meanwhile_is_not_confirmed_and_a_password_set_meanwhile_does_not_matter()
{
    for (active, confirmed) in [(Some("0"), false), (Some("1"), true)] {
        let world = World::new();
        let flag = Condition { column: "active".to_owned(), test: Test::True };
        world.table.change(|row| {
            row.confirmed = unconfirmed();
            row.active = vec![(flag, Some("1".to_owned()))];
        });
        let token = world.token(Purpose::EmailConfirmation).await;
        world.table.meanwhile(move |row| {
            row.active[0].1 = active.map(str::to_owned);
            row.password = Some("$argon2id$theirs".to_owned());
        });
        assert_eq!(world.confirm(&token).await.is_ok(), confirmed, "{active:?}");
    }
}

#[tokio::test]
async fn who_has_nothing_to_confirm_or_is_not_offered_it_is_told_so() {
    let world = World::new();
    world.table.change(|row| row.confirmed = unconfirmed());
    let token = world.token(Purpose::EmailConfirmation).await;
    world.table.change(|row| row.confirmed.clear());
    assert_eq!(world.confirm(&token).await, Err(CompleteError::NotConfigured));

    let without = World::without(Purpose::EmailConfirmation);
    assert_eq!(without.confirm(&token).await, Err(CompleteError::NotConfigured));
    assert_eq!(Parts::taken(&without.parts.requests, "complete 198.51.100.7"), 0);
}

#[tokio::test]
async fn a_table_that_is_away_is_no_refusal() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let away = StoreError::Misfit("no such column".to_owned());
    world.table.fail(Some(away.clone()));
    assert_eq!(world.complete(&token, GOOD).await, Err(CompleteError::Unavailable(away.clone())));
    world.table.fail(None);
    world.complete(&token, GOOD).await.unwrap();
}

#[tokio::test]
async fn every_door_counts_its_own_and_who_comes_too_often_is_told() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    *world.parts.requests_most.lock().unwrap() = Some(1);
    for _time in 0..2 {
        let _first_counts = world.complete("x", GOOD).await;
    }
    let late = Err(CompleteError::RateLimited(Duration::from_secs(7)));
    assert_eq!(world.complete(&token, GOOD).await, late);
    assert!(world.inspect(Purpose::PasswordReset, &token).await.is_ok(), "a door of its own");
}

#[tokio::test]
async fn a_change_in_another_process_is_told_by_it_or_by_the_row() {
    use super::super::change::Change;
    use super::super::{Client, NewPassword};
    let world = World::new();
    let (app, jobs) = (world.app(), world.parts.as_ref());
    let new = |hash: &str| NewPassword {
        hash: hash.to_owned(),
        recovery_stamp: None,
        confirms: false,
        at: START,
    };
    let change = |hash: &str| Change::of(app, &ada(), &new(hash), Client::default());
    let written_down = |change: &Change| -> Change {
        serde_json::from_str(&serde_json::to_string(change).unwrap()).unwrap()
    };
    let seen = async |change: &Change| match change.seen(app, jobs).await.unwrap() {
        Seen::Written(account) => format!("written by {}", account.id),
        Seen::NotYet => "not yet".to_owned(),
        Seen::Never => "never".to_owned(),
    };
    let one = change("$one");
    assert_eq!(seen(&one).await, "not yet");
    world.table.change(|row| row.password = Some("$one".to_owned()));
    assert_eq!(seen(&one).await, "written by 1", "as the row shows");
    world.table.change(|row| row.password = Some("$two".to_owned()));
    assert_eq!(seen(&one).await, "never", "somebody else wrote it");
    one.is_written("shop", &ada(), jobs).await;
    assert_eq!(seen(&one).await, "written by 1", "whatever became of the row");
    let elsewhere = written_down(&change("$one"));
    assert!(elsewhere.told().is_none());
    assert_ne!(elsewhere.id(), "");
    assert_ne!(change("$one").id(), change("$three").id());

    let three = change("$three");
    let elsewhere = written_down(&three);
    three.is_not_written("shop", jobs).await;
    assert_eq!(seen(&elsewhere).await, "never", "by the word of the other process");
    assert!(elsewhere.told().is_some(), "which it keeps");
    world.table.clear();
    assert_eq!(seen(&change("$four")).await, "never", "the row is gone");
}

#[tokio::test]
async fn an_account_that_is_told_of_holds_nothing_of_its_login() {
    let world = World::new();
    world.table.change(|row| row.recovery_stamp = Some("stamp".to_owned()));
    let token = world.token(Purpose::PasswordReset).await;
    let flag = || Condition { column: "flag".to_owned(), test: Test::True };
    world.table.change(|row| {
        row.username = Some("ada".to_owned());
        row.last_login = Some("1700000000".to_owned().into());
        row.active = vec![(flag(), Some("1".to_owned()))];
        row.confirmed = vec![(flag(), Some("1".to_owned()))];
    });
    world.complete(&token, GOOD).await.unwrap();
    let told = world.parts.told.lock().unwrap();
    let [super::super::Told::Written(account)] = &told.values().collect::<Vec<_>>()[..] else {
        panic!("one change is told of");
    };
    let kept =
        Account { email: account.email.clone(), id: account.id.clone(), password: None, ..ada() };
    assert!(**account == kept);
}

#[tokio::test]
async fn a_mail_in_between_does_not_keep_a_notice_from_its_owner() {
    let world = World::where_the_newest_wins();
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.unwrap();
    let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
    ask.reference = "r3".to_owned();
    world.recovery.ask(world.app(), ask).await.unwrap();
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset", "password_changed", "password_reset"]);
}
