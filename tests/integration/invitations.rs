//! Invitations: a link to choose a password for who need not have one yet, on an operator's word.

use std::time::Duration;

use futures_util::future::join_all;
use regain::account::Identifier;
use regain::config::Settings;
use regain::language::Language;
use regain::recovery::{Invite, Languages};
use regain::token::{Claims, Keyring, Marks, Purpose, Secret};

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Regain, SECRET};
use crate::people::{OLD_HASH, Person, database, hash, person};
use crate::python;

const ADA: &str = "ada@example.com";
const NEW: &str = "a new passphrase";

fn whom(identifier: &str) -> Invite {
    Invite {
        identifier: Identifier::parse(identifier).unwrap(),
        languages: Languages::default(),
        return_to: None,
        by: "support".to_owned(),
        reference: "invited".to_owned(),
    }
}

async fn invite(regain: &Regain, invite: Invite) {
    let app = regain.service.recovery.application("default").unwrap();
    assert_eq!(regain.service.recovery.invite(app, invite).await, Ok(()));
    regain.worked().await;
}

async fn invited(regain: &Regain, identifier: &str) -> String {
    invite(regain, whom(identifier)).await;
    regain.links().pop().expect("an invitation").token()
}

fn nobody_yet() -> Person {
    Person { password: None, confirmed: false, ..person(ADA) }
}

async fn started(
    engine: Engine,
    people: &[Person],
    change: impl FnOnce(&mut Settings),
) -> (TestDatabase, Regain) {
    let users = database(engine, people).await;
    let regain = Regain::start_with(&users.url, change).await;
    (users, regain)
}

async fn ada_invited(engine: Engine) -> (TestDatabase, Regain, String) {
    let (users, regain) = started(engine, &[nobody_yet()], |_| {}).await;
    let token = invited(&regain, ADA).await;
    (users, regain, token)
}

fn assert_refused(answer: &Answer, what: &str) {
    assert_eq!((answer.status, answer.code()), (400, "token-invalid".to_owned()), "{what}");
}

#[tokio::test]
async fn a40_active_accounts_are_invited_with_or_without_a_password_and_no_others() {
    for engine in engines() {
        let named = |name: &str| person(&format!("{name}@example.com"));
        let people = [
            Person { password: None, ..named("passwordless") },
            Person { password: Some("!x".to_owned()), ..named("unusable") },
            Person { confirmed: false, ..named("unconfirmed") },
            named("complete"),
            Person { active: false, password: None, ..named("disabled") },
            Person { deleted: true, password: None, ..named("deleted") },
        ];
        let (_users, regain) = started(engine, &people, |_| {}).await;
        let invited = ["passwordless", "unusable", "unconfirmed", "complete"];
        for name in invited.iter().chain(&["disabled", "deleted", "nobody"]) {
            invite(&regain, whom(&format!("{name}@example.com"))).await;
        }
        let mails = regain.mails();
        let to: Vec<_> = mails.iter().map(|mail| mail.to.replace("@example.com", "")).collect();
        assert_eq!(to, invited, "{engine:?}");
        for mail in &mails {
            assert_eq!(mail.subject, "Your account at Example", "{engine:?}");
            assert!(mail.text.contains("for the next 72 hours"), "{}", mail.text);
            assert!(mail.link().unwrap().contains("/a/default/reset/"), "{:?}", mail.link());
            let answer = regain.complete(&mail.token(), NEW).await;
            assert_eq!(answer.status, 200, "{engine:?} {} {answer:?}", mail.to);
        }
    }
}

#[tokio::test]
async fn a55_a56_of_many_who_use_an_invitation_at_the_same_time_one_sets_the_first_password() {
    for engine in engines() {
        let (users, regain, token) = ada_invited(engine).await;
        let inspected = regain.inspect(&token).await;
        assert_eq!(inspected.json()["purpose"], "password-reset", "{engine:?} {inspected:?}");
        let passwords: Vec<_> = (0..16).map(|n| format!("contender number {n}")).collect();
        let answers = join_all(passwords.iter().map(|new| regain.complete(&token, new))).await;
        let won: Vec<_> = (0..16).filter(|n| answers[*n].status == 200).collect();
        assert_eq!(won.len(), 1, "{engine:?} {answers:?}");
        for lost in answers.iter().filter(|answer| answer.status != 200) {
            assert!(matches!(lost.code().as_str(), "token-invalid" | "busy"), "{lost:?}");
        }
        python::verify_argon2(&hash(&users, 1).await, &passwords[won[0]]);
        assert_refused(&regain.complete(&token, NEW).await, "spent");
        // Where the host takes the password away again, the stamp is another one.
        users.execute("UPDATE users SET password = NULL").await;
        assert_refused(&regain.complete(&token, NEW).await, "spent, though it looks as before");
        regain.worked().await;
        let subject = regain.mails().pop().unwrap().subject;
        assert_eq!(subject, "Your password for Example was changed", "{engine:?}");
    }
}

/// A token as a program makes it that holds the key, for a row whose password is NULL.
fn ordinary(regain: &Regain, purpose: Purpose) -> String {
    let secret = Secret::parse(SECRET.as_bytes()).unwrap();
    let keys = Keyring::new("one", [("one".to_owned(), secret)]).unwrap().application("default");
    let marks = Marks {
        user_id: "1",
        email: Some(ADA),
        password: None,
        recovery_stamp: None,
        last_login: None,
    };
    let claims = Claims {
        user_id: "1".to_owned(),
        fingerprint: keys.fingerprint(purpose, &marks),
        lifetime: Some(3600),
        return_to: None,
    };
    keys.mint(purpose, regain.clock.now(), &claims).expose().to_owned()
}

#[tokio::test]
async fn a41_an_ask_still_mails_nothing_to_who_has_no_password_and_no_other_token_sets_one() {
    for engine in engines() {
        let (users, regain, token) = ada_invited(engine).await;
        assert_eq!(regain.ask(ADA).await.status, 202);
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "{engine:?}: the invitation alone");
        assert_refused(&regain.complete(&ordinary(&regain, Purpose::PasswordReset), NEW).await, "");
        assert_refused(&regain.complete(&ordinary(&regain, Purpose::Session), NEW).await, "");

        // A link from when there was a password is none for when there is none.
        let confirmed = "confirmed_at = '2026-01-01 00:00:00'";
        users.execute(&format!("UPDATE users SET password = '{OLD_HASH}', {confirmed}")).await;
        let reset = regain.token_for(ADA).await;
        assert_eq!(regain.inspect(&reset).await.status, 200, "{engine:?}");
        assert_refused(&regain.complete(&token, NEW).await, "invited when there was no password");
        users.execute("UPDATE users SET password = NULL").await;
        assert_refused(&regain.complete(&reset, NEW).await, "{engine:?}");
        assert_eq!(hash(&users, 1).await, "", "{engine:?}");
        assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}: it is as it was");
    }
}

#[tokio::test]
async fn a40_a57_a_closed_account_another_address_and_a_revocation_void_an_invitation() {
    for engine in engines() {
        for (change, back) in [
            ("is_active = FALSE", Some("is_active = TRUE")),
            ("deleted_at = '2026-01-01 00:00:00'", Some("deleted_at = NULL")),
            ("email = 'thief@evil.example'", None),
            ("recovery_stamp = 'revoked'", None),
        ] {
            let (users, regain, token) = ada_invited(engine).await;
            users.execute(&format!("UPDATE users SET {change}")).await;
            assert_refused(&regain.complete(&token, NEW).await, change);
            if let Some(back) = back {
                users.execute(&format!("UPDATE users SET {back}")).await;
                assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?} {back}");
            }
        }
    }
}

#[tokio::test]
async fn a_completed_invitation_confirms_the_address_only_where_that_is_said() {
    for engine in engines() {
        for (invitation, reset, confirms) in
            [(false, false, false), (true, false, true), (false, true, true)]
        {
            let set = |settings: &mut Settings| {
                let users = &mut settings.apps.get_mut("default").unwrap().users;
                (users.invitation_confirms, users.reset_confirms) = (invitation, reset);
            };
            let (users, regain) = started(engine, &[nobody_yet()], set).await;
            let token = invited(&regain, ADA).await;
            assert_eq!(regain.complete(&token, NEW).await.status, 200, "{engine:?}");
            let text = if engine == Engine::MariaDb { "char" } else { "text" };
            let select = format!("SELECT CAST(confirmed_at AS {text}) FROM users WHERE id = 1");
            let said = users.text(&select).await.is_some();
            assert_eq!(said, confirms, "{engine:?} {invitation} {reset}");
        }
        // What confirms by an invitation does not confirm by a reset.
        let unconfirmed = Person { confirmed: false, ..person(ADA) };
        let (_users, regain) = started(engine, &[unconfirmed], |settings| {
            settings.apps.get_mut("default").unwrap().users.invitation_confirms = true;
        })
        .await;
        regain.ask(ADA).await;
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "{engine:?}: A42");
    }
}

#[tokio::test]
async fn an_invitation_outlives_asks_where_the_newest_link_wins_and_they_it() {
    for engine in engines() {
        let (_users, regain) = started(engine, &[person(ADA)], |settings| {
            settings.apps.get_mut("default").unwrap().newest_link_wins = true;
        })
        .await;
        let reset = regain.token_for(ADA).await;
        let invitation = invited(&regain, ADA).await;
        assert_eq!(regain.inspect(&reset).await.status, 200, "{engine:?}");
        let newest = regain.token_for(ADA).await;
        assert_refused(&regain.inspect(&reset).await, "an ask voids an ask");
        assert_eq!(regain.inspect(&invitation).await.status, 200, "{engine:?}");
        assert_eq!(regain.complete(&invitation, NEW).await.status, 200, "{engine:?}");
        assert_refused(&regain.complete(&newest, NEW).await, "the password has changed");
    }
}

#[tokio::test]
async fn a50_an_account_gets_so_many_invitations_and_the_owners_asks_are_not_counted_with_them() {
    for engine in engines() {
        let (_users, regain) = started(engine, &[person(ADA)], |_| {}).await;
        for _again in 0..5 {
            invite(&regain, whom(ADA)).await;
        }
        assert_eq!(regain.links().len(), 3, "{engine:?}");
        for _again in 0..5 {
            regain.ask(ADA).await;
        }
        regain.worked().await;
        assert_eq!(regain.links().len(), 6, "{engine:?}");
    }
}

#[tokio::test]
async fn it_lives_as_long_as_is_set_speaks_the_language_that_is_said_and_leads_back() {
    for (set, lives) in [(None, 72), (Some("24h"), 24)] {
        let (_users, regain) = started(Engine::Sqlite, &[nobody_yet()], |settings| {
            let app = settings.apps.get_mut("default").unwrap();
            app.return_to = vec!["https://app.example.com/".to_owned()];
            app.lifetimes.invitation = set.map(|set| set.parse().unwrap());
        })
        .await;
        let languages = Languages { said: Some(Language::German), accepted: None };
        let return_to = Some("https://app.example.com/welcome".to_owned());
        invite(&regain, Invite { languages, return_to, ..whom(ADA) }).await;
        let mail = regain.mails().pop().unwrap();
        assert_eq!(mail.subject, "Ihr Konto bei Example");
        regain.clock.advance(Duration::from_hours(lives));
        assert_eq!(regain.inspect(&mail.token()).await.status, 200, "{lives}");
        regain.clock.advance(Duration::from_secs(1));
        assert_eq!(regain.inspect(&mail.token()).await.code(), "token-expired", "{lives}");
        let token = invited(&regain, ADA).await;
        assert_eq!(regain.complete(&token, NEW).await.body, "{}");
    }
    let (_users, regain) = started(Engine::Sqlite, &[nobody_yet()], |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = vec!["https://app.example.com/".to_owned()];
    })
    .await;
    let return_to = Some("https://app.example.com/welcome".to_owned());
    invite(&regain, Invite { return_to, ..whom(ADA) }).await;
    let done = regain.complete(&regain.links()[0].token(), NEW).await;
    assert_eq!(done.json()["return_to"], "https://app.example.com/welcome");
}

#[tokio::test]
async fn a46_inviting_looks_nothing_up() {
    let (users, regain) = started(Engine::Sqlite, &[person(ADA)], |_| {}).await;
    users.execute("DROP TABLE users").await;
    let app = regain.service.recovery.application("default").unwrap();
    for who in [ADA, "nobody@example.com", "nobody"] {
        assert_eq!(regain.service.recovery.invite(app, whom(who)).await, Ok(()), "{who}");
    }
}
