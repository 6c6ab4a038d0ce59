//! Why a service cannot be asked as its settings have it.

use thiserror::Error;

use crate::outbound::OutboundError;

/// A service that cannot be asked. The text reads on after the name of the setting.
#[derive(Debug, Error)]
#[error(transparent)]
pub struct BreachConfigError(#[from] OutboundError);

impl BreachConfigError {
    /// The name of the setting below `password.breaches`.
    #[must_use]
    pub const fn setting(&self) -> &'static str {
        self.0.setting()
    }

    /// What to do.
    #[must_use]
    pub fn cure(&self) -> String {
        self.0.cure("\"https://api.pwnedpasswords.com/range/\", or the same of a copy of your own")
    }
}
