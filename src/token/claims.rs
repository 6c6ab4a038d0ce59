//! What a token says: the JSON of its payload.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

/// What a token says, which is signed and not secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// The row's id, as text and not empty.
    pub user_id: String,
    /// What the row was like when the token was made; see [`ApplicationKeys::fingerprint`].
    ///
    /// [`ApplicationKeys::fingerprint`]: super::ApplicationKeys::fingerprint
    pub fingerprint: String,
    /// Its own lifetime in seconds, where that is not the application's for the purpose.
    pub lifetime: Option<u32>,
    /// Where the person goes afterwards. It was on the allow-list then and is checked again.
    pub return_to: Option<String>,
}

impl Claims {
    /// Compact JSON in one order, characters beyond ASCII as they are.
    pub(super) fn to_json(&self) -> Vec<u8> {
        let wire = Wire {
            u: Cow::Borrowed(&self.user_id),
            f: Cow::Borrowed(&self.fingerprint),
            t: self.lifetime,
            r: self.return_to.as_deref().map(Cow::Borrowed),
        };
        let Ok(json) = serde_json::to_vec(&wire) else {
            unreachable!("texts and a number always serialise")
        };
        json
    }

    /// Reads JSON with exactly these members, each once, of exactly these types.
    pub(super) fn from_json(json: &[u8]) -> Option<Self> {
        // What serde derives for a struct takes an array of its fields too.
        if json.first() != Some(&b'{') {
            return None;
        }
        let wire: Wire<'_> = serde_json::from_str(std::str::from_utf8(json).ok()?).ok()?;
        if wire.u.is_empty() {
            return None;
        }
        Some(Self {
            user_id: wire.u.into_owned(),
            fingerprint: wire.f.into_owned(),
            lifetime: wire.t,
            return_to: wire.r.map(Cow::into_owned),
        })
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("user_id", &self.user_id)
            .field("lifetime", &self.lifetime)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Wire<'a> {
    #[serde(borrow)]
    u: Cow<'a, str>,
    #[serde(borrow)]
    f: Cow<'a, str>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    t: Option<u32>,
    #[serde(
        borrow,
        default,
        deserialize_with = "present",
        skip_serializing_if = "Option::is_none"
    )]
    r: Option<Cow<'a, str>>,
}

/// A member that is there has a value: null is no second way of leaving it out.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Option<T>, D::Error> {
    T::deserialize(from).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Claims {
        Claims {
            user_id: "42".to_owned(),
            fingerprint: "AAAA".to_owned(),
            lifetime: None,
            return_to: None,
        }
    }

    #[test]
    fn the_json_is_compact_ordered_and_leaves_out_what_is_not_needed() {
        assert_eq!(ada().to_json(), br#"{"u":"42","f":"AAAA"}"#);
        let all = Claims {
            user_id: "zoë\"\\\u{1}\u{7f}".to_owned(),
            lifetime: Some(259_200),
            return_to: Some("https://app.example.com/a?b=1&c=<2>".to_owned()),
            ..ada()
        };
        let json = "{\"u\":\"zoë\\\"\\\\\\u0001\u{7f}\",\"f\":\"AAAA\",\"t\":259200,\
                    \"r\":\"https://app.example.com/a?b=1&c=<2>\"}";
        assert_eq!(all.to_json(), json.as_bytes());
        assert_eq!(Claims::from_json(json.as_bytes()), Some(all));
    }

    #[test]
    fn a31_members_of_other_types_and_numbers_are_refused() {
        for json in [
            "",
            "null",
            "\"42\"",
            "42",
            "[]",
            r#"["42","AAAA"]"#,
            r#" {"u":"42","f":"AAAA"}"#,
            r#"{"u":"42","f":"AAAA"}x"#,
            r#"{"u":"42","f":"AAAA"}{}"#,
            r#"{"u":"42"}"#,
            r#"{"f":"AAAA"}"#,
            r#"{"u":"","f":"AAAA"}"#,
            r#"{"u":42,"f":"AAAA"}"#,
            r#"{"u":null,"f":"AAAA"}"#,
            r#"{"u":["42"],"f":"AAAA"}"#,
            r#"{"u":"42","f":null}"#,
            r#"{"u":"42","f":{}}"#,
            r#"{"u":"42","f":"AAAA","t":null}"#,
            r#"{"u":"42","f":"AAAA","t":"60"}"#,
            r#"{"u":"42","f":"AAAA","t":60.0}"#,
            r#"{"u":"42","f":"AAAA","t":-1}"#,
            r#"{"u":"42","f":"AAAA","t":4294967296}"#,
            r#"{"u":"42","f":"AAAA","t":true}"#,
            r#"{"u":"42","f":"AAAA","r":null}"#,
            r#"{"u":"42","f":"AAAA","r":[]}"#,
            r#"{"u":"42","f":"AAAA","x":1}"#,
            r#"{"u":"42","u":"43","f":"AAAA"}"#,
            r#"{"u":"42","f":"AAAA","f":"AAAA"}"#,
            r#"{"u":"42","f":"AAAA","t":1,"t":1}"#,
            r#"{"u":"42","f":"AAAA",}"#,
            r#"{"u":"\ud800","f":"AAAA"}"#,
            r#"{"u":"42","f":"AAAA","t":NaN}"#,
        ] {
            assert_eq!(Claims::from_json(json.as_bytes()), None, "{json}");
        }
        assert_eq!(Claims::from_json(b"{\"u\":\"\xff\",\"f\":\"AAAA\"}"), None);
    }

    #[test]
    fn escapes_and_any_order_are_read() {
        let json = br#"{"f":"AAAA","u":"\u0034\u0032"}"#;
        assert_eq!(Claims::from_json(json), Some(ada()));
    }

    #[test]
    fn debug_shows_no_fingerprint_and_no_target() {
        let claims = Claims { return_to: Some("https://app.example.com/?k=v".into()), ..ada() };
        let shown = format!("{claims:?}");
        assert!(!shown.contains("AAAA") && !shown.contains("https"), "{shown}");
    }
}
