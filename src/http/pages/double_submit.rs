//! Whether a form was posted from our own page (ATTACKS A11): `Sec-Fetch-Site` decides where it
//! is sent; else the value in the form must be the signature of the value in the cookie.

use std::time::Duration;

use poem::Request;

use super::cookie::Jar;
use super::form::Form;
use crate::http::problem::{Code, Problem};
use crate::http::state::State;
use crate::recovery::Application;

/// How long a form may stand open.
const FORM_LIFE: Duration = Duration::from_hours(12);

/// What a form needs to be posted back: the signature it holds and the cookie behind it.
pub struct DoubleSubmit {
    /// The hidden field's value.
    pub signature: String,
    /// The Set-Cookie header, where the browser has no such cookie yet.
    pub cookies: Vec<String>,
}

impl DoubleSubmit {
    /// A value for a form that is about to be shown.
    pub fn show(state: &State, app: &Application, request: &Request) -> Self {
        let kept =
            Jar::Form.read(request, &app.name, state.is_secure(&app.name)).filter(|it| is_ours(it));
        if let Some(value) = kept {
            return Self { signature: app.keys.csrf(value.as_bytes()), cookies: vec![] };
        }
        let value = crate::token::base64url::encode(&state.random.bytes::<16>());
        let cookie = Jar::Form.keep(&app.name, state.is_secure(&app.name), &value, FORM_LIFE);
        Self { signature: app.keys.csrf(value.as_bytes()), cookies: vec![cookie] }
    }

    /// The same where one press of a button does it all: the value must be there and fit, wherever
    /// the browser says that the form comes from (A9).
    ///
    /// # Errors
    /// The problem to answer when it does not.
    pub fn check_press(
        state: &State,
        app: &Application,
        request: &Request,
        form: &Form,
    ) -> Result<(), Problem> {
        Self::check(state, app, request, form)?;
        if fits(state, app, request, form) { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
    }

    /// Whether a posted form comes from a page of ours.
    ///
    /// # Errors
    /// The problem to answer when it does not.
    pub fn check(
        state: &State,
        app: &Application,
        request: &Request,
        form: &Form,
    ) -> Result<(), Problem> {
        let own = match request.header("Sec-Fetch-Site") {
            Some(site) => matches!(site, "same-origin" | "none"),
            None => fits(state, app, request, form),
        };
        if own { Ok(()) } else { Err(Problem::new(Code::Forbidden)) }
    }
}

/// Whether a value may be one of ours: nothing else is signed.
fn is_ours(value: &str) -> bool {
    value.len() == 22 && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

fn fits(state: &State, app: &Application, request: &Request, form: &Form) -> bool {
    Jar::Form
        .read(request, &app.name, state.is_secure(&app.name))
        .filter(|value| is_ours(value))
        .is_some_and(|value| app.keys.csrf_matches(value.as_bytes(), form.get("csrf")))
}
