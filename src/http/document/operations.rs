//! What the document says of each operation beyond what is derived from its code.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::http::problem::Code;

/// What each operation can answer beside its success, with an example of its body and of its answer.
pub struct Facts<'a> {
    pub operation: &'a str,
    pub auth: Auth,
    pub problems: &'a [Code],
    pub request: Option<&'a str>,
    pub answer: &'a str,
    /// What its problems say is wrong, of those whose kind alone does not tell.
    pub wrong: &'a [Wrong],
}

/// An entry of `errors`, as an example.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Wrong {
    #[serde(skip_serializing)]
    pub code: Code,
    pub field: Cow<'static, str>,
    pub reason: Cow<'static, str>,
    pub message: Cow<'static, str>,
}

impl Wrong {
    const fn of(
        code: Code,
        field: &'static str,
        reason: &'static str,
        message: &'static str,
    ) -> Self {
        let (field, reason) = (Cow::Borrowed(field), Cow::Borrowed(reason));
        Self { code, field, reason, message: Cow::Borrowed(message) }
    }
}

const NOT_JSON: Wrong =
    Wrong::of(Code::Malformed, "", "not_json", "is not one JSON object in UTF-8");
const NOT_ON_BEHALF: Wrong =
    Wrong::of(Code::ScopeMissing, "", "missing_scope", "the key lacks the scope ask:on-behalf");
const NO_CLIENT: Wrong =
    Wrong::of(Code::InvalidValue, "Regain-Client-Address", "invalid", "is not one IP address");

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
            (None, _) => &NO_BODY,
            // Beside a password, which is refused in its own way, nobody who has a session sends anything.
            (Some(_), Auth::Session | Auth::SessionOrCookie) => &BODY[1..],
            (Some(_), _) => &BODY[..],
        };
        let of_auth: &[Code] = match self.auth {
            Auth::Anybody => &[],
            Auth::Session | Auth::SessionOrCookie => &[Code::Unauthorized],
            Auth::AnybodyOrOnBehalf | Auth::Key => &[Code::KeyNeeded, Code::ScopeMissing],
        };
        let mut problems = [of_body, of_auth, self.problems, &ANYWHERE].concat();
        problems.sort_by_key(|code| code.status());
        problems
    }

    /// What a problem of this kind says is wrong.
    pub fn error(&self, code: Code) -> Option<Wrong> {
        let of_all = match code {
            Code::Malformed if self.request.is_some() => Some(NOT_JSON),
            Code::ScopeMissing if self.auth == Auth::AnybodyOrOnBehalf => Some(NOT_ON_BEHALF),
            Code::InvalidValue if self.auth == Auth::AnybodyOrOnBehalf => Some(NO_CLIENT),
            _ => None,
        };
        self.wrong.iter().find(|wrong| wrong.code == code).cloned().or(of_all)
    }
}

/// What the path of any operation can answer.
const ANYWHERE: [Code; 3] = [Code::MethodNotAllowed, Code::Timeout, Code::Internal];

/// What it can where it takes no body, and one comes all the same, in a coding that is not to be read.
const NO_BODY: [Code; 1] = [Code::Malformed];

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

const ADDRESS: Wrong =
    Wrong::of(Code::InvalidValue, "identifier", "invalid", "is not one plain address");
const PURPOSE: Wrong = Wrong::of(
    Code::InvalidValue,
    "purpose",
    "invalid",
    "is none of password-reset, email-confirmation, login, session",
);
const SESSION: Wrong =
    Wrong::of(Code::InvalidValue, "session", "empty", "must have 1 to 2880 characters");
const TOO_SHORT: Wrong = Wrong::of(
    Code::PasswordRejected,
    "new_password",
    "too_short",
    "The password must have at least 8 characters.",
);

macro_rules! lacking {
    ($scope:literal) => {
        Wrong::of(
            Code::ScopeMissing,
            "",
            "missing_scope",
            concat!("the key lacks the scope ", $scope),
        )
    };
}

pub const OPERATIONS: [Facts<'static>; 16] = [
    Facts {
        operation: "requestPasswordReset",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
        wrong: &[ADDRESS],
    },
    Facts {
        operation: "completePasswordReset",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::PasswordRejected, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","new_password":"correct horse battery staple"}"#,
        ),
        answer: "{}",
        wrong: &[TOO_SHORT],
    },
    Facts {
        operation: "requestEmailConfirmation",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
        wrong: &[ADDRESS],
    },
    Facts {
        operation: "completeEmailConfirmation",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#""}"#)),
        answer: r#"{"return_to":"https://app.example.com/welcome"}"#,
        wrong: &[],
    },
    Facts {
        operation: "requestLoginLink",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
        wrong: &[ADDRESS],
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
        wrong: &[],
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
        wrong: &[],
    },
    Facts {
        operation: "changeMyPassword",
        auth: Auth::Session,
        problems: &[Code::NotConfigured, Code::PasswordRejected, Code::Busy],
        request: Some(r#"{"new_password":"correct horse battery staple"}"#),
        answer: "",
        wrong: &[TOO_SHORT],
    },
    Facts {
        operation: "inspectToken",
        auth: Auth::AnybodyOrOnBehalf,
        problems: &[TOKEN[0], TOKEN[1], Code::NotConfigured, Code::Busy],
        request: Some(
            r#"{"token":"eyJ1IjoiMSIsImYiOiJzY0NYcF9BSFVGSEtFSnBfX1B0VlNBIn0.a0oHgA.sR1yIYH0rFhPvM2n2JX0sQZ3Y4uVt5w8cKfG1bD7eHk","purpose":"password-reset"}"#,
        ),
        answer: r#"{"purpose":"password-reset","issued_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-15T08:30:00Z"}"#,
        wrong: &[PURPOSE],
    },
    Facts {
        operation: "explainToken",
        auth: Auth::Key,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"token":""#, token!(), r#"","purpose":"password-reset"}"#)),
        answer: r#"{"state":"spent","user_id":"1","issued_at":"2027-01-15T08:00:00Z","expires_at":"2027-01-15T08:30:00Z"}"#,
        wrong: &[PURPOSE, lacking!("tokens:explain")],
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
        wrong: &[
            Wrong::of(
                Code::InvalidValue,
                "lifetime_seconds",
                "lifetime",
                "a link that an operator makes works for one second to 72 hours",
            ),
            lacking!("tokens:issue:password-reset"),
        ],
    },
    Facts {
        operation: "inviteUser",
        auth: Auth::Key,
        problems: &[Code::Busy],
        request: Some(r#"{"identifier":"ada@example.com","locale":"de"}"#),
        answer: r#"{"message":"If an account matches, a mail with a link is on its way."}"#,
        wrong: &[ADDRESS, lacking!("tokens:issue:password-reset")],
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
        wrong: &[lacking!("tokens:revoke")],
    },
    Facts {
        operation: "introspectSession",
        auth: Auth::Key,
        problems: &[Code::NotConfigured, Code::Busy],
        request: Some(concat!(r#"{"session":""#, token!(), r#""}"#)),
        answer: r#"{"active":true,"user_id":"1","expires_at":"2027-01-15T08:15:00Z"}"#,
        wrong: &[SESSION, lacking!("sessions:introspect")],
    },
    Facts {
        operation: "getHealth",
        auth: Auth::Anybody,
        problems: &[Code::TooLarge],
        request: None,
        answer: r#"{"status":"ok"}"#,
        wrong: &[],
    },
    Facts {
        operation: "getReadiness",
        auth: Auth::Anybody,
        problems: &[Code::TooLarge, Code::Busy],
        request: None,
        answer: r#"{"status":"ready","keys":[{"name":"2026-11","check":"4ba47d55","signs":true}]}"#,
        wrong: &[],
    },
];
