//! What went wrong, as RFC 9457 `application/problem+json`. This is the only place that turns an
//! error into an answer (`problem/journeys.rs`); nothing that was submitted is ever repeated in one.

mod code;
mod journeys;

use std::fmt;
use std::time::Duration;

use poem::error::ResponseError;
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Response};
use serde::Serialize;

use crate::token::Scope;

pub use code::Code;

/// A value that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldError {
    /// The name of the member or header; empty for the whole and for members that are not known.
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
    /// What a key lacks.
    scope: Option<Scope>,
    /// Whether there was a session or a key, which is not good.
    presented: bool,
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

impl Problem {
    /// A problem of this kind with nothing more to say.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            errors: Vec::new(),
            retry_after: None,
            allow: None,
            scope: None,
            presented: false,
        }
    }

    /// A problem with these members of the body.
    #[must_use]
    pub fn with_errors(code: Code, errors: Vec<FieldError>) -> Self {
        Self { errors, ..Self::new(code) }
    }

    /// A problem that passes in so long a time.
    #[must_use]
    pub fn passing(code: Code, retry_after: Duration) -> Self {
        Self { retry_after: Some(retry_after), ..Self::new(code) }
    }

    /// Another method than these.
    #[must_use]
    pub fn method_not_allowed(allow: String) -> Self {
        Self { allow: Some(allow), ..Self::new(Code::MethodNotAllowed) }
    }

    /// A key that lacks this scope.
    #[must_use]
    pub fn scope_missing(scope: Scope) -> Self {
        let message = format!("the key lacks the scope {}", scope.name());
        let error = FieldError { field: "", reason: "missing_scope", message };
        Self { scope: Some(scope), ..Self::with_errors(Code::ScopeMissing, vec![error]) }
    }

    /// A session or a key that is not good, which is another thing than none.
    #[must_use]
    pub const fn not_let_in(code: Code) -> Self {
        let mut problem = Self::new(code);
        problem.presented = true;
        problem
    }

    /// What a framework's error means, of which only the status is taken.
    #[must_use]
    pub fn of_status(status: StatusCode) -> Self {
        Self::new(match status.as_u16() {
            404 => Code::NotFound,
            405 => Code::MethodNotAllowed,
            408 => Code::Timeout,
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
        self.code.title()
    }

    /// What to do, the same for every problem of the kind.
    #[must_use]
    pub fn detail(&self) -> &'static str {
        self.code.detail()
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
        if self.code == Code::Timeout {
            // RFC 9110 §15.5.9.
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        if let Some(value) = self.challenge() {
            answer.headers_mut().insert(header::WWW_AUTHENTICATE, value);
        }
        if let Some(value) = self.allow.as_ref().and_then(|allow| allow.parse().ok()) {
            answer.headers_mut().insert(header::ALLOW, value);
        }
    }
}

impl Problem {
    /// What would have been let in (RFC 6750 §3).
    fn challenge(&self) -> Option<HeaderValue> {
        match (self.code, self.scope) {
            (Code::Unauthorized | Code::KeyNeeded, _) => {
                Some(HeaderValue::from_static(if self.presented {
                    "Bearer error=\"invalid_token\""
                } else {
                    "Bearer"
                }))
            }
            (Code::ScopeMissing, Some(scope)) => {
                let scope = scope.name();
                format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"").parse().ok()
            }
            _ => None,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_says_type_code_title_status_and_detail() {
        let problem = Problem::passing(Code::RateLimited, Duration::from_millis(1500));
        insta::assert_snapshot!(problem.json(), @r#"{"code":"rate-limited","detail":"Wait as long as Retry-After says.","status":429,"title":"Too many requests","type":"urn:regain:rate-limited"}"#);
        let answer = problem.as_response();
        assert_eq!(answer.headers()["retry-after"], "2");
        assert_eq!(answer.headers()["content-type"], "application/problem+json");
    }
}
