//! JSON as the other systems' clients send it, and as they are answered.

use poem::http::StatusCode;
use poem::{Body, Request, Response};
use serde_json::Value;

use crate::account::Identifier;
use crate::http::body::{FromMembers, Members, is_in_utf_8, refuse_coded};
use crate::http::problem::{Code, FieldError, Problem};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// What the API document says of it.
pub const DESCRIBED: &str = include_str!("json.yaml");

/// Reads a body as strictly as those of our own operations.
///
/// # Errors
/// The problem to answer: another media type, or what is wrong with the body.
pub async fn read<T: FromMembers>(request: &Request, body: Body) -> Result<T, Problem> {
    refuse_coded(request)?;
    if !is_json(request) {
        return Err(other_media_type());
    }
    Members::read(&bytes(body).await?)
}

/// The same where JSON may be called a form, as jQuery calls whatever it sends unless it is told
/// otherwise. It is for calls that trust in nothing which the browser adds, and not from pages of
/// another site, which can have forms sent without being allowed to.
///
/// # Errors
/// The problem to answer, with the cure for what jQuery sends in place of JSON.
pub async fn read_from_jquery<T: FromMembers>(request: &Request, body: Body) -> Result<T, Problem> {
    refuse_coded(request)?;
    if !is_json(request) {
        if !is_in_utf_8(request.content_type().unwrap_or_default(), FORM) {
            return Err(other_media_type());
        }
        // Else any page could have its visitors spend what their address may ask for.
        if request.header("Sec-Fetch-Site") == Some("cross-site") {
            let cure = "comes from a page of another site as a form: it must be called JSON; with \
                        jQuery: contentType: \"application/json\"";
            return Err(of_the_body(Code::UnsupportedMediaType, "cross_site", cure));
        }
    }
    let bytes = bytes(body).await?;
    match slip(&bytes) {
        Some(message) => Err(of_the_body(Code::Malformed, "not_json", message)),
        None => Members::read(&bytes),
    }
}

/// Takes a body with nothing in it: none, or an object without members.
///
/// # Errors
/// As for [`read_from_jquery`].
pub async fn read_nothing(request: &Request, body: Body) -> Result<(), Problem> {
    let body = bytes(body).await?;
    if body.is_empty() {
        return Ok(());
    }
    let Nothing = read_from_jquery(request, body.into()).await?;
    Ok(())
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

/// A member that holds one plain address.
pub fn address(members: &mut Members, field: &'static str) -> Option<Identifier> {
    let address = Identifier::parse(&members.required(field)).ok();
    let address = address.filter(|identifier| matches!(identifier, Identifier::Email(_)));
    if address.is_none() {
        members.refuse(field, "invalid", &"is not one plain address");
    }
    address
}

fn is_json(request: &Request) -> bool {
    is_in_utf_8(request.content_type().unwrap_or_default(), JSON)
}

async fn bytes(body: Body) -> Result<Vec<u8>, Problem> {
    body.into_vec().await.map_err(|_| Problem::new(Code::Malformed))
}

fn other_media_type() -> Problem {
    let cure = "must be JSON and be called so; with jQuery: contentType: \"application/json\"";
    of_the_body(Code::UnsupportedMediaType, "media_type", cure)
}

fn of_the_body(code: Code, reason: &'static str, message: &str) -> Problem {
    let error = FieldError { field: "", reason, message: message.to_owned() };
    Problem::with_errors(code, vec![error])
}

/// What stands in place of JSON where an object was given to jQuery as it is, and the cure.
fn slip(body: &[u8]) -> Option<&'static str> {
    let body = body.trim_ascii();
    if body.starts_with(b"[object ") {
        return Some(
            "is the text \"[object Object]\", which an object becomes that is sent as it is: with \
             jQuery, data: JSON.stringify({ … })",
        );
    }
    let form = body.contains(&b'=') && !body.starts_with(b"{") && !body.starts_with(b"[");
    form.then_some(
        "is a form and not JSON, which jQuery makes of an object: data: JSON.stringify({ … })",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn sent(kind: &str, body: &'static str) -> String {
        let request = Request::builder().content_type(kind).finish();
        match read_from_jquery::<Nothing>(&request, Body::from(body)).await {
            Ok(Nothing) => "taken".to_owned(),
            Err(problem) => {
                let json = problem.json();
                format!("{} {}", json["status"], json["errors"][0]["message"])
            }
        }
    }

    #[tokio::test]
    async fn json_is_taken_under_the_name_that_jquery_gives_it_and_nothing_else_is() {
        let called = "application/x-www-form-urlencoded; charset=UTF-8";
        for kind in [called, "application/x-www-form-urlencoded", "application/json"] {
            assert_eq!(sent(kind, " {} ").await, "taken", "{kind}");
        }
        for kind in ["text/plain", "multipart/form-data; boundary=x", "text/json", ""] {
            assert!(sent(kind, "{}").await.starts_with("415 \"must be JSON"), "{kind}");
        }
    }

    #[tokio::test]
    async fn what_jquery_sends_in_place_of_json_is_told_with_its_cure() {
        for kind in [FORM, JSON] {
            let object = sent(kind, "[object Object]").await;
            assert!(object.starts_with("400 \"is the text") && object.contains("JSON.stringify"));
            let form = sent(kind, "eMail=ada%40example.com").await;
            assert!(form.starts_with("400 \"is a form") && form.contains("JSON.stringify"));
            assert!(!form.contains("ada"), "{form}");
        }
        for other in ["", "null", "[1, 2]", "[\"=\"]", "{\"a=b\":", "\"text\""] {
            assert_eq!(
                sent(JSON, other).await,
                "400 \"is not one JSON object in UTF-8\"",
                "{other}"
            );
        }
    }
}
