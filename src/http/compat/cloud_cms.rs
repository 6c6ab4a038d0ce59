//! The reset password requests of Cloud CMS' public application services: one is made, sent, and
//! committed with the hash out of the mail. Nothing of one is kept here; its id carries all of it.

mod definition;
mod html;
mod prepared;

use std::sync::Arc;

use poem::web::Data;
use poem::{Body, Request, Response, Route, handler, post};
use serde_json::json;

use self::definition::Definition;
use self::prepared::{Prepared, TooLong};
use super::json;
use crate::account::{Identifier, InvalidIdentifier};
use crate::config::Compat;
use crate::http::body::{FromMembers, Members};
use crate::http::operator;
use crate::http::problem::{Code, FieldError, Problem};
use crate::http::reference::Reference;
use crate::http::state::{State, accepted_language, browser};
use crate::password::Password;
use crate::recovery::{Application, Ask, Completion, Languages, Operator, Wording};
use crate::token::Purpose;

/// What the API document says of them.
pub const DESCRIBED: &str = include_str!("cloud_cms.yaml");

/// All of them, below `/pub/applications`.
pub fn routes() -> Route {
    Route::new()
        .at("/:application/requests/resetpassword", post(create))
        .at("/:application/requests/resetpassword/create", post(create))
        .at("/:application/requests/resetpassword/:doc/send", post(send))
        .at("/:application/requests/resetpassword/:hash/commit", post(commit))
}

fn application(state: &State, request: &Request) -> Result<Arc<Application>, Problem> {
    let id = request.raw_path_param("application").unwrap_or_default();
    state.application_from(Compat::CloudCms, id)
}

#[handler]
async fn create(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = application(state, request)?;
    let Create { principal, email } = json::read_from_jquery(request, body).await?;
    let by = operator::of(state, request, &app).await?;
    state.recovery.prepare(&app, &operator::counted(state, request, by.clone())?).await?;
    let wording = email.zip(by).and_then(|(email, by)| worded(&app, &by, email));
    let principal = principal.ok_or(Problem::new(Code::InvalidValue))?;
    let prepared = Prepared { principal, wording };
    let doc = prepared.seal(&app.keys, &state.random, state.clock.now()).map_err(too_long)?;
    Ok(json::answer(&json!({ "_doc": doc })))
}

/// What the mail is to say, where that is for this operator to say and nobody else gets its token by
/// it. Otherwise it is the application's own mail, and the log has why.
fn worded(app: &Application, by: &Operator, email: Definition) -> Option<Wording> {
    let link = app.links.get(&Purpose::PasswordReset)?;
    by.word_mail(|| {
        email.wording(link).inspect_err(|why| {
            tracing::warn!(app = app.name, key = by.key(), %why, "a mail's definition passed over");
        })
    })
}

fn too_long(TooLong { bytes, room }: TooLong) -> Problem {
    let message = format!(
        "has {bytes} bytes of subject and body and may have {room} beside this principal, where a \
         link counts for 7"
    );
    let error = FieldError { field: "email", reason: "too_long", message };
    Problem::with_errors(Code::InvalidValue, vec![error])
}

#[handler]
async fn send(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = application(state, request)?;
    json::read_nothing(request, body).await?;
    let doc = request.raw_path_param("doc").unwrap_or_default();
    let Prepared { principal, wording } = Prepared::open(&app.keys, doc, state.clock.now())?;
    let ask = Ask {
        purpose: Purpose::PasswordReset,
        identifier: principal,
        languages: Languages { said: None, accepted: accepted_language(request) },
        return_to: None,
        disputed: false,
        wording,
        client: operator::caller(state, request, &app).await?,
        reference: Reference::of(request),
    };
    state.recovery.ask(&app, ask).await?;
    Ok(json::answer(&json!({})))
}

#[handler]
async fn commit(
    request: &Request,
    body: Body,
    Data(state): Data<&State>,
) -> Result<Response, Problem> {
    let app = application(state, request)?;
    let Commit { password } = json::read_from_jquery(request, body).await?;
    let completion = Completion {
        token: request.raw_path_param("hash").unwrap_or_default().to_owned(),
        new_password: Password::new(password),
        client: operator::caller(state, request, &app).await?,
        by: browser(request),
        reference: Reference::of(request),
    };
    let completed = state.recovery.complete(&app, completion).await;
    let texts = state.texts(Some(&app), accepted_language(request));
    completed.map_err(|error| Problem::of_completion(error, &texts).with_member("password"))?;
    Ok(json::answer(&json!({})))
}

/// Whose password is to be reset, and what the mail is to say.
struct Create {
    principal: Option<Identifier>,
    email: Option<Definition>,
}

impl FromMembers for Create {
    fn from_members(members: &mut Members) -> Self {
        let principal = Identifier::parse_principal(&members.required("principal"));
        if let Err(why) = principal {
            let reason = if why == InvalidIdentifier::Empty { "empty" } else { "invalid" };
            members.refuse("principal", reason, &why);
        }
        Self { principal: principal.ok(), email: members.object("email") }
    }
}

/// The new password.
struct Commit {
    password: String,
}

impl FromMembers for Commit {
    fn from_members(members: &mut Members) -> Self {
        Self { password: members.required("password") }
    }
}
