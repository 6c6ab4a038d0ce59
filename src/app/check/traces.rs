//! Whether spans would go anywhere. Nobody is called.

use url::Url;

use super::{Finding, collectors};
use crate::config::Settings;

const WHY: &str = "spans of requests and jobs go there";

pub(super) async fn examine(settings: &Settings) -> Option<Finding> {
    let url = Url::parse(settings.traces.url.as_deref()?).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let collector = match collectors::collector(&settings.traces) {
        Ok(collector) => collector?,
        Err(error) => return Some(Finding::from(error)),
    };
    Some(match collector.look().await {
        Ok(()) => Finding::ok(format!("the collector's host {host} can be called"), WHY),
        Err(why) => {
            let what = format!("the collector of spans cannot be called: {why}");
            Finding::warning(what, WHY, "correct url under [traces]")
        }
    })
}
