//! What the document says of each operation beyond what is derived from its code.

use serde::Deserialize;

use crate::http::problem::Code;

/// What each operation can answer beside its success, with an example of its body and of its answer.
pub struct Facts<'a> {
    pub operation: &'a str,
    pub auth: Auth,
    pub problems: &'a [Code],
    pub request: Option<&'a str>,
    pub answer: &'a str,
}

/// What a request shows of who sends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub enum Auth {
    /// Nothing.
    Anybody,
    /// Nothing, or a key by which it is sent for a client that is named.
    AnybodyOrOnBehalf,
    /// A session.
    Session,
    /// The same, or the cookie that a browser has it in.
    SessionOrCookie,
    /// A key.
    Key,
}

impl Facts<'_> {
    /// Whether its requests are counted.
    pub fn is_limited(&self) -> bool {
        self.problems().contains(&Code::RateLimited)
    }

    /// Every problem that the operation can answer, by status.
    pub fn problems(&self) -> Vec<Code> {
        let of_body = match (self.request, self.auth) {
            (None, _) => &[],
            // Beside a password, which is refused in its own way, nobody who has a session sends anything.
            (Some(_), Auth::Session | Auth::SessionOrCookie) => &BODY[1..],
            (Some(_), _) => &BODY[..],
        };
        let of_auth: &[Code] = match self.auth {
            Auth::Anybody => &[],
            Auth::Session | Auth::SessionOrCookie => &[Code::Unauthorized],
            Auth::AnybodyOrOnBehalf | Auth::Key => &[Code::KeyNeeded, Code::ScopeMissing],
        };
        let mut problems =
            [of_body, of_auth, self.problems, &[Code::Timeout, Code::Internal]].concat();
        problems.sort_by_key(|code| code.status());
        problems
    }
}

const BODY: [Code; 6] = [
    Code::InvalidValue,
    Code::Malformed,
    Code::TooLarge,
    Code::UnsupportedMediaType,
    Code::NotFound,
    Code::RateLimited,
];
const TOKEN: [Code; 2] = [Code::TokenInvalid, Code::TokenExpired];

/// A token as long as a real one, signed by nobody.
macro_rules! token {
    () => {
        "eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk"
    };
}

pub const OPERATIONS: [Facts<'static>; 16] = [
    Facts {
        operation: "requestPasswordReset",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completePasswordReset",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::PasswordRejected, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","new_password":"correct horse battery staple"}"#,
        ),
        answer: "{}",
    },
    Facts {
        operation: "requestEmailConfirmation",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completeEmailConfirmation",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#""}"#)),
        answer: r#"{"return_to":"https://app.example.com/welcome"}"#,
    },
    Facts {
        operation: "requestLoginLink",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "completeLogin",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#""}"#)),
        answer: concat!(
            r#"{"session":""#,
            token!(),
            r#"","expires_at":"2027-01-15T08:15:00Z","return_to":"https://app.example.com/"}"#
        ),
    },
    Facts {
        operation: "getMe",
        auth: Auth::Session,
        problems: &[
            Code::NotFound,
            Code::NotConfigured,
            Code::TooLarge,
            Code::RateLimited,
            Code::Busy,
        ],
        request: None,
        answer: r#"{"user_id":"1","email":"ada@example.com","username":"ada","display_name":"Ada"}"#,
    },
    Facts {
        operation: "changeMyPassword",
        auth: Auth::Session,
        problems: &[Code::NotConfigured, Code::PasswordRejected, Code::Busy],
        request: Some(r#"{"new_password":"correct horse battery staple"}"#),
        answer: "",
    },
    Facts {
        operation: "inspectToken",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","purpose":"password-reset"}"#,
        ),
        answer: r#"{"purpose":"password-reset","issued_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-15T08:30:00Z"}"#,
    },
    Facts {
        operation: "explainToken",
        auth: Auth::Key,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#"","purpose":"password-reset"}"#)),
        answer: r#"{"state":"spent","user_id":"1","issued_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-15T08:30:00Z"}"#,
    },
    Facts {
        operation: "issueToken",
        auth: Auth::Key,
        problems: &[Code::NoAccount, Code::NotConfigured, Code::Busy],
        request: Some(r#"{"purpose":"password-reset","lifetime_seconds":86400}"#),
        answer: concat!(
            r#"{"token":""#,
            token!(),
            r#"","link":"https://accounts.example.com/a/default/reset/"#,
            token!(),
            r#"","expires_at":"2027-01-16T08:00:00Z"}"#
        ),
    },
    Facts {
        operation: "inviteUser",
        auth: Auth::Key,
        problems: &[Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com","locale":"de"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
    },
    Facts {
        operation: "revokeTokens",
        auth: Auth::Key,
        problems: &[
            Code::NotFound,
            Code::NoAccount,
            Code::NotConfigured,
            Code::TooLarge,
            Code::RateLimited,
            Code::Busy,
        ],
        request: None,
        answer: "",
    },
    Facts {
        operation: "introspectSession",
        auth: Auth::Key,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"session":""#, token!(), r#""}"#)),
        answer: r#"{"active":true,"user_id":"1","expires_at":"2027-01-15T08:15:00Z"}"#,
    },
    Facts {
        operation: "getHealth",
        auth: Auth::Anybody,
        problems: &[Code::TooLarge],
        request: None,
        answer: r#"{"status":"ok"}"#,
    },
    Facts {
        operation: "getReadiness",
        auth: Auth::Anybody,
        problems: &[Code::TooLarge, Code::Busy],
        request: None,
        answer: r#"{"status":"ready"}"#,
    },
];
