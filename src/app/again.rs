//! What is read again while the service runs: the folder of keys, and the file of the log level.

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
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
    /// Looks every so often, and at once; it never ends. A thread of its own does it, since a file on a
    /// network may take its time, for ever perhaps: neither answers nor the end wait for it.
    pub(super) async fn look(mut self, every: Duration) {
        if self.keys.is_none() && self.level.is_none() {
            return std::future::pending().await;
        }
        let (while_wanted, wanted) = mpsc::channel::<()>();
        let looks = move || loop {
            self.keys.iter_mut().for_each(KeyFolder::look);
            self.level.iter_mut().for_each(LevelFile::look);
            if wanted.recv_timeout(every) != Err(RecvTimeoutError::Timeout) {
                return;
            }
        };
        if let Err(error) = thread::Builder::new().name("read-again".to_owned()).spawn(looks) {
            tracing::error!(why = %error, "keys and log level are not read again");
        }
        std::future::pending::<()>().await;
        drop(while_wanted);
    }
}
