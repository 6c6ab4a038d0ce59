//! Form posts, read strictly: each field once, nothing unknown.

use poem::{Body, Request};
use url::form_urlencoded;

use crate::http::problem::{Code, Problem};

const MEDIA_TYPE: &str = "application/x-www-form-urlencoded";

/// The fields of a form, each at most once.
pub struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a posted form with these fields and no others.
    ///
    /// # Errors
    /// The problem to answer: another media type, invalid UTF-8, repeated or unknown fields.
    pub async fn read(request: &Request, body: Body, known: &[&str]) -> Result<Self, Problem> {
        let kind = request.content_type().unwrap_or_default().split(';').next();
        if !kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(MEDIA_TYPE)) {
            return Err(Problem::new(Code::UnsupportedMediaType));
        }
        let bytes = body.into_bytes().await.map_err(|_| Problem::new(Code::TooLarge))?;
        Self::parse(&bytes, known).ok_or(Problem::new(Code::Malformed))
    }

    fn parse(body: &[u8], known: &[&str]) -> Option<Self> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            // What is no UTF-8 was replaced by this character.
            let broken = value.contains('\u{FFFD}');
            let repeated = fields.iter().any(|(seen, _)| *seen == name);
            if broken || repeated || !known.contains(&name.as_ref()) {
                return None;
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Some(Self(fields))
    }

    /// A field's value; empty where the form does not have it.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a32_repeated_and_unknown_fields_are_refused() {
        let known = ["identifier", "csrf"];
        assert_eq!(Form::parse(b"identifier=a%40b.c", &known).unwrap().get("identifier"), "a@b.c");
        assert!(Form::parse(b"identifier=a&identifier=b", &known).is_none());
        assert!(Form::parse(b"identifier%5B%5D=a", &known).is_none());
        assert!(Form::parse(b"identifier=%ff", &known).is_none());
        assert_eq!(Form::parse(b"", &known).unwrap().get("identifier"), "");
    }
}
