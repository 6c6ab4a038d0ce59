//! Links to choose a password, which an operator has mailed to who need not have one yet.

use poem::Request;
use poem::web::Data;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use super::Tag;
use super::ask::{Accepted, AskBody};
use crate::http::State;
use crate::http::body::StrictJson;
use crate::http::operator::ByKey;
use crate::http::problem::Problem;

pub struct Inviting;

#[OpenApi]
impl Inviting {
    /// Invite somebody to choose a password
    ///
    /// Needs the scope `tokens:issue:password-reset`. Answers the same whether or not there is such
    /// an account. If there is an active one, with a password or without, its address confirmed or
    /// not, it is mailed a link that works once, for three days where nothing else is set.
    #[oai(
        path = "/v1/apps/:app/invitations",
        method = "post",
        operation_id = "inviteUser",
        tag = "Tag::Operators"
    )]
    async fn invite_user(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        ByKey(operator): ByKey,
        /// The application's name.
        #[oai(name = "app")]
        _app: Path<String>,
        body: StrictJson<AskBody>,
    ) -> poem::Result<Accepted> {
        let invite = body.0.into_invite(&operator, request)?;
        let languages = invite.languages;
        let invited = state.recovery.invite_user(&operator, invite).await;
        invited.map_err(Problem::from)?;
        Ok(Accepted::tell(state, operator.application(), languages))
    }
}
