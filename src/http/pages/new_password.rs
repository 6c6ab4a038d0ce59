//! From the link in a mail to a new password: link → sealed cookie → 303 → clean address → form.

use minijinja::{Value, context};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::cookie::Jar;
use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::link::{self, Link};
use super::typed;
use crate::http::dress::{Page, View, with_cookies};
use crate::http::problem::Problem;
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language, browser};
use crate::password::Password;
use crate::recovery::{Application, CompleteError, Completion, PasswordChange, Whose};
use crate::token::Purpose;

/// Its link.
pub const LINK: Link = Link {
    purpose: Purpose::PasswordReset,
    jar: Jar::Reset,
    sealed_for: "cookie/reset",
    page: "new-password",
};

/// The form.
pub const PAGE: Page = Page {
    template: "new_password.html",
    source: include_str!("templates/new_password.html"),
    scripted: true,
    samples: || {
        let mistake = |field| context! { field, text => "<b>" };
        let mistakes = ["new_password", "confirm_password"].map(mistake);
        let sample = |login: Option<&str>, other, twice, mistakes: &[Value]| {
            context! {
                login, other, twice, mistakes, path => "new-password", csrf => "x", mark => "y",
                account => "a…\"><b>", min_length => 8, max_length => 64,
            }
        };
        vec![
            sample(Some("\"><b>"), false, true, &[]),
            sample(None, true, false, &[]),
            sample(None, false, true, &mistakes),
        ]
    },
};

/// The password is set.
pub const DONE: Page = Page {
    template: "done.html",
    source: include_str!("templates/done.html"),
    scripted: false,
    samples: || {
        let sample = |return_to: Option<&str>, log_in: Option<&str>| context! { return_to, log_in };
        let page = Some("https://app.example/\"><b>");
        vec![sample(page, page), sample(None, page), sample(None, None)]
    },
};

#[handler]
pub fn arrive(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    LINK.arrive(state, request)
}

#[handler]
pub async fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    show_form(&LINK, state, request).await
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    submit_form(&LINK, state, request, body).await
}

/// Shows the form to the bearer of a token that a password can be set with.
pub async fn show_form(link: &Link, state: &State, request: &Request) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let token = link.token(state, &app, request)?;
    let client = state.client(request);
    let inspected = state.recovery.inspect(&app, &client, link.purpose, &token).await?;
    Ok(form(link, state, &app, request, &inspected.whose, &Shown::default()))
}

/// Takes the form that was filled in.
pub async fn submit_form(
    link: &Link,
    state: &State,
    request: &Request,
    body: Body,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let known = ["csrf", "account", "new_password", "confirm_password"];
    let fields = Form::read(request, body, &known).await?;
    DoubleSubmit::check(state, &app, request, &fields)?;
    let token = link.token(state, &app, request)?;
    let view = state.view(Some(&app), accepted_language(request));
    let other = link.is_of_another(state, &app, &token, &fields);
    let twice = state.dresses.of(Some(&app.name)).confirm_password;
    let differ = twice && fields.get("new_password") != fields.get("confirm_password");
    if other || differ {
        let client = state.client(request);
        let inspected = state.recovery.inspect(&app, &client, link.purpose, &token).await?;
        let differ = ("confirm_password", view.texts.tell("new-password-differ"));
        let mistakes = if other { vec![] } else { vec![differ] };
        return Ok(form(link, state, &app, request, &inspected.whose, &Shown { other, mistakes }));
    }
    let new_password = Password::new(fields.get("new_password").to_owned());
    match set(link, state, &app, request, &token, new_password).await {
        Ok(return_to) => Ok(done(link, state, &app, &view, return_to)),
        Err(CompleteError::Rejected(refusals)) => {
            let inspected = state.recovery.inspect_again(&app, link.purpose, &token).await?;
            let refusals = refusals.iter().map(|refusal| refusal.tell(&view.texts));
            let mistakes = refusals.map(|text| ("new_password", text)).collect();
            let shown = Shown { other, mistakes };
            Ok(form(link, state, &app, request, &inspected.whose, &shown))
        }
        Err(why) => Err(state.not_used(&app, request, why)),
    }
}

/// Sets the password, and says where the link leads back to.
async fn set(
    link: &Link,
    state: &State,
    app: &Application,
    request: &Request,
    token: &str,
    new_password: Password,
) -> Result<Option<String>, CompleteError> {
    let (token, client) = (token.to_owned(), state.client(request));
    let (by, reference) = (browser(request), Reference::of(request));
    if link.purpose == Purpose::Session {
        let change = PasswordChange { session: token, new_password, client, by, reference };
        state.recovery.change_password(app, change).await.map(|()| None)
    } else {
        let completion = Completion { token, new_password, client, by, reference };
        state.recovery.complete(app, completion).await.map(|completed| completed.return_to)
    }
}

fn done(
    link: &Link,
    state: &State,
    app: &Application,
    view: &View<'_>,
    return_to: Option<String>,
) -> Response {
    let log_in = &state.dresses.of(Some(&app.name)).log_in;
    let page = view.page(StatusCode::OK, &DONE, context! { return_to, log_in });
    let secure = state.is_secure(&app.name);
    let forget = [link.jar, Jar::Typed].map(|jar| jar.forget(&app.name, secure));
    with_cookies(page, &forget)
}

/// How the form is shown again.
#[derive(Default)]
struct Shown {
    /// For another account than before.
    other: bool,
    /// With what is wrong, by field.
    mistakes: Vec<(&'static str, String)>,
}

fn form(
    link: &Link,
    state: &State,
    app: &Application,
    request: &Request,
    whose: &Whose,
    shown: &Shown,
) -> Response {
    let double_submit = DoubleSubmit::show(state, app, request);
    let fine = shown.mistakes.is_empty() && !shown.other;
    let status = if fine { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let mistakes: Vec<_> =
        shown.mistakes.iter().map(|(field, text)| context! { field => *field, text }).collect();
    let values = context! {
        path => link.page,
        csrf => double_submit.signature,
        mark => link::account(app, whose),
        account => whose.masked(),
        login => typed::read(state, app, request, whose),
        other => shown.other,
        mistakes,
        twice => state.dresses.of(Some(&app.name)).confirm_password,
        min_length => app.policy.min_length,
        max_length => app.policy.max_length,
    };
    let view = state.view(Some(app), accepted_language(request));
    with_cookies(view.page(status, &PAGE, values), &double_submit.cookies)
}
