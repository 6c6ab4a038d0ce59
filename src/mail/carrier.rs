//! What every provider does.

use async_trait::async_trait;
use lettre::Message;

use crate::recovery::SendError;

/// Takes whole mails.
#[async_trait]
pub trait Carrier: Send + Sync {
    /// Hands one mail over.
    async fn carry(&self, mail: Message) -> Result<(), SendError>;

    /// Whether mail would be taken now.
    async fn ping(&self) -> Result<(), SendError>;
}
