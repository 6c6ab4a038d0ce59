//! Logging in by a link, and what the session is good for.

use std::time::Duration;

use super::super::testing::{GOOD, Parts, START, World, client};
use super::super::{Client, CompleteError, InspectError, PasswordChange, Refused, StoreError};
use crate::password::Password;
use crate::token::Purpose;

const INVALID: CompleteError = CompleteError::Token(Refused::Invalid);

async fn change(world: &World, session: &str, new: &str) -> Result<(), CompleteError> {
    let change = PasswordChange {
        session: session.to_owned(),
        new_password: Password::new(new.to_owned()),
        client: client(),
        by: Client::default(),
        reference: "r4".to_owned(),
    };
    world.recovery.change_password(world.app(), change).await
}

async fn session(world: &World) -> String {
    let token = world.token(Purpose::Login).await;
    world.log_in(&token).await.unwrap().session.expose().to_owned()
}

#[tokio::test]
async fn a_login_link_logs_in_once_and_the_session_says_whose_it_is() {
    let world = World::new();
    world.table.change(|row| row.display_name = Some("Ada".to_owned()));
    let token = world.token(Purpose::Login).await;
    let logged_in = world.log_in(&token).await.unwrap();
    assert_eq!(logged_in.expires_at, START + Duration::from_mins(15));
    assert_eq!(logged_in.return_to, None);
    assert_eq!(world.log_in(&token).await.err(), Some(INVALID));
    let last = world.table.first().last_login.and_then(|last| last.time());
    assert_eq!(last, Some(START));

    let me = world.recovery.me(world.app(), &client(), logged_in.session.expose()).await.unwrap();
    assert_eq!((me.user_id.as_str(), me.email.as_str()), ("1", "ada@example.com"));
    assert_eq!((me.username, me.display_name.as_deref()), (None, Some("Ada")));
    world.work_off().await;
    assert_eq!(world.told(), ["recovery.requested", "login.completed"]);
    assert_eq!(world.mailed(), ["login_link"]);
}

#[tokio::test]
async fn a_login_meanwhile_spends_the_link_and_a_mail_meanwhile_does_not() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    world.table.meanwhile(|row| row.last_login = Some("1800000300".to_owned().into()));
    assert_eq!(world.log_in(&token).await.err(), Some(INVALID));

    let world = World::where_the_newest_wins();
    let token = world.token(Purpose::Login).await;
    world.table.meanwhile(|row| {
        let stamp = row.recovery_stamp.clone().unwrap();
        row.recovery_stamp = Some(format!("{stamp}+BBBBBBBBBBBBBBBB"));
    });
    assert!(world.log_in(&token).await.is_ok(), "a mail is on its way, and voids nothing yet");
}

#[tokio::test]
async fn a_mail_meanwhile_hides_no_login_and_no_password_that_came_with_it() {
    let changes: [fn(&mut crate::account::Account); 2] = [
        |row| row.last_login = Some("1800000300".to_owned().into()),
        |row| row.password = Some("$argon2id$theirs".to_owned()),
    ];
    for change in changes {
        let world = World::where_the_newest_wins();
        let token = world.token(Purpose::Login).await;
        world.table.meanwhile(move |row| {
            let stamp = row.recovery_stamp.clone().unwrap();
            row.recovery_stamp = Some(format!("{stamp}+BBBBBBBBBBBBBBBB"));
            change(row);
        });
        assert_eq!(world.log_in(&token).await.err(), Some(INVALID));
    }
}

#[tokio::test]
async fn a_link_that_rests_on_the_whole_stamp_is_spent_without_another_look() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    world.table.meanwhile(|row| row.last_login = Some("1800000300".to_owned().into()));
    // The table is read for a second factor and for the row; then it is written.
    world.table.stumble(4, StoreError::Unreachable("gone".to_owned()));
    assert_eq!(world.log_in(&token).await.err(), Some(INVALID));
}

#[tokio::test]
async fn what_overtakes_a_login_over_and_over_ends_it() {
    let world = World::where_the_newest_wins();
    let token = world.token(Purpose::Login).await;
    for number in 0..30 {
        world.table.meanwhile(move |row| {
            let stamp = row.recovery_stamp.clone().unwrap();
            let (stamp, _) = stamp.split_once('+').unwrap_or((&stamp, ""));
            row.recovery_stamp = Some(format!("{stamp}+BBBBBBBBBBBBBB{number:02}"));
        });
    }
    assert_eq!(world.log_in(&token).await.err(), Some(INVALID), "after eight times");
}

#[tokio::test(start_paused = true)]
async fn a_locked_row_is_tried_again_and_an_unknown_answer_is_not() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    for trouble in
        [StoreError::Busy("locked".to_owned()), StoreError::Unreachable("gone".to_owned())]
    {
        world.table.fail(Some(trouble.clone()));
        assert_eq!(world.log_in(&token).await.err(), Some(CompleteError::Unavailable(trouble)));
    }
    world.table.fail(None);
    // The table is read for a second factor and for the row; then it is written.
    world.table.stumble(3, StoreError::Unreachable("gone".to_owned()));
    assert!(world.log_in(&token).await.is_err(), "it may have been written");
    world.table.stumble(3, StoreError::Busy("locked".to_owned()));
    assert!(world.log_in(&token).await.is_ok());
}

#[tokio::test]
async fn without_login_links_there_are_neither_logins_nor_sessions() {
    let world = World::with(|app| {
        app.offered.remove(&Purpose::Login);
        app.offered.remove(&Purpose::Session);
    });
    assert_eq!(world.log_in("x").await.err(), Some(CompleteError::NotConfigured));
    let me = world.recovery.me(world.app(), &client(), "x").await;
    assert_eq!(me.err(), Some(InspectError::NotConfigured));
    assert_eq!(change(&world, "x", GOOD).await, Err(CompleteError::NotConfigured));
    assert!(world.parts.requests.lock().unwrap().is_empty(), "nothing is counted");
}

#[tokio::test]
async fn a_good_session_costs_its_client_nothing_and_a_bad_one_does() {
    let world = World::new();
    let session = session(&world).await;
    let (app, recovery) = (world.app(), &world.recovery);
    let counted = || Parts::taken(&world.parts.requests, "inspect 198.51.100.7");
    assert!(recovery.me(app, &client(), &session).await.is_ok());
    assert_eq!(counted(), 0);
    world.table.fail(Some(StoreError::Busy("locked".to_owned())));
    assert!(recovery.me(app, &client(), &session).await.is_err());
    assert_eq!(counted(), 0, "which says nothing of the session");
    world.table.fail(None);
    assert!(recovery.me(app, &client(), "no.session.here").await.is_err());
    assert_eq!(counted(), 1);
}

#[tokio::test]
async fn a_session_sets_a_password_and_dies_of_it() {
    let world = World::new();
    let session = session(&world).await;
    let counted = || Parts::taken(&world.parts.requests, "complete 198.51.100.7");
    let before = counted();
    assert!(change(&world, &session, "short").await.is_err());
    assert_eq!(counted(), before + 1);
    assert_eq!(change(&world, &session, GOOD).await, Ok(()));
    assert_eq!(counted(), before + 1, "what was done is given back");
    assert!(world.has_password(GOOD));
    assert_eq!(change(&world, &session, "another otter in the rain").await, Err(INVALID));
    world.work_off().await;
    assert_eq!(world.mailed(), ["login_link", "password_changed"]);
}

#[tokio::test]
async fn a_session_outlives_a_mail_and_dies_of_a_row_that_somebody_else_wrote() {
    let world = World::where_the_newest_wins();
    let session = session(&world).await;
    let _another_link = world.token(Purpose::PasswordReset).await;
    let me = world.recovery.me(world.app(), &client(), &session).await;
    assert!(me.is_ok(), "a stranger's asking ends no session");
    world.table.meanwhile(|row| row.password = Some("$argon2id$theirs".to_owned()));
    assert_eq!(change(&world, &session, GOOD).await, Err(INVALID));
}

#[tokio::test]
async fn no_session_is_good_where_a_second_factor_was_gone_past() {
    let world = World::new();
    let session = session(&world).await;
    world.table.tell_of_second_factor(&["mfa_secret"]);
    let me = world.recovery.me(world.app(), &client(), &session).await;
    assert_eq!(me.err(), Some(InspectError::NotConfigured));
}
