//! What is read again while the service runs: the folder of keys, and the file of the log level.

use std::time::Duration;

use super::keys::KeyFolder;
use super::logging::LevelFile;

/// Files that are looked at again and again.
#[derive(Default)]
pub(super) struct ReadAgain {
    pub(super) keys: Option<KeyFolder>,
    pub(super) level: Option<LevelFile>,
}

impl ReadAgain {
    /// Looks every so often, and at once; it never ends. Off the threads that answer, since a file on
    /// a network may be slow.
    pub(super) async fn look(mut self, every: Duration) {
        if self.keys.is_none() && self.level.is_none() {
            return std::future::pending().await;
        }
        loop {
            let looked = tokio::task::spawn_blocking(move || {
                self.keys.iter_mut().for_each(KeyFolder::look);
                self.level.iter_mut().for_each(LevelFile::look);
                self
            });
            match looked.await {
                Ok(again) => self = again,
                Err(error) => {
                    tracing::error!(why = %error, "keys and log level are read no more");
                    return std::future::pending().await;
                }
            }
            tokio::time::sleep(every).await;
        }
    }
}
