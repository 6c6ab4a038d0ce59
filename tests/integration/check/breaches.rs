//! Whether a breach service answers.

use regain::app::{CheckOptions, Finding, Level};

use super::{configuration, cure, findings, healthy, only};
use crate::breaches::service::{RangeService, Say};
use crate::databases::Engine;
use crate::harness::Folder;

/// What is found about a service at this URL.
async fn found(url: &str, more: &str) -> Vec<Finding> {
    let database = healthy(Engine::Sqlite).await;
    let breaches = format!("[apps.default.password.breaches]\nurl = \"{url}\"\n{more}\n");
    let mails = Folder::new();
    let configuration = configuration(&database.url, &mails, &breaches);
    let findings = findings(&configuration, &CheckOptions::default()).await;
    findings.into_iter().filter(|finding| finding.what.contains("breach")).collect()
}

#[tokio::test]
async fn a_breach_service_that_answers_is_well_and_was_told_nothing() {
    let service = RangeService::plain(&[]).await;
    let found = found(&service.url, "").await;
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!((found[0].level, found[0].cure.as_ref()), (Level::Ok, None), "{found:#?}");
    assert_eq!(found[0].what, "the breach service localhost answers");
    let heard = service.heard();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].path, "/range/00000");
}

#[tokio::test]
async fn a66_one_that_does_not_is_as_bad_as_what_it_would_keep_people_from() {
    let service = RangeService::plain(&[]).await;
    service.will([Say::Status(401), Say::Status(401)]);
    for (on_failure, level) in [("allow", Level::Warning), ("refuse", Level::Error)] {
        let found = found(&service.url, &format!("on_failure = \"{on_failure}\"")).await;
        let words = "localhost cannot be used: answered 401 Unauthorized";
        let finding = only(&found, level, &[words]);
        assert!(cure(&finding).contains("[apps.default.password]"), "{finding:?}");
    }
    let literal = found("https://10.0.0.1/", "").await;
    assert_eq!(literal.len(), 1, "{literal:#?}");
    let what = "`apps.default.password.breaches.url` holds 10.0.0.1, an address of";
    assert!(literal[0].what.starts_with(what), "{literal:?}");
    let says = "if the service is there, say password.breaches.allow_private_network = true";
    assert_eq!(cure(&literal[0]), says);
}
