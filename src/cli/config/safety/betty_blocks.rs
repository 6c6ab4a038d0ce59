//! What answering the calls of Betty Blocks needs beside: there a new token voids the older ones.

use super::super::error::ConfigError;
use crate::config::{ApplicationSettings, Compat};

/// What is wrong with answering them, with its cure.
pub(super) fn check(name: &str, app: &ApplicationSettings) -> Option<ConfigError> {
    if !app.compat.contains(&Compat::BettyBlocks) || app.newest_link_wins {
        return None;
    }
    let column = match app.users.recovery_stamp {
        Some(_) => String::new(),
        None => format!(
            ", and recovery_stamp = \"recovery_stamp\" under [apps.{name}.users] with a text column \
             of that name"
        ),
    };
    let problem =
        "has \"betty-blocks\", where a new link voids the older ones, and newest_link_wins is off";
    let cure = format!("write newest_link_wins = true{column}");
    Some(ConfigError::at(format!("apps.{name}.compat"), problem, cure))
}
