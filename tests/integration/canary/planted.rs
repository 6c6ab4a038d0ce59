//! The secrets of the canary run, and how they are put in and looked for.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::harness::{Answer, SECRET};
use crate::operations::Operation;
use crate::webhooks::receiver;

pub const ADA: &str = "canary.ada@example.com";
pub const UNA: &str = "canary.una@example.com";
pub const LIN: &str = "canary.lin@example.com";
/// Whom there is no account of, so that asks void nobody's link.
const NOBODY: &str = "canary.nobody@example.com";

/// Whom mails go to.
pub const ANYBODY: [&str; 3] = [ADA, UNA, LIN];

/// A password that the policy takes.
pub const PASSWORD: &str = "canary quartz lantern 7391";

/// What is no token, though it looks like one.
const NO_TOKEN: &str = "canary.canary.canarycanarycanarycanarycanarycanarycan";

/// How many of the tokens were mailed.
const MAILED: usize = 4;

/// Tokens and keys that the program made.
pub struct Planted {
    tokens: [String; 7],
    key: String,
}

impl Planted {
    pub fn of(tokens: [String; 7], key: &str) -> Self {
        Self { tokens, key: key.to_owned() }
    }

    /// Everything that is put in.
    pub fn all(&self) -> impl Iterator<Item = &str> {
        let made = self.tokens.iter().map(String::as_str).chain([self.key.as_str()]);
        made.chain([NO_TOKEN, ADA, PASSWORD])
    }

    /// The tokens that a mail holds.
    pub fn mailed(&self) -> impl Iterator<Item = &str> {
        self.tokens[..MAILED].iter().map(String::as_str)
    }

    /// What must be nowhere: of a token the signature is enough, of a key what follows its prefix.
    fn sought(&self) -> impl Iterator<Item = &str> {
        let signatures = self.tokens.iter().map(|token| token.rsplit('.').next().unwrap());
        let key = self.key.strip_prefix("regain_").unwrap();
        let hash = "$argon2id$v=19$m=64,t=1,p=1$c29t";
        signatures.chain([key, "canary", SECRET, receiver::SECRET, hash])
    }

    /// That none of it stands there.
    pub fn assert_not_in(&self, place: &str, written: &[u8]) {
        for sought in self.sought() {
            let at = written.windows(sought.len()).position(|part| part == sought.as_bytes());
            let near = at.map(|at| {
                let near = &written[at.saturating_sub(200)..written.len().min(at + 200)];
                String::from_utf8_lossy(near).into_owned()
            });
            assert!(near.is_none(), "{sought} in {place}: {near:?}");
        }
    }

    /// That an answer repeats nothing; who may ask whose account it is learns its address, and no other does.
    pub fn assert_told_to_nobody(&self, operation: &Operation, answer: &Answer) {
        let headers = format!("{:?}", answer.headers);
        let place = format!("{} of {operation:?}", answer.status);
        self.assert_not_in(&format!("the headers of a {place}"), headers.as_bytes());
        let mut body = answer.body.clone();
        if answer.status < 400 {
            for address in ANYBODY {
                body = body.replace(address, "");
            }
        }
        self.assert_not_in(&format!("the body of a {place}"), body.as_bytes());
    }
}

/// The body with what spends nothing in it: a weak password, and the address of nobody.
pub fn refused(body: &str, secret: &str) -> String {
    let Ok(Value::Object(mut members)) = serde_json::from_str::<Value>(body) else {
        let secret = encoded(secret);
        let fields = ["identifier", "new_password", "confirm_password", "csrf", "account"];
        return fields.map(|field| format!("{field}={secret}")).join("&");
    };
    for (name, value) in &mut members {
        if name.contains("password") {
            *value = json!("canary");
        } else if value.as_str().is_some_and(|text| text.contains('@')) {
            *value = json!(NOBODY);
        }
    }
    Value::Object(members).to_string()
}

pub fn encoded(secret: &str) -> String {
    utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string()
}

/// The request with a secret in every header that anything might look at.
pub fn everywhere(request: RequestBuilder, secret: &str) -> RequestBuilder {
    let kinds = ["reset", "form", "session", "typed", "confirm-email", "login"];
    let cookies = kinds.map(|kind| format!("regain-default-{kind}={}", encoded(secret))).join("; ");
    let url = format!("https://app.example.com/{}", encoded(secret));
    let request = request.header("cookie", cookies).header("referer", &url).bearer_auth(secret);
    let names =
        ["user-agent", "x-request-id", "accept-language", "accept", "origin", "traceparent"];
    let names = names.into_iter().chain(["regain-client-address", "x-forwarded-for", "forwarded"]);
    names.fold(request, |request, name| request.header(name, secret))
}
