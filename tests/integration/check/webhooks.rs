//! Where webhooks lead: looked at, and nobody is called.

use regain::app::{CheckOptions, Finding, Level};

use super::{configuration, cure, findings, healthy, only};
use crate::databases::Engine;
use crate::harness::Folder;
use crate::webhooks::private::hostname;
use crate::webhooks::receiver::{Receiver, SECRET};

/// What is found about the webhook with this URL.
async fn found(url: &str, more: &str) -> Vec<Finding> {
    let database = healthy(Engine::Sqlite).await;
    let webhook = format!(
        "[apps.default.webhook]\nurl = \"{url}\"\nsecret = \"{SECRET}\"\nevents = []\n{more}"
    );
    let mails = Folder::new();
    let configuration = configuration(&database.url, &mails, &webhook);
    let findings = findings(&configuration, &CheckOptions::default()).await;
    findings.into_iter().filter(|finding| finding.what.contains("webhook")).collect()
}

#[tokio::test]
async fn a_webhook_that_can_be_called_is_not_called() {
    let receiver = Receiver::plain([]).await;
    let private = format!("https://{}/", hostname());
    for (url, more) in [(&receiver.url, ""), (&private, "allow_private_network = true")] {
        let found = found(url, more).await;
        assert_eq!(found.len(), 1, "{found:#?}");
        assert_eq!(found[0].level, Level::Ok, "{found:#?}");
        assert!(found[0].what.ends_with("can be called"), "{found:#?}");
    }
    assert!(receiver.heard().is_empty());
}

#[tokio::test]
async fn a_webhook_that_cannot_be_called_says_why_and_what_to_do() {
    let private = found(&format!("https://{}/", hostname()), "").await;
    let private = only(&private, Level::Error, &["the webhook cannot be called", "leads to "]);
    assert!(cure(&private).contains("webhook.allow_private_network = true"), "{private:?}");

    let nowhere = found("https://nowhere.invalid/", "").await;
    let nowhere = only(&nowhere, Level::Error, &["cannot be called: nowhere.invalid: "]);
    assert!(cure(&nowhere).contains("[apps.default.webhook]"), "{nowhere:?}");

    let literal = found("https://10.0.0.1/", "").await;
    assert_eq!(literal.len(), 1, "{literal:#?}");
    assert!(
        literal[0].what.starts_with("`apps.default.webhook.url` holds 10.0.0.1, an address of")
    );
    assert!(cure(&literal[0]).contains("webhook.allow_private_network = true"), "{literal:?}");
}
