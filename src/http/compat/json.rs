//! JSON as the other systems' clients send it, and as they are answered.

use poem::http::StatusCode;
use poem::{Body, Request, Response};
use serde_json::Value;

use crate::http::body::{FromMembers, Members, is_in_utf_8};
use crate::http::problem::{Code, Problem};

const JSON: &str = "application/json";

/// Reads a body as strictly as those of our own operations.
///
/// # Errors
/// The problem to answer: another media type, or what is wrong with the body.
pub async fn read<T: FromMembers>(request: &Request, body: Body) -> Result<T, Problem> {
    if !is_in_utf_8(request.content_type().unwrap_or_default(), JSON) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let bytes = body.into_bytes().await.map_err(|_| Problem::new(Code::Malformed))?;
    Members::read(&bytes)
}

/// The answer when all is well.
pub fn answer(value: &Value) -> Response {
    Response::builder().status(StatusCode::OK).content_type(JSON).body(value.to_string())
}
