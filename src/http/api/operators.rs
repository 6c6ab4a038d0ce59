//! What an application's backend and its operators do with an API key.

use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::token_body::of_documented_length;
use super::tokens::{InspectBody, rfc3339};
use crate::http::State;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::operator::ByKey;
use crate::http::problem::Problem;
use crate::recovery::{ActiveSession, Explanation, TokenState};

pub struct Operators;

#[OpenApi]
impl Operators {
    /// Say why a token does nothing
    ///
    /// Needs the scope `tokens:explain`. Nothing is changed, however often it is asked.
    #[oai(
        path = "/v1/apps/:app/tokens/explain",
        method = "post",
        operation_id = "explainToken",
        tag = "Tag::Operators"
    )]
    async fn explain_token(
        &self,
        Data(state): Data<&State>,
        ByKey(operator): ByKey,
        /// The application's name.
        #[oai(name = "app")]
        _app: Path<String>,
        body: StrictJson<InspectBody>,
    ) -> poem::Result<Explained> {
        let purpose = body.0.purpose()?;
        let token = of_documented_length("token", &body.0.token)?;
        let explained = state.recovery.explain_token(&operator, purpose, token).await;
        let explained = explained.map_err(Problem::from)?;
        Ok(Explained::Explained(Json(ExplainAnswer::of(explained))))
    }

    /// Void every link and session of an account
    ///
    /// Needs the scope `tokens:revoke`, and a users table with a recovery stamp. The password stays
    /// as it is; whoever asks again gets a new link. After a 503 it may have been done: doing it again comes to the same.
    #[oai(
        path = "/v1/apps/:app/users/:user_id/revocations",
        method = "post",
        operation_id = "revokeTokens",
        tag = "Tag::Operators"
    )]
    async fn revoke_tokens(
        &self,
        Data(state): Data<&State>,
        ByKey(operator): ByKey,
        /// The application's name.
        #[oai(name = "app")]
        _app: Path<String>,
        /// The account's id in the users table.
        user_id: Path<String>,
    ) -> poem::Result<Revoked> {
        let revoked = state.recovery.revoke_tokens(&operator, &user_id).await;
        revoked.map_err(Problem::from)?;
        Ok(Revoked::Revoked)
    }

    /// Check a session for a backend
    ///
    /// Needs the scope `sessions:introspect`. For the backend that a session was handed to, as RFC
    /// 7662 has it: what is no session that is good now is not active, and why is not told. The
    /// session goes on.
    #[oai(
        path = "/v1/apps/:app/sessions/introspect",
        method = "post",
        operation_id = "introspectSession",
        tag = "Tag::Operators"
    )]
    async fn introspect_session(
        &self,
        Data(state): Data<&State>,
        ByKey(operator): ByKey,
        /// The application's name.
        #[oai(name = "app")]
        _app: Path<String>,
        body: StrictJson<SessionBody>,
    ) -> poem::Result<Introspected> {
        let session = of_documented_length("session", &body.0.session)?;
        let active = state.recovery.introspect(&operator, session).await;
        let active = active.map_err(Problem::from)?;
        Ok(Introspected::Introspected(Json(IntrospectAnswer::of(active))))
    }
}

/// What a token is worth now.
#[derive(Object)]
#[oai(rename = "TokenExplanation", skip_serializing_if_is_none)]
pub struct ExplainAnswer {
    /// What it is worth.
    state: String,
    /// The account's id. There unless it is not ours or from the future.
    user_id: Option<String>,
    /// When it was made. There unless it is not ours or from the future.
    issued_at: Option<String>,
    /// The last second in which it can be good. There unless it is not ours or from the future.
    expires_at: Option<String>,
    /// Why the account may not use it, in words for operators.
    reason: Option<String>,
}

impl ExplainAnswer {
    fn of(Explanation { state, said }: Explanation) -> Self {
        let reason = match state {
            TokenState::AccountInactive(why) => Some(why.to_string()),
            _ => None,
        };
        Self {
            state: state.name().to_owned(),
            issued_at: said.as_ref().map(|said| rfc3339(said.issued_at)),
            expires_at: said.as_ref().map(|said| rfc3339(said.expires_at)),
            user_id: said.map(|said| said.user_id),
            reason,
        }
    }
}

#[derive(ApiResponse)]
enum Explained {
    /// What it is worth.
    #[oai(status = 200)]
    Explained(Json<ExplainAnswer>),
}

#[derive(ApiResponse)]
enum Revoked {
    /// Every link and session made before is void.
    #[oai(status = 204)]
    Revoked,
}

/// The session to check.
#[derive(Object)]
#[oai(rename = "SessionIntrospection")]
pub struct SessionBody {
    /// The session that `completeLogin`, or the page that logs in, answered.
    #[oai(validator(min_length = 1, max_length = 2880))]
    session: String,
}

impl FromMembers for SessionBody {
    fn from_members(members: &mut Members) -> Self {
        Self { session: members.required("session") }
    }
}

/// Whether a session is good now.
#[derive(Object)]
#[oai(rename = "IntrospectedSession", skip_serializing_if_is_none)]
pub struct IntrospectAnswer {
    /// Whether it is good now.
    active: bool,
    /// The account's id, where it is good.
    user_id: Option<String>,
    /// The last second in which it is good, where it is.
    expires_at: Option<String>,
}

impl IntrospectAnswer {
    fn of(session: Option<ActiveSession>) -> Self {
        Self {
            active: session.is_some(),
            expires_at: session.as_ref().map(|session| rfc3339(session.expires_at)),
            user_id: session.map(|session| session.user_id),
        }
    }
}

#[derive(ApiResponse)]
enum Introspected {
    /// Whether it is good.
    #[oai(status = 200)]
    Introspected(Json<IntrospectAnswer>),
}
