//! How a page is written: template in, answer out.

use std::sync::LazyLock;

use minijinja::{Environment, UndefinedBehavior, Value, context};
use poem::http::{StatusCode, header};
use poem::{Body, Response};

use crate::http::problem::{Code, Problem};

const STYLE: &str = include_str!("templates/style.css");

/// Pages load their own stylesheet and nothing else, run no script, post to themselves and are
/// shown in no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in [
        ("layout.html", include_str!("templates/layout.html")),
        ("ask.html", include_str!("templates/ask.html")),
        ("sent.html", include_str!("templates/sent.html")),
        ("new_password.html", include_str!("templates/new_password.html")),
        ("done.html", include_str!("templates/done.html")),
        ("problem.html", include_str!("templates/problem.html")),
    ] {
        let added = templates.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    templates
});

/// A page from a template; all text is escaped by the template engine.
pub fn page(status: StatusCode, template: &str, values: Value) -> Response {
    let text = TEMPLATES.get_template(template).and_then(|template| template.render(values));
    match text {
        Ok(text) => html(status, text),
        Err(error) => {
            tracing::error!(template, %error, "page not rendered");
            html(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.".to_owned())
        }
    }
}

/// A problem in the pages' dress. It says what to do next, and nothing that was sent.
#[must_use]
pub fn render_problem(problem: &Problem, app: Option<(&str, &str)>, reference: &str) -> Response {
    let (heading, detail) = match problem.code() {
        Code::TokenExpired => {
            ("This link has expired", "Its time is over. Ask for a new one: it comes at once.")
        }
        Code::TokenInvalid => (
            "This link is not valid",
            "Each link works once. If you have used it, your new password is set; if not, ask for \
             a new link and open the newest mail.",
        ),
        _ => (problem.title(), problem.detail()),
    };
    let (app, title) = app.unwrap_or(("", "Regain"));
    let values = context! { app, title, heading, detail, reference };
    let mut answer = page(problem.code().status(), "problem.html", values);
    problem.add_headers(&mut answer);
    answer
}

/// The stylesheet of the pages.
pub fn stylesheet() -> Response {
    Response::builder()
        .header(header::CONTENT_TYPE, "text/css; charset=utf-8")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(Body::from_string(STYLE.to_owned()))
}

/// To another page by GET, whatever the method now (RFC 9110 §15.4.4).
pub fn see_other(location: &str, cookies: &[String]) -> Response {
    let answer = Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, location)
        .body(Body::empty());
    with_cookies(answer, cookies)
}

/// The answer with these Set-Cookie headers.
pub fn with_cookies(mut answer: Response, cookies: &[String]) -> Response {
    for cookie in cookies {
        if let Ok(value) = cookie.parse() {
            answer.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    answer
}

fn html(status: StatusCode, text: String) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .body(Body::from_string(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a14_what_a_page_repeats_is_escaped() {
        let values = context! { app => "shop", title => "\"><svg onload>", csrf => "x",
        usernames => true, problem => "<b>" };
        let text =
            page(StatusCode::OK, "ask.html", values).into_body().into_string().await.unwrap();
        assert!(!text.contains("<svg") && !text.contains("<b>"), "{text}");
    }

    #[test]
    fn every_template_is_well_formed() {
        assert_eq!(TEMPLATES.templates().count(), 6);
    }
}
