//! What the command line does with tokens, for operators who hold the key.

use std::sync::Arc;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use zeroize::Zeroizing;

use super::{Service, StartError};
use crate::clock::Clock;
use crate::config::Settings;
use crate::random::Random;
use crate::recovery::{Application, Recovery};
use crate::token::{Claims, Purpose};

/// A token made by hand.
pub struct IssuedToken {
    /// The token itself.
    pub token: Zeroizing<String>,
    /// The link that carries it.
    pub link: Zeroizing<String>,
    /// The last moment at which it works.
    pub expires_at: OffsetDateTime,
}

/// Makes a token for an account, as the worker would when it is asked for a link.
///
/// # Errors
/// [`StartError`] when settings, application or account do not serve.
pub async fn issue_token(
    settings: &Settings,
    app: &str,
    purpose: Purpose,
    user_id: &str,
) -> Result<IssuedToken, StartError> {
    let clock = Clock::system();
    let service = Service::build(settings, clock.clone(), Random::system())?;
    let app = find(&service.recovery, app)?;
    let pattern = app.links.get(&purpose).filter(|_| app.offers(purpose)).ok_or_else(|| {
        let offered: Vec<_> = app.mailed().map(|(purpose, _)| purpose.name()).collect();
        StartError::setting(
            "--purpose",
            "is one that this application has no links for",
            format!("issue one of: {}", offered.join(", ")),
        )
    })?;
    app.refuse_past_second_factor(purpose).await.map_err(failed)?;
    let account = app.accounts.read(user_id).await.map_err(failed)?;
    let account = account.ok_or_else(|| {
        StartError::setting("--user", "there is no such account", "give the id of a row")
    })?;
    account.fits(&app.needs(purpose)).map_err(failed)?;
    let claims = Claims {
        user_id: account.id.clone(),
        fingerprint: app.keys.fingerprint(purpose, &account.marks(purpose)),
        lifetime: None,
        return_to: None,
    };
    let now = clock.now();
    let token = app.keys.mint(purpose, now, &claims);
    Ok(IssuedToken {
        link: pattern.fill(&token),
        token: Zeroizing::new(token.expose().to_owned()),
        expires_at: now + app.lifetime(purpose),
    })
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
