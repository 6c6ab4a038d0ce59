//! How a page is written: template in, answer out.

use std::sync::LazyLock;

use minijinja::value::Kwargs;
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};
use poem::http::{StatusCode, header};
use poem::{Body, Response};

use crate::http::problem::{Code, Problem};
use crate::http::state::State;
use crate::language::{Language, Texts};
use crate::recovery::Application;

const STYLE: &str = include_str!("templates/style.css");

/// Pages load their own stylesheet and nothing else, run no script, post to themselves and are
/// shown in no frame.
const POLICY: &str = "default-src 'none'; style-src 'self'; form-action 'self'; \
                      frame-ancestors 'none'; base-uri 'none'";

macro_rules! sources {
    ($($name:literal),+ $(,)?) => {
        [$(($name, include_str!(concat!("templates/", $name)))),+]
    };
}

const SOURCES: [(&str, &str); 6] = sources![
    "layout.html",
    "ask.html",
    "sent.html",
    "new_password.html",
    "done.html",
    "problem.html",
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    for (name, source) in SOURCES {
        let added = templates.add_template(name, source);
        debug_assert!(added.is_ok(), "{name}: {added:?}");
    }
    templates
});

/// What pages of one request have in common: whose they are, and their language.
pub struct View<'a> {
    /// The name of the application, where the page is one of an application's.
    app: Option<&'a str>,
    title: &'a str,
    /// The texts, filled in as far as every page has them alike.
    pub texts: Texts,
}

impl<'a> View<'a> {
    /// The view of a request for a page of this application, in the language that its browser
    /// accepts.
    #[must_use]
    pub fn of(state: &State, app: Option<&'a Application>, accepted: Option<Language>) -> Self {
        Self {
            app: app.map(|app| app.name.as_str()),
            title: app.map_or("Regain", |app| app.title.as_str()),
            texts: state.texts(app, accepted),
        }
    }

    /// A page from a template; all text is escaped by the template engine.
    pub fn page(&self, status: StatusCode, template: &str, values: Value) -> Response {
        let (texts, app, language) = (self.texts.clone(), self.app, self.texts.language);
        let t =
            Value::from_function(move |entry: &str, values: Kwargs| tell(&texts, entry, &values));
        let title = self.title;
        let common =
            context! { app, title, t, lang => language.tag(), dir => language.direction() };
        let written = TEMPLATES
            .get_template(template)
            .and_then(|template| template.render(context! { ..values, ..common }));
        match written {
            Ok(text) => html(status, text),
            Err(error) => {
                tracing::error!(template, %error, "page not rendered");
                html(StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong.".to_owned())
            }
        }
    }

    /// A problem in the pages' dress. It says what to do next, and nothing that was sent.
    #[must_use]
    pub fn problem(&self, problem: &Problem, reference: &str) -> Response {
        let kind = match problem.code() {
            Code::TokenExpired => "expired",
            Code::TokenInvalid => "not-valid",
            Code::RateLimited => "too-often",
            Code::Busy => "busy",
            Code::NotFound | Code::MethodNotAllowed => "not-found",
            _ => "trouble",
        };
        let values = context! { kind, reference };
        let mut answer = self.page(problem.code().status(), "problem.html", values);
        problem.add_headers(&mut answer);
        answer
    }
}

/// `t("entry", min=8)`: a text, filled in with what is the application's and what is given.
fn tell(texts: &Texts, entry: &str, values: &Kwargs) -> Result<String, Error> {
    let mut texts = texts.clone();
    for name in ["min", "reference"] {
        if let Some(value) = values.get::<Option<Value>>(name)? {
            texts = match u64::try_from(value.clone()) {
                Ok(number) => texts.with(name, number),
                Err(_) => texts.with(name, value.to_string()),
            };
        }
    }
    values.assert_all_used()?;
    texts.get(entry).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
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
    use std::sync::Arc;

    use super::*;
    use crate::language::Catalogue;

    fn view(language: Language, title: &str) -> View<'_> {
        let texts = Arc::new(Catalogue::embedded().unwrap()).texts(language);
        View { app: Some("shop"), title, texts: texts.with("title", title.to_owned()) }
    }

    async fn text(answer: Response) -> String {
        answer.into_body().into_string().await.unwrap()
    }

    #[tokio::test]
    async fn a14_what_a_page_repeats_is_escaped() {
        let values = context! { kind => "ask", path => "reset", csrf => "x", usernames => true, problem => "<b>" };
        let view = view(Language::English, "\"><svg onload>");
        let page = text(view.page(StatusCode::OK, "ask.html", values)).await;
        assert!(!page.contains("<svg") && !page.contains("<b>"), "{page}");
    }

    #[tokio::test]
    async fn every_page_is_well_formed_in_every_language() {
        for language in Language::all() {
            for (template, _) in SOURCES {
                let values = context! {
                    csrf => "x", usernames => true, problem => "p", problems => ["p"], path => "reset",
                    reference => "r", return_to => "https://a.example/", min_length => 8, max_length => 64,
                };
                let kind = if template == "ask.html" { "not-me" } else { "busy" };
                let values = context! { kind, ..values };
                let answer = view(language, "Shop").page(StatusCode::OK, template, values);
                assert_eq!(answer.status(), StatusCode::OK, "{template} {}", language.tag());
                let page = text(answer).await;
                let begins =
                    format!("lang=\"{}\" dir=\"{}\"", language.tag(), language.direction());
                assert!(page.contains(&begins), "{template}: {page}");
            }
        }
    }
}
