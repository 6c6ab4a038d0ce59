//! A folder of .eml files, each whole from the moment it is there.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use lettre::Message;
use tokio::io::AsyncWriteExt as _;

use super::carrier::Carrier;
use crate::random::Random;
use crate::recovery::SendError;
use crate::token::base64url;

/// A folder that mails are written into, for its owner's eyes only: they hold links.
pub struct Folder {
    path: PathBuf,
    /// Begins the names of this process' files, so that no other's is ever written over.
    run: String,
    written: AtomicU64,
}

impl Folder {
    /// A folder, which is made when the first mail comes.
    pub fn new(path: PathBuf, random: &Random) -> Self {
        let run = base64url::encode(&random.bytes::<12>());
        Self { path, run, written: AtomicU64::new(0) }
    }

    async fn make(&self) -> std::io::Result<()> {
        tokio::fs::DirBuilder::new().recursive(true).mode(0o700).create(&self.path).await
    }

    /// Writes under another name first and renames, so that a reader never sees half a mail.
    async fn write(&self, mail: &[u8]) -> std::io::Result<()> {
        self.make().await?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let whole = self.path.join(format!("{}-{number:06}.eml", self.run));
        let part = whole.with_extension("part");
        let mut options = tokio::fs::OpenOptions::new();
        let mut file = options.write(true).create_new(true).mode(0o600).open(&part).await?;
        file.write_all(mail).await?;
        file.flush().await?;
        tokio::fs::rename(&part, &whole).await
    }

    fn passing(&self, error: &std::io::Error) -> SendError {
        SendError::Passing(format!("{}: {error}", self.path.display()))
    }
}

#[async_trait]
impl Carrier for Folder {
    async fn carry(&self, mail: Message) -> Result<(), SendError> {
        let written = self.write(&mail.formatted()).await;
        written.map_err(|error| self.passing(&error))
    }

    async fn ping(&self) -> Result<(), SendError> {
        self.make().await.map_err(|error| self.passing(&error))
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[tokio::test]
    async fn two_processes_write_over_nothing_and_only_the_owner_reads() {
        let name = base64url::encode(&Random::system().bytes::<12>());
        let path = std::env::temp_dir().join(format!("regain-mails-{name}"));
        for mail in [b"one", b"two"] {
            Folder::new(path.clone(), &Random::system()).write(mail).await.unwrap();
        }
        let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o700);
        let files: Vec<_> = path.read_dir().unwrap().map(|file| file.unwrap().path()).collect();
        assert_eq!(files.len(), 2);
        assert!(files.iter().all(|file| mode(file) == 0o600));
        std::fs::remove_dir_all(path).unwrap();
    }
}
