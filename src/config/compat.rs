//! Which other systems' calls are answered.

use serde::{Deserialize, Serialize};

/// A system that people move from: its own calls are answered beside ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Compat {
    /// The two actions of its password reset.
    BettyBlocks,
    /// Its reset password requests: made, sent and committed.
    CloudCms,
    /// Its password reset, which logs in once by a mailed link.
    Structr,
}

impl Compat {
    /// Every one.
    pub const ALL: [Self; 3] = [Self::BettyBlocks, Self::CloudCms, Self::Structr];
}
