//! Looking at tokens, which changes nothing.

use std::time::Duration;

use super::super::testing::{START, World};
use super::super::{InspectError, Refused, Worthless};
use crate::account::{Account, Condition, Identifier, Ineligible, Test};
use crate::token::{Purpose, TokenError};

/// What happens to an account.
type Change = Box<dyn FnOnce(&mut Account)>;

const INVALID: Result<(), InspectError> = Err(InspectError::Token(Refused::Invalid));

#[tokio::test]
async fn a_good_token_says_what_it_is_for_until_when_and_whose_it_is() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let before = world.table.first();
    let inspected = world.inspect(Purpose::PasswordReset, &token).await.unwrap();
    assert_eq!(inspected.purpose, Purpose::PasswordReset);
    assert_eq!(
        (inspected.issued_at, inspected.expires_at),
        (START, START + Duration::from_mins(30))
    );
    assert_eq!(
        (inspected.whose.user_id(), inspected.whose.masked().as_str()),
        ("1", "a…@example.com")
    );
    let called = |typed| inspected.whose.is_called(&Identifier::parse(typed).unwrap());
    assert!(called("ADA@example.com") && !called("eve@example.com"));
    assert!(world.table.first() == before);

    let (app, recovery) = (world.app(), &world.recovery);
    let again = recovery.inspect_again(app, Purpose::PasswordReset, &token).await;
    assert_eq!(again, Ok(inspected.clone()));
    let (explained, user_id) = recovery.explain(app, Purpose::PasswordReset, &token).await.unwrap();
    assert_eq!((explained, user_id.as_str()), (inspected, "1"));
}

#[tokio::test]
async fn no_row_is_read_for_what_none_of_our_keys_signed() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let before = world.table.statements();
    for (purpose, token) in [
        (Purpose::PasswordReset, "no.token.here"),
        (Purpose::EmailConfirmation, token.as_str()),
        (Purpose::PasswordReset, &token[..token.len() - 1]),
    ] {
        assert_eq!(world.inspect(purpose, token).await.map(drop), INVALID);
    }
    assert_eq!(world.table.statements(), before);
}

#[tokio::test]
async fn names_and_ours_are_told_by_the_signature_alone() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let before = world.table.statements();
    let (app, recovery) = (world.app(), &world.recovery);
    let reset = Purpose::PasswordReset;
    assert_eq!(recovery.names(app, reset, &token).as_deref(), Some("1"));
    assert!(recovery.is_ours(app, reset, &token));
    assert!(!recovery.is_ours(app, Purpose::Login, &token));
    assert!(!recovery.is_ours(app, reset, "no.token.here"));
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(recovery.names(app, reset, &token), None, "expired");
    assert!(recovery.is_ours(app, reset, &token), "but ours");
    assert_eq!(world.table.statements(), before);

    let without = World::without(Purpose::PasswordReset);
    assert!(!without.recovery.is_ours(without.app(), reset, &token));
    let refused = without.recovery.explain(without.app(), reset, &token).await;
    assert_eq!(refused, Err(Worthless::NotConfigured));
    assert_eq!(without.table.statements(), 0);
}

#[tokio::test]
async fn operators_are_told_the_reason_and_the_public_one_of_two() {
    let flag = || Condition { column: "active".to_owned(), test: Test::True };
    let of_ada = || "1".to_owned();
    let revoked = format!("~1800000000{}", "A".repeat(32));
    let changes: [(Change, Worthless); 5] = [
        (Box::new(|row| row.email = None), Worthless::Ineligible(of_ada(), Ineligible::NoAddress)),
        (
            Box::new(move |row| row.active = vec![(flag(), Some("0".to_owned()))]),
            Worthless::Ineligible(of_ada(), Ineligible::Inactive),
        ),
        (Box::new(|row| row.password = Some("$new".to_owned())), Worthless::Spent(of_ada())),
        (Box::new(move |row| row.recovery_stamp = Some(revoked)), Worthless::Revoked(of_ada())),
        (Box::new(|row| row.id = "2".to_owned()), Worthless::AccountUnknown),
    ];
    for (change, reason) in changes {
        let world = World::new();
        let token = world.token(Purpose::PasswordReset).await;
        world.table.change(change);
        let (app, recovery) = (world.app(), &world.recovery);
        let explained = recovery.explain(app, Purpose::PasswordReset, &token).await;
        assert_eq!(explained.err(), Some(reason));
        assert_eq!(world.inspect(Purpose::PasswordReset, &token).await.map(drop), INVALID);
    }
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    world.clock.advance(Duration::from_hours(1));
    let explained = world.recovery.explain(world.app(), Purpose::PasswordReset, &token).await;
    assert!(matches!(explained, Err(Worthless::Token(TokenError::Expired { .. }))));
    let inspected = world.inspect(Purpose::PasswordReset, &token).await;
    assert_eq!(inspected, Err(InspectError::Token(Refused::Expired)));
}

#[tokio::test]
async fn a_token_made_in_the_second_of_a_revocation_or_before_it_is_revoked_and_a_later_one_spent()
{
    for (seconds, revoked) in [(0, true), (1, false)] {
        let world = World::new();
        let at = (START - Duration::from_secs(seconds)).unix_timestamp();
        let token = world.token(Purpose::PasswordReset).await;
        world.table.change(|row| row.recovery_stamp = Some(format!("~{at}{}", "A".repeat(32))));
        let why = world.recovery.explain(world.app(), Purpose::PasswordReset, &token).await;
        let of_ada = "1".to_owned();
        let expected = if revoked { Worthless::Revoked(of_ada) } else { Worthless::Spent(of_ada) };
        assert_eq!(why.err(), Some(expected), "{seconds}");
    }
}

#[tokio::test]
async fn a_login_link_that_was_used_is_spent_though_its_account_was_revoked_afterwards() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    world.log_in(&token).await.unwrap();
    world.table.change(|row| row.recovery_stamp = Some(format!("~1800000000{}", "A".repeat(32))));
    let why = world.recovery.explain(world.app(), Purpose::Login, &token).await;
    assert_eq!(why.err(), Some(Worthless::Spent("1".to_owned())));
}

#[tokio::test]
async fn a_login_in_the_second_in_which_the_link_was_made_spends_it_and_no_other_purpose_cares() {
    let world = World::new();
    let (login, reset) =
        (world.token(Purpose::Login).await, world.token(Purpose::PasswordReset).await);
    world.table.change(|row| row.last_login = Some(START.unix_timestamp().to_string().into()));
    assert_eq!(world.inspect(Purpose::Login, &login).await.map(drop), INVALID);
    assert!(world.inspect(Purpose::PasswordReset, &reset).await.is_ok());
}
