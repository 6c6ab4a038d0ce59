//! The two actions of a password reset as they are built in Betty Blocks, with the names of their
//! inputs: asking with `email_address`, and setting the password with `inputToken`.

use poem::web::Data;
use poem::{Body, Request, Response, Route, handler, post};
use serde_json::json;

use super::json;
use crate::account::Identifier;
use crate::config::Compat;
use crate::http::body::{FromMembers, Members};
use crate::http::operator;
use crate::http::problem::{Code, Problem};
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language, browser};
use crate::password::Password;
use crate::recovery::{Application, Ask, Completion, Languages};
use crate::token::Purpose;

/// What the API document says of them.
pub const DESCRIBED: &str = include_str!("betty_blocks.yaml");

/// Both, below `/betty-blocks`.
pub fn routes() -> Route {
    Route::new()
        .at("/:app/request-password-reset", post(request_password_reset))
        .at("/:app/reset-password", post(reset_password))
}

fn application(state: &State, request: &Request) -> Result<std::sync::Arc<Application>, Problem> {
    let name = request.raw_path_param("app").unwrap_or_default();
    state.application_from(Compat::BettyBlocks, name)
}

#[handler]
async fn request_password_reset(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = application(state, request)?;
    let Address(identifier) = json::read(request, body).await?;
    let accepted = accepted_language(request);
    let ask = Ask {
        purpose: Purpose::PasswordReset,
        identifier: identifier.ok_or(Problem::new(Code::InvalidValue))?,
        languages: Languages { said: None, accepted },
        return_to: None,
        disputed: false,
        wording: None,
        client: operator::caller(state, request, &app).await?,
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    let message = state.texts(Some(&app), accepted).tell("asked");
    Ok(json::answer(&json!({ "message": message })))
}

#[handler]
async fn reset_password(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = application(state, request)?;
    let Reset { token, new_password, confirm_password } = json::read(request, body).await?;
    if confirm_password != new_password {
        return Err(state.differ(&app, request));
    }
    let completion = Completion {
        token,
        new_password: Password::new(new_password),
        client: operator::caller(state, request, &app).await?,
        by: browser(request),
        reference: Reference::of(request),
    };
    let completed = state.recovery.complete(&app, completion).await;
    let texts = state.texts(Some(&app), accepted_language(request));
    completed.map_err(|error| Problem::of_completion(error, &texts))?;
    Ok(json::answer(&json!({})))
}

/// The input of the first action.
struct Address(Option<Identifier>);

impl FromMembers for Address {
    fn from_members(members: &mut Members) -> Self {
        Self(json::address(members, "email_address"))
    }
}

/// The inputs of the second.
struct Reset {
    token: String,
    new_password: String,
    confirm_password: String,
}

impl FromMembers for Reset {
    fn from_members(members: &mut Members) -> Self {
        Self {
            token: members.required("inputToken"),
            new_password: members.required("new_password"),
            confirm_password: members.required("confirm_password"),
        }
    }
}
