//! How a page is written: template in, answer out.

use minijinja::value::Kwargs;
use minijinja::{Error, ErrorKind, Value, context};
use poem::http::{StatusCode, header};
use poem::{Body, Response};

use super::page::Page;
use super::{Dress, NEUTRAL};
use crate::language::Texts;

/// What no page has a use for.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), camera=(), display-capture=(), \
                           encrypted-media=(), fullscreen=(), geolocation=(), gyroscope=(), \
                           magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// What pages of one request have in common: whose they are, their look and their language.
pub struct View<'a> {
    dress: &'a Dress,
    /// The name of the application, where the page is one of an application's.
    app: Option<&'a str>,
    title: &'a str,
    /// The texts, filled in as far as every page has them alike.
    pub texts: Texts,
}

impl<'a> View<'a> {
    /// The view of these parts.
    #[must_use]
    pub const fn new(dress: &'a Dress, app: Option<&'a str>, title: &'a str, texts: Texts) -> Self {
        Self { dress, app, title, texts }
    }

    /// A page as an answer.
    pub fn page(&self, status: StatusCode, page: &Page, values: Value) -> Response {
        match self.write(page, values) {
            Ok(text) => self.answer(status, page.scripted, text),
            Err(error) => {
                tracing::error!(template = page.template, %error, "page not rendered");
                let text = "Something went wrong.".to_owned();
                self.answer(StatusCode::INTERNAL_SERVER_ERROR, false, text)
            }
        }
    }

    /// A page from its template; all text is escaped by the template engine.
    ///
    /// # Errors
    /// What the template engine says.
    pub fn write(&self, page: &Page, values: Value) -> Result<String, Error> {
        let (texts, app, language) = (self.texts.clone(), self.app, self.texts.language);
        let t =
            Value::from_function(move |entry: &str, values: Kwargs| tell(&texts, entry, &values));
        let (dress, title, at) = (self.dress, self.title, self.app.unwrap_or(NEUTRAL));
        let (styles, logo) = (dress.styles(at), dress.logo(at));
        let script = page.scripted.then(|| dress.script(at));
        let support = &dress.support;
        let (lang, dir) = (language.tag(), language.direction());
        let common = context! { lang, dir, title, app, logo, styles, script, support, t };
        dress.templates.render(page, context! { ..values, ..common })
    }

    fn answer(&self, status: StatusCode, scripted: bool, text: String) -> Response {
        Response::builder()
            .status(status)
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, self.dress.policy.header(scripted))
            .header("Cross-Origin-Opener-Policy", "same-origin")
            .header("Cross-Origin-Resource-Policy", "same-origin")
            .header("Permissions-Policy", PERMISSIONS)
            .body(Body::from_string(text))
    }
}

/// `t("entry", min=8)`: a text, filled in with what is the application's and what is given.
fn tell(texts: &Texts, entry: &str, values: &Kwargs) -> Result<String, Error> {
    let mut texts = texts.clone();
    for name in ["min", "max", "account", "reference"] {
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
