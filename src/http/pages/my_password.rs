//! Choosing a new password while logged in by a cookie of ours, as it stands where an application's own
//! page would.

use poem::web::Data;
use poem::{Body, Request, Response, handler};
use zeroize::Zeroizing;

use super::cookie::Jar;
use super::link::Link;
use super::new_password;
use crate::http::dress::see_other;
use crate::http::problem::{Code, Problem};
use crate::http::state::State;
use crate::recovery::Application;
use crate::token::Purpose;

/// The cookie of a session, which is a token as those of links are.
pub const SESSION: Link = Link {
    purpose: Purpose::Session,
    jar: Jar::Session,
    sealed_for: "cookie/session",
    page: "my-password",
};

/// Shows the form. Who is not logged in, or no longer, is led to where links to log in are asked for.
#[handler]
pub async fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    match new_password::show_form(&SESSION, state, request).await {
        Err(problem) if matches!(problem.code(), Code::TokenInvalid | Code::TokenExpired) => {
            Ok(see_other(&format!("/a/{}/login", app.name), &[]))
        }
        shown => shown,
    }
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    new_password::submit_form(&SESSION, state, request, body).await
}

/// The session that the cookie of a request holds.
///
/// # Errors
/// [`Code::Unauthorized`] where there is none of ours.
pub fn session(
    state: &State,
    app: &Application,
    request: &Request,
) -> Result<Zeroizing<String>, Problem> {
    SESSION.token(state, app, request).map_err(|_| Problem::new(Code::Unauthorized))
}

/// The Set-Cookie header that throws a session away.
#[must_use]
pub fn forget_session(state: &State, app: &Application) -> String {
    SESSION.jar.forget(&app.name, state.is_secure(&app.name))
}
