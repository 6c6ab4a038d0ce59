//! What is still known of a request once it is answered, for the page that says what went wrong with it.

use poem::Request;
use zeroize::Zeroizing;

use super::link::Link;
use super::{confirm_email, login, my_password, new_password};
use crate::config::Compat;
use crate::http::routes::STRUCTR_PAGE;
use crate::http::state::{State, accepted_language};
use crate::language::Language;
use crate::recovery::Application;

/// The links that lead to pages.
const LINKS: [&Link; 4] =
    [&new_password::LINK, &confirm_email::LINK, &login::LINK, &my_password::SESSION];

/// What a request asked for.
pub struct Asked {
    path: String,
    /// The name of the application, empty where there is none; nothing where the path is none of pages.
    app: Option<String>,
    accepted: Option<Language>,
    /// The cookie that the link was kept in.
    sealed: Option<String>,
}

impl Asked {
    /// What a request asks for.
    #[must_use]
    pub fn by(state: &State, request: &Request) -> Self {
        let path = request.uri().path().to_owned();
        let (app, accepted) = (app(state, &path), accepted_language(request));
        let mut asked = Self { path, app, accepted, sealed: None };
        if let (Some(app), Some(link)) = (asked.app(), asked.link()) {
            asked.sealed = link.jar.read(request, app, state.is_secure(app)).map(str::to_owned);
        }
        asked
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The language that its browser accepts.
    #[must_use]
    pub const fn accepted(&self) -> Option<Language> {
        self.accepted
    }

    /// The name of the application, empty where there is none; nothing where the path is none of pages.
    #[must_use]
    pub fn app(&self) -> Option<&str> {
        self.app.as_deref()
    }

    /// The link that leads to this path, or to the page before it.
    #[must_use]
    pub fn link(&self) -> Option<&'static Link> {
        if self.path == STRUCTR_PAGE {
            return Some(&login::LINK);
        }
        let page = self.path.split('/').nth(3)?;
        LINKS.into_iter().find(|link| link.page == page || link.purpose.page() == Some(page))
    }

    /// Where the link that led here leads back to, if it is one of ours.
    #[must_use]
    pub fn leads_back_to(&self, state: &State, app: &Application) -> Option<String> {
        let link = self.link()?;
        let token = match self.path.split('/').nth(4) {
            Some(token) => Zeroizing::new(token.to_owned()),
            None => link.unseal(app, self.sealed.as_ref()?)?,
        };
        state.recovery.leads_back_to(app, link.purpose, &token)
    }
}

fn app(state: &State, path: &str) -> Option<String> {
    if path == STRUCTR_PAGE {
        return state.application_from(Compat::Structr, "").ok().map(|app| app.name.clone());
    }
    let below = path.strip_prefix("/a");
    let below = below.filter(|below| below.is_empty() || below.starts_with('/'))?;
    Some(below.split('/').nth(1).unwrap_or_default().to_owned())
}
