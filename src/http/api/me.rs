//! What somebody may do with a session: see whose it is, and set a password.

use poem::Request;
use poem::web::Data;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;
use poem_openapi::{ApiResponse, Object, OpenApi};

use super::Tag;
use crate::http::State;
use crate::http::bearer;
use crate::http::body::{FromMembers, Members, StrictJson};
use crate::http::problem::Problem;
use crate::http::reference::Reference;
use crate::http::state::{accepted_language, browser};
use crate::password::Password;
use crate::recovery::PasswordChange;

pub struct Me;

#[OpenApi]
impl Me {
    /// Show the account that is logged in
    ///
    /// Nothing is changed, and the session goes on.
    #[oai(path = "/v1/apps/:app/me", method = "get", operation_id = "getMe", tag = "Tag::Login")]
    async fn get_me(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
    ) -> poem::Result<Found> {
        let app = state.application(&app)?;
        let session = bearer::session(request)?;
        let me = state.recovery.me(&app, &state.client(request), session).await;
        let me = me.map_err(Problem::of_session)?;
        Ok(Found::Me(Json(MeAnswer {
            user_id: me.user_id,
            email: me.email,
            username: me.username,
            display_name: me.display_name,
        })))
    }

    /// Set a new password with a session
    ///
    /// The session dies by it, as every link of the account does. When the password is refused, it goes on. After a 503
    /// it mostly does, too: send the request once more, and take `unauthorized` then for a sign that the password may have
    /// been set.
    #[oai(
        path = "/v1/apps/:app/me/password",
        method = "put",
        operation_id = "changeMyPassword",
        tag = "Tag::Login"
    )]
    async fn change_my_password(
        &self,
        Data(state): Data<&State>,
        request: &Request,
        /// The application's name.
        app: Path<String>,
        body: StrictJson<PasswordBody>,
    ) -> poem::Result<Changed> {
        let app = state.application(&app)?;
        let change = PasswordChange {
            session: bearer::session(request)?.to_owned(),
            new_password: Password::new(body.0.new_password),
            client: state.client(request),
            by: browser(request),
            reference: Reference::of(request),
        };
        let texts = state.texts(Some(&app), accepted_language(request));
        let changed = state.recovery.change_password(&app, change).await;
        changed.map_err(|error| Problem::of_session_use(error, &texts))?;
        Ok(Changed::Changed)
    }
}

/// An account.
#[derive(Object)]
#[oai(rename = "Me", skip_serializing_if_is_none)]
pub struct MeAnswer {
    /// Its id.
    user_id: String,
    /// Its address.
    email: String,
    /// The login name, where the application has them.
    username: Option<String>,
    /// What to call the person, where that is known.
    display_name: Option<String>,
}

#[derive(ApiResponse)]
enum Found {
    /// The account that the session is of.
    #[oai(status = 200)]
    Me(Json<MeAnswer>),
}

/// The password to set.
#[derive(Object)]
#[oai(rename = "PasswordChange")]
pub struct PasswordBody {
    /// The new password. It is kept whole: nothing is trimmed or folded.
    #[oai(validator(min_length = 1))]
    new_password: String,
}

impl FromMembers for PasswordBody {
    fn from_members(members: &mut Members) -> Self {
        Self { new_password: members.required("new_password") }
    }
}

#[derive(ApiResponse)]
enum Changed {
    /// The password was set, and the session is over.
    #[oai(status = 204)]
    Changed,
}
