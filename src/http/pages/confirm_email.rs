//! Confirming an address: asking for a link, and from the link in the mail to a button and done.

use minijinja::context;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::ask::{self, Reason};
use super::button::{self, Posted};
use super::cookie::Jar;
use super::link::Link;
use crate::http::dress::{Page, with_cookies};
use crate::http::problem::Problem;
use crate::http::state::{State, accepted_language};
use crate::token::Purpose;

/// Its link.
pub const LINK: Link = Link {
    purpose: Purpose::EmailConfirmation,
    jar: Jar::ConfirmEmail,
    sealed_for: "cookie/confirm-email",
    page: "confirm-email-now",
};

/// The address is confirmed.
pub const DONE: Page = Page {
    template: "confirmed.html",
    source: include_str!("templates/confirmed.html"),
    scripted: false,
    samples: || {
        let sample = |return_to: Option<&str>| context! { return_to };
        vec![sample(None), sample(Some("https://app.example/\"><b>"))]
    },
};

#[handler]
pub fn show_ask(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    ask::show_form(state, request, Reason::Unconfirmed)
}

#[handler]
pub async fn submit_ask(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    ask::ask(state, request, body, Reason::Unconfirmed).await
}

#[handler]
pub fn arrive(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    LINK.arrive(state, request)
}

#[handler]
pub async fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    button::show(&LINK, &button::CONFIRM, state, request).await
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let used = match button::posted(&LINK, &button::CONFIRM, state, request, body).await? {
        Posted::Pressed(used) => used,
        Posted::ShownAgain(page) => return Ok(page),
    };
    let app = state.application_of(request)?;
    let confirmed = state.recovery.confirm(&app, used).await;
    let confirmed = confirmed.map_err(|why| state.not_used(&app, request, why))?;
    let view = state.view(Some(&app), accepted_language(request));
    let page = view.page(StatusCode::OK, &DONE, context! { return_to => confirmed.return_to });
    Ok(with_cookies(page, &[LINK.jar.forget(&app.name, state.is_secure(&app.name))]))
}
