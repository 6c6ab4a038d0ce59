//! JSON as the other systems' clients send it, and as they are answered.

use poem::http::StatusCode;
use poem::{Body, Request, Response};
use serde_json::Value;

use crate::http::body::{FromMembers, Members, is_in_utf_8};
use crate::http::problem::{Code, FieldError, Problem};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What becomes of an object that a script sends without writing it as JSON.
const NO_JSON: &[u8] = b"[object Object]";

/// Reads a body as strictly as those of our own operations.
///
/// # Errors
/// The problem to answer: another media type, or what is wrong with the body.
pub async fn read<T: FromMembers>(request: &Request, body: Body) -> Result<T, Problem> {
    read_as(request, body, &[JSON]).await
}

/// The same, where JSON may be said to be a form, too: so jQuery sends a text that it is given. What
/// the form of a page holds is no JSON, and these calls heed no cookie.
///
/// # Errors
/// As for [`read`].
pub async fn read_from_jquery<T: FromMembers>(request: &Request, body: Body) -> Result<T, Problem> {
    read_as(request, body, &[JSON, FORM]).await
}

/// Takes a body with nothing in it: none, or an object without members.
///
/// # Errors
/// As for [`read`].
pub async fn read_nothing(request: &Request, body: Body) -> Result<(), Problem> {
    let body = bytes(body).await?;
    if body.is_empty() {
        return Ok(());
    }
    let Nothing = read_from_jquery(request, body.into()).await?;
    Ok(())
}

async fn read_as<T: FromMembers>(
    request: &Request,
    body: Body,
    kinds: &[&str],
) -> Result<T, Problem> {
    let said = request.content_type().unwrap_or_default();
    if !kinds.iter().any(|kind| is_in_utf_8(said, kind)) {
        return Err(Problem::new(Code::UnsupportedMediaType));
    }
    let bytes = bytes(body).await?;
    if bytes == NO_JSON {
        let message = "is \"[object Object]\", an object that was not written as JSON: put \
                       JSON.stringify(…) around what is sent"
            .to_owned();
        let error = FieldError { field: "", reason: "not_json", message };
        return Err(Problem::with_errors(Code::Malformed, vec![error]));
    }
    Members::read(&bytes)
}

async fn bytes(body: Body) -> Result<Vec<u8>, Problem> {
    body.into_vec().await.map_err(|_| Problem::new(Code::Malformed))
}

/// An object without members.
struct Nothing;

impl FromMembers for Nothing {
    fn from_members(_: &mut Members) -> Self {
        Self
    }
}

/// The answer when all is well.
pub fn answer(value: &Value) -> Response {
    Response::builder().status(StatusCode::OK).content_type(JSON).body(value.to_string())
}
