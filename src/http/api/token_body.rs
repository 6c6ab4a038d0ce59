//! A body that holds a token and nothing else.

use poem_openapi::Object;

use crate::http::body::{FromMembers, Members};

/// The token out of the link.
#[derive(Object)]
#[oai(rename = "TokenToUse")]
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
