//! Whether the process is well.

use std::time::Duration;

use poem::web::Data;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use crate::http::State;
use crate::http::problem::{Code, Problem};
use crate::token::KeyFacts;

/// How long an unready process may need.
const UNREADY: Duration = Duration::from_secs(5);

pub struct Health;

#[expect(clippy::unused_async, reason = "poem-openapi takes async operations only")]
#[OpenApi]
impl Health {
    /// Whether the process lives
    ///
    /// Answers as long as the process can answer at all.
    #[oai(path = "/healthz", method = "get", operation_id = "getHealth", tag = "Tag::Health")]
    async fn get_health(&self) -> Alive {
        Alive::Alive(Json(HealthAnswer { status: "ok".to_owned() }))
    }

    /// Whether the process can take requests for links
    ///
    /// 503 only while a request for a link could not be taken: starting, stopping, or the queue is full or out of
    /// reach. Trouble with a database or the mail server is told as `degraded`, since asking needs
    /// neither.
    #[oai(path = "/readyz", method = "get", operation_id = "getReadiness", tag = "Tag::Health")]
    async fn get_readiness(&self, Data(state): Data<&State>) -> poem::Result<Ready> {
        let health = state.recovery.health();
        if !health.takes_asks {
            return Err(Problem::passing(Code::Busy, UNREADY).into());
        }
        let status = if health.trouble.is_empty() { "ready" } else { "degraded" };
        let reasons = Some(health.trouble).filter(|trouble| !trouble.is_empty());
        let keys = state.keyring.facts().into_iter().map(Key::from).collect();
        Ok(Ready::Ready(Json(ReadinessAnswer { status: status.to_owned(), reasons, keys })))
    }
}

/// The process lives.
#[derive(Object)]
#[oai(rename = "Health")]
pub struct HealthAnswer {
    /// Always `ok`.
    status: String,
}

#[derive(ApiResponse)]
enum Alive {
    /// It lives.
    #[oai(status = 200)]
    Alive(Json<HealthAnswer>),
}

/// The process takes requests for links.
#[derive(Object)]
#[oai(rename = "Readiness", skip_serializing_if_is_none)]
pub struct ReadinessAnswer {
    /// `ready`, or `degraded` when something is in trouble.
    status: String,
    /// What is in trouble, for operators.
    reasons: Option<Vec<String>>,
    /// The keys that tokens are signed with, the one that signs first: all replicas must have the same.
    keys: Vec<Key>,
}

/// A key, without anything that would be of use to who wants to sign.
#[derive(Object)]
struct Key {
    /// Its name.
    name: String,
    /// Eight hexadecimal digits that tell keys apart which have one name.
    check: String,
    /// Whether it signs. The others verify only.
    signs: bool,
}

impl From<KeyFacts> for Key {
    fn from(KeyFacts { name, check, signs }: KeyFacts) -> Self {
        Self { name, check, signs }
    }
}

#[derive(ApiResponse)]
enum Ready {
    /// Requests for links are taken.
    #[oai(status = 200)]
    Ready(Json<ReadinessAnswer>),
}
