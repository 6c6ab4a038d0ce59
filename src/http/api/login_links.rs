//! Asking for a link to log in, and logging in with it once.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::ask::{self, Accepted, AskBody};
use super::token_body::TokenBody;
use super::tokens::rfc3339;
use crate::http::State;
use crate::http::body::StrictJson;
use crate::http::operator;
use crate::http::state::token_use;
use crate::token::Purpose;

pub struct LoginLinks;

#[OpenApi]
impl LoginLinks {
    /// Ask for a link to log in
    ///
    /// Answers the same whether or not there is such an account. If there is one, it is sent a
    /// mail with a link that works once and for a short time.
    #[oai(
        path = "/v1/apps/:app/login-links",
        method = "post",
        operation_id = "requestLoginLink",
        tag = "Tag::Login"
    )]
    async fn request_login_link(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<AskBody>,
    ) -> poem::Result<Accepted> {
        ask::take(state, request, &app, body.0, Purpose::Login).await
    }

    /// Log in with a token, once
    ///
    /// Answers a session, to be sent as `Authorization: Bearer` for as long as it is good. It ends
    /// by itself, and earlier when password or address change. After a 503 the token may be used up though nobody is
    /// logged in: then a new link is needed.
    #[oai(
        path = "/v1/apps/:app/login-links/complete",
        method = "post",
        operation_id = "completeLogin",
        tag = "Tag::Login"
    )]
    async fn complete_login(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<TokenBody>,
    ) -> poem::Result<LoggedIn> {
        let app = state.application(&app)?;
        let caller = operator::caller(state, request, &app).await?;
        let used = token_use(request, caller, body.0.token);
        let logged_in = state.recovery.log_in(&app, used).await;
        let logged_in = logged_in.map_err(|why| state.not_used(&app, request, why))?;
        Ok(LoggedIn::LoggedIn(Json(LoginAnswer {
            session: logged_in.session.expose().to_owned(),
            expires_at: rfc3339(logged_in.expires_at),
            return_to: logged_in.return_to,
        })))
    }
}

/// Somebody is logged in.
#[derive(Object)]
#[oai(rename = "LoggedIn", skip_serializing_if_is_none)]
pub struct LoginAnswer {
    /// The session: give it to nobody, for whoever has it can act as the account's owner.
    session: String,
    /// The last second in which it is good.
    expires_at: String,
    /// Where the person wanted to go back to, if that was said when asking.
    return_to: Option<String>,
}

#[derive(ApiResponse)]
enum LoggedIn {
    /// The token was good, and works no more.
    #[oai(status = 200)]
    LoggedIn(Json<LoginAnswer>),
}
