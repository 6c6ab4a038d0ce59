//! Regain's own pages. They work without JavaScript, and GET changes nothing.

mod ask;
mod asked;
mod button;
mod confirm_email;
mod cookie;
mod double_submit;
mod form;
mod hand_over;
mod link;
mod login;
mod my_password;
mod new_password;
mod not_me;
mod problem;
mod typed;

use std::collections::BTreeMap;
use std::sync::Arc;

use poem::web::Data;
use poem::{Request, Response, Route, get, handler};

pub use login::arrive_with as arrive_to_log_in;
pub use my_password::{forget_session, session};

use super::places::Place;
use super::problem::Problem;
use super::state::State;
use crate::config::Settings;
use crate::http::dress::{DressError, Dresses, Page, see_other};
use crate::language::Catalogue;

pub use asked::Asked;

/// Every page that there is.
pub const PAGES: [&Page; 7] = [
    &ask::PAGE,
    &ask::SENT,
    &new_password::PAGE,
    &new_password::DONE,
    &button::PAGE,
    &confirm_email::DONE,
    &problem::PAGE,
];

/// How the pages of these settings look.
///
/// # Errors
/// [`DressError`] for the first thing that cannot be used.
pub fn dresses(
    settings: &Settings,
    texts: &BTreeMap<String, Arc<Catalogue>>,
) -> Result<Dresses, DressError> {
    Dresses::new(settings, texts, &PAGES)
}

/// The pages of every application.
#[must_use]
pub fn routes() -> Route {
    Route::new()
        .at("/:app/reset", get(ask::show).post(ask::submit))
        .at("/:app/reset/:token", get(new_password::arrive))
        .at("/:app/new-password", get(new_password::show).post(new_password::submit))
        .at("/:app/confirm-email", get(confirm_email::show_ask).post(confirm_email::submit_ask))
        .at("/:app/confirm-email/:token", get(confirm_email::arrive))
        .at("/:app/confirm-email-now", get(confirm_email::show).post(confirm_email::submit))
        .at("/:app/login", get(login::show_ask).post(login::submit_ask))
        .at("/:app/login/:token", get(login::arrive))
        .at("/:app/login-now", get(login::show).post(login::submit))
        .at("/:app/my-password", get(my_password::show).post(my_password::submit))
        .at("/:app/not-me", get(not_me::show).post(not_me::submit))
        .at("/:app/assets/:file", get(asset))
}

/// A problem with a request of a browser, where its path is one of a page.
#[must_use]
pub fn problem(
    state: &State,
    place: &Place,
    asked: &Asked,
    problem: &Problem,
    reference: &str,
) -> Option<Response> {
    let app = state.application_at(place, asked.app()?);
    Some(problem::answer(state, app, asked, problem, reference))
}

/// The first page of the application that the host belongs to, or else of the default one: where
/// password managers look for the page that changes a password (W3C "A Well-Known URL for Changing
/// Passwords"), and people for any.
#[handler]
pub fn first(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let app = state.application(&state.places.of(request).first)?;
    Ok(see_other(&format!("/a/{}/reset", app.name), &[]))
}

#[handler]
fn asset(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    let name = request.raw_path_param("app").unwrap_or_default();
    if name != crate::http::dress::NEUTRAL {
        state.application(name)?;
    }
    state.dresses.of(Some(name)).serve(request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::dress::View;
    use crate::language::Language;

    /// Every page as it may look, in a language.
    fn pages(language: Language, title: &str) -> Vec<(&'static str, String)> {
        let dresses = super::dresses(&Settings::default(), &BTreeMap::new()).unwrap();
        let texts = Arc::new(Catalogue::embedded().unwrap()).texts(language);
        let texts = texts.with("title", title.to_owned());
        let view = View::new(dresses.of(None), Some("shop"), title, texts);
        let of_page = |page: &&'static Page| {
            let samples = (page.samples)().into_iter();
            samples.map(|sample| (page.template, view.write(page, sample).unwrap())).collect()
        };
        PAGES.iter().map(of_page).collect::<Vec<Vec<_>>>().concat()
    }

    #[test]
    fn a14_what_a_page_repeats_is_escaped() {
        for (template, page) in pages(Language::English, "\"><svg onload>") {
            assert!(!page.contains("<svg") && !page.contains("<b>"), "{template}: {page}");
        }
    }

    #[test]
    fn every_page_is_well_formed_in_every_language() {
        for language in Language::all() {
            for (template, page) in pages(language, "Shop") {
                let begins =
                    format!("lang=\"{}\" dir=\"{}\"", language.tag(), language.direction());
                assert!(page.contains(&begins), "{template}: {page}");
                for inline in [" style=", "<style", " onload=", " onclick=", "<script>"] {
                    assert!(!page.contains(inline), "{template}: {page}");
                }
                for id in ["<h1", "</main>", "<title>"] {
                    assert_eq!(page.matches(id).count(), 1, "{template} {id}");
                }
            }
        }
    }
}
