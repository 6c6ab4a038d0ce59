//! What the command line shows of a queue in Redis.

use std::time::Duration;

use super::{StartError, keys, shared};
use crate::config::{QueueStore, Settings};
use crate::queue::Report;
use crate::random::Random;

/// Nobody waits for an answer in the browser.
const PATIENCE: Duration = Duration::from_secs(6);

/// What waits, what is being done and what was given up.
///
/// # Errors
/// [`StartError`] when settings or Redis do not serve.
pub async fn waiting_jobs(settings: &Settings) -> Result<Report, StartError> {
    if settings.queue.store != QueueStore::Redis {
        return Err(StartError::setting(
            "queue.store",
            "is \"memory\": only the process itself knows what waits in it",
            "see its log or /given-up.json at metrics.listen, or keep the queue in Redis",
        ));
    }
    let keyring = keys::keyring(&settings.keys)?;
    let queue = shared::redis_queue(settings, &keyring, Random::system(), None, PATIENCE)?;
    queue.report().await.map_err(|trouble| {
        StartError::setting("redis.url", trouble, "regain check says more; see that Redis runs")
    })
}
