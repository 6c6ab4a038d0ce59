//! One application's service.

use std::time::Duration;

use reqwest::{StatusCode, Url};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::digest::Digest;
use super::error::BreachConfigError;
use super::range::{NoList, holds};
use super::rest::Rest;
use crate::config::BreachSettings;
use crate::outbound::{LookUp, Named, NoAnswer, Peer, Whereabouts};

/// How a service is called in what is said of it.
const NAMED: Named = Named { section: "password.breaches", who: "service" };

/// How many questions may be on their way at a time. Whoever comes then waits, within the same time.
pub(super) const AT_ONCE: usize = 8;

/// Longest answer in bytes. Two thousand digests, about as many as a range has, are 90 KB.
const LONGEST: usize = 512 * 1024;

/// The digits that a service is asked by to see whether it answers.
const ANY: &str = "00000";

/// Who is asked.
pub(super) struct Service {
    peer: Peer,
    timeout: Duration,
    turns: Semaphore,
    pub(super) rest: Rest,
}

impl Service {
    pub(super) fn new(
        settings: &BreachSettings,
        look_up: LookUp,
    ) -> Result<Self, BreachConfigError> {
        let timeout = settings.timeout.0;
        let whereabouts = Whereabouts {
            named: NAMED,
            url: &settings.url,
            ca: settings.ca.as_deref(),
            allow_private_network: settings.allow_private_network,
            in_clear: false,
            timeout,
        };
        let peer = Peer::new(whereabouts, look_up)?;
        Ok(Self { peer, timeout, turns: Semaphore::new(AT_ONCE), rest: Rest::default() })
    }

    /// Whether it lists a password.
    ///
    /// # Errors
    /// Why it did not tell, in words for operators that hold nothing of the password.
    pub(super) async fn lists(&self, digest: &Digest) -> Result<bool, String> {
        let answer = self.range(digest.told()).await?;
        holds(&answer, digest.kept()).map_err(|NoList| "answered no list of digests".to_owned())
    }

    /// Whether it answers at all.
    ///
    /// # Errors
    /// Why not, in words for operators.
    pub(super) async fn look(&self) -> Result<(), String> {
        let answer = self.range(ANY).await?;
        let listed = holds(&answer, "").map(|_| ());
        listed.map_err(|NoList| "answered no list of digests".to_owned())
    }

    /// A turn to ask, or none where too many others ask for as long as two questions may take: that is a
    /// crowd of ours, and no failure of the service.
    pub(super) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        tokio::time::timeout(2 * self.timeout, self.turns.acquire()).await.ok()?.ok()
    }

    /// All that begins with these digits, within the time that there is for it.
    async fn range(&self, told: &str) -> Result<String, String> {
        let answer = tokio::time::timeout(self.timeout, self.ask(told)).await;
        answer.unwrap_or_else(|_| Err(NoAnswer::TooLate.to_string()))
    }

    async fn ask(&self, told: &str) -> Result<String, String> {
        let failed = |error: reqwest::Error| NoAnswer::from(error).to_string();
        let request = self.peer.client().get(below(self.peer.url(), told));
        // So that nobody on the way can tell by the length of the answer what was asked.
        let request = request.header("add-padding", "true");
        let mut answer = request.send().await.map_err(failed)?;
        if answer.status() != StatusCode::OK {
            return Err(format!("answered {}", answer.status()));
        }
        let mut body = vec![];
        while let Some(piece) = answer.chunk().await.map_err(failed)? {
            if body.len() + piece.len() > LONGEST {
                return Err(format!("answered more than {LONGEST} bytes"));
            }
            body.extend_from_slice(&piece);
        }
        String::from_utf8(body).map_err(|_| "answered no text".to_owned())
    }
}

/// A URL one step below another, with or without a slash at its end.
fn below(url: &Url, step: &str) -> Url {
    let mut url = url.clone();
    // Only what cannot be a base has no segments, and http always can.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().push(step);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digits_are_one_step_below_the_url_however_it_ends() {
        for url in ["https://h.example/range/", "https://h.example/range"] {
            let asked = below(&Url::parse(url).unwrap(), "5BAA6");
            assert_eq!(asked.as_str(), "https://h.example/range/5BAA6");
        }
        let root = below(&Url::parse("https://h.example").unwrap(), "5BAA6");
        assert_eq!(root.as_str(), "https://h.example/5BAA6");
    }
}
