//! JSON bodies, read strictly: the documented members, each once, each of its type.

mod object;

use poem::http::{HeaderValue, header};
use poem::{Request, RequestBody};
use poem_openapi::impl_apirequest_for_payload;
use poem_openapi::payload::{ParsePayload, Payload};
use poem_openapi::registry::{MetaSchemaRef, Registry};
use poem_openapi::types::Type;
use serde_json::Value;

use object::{Node, Object};

use super::problem::{Code, FieldError, Problem};

/// The reasons that a body has not the documented shape.
const SHAPE: [&str; 7] =
    ["required", "duplicate", "not_text", "not_number", "not_flag", "not_object", "unknown"];

/// A body of JSON that became a `T`.
pub struct StrictJson<T>(pub T);

/// What can be read from the members of an object.
pub trait FromMembers: Sized {
    /// Takes the members it knows.
    fn from_members(members: &mut Members) -> Self;
}

/// The members of an object, to be taken one by one. What is wrong is collected, so that all of
/// it is told at once.
pub struct Members {
    left: Vec<(String, Node)>,
    errors: Vec<FieldError>,
    /// Whether a value has the right shape but cannot be used.
    refused: bool,
}

impl Members {
    fn parse(body: &[u8]) -> Result<Self, Problem> {
        let object: Object = serde_json::from_slice(body).map_err(|_| {
            let message = "is not one JSON object in UTF-8".to_owned();
            malformed(FieldError { field: "", reason: "not_json", message })
        })?;
        Ok(Self::of(object))
    }

    fn of(object: Object) -> Self {
        Self { left: object.0, errors: Vec::new(), refused: false }
    }

    /// A text that must be there; empty where it is not.
    pub fn required(&mut self, field: &'static str) -> String {
        self.optional(field).unwrap_or_else(|| {
            if !self.errors.iter().any(|error| error.field == field) {
                self.wrong(field, "required", "is missing");
            }
            String::new()
        })
    }

    /// A text that may be there. `null` is no text.
    pub fn optional(&mut self, field: &'static str) -> Option<String> {
        let Node::Plain(Value::String(text)) = self.take(field)? else {
            self.wrong(field, "not_text", "must be a text");
            return None;
        };
        Some(text)
    }

    /// A whole number from 0 up that may be there.
    pub fn number(&mut self, field: &'static str) -> Option<u64> {
        let value = self.take(field)?;
        let Node::Plain(Value::Number(number)) = &value else {
            self.wrong(field, "not_number", "must be a whole number");
            return None;
        };
        let number = number.as_u64();
        if number.is_none() {
            self.wrong(field, "not_number", "must be a whole number from 0 up");
        }
        number
    }

    /// A truth value that may be there.
    pub fn flag(&mut self, field: &'static str) -> Option<bool> {
        let Node::Plain(Value::Bool(flag)) = self.take(field)? else {
            self.wrong(field, "not_flag", "must be true or false");
            return None;
        };
        Some(flag)
    }

    /// An object that may be there. It may have members that are not taken, but none of them twice.
    pub fn object<T: FromMembers>(&mut self, field: &'static str) -> Option<T> {
        let Node::Object(object) = self.take(field)? else {
            self.wrong(field, "not_object", "must be an object");
            return None;
        };
        let mut members = Self::of(object);
        let value = T::from_members(&mut members);
        members.refuse_doubles();
        for FieldError { field: within, reason, message } in members.errors {
            let message = format!("holds {within}, which {message}");
            self.errors.push(FieldError { field, reason, message });
        }
        Some(value)
    }

    /// The value of a member that is there once.
    fn take(&mut self, field: &'static str) -> Option<Node> {
        let found = self.left.iter().position(|(name, _)| name == field)?;
        let (_, value) = self.left.swap_remove(found);
        if self.left.iter().any(|(name, _)| name == field) {
            self.left.retain(|(name, _)| name != field);
            self.wrong(field, "duplicate", "is there more than once");
            return None;
        }
        Some(value)
    }

    fn refuse_doubles(&mut self) {
        let mut names: Vec<&str> = self.left.iter().map(|(name, _)| name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            self.wrong("a member", "duplicate", "is there more than once");
        }
    }

    /// Says that a value of the right shape cannot be used.
    pub fn refuse(
        &mut self,
        field: &'static str,
        reason: &'static str,
        message: &dyn std::fmt::Display,
    ) {
        if self.errors.iter().any(|error| error.field == field) {
            return; // What is missing or of another type is not refused once more.
        }
        self.refused = true;
        self.errors.push(FieldError { field, reason, message: message.to_string() });
    }

    fn wrong(&mut self, field: &'static str, reason: &'static str, message: &str) {
        self.errors.push(FieldError { field, reason, message: message.to_owned() });
    }

    /// Reads a body.
    ///
    /// # Errors
    /// The problem to answer: everything that is wrong with it.
    pub fn read<T: FromMembers>(body: &[u8]) -> Result<T, Problem> {
        let mut members = Self::parse(body)?;
        let value = T::from_members(&mut members);
        if !members.left.is_empty() {
            members.refused = false;
            // The name is the client's own word and is not repeated.
            members.wrong("", "unknown", "has a member that is not documented");
        }
        let malformed = members.errors.iter().any(|error| SHAPE.contains(&error.reason));
        match (members.errors.is_empty(), malformed) {
            (true, _) => Ok(value),
            (false, true) => Err(Problem::with_errors(Code::Malformed, members.errors)),
            (false, false) => Err(Problem::with_errors(Code::InvalidValue, members.errors)),
        }
    }
}

/// Refuses a body that is compressed, or otherwise not sent as it is.
///
/// # Errors
/// [`Code::UnsupportedMediaType`] with the cure (RFC 9110 §15.5.16).
pub fn refuse_coded(request: &Request) -> Result<(), Problem> {
    let coded = |coding: &HeaderValue| !coding.as_bytes().eq_ignore_ascii_case(b"identity");
    if !request.headers().get_all(header::CONTENT_ENCODING).iter().any(coded) {
        return Ok(());
    }
    let message = "names a coding, and none is supported: send the body as it is".to_owned();
    let error = FieldError { field: "Content-Encoding", reason: "coded", message };
    Err(Problem::with_errors(Code::UnsupportedMediaType, vec![error]))
}

fn malformed(error: FieldError) -> Problem {
    Problem::with_errors(Code::Malformed, vec![error])
}

/// Whether a media type is this one, in no other character set than UTF-8.
pub fn is_in_utf_8(content_type: &str, media_type: &str) -> bool {
    let mut parts = content_type.split(';').map(str::trim);
    let kind = parts.next().is_some_and(|kind| kind.eq_ignore_ascii_case(media_type));
    kind && parts.all(|part| {
        part.is_empty()
            || part.eq_ignore_ascii_case("charset=utf-8")
            || part.eq_ignore_ascii_case("charset=\"utf-8\"")
    })
}

impl<T: Type> Payload for StrictJson<T> {
    const CONTENT_TYPE: &'static str = "application/json";

    fn check_content_type(content_type: &str) -> bool {
        is_in_utf_8(content_type, Self::CONTENT_TYPE)
    }

    fn schema_ref() -> MetaSchemaRef {
        T::schema_ref()
    }

    fn register(registry: &mut Registry) {
        T::register(registry);
    }
}

impl<T: Type + FromMembers> ParsePayload for StrictJson<T> {
    const IS_REQUIRED: bool = true;

    async fn from_request(request: &Request, body: &mut RequestBody) -> poem::Result<Self> {
        refuse_coded(request)?;
        let bytes = body.take()?.into_bytes().await?;
        Ok(Self(Members::read(&bytes)?))
    }
}

impl_apirequest_for_payload!(StrictJson<T>, T: Type + FromMembers);

#[cfg(test)]
mod tests {
    use super::*;

    struct Two {
        a: String,
        b: Option<String>,
    }

    impl FromMembers for Two {
        fn from_members(members: &mut Members) -> Self {
            let two = Self { a: members.required("a"), b: members.optional("b") };
            if two.a == "bad" {
                members.refuse("a", "bad", &"is bad");
            }
            two
        }
    }

    fn reasons(body: &str) -> (u16, Vec<(String, String)>) {
        let Err(problem) = Members::read::<Two>(body.as_bytes()) else { return (200, vec![]) };
        let json = problem.json();
        let errors = json["errors"].as_array().unwrap().iter();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        (
            u16::try_from(json["status"].as_u64().unwrap()).unwrap(),
            errors.map(|error| (text(&error["field"]), text(&error["reason"]))).collect(),
        )
    }

    #[test]
    fn the_documented_members_are_read() {
        let two = Members::read::<Two>(br#"{"b":"y","a":"x"}"#).unwrap();
        assert_eq!((two.a.as_str(), two.b.as_deref()), ("x", Some("y")));
    }

    #[test]
    fn a81_what_is_not_documented_is_refused_and_told_by_field_and_reason() {
        for (body, status, field, reason) in [
            ("", 400, "", "not_json"),
            ("[]", 400, "", "not_json"),
            ("{\"a\":\"x\"} {}", 400, "", "not_json"),
            ("\u{feff}{\"a\":\"x\"}", 400, "", "not_json"),
            (r#"{"a":"\ud800"}"#, 400, "", "not_json"),
            ("{}", 400, "a", "required"),
            (r#"{"a":null}"#, 400, "a", "not_text"),
            (r#"{"a":1}"#, 400, "a", "not_text"),
            (r#"{"a":true}"#, 400, "a", "not_text"),
            (r#"{"a":["x"]}"#, 400, "a", "not_text"),
            (r#"{"a":"x","a":"y"}"#, 400, "a", "duplicate"),
            (r#"{"a":"x","c":"y"}"#, 400, "", "unknown"),
            (r#"{"a":"bad"}"#, 422, "a", "bad"),
        ] {
            let found = reasons(body);
            assert_eq!(found.0, status, "{body}");
            assert_eq!(found.1[0], (field.to_owned(), reason.to_owned()), "{body}");
        }
    }

    struct Outer {
        inner: Option<Inner>,
    }

    struct Inner(Option<String>);

    impl FromMembers for Outer {
        fn from_members(members: &mut Members) -> Self {
            Self { inner: members.object("inner") }
        }
    }

    impl FromMembers for Inner {
        fn from_members(members: &mut Members) -> Self {
            Self(members.optional("a"))
        }
    }

    #[test]
    fn an_object_in_it_is_read_and_may_hold_what_is_not_looked_at() {
        let read = |body: &str| Members::read::<Outer>(body.as_bytes()).unwrap().inner;
        assert!(read("{}").is_none());
        let body = r#"{"inner":{"b":[{"c":1.5}],"a":"x","d":null,"e":{"a":-1,"b":true}}}"#;
        assert_eq!(read(body).unwrap().0.as_deref(), Some("x"));
    }

    #[test]
    fn a81_an_object_in_it_has_each_member_once_and_of_its_type() {
        for (body, reason, message) in [
            (r#"{"inner":"x"}"#, "not_object", "must be an object"),
            (r#"{"inner":null}"#, "not_object", "must be an object"),
            (r#"{"inner":[{}]}"#, "not_object", "must be an object"),
            (r#"{"inner":{},"inner":{}}"#, "duplicate", "is there more than once"),
            (r#"{"inner":{"a":1}}"#, "not_text", "holds a, which must be a text"),
            (
                r#"{"inner":{"a":"x","a":"y"}}"#,
                "duplicate",
                "holds a, which is there more than once",
            ),
            (
                r#"{"inner":{"b":1,"c":2,"b":3}}"#,
                "duplicate",
                "holds a member, which is there more than once",
            ),
        ] {
            let problem = Members::read::<Outer>(body.as_bytes()).err().unwrap();
            let json = problem.json();
            assert_eq!(json["status"], 400, "{body}");
            let error =
                serde_json::json!({ "field": "inner", "reason": reason, "message": message });
            assert_eq!(json["errors"], serde_json::json!([error]), "{body}");
        }
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let deep =
                |depth| format!("{{\"inner\":{}1{}}}", open.repeat(depth), close.repeat(depth));
            let reasons = |depth| {
                let problem = Members::read::<Outer>(deep(depth).as_bytes()).err().unwrap();
                problem.json()["errors"][0]["reason"].as_str().unwrap().to_owned()
            };
            assert_eq!(reasons(5_000), "not_json");
            assert_ne!(reasons(5), "not_json");
        }
    }

    #[test]
    fn numbers_and_truth_values_are_of_their_type_and_of_no_other() {
        struct Plain(Option<u64>, Option<bool>);
        impl FromMembers for Plain {
            fn from_members(members: &mut Members) -> Self {
                Self(members.number("n"), members.flag("f"))
            }
        }
        let read = |body: &str| Members::read::<Plain>(body.as_bytes()).map(|it| (it.0, it.1));
        assert_eq!(read(r#"{"n":7,"f":false}"#), Ok((Some(7), Some(false))));
        assert_eq!(read("{}"), Ok((None, None)));
        for body in [
            r#"{"n":-1}"#,
            r#"{"n":1.0}"#,
            r#"{"n":1e3}"#,
            r#"{"n":18446744073709551616}"#,
            r#"{"n":"1"}"#,
            r#"{"n":null}"#,
            r#"{"n":1,"n":1}"#,
            r#"{"f":0}"#,
            r#"{"f":"true"}"#,
            r#"{"f":null}"#,
        ] {
            assert_eq!(read(body).unwrap_err().code(), Code::Malformed, "{body}");
        }
    }

    #[test]
    fn a81_deep_nesting_is_refused_and_not_followed() {
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(30_000), "]".repeat(30_000));
        assert_eq!(reasons(&deep).0, 400);
    }

    #[test]
    fn only_json_in_utf_8_is_json() {
        type Body = StrictJson<String>;
        for kind in ["application/json", "Application/JSON; charset=UTF-8", "application/json;"] {
            assert!(Body::check_content_type(kind), "{kind}");
        }
        for kind in ["text/plain", "application/foo+json", "application/json; charset=latin1", ""] {
            assert!(!Body::check_content_type(kind), "{kind}");
        }
    }
}
