//! Regain's own pages: enough of them that a link in a mail leads somewhere. They work without
//! JavaScript, and GET changes nothing.

mod ask;
mod cookie;
mod double_submit;
mod form;
mod new_password;
mod not_me;
mod view;

use poem::web::Data;
use poem::{Response, Route, get, handler};

use super::state::State;

pub use view::View;

/// The pages of every application.
#[must_use]
pub fn routes() -> Route {
    Route::new()
        .at("/:app/reset", get(ask::show).post(ask::submit))
        .at("/:app/reset/:token", get(new_password::arrive))
        .at("/:app/new-password", get(new_password::show).post(new_password::submit))
        .at("/:app/not-me", get(not_me::show).post(not_me::submit))
        .at("/:app/style.css", get(style))
}

/// Where password managers look for the page that changes a password (W3C "A Well-Known URL for
/// Changing Passwords").
#[handler]
pub fn change_password(Data(state): Data<&State>) -> Response {
    view::see_other(&format!("/a/{}/reset", state.default_app), &[])
}

#[handler]
fn style() -> Response {
    view::stylesheet()
}
