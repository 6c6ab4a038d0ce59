//! What went wrong, as RFC 9457 `application/problem+json`. This is the only place that turns an
//! error into an answer; nothing that was submitted is ever repeated in one.

use std::fmt;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Response};
use serde::Serialize;

use crate::language::Texts;
use crate::password::Refusal;
use crate::recovery::{AskError, CompleteError, InspectError, Refused};

/// Every kind of problem.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Not JSON, a wrong type, a duplicate or unknown key.
    Malformed,
    /// The right shape, but a value that cannot be used.
    InvalidValue,
    /// Every reason but expiry.
    TokenInvalid,
    /// Genuine, but too old.
    TokenExpired,
    /// A password that the policy refuses.
    PasswordRejected,
    /// Too often.
    RateLimited,
    /// No session, or one that is not good.
    Unauthorized,
    /// A form that was not posted from our own page.
    Forbidden,
    /// No such application, page or operation.
    NotFound,
    /// The application does not do this.
    NotConfigured,
    /// Another method.
    MethodNotAllowed,
    /// A body beyond the cap.
    TooLarge,
    /// A body of another media type.
    UnsupportedMediaType,
    /// Too much to do, or something needed is away.
    Busy,
    /// A fault of ours.
    Internal,
}

/// Code, status and title of each kind, and the detail where nothing more is known.
const TABLE: [(Code, &str, u16, &str, &str); 15] = [
    (
        Code::Malformed,
        "invalid-request",
        400,
        "The request is not well formed",
        "The body does not have the documented shape.",
    ),
    (
        Code::InvalidValue,
        "invalid-request",
        422,
        "A value cannot be used",
        "The body has the documented shape, but a value in it cannot be used.",
    ),
    (
        Code::TokenInvalid,
        "token-invalid",
        400,
        "The token is not valid",
        "This token is not valid, or no longer: it may have been used already. Ask for a new one.",
    ),
    (
        Code::TokenExpired,
        "token-expired",
        410,
        "The token has expired",
        "This token was good, but its time is over. Ask for a new one.",
    ),
    (
        Code::PasswordRejected,
        "password-rejected",
        422,
        "The password is not accepted",
        "Choose another password; the token goes on working.",
    ),
    (
        Code::RateLimited,
        "rate-limited",
        429,
        "Too many requests",
        "Wait as long as Retry-After says.",
    ),
    (
        Code::Unauthorized,
        "unauthorized",
        401,
        "A session is needed",
        "Send a session that is good now as a bearer token. Log in again to get one.",
    ),
    (
        Code::Forbidden,
        "forbidden",
        403,
        "The form was not sent from its own page",
        "Open the page again and send the form from there.",
    ),
    (
        Code::NotFound,
        "not-found",
        404,
        "There is nothing here",
        "There is no such page, operation or application.",
    ),
    (
        Code::NotConfigured,
        "not-configured",
        409,
        "The application does not do this",
        "It is not switched on for this application, or its users table rules it out.",
    ),
    (
        Code::MethodNotAllowed,
        "method-not-allowed",
        405,
        "The method is not allowed here",
        "Use one of the methods that Allow names.",
    ),
    (
        Code::TooLarge,
        "too-large",
        413,
        "The body is too large",
        "A body may have at most 65536 bytes.",
    ),
    (
        Code::UnsupportedMediaType,
        "unsupported-media-type",
        415,
        "The media type is not supported",
        "Send the documented media type.",
    ),
    (
        Code::Busy,
        "busy",
        503,
        "The service is busy",
        "It could not be done for now. Try again as Retry-After says.",
    ),
    (
        Code::Internal,
        "internal",
        500,
        "Something went wrong",
        "The fault is ours and has been logged.",
    ),
];

/// A value that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The member's name; empty for the body as a whole and for members that are not known.
    pub field: &'static str,
    /// A stable word for what is wrong.
    pub reason: &'static str,
    /// The same for people.
    pub message: String,
}

/// An answer that says what went wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    code: Code,
    errors: Vec<FieldError>,
    retry_after: Option<Duration>,
    allow: Option<String>,
}

#[derive(Serialize)]
struct Members<'a> {
    r#type: String,
    code: &'static str,
    title: &'static str,
    status: u16,
    detail: &'static str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldError],
}

impl Code {
    /// Every kind, in the order of the table.
    pub const ALL: [Self; TABLE.len()] = {
        let mut all = [Self::Internal; TABLE.len()];
        let mut row = 0;
        while row < TABLE.len() {
            all[row] = TABLE[row].0;
            row += 1;
        }
        all
    };

    fn row(self) -> &'static (Self, &'static str, u16, &'static str, &'static str) {
        &TABLE[self as usize]
    }

    /// The stable name, the last part of the problem's type.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().1
    }

    /// The status.
    #[must_use]
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.row().2).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl Problem {
    /// A problem of this kind with nothing more to say.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, errors: Vec::new(), retry_after: None, allow: None }
    }

    /// A problem with these members of the body.
    #[must_use]
    pub const fn with_errors(code: Code, errors: Vec<FieldError>) -> Self {
        Self { code, errors, retry_after: None, allow: None }
    }

    /// A problem that passes in so long a time.
    #[must_use]
    pub const fn passing(code: Code, retry_after: Duration) -> Self {
        Self { code, errors: Vec::new(), retry_after: Some(retry_after), allow: None }
    }

    /// Another method than these.
    #[must_use]
    pub const fn method_not_allowed(allow: String) -> Self {
        Self {
            code: Code::MethodNotAllowed,
            errors: Vec::new(),
            retry_after: None,
            allow: Some(allow),
        }
    }

    /// What a framework's error means, of which only the status is taken.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        Self::new(match status.as_u16() {
            404 => Code::NotFound,
            405 => Code::MethodNotAllowed,
            413 => Code::TooLarge,
            415 => Code::UnsupportedMediaType,
            400..500 => Code::Malformed,
            _ => Code::Internal,
        })
    }

    /// The same problem where the member that it is about has another name.
    #[must_use]
    pub fn with_member(mut self, field: &'static str) -> Self {
        self.errors.iter_mut().for_each(|error| error.field = field);
        self
    }

    /// The kind.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The title, the same for every problem of the kind.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.code.row().3
    }

    /// What to do, the same for every problem of the kind.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        self.code.row().4
    }

    /// The members as JSON.
    #[must_use]
    pub fn json(&self) -> serde_json::Value {
        let members = Members {
            r#type: format!("urn:regain:{}", self.code.name()),
            code: self.code.name(),
            title: self.title(),
            status: self.code.status().as_u16(),
            detail: self.detail(),
            errors: &self.errors,
        };
        serde_json::to_value(members).unwrap_or_default()
    }

    /// Puts the problem's headers on an answer.
    pub fn add_headers(&self, answer: &mut Response) {
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_millis().div_ceil(1000).max(1);
            if let Ok(value) = seconds.to_string().parse() {
                answer.headers_mut().insert(header::RETRY_AFTER, value);
            }
        }
        if self.code == Code::Unauthorized {
            answer
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(value) = self.allow.as_ref().and_then(|allow| allow.parse().ok()) {
            answer.headers_mut().insert(header::ALLOW, value);
        }
    }
}

impl ResponseError for Problem {
    fn status(&self) -> StatusCode {
        self.code.status()
    }

    fn as_response(&self) -> Response {
        let mut answer = Response::builder()
            .status(self.code.status())
            .header(header::CONTENT_TYPE, "application/problem+json")
            .body(Body::from_string(self.json().to_string()));
        self.add_headers(&mut answer);
        answer
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

impl std::error::Error for Problem {}

/// How long to wait when a database is away: long enough for a fail-over to have begun.
const AWAY: Duration = Duration::from_secs(5);

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        Self::new(match refused {
            Refused::Invalid => Code::TokenInvalid,
            Refused::Expired => Code::TokenExpired,
        })
    }
}

impl From<AskError> for Problem {
    fn from(error: AskError) -> Self {
        match error {
            AskError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            AskError::Busy => Self::passing(Code::Busy, AWAY),
            AskError::NotConfigured => Self::new(Code::NotConfigured),
        }
    }
}

impl From<InspectError> for Problem {
    fn from(error: InspectError) -> Self {
        match error {
            InspectError::Token(refused) => refused.into(),
            InspectError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            InspectError::Unavailable(error) => {
                tracing::error!(%error, "token not looked at");
                Self::passing(Code::Busy, AWAY)
            }
            InspectError::NotConfigured => Self::new(Code::NotConfigured),
        }
    }
}

impl Problem {
    /// What to answer where a session was looked at in vain: why it is not good, nobody is told.
    #[must_use]
    pub fn of_session(error: InspectError) -> Self {
        match error {
            InspectError::Token(_) => Self::new(Code::Unauthorized),
            other => other.into(),
        }
    }

    /// What to answer where a session was used in vain.
    #[must_use]
    pub fn of_session_use(error: CompleteError, texts: &Texts) -> Self {
        match error {
            CompleteError::Token(_) => Self::new(Code::Unauthorized),
            other => Self::of_completion(other, texts),
        }
    }

    /// What to answer where a token was not used; why a password is refused is told in the
    /// person's language.
    #[must_use]
    pub fn of_completion(error: CompleteError, texts: &Texts) -> Self {
        match error {
            CompleteError::Token(refused) => refused.into(),
            CompleteError::Rejected(refusals) => {
                let error = |refusal: &Refusal| FieldError {
                    field: "new_password",
                    reason: refusal.reason(),
                    message: refusal.tell(texts),
                };
                Self::with_errors(Code::PasswordRejected, refusals.iter().map(error).collect())
            }
            CompleteError::RateLimited(wait) => Self::passing(Code::RateLimited, wait),
            CompleteError::Busy(wait) => Self::passing(Code::Busy, wait),
            CompleteError::Unavailable(error) => {
                tracing::error!(%error, "token not used");
                Self::passing(Code::Busy, AWAY)
            }
            CompleteError::NotConfigured => Self::new(Code::NotConfigured),
            CompleteError::Hashing(error) => {
                tracing::error!(error, "token not used");
                Self::new(Code::Internal)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_each_kind_in_its_own_row() {
        for (row, (code, ..)) in TABLE.iter().enumerate() {
            assert_eq!(*code as usize, row);
        }
    }

    #[test]
    fn a_problem_says_type_code_title_status_and_detail() {
        let problem = Problem::passing(Code::RateLimited, Duration::from_millis(1500));
        insta::assert_snapshot!(problem.json(), @r#"{"code":"rate-limited","detail":"Wait as long as Retry-After says.","status":429,"title":"Too many requests","type":"urn:regain:rate-limited"}"#);
        let answer = problem.as_response();
        assert_eq!(answer.headers()["retry-after"], "2");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}
