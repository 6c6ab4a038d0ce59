//! Asking for a password reset link, and completing the reset.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::ask::{self, Accepted, AskBody};
use crate::http::State;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::operator;
use crate::http::problem::Problem;
use crate::http::reference::Reference;
use crate::http::state::browser;
use crate::password::Password;
use crate::recovery::{Application, Caller, Completion};
use crate::token::Purpose;

pub struct PasswordResets;

#[OpenApi]
impl PasswordResets {
    /// Ask for a password reset link
    ///
    /// Answers the same whether or not there is such an account. If there is one, it is sent a
    /// mail with a link that works once and for a short time.
    #[oai(
        path = "/v1/apps/:app/password-resets",
        method = "post",
        operation_id = "requestPasswordReset",
        tag = "Tag::PasswordReset"
    )]
    async fn request_password_reset(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<AskBody>,
    ) -> poem::Result<Accepted> {
        ask::take(state, request, &app, body.0, Purpose::PasswordReset).await
    }

    /// Set a new password with a token
    ///
    /// The token works once. When the password is refused, it goes on working. After a 503 it mostly does, too: send
    /// the request once more, and take `token-invalid` then for a sign that the password may have been set.
    #[oai(
        path = "/v1/apps/:app/password-resets/complete",
        method = "post",
        operation_id = "completePasswordReset",
        tag = "Tag::PasswordReset"
    )]
    async fn complete_password_reset(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<CompleteBody>,
    ) -> poem::Result<Done> {
        let app = state.application(&app)?;
        let caller = operator::caller(state, request, &app).await?;
        body.0.typed_the_same_twice(state, &app, request)?;
        let completion = body.0.into_completion(caller, request);
        let completed = state.recovery.complete(&app, completion).await;
        let completed = completed.map_err(|why| state.not_used(&app, request, why))?;
        Ok(Done::Done(Json(CompleteAnswer { return_to: completed.return_to })))
    }
}

/// The token out of the link, and the password to set.
#[derive(Object)]
#[oai(rename = "PasswordResetCompletion")]
pub struct CompleteBody {
    /// The token out of the link.
    #[oai(validator(min_length = 1, max_length = 2880))]
    token: String,
    /// The new password. It is kept whole: nothing is trimmed or folded.
    #[oai(validator(min_length = 1))]
    new_password: String,
    /// The new password once more. When given, it must be the same.
    confirm_password: Option<String>,
}

impl FromMembers for CompleteBody {
    fn from_members(members: &mut Members) -> Self {
        Self {
            token: members.required("token"),
            new_password: members.required("new_password"),
            confirm_password: members.optional("confirm_password"),
        }
    }
}

impl CompleteBody {
    fn typed_the_same_twice(
        &self,
        state: &State,
        app: &Application,
        request: &Request,
    ) -> Result<(), Problem> {
        match &self.confirm_password {
            Some(again) if *again != self.new_password => Err(state.differ(app, request)),
            _ => Ok(()),
        }
    }

    fn into_completion(self, client: Caller, request: &Request) -> Completion {
        Completion {
            token: self.token,
            new_password: Password::new(self.new_password),
            client,
            by: browser(request),
            reference: Reference::of(request),
        }
    }
}

/// The password was set.
#[derive(Object)]
#[oai(rename = "PasswordResetCompleted", skip_serializing_if_is_none)]
pub struct CompleteAnswer {
    /// Where the person wanted to go back to, if that was said when asking.
    return_to: Option<String>,
}

#[derive(ApiResponse)]
enum Done {
    /// The password was set, and the token works no more.
    #[oai(status = 200)]
    Done(Json<CompleteAnswer>),
}
