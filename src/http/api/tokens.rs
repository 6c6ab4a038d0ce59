//! Looking at a token without using it.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Tag;
use crate::http::State;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::operator;
use crate::http::problem::{Code, Problem};
use crate::token::Purpose;

pub struct Tokens;

#[OpenApi]
impl Tokens {
    /// Look at a token
    ///
    /// Says whether a token would work now, so that a front end can tell before it shows a form.
    /// Nothing is changed, however often it is asked.
    #[oai(
        path = "/v1/apps/:app/tokens/inspect",
        method = "post",
        operation_id = "inspectToken",
        tag = "Tag::Tokens"
    )]
    async fn inspect_token(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<InspectBody>,
    ) -> poem::Result<Inspected> {
        let app = state.application(&app)?;
        let purpose = body.0.purpose()?;
        let caller = operator::caller(state, request, &app).await?;
        let inspected = state.recovery.inspect(&app, &caller, purpose, &body.0.token).await;
        let inspected = inspected.map_err(Problem::from)?;
        Ok(Inspected::Valid(Json(InspectAnswer {
            purpose: inspected.purpose.name().to_owned(),
            issued_at: rfc3339(inspected.issued_at),
            expires_at: rfc3339(inspected.expires_at),
            return_to: inspected.return_to,
        })))
    }
}

/// A token, and what it is said to be for.
#[derive(Object)]
#[oai(rename = "TokenInspection")]
pub struct InspectBody {
    /// The token out of the link.
    #[oai(validator(min_length = 1, max_length = 2880))]
    pub(super) token: String,
    /// What it is for.
    purpose: String,
    #[oai(skip)]
    parsed: Option<Purpose>,
}

impl InspectBody {
    /// What the token is said to be for.
    pub(super) fn purpose(&self) -> Result<Purpose, Problem> {
        self.parsed.ok_or(Problem::new(Code::InvalidValue))
    }
}

impl FromMembers for InspectBody {
    fn from_members(members: &mut Members) -> Self {
        let (token, purpose) = (members.required("token"), members.required("purpose"));
        let parsed = Purpose::from_name(&purpose);
        if parsed.is_none() {
            let names = Purpose::ALL.map(Purpose::name).join(", ");
            members.refuse("purpose", "invalid", &format!("is none of {names}"));
        }
        Self { token, purpose, parsed }
    }
}

/// What a token that works now says of itself.
#[derive(Object)]
#[oai(rename = "InspectedToken", skip_serializing_if_is_none)]
pub struct InspectAnswer {
    /// What it is for.
    purpose: String,
    /// When it was made.
    issued_at: String,
    /// The last second in which it works.
    expires_at: String,
    /// Where the person wanted to go back to, if that was said when asking.
    return_to: Option<String>,
}

#[derive(ApiResponse)]
enum Inspected {
    /// The token would work now.
    #[oai(status = 200)]
    Valid(Json<InspectAnswer>),
}

pub(super) fn rfc3339(time: OffsetDateTime) -> String {
    time.format(&Rfc3339).unwrap_or_default()
}
