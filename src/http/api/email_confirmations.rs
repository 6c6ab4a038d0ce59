//! Asking for a link to confirm an address, and confirming it.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::ask::{self, Accepted, AskBody};
use super::token_body::TokenBody;
use crate::http::State;
use crate::http::body::StrictJson;
use crate::http::operator;
use crate::http::state::token_use;
use crate::token::Purpose;

pub struct EmailConfirmations;

#[OpenApi]
impl EmailConfirmations {
    /// Ask for a link to confirm an address
    ///
    /// Answers the same whether or not there is such an account. If there is one whose address is
    /// not confirmed yet, a mail with a link is sent to that address.
    #[oai(
        path = "/v1/apps/:app/email-confirmations",
        method = "post",
        operation_id = "requestEmailConfirmation",
        tag = "Tag::EmailConfirmation"
    )]
    async fn request_email_confirmation(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<AskBody>,
    ) -> poem::Result<Accepted> {
        ask::take(state, request, &app, body.0, Purpose::EmailConfirmation).await
    }

    /// Confirm an address with a token
    ///
    /// The token confirms the address that it was sent to, and no other. When that is confirmed
    /// already, the answer is the same.
    #[oai(
        path = "/v1/apps/:app/email-confirmations/complete",
        method = "post",
        operation_id = "completeEmailConfirmation",
        tag = "Tag::EmailConfirmation"
    )]
    async fn complete_email_confirmation(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<TokenBody>,
    ) -> poem::Result<Done> {
        let app = state.application(&app)?;
        let caller = operator::caller(state, request, &app).await?;
        let used = token_use(request, caller, body.0.token);
        let confirmed = state.recovery.confirm(&app, used).await;
        let confirmed = confirmed.map_err(|why| state.not_used(&app, request, why))?;
        Ok(Done::Done(Json(ConfirmAnswer { return_to: confirmed.return_to })))
    }
}

/// The address is confirmed.
#[derive(Object)]
#[oai(rename = "EmailConfirmed", skip_serializing_if_is_none)]
pub struct ConfirmAnswer {
    /// Where the person wanted to go back to, if that was said when asking.
    return_to: Option<String>,
}

#[derive(ApiResponse)]
enum Done {
    /// The address is confirmed.
    #[oai(status = 200)]
    Done(Json<ConfirmAnswer>),
}
