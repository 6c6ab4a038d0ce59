//! The mails that the demo sent: a small mail reader for people, and JSON for programs.

mod view;

use std::time::Duration;

use futures_util::StreamExt as _;
use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Body, Endpoint, Request, Response, Route, get};

use crate::app::Service;
use crate::mail::{Kept, Outbox};
use view::{Part, Shown};

const STYLE: &str = include_str!("outbox/reader.css");
const SCRIPT: &str = include_str!("outbox/reader.js");

/// How long one answer goes on telling news.
const NEWS: Duration = Duration::from_secs(50);

/// The routes with the outbox among them.
pub fn routes(routes: Route, service: &Service) -> Route {
    let Some(outbox) = service.outbox.clone() else { return routes };
    let on = |answer: fn(&Outbox, &Request) -> Response| {
        let outbox = outbox.clone();
        get(make_sync(move |request| answer(&outbox, &request)))
    };
    routes
        .at("/demo/outbox", on(|outbox, _| view::page(&outbox.mails(), Shown::List)))
        .at("/demo/outbox/:number", on(mail))
        .at("/demo/outbox/:number/:part", on(mail))
        .at("/demo/outbox.json", on(|outbox, _| json(outbox)))
        .at("/demo/outbox.events", on(|outbox, _| events(outbox)))
        .at("/demo/outbox.css", get(file("text/css; charset=utf-8", STYLE)))
        .at("/demo/outbox.js", get(file("text/javascript; charset=utf-8", SCRIPT)))
}

/// One mail: a page that shows it in one of several ways, or what that page frames.
fn mail(outbox: &Outbox, request: &Request) -> Response {
    let mails = outbox.mails();
    let number = request.raw_path_param("number").and_then(|number| number.parse().ok());
    let mail = mails.iter().find(|mail| Some(mail.number) == number);
    match (mail, request.raw_path_param("part")) {
        (Some(mail), None) => view::page(&mails, Shown::Mail(mail, Part::Html)),
        (Some(mail), Some("text")) => view::page(&mails, Shown::Mail(mail, Part::Text)),
        (Some(mail), Some("headers")) => view::page(&mails, Shown::Mail(mail, Part::Headers)),
        (Some(mail), Some("source")) => view::page(&mails, Shown::Mail(mail, Part::Source)),
        (Some(mail), Some("html")) => view::framed(mail),
        (Some(mail), Some("mail.eml")) => whole(mail),
        _ => view::page(&mails, Shown::Nothing),
    }
}

fn whole(mail: &Kept) -> Response {
    Response::builder()
        .content_type("message/rfc822")
        .header(header::CONTENT_DISPOSITION, "attachment; filename=\"mail.eml\"")
        .body(mail.raw.clone())
}

fn json(outbox: &Outbox) -> Response {
    let mails = serde_json::to_string(&outbox.mails()).unwrap_or_default();
    Response::builder().content_type("application/json").body(mails)
}

/// The number of the newest mail as server-sent events (WHATWG HTML §9.2), so that a page that is
/// open knows when there is something new.
fn events(outbox: &Outbox) -> Response {
    // An answer without end would be cut off (`connections.rest`); the browser asks again by itself.
    let news = outbox.news().take_until(tokio::time::sleep(NEWS));
    let news = news.map(|newest| Ok::<_, std::io::Error>(format!("data: {newest}\n\n")));
    Response::builder().content_type("text/event-stream").body(Body::from_bytes_stream(news))
}

fn file(kind: &'static str, text: &'static str) -> impl Endpoint<Output = Response> {
    make_sync(move |_| Response::builder().content_type(kind).body(text))
}
