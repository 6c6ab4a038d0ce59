//! The API, the pages, and the edge that every answer passes.

mod api;
mod bearer;
pub mod body;
mod client;
mod compat;
mod cors;
mod docs;
pub mod document;
pub mod dress;
mod edge;
mod operator;
pub mod pages;
mod places;
pub mod problem;
mod query;
mod rate_limit;
mod reference;
mod return_to;
pub mod routes;
mod state;
mod trace;

use std::sync::Arc;

use poem::endpoint::BoxEndpoint;
use poem::middleware::AddData;
use poem::{EndpointExt, IntoEndpoint as _, Response, Route};

pub use api::{AskBody, CompleteBody};
pub use state::State;

use edge::Edge;

/// Everything that is served, and beside it what `beside` adds.
#[must_use]
pub fn endpoint(
    state: State,
    beside: impl FnOnce(Route) -> Route,
) -> BoxEndpoint<'static, Response> {
    // Below "/" itself, the framework would answer nothing else there.
    let api = Arc::new(api::service().into_endpoint());
    let mut routes = Route::new()
        .nest_no_strip("/v1", api.clone())
        .at("/healthz", api.clone())
        .at("/readyz", api)
        .at("/openapi.json", poem::get(document::serve_json))
        .at("/openapi.yaml", poem::get(document::serve_yaml))
        .at("/", poem::get(pages::first))
        .at("/.well-known/change-password", poem::get(pages::first))
        .nest("/a", pages::routes());
    routes = compat::add(routes, &state.systems());
    if state.docs {
        routes = docs::add(routes);
    }
    let routes = beside(routes).with(AddData::new(state.clone()));
    Edge::new(routes, state).boxed()
}
