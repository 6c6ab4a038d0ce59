//! What the command line does with tokens, for operators who hold the key.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::{Service, StartError};
use crate::clock::Clock;
use crate::config::Settings;
use crate::queue::Queue;
use crate::random::Random;
use crate::recovery::{Application, Issue, IssueError, Issued, Recovery};
use crate::token::{Purpose, base64url};

/// What a token is made for by hand.
pub struct TokenWish<'a> {
    /// The application's name.
    pub app: &'a str,
    /// What it is for.
    pub purpose: Purpose,
    /// The account's id.
    pub user_id: &'a str,
    /// How long it works, where that is not as long as one that is asked for.
    pub lifetime: Option<Duration>,
}

/// A token made by hand.
pub struct IssuedToken {
    /// The token itself.
    pub token: Zeroizing<String>,
    /// The link that carries it.
    pub link: Zeroizing<String>,
    /// The last moment at which it works.
    pub expires_at: OffsetDateTime,
    /// Whether its owner is told of it.
    pub notice: Notice,
}

/// What became of the mail that tells an owner of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Notice {
    /// It was handed over.
    Sent,
    /// It waits in Redis for a running service.
    Queued,
    /// It was not taken: why, as far as that is known.
    NotSent(String),
}

/// Makes a token for an account, as an operator with an API key has it made. Its owner is told by
/// mail: by a running service where the queue is in Redis, else at once and from here.
///
/// # Errors
/// [`StartError`] when settings, application or account do not serve.
pub async fn issue_token(
    settings: &Settings,
    wish: TokenWish<'_>,
) -> Result<IssuedToken, StartError> {
    let random = Random::system();
    let service = Service::build(settings, Clock::system(), random.clone())?;
    let app = find(&service.recovery, wish.app)?;
    let issue = Issue {
        user_id: wish.user_id.to_owned(),
        purpose: wish.purpose,
        lifetime: wish.lifetime,
        return_to: None,
        send_mail: false,
        by: "the command line".to_owned(),
        reference: base64url::encode(&random.bytes::<12>()),
    };
    let issued = service.recovery.issue(&app, issue).await;
    let issued = match issued.map_err(|error| refused(error, &app))? {
        Issued::Given(issued) => issued,
        Issued::Mailed => return Err(failed("it is mailed, though nobody asked for that")),
    };
    Ok(IssuedToken {
        token: Zeroizing::new(issued.token.expose().to_owned()),
        link: issued.link,
        expires_at: issued.expires_at,
        notice: send_notices(&service).await,
    })
}

/// Does once what waits in this process, which no worker will do.
async fn send_notices(service: &Service) -> Notice {
    let mut done = 0;
    for source in service.queue.sources() {
        let Queue::Memory(queue) = source else { continue };
        queue.close();
        while let Some((job, _ticket)) = queue.take().await {
            done += 1;
            if !service.recovery.perform(job).await.is_empty() {
                let why = service.failures.all().pop().map(|failure| failure.words);
                return Notice::NotSent(why.unwrap_or_else(|| "it was put off".to_owned()));
            }
        }
    }
    match service.failures.all().pop() {
        Some(failure) => Notice::NotSent(failure.words),
        None if done == 0 => Notice::Queued,
        None => Notice::Sent,
    }
}

fn refused(error: IssueError, app: &Application) -> StartError {
    match error {
        IssueError::NotConfigured => {
            let offered: Vec<_> = app.mailed().map(|(purpose, _)| purpose.name()).collect();
            StartError::setting(
                "--purpose",
                "is one that this application has no links for",
                format!("issue one of: {}", offered.join(", ")),
            )
        }
        IssueError::AccountUnknown => StartError::setting("--user", error, "give the id of a row"),
        IssueError::Lifetime => StartError::setting("--lifetime", error, "write it like \"24h\""),
        error => failed(error),
    }
}

/// Voids every link of an account by renewing its recovery stamp.
///
/// # Errors
/// [`StartError`] when settings, application or account do not serve.
pub async fn revoke_tokens(
    settings: &Settings,
    app: &str,
    user_id: &str,
) -> Result<(), StartError> {
    let service = Service::build(settings, Clock::system(), Random::system())?;
    let app = find(&service.recovery, app)?;
    service.recovery.revoke(&app, user_id).await.map_err(failed)
}

/// Says in one line what a token is worth now, and for whom.
///
/// # Errors
/// [`StartError`] when settings or application do not serve, or why the token does nothing.
pub async fn inspect_token(
    settings: &Settings,
    app: &str,
    purpose: Purpose,
    token: &str,
) -> Result<String, StartError> {
    let service = Service::build(settings, Clock::system(), Random::system())?;
    let app = find(&service.recovery, app)?;
    let explained = service.recovery.explain(&app, purpose, token).await;
    let (token, user_id) = explained.map_err(failed)?;
    let (issued, expires) = (rfc3339(token.issued_at), rfc3339(token.expires_at));
    Ok(format!("valid: user {user_id}, issued {issued}, expires {expires}"))
}

/// A time in whole seconds, UTC.
#[must_use]
pub fn rfc3339(time: OffsetDateTime) -> String {
    time.truncate_to_second().format(&Rfc3339).unwrap_or_default()
}

fn find(recovery: &Recovery, name: &str) -> Result<Arc<Application>, StartError> {
    recovery.application(name).cloned().ok_or_else(|| {
        StartError::setting(
            "--app",
            format!("there is no application {name:?}"),
            "name one under [apps]",
        )
    })
}

fn failed(error: impl std::fmt::Display) -> StartError {
    StartError::Failed(error.to_string())
}
