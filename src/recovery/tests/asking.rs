//! From an ask to a mail.

use std::time::Duration;

use super::super::testing::{Parts, START, World, asking, client, token_in};
use super::super::{
    AskError, BreachUse, Languages, Lost, Message, Origin, StampUse, TryAfter, Wording,
};
use crate::account::{Account, Condition, Test};
use crate::language::Language;
use crate::recovery::testing::ada;
use crate::token::Purpose;

fn flag(value: Option<&str>) -> Vec<(Condition, Option<String>)> {
    let condition = Condition { column: "flag".to_owned(), test: Test::True };
    vec![(condition, value.map(str::to_owned))]
}

#[tokio::test]
async fn an_ask_is_taken_without_a_look_at_the_table_and_mailed_by_the_worker() {
    let world = World::new();
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    assert_eq!((world.table.statements(), world.waiting()), (0, vec!["ask"]));
    world.work().await;
    let letters = world.letters();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((letter.app.as_str(), letter.to.as_str()), ("shop", "ada@example.com"));
    assert_eq!((letter.reference.as_str(), letter.attempt, letter.now), ("r1", 1, START));
    assert_eq!((letter.language, letter.id.len()), (Language::English, 24));
    let Message::Link { lifetime, link, .. } = &letter.message else { panic!("{letter:?}") };
    assert_eq!(*lifetime, Duration::from_mins(30));
    assert!(link.starts_with("https://accounts.example.com/a/shop/reset/"), "a link");
    assert_eq!(letter.message.kind(), "password_reset");
}

#[tokio::test]
async fn what_is_called_and_known_of_the_account_stands_in_its_letter() {
    let world = World::new();
    world.table.change(|row| {
        row.username = Some("ada".to_owned());
        row.display_name = Some("Ada L.".to_owned());
        row.locale = Some("fr".to_owned());
    });
    world.ask(Purpose::PasswordReset, "ada").await.unwrap();
    world.work_off().await;
    let letters = world.letters();
    assert_eq!(letters[0].username.as_deref(), Some("ada"));
    assert_eq!(letters[0].display_name.as_deref(), Some("Ada L."));
    assert_eq!(letters[0].language, Language::French);
}

#[tokio::test]
async fn a_mail_is_in_the_language_said_then_that_of_the_account_then_of_the_browser() {
    use Language::{English, French, German, Spanish};
    for (said, account, accepted, written) in [
        (Some(German), Some("fr"), Some(Spanish), German),
        (None, Some("fr"), Some(Spanish), French),
        (None, Some("tlh"), Some(Spanish), Spanish),
        (None, None, None, English),
    ] {
        let world = World::new();
        world.table.change(|row| row.locale = account.map(str::to_owned));
        let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
        ask.languages = Languages { said, accepted };
        world.recovery.ask(world.app(), ask).await.unwrap();
        world.work_off().await;
        assert_eq!(world.letters()[0].language, written, "{said:?} {account:?} {accepted:?}");
    }
}

#[tokio::test]
async fn who_has_no_account_or_no_fit_one_gets_no_mail_and_pays_nothing() {
    let unfit = [
        Account { password: Some("!".to_owned()), ..ada() },
        Account { active: flag(Some("0")), ..ada() },
        Account { confirmed: flag(None), ..ada() },
    ];
    for account in unfit {
        let world = World::new();
        world.table.clear();
        world.table.add(account);
        world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
        world.ask(Purpose::PasswordReset, "nobody@example.com").await.unwrap();
        world.work_off().await;
        assert_eq!(world.mailed(), [""; 0]);
        assert_eq!(Parts::taken(&world.parts.budgets, "1"), 0);
    }
}

#[tokio::test]
async fn each_account_that_shares_an_address_gets_a_link_and_no_more_than_five_do() {
    let world = World::new();
    for id in 2..8 {
        world.table.add(Account { id: id.to_string(), ..ada() });
    }
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"; 5]);
    let letters = world.letters();
    let tokens: Vec<_> = letters.iter().map(token_in).collect();
    let whose = |token: &String| world.recovery.names(world.app(), Purpose::PasswordReset, token);
    let whose: Vec<_> = tokens.iter().map(whose).map(Option::unwrap).collect();
    assert_eq!(whose, ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn a_budget_that_is_used_up_keeps_mails_back_and_nothing_else_shows_it() {
    let world = World::new();
    *world.parts.budget_most.lock().unwrap() = Some(2);
    for _ask in 0..4 {
        world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    }
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"; 2]);
    assert_eq!(Parts::taken(&world.parts.budgets, "1"), 2);
}

#[tokio::test]
async fn a_job_that_is_done_once_more_is_not_paid_once_more() {
    let world = World::new();
    *world.parts.budget_most.lock().unwrap() = Some(0);
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    world.parts.waiting.lock().unwrap()[0].job.redone = true;
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"]);
}

#[tokio::test]
async fn what_is_not_offered_or_has_no_mail_cannot_be_asked_for() {
    let world = World::without(Purpose::Login);
    for purpose in [Purpose::Login, Purpose::Session] {
        let refused = world.ask(purpose, "ada@example.com").await;
        assert_eq!(refused, Err(AskError::NotConfigured), "{purpose:?}");
    }
    assert_eq!(world.waiting(), [""; 0]);
}

#[tokio::test]
async fn a_full_queue_and_a_client_that_asks_too_often_are_told_so() {
    let world = World::new();
    *world.parts.requests_most.lock().unwrap() = Some(1);
    world.parts.is_full.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(world.ask(Purpose::PasswordReset, "a@b.example").await, Err(AskError::Busy));
    let too_often = AskError::RateLimited(Duration::from_secs(7));
    assert_eq!(world.ask(Purpose::PasswordReset, "a@b.example").await, Err(too_often.clone()));

    let (app, recovery) = (world.app(), &world.recovery);
    assert_eq!(recovery.prepare(app, &client()).await, Ok(()), "an allowance of its own");
    assert_eq!(recovery.prepare(app, &client()).await, Err(too_often));
    assert_eq!(
        AskError::from(TryAfter(Duration::from_secs(1))),
        AskError::RateLimited(Duration::from_secs(1))
    );
}

#[tokio::test]
async fn where_a_link_leads_back_to_goes_with_it_while_it_is_allowed() {
    let world = World::new();
    let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
    ask.return_to = Some("https://shop.example.com/cart".to_owned());
    world.recovery.ask(world.app(), ask).await.unwrap();
    world.work_off().await;
    let token = token_in(&world.letters()[0]);
    let inspected = world.inspect(Purpose::PasswordReset, &token).await.unwrap();
    assert_eq!(inspected.return_to.as_deref(), Some("https://shop.example.com/cart"));
    let back =
        |token: &str| world.recovery.leads_back_to(world.app(), Purpose::PasswordReset, token);
    assert_eq!(back(&token).as_deref(), Some("https://shop.example.com/cart"));
    assert_eq!(back("no.token.here"), None);
    world.clock.advance(Duration::from_hours(1));
    assert!(back(&token).is_some(), "an expired one, too");
}

#[tokio::test]
async fn a_target_that_does_not_fit_beside_a_long_key_is_left_out() {
    let world = World::new();
    world.table.change(|row| row.id = "k".repeat(1200));
    let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
    ask.return_to = Some(format!("https://shop.example.com/{}", "x".repeat(990)));
    world.recovery.ask(world.app(), ask).await.unwrap();
    world.work_off().await;
    let token = token_in(&world.letters()[0]);
    assert_eq!(world.inspect(Purpose::PasswordReset, &token).await.unwrap().return_to, None);
}

#[tokio::test]
async fn a_mail_says_what_was_asked_for_or_what_the_application_says_there() {
    let worded =
        |subject: &str| Wording { subject: Some(subject.to_owned()), ..Wording::default() };
    let own = Box::new(worded("the application's"));
    let world = World::with(|app| drop(app.wordings.insert(Purpose::PasswordReset, own.clone())));
    let subjects = async |wording, purpose| {
        let mut ask = asking(purpose, "ada@example.com");
        ask.wording = wording;
        world.recovery.ask(world.app(), ask).await.unwrap();
        world.work_off().await;
        world.letters().pop().unwrap().wording.and_then(|wording| wording.subject)
    };
    let (asked, reset) = (Some(worded("the caller's")), Purpose::PasswordReset);
    assert_eq!(subjects(asked, reset).await.as_deref(), Some("the caller's"));
    assert_eq!(subjects(None, reset).await.as_deref(), Some("the application's"));
    assert_eq!(subjects(None, Purpose::Login).await, None);
}

#[tokio::test]
async fn a_dispute_is_told_once_for_each_account_that_is_paid_for() {
    let world = World::new();
    *world.parts.budget_most.lock().unwrap() = Some(1);
    for _time in 0..2 {
        let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
        ask.disputed = true;
        world.recovery.ask(world.app(), ask).await.unwrap();
    }
    world.work_off().await;
    assert_eq!(world.told(), ["account.disputed", "recovery.requested"]);
    let calls = world.parts.calls.lock().unwrap().clone();
    assert!(
        calls.iter().all(|call| call.user_id == "1" && call.app == "shop" && call.id.len() == 24)
    );
    assert_ne!(calls[0].id, calls[1].id);
    assert_eq!((calls[0].purpose, calls[1].purpose), (None, Some(Purpose::PasswordReset)));
    assert_eq!((calls[0].at, calls[0].now), (START, START));
}

#[tokio::test]
async fn a_login_link_is_not_mailed_where_a_second_factor_would_be_gone_past() {
    let world = World::new();
    world.table.tell_of_second_factor(&["mfa_secret"]);
    for purpose in [Purpose::Login, Purpose::PasswordReset] {
        world.ask(purpose, "ada@example.com").await.unwrap();
    }
    world.work_off().await;
    assert_eq!(world.mailed(), ["password_reset"]);
}

#[tokio::test]
async fn a_login_link_is_not_mailed_in_the_second_of_a_login() {
    for (last, mails) in [(0, 0), (1, 1)] {
        let world = World::new();
        let last = (START - Duration::from_secs(last)).unix_timestamp().to_string();
        world.table.change(|row| row.last_login = Some(last.into()));
        world.ask(Purpose::Login, "ada@example.com").await.unwrap();
        world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
        world.work_off().await;
        assert_eq!(world.mailed().len(), mails + 1, "a reset does not care");
    }
}

#[tokio::test]
async fn links_go_to_a_proved_second_address_but_confirmations_to_the_first() {
    let world = World::new();
    let proved = Condition { column: "proved".to_owned(), test: Test::True };
    world.table.change(|row| {
        row.recovery_email = Some(crate::account::RecoveryEmail {
            address: Some("ada@home.example".to_owned()),
            confirmed: (proved, Some("1".to_owned())),
        });
        row.confirmed = flag(None);
    });
    world.ask(Purpose::EmailConfirmation, "ada@example.com").await.unwrap();
    world.work_off().await;
    world.table.change(|row| row.confirmed = flag(Some("1")));
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    world.work_off().await;
    let to: Vec<_> = world.letters().into_iter().map(|letter| letter.to).collect();
    assert_eq!(to, ["ada@example.com", "ada@home.example"]);
}

#[test]
fn an_application_says_what_it_has() {
    let of = |stamp| {
        let world = World::with(|app| app.stamp = stamp);
        (world.app().has_stamp(), world.app().newest_link_wins())
    };
    assert_eq!(of(StampUse::None), (false, false));
    assert_eq!(of(StampUse::Renewed), (true, false));
    assert_eq!(of(StampUse::NewestLinkWins), (true, true));
    assert_ne!(BreachUse::OrAllow, BreachUse::OrRefuse);

    let world = World::new();
    let mailed: Vec<_> =
        world.app().mailed().map(|(purpose, mail)| (purpose, mail.name())).collect();
    assert_eq!(
        mailed,
        [
            (Purpose::PasswordReset, "password_reset"),
            (Purpose::EmailConfirmation, "email_confirmation"),
            (Purpose::Login, "login_link"),
        ]
    );
}

#[test]
fn a_reset_may_be_made_to_confirm_and_an_invitation_by_itself() {
    for (reset, invitation) in [(false, false), (false, true), (true, false), (true, true)] {
        let world = World::with(|app| {
            app.reset_confirms = reset;
            app.invitation_confirms = invitation;
        });
        let app = world.app();
        assert_eq!(app.needs(Purpose::PasswordReset).confirms, reset);
        assert!(!app.needs(Purpose::Login).confirms && !app.needs(Purpose::Session).confirms);
        assert!(app.needs(Purpose::EmailConfirmation).confirms);
        assert_eq!(app.needs_of_an_invitation().confirms, reset || invitation);
        assert_eq!(app.needs(Purpose::PasswordReset).purpose, Purpose::PasswordReset);
    }
}

#[test]
fn operators_pay_from_another_budget_of_the_same_account() {
    assert_eq!(Origin::Person.payer("7"), "7");
    assert_eq!(Origin::Operator.payer("7"), "operators\x007");
    assert_eq!(Origin::Invitation.payer("7"), "operators\x007");
    assert!(Origin::Person.is_a_person() && !Origin::Invitation.is_a_person());
    assert_eq!(Lost::TooMuch.to_string(), "too-much");
}
