//! The page that asks for a link, and the one that does so because somebody else changed the
//! password: the same form.

use minijinja::{Value, context};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};
use url::form_urlencoded;

use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::typed;
use crate::account::{Identifier, InvalidIdentifier};
use crate::http::dress::{Page, with_cookies};
use crate::http::problem::{Code, Problem};
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language};
use crate::http::{query, return_to};
use crate::recovery::{Application, Ask, Languages};
use crate::token::Purpose;

/// The form.
pub const PAGE: Page = Page {
    template: "ask.html",
    source: include_str!("templates/ask.html"),
    scripted: true,
    samples: || {
        let mistake = context! { field => "identifier", text => "<b>" };
        let sample = |kind, usernames, return_to: Option<&str>, mistakes: &[Value]| {
            let path = if kind == "ask" { "reset" } else { kind };
            context! { kind, path, usernames, return_to, mistakes, csrf => "x" }
        };
        vec![
            sample("ask", true, None, &[]),
            sample("not-me", false, None, &[mistake]),
            sample("confirm-email", false, Some("https://app.example/\"><b>"), &[]),
            sample("login", true, None, &[]),
        ]
    },
};

/// A mail is on its way, if there is such an account.
pub const SENT: Page = Page {
    template: "sent.html",
    source: include_str!("templates/sent.html"),
    scripted: false,
    samples: || vec![context! { path => "reset?return_to=\"><b>" }],
};

#[handler]
pub fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    show_form(state, request, Reason::Forgotten)
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    ask(state, request, body, Reason::Forgotten).await
}

/// Why somebody asks: what the page says, and where its form goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The password is forgotten.
    Forgotten,
    /// Somebody else changed it.
    NotMe,
    /// The address is to be confirmed.
    Unconfirmed,
    /// Somebody wants to log in without it.
    Login,
}

impl Reason {
    /// What the names of its texts begin with.
    const fn texts(self) -> &'static str {
        match self {
            Self::Forgotten => "ask",
            Self::NotMe => "not-me",
            Self::Unconfirmed => "confirm-email",
            Self::Login => "login",
        }
    }

    /// The last part of its path.
    const fn path(self) -> &'static str {
        match self {
            Self::Forgotten => "reset",
            Self::NotMe => "not-me",
            Self::Unconfirmed => "confirm-email",
            Self::Login => "login",
        }
    }

    /// What the link is for.
    const fn purpose(self) -> Purpose {
        match self {
            Self::Forgotten | Self::NotMe => Purpose::PasswordReset,
            Self::Unconfirmed => Purpose::EmailConfirmation,
            Self::Login => Purpose::Login,
        }
    }
}

/// The form as it is opened, with the way back that the address may name.
pub fn show_form(state: &State, request: &Request, reason: Reason) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let return_to = way_back(&app, &query::one(request, "return_to")?.unwrap_or_default())?;
    form(state, &app, request, reason, return_to.as_deref(), None)
}

/// Where to lead back to, if anywhere: asked before anything else is done.
fn way_back(app: &Application, target: &str) -> Result<Option<String>, Problem> {
    let target = Some(target).filter(|target| !target.is_empty());
    target.map(|target| return_to::allowed(app, target)).transpose()
}

/// The form, with what is wrong with what was typed.
fn form(
    state: &State,
    app: &Application,
    request: &Request,
    reason: Reason,
    return_to: Option<&str>,
    wrong: Option<InvalidIdentifier>,
) -> Result<Response, Problem> {
    if !app.offers(reason.purpose()) {
        return Err(Problem::new(Code::NotConfigured));
    }
    let double_submit = DoubleSubmit::show(state, app, request);
    let view = state.view(Some(app), accepted_language(request));
    let text = wrong.map(|why| match why {
        InvalidIdentifier::Empty => view.texts.tell("ask-empty"),
        _ => view.texts.tell("ask-invalid"),
    });
    let status = if text.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mistake = |text| context! { field => "identifier", text };
    let mistakes: Vec<_> = text.into_iter().map(mistake).collect();
    let csrf = &double_submit.signature;
    let (kind, path) = (reason.texts(), reason.path());
    let values = context! { kind, path, usernames => app.usernames, return_to, csrf, mistakes };
    Ok(with_cookies(view.page(status, &PAGE, values), &double_submit.cookies))
}

/// Asks for a link, as the form was filled in.
pub async fn ask(
    state: &State,
    request: &Request,
    body: Body,
    reason: Reason,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let fields = Form::read(request, body, &["csrf", "return_to", "identifier"]).await?;
    let return_to = way_back(&app, fields.get("return_to"))?;
    DoubleSubmit::check(state, &app, request, &fields)?;
    let identifier = match Identifier::parse(fields.get("identifier")) {
        Ok(identifier) => identifier,
        Err(why) => {
            return form(state, &app, request, reason, return_to.as_deref(), Some(why));
        }
    };
    let kept = typed::keep(state, &app, &identifier);
    let ask = Ask {
        purpose: reason.purpose(),
        identifier,
        languages: Languages { said: None, accepted: accepted_language(request) },
        return_to: return_to.clone(),
        disputed: reason == Reason::NotMe,
        wording: None,
        client: state.client(request),
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    let view = state.view(Some(&app), accepted_language(request));
    let path = again(&app, reason.purpose(), return_to.as_deref());
    Ok(with_cookies(view.page(StatusCode::OK, &SENT, context! { path }), &[kept]))
}

/// Where to ask once more, below the application: for a link of the same kind, or for one to a new
/// password where there are none of it; with the same way back.
pub fn again(app: &Application, purpose: Purpose, return_to: Option<&str>) -> String {
    let page = purpose.page().filter(|_| app.offers(purpose));
    let path = page.unwrap_or(Reason::Forgotten.path());
    let Some(target) = return_to else { return path.to_owned() };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("return_to", target);
    format!("{path}?{}", query.finish())
}
