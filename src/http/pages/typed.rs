//! What a person typed when asking, kept for this browser alone, so that it can tell its password
//! manager later whose new password it is. The users table is not asked, and nobody is told whether
//! there is such an account: it is shown again only where a link for that account is open.

use poem::Request;

use super::cookie::Jar;
use crate::account::Identifier;
use crate::http::state::State;
use crate::recovery::{Application, Whose};
use crate::token::Purpose;

/// What the cookie is sealed for, so that it serves nothing else.
const SEALED_FOR: &str = "cookie/typed";

/// The Set-Cookie header that keeps what was typed for as long as a link lives.
pub fn keep(state: &State, app: &Application, typed: &Identifier) -> String {
    let sealed = app.keys.seal(&state.random, SEALED_FOR, typed.as_str().as_bytes());
    Jar::Typed.keep(
        &app.name,
        state.is_secure(&app.name),
        &sealed,
        app.lifetime(Purpose::PasswordReset),
    )
}

/// What was typed in this browser, if it means this account.
pub fn read(state: &State, app: &Application, request: &Request, whose: &Whose) -> Option<String> {
    let sealed = Jar::Typed.read(request, &app.name, state.is_secure(&app.name))?;
    let opened = app.keys.unseal(SEALED_FOR, sealed)?;
    let typed = Identifier::parse(std::str::from_utf8(&opened).ok()?).ok()?;
    whose.is_called(&typed).then(|| typed.as_str().to_owned())
}
