//! Whether others on this machine may read the secrets.

use std::path::{Path, PathBuf};

use super::Finding;
use crate::app::secrets;
use crate::config::{SecretSource, Settings};

pub(super) fn examine(settings: &Settings) -> Vec<Finding> {
    let files = files(settings).map(|(setting, path)| (setting, path.to_owned()));
    let open = files.chain(folder(settings)).filter(|(_, path)| secrets::is_open_to_all(path));
    let warning = |(setting, path): (String, PathBuf)| {
        Finding::warning(
            format!(
                "everybody on this machine may read {}, the file of `{setting}`",
                path.display()
            ),
            "whoever reads a key or a password can do what Regain can",
            format!("chmod o= {}", path.display()),
        )
    };
    open.map(warning).collect()
}

/// The keys in a folder of keys. What keeps it from being read is told where it is read.
fn folder(settings: &Settings) -> Vec<(String, PathBuf)> {
    let entries = settings.keys.dir.iter().flat_map(std::fs::read_dir).flatten().flatten();
    let visible = entries.filter(|entry| !entry.file_name().to_string_lossy().starts_with('.'));
    visible.map(|entry| ("keys.dir".to_owned(), entry.path())).collect()
}

/// Every other secret that is in a file, by its setting.
fn files(settings: &Settings) -> impl Iterator<Item = (String, &Path)> {
    let keys = settings.keys.secrets.iter();
    let keys = keys.map(|(name, source)| (format!("keys.secrets.{name}"), Some(source)));
    let redis = std::iter::once(("redis.url".to_owned(), settings.redis.url.as_ref()));
    let mail = settings.mail.providers.iter().flat_map(|(name, provider)| {
        [("password", &provider.password), ("client_key", &provider.client_key)]
            .map(|(key, source)| (format!("mail.providers.{name}.{key}"), source.as_ref()))
    });
    let apps = settings.apps.iter().flat_map(|(name, app)| {
        let webhook = app.webhook.as_ref();
        let previous = webhook.and_then(|webhook| webhook.previous_secret.as_ref());
        [
            (format!("apps.{name}.users.database"), Some(&app.users.database)),
            (format!("apps.{name}.users.pepper"), app.users.pepper.as_ref()),
            (format!("apps.{name}.users.password_salt"), app.users.password_salt.as_ref()),
            (format!("apps.{name}.webhook.secret"), webhook.map(|webhook| &webhook.secret)),
            (format!("apps.{name}.webhook.previous_secret"), previous),
        ]
    });
    keys.chain(redis).chain(mail).chain(apps).filter_map(|(setting, source)| match source {
        Some(SecretSource::File(path)) => Some((setting, path.as_path())),
        _ => None,
    })
}
