//! A link out of a mail: from the address bar into a sealed cookie at once, and from there into forms
//! that are bound to the account they were shown for.

use poem::{Request, Response};
use zeroize::Zeroizing;

use super::cookie::Jar;
use super::form::Form;
use crate::http::dress::see_other;
use crate::http::problem::Problem;
use crate::http::state::State;
use crate::recovery::{Application, Refused, Whose};
use crate::token::Purpose;

/// What links of one purpose have for pages.
pub struct Link {
    /// What its token is for.
    pub purpose: Purpose,
    /// The cookie that holds it.
    pub jar: Jar,
    /// What the cookie is sealed for, so that it serves nothing else.
    pub sealed_for: &'static str,
    /// The last part of the page's path that it leads to.
    pub page: &'static str,
}

impl Link {
    /// Takes the token out of the address bar. Nothing is looked up and nothing is spent. What is no
    /// token of ours leaves the link alone that was opened before, and no cookie behind.
    ///
    /// # Errors
    /// The problem to answer: no such application, or what is no token of it.
    pub fn arrive(&self, state: &State, request: &Request) -> Result<Response, Problem> {
        let app = state.application_of(request)?;
        self.arrive_with(state, &app, request.raw_path_param("token").unwrap_or_default())
    }

    /// The same with a token that stands elsewhere in the address.
    ///
    /// # Errors
    /// The problem to answer: what is no token of the application.
    pub fn arrive_with(
        &self,
        state: &State,
        app: &Application,
        token: &str,
    ) -> Result<Response, Problem> {
        if !state.recovery.is_ours(app, self.purpose, token) {
            return Err(Refused::Invalid.into());
        }
        let page = format!("/a/{}/{}", app.name, self.page);
        Ok(see_other(&page, &[self.keep(state, app, token)]))
    }

    /// The Set-Cookie header that keeps a token, sealed, for as long as it lives at most.
    #[must_use]
    pub fn keep(&self, state: &State, app: &Application, token: &str) -> String {
        let sealed = app.keys.seal(&state.random, self.sealed_for, token.as_bytes());
        let lifetime = app.lifetime(self.purpose);
        self.jar.keep(&app.name, state.is_secure(&app.name), &sealed, lifetime)
    }

    /// The token out of the sealed cookie.
    ///
    /// # Errors
    /// The problem to answer where there is none, or none of ours.
    pub fn token(
        &self,
        state: &State,
        app: &Application,
        request: &Request,
    ) -> Result<Zeroizing<String>, Problem> {
        let sealed = self.jar.read(request, &app.name, state.is_secure(&app.name));
        sealed.and_then(|sealed| self.unseal(app, sealed)).ok_or_else(|| Refused::Invalid.into())
    }

    /// The token that a cookie's value holds.
    pub fn unseal(&self, app: &Application, sealed: &str) -> Option<Zeroizing<String>> {
        let opened = app.keys.unseal(self.sealed_for, sealed)?;
        String::from_utf8(opened.to_vec()).ok().map(Zeroizing::new)
    }

    /// Whether a form was shown for one account, and a link of another one was opened since: the later
    /// link wins, but not before the person has seen whose it is.
    pub fn is_of_another(
        &self,
        state: &State,
        app: &Application,
        token: &str,
        fields: &Form,
    ) -> bool {
        let shown = fields.get("account");
        let named = state.recovery.names(app, self.purpose, token);
        !shown.is_empty()
            && named.is_some_and(|id| !app.keys.csrf_matches(bound_to(&id).as_bytes(), shown))
    }
}

/// The value of a form's `account`, by which it is bound to the account that it is shown for.
pub fn account(app: &Application, whose: &Whose) -> String {
    app.keys.csrf(bound_to(whose.user_id()).as_bytes())
}

/// Nothing that a double submit signs looks like this.
fn bound_to(user_id: &str) -> String {
    format!("account/{user_id}")
}
