//! Logging in by a link: asking for one, and from the link in the mail to a button and on to the
//! application, to which the session is handed over as its configuration says. Where the person wanted
//! to go back to travels beside it: what whoever asked for the link has chosen gets no session.

use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::ask::{self, Reason};
use super::button::{self, Posted};
use super::cookie::Jar;
use super::hand_over::lead_on;
use super::link::Link;
use crate::http::problem::{Code, Problem};
use crate::http::state::State;
use crate::recovery::Application;
use crate::token::Purpose;

/// Its link.
pub const LINK: Link = Link {
    purpose: Purpose::Login,
    jar: Jar::Login,
    sealed_for: "cookie/login",
    page: "login-now",
};

#[handler]
pub fn show_ask(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    ask::show_form(state, request, Reason::Login)
}

#[handler]
pub async fn submit_ask(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    ask::ask(state, request, body, Reason::Login).await
}

#[handler]
pub fn arrive(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    LINK.arrive(state, request)
}

/// The same where the token stands elsewhere in the address.
///
/// # Errors
/// The problem to answer: what is no token of the application.
pub fn arrive_with(state: &State, app: &Application, token: &str) -> Result<Response, Problem> {
    LINK.arrive_with(state, app, token)
}

#[handler]
pub async fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    button::show(&LINK, &button::LOG_IN, state, request).await
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let used = match button::posted(&LINK, &button::LOG_IN, state, request, body).await? {
        Posted::Pressed(used) => used,
        Posted::ShownAgain(page) => return Ok(page),
    };
    let app = state.application_of(request)?;
    // Known before the link is spent: where nobody can be sent, nobody is logged in.
    let hand_over = app.login_to.as_ref().ok_or(Problem::new(Code::NotConfigured))?;
    let logged_in = state.recovery.log_in(&app, used).await;
    let logged_in = logged_in.map_err(|why| state.not_used(&app, request, why))?;
    let forget_link = LINK.jar.forget(&app.name, state.is_secure(&app.name));
    Ok(lead_on(state, &app, hand_over, &logged_in, forget_link))
}
