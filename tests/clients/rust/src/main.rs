//! Resets a forgotten password by progenitor's client and the lines of `openapi/README.md`.

mod forgotten;

use std::fmt::Debug;
use std::time::Duration;

use forgotten::types::{Problem, ProblemCode, Purpose};
use forgotten::{Error, ask, regain, set_password};
use serde::Deserialize;

const IDENTIFIER: &str = "ada@example.com";
const LOOKS: u32 = 150;
const BETWEEN_LOOKS: Duration = Duration::from_millis(100);

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let url = std::env::var("REGAIN_TEST_URL").expect("REGAIN_TEST_URL is not set");
    let regain = regain();
    let mut steps = vec![];
    let mut step = |name: &'static str| steps.push(name);

    step("ask for a link");
    let message = ask(&regain, IDENTIFIER).await.unwrap();
    assert!(message.contains("on its way"), "{message}");

    step("take the token out of the mail");
    let token = token_from_outbox(&url).await;

    step("inspect the token");
    let request = regain.inspect_token().app("default");
    let purpose = Purpose::PasswordReset;
    let inspected =
        request.body_map(|body| body.token(token.as_str()).purpose(purpose)).send().await.unwrap();
    assert_eq!(inspected.purpose, Purpose::PasswordReset);
    assert_eq!((inspected.expires_at - inspected.issued_at).num_minutes(), 30);

    step("be refused a weak password");
    let problem = refused(set_password(&regain, &token, "x").await);
    assert_eq!(problem.code, ProblemCode::PasswordRejected);
    assert_eq!(problem.errors[0].field, "new_password");
    assert_eq!(problem.errors[0].reason, "too_short");

    step("be told that there is no such application");
    let request = regain.request_password_reset().app("nobody");
    let problem = refused(request.body_map(|body| body.identifier(IDENTIFIER)).send().await);
    assert_eq!((problem.status, problem.code), (404, ProblemCode::NotFound));

    step("be refused without a session");
    let problem = refused(regain.get_me().app("default").send().await);
    assert_eq!((problem.status, problem.code), (401, ProblemCode::Unauthorized));

    step("set a good password");
    set_password(&regain, &token, "stapled otter in the rain").await.unwrap();

    step("find the link spent");
    let problem = refused(set_password(&regain, &token, "another otter in the rain").await);
    assert_eq!(problem.code, ProblemCode::TokenInvalid);

    println!("client rust: {} steps passed", steps.len());
}

fn refused<T: Debug>(answer: Result<T, Error<Problem>>) -> Problem {
    match answer {
        Err(Error::ErrorResponse(problem)) => problem.into_inner(),
        other => panic!("was not refused: {other:?}"),
    }
}

/// A mail in the outbox, which belongs to `regain demo` and not to the API, and is read without the client.
#[derive(Deserialize)]
struct Mail {
    to: String,
    links: Vec<String>,
}

async fn token_from_outbox(url: &str) -> String {
    for _ in 0..LOOKS {
        let outbox = reqwest::get(format!("{url}/demo/outbox.json")).await.unwrap();
        let mails: Vec<Mail> = outbox.json().await.unwrap();
        let links =
            mails.iter().filter(|mail| mail.to.contains(IDENTIFIER)).flat_map(|mail| &mail.links);
        for link in links {
            if let Some((_, token)) = link.split_once("/a/default/reset/") {
                return token.to_owned();
            }
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
    panic!("no mail with a link to {IDENTIFIER}");
}
