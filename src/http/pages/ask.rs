//! The page that asks for a link.

use minijinja::context;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::view;
use crate::account::Identifier;
use crate::http::problem::Problem;
use crate::http::reference::Reference;
use crate::http::state::State;
use crate::recovery::{Application, Ask};
use crate::token::Purpose;

#[handler]
pub fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    Ok(form(state, &app, request, None))
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let form_data = Form::read(request, body, &["csrf", "identifier"]).await?;
    DoubleSubmit::check(state, &app, request, &form_data)?;
    let identifier = match Identifier::parse(form_data.get("identifier")) {
        Ok(identifier) => identifier,
        Err(why) => return Ok(form(state, &app, request, Some(&format!("What you typed {why}.")))),
    };
    let ask = Ask {
        purpose: Purpose::PasswordReset,
        identifier,
        locale: None,
        return_to: None,
        client: state.client(request),
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    Ok(view::page(StatusCode::OK, "sent.html", context! { app => &app.name, title => &app.title }))
}

fn form(state: &State, app: &Application, request: &Request, problem: Option<&str>) -> Response {
    let double_submit = DoubleSubmit::show(state, app, request);
    let status = if problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let csrf = &double_submit.signature;
    let values = context! { app => &app.name, title => &app.title, usernames => app.usernames, csrf, problem };
    view::with_cookies(view::page(status, "ask.html", values), &double_submit.cookies)
}
