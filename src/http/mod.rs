//! The API, the pages, and the edge that every answer passes.

mod api;
mod body;
mod client;
mod docs;
pub mod document;
mod edge;
pub mod pages;
pub mod problem;
mod reference;
mod routes;
mod state;

use poem::endpoint::BoxEndpoint;
use poem::middleware::AddData;
use poem::{EndpointExt, Response, Route};

pub use state::State;

use edge::Edge;

/// Everything that is served, and beside it what `beside` adds.
#[must_use]
pub fn endpoint(
    state: State,
    beside: impl FnOnce(Route) -> Route,
) -> BoxEndpoint<'static, Response> {
    let mut routes = Route::new()
        .nest("/", api::service())
        .at("/openapi.json", poem::get(document::serve_json))
        .at("/openapi.yaml", poem::get(document::serve_yaml))
        .at("/.well-known/change-password", poem::get(pages::change_password))
        .nest("/a", pages::routes());
    if state.docs {
        routes = docs::add(routes);
    }
    let routes = beside(routes).with(AddData::new(state.clone()));
    Edge::new(routes, state).boxed()
}
