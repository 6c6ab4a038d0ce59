//! The row's key: a token carries it as text, the database wants it in its own type.

/// What kind of key a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IdKind {
    Integer,
    Uuid,
    Text,
}

/// A key in the type that the column is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Id {
    Integer(i64),
    /// In lower case with hyphens, as databases print it.
    Uuid(String),
    Text(String),
}

impl IdKind {
    /// Reads a key; only the one spelling that the database itself prints will do.
    pub(super) fn parse(self, text: &str) -> Option<Id> {
        match self {
            Self::Integer => {
                let number: i64 = text.parse().ok()?;
                (number.to_string() == text).then_some(Id::Integer(number))
            }
            Self::Uuid => is_canonical_uuid(text).then(|| Id::Uuid(text.to_owned())),
            Self::Text => {
                let storable = !text.is_empty() && !text.contains('\0');
                storable.then(|| Id::Text(text.to_owned()))
            }
        }
    }
}

/// RFC 9562 §4, in lower case.
fn is_canonical_uuid(text: &str) -> bool {
    let right = |(at, byte): (usize, u8)| match at {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
    };
    text.len() == 36 && text.bytes().enumerate().all(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_one_spelling() {
        assert_eq!(IdKind::Integer.parse("42"), Some(Id::Integer(42)));
        assert_eq!(IdKind::Integer.parse("-1"), Some(Id::Integer(-1)));
        for text in ["", "+1", "01", "1 ", "1.0", "1; --", "99999999999999999999", "-0"] {
            assert_eq!(IdKind::Integer.parse(text), None, "{text:?}");
        }
        let uuid = "0b5f9a0e-3f5f-4c6e-8a57-2f3c1d9e7a10";
        assert_eq!(IdKind::Uuid.parse(uuid), Some(Id::Uuid(uuid.to_owned())));
        for text in [&uuid.to_uppercase(), &uuid.replace('-', ""), &format!("{{{uuid}}}"), "é"] {
            assert_eq!(IdKind::Uuid.parse(text), None, "{text:?}");
        }
        assert_eq!(IdKind::Text.parse("a'b"), Some(Id::Text("a'b".to_owned())));
        assert_eq!(IdKind::Text.parse("a\0"), None);
        assert_eq!(IdKind::Text.parse(""), None);
    }
}
