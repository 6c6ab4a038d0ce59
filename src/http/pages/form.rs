//! Form posts, read strictly: each field once, nothing unknown.

use url::form_urlencoded;

/// The fields of a form, each at most once.
#[derive(Debug)]
pub struct Form(Vec<(String, String)>);

/// A body that is no such form. It never repeats the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InvalidForm;

impl Form {
    /// Reads `application/x-www-form-urlencoded` with these fields and no others.
    ///
    /// # Errors
    /// [`InvalidForm`] for invalid UTF-8 and for repeated or unknown fields.
    pub fn parse(body: &[u8], known: &[&str]) -> Result<Self, InvalidForm> {
        let mut fields: Vec<(String, String)> = Vec::new();
        for (name, value) in form_urlencoded::parse(body) {
            let broken = value.contains('\u{FFFD}');
            let repeated = fields.iter().any(|(seen, _)| *seen == name);
            if broken || repeated || !known.contains(&name.as_ref()) {
                return Err(InvalidForm);
            }
            fields.push((name.into_owned(), value.into_owned()));
        }
        Ok(Self(fields))
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
        assert!(Form::parse(b"identifier=a&identifier=b", &known).is_err());
        assert!(Form::parse(b"identifier%5B%5D=a", &known).is_err());
        assert!(Form::parse(b"identifier=%ff", &known).is_err());
        assert_eq!(Form::parse(b"", &known).unwrap().get("identifier"), "");
    }
}
