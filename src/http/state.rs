//! What every handler has at hand.

use std::sync::Arc;

use poem::Request;

use super::client::{Proxies, client_key};
use super::problem::{Code, Problem};
use crate::config::Settings;
use crate::random::Random;
use crate::recovery::{Application, Recovery};

/// What every handler has at hand. Clones share it.
#[derive(Clone)]
pub struct State {
    /// The journeys.
    pub recovery: Arc<Recovery>,
    /// Randomness for cookies and request ids.
    pub random: Random,
    /// Whether people reach the service by https.
    pub secure: bool,
    /// Whether Swagger UI is served.
    pub docs: bool,
    /// The application that `/.well-known/change-password` leads to.
    pub default_app: Arc<str>,
    proxies: Arc<Proxies>,
}

impl State {
    /// The state for these settings.
    ///
    /// # Errors
    /// What in `trusted_proxies` is no network.
    pub fn new(
        recovery: Arc<Recovery>,
        settings: &Settings,
        random: Random,
    ) -> Result<Self, String> {
        Ok(Self {
            recovery,
            random,
            secure: settings.public_url.starts_with("https://"),
            docs: settings.docs,
            default_app: settings.default_app.as_str().into(),
            proxies: Arc::new(Proxies::parse(&settings.trusted_proxies)?),
        })
    }

    /// The application of this name.
    ///
    /// # Errors
    /// [`Code::NotFound`], the same for every operation and page.
    pub fn application(&self, name: &str) -> Result<Arc<Application>, Problem> {
        self.recovery.application(name).cloned().ok_or(Problem::new(Code::NotFound))
    }

    /// The application that a page's path names.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn application_of(&self, request: &Request) -> Result<Arc<Application>, Problem> {
        self.application(request.raw_path_param("app").unwrap_or_default())
    }

    /// The key of the client's allowance.
    #[must_use]
    pub fn client(&self, request: &Request) -> String {
        let peer = request.remote_addr().as_socket_addr().map(std::net::SocketAddr::ip);
        client_key(peer, request.headers(), &self.proxies)
    }
}
