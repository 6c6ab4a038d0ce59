//! Problems in the pages' dress: what happened in a person's words, and the way on.

use minijinja::{Value, context};
use poem::Response;

use super::ask;
use super::asked::Asked;
use crate::http::dress::Page;
use crate::http::problem::{Code, Problem};
use crate::http::routes;
use crate::http::state::State;
use crate::recovery::Application;
use crate::token::Purpose;

/// What went wrong.
pub const PAGE: Page = Page {
    template: "problem.html",
    source: include_str!("templates/problem.html"),
    scripted: false,
    samples: || {
        let kinds = KINDS.iter().map(|kind| Value::from(*kind));
        let ways =
            [Some(("/a/shop/reset", "ask-again")), Some(("/a/shop/not-me", "try-again")), None];
        let ways = ways.map(|way| way.map(|(href, text)| context! { href, text }));
        kinds
            .zip(ways.into_iter().cycle())
            .map(|(kind, way_on)| context! { kind, way_on, reference => "r\"><b>" })
            .collect()
    },
};

const KINDS: [&str; 8] = [
    "expired",
    "not-valid",
    "not-valid-link",
    "too-often",
    "busy",
    "not-found",
    "not-taken",
    "trouble",
];

/// What its texts begin with.
const fn kind(code: Code) -> &'static str {
    match code {
        Code::TokenExpired => "expired",
        Code::TokenInvalid => "not-valid",
        Code::RateLimited => "too-often",
        Code::Busy => "busy",
        Code::NotFound | Code::NoAccount | Code::NotConfigured | Code::MethodNotAllowed => {
            "not-found"
        }
        Code::Malformed
        | Code::InvalidValue
        | Code::PasswordRejected
        | Code::Unauthorized
        | Code::KeyNeeded
        | Code::Forbidden
        | Code::ScopeMissing
        | Code::Timeout
        | Code::TooLarge
        | Code::UnsupportedMediaType => "not-taken",
        Code::Internal => "trouble",
    }
}

/// The page for a problem with a request. It says what to do next, and nothing that was sent.
pub fn answer(
    state: &State,
    app: Option<&Application>,
    asked: &Asked,
    problem: &Problem,
    reference: &str,
) -> Response {
    let kind = kind(problem.code());
    let purpose = asked.link().map_or(Purpose::PasswordReset, |link| link.purpose);
    let of_link = kind == "not-valid" && purpose != Purpose::PasswordReset;
    let kind = if of_link { "not-valid-link" } else { kind };
    let way_on = app.map(|app| {
        let here = match kind {
            "too-often" | "busy" | "not-taken" | "trouble" => page_at(asked.path()),
            _ => None,
        };
        let ask = || {
            let return_to = asked.leads_back_to(state, app);
            let purpose = if purpose == Purpose::Session { Purpose::Login } else { purpose };
            format!("/a/{}/{}", app.name, ask::again(app, purpose, return_to.as_deref()))
        };
        let text = if here.is_some() { "try-again" } else { "ask-again" };
        context! { href => here.map_or_else(ask, str::to_owned), text }
    });
    let values = context! { kind, way_on, reference };
    let mut answer = state.view(app, asked.accepted()).page(problem.code().status(), &PAGE, values);
    problem.add_headers(&mut answer);
    answer
}

/// The path itself, where it is that of a page which can be opened again.
fn page_at(path: &str) -> Option<&str> {
    let served = routes::find(path)?;
    let plain = served.template.matches('{').count() == 1;
    (plain && served.methods.contains("GET")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_on_is_the_page_itself_and_never_a_link_out_of_a_mail() {
        assert_eq!(page_at("/a/shop/new-password"), Some("/a/shop/new-password"));
        for path in ["/a/shop/reset/a.b.c", "/a/shop/assets/x.css", "/a/shop/else", "/a/shop"] {
            assert_eq!(page_at(path), None, "{path}");
        }
    }

    #[test]
    fn every_problem_has_texts() {
        assert!(Code::ALL.iter().all(|code| KINDS.contains(&kind(*code))));
    }
}
