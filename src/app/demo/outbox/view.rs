//! How the outbox is shown: pages of a reader, and a mail's HTML in a frame of its own.

use std::sync::LazyLock;

use minijinja::{AutoEscape, Environment, Error, Value, context};
use poem::http::{StatusCode, header};
use poem::{Body, Response};

use crate::mail::Kept;

/// Scripts, styles and frames of our own host only, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; frame-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// A mail has styles inline and nothing else: no script, nothing remote. Its links open in tabs
/// of their own, which are free of this.
const MAIL_POLICY: &str = "sandbox allow-popups allow-popups-to-escape-sandbox; \
                           default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
                           form-action 'none'; frame-ancestors 'self'";

const SOURCES: [(&str, &str); 2] = [
    ("page.html", include_str!("templates/page.html")),
    ("mail.html", include_str!("templates/mail.html")),
];

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    for (name, source) in SOURCES {
        if let Err(error) = templates.add_template(name, source) {
            tracing::error!(name, %error, "a template of the outbox cannot be used");
        }
    }
    templates
});

/// What is open beside the list.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// Nothing yet.
    List,
    /// A mail.
    Mail(&'a Kept, Part),
    /// What was asked for and is not there.
    Nothing,
}

/// What is shown of a mail.
#[derive(Clone, Copy)]
pub enum Part {
    /// Its HTML, in a frame.
    Html,
    /// Its text.
    Text,
    /// Its headers, each with its value as it was sent.
    Headers,
    /// The whole message.
    Source,
}

/// A page of the reader: the list, newest first, and what is open.
pub fn page(mails: &[Kept], shown: Shown<'_>) -> Response {
    let status = match shown {
        Shown::Nothing => StatusCode::NOT_FOUND,
        Shown::List | Shown::Mail(..) => StatusCode::OK,
    };
    match written(mails, shown) {
        Ok(text) => html(status, POLICY, text),
        Err(error) => {
            tracing::error!(error = format!("{error:#}"), "outbox not shown");
            Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::empty())
        }
    }
}

/// A mail's HTML as a document of its own, to be framed.
pub fn framed(mail: &Kept) -> Response {
    // Only here: in the mail itself it is the reader's program that knows where links open.
    let text = mail.html.replacen("<head>", "<head>\n<base target=\"_blank\">", 1);
    html(StatusCode::OK, MAIL_POLICY, text)
}

fn written(mails: &[Kept], shown: Shown<'_>) -> Result<String, Error> {
    let list: Vec<Value> = mails.iter().rev().map(listed).collect();
    let newest = mails.last().map_or(0, |mail| mail.number);
    let context = context! { list, newest };
    let (template, context) = match shown {
        Shown::Mail(mail, part) => {
            let of_mail =
                context! { current => mail.number, open => opened(mail), part => part.name() };
            ("mail.html", context! { ..of_mail, ..context })
        }
        Shown::List => ("page.html", context),
        Shown::Nothing => ("page.html", context! { missing => true, ..context }),
    };
    TEMPLATES.get_template(template)?.render(context)
}

fn listed(mail: &Kept) -> Value {
    context! {
        number => mail.number, subject => &mail.subject, to => &mail.to, at => &mail.at,
        time => mail.at.replace('T', " ").replace('Z', " UTC"),
        lang => mail.language.tag(), dir => mail.language.direction(),
    }
}

fn opened(mail: &Kept) -> Value {
    let headers = headers(&mail.raw);
    let from = headers.iter().find(|(name, _)| name == "From").map(|(_, value)| value.clone());
    context! {
        from, headers, text => &mail.text, source => &mail.raw, links => &mail.links,
        ..listed(mail),
    }
}

impl Part {
    const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Text => "text",
            Self::Headers => "headers",
            Self::Source => "source",
        }
    }
}

/// The headers of a message, those over several lines on one (RFC 5322 §2.2.3).
fn headers(raw: &str) -> Vec<(String, String)> {
    let head = raw.split_once("\r\n\r\n").map_or(raw, |(head, _)| head);
    let unfolded = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    let header = |line: &str| {
        let (name, value) = line.split_once(':')?;
        Some((name.to_owned(), value.trim().to_owned()))
    };
    unfolded.split("\r\n").filter_map(header).collect()
}

fn html(status: StatusCode, policy: &str, text: String) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, policy)
        .header(header::CACHE_CONTROL, "no-store")
        .body(text)
}
