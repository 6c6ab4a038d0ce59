//! Asking for a link: the same for every purpose.

use poem::Request;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object};

use crate::account::{Identifier, InvalidIdentifier};
use crate::http::State;
use crate::http::body::{FromMembers, Members};
use crate::http::operator;
use crate::http::problem::{Code, Problem};
use crate::http::reference::Reference;
use crate::http::return_to;
use crate::http::state::accepted_language;
use crate::language::Language;
use crate::recovery::{Application, Ask, Caller, Invite, Languages, Operator};
use crate::token::Purpose;

/// Takes what somebody asks for, and answers the same to everybody.
pub(super) async fn take(
    state: &State,
    request: &Request,
    app: &str,
    body: AskBody,
    purpose: Purpose,
) -> poem::Result<Accepted> {
    let app = state.application(app)?;
    let caller = operator::caller(state, request, &app).await?;
    let ask = body.into_ask(&app, purpose, caller, request)?;
    let languages = ask.languages;
    state.recovery.ask(&app, ask).await.map_err(Problem::from)?;
    Ok(Accepted::tell(state, &app, languages))
}

/// How long an identifier may be, as an address (RFC 5321 §4.5.3.1.3, less the angle brackets).
const MAX_CHARS: usize = 254;

/// Whose account, and how to go on.
#[derive(Object)]
#[oai(rename = "LinkRequest")]
pub struct AskBody {
    /// An email address, or a user name where the application has them.
    #[oai(validator(min_length = 1, max_length = 254, pattern = "[^ \\t]"))]
    identifier: String,
    /// The language of the mail, as a BCP 47 tag. Where left out, or where there are no texts in
    /// it: the account's own, what Accept-Language says, or the application's.
    #[oai(validator(max_length = 35, pattern = "^[A-Za-z0-9]{1,8}(-[A-Za-z0-9]{1,8})*$"))]
    locale: Option<String>,
    /// Where the person is sent back to in the end. It must be on the application's list.
    #[oai(validator(max_length = 1024))]
    return_to: Option<String>,
    #[oai(skip)]
    parsed: Option<Identifier>,
}

impl FromMembers for AskBody {
    fn from_members(members: &mut Members) -> Self {
        let identifier = members.required("identifier");
        // Spaces around it count as far as the document says how long a text may be.
        let parsed = match Identifier::parse(&identifier) {
            Ok(_) if identifier.chars().count() > MAX_CHARS => Err(InvalidIdentifier::TooLong),
            parsed => parsed,
        };
        if let Err(why) = parsed {
            let reason = if why == InvalidIdentifier::Empty { "empty" } else { "invalid" };
            members.refuse("identifier", reason, &why);
        }
        let locale = members.optional("locale");
        if locale.as_ref().is_some_and(|tag| !is_language_tag(tag)) {
            members.refuse(
                "locale",
                "invalid",
                &"is not a language tag such as \"en\" or \"pt-BR\"",
            );
        }
        Self { identifier, locale, return_to: members.optional("return_to"), parsed: parsed.ok() }
    }
}

impl AskBody {
    /// The return target is checked against the list before anything else.
    fn into_ask(
        self,
        app: &Application,
        purpose: Purpose,
        client: Caller,
        request: &Request,
    ) -> Result<Ask, Problem> {
        Ok(Ask {
            return_to: self.allowed_return_to(app)?,
            languages: self.languages(request),
            purpose,
            identifier: self.parsed.ok_or(Problem::new(Code::InvalidValue))?,
            disputed: false,
            wording: None,
            client,
            reference: Reference::of(request),
        })
    }

    /// The same where an operator has it made.
    pub(super) fn into_invite(self, by: &Operator, request: &Request) -> Result<Invite, Problem> {
        Ok(Invite {
            return_to: self.allowed_return_to(by.application())?,
            languages: self.languages(request),
            identifier: self.parsed.ok_or(Problem::new(Code::InvalidValue))?,
            by: by.key().to_owned(),
            reference: Reference::of(request),
        })
    }

    fn allowed_return_to(&self, app: &Application) -> Result<Option<String>, Problem> {
        self.return_to.as_deref().map(|target| return_to::allowed(app, target)).transpose()
    }

    fn languages(&self, request: &Request) -> Languages {
        Languages {
            said: self.locale.as_deref().and_then(Language::from_tag),
            accepted: accepted_language(request),
        }
    }
}

/// RFC 5646 §2.1, by shape: letters, digits and hyphens.
fn is_language_tag(tag: &str) -> bool {
    let subtag =
        |s: &str| (1..=8).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_alphanumeric());
    tag.len() <= 35 && tag.split('-').all(subtag)
}

/// The request was taken.
#[derive(Object)]
#[oai(rename = "LinkAccepted")]
pub struct AskAnswer {
    /// What to tell the person, the same for everybody, in the language of `locale` or
    /// Accept-Language.
    message: String,
}

#[derive(ApiResponse)]
pub enum Accepted {
    /// Taken, whether or not there is such an account.
    #[oai(status = 202)]
    Accepted(Json<AskAnswer>),
}

impl Accepted {
    pub(super) fn tell(state: &State, app: &Application, languages: Languages) -> Self {
        let texts = state.texts(Some(app), languages.said.or(languages.accepted));
        Self::Accepted(Json(AskAnswer { message: texts.tell("asked") }))
    }
}
