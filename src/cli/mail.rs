//! `regain mail preview`: mails to look at before anybody gets one.

use std::path::Path;

use super::ConfigFile;
use super::commands::{config_path, load_with_environment};
use super::output::{Failure, print};
use crate::app;

/// Writes the preview and says where one begins to read.
pub(super) fn preview(
    folder: &Path,
    config: &ConfigFile,
    app: Option<&str>,
) -> Result<(), Failure> {
    // Without a configuration there is still something to see: the mails as we wrote them.
    let settings = match config_path(config) {
        Ok(file) => Some(load_with_environment(&file)?),
        Err(_none) => None,
    };
    let previewed = app::preview_mails(settings.as_ref(), app, folder)?;
    let app::Previewed { mails, title, index } = previewed;
    print(&format!("{mails} mails of {title}: open {}", index.display()))
}
