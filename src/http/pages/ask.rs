//! The page that asks for a link, and the one that does so because somebody else changed the
//! password: the same form.

use minijinja::{Value, context};
use poem::http::StatusCode;
use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::page::Page;
use super::typed;
use super::view::{self, View};
use crate::account::{Identifier, InvalidIdentifier};
use crate::http::problem::{Code, Problem};
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language};
use crate::recovery::{Ask, Languages};
use crate::token::Purpose;

/// The form.
pub const PAGE: Page = Page {
    template: "ask.html",
    source: include_str!("templates/ask.html"),
    scripted: true,
    samples: || {
        let mistake = context! { field => "identifier", text => "<b>" };
        let sample = |kind, path, usernames, mistakes: &[Value]| {
            context! { kind, path, usernames, mistakes, csrf => "x" }
        };
        vec![
            sample("ask", "reset", true, &[]),
            sample("not-me", "not-me", false, &[mistake]),
            sample("confirm-email", "confirm-email", false, &[]),
            sample("login", "login", true, &[]),
        ]
    },
};

/// A mail is on its way, if there is such an account.
pub const SENT: Page = Page {
    template: "sent.html",
    source: include_str!("templates/sent.html"),
    scripted: false,
    samples: || vec![context! { path => "reset" }],
};

#[handler]
pub fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    form(state, request, Reason::Forgotten, None)
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

/// The form, with what is wrong with what was typed.
pub fn form(
    state: &State,
    request: &Request,
    reason: Reason,
    wrong: Option<InvalidIdentifier>,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    if !app.offers(reason.purpose()) {
        return Err(Problem::new(Code::NotConfigured));
    }
    let double_submit = DoubleSubmit::show(state, &app, request);
    let view = View::of(state, Some(&app), accepted_language(request));
    let text = wrong.map(|why| match why {
        InvalidIdentifier::Empty => view.texts.tell("ask-empty"),
        _ => view.texts.tell("ask-invalid"),
    });
    let status = if text.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let mistake = |text| context! { field => "identifier", text };
    let mistakes: Vec<_> = text.into_iter().map(mistake).collect();
    let csrf = &double_submit.signature;
    let (kind, path) = (reason.texts(), reason.path());
    let values = context! { kind, path, usernames => app.usernames, csrf, mistakes };
    Ok(view::with_cookies(view.page(status, &PAGE, values), &double_submit.cookies))
}

/// Asks for a link, as the form was filled in.
pub async fn ask(
    state: &State,
    request: &Request,
    body: Body,
    reason: Reason,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let fields = Form::read(request, body, &["csrf", "identifier"]).await?;
    DoubleSubmit::check(state, &app, request, &fields)?;
    let identifier = match Identifier::parse(fields.get("identifier")) {
        Ok(identifier) => identifier,
        Err(why) => return form(state, request, reason, Some(why)),
    };
    let kept = typed::keep(state, &app, &identifier);
    let ask = Ask {
        purpose: reason.purpose(),
        identifier,
        languages: Languages { said: None, accepted: accepted_language(request) },
        return_to: None,
        disputed: reason == Reason::NotMe,
        client: state.client(request),
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    let view = View::of(state, Some(&app), accepted_language(request));
    let path = if reason == Reason::NotMe { "reset" } else { reason.path() };
    Ok(view::with_cookies(view.page(StatusCode::OK, &SENT, context! { path }), &[kept]))
}
