//! From the link in a mail to a new password: link → sealed cookie → 303 → clean address → form.

use minijinja::context;
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::cookie::Jar;
use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::view::{self, View};
use crate::http::problem::Problem;
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language, browser};
use crate::password::Password;
use crate::recovery::{Application, CompleteError, Completion, Refused};
use crate::token::{MAX_TOKEN_BYTES, Purpose};

/// What the cookie is sealed for, so that it serves nothing else.
const SEALED_FOR: &str = "cookie/reset";

/// Takes the token out of the address bar. Nothing is looked up and nothing is spent.
#[handler]
pub fn arrive(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let token = request.raw_path_param("token").unwrap_or_default();
    if token.len() > MAX_TOKEN_BYTES {
        return Err(Refused::Invalid.into());
    }
    let sealed = app.keys.seal(&state.random, SEALED_FOR, token.as_bytes());
    let lifetime = app.lifetime(Purpose::PasswordReset);
    let cookie = Jar::Reset.keep(&app.name, state.secure, &sealed, lifetime);
    Ok(view::see_other(&format!("/a/{}/new-password", app.name), &[cookie]))
}

#[handler]
pub async fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let token = token(state, &app, request)?;
    let client = state.client(request);
    state.recovery.inspect(&app, &client, Purpose::PasswordReset, &token).await?;
    Ok(form(state, &app, request, &[]))
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let fields = Form::read(request, body, &["csrf", "new_password", "confirm_password"]).await?;
    DoubleSubmit::check(state, &app, request, &fields)?;
    let token = token(state, &app, request)?;
    if fields.get("new_password") != fields.get("confirm_password") {
        let differ = View::of(state, Some(&app), accepted_language(request))
            .texts
            .tell("new-password-differ");
        return Ok(form(state, &app, request, &[differ]));
    }
    let completion = Completion {
        token: token.to_string(),
        new_password: Password::new(fields.get("new_password").to_owned()),
        client: state.client(request),
        by: browser(request),
        reference: Reference::of(request),
    };
    let view = View::of(state, Some(&app), accepted_language(request));
    match state.recovery.complete(&app, completion).await {
        Ok(completed) => {
            let values = context! { return_to => completed.return_to };
            let forget = Jar::Reset.forget(&app.name, state.secure);
            Ok(view::with_cookies(view.page(StatusCode::OK, "done.html", values), &[forget]))
        }
        Err(CompleteError::Rejected(refusals)) => {
            let problems: Vec<_> =
                refusals.iter().map(|refusal| refusal.tell(&view.texts)).collect();
            Ok(form(state, &app, request, &problems))
        }
        Err(error) => Err(Problem::of_completion(error, &view.texts)),
    }
}

/// The token out of the sealed cookie.
fn token(
    state: &State,
    app: &Application,
    request: &Request,
) -> Result<zeroize::Zeroizing<String>, Problem> {
    let sealed = Jar::Reset.read(request, &app.name, state.secure);
    let opened = sealed.and_then(|sealed| app.keys.unseal(SEALED_FOR, sealed));
    let token = opened.and_then(|bytes| String::from_utf8(bytes.to_vec()).ok());
    token.map(zeroize::Zeroizing::new).ok_or_else(|| Refused::Invalid.into())
}

fn form(state: &State, app: &Application, request: &Request, problems: &[String]) -> Response {
    let double_submit = DoubleSubmit::show(state, app, request);
    let status =
        if problems.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let values = context! {
        csrf => double_submit.signature,
        problems => problems.to_vec(),
        min_length => app.policy.min_length,
        max_length => app.policy.max_length,
    };
    let view = View::of(state, Some(app), accepted_language(request));
    view::with_cookies(view.page(status, "new_password.html", values), &double_submit.cookies)
}
