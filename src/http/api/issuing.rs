//! Links that an operator makes for an account.

use std::time::Duration;

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use super::tokens::rfc3339;
use crate::http::State;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::operator::ByKey;
use crate::http::problem::{Code, Problem};
use crate::http::reference::Reference;
use crate::http::return_to;
use crate::recovery::{Application, Issue, Issued, IssuedLink, Operator};
use crate::token::{Purpose, Scope};

pub struct Issuing;

#[OpenApi]
impl Issuing {
    /// Make a link for an account
    ///
    /// Needs the scope `tokens:issue:` and the purpose. The link is handed over, and its owner is
    /// told so by mail; or, with `send_mail`, it is mailed to the owner and nobody else sees it.
    /// Whoever asks for links meanwhile does not void it; using it, a new password or address and a
    /// revocation do.
    ///
    /// Either way the owner gets a mail, of which an account has an allowance, over all that is asked for it:
    /// where that is used up, it is 429, whatever the key has left.
    #[oai(
        path = "/v1/apps/:app/users/:user_id/tokens",
        method = "post",
        operation_id = "issueToken",
        tag = "Tag::Operators"
    )]
    async fn issue_token(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        ByKey(operator): ByKey,
        /// The application's name.
        #[oai(name = "app")]
        _app: Path<String>,
        /// The account's id in the users table.
        user_id: Path<String>,
        body: StrictJson<IssueBody>,
    ) -> poem::Result<Made> {
        let issue = body.0.into_issue(user_id.0, &operator, Reference::of(request))?;
        let issued = state.recovery.issue_token(&operator, issue).await;
        Ok(Made::of(issued.map_err(Problem::from)?))
    }
}

/// What the link is to be.
#[derive(Object)]
#[oai(rename = "TokenRequest", skip_serializing_if_is_none)]
pub struct IssueBody {
    /// What it is for. A session is made by logging in and by nothing else.
    purpose: String,
    /// How many seconds it works, 72 hours at most. Where left out, as long as the links that people ask for.
    #[oai(validator(minimum(value = "1"), maximum(value = "259200")))]
    lifetime_seconds: Option<u64>,
    /// Whether it is mailed to its owner and not handed over.
    send_mail: Option<bool>,
    /// Where the person is sent back to in the end. It must be on the application's list.
    #[oai(validator(max_length = 1024))]
    return_to: Option<String>,
    #[oai(skip)]
    parsed: Option<Purpose>,
}

impl FromMembers for IssueBody {
    fn from_members(members: &mut Members) -> Self {
        let purpose = members.required("purpose");
        let issued = |purpose: &Purpose| Scope::to_issue(*purpose).is_some();
        let parsed = Purpose::from_name(&purpose).filter(issued);
        if parsed.is_none() {
            let names = Purpose::ALL.into_iter().filter(issued).map(Purpose::name);
            let names = names.collect::<Vec<_>>().join(", ");
            members.refuse("purpose", "invalid", &format!("is none of {names}"));
        }
        Self {
            purpose,
            lifetime_seconds: members.number("lifetime_seconds"),
            send_mail: members.flag("send_mail"),
            return_to: members.optional("return_to"),
            parsed,
        }
    }
}

impl IssueBody {
    fn into_issue(
        self,
        user_id: String,
        by: &Operator,
        reference: String,
    ) -> Result<Issue, Problem> {
        let app: &Application = by.application();
        let return_to =
            self.return_to.map(|target| return_to::allowed(app, &target)).transpose()?;
        Ok(Issue {
            user_id,
            purpose: self.parsed.ok_or(Problem::new(Code::InvalidValue))?,
            lifetime: self.lifetime_seconds.map(Duration::from_secs),
            return_to,
            send_mail: self.send_mail.unwrap_or_default(),
            by: by.key().to_owned(),
            reference,
        })
    }
}

/// A link that was made: all of it where it is handed over (201), and nothing where it is mailed to its owner (202), since
/// nobody else is to see it.
// One schema for both, since there are generators that take no more.
#[derive(Object, Default)]
#[oai(rename = "IssuedToken", skip_serializing_if_is_none)]
pub struct IssueAnswer {
    /// The token: whoever has it can do what it is for.
    token: Option<String>,
    /// The link that carries it.
    link: Option<String>,
    /// The last second in which it works.
    expires_at: Option<String>,
}

#[derive(ApiResponse)]
enum Made {
    /// The link. Its owner is told by mail that it was made.
    #[oai(status = 201)]
    Given(Json<IssueAnswer>),
    /// It will be mailed to its owner.
    #[oai(status = 202)]
    Mailed(Json<IssueAnswer>),
}

impl Made {
    fn of(issued: Issued) -> Self {
        match issued {
            Issued::Given(IssuedLink { token, link, expires_at }) => {
                Self::Given(Json(IssueAnswer {
                    token: Some(token.expose().to_owned()),
                    link: Some(link.to_string()),
                    expires_at: Some(rfc3339(expires_at)),
                }))
            }
            Issued::Mailed => Self::Mailed(Json(IssueAnswer::default())),
        }
    }
}
