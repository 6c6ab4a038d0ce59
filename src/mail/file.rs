//! A folder of .eml files, each whole from the moment it is there.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use lettre::Message;

use super::carrier::Carrier;
use crate::recovery::SendError;

/// A folder that mails are written into.
pub struct Folder {
    path: PathBuf,
    written: AtomicU64,
}

impl Folder {
    /// A folder, which is made when the first mail comes.
    pub const fn new(path: PathBuf) -> Self {
        Self { path, written: AtomicU64::new(0) }
    }

    /// Writes under another name first and renames, so that a reader never sees half a mail.
    async fn write(&self, mail: &[u8]) -> std::io::Result<()> {
        tokio::fs::create_dir_all(&self.path).await?;
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        let name = format!("{}-{number:06}", std::process::id());
        let (part, whole) = (self.at(&name, "part"), self.at(&name, "eml"));
        tokio::fs::write(&part, mail).await?;
        tokio::fs::rename(&part, &whole).await
    }

    fn at(&self, name: &str, end: &str) -> PathBuf {
        Path::new(&self.path).join(name).with_extension(end)
    }
}

#[async_trait]
impl Carrier for Folder {
    async fn carry(&self, mail: Message) -> Result<(), SendError> {
        let written = self.write(&mail.formatted()).await;
        written.map_err(|error| SendError::Passing(format!("the mail folder: {error}")))
    }
}
