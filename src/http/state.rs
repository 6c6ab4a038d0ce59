//! What every handler has at hand.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use poem::Request;
use poem::http::header;

use super::client::{Proxies, client_key};
use super::dress::{Dresses, NEUTRAL, View};
use super::places::{Place, Places};
use super::problem::{Code, FieldError, Problem};
use super::reference::Reference;
use super::routes::Owner;
use crate::clock::Clock;
use crate::config::{ApplicationSettings, Compat, Settings};
use crate::language::{Catalogue, Language, Texts};
use crate::random::Random;
use crate::recovery::{Application, Caller, Client, CompleteError, Recovery, TokenUse};
use crate::token::Keyring;

/// What every handler has at hand. Clones share it.
#[derive(Clone)]
pub struct State {
    /// The journeys.
    pub recovery: Arc<Recovery>,
    /// Randomness for cookies and request ids.
    pub random: Random,
    /// Whether Swagger UI is served.
    pub docs: bool,
    /// What it says above the operations, as HTML; nothing but for the demo.
    pub docs_hint: &'static str,
    /// The texts of pages that belong to no application.
    pub texts: Arc<Catalogue>,
    /// How long a body may take.
    pub body_patience: Duration,
    /// How pages look.
    pub dresses: Arc<Dresses>,
    /// Where people come in.
    pub places: Arc<Places>,
    /// The time.
    pub clock: Clock,
    /// The secrets of all keys, of which `/readyz` tells enough to compare replicas.
    pub keyring: Arc<Keyring>,
    /// Which applications answer the calls of which other systems, by what these call them.
    compat: Arc<BTreeMap<(Compat, String), String>>,
    /// The origins whose scripts may call an application, by its name.
    cors: Arc<BTreeMap<String, Vec<String>>>,
    /// The parameter of Structr's links that holds the key.
    pub structr_key: Arc<str>,
    proxies: Arc<Proxies>,
    /// Whether they are believed in what a request is part of, too.
    pub traces_from_proxies: bool,
}

impl State {
    /// The state for these settings.
    ///
    /// # Errors
    /// What in `trusted_proxies` is no network.
    pub fn new(
        recovery: Arc<Recovery>,
        keyring: Arc<Keyring>,
        settings: &Settings,
        texts: Arc<Catalogue>,
        dresses: Dresses,
        clock: Clock,
        random: Random,
    ) -> Result<Self, String> {
        let of = |(name, app): (&String, &ApplicationSettings)| {
            let called = |system| (system, app.called_by(system, name).to_owned());
            let called = app.compat.iter().map(|system| (called(*system), name.clone()));
            called.collect::<Vec<_>>()
        };
        let cors = |(name, app): (&String, &ApplicationSettings)| (name.clone(), app.cors.clone());
        let structr = settings.apps.values().find(|app| app.compat.contains(&Compat::Structr));
        let structr_key = structr.map_or("", |app| app.structr.key_parameter.as_str()).into();
        Ok(Self {
            recovery,
            keyring,
            random,
            body_patience: settings.connections.body.0,
            docs: settings.docs,
            docs_hint: "",
            texts,
            dresses: Arc::new(dresses),
            places: Arc::new(Places::new(settings)),
            clock,
            compat: Arc::new(settings.apps.iter().flat_map(of).collect()),
            cors: Arc::new(settings.apps.iter().map(cors).collect()),
            structr_key,
            proxies: Arc::new(Proxies::parse(&settings.trusted_proxies, settings.proxy_header)?),
            traces_from_proxies: settings.traces.believe_proxies,
        })
    }

    /// The view of a request for a page of this application, in the language that its browser
    /// accepts.
    #[must_use]
    pub fn view<'a>(
        &'a self,
        app: Option<&'a Application>,
        accepted: Option<Language>,
    ) -> View<'a> {
        let name = app.map(|app| app.name.as_str());
        let title = app.map_or("Regain", |app| app.title.as_str());
        View::new(self.dresses.of(name), name, title, self.texts(app, accepted))
    }

    /// Whether a path that is of this application leads to anything: one that is served here, or
    /// files of pages that belong to none.
    #[must_use]
    pub(super) fn serves(&self, place: &Place, owner: Owner<'_>) -> bool {
        owner == Owner::Named(NEUTRAL) || self.owner_at(place, owner).is_some()
    }

    /// The origins whose scripts may call the application that a path is of; nothing where it is not
    /// served here.
    #[must_use]
    pub(super) fn origins(&self, place: &Place, owner: Owner<'_>) -> Option<&[String]> {
        self.cors.get(self.owner_at(place, owner)?).map(Vec::as_slice)
    }

    /// The name of the application that a path is of, where it is served here.
    #[must_use]
    pub(super) fn owner_at(&self, place: &Place, owner: Owner<'_>) -> Option<&str> {
        match owner {
            Owner::Named(name) => self.application_at(place, name).map(|app| app.name.as_str()),
            Owner::Called(system, called) => {
                self.called(system, called).filter(|name| place.serves(name))
            }
        }
    }

    /// The application of this name, where it is served here.
    #[must_use]
    pub fn application_at(&self, place: &Place, name: &str) -> Option<&Application> {
        let app = self.recovery.application(name).filter(|_| place.serves(name));
        app.map(AsRef::as_ref)
    }

    /// Whether people reach an application's pages by https, so that its cookies can be bound to that.
    #[must_use]
    pub fn is_secure(&self, app: &str) -> bool {
        self.places.is_secure(app)
    }

    /// The application of this name.
    ///
    /// # Errors
    /// [`Code::NotFound`], the same for every operation and page.
    pub fn application(&self, name: &str) -> Result<Arc<Application>, Problem> {
        self.recovery.application(name).cloned().ok_or(Problem::new(Code::NotFound))
    }

    /// The application that another system's calls name so, where it answers them; by nothing at all
    /// for a system whose paths name none.
    ///
    /// # Errors
    /// [`Code::NotFound`], whether there is no such application or it does not answer them.
    pub fn application_from(
        &self,
        system: Compat,
        called: &str,
    ) -> Result<Arc<Application>, Problem> {
        self.application(self.called(system, called).ok_or(Problem::new(Code::NotFound))?)
    }

    /// The name of the application that another system's calls name so, where it answers them.
    fn called(&self, system: Compat, called: &str) -> Option<&str> {
        self.compat.get(&(system, called.to_owned())).map(String::as_str)
    }

    /// The other systems whose calls any application answers.
    #[must_use]
    pub fn systems(&self) -> BTreeSet<Compat> {
        self.compat.keys().map(|(system, _)| *system).collect()
    }

    /// The application that a page's path names.
    ///
    /// # Errors
    /// [`Code::NotFound`].
    pub fn application_of(&self, request: &Request) -> Result<Arc<Application>, Problem> {
        self.application(request.raw_path_param("app").unwrap_or_default())
    }

    /// The texts of an application, in the language that a browser accepts or in its own.
    #[must_use]
    pub fn texts(&self, app: Option<&Application>, accepted: Option<Language>) -> Texts {
        let own = app.map_or(Language::English, |app| app.language);
        let texts = app.map_or(&self.texts, |app| &app.texts);
        let title = app.map_or("Regain", |app| &app.title).to_owned();
        texts.texts(accepted.unwrap_or(own)).with("title", title)
    }

    /// What to answer where a token was not used, in the language of the request's browser.
    #[must_use]
    pub fn not_used(&self, app: &Application, request: &Request, why: CompleteError) -> Problem {
        Problem::of_completion(why, &self.texts(Some(app), accepted_language(request)))
    }

    /// What to answer where two passwords that are to be one differ, in the person's language.
    #[must_use]
    pub fn differ(&self, app: &Application, request: &Request) -> Problem {
        let texts = self.texts(Some(app), accepted_language(request));
        let message = texts.tell("new-password-differ");
        let error = FieldError { field: "confirm_password", reason: "mismatch", message };
        Problem::with_errors(Code::PasswordRejected, vec![error])
    }

    /// Who sent a request, as limits count it.
    #[must_use]
    pub fn client(&self, request: &Request) -> Caller {
        self.client_key(request).into()
    }

    /// The key of the client's allowance.
    #[must_use]
    pub fn client_key(&self, request: &Request) -> String {
        client_key(peer(request), request.headers(), &self.proxies)
    }

    /// Whether a request comes out of the hands of a proxy that is believed.
    #[must_use]
    pub(super) fn is_by_a_proxy(&self, request: &Request) -> bool {
        peer(request).is_some_and(|peer| self.proxies.trusts(peer.to_canonical()))
    }
}

/// Who is at the other end of the connection.
fn peer(request: &Request) -> Option<IpAddr> {
    request.remote_addr().as_socket_addr().map(SocketAddr::ip)
}

/// The use of this token that a request asks for.
#[must_use]
pub fn token_use(request: &Request, client: Caller, token: String) -> TokenUse {
    TokenUse { token, client, reference: Reference::of(request) }
}

/// The language that the request's browser accepts, of those that there are texts in.
#[must_use]
pub fn accepted_language(request: &Request) -> Option<Language> {
    request.header(header::ACCEPT_LANGUAGE).and_then(Language::accepted)
}

/// The browser and the system that a request comes from.
#[must_use]
pub fn browser(request: &Request) -> Client {
    request.header(header::USER_AGENT).map(Client::of_user_agent).unwrap_or_default()
}
