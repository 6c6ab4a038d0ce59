//! What becomes of a mail on its way: late, refused, or with a line that SMTP reads for itself.

use std::time::Duration;

use regain::clock::Clock;
use regain::config::Settings;
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Folder, Mail, Regain, START, read_mails};
use crate::people::{Person, database, person};
use crate::smtp::{MailServer, mailing_by, one_account};

const ADA: &str = "ada@example.com";

/// Every kind of account that somebody may ask about, and nobody.
fn everybody() -> Vec<(&'static str, Option<Person>)> {
    let named = |name: &str| person(&format!("{name}@example.com"));
    vec![
        ("known@example.com", Some(named("known"))),
        ("disabled@example.com", Some(Person { active: false, ..named("disabled") })),
        ("unconfirmed@example.com", Some(Person { confirmed: false, ..named("unconfirmed") })),
        ("passwordless@example.com", Some(Person { password: None, ..named("passwordless") })),
        ("nobody@example.com", None),
    ]
}

#[tokio::test]
async fn a47_a_mail_server_that_is_up_slow_refusing_or_down_answers_for_nobody() {
    let states = [
        json!({}),
        json!({ "delay": 2 }),
        json!({ "reject_rcpt": 550 }),
        json!({ "reject_data": 451 }),
        json!({ "delay": 3600, "delay_at": "connect" }),
    ];
    let mut answers: Vec<(Value, Vec<Answer>)> = vec![];
    for state in states {
        let Some(server) = MailServer::start(&state) else { return };
        let people: Vec<_> = everybody().into_iter().filter_map(|(_, person)| person).collect();
        let users = database(Engine::Sqlite, &people).await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        let down = state == json!({});
        for server_is_gone in [false, true].into_iter().filter(|gone| down || !gone) {
            if server_is_gone {
                server.stop();
            }
            let mut said = vec![];
            // Twice, the second time with the mails of the first on their way.
            for (address, _) in everybody().into_iter().chain(everybody()) {
                said.push(regain.ask(address).await);
            }
            answers.push((state.clone(), said));
        }
    }
    let first = answers[0].1[0].clone();
    assert_eq!(first.status, 202);
    for (state, said) in answers {
        assert!(said.iter().all(|answer| *answer == first), "{state}: {said:?}");
    }
}

#[tokio::test]
async fn a71_a_dot_on_a_line_of_its_own_ends_no_mail_and_begins_no_command() {
    let Some(server) = MailServer::start(&json!({})) else { return };
    let folder = Folder::new();
    let kind = folder.0.join("mail/password_reset");
    std::fs::create_dir_all(&kind).unwrap();
    let injected = ".\nMAIL FROM:<eve@evil.example>\nRCPT TO:<eve@evil.example>\nDATA\n..\n.";
    let body = format!("{injected}\n{{{{ link }}}}\n{injected}\nthe end\n");
    std::fs::write(kind.join("body.txt"), &body).unwrap();
    let users = one_account().await;
    let regain = Regain::start_at(&users.url, Clock::system(), |settings: &mut Settings| {
        settings.mail.providers.insert("files".to_owned(), server.provider("smtp+starttls"));
        settings.apps.get_mut("default").unwrap().templates = Some(folder.0.clone());
    })
    .await;
    regain.ask(ADA).await;
    regain.worked().await;
    let envelopes = server.envelopes();
    assert_eq!(envelopes.len(), 1);
    assert_eq!(envelopes[0]["rcpt_tos"], json!([ADA]));
    let text = read_mails(&server.mail).remove(0).text.replace("\r\n", "\n");
    assert_eq!(text.matches(injected).count(), 2, "{text}");
    assert!(text.trim_end().ends_with("the end"), "{text}");
}

/// The mail that a server takes at the second attempt, before which so much time passes.
async fn taken_after(minutes: u64) -> Option<(TestDatabase, Regain, Option<Mail>)> {
    let server = MailServer::start(&json!({ "reject_data": 451, "refusals": 1 }))?;
    let users = one_account().await;
    let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
    let regain = Regain::start_at(&users.url, Clock::fixed(start), |settings: &mut Settings| {
        settings.mail.providers.insert("files".to_owned(), server.provider("smtp+starttls"));
    })
    .await;
    regain.ask(ADA).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert!(server.envelopes().is_empty(), "the first attempt was refused");
    regain.clock.advance(Duration::from_mins(minutes));
    regain.worked().await;
    let mail = read_mails(&server.mail).pop();
    Some((users, regain, mail))
}

/// Minutes from the beginning of the test to the end of the link's life.
async fn expires_after(regain: &Regain, mail: &Mail) -> i64 {
    let inspected = regain.inspect(&mail.token()).await;
    let expires_at = inspected.json()["expires_at"].as_str().unwrap().to_owned();
    let format = &time::format_description::well_known::Rfc3339;
    (time::OffsetDateTime::parse(&expires_at, format).unwrap().unix_timestamp() - START) / 60
}

#[tokio::test]
async fn a75_a_delayed_mail_carries_the_same_link_for_half_its_life_and_a_fresh_one_after() {
    for (minutes, expires, lives) in [(10, 30, "20 minutes"), (16, 46, "30 minutes")] {
        let Some((_users, regain, mail)) = taken_after(minutes).await else { return };
        let mail = mail.expect("it came");
        assert_eq!(expires_after(&regain, &mail).await, expires, "{minutes}");
        assert!(mail.text.contains(&format!("for the next {lives}")), "{}", mail.text);
        assert_eq!(regain.complete(&mail.token(), "a new passphrase").await.status, 200);
    }
    let Some((_users, _regain, mail)) = taken_after(30).await else { return };
    assert!(mail.is_none(), "nobody waits for it any more");
}

#[tokio::test]
async fn a_mail_that_nobody_takes_is_given_up_when_its_link_would_be_dead() {
    for engine in engines() {
        let Some(server) = MailServer::start(&json!({ "reject_data": 451 })) else { return };
        let users = database(engine, &[person(ADA)]).await;
        let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
        let regain =
            Regain::start_at(&users.url, Clock::fixed(start), |settings: &mut Settings| {
                settings
                    .mail
                    .providers
                    .insert("files".to_owned(), server.provider("smtp+starttls"));
            })
            .await;
        regain.ask(ADA).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(regain.service.queue.unfinished(), 1, "{engine:?}");
        regain.clock.advance(Duration::from_mins(30));
        regain.worked().await;
        assert!(server.envelopes().is_empty(), "{engine:?}");
    }
}
