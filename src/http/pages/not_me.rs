//! Where the notice of a changed password leads to: "this was not me". The mail holds no secret, so
//! that the page asks who it is, and sends a link as any ask does.

use poem::web::Data;
use poem::{Body, Request, Response, handler};

use super::ask::{self, Reason};
use crate::http::problem::Problem;
use crate::http::state::State;

#[handler]
pub fn show(request: &Request, Data(state): Data<&State>) -> Result<Response, Problem> {
    ask::show_form(state, request, Reason::NotMe)
}

#[handler]
pub async fn submit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    ask::ask(state, request, body, Reason::NotMe).await
}
