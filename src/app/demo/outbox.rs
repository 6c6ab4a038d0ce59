//! The mails that the demo sent, for people and as JSON.

use minijinja::{AutoEscape, Environment, context};
use poem::http::{StatusCode, header};
use poem::{Body, Response, Route, endpoint, get};

use crate::app::Service;
use crate::mail::{Kept, Outbox};

const PAGE: &str = include_str!("outbox.html");

/// The routes with the outbox among them, and a first page to begin with.
pub fn routes(routes: Route, service: &Service) -> Route {
    let Some(outbox) = service.outbox.clone() else { return routes };
    let for_people = outbox.clone();
    routes
        .at("/demo/outbox", get(endpoint::make_sync(move |_| page(&for_people))))
        .at("/demo/outbox.json", get(endpoint::make_sync(move |_| json(&outbox))))
        .at("/", get(endpoint::make_sync(|_| to_the_first_page())))
}

fn to_the_first_page() -> Response {
    Response::builder()
        .status(StatusCode::SEE_OTHER)
        .header(header::LOCATION, "/a/default/reset")
        .body(Body::empty())
}

fn json(outbox: &Outbox) -> Response {
    let mails = serde_json::to_string(&outbox.mails()).unwrap_or_default();
    Response::builder().header(header::CONTENT_TYPE, "application/json").body(mails)
}

/// The mails' texts, newest first. Their HTML is told as such and not mixed into the page.
fn page(outbox: &Outbox) -> Response {
    let values = |mail: Kept| {
        let Kept { to, subject, text, links, at, .. } = mail;
        context! { to, subject, text, links, at }
    };
    let mails: Vec<_> = outbox.mails().into_iter().rev().map(values).collect();
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    match templates.render_named_str("outbox.html", PAGE, context! { mails }) {
        Ok(page) => Response::builder()
            .header(header::CONTENT_TYPE, "text/html; charset=utf-8")
            .header(
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'self'; frame-ancestors 'none'",
            )
            .body(page),
        Err(error) => {
            tracing::error!(%error, "outbox not shown");
            Response::builder().status(StatusCode::INTERNAL_SERVER_ERROR).body(Body::empty())
        }
    }
}
