//! Mail servers that break off, fall silent or want to see a certificate.

use std::time::Duration;

use regain::config::{ProviderSettings, SecretSource};
use serde_json::json;

use crate::harness::read_mails;
use crate::smtp::{MailServer, arrives, mailing_by, one_account};

const PLACES: [&str; 5] = ["EHLO", "MAIL", "RCPT", "DATA", "message"];

#[tokio::test]
async fn a_server_that_breaks_off_anywhere_is_sent_the_mail_again_and_takes_it_once() {
    for place in PLACES {
        let Some(server) = MailServer::start(&json!({ "drop_at": place, "refusals": 1 })) else {
            return;
        };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        regain.ask("ada@example.com").await;
        regain.worked().await;
        assert_eq!(server.envelopes().len(), 1, "{place}");
    }
}

#[tokio::test]
async fn a_server_that_falls_silent_anywhere_is_given_up_in_time_and_sent_the_mail_again() {
    let rounds = PLACES.map(|place| async move {
        let Some(server) = MailServer::start(&json!({ "stall_at": place, "refusals": 1 })) else {
            return;
        };
        let users = one_account().await;
        let provider = ProviderSettings {
            timeout: toml::from_str::<ProviderSettings>("url = \"outbox:\"\ntimeout = \"500ms\"")
                .unwrap()
                .timeout,
            ..server.provider("smtp+starttls")
        };
        let regain = mailing_by(&users, provider).await;
        regain.ask("ada@example.com").await;
        regain.worked().await;
        assert_eq!(server.envelopes().len(), 1, "{place}");
    });
    futures_util::future::join_all(rounds).await;
}

#[tokio::test]
async fn where_the_answer_to_a_mail_was_lost_the_same_mail_goes_again_and_nothing_after_a_2xx() {
    let Some(server) = MailServer::start(&json!({ "drop_at": "taken", "refusals": 1 })) else {
        return;
    };
    let users = one_account().await;
    let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
    regain.ask("ada@example.com").await;
    regain.worked().await;
    let mails = read_mails(&server.mail);
    assert_eq!(mails.len(), 2, "doubling beats losing");
    let id = |raw: &str| {
        raw.lines().find(|line| line.starts_with("Message-ID: ")).map(str::to_owned).unwrap()
    };
    assert_eq!(id(&mails[0].raw), id(&mails[1].raw));
    assert_eq!(mails[0].link(), mails[1].link());
    assert_eq!(regain.complete(&mails[1].token(), "a new passphrase").await.status, 200);

    tokio::time::sleep(Duration::from_secs(4)).await;
    let links =
        read_mails(&server.mail).iter().filter(|mail| mail.text.contains("/reset/")).count();
    assert_eq!(links, 2, "what was taken is not sent again");
}

#[tokio::test]
async fn a73_what_is_said_in_clear_behind_the_answer_to_starttls_ends_the_connection() {
    for injected in ["250-evil\r\n250 AUTH PLAIN LOGIN", "354 go on"] {
        let options = json!({ "behind_starttls": injected });
        let Some(server) = MailServer::start(&options) else { return };
        assert!(!arrives(&server, server.provider("smtp+starttls")).await, "{injected:?}");
    }
}

#[tokio::test]
async fn a71_a_server_that_answers_data_by_anything_but_354_is_sent_the_mail_again() {
    for answer in ["250 go on", "334 go on", "220 go on"] {
        let options = json!({ "data_answer": answer, "refusals": 1 });
        let Some(server) = MailServer::start(&options) else { return };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        regain.ask("ada@example.com").await;
        regain.worked().await;
        assert_eq!(server.envelopes().len(), 1, "{answer}");
    }
}

#[tokio::test]
async fn a71_a_server_that_says_more_than_it_is_asked_gets_each_mail_once() {
    for more in ["250 extra", "354 extra", "550 extra"] {
        let options = json!({ "more_said": more, "refusals": 1 });
        let Some(server) = MailServer::start(&options) else { return };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        for asked in 1..=2 {
            regain.ask("ada@example.com").await;
            regain.worked().await;
            assert_eq!(server.envelopes().len(), asked, "{more}");
        }
    }
}

#[tokio::test]
async fn a_server_that_wants_a_certificate_takes_mail_from_who_shows_it_and_from_nobody_else() {
    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let options = json!({ "mode": mode, "client_certificates": true });
        let Some(server) = MailServer::start(&options) else { return };
        assert!(!arrives(&server, server.provider(scheme)).await, "{mode}: without a certificate");
        let file = |name: &str| server.ca.with_file_name(name);
        let provider = ProviderSettings {
            client_certificate: Some(file("client.pem")),
            client_key: Some(SecretSource::File(file("client.key"))),
            ..server.provider(scheme)
        };
        assert!(arrives(&server, provider).await, "{mode}: with one");
    }
}
