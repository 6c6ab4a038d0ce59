//! Whether others on this machine may read the secrets.

use std::path::Path;

use super::Finding;
use crate::app::secrets;
use crate::config::{SecretSource, Settings};

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let open = files(settings).filter(|(_, path)| secrets::is_open_to_all(path));
    let warning = |(setting, path): (String, &Path)| {
        Finding::warning(
            format!("everybody on this machine may read the file of `{setting}`"),
            "whoever reads a key or a password can do what Regain can",
            format!("chmod o= {}", path.display()),
        )
    };
    open.map(warning).collect()
}

/// Every secret that is in a file, by its setting.
fn files(settings: &Settings) -> impl Iterator<Item = (String, &Path)> {
    let keys = settings.keys.secrets.iter();
    let keys = keys.map(|(name, source)| (format!("keys.secrets.{name}"), Some(source)));
    let mail = settings.mail.providers.iter().map(|(name, provider)| {
        (format!("mail.providers.{name}.password"), provider.password.as_ref())
    });
    let apps = settings.apps.iter().flat_map(|(name, app)| {
        let webhook = app.webhook.as_ref().map(|webhook| &webhook.secret);
        [
            (format!("apps.{name}.users.database"), Some(&app.users.database)),
            (format!("apps.{name}.webhook.secret"), webhook),
        ]
    });
    keys.chain(mail).chain(apps).filter_map(|(setting, source)| match source {
        Some(SecretSource::File(path)) => Some((setting, path.as_path())),
        _ => None,
    })
}
