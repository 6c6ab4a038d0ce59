//! Asking for a password reset link, and completing the reset.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use crate::account::{Identifier, InvalidIdentifier};
use crate::http::State;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::problem::{Code, FieldError, Problem};
use crate::http::reference::Reference;
use crate::http::state::{accepted_language, browser};
use crate::language::Language;
use crate::password::Password;
use crate::recovery::{Application, Ask, Completion, Languages};
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
        let app = state.application(&app)?;
        let ask = body.0.into_ask(&app, state, request)?;
        let languages = ask.languages;
        state.recovery.ask(&app, ask).await.map_err(Problem::from)?;
        let texts = state.texts(Some(&app), languages.said.or(languages.accepted));
        Ok(Accepted::Accepted(Json(AskAnswer { message: texts.tell("asked") })))
    }

    /// Set a new password with a token
    ///
    /// The token works once. When the password is refused, or the service is busy, it goes on
    /// working.
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
        let completion = body.0.into_completion(state, request)?;
        let texts = state.texts(Some(&app), accepted_language(request));
        let completed = state.recovery.complete(&app, completion).await;
        let completed = completed.map_err(|error| Problem::of_completion(error, &texts))?;
        Ok(Done::Done(Json(CompleteAnswer { return_to: completed.return_to })))
    }
}

/// Whose account, and how to go on.
#[derive(Object)]
#[oai(rename = "PasswordResetRequest")]
pub struct AskBody {
    /// An email address, or a user name where the application has them.
    #[oai(validator(min_length = 1, max_length = 254))]
    identifier: String,
    /// The language of the mail, as a BCP 47 tag. Where left out, or where there are no texts in
    /// it: the account's own, what Accept-Language says, or the application's.
    #[oai(validator(max_length = 35))]
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
        let parsed = match Identifier::parse(&identifier) {
            Ok(parsed) => Some(parsed),
            Err(why) => {
                let reason = if why == InvalidIdentifier::Empty { "empty" } else { "invalid" };
                members.refuse("identifier", reason, &why);
                None
            }
        };
        let locale = members.optional("locale");
        if locale.as_ref().is_some_and(|tag| !is_language_tag(tag)) {
            members.refuse(
                "locale",
                "invalid",
                &"is not a language tag such as \"en\" or \"pt-BR\"",
            );
        }
        Self { identifier, locale, return_to: members.optional("return_to"), parsed }
    }
}

impl AskBody {
    /// The return target is checked against the list before anything else.
    fn into_ask(self, app: &Application, state: &State, request: &Request) -> Result<Ask, Problem> {
        let allowed = |target: String| {
            app.return_targets.check(&target).ok_or_else(|| {
                let message = "is not on the application's list".to_owned();
                let error = FieldError { field: "return_to", reason: "not_allowed", message };
                Problem::with_errors(Code::InvalidValue, vec![error])
            })
        };
        Ok(Ask {
            purpose: Purpose::PasswordReset,
            identifier: self.parsed.ok_or(Problem::new(Code::InvalidValue))?,
            languages: Languages {
                said: self.locale.as_deref().and_then(Language::from_tag),
                accepted: accepted_language(request),
            },
            return_to: self.return_to.map(allowed).transpose()?,
            disputed: false,
            client: state.client(request),
            reference: Reference::of(request),
        })
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
#[oai(rename = "PasswordResetAccepted")]
pub struct AskAnswer {
    /// What to tell the person, the same for everybody, in the language of `locale` or
    /// Accept-Language.
    message: String,
}

#[derive(ApiResponse)]
enum Accepted {
    /// Taken, whether or not there is such an account.
    #[oai(status = 202)]
    Accepted(Json<AskAnswer>),
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
    fn into_completion(self, state: &State, request: &Request) -> Result<Completion, Problem> {
        if self.confirm_password.is_some_and(|again| again != self.new_password) {
            let message = "is not the same as new_password".to_owned();
            let error = FieldError { field: "confirm_password", reason: "mismatch", message };
            return Err(Problem::with_errors(Code::PasswordRejected, vec![error]));
        }
        let new_password = Password::new(self.new_password);
        Ok(Completion {
            token: self.token,
            new_password,
            client: state.client(request),
            by: browser(request),
            reference: Reference::of(request),
        })
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
