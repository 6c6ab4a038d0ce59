//! A body that holds a token and nothing else, and how long a token may be.

use poem_openapi::Object;

use crate::http::body::{FromMembers, Members};
use crate::http::problem::{Code, FieldError, Problem};
use crate::token::MAX_TOKEN_BYTES;

/// What a link is used by.
#[derive(Object)]
#[oai(rename = "LinkCompletion")]
pub struct TokenBody {
    /// The token out of the link.
    #[oai(validator(min_length = 1, max_length = 2880))]
    pub token: String,
}

impl FromMembers for TokenBody {
    fn from_members(members: &mut Members) -> Self {
        Self { token: members.required("token") }
    }
}

/// A token or a session, where it is as long as the document lets one be. Whoever uses or inspects another is told that it is
/// not valid, as of every one that nobody signed; where what is answered is no problem, that would take it for good.
///
/// # Errors
/// [`Code::InvalidValue`] where it is empty or too long.
pub(super) fn of_documented_length<'a>(
    field: &'static str,
    text: &'a str,
) -> Result<&'a str, Problem> {
    let reason = match text.chars().count() {
        0 => "empty",
        1..=MAX_TOKEN_BYTES => return Ok(text),
        _ => "too_long",
    };
    let message = format!("must have 1 to {MAX_TOKEN_BYTES} characters");
    Err(Problem::with_errors(Code::InvalidValue, vec![FieldError { field, reason, message }]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_that_the_document_rules_out_is_told() {
        let reason = |text: &str| {
            let refused = of_documented_length("token", text).err()?;
            Some(refused.json()["errors"][0]["reason"].as_str().unwrap().to_owned())
        };
        assert_eq!(reason(""), Some("empty".to_owned()));
        assert_eq!(reason("x"), None);
        assert_eq!(reason(&"é".repeat(MAX_TOKEN_BYTES)), None);
        assert_eq!(reason(&"x".repeat(MAX_TOKEN_BYTES + 1)), Some("too_long".to_owned()));
    }
}
