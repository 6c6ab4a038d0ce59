//! Where a link leads to that has nothing to fill in: a button, for mail scanners open links and press
//! none that they were not shown.

use minijinja::context;
use poem::http::StatusCode;
use poem::{Body, Request, Response};

use super::double_submit::DoubleSubmit;
use super::form::Form;
use super::link::{self, Link};
use crate::http::dress::{Page, with_cookies};
use crate::http::problem::{Code, Problem};
use crate::http::state::{State, accepted_language, token_use};
use crate::recovery::{Application, TokenUse, Whose};

/// The page.
pub const PAGE: Page = Page {
    template: "button.html",
    source: include_str!("templates/button.html"),
    scripted: true,
    samples: || {
        let sample = |words: &Words, other| {
            let Words { heading, intro, button } = *words;
            context! {
                heading, intro, button, other, path => "login-now", csrf => "x", mark => "y",
                account => "a…\"><b>",
            }
        };
        vec![sample(&CONFIRM, false), sample(&LOG_IN, true)]
    },
};

/// The names of its texts.
pub struct Words {
    pub heading: &'static str,
    pub intro: &'static str,
    pub button: &'static str,
}

/// Of the page that confirms an address.
pub const CONFIRM: Words = Words {
    heading: "confirm-email-heading",
    intro: "confirm-email-now-intro",
    button: "email-confirmation-button",
};

/// Of the page that logs in.
pub const LOG_IN: Words =
    Words { heading: "login-now-heading", intro: "login-now-intro", button: "login-link-button" };

/// What came of a post.
pub enum Posted {
    /// The button was pressed for the account that the page showed.
    Pressed(TokenUse),
    /// It was shown for another account than the link is of now; so it is shown again.
    ShownAgain(Response),
}

/// Shows the button, for whose account it is. Nothing is changed.
pub async fn show(
    link: &Link,
    words: &Words,
    state: &State,
    request: &Request,
) -> Result<Response, Problem> {
    let app = state.application_of(request)?;
    let token = link.token(state, &app, request)?;
    let inspected =
        state.recovery.inspect(&app, &state.client(request), link.purpose, &token).await?;
    Ok(page(link, words, state, &app, request, &inspected.whose, false))
}

/// Takes the post of the button: with the cookie of the link, and with the values that only the page
/// had, for whoever posts without having been shown it is no person.
pub async fn posted(
    link: &Link,
    words: &Words,
    state: &State,
    request: &Request,
    body: Body,
) -> Result<Posted, Problem> {
    let app = state.application_of(request)?;
    let fields = Form::read(request, body, &["csrf", "account"]).await?;
    DoubleSubmit::check_press(state, &app, request, &fields)?;
    if fields.get("account").is_empty() {
        return Err(Problem::new(Code::Forbidden));
    }
    let token = link.token(state, &app, request)?;
    if !link.is_of_another(state, &app, &token, &fields) {
        return Ok(Posted::Pressed(token_use(request, state.client(request), token.to_string())));
    }
    let inspected =
        state.recovery.inspect(&app, &state.client(request), link.purpose, &token).await?;
    let again = page(link, words, state, &app, request, &inspected.whose, true);
    Ok(Posted::ShownAgain(again))
}

fn page(
    link: &Link,
    words: &Words,
    state: &State,
    app: &Application,
    request: &Request,
    whose: &Whose,
    other: bool,
) -> Response {
    let double_submit = DoubleSubmit::show(state, app, request);
    let status = if other { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let Words { heading, intro, button } = *words;
    let values = context! {
        heading, intro, button, other,
        path => link.page,
        csrf => double_submit.signature,
        mark => link::account(app, whose),
        account => whose.masked(),
    };
    let view = state.view(Some(app), accepted_language(request));
    with_cookies(view.page(status, &PAGE, values), &double_submit.cookies)
}
