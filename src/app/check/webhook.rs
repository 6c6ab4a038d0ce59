//! Whether calls of an application's webhook would go anywhere. Nobody is called.

use url::Url;

use super::Finding;
use crate::config::WebhookSettings;
use crate::hooks::Webhooks;

const WHY: &str = "the application's backend is told there what happened";

pub(super) async fn examine(
    name: &str,
    settings: &WebhookSettings,
    webhooks: &Webhooks,
) -> Finding {
    let url = Url::parse(&settings.url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    match webhooks.look(name).await {
        Ok(()) => Finding::ok(format!("the webhook's host {host} can be called"), WHY),
        Err(why) => {
            let (what, cure) = match why.split_once("; ") {
                Some((what, cure)) => (what, cure.to_owned()),
                None => (why.as_str(), format!("correct url under [apps.{name}.webhook]")),
            };
            Finding::error(format!("the webhook cannot be called: {what}"), WHY, cure)
        }
    }
}
