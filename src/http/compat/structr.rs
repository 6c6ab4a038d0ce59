//! Structr's password reset, whose paths name no application: a link that logs in once, and a new
//! password for who is logged in.

use poem::http::header;
use poem::web::Data;
use poem::{Body, Request, Response, Route, get, handler, post, put};
use serde_json::json;
use zeroize::Zeroizing;

use super::json;
use crate::account::Identifier;
use crate::config::Compat;
use crate::http::body::{FromMembers, Members};
use crate::http::cors;
use crate::http::dress::{see_other, with_cookies};
use crate::http::problem::{Code, FieldError, Problem};
use crate::http::reference::Reference;
use crate::http::routes::STRUCTR_PAGE;
use crate::http::state::{State, accepted_language, browser};
use crate::http::{bearer, operator, pages, query};
use crate::password::Password;
use crate::recovery::{Application, Ask, HandOver, Languages, PasswordChange};
use crate::token::Purpose;

/// What the API document says of them.
pub const DESCRIBED: &str = include_str!("structr.yaml");

/// Lays its paths beside our own.
pub fn add(routes: Route) -> Route {
    routes
        .at("/structr/rest/reset-password", post(reset_password))
        .at("/structr/rest/me", put(me))
        .at(STRUCTR_PAGE, get(open))
}

#[handler]
async fn reset_password(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = state.application_from(Compat::Structr, "")?;
    let Address(identifier) = json::read_from_jquery(request, body).await?;
    let ask = Ask {
        purpose: Purpose::Login,
        identifier: identifier.ok_or(Problem::new(Code::InvalidValue))?,
        languages: Languages { said: None, accepted: accepted_language(request) },
        return_to: target(&app),
        disputed: false,
        wording: None,
        client: operator::caller(state, request, &app).await?,
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    Ok(json::answer(&json!({})))
}

/// The page that is configured: what the link says of it later is read by nobody.
fn target(app: &Application) -> Option<String> {
    match &app.login_to {
        Some(HandOver::Cookie(target)) => Some(target.clone()),
        Some(HandOver::Page(_)) | None => None,
    }
}

/// Opens a link, or without a key the target that Structr has where nothing else is said: the page on
/// which who is logged in chooses a password.
#[handler]
fn open(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_from(Compat::Structr, "")?;
    match query::one(request, &state.structr_key)? {
        Some(token) => pages::arrive_to_log_in(state, &app, &token),
        None => Ok(see_other(&format!("/a/{}/my-password", app.name), &[])),
    }
}

#[handler]
async fn me(request: &Request, body: Body, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_from(Compat::Structr, "")?;
    let session = session(state, &app, request)?;
    // As JSON alone, under its own name: what the browser adds by itself, the cookie, is then of no use
    // to a form of another site.
    let NewPassword(new_password) = json::read(request, body).await?;
    let change = PasswordChange {
        session: session.to_string(),
        new_password: Password::new(new_password),
        client: state.client(request),
        by: browser(request),
        reference: Reference::of(request),
    };
    let texts = state.texts(Some(&app), accepted_language(request));
    let changed = state.recovery.change_password(&app, change).await;
    changed.map_err(|why| Problem::of_session_use(why, &texts).with_member("password"))?;
    let forget = (!names_its_session(request)).then(|| pages::forget_session(state, &app));
    Ok(with_cookies(json::answer(&json!({})), forget.as_slice()))
}

/// The session that a request names itself, or else the one that the browser has added.
fn session(
    state: &State,
    app: &Application,
    request: &Request,
) -> Result<Zeroizing<String>, Problem> {
    if names_its_session(request) {
        return bearer::session(request).map(|session| Zeroizing::new(session.to_owned()));
    }
    let site = request.header("Sec-Fetch-Site").unwrap_or("none");
    let near = matches!(site, "same-origin" | "same-site" | "none");
    if !near && !cors::is_granted(state, request) {
        let message = "comes from a page of another site: send the session as a bearer token";
        let error = FieldError { field: "", reason: "cross_site", message: message.to_owned() };
        return Err(Problem::with_errors(Code::Forbidden, vec![error]));
    }
    pages::session(state, app, request)
}

fn names_its_session(request: &Request) -> bool {
    request.headers().contains_key(header::AUTHORIZATION)
}

/// The body of the first call.
struct Address(Option<Identifier>);

impl FromMembers for Address {
    fn from_members(members: &mut Members) -> Self {
        Self(json::address(members, "eMail"))
    }
}

/// The body of the last.
struct NewPassword(String);

impl FromMembers for NewPassword {
    fn from_members(members: &mut Members) -> Self {
        Self(members.required("password"))
    }
}
