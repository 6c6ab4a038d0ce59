//! Whether an application's breach service answers. It is asked for a range that nobody's password is
//! asked by.

use url::Url;

use super::Finding;
use crate::breaches::BreachServices;
use crate::config::{BreachSettings, OnFailure};

const WHY: &str = "new passwords are held against those that were breached";

pub(super) async fn examine(
    name: &str,
    settings: &BreachSettings,
    services: &BreachServices,
) -> Finding {
    let url = Url::parse(&settings.url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let Err(why) = services.look(name).await else {
        return Finding::ok(format!("the breach service {host} answers"), WHY);
    };
    let (what, cure) = match why.split_once("; ") {
        Some((what, cure)) => (what, cure.to_owned()),
        None => (why.as_str(), format!("correct breaches under [apps.{name}.password]")),
    };
    let what = format!("the breach service {host} cannot be used: {what}");
    match settings.on_failure {
        OnFailure::Allow => Finding::warning(what, WHY, cure),
        OnFailure::Refuse => Finding::error(what, "without it nobody can set a password", cure),
    }
}
