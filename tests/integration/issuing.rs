//! Links that operators make: who gets one, for how long, and that its owner hears of it.

use std::time::Duration;

use regain::account::Ineligible;
use regain::recovery::{Issue, IssueError, Issued, IssuedLink};
use regain::token::Purpose;

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Folder, Regain, read_mails};
use crate::people::{Person, database, hash, person};
use crate::process::{Process, command};

const ADA: &str = "ada@example.com";
const NEW: &str = "a new passphrase";
const HOUR: Duration = Duration::from_hours(1);

pub fn reset_for(user_id: &str) -> Issue {
    Issue {
        user_id: user_id.to_owned(),
        purpose: Purpose::PasswordReset,
        lifetime: None,
        return_to: None,
        send_mail: false,
        by: "support".to_owned(),
        reference: format!("made-for-{user_id}"),
    }
}

pub async fn issue(regain: &Regain, issue: Issue) -> Result<Issued, IssueError> {
    let app = regain.service.recovery.application("default").unwrap();
    regain.service.recovery.issue(app, issue).await
}

pub async fn given(regain: &Regain, wish: Issue) -> IssuedLink {
    match issue(regain, wish).await {
        Ok(Issued::Given(link)) => link,
        other => panic!("{other:?}"),
    }
}

async fn ada_alone(engine: Engine) -> (TestDatabase, Regain) {
    let users = database(engine, &[person(ADA)]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

#[tokio::test]
async fn a_link_that_an_operator_made_works_once_and_its_owner_was_told_of_it() {
    for engine in engines() {
        let (users, regain) = ada_alone(engine).await;
        let link = given(&regain, reset_for("1")).await;
        regain.worked().await;
        let mails = regain.mails();
        assert_eq!(mails.len(), 1, "{engine:?}");
        let (mail, token) = (&mails[0], link.token.expose());
        assert_eq!(mail.to, ADA);
        assert_eq!(mail.subject, "A link to your account at Example was made");
        assert!(mail.text.contains("Reference: made-for-1"), "{}", mail.text);
        assert!(!mail.raw.contains("http") && !mail.raw.contains(token), "{}", mail.raw);
        assert_eq!(*link.link, format!("{}/a/default/reset/{token}", regain.url));

        let before = hash(&users, 1).await;
        assert_eq!(regain.complete(token, NEW).await.status, 200, "{engine:?}");
        assert_ne!(hash(&users, 1).await, before, "{engine:?}");
        assert_eq!(regain.complete(token, NEW).await.code(), "token-invalid", "{engine:?}");
    }
}

#[tokio::test]
async fn the_notice_goes_to_every_address_of_the_account_and_in_its_language() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    users.execute("ALTER TABLE users ADD COLUMN backup VARCHAR(254)").await;
    users.execute("ALTER TABLE users ADD COLUMN tag VARCHAR(9)").await;
    users.execute("UPDATE users SET backup = 'ada@home.example', tag = 'de-AT'").await;
    let regain = Regain::start_with(&users.url, |settings| {
        let settings = &mut settings.apps.get_mut("default").unwrap().users;
        settings.locale = Some("tag".to_owned());
        let recovery_email = toml::from_str(
            r#"column = "backup"
               confirmed = { column = "backup", is = "not-null" }"#,
        );
        settings.recovery_email = recovery_email.unwrap();
    })
    .await;
    given(&regain, reset_for("1")).await;
    regain.worked().await;
    let mut told: Vec<_> = regain.mails().into_iter().map(|mail| (mail.to, mail.subject)).collect();
    told.sort();
    let subject = "Ein Link zu Ihrem Konto bei Example wurde erstellt".to_owned();
    let both = [ADA, "ada@home.example"].map(|to| (to.to_owned(), subject.clone()));
    assert_eq!(told, both);
}

#[tokio::test]
async fn it_works_as_long_as_the_operator_said_and_no_longer() {
    for engine in engines() {
        let (_users, regain) = ada_alone(engine).await;
        let start = regain.clock.now();
        for (lifetime, works) in [(None, HOUR / 2), (Some(72 * HOUR), 72 * HOUR)] {
            let link = given(&regain, Issue { lifetime, ..reset_for("1") }).await;
            assert_eq!(link.expires_at - regain.clock.now(), works, "{engine:?}");
            regain.clock.advance(works);
            assert_eq!(regain.inspect(link.token.expose()).await.status, 200, "{engine:?}");
            regain.clock.advance(Duration::from_secs(1));
            let late = regain.inspect(link.token.expose()).await;
            assert_eq!(late.code(), "token-expired", "{engine:?}");
        }
        assert!(regain.clock.now() > start);
        for lifetime in [Duration::ZERO, Duration::from_millis(999), 72 * HOUR + HOUR / 3600] {
            let refused =
                issue(&regain, Issue { lifetime: Some(lifetime), ..reset_for("1") }).await;
            assert_eq!(refused.unwrap_err(), IssueError::Lifetime, "{engine:?} {lifetime:?}");
        }
    }
}

#[tokio::test]
async fn a40_a41_a42_nobody_gets_one_who_would_not_be_mailed_one() {
    for engine in engines() {
        let people = [
            person(ADA),
            Person { active: false, ..person("disabled@example.com") },
            Person { deleted: true, ..person("deleted@example.com") },
            Person { confirmed: false, ..person("unconfirmed@example.com") },
            Person { password: None, ..person("passwordless@example.com") },
            Person { password: Some("!x".to_owned()), ..person("unusable@example.com") },
            Person { email: None, username: Some("addressless".to_owned()), ..person("") },
        ];
        let users = database(engine, &people).await;
        let regain = Regain::start(&users.url).await;
        for (user_id, why) in [
            ("2", IssueError::Ineligible(Ineligible::Inactive)),
            ("3", IssueError::Ineligible(Ineligible::Inactive)),
            ("4", IssueError::Ineligible(Ineligible::Unconfirmed)),
            ("5", IssueError::Ineligible(Ineligible::NoPassword)),
            ("6", IssueError::Ineligible(Ineligible::NoPassword)),
            ("7", IssueError::Ineligible(Ineligible::NoAddress)),
            ("8", IssueError::AccountUnknown),
            ("1 ", IssueError::AccountUnknown),
            ("nobody", IssueError::AccountUnknown),
        ] {
            for send_mail in [false, true] {
                let refused = issue(&regain, Issue { send_mail, ..reset_for(user_id) }).await;
                assert_eq!(refused.unwrap_err(), why, "{engine:?} {user_id}");
            }
        }
        let confirm = Issue { purpose: Purpose::EmailConfirmation, ..reset_for("1") };
        let refused = issue(&regain, confirm).await.unwrap_err();
        assert_eq!(refused, IssueError::Ineligible(Ineligible::Confirmed), "{engine:?}");
        // Links to log in are not switched on here, and a session is nothing to be given away.
        for purpose in [Purpose::Login, Purpose::Session] {
            let refused = issue(&regain, Issue { purpose, ..reset_for("1") }).await.unwrap_err();
            assert_eq!(refused, IssueError::NotConfigured, "{engine:?} {purpose:?}");
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "{engine:?}");
    }
}

#[tokio::test]
async fn what_is_mailed_is_in_nobody_elses_hands_and_leaves_the_owner_their_budget() {
    for engine in engines() {
        let (_users, regain) = ada_alone(engine).await;
        let mailed = || Issue { send_mail: true, lifetime: Some(72 * HOUR), ..reset_for("1") };
        for _budget in 0..3 {
            assert!(matches!(issue(&regain, mailed()).await, Ok(Issued::Mailed)), "{engine:?}");
        }
        let refused = issue(&regain, mailed()).await.unwrap_err();
        assert_eq!(refused, IssueError::Budget(Duration::from_mins(20)), "{engine:?}");
        regain.worked().await;
        let links = regain.links();
        assert_eq!((links.len(), regain.mails().len()), (3, 3), "{engine:?}: and no notice");
        assert!(links[0].text.contains("72 hours"), "{}", links[0].text);

        for _more_than_may_be in 0..5 {
            regain.ask(ADA).await;
        }
        regain.worked().await;
        assert_eq!(regain.links().len(), 6, "{engine:?}: operators took none of these");
        regain.clock.advance(71 * HOUR);
        assert_eq!(regain.complete(&links[2].token(), NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a_stranger_who_used_the_owners_budget_up_keeps_no_operator_from_mailing() {
    let (_users, regain) = ada_alone(Engine::Sqlite).await;
    for _stranger in 0..10 {
        regain.ask(ADA).await;
    }
    regain.worked().await;
    assert_eq!(regain.links().len(), 3);
    issue(&regain, Issue { send_mail: true, ..reset_for("1") }).await.unwrap();
    regain.worked().await;
    assert_eq!(regain.links().len(), 4);
}

#[tokio::test]
async fn an_operator_makes_a_link_from_the_command_line_and_its_owner_is_told() {
    let people = [person(ADA), Person { password: None, ..person("grace@example.com") }];
    let users = database(Engine::Sqlite, &people).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, "").await;
    let config = process.config.to_str().unwrap();
    let line = |user: &'static str, lifetime: &'static str| {
        let what = ["token", "issue", "--purpose", "password-reset", "--app", "default"];
        let whose = ["--user", user, "--lifetime", lifetime, "--config", config];
        [&what[..], &whose[..]].concat()
    };
    let (code, issued, remark) = command(&line("1", "2h")).await;
    assert_eq!((code, remark.as_str()), (Some(0), "its owner is told by mail\n"));
    let told = read_mails(&folder.0);
    assert_eq!((told.len(), told[0].to.as_str()), (1, ADA));
    let token = issued.lines().next().unwrap().strip_prefix("token ").unwrap();
    assert!(!told[0].raw.contains(token));
    assert_eq!(process.complete(token, NEW).await.unwrap().status, 200);

    for (user, lifetime, complaint) in [
        ("2", "2h", "the account has no usable password"),
        ("3", "2h", "`--user` there is no such account"),
        ("1", "73h", "`--lifetime` a link that an operator makes works for one second to 72 hours"),
    ] {
        let (code, printed, complained) = command(&line(user, lifetime)).await;
        assert_eq!((code, printed.as_str()), (Some(1), ""), "{user} {lifetime}");
        assert!(complained.contains(complaint), "{complained}");
    }
}
