//! Where spans lead: looked at, and nobody is called.

use regain::app::{CheckOptions, Finding, Level};

use super::{configuration, cure, findings, healthy};
use crate::databases::Engine;
use crate::harness::Folder;
use crate::traces::collector::Collector;

/// The one thing that is found about the collector with this URL.
async fn found(url: &str) -> Finding {
    let database = healthy(Engine::Sqlite).await;
    let mails = Folder::new();
    let configuration = configuration(&database.url, &mails, "");
    let configuration = format!("traces = {{ url = \"{url}\" }}\n{configuration}");
    let mut findings = findings(&configuration, &CheckOptions::default()).await;
    findings
        .retain(|finding| finding.what.contains("collector") || finding.what.contains("traces"));
    let [finding] = &findings[..] else { panic!("not one thing but {findings:#?}") };
    finding.clone()
}

#[tokio::test]
async fn a_collector_is_looked_for_and_not_called_and_what_is_wrong_has_its_cure() {
    let collector = Collector::start().await;
    let found_it = found(&collector.url).await;
    assert_eq!((found_it.level, collector.calls()), (Level::Ok, 0), "{found_it:#?}");

    let nowhere = found("http://nowhere.invalid:4318/v1/traces").await;
    assert_eq!(nowhere.level, Level::Warning, "{nowhere:#?}");
    assert!(cure(&nowhere).contains("[traces]"), "{nowhere:#?}");

    for url in ["collector:4318", "http://user:s3cret@collector/", "http://169.254.169.254/"] {
        let refused = found(url).await;
        assert_eq!(refused.level, Level::Error, "{refused:#?}");
        assert!(refused.what.starts_with("`traces.url` "), "{refused:#?}");
    }
}
