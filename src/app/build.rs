//! From settings to a service: every part is made here and nowhere else.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use poem::endpoint::BoxEndpoint;
use poem::{Response, Route};

use super::{
    StartError, breaches, keys, permits, secrets, shared, structr, texts, webhooks, workers,
};
use crate::clock::Clock;
use crate::config::{
    ApiKeySettings, ApplicationSettings, ConnectionSettings, LoginLinks, PasswordSettings,
    SecretSource, Settings, StandBack, UsersSettings,
};
use crate::http;
use crate::language::Language;
use crate::mail::{Failures, Mailer, Outbox, ProviderSecrets};
use crate::password::{Argon2Cost, Policy, Prepare, Scheme};
use crate::queue::Queue;
use crate::random::Random;
use crate::recovery::{
    Accounts, Application, HandOver, HashingPool, LONGEST_ISSUED, LinkPattern, Ports, Recovery,
    ReturnTargets, SessionTarget, StampUse, TOKEN_PLACE, Wording,
};
use crate::store::{PoolSettings, Pools, TracedTable, UsersTable};
use crate::token::{ApiKeys, KeyDigest, Keyring, KnownKey, Purpose, Scope};

/// Everything that runs, put together. Clones share it.
#[derive(Clone)]
pub struct Service {
    /// The journeys.
    pub recovery: Arc<Recovery>,
    /// What waits to be done.
    pub queue: Queue,
    /// The secrets of all keys.
    pub(super) keyring: Arc<Keyring>,
    /// The mails kept in memory, where a provider is `outbox:`.
    pub outbox: Option<Outbox>,
    /// How many jobs are worked on at a time.
    pub(super) workers: usize,
    /// The last mails that were not taken.
    pub(super) failures: Failures,
    pub(super) clock: Clock,
    pub(super) connections: ConnectionSettings,
    state: http::State,
    beside: fn(Route, &Self) -> Route,
    around: fn(Served) -> Served,
}

/// What requests are sent to.
pub type Served = BoxEndpoint<'static, Response>;

impl Service {
    /// Makes every part. Databases and mail servers need not be up.
    ///
    /// # Errors
    /// [`StartError`] for the first setting that cannot be used.
    pub fn build(settings: &Settings, clock: Clock, random: Random) -> Result<Self, StartError> {
        let keyring = Arc::new(keys::keyring(&settings.keys)?);
        let embedded = texts::embedded()?;
        let texts = texts::of_applications(settings, &embedded)?;
        let (workers, lanes) = workers::of(settings);
        let permits = permits::of(&settings.hashing);
        if let Some(all) = permits::AllToOne::of(settings, permits) {
            all.warn();
        }
        let mut hashing = HashingPool::new(permits, settings.hashing.wait.0, random.clone());
        if settings.hashing.stand_back == StandBack::Idle {
            hashing = hashing.behind_everybody();
        }
        let mut maker = Maker {
            settings,
            keyring: &keyring,
            texts: &texts,
            lanes: &lanes,
            hashing: &hashing,
            random: &random,
            pools: Pools::new(PoolSettings::default()),
        };
        let applications =
            settings.apps.iter().map(|(name, app)| application(&mut maker, name, app));
        let applications = applications.collect::<Result<Vec<_>, _>>()?;
        let mailer = mailer(settings, &texts, &random)?;
        let queue = shared::queue(settings, &keyring, random.clone())?;
        let (outbox, failures) = (mailer.outbox(), mailer.failures());
        let ports = Ports {
            jobs: queue.jobs(),
            limits: shared::limits(settings, &keyring, clock.clone())?,
            sender: Arc::new(mailer),
            hooks: Arc::new(webhooks::of(settings)?),
            breaches: Arc::new(breaches::of(settings, clock.clone())?),
        };
        let recovery = Recovery::new(applications, ports, hashing, clock.clone(), random.clone());
        let recovery = Arc::new(recovery);
        let dresses = http::pages::dresses(settings, &texts)?;
        let state = http::State::new(
            recovery.clone(),
            keyring.clone(),
            settings,
            embedded,
            dresses,
            clock.clone(),
            random,
        );
        let state = state.map_err(|network| {
            StartError::setting(
                "trusted_proxies",
                format!("holds {network:?}, which is no network"),
                "write networks like \"10.0.3.0/28\"",
            )
        })?;
        let (beside, around) = (|routes, _: &Self| routes, |served| served);
        let connections = settings.connections;
        Ok(Self {
            recovery,
            queue,
            keyring,
            outbox,
            workers,
            failures,
            clock,
            connections,
            state,
            beside,
            around,
        })
    }

    /// The service with more routes laid beside its own: the demo has some, and so has a test that
    /// shows what a worse handler would give away.
    #[must_use]
    pub fn beside(self, beside: fn(Route, &Self) -> Route) -> Self {
        Self { beside, ..self }
    }

    /// The service with something around all of it: tests look at every answer from there.
    #[must_use]
    pub fn around(self, around: fn(Served) -> Served) -> Self {
        Self { around, ..self }
    }

    /// The service whose Swagger UI says this, which is HTML, above the operations.
    #[must_use]
    pub fn hinting(mut self, docs_hint: &'static str) -> Self {
        self.state.docs_hint = docs_hint;
        self
    }

    /// The API, the pages and, for the demo, its outbox.
    #[must_use]
    pub fn endpoint(&self) -> Served {
        (self.around)(http::endpoint(self.state.clone(), |routes| (self.beside)(routes, self)))
    }
}

/// The users table of an application, not connected to yet.
pub(super) fn users_table(
    name: &str,
    app: &ApplicationSettings,
    pools: &mut Pools,
    random: &Random,
) -> Result<UsersTable, StartError> {
    let at = |setting: &str| format!("apps.{name}.{setting}");
    let url = secrets::text(&app.users.database, &at("users.database"))?;
    let mut users = app.users.clone();
    // What links rest on is no column that need not be there: by the one a link works once, and without
    // the other none would be the newest.
    let last_login = app.users.last_login.as_ref().filter(|_| logs_in(app));
    let stamp = app.users.recovery_stamp.as_ref().filter(|_| app.newest_link_wins);
    users.optional.retain(|name| Some(name) != last_login && Some(name) != stamp);
    if app.login_links != LoginLinks::On {
        // Where no link goes past it, or may, whether there is one is of no account.
        users.mfa.clear();
    }
    UsersTable::connect(&url, &users, pools, random)
        .map_err(|error| StartError::setting(at("users"), error, "see docs/attaching.md"))
}

/// What makes applications, one after the other.
struct Maker<'a> {
    settings: &'a Settings,
    keyring: &'a Keyring,
    texts: &'a texts::All,
    lanes: &'a workers::Lanes,
    hashing: &'a HashingPool,
    random: &'a Random,
    pools: Pools,
}

fn application(
    maker: &mut Maker<'_>,
    name: &str,
    app: &ApplicationSettings,
) -> Result<Application, StartError> {
    let Maker { settings, keyring, texts, lanes, hashing, random, pools } = maker;
    let at = |setting: &str| format!("apps.{name}.{setting}");
    let accounts = users_table(name, app, pools, random)?;
    let accounts: Arc<dyn Accounts> = match settings.traces.url {
        Some(_) => Arc::new(TracedTable::new(accounts)),
        None => Arc::new(accounts),
    };
    let pages = pages(settings, name, app);
    let return_targets = ReturnTargets::parse(&app.return_to).map_err(|_| {
        StartError::setting(
            at("return_to"),
            "holds something that is no plain http or https URL",
            "write targets like \"https://app.example.com/\"",
        )
    })?;
    Ok(Application {
        name: name.to_owned(),
        title: app.name.clone(),
        language: Language::from_tag(&app.language).unwrap_or(Language::English),
        texts: texts[name].clone(),
        keys: keyring.application(name),
        accounts,
        usernames: app.users.username.is_some(),
        offered: offered(app),
        reset_confirms: app.users.reset_confirms,
        invitation_confirms: app.users.invitation_confirms,
        invitation_lifetime: invitation_lifetime(app),
        stamp: stamp_use(app),
        hashing_share: hashing.share(permits::of_application(settings, hashing.permits())).into(),
        job_share: lanes.of_application(name),
        lane: lanes.of_provider(&app.mail.provider),
        hook_lane: lanes.of_webhook(name),
        paces: vec![name.to_owned(), shared::pace_of_provider(&app.mail.provider)],
        policy: policy(&app.password),
        breaches: breaches::use_of(app),
        scheme: scheme(settings, name, &app.users)?,
        links: links(settings, name, app)?,
        wordings: wordings(name, app)?,
        not_me_link: not_me_link(app, &pages),
        lifetimes: Purpose::ALL.map(|purpose| (purpose, lifetime(app, purpose))).into(),
        login_to: login_to(settings, name, app, &return_targets)?,
        return_targets,
        hooks: webhooks::events(name, app)?,
        api_keys: api_keys(name, &app.api_keys)?,
    })
}

fn policy(settings: &PasswordSettings) -> Policy {
    let PasswordSettings { max_length, min_strength, .. } = *settings;
    Policy { min_length: settings.shortest(), max_length, min_strength }
}

/// Where an application's own pages are.
pub(super) fn pages(settings: &Settings, name: &str, app: &ApplicationSettings) -> String {
    format!("{}/a/{name}", settings.public_url_of(app).trim_end_matches('/'))
}

/// What its tokens may be for.
fn offered(app: &ApplicationSettings) -> BTreeSet<Purpose> {
    let confirming = app.users.confirmed.as_ref().filter(|condition| condition.can_be_made());
    let confirming = confirming.map(|_| Purpose::EmailConfirmation);
    let login = if logs_in(app) { &[Purpose::Login, Purpose::Session][..] } else { &[] };
    [Purpose::PasswordReset].into_iter().chain(confirming).chain(login.iter().copied()).collect()
}

/// What renews the recovery stamp of its accounts, where they have one.
fn stamp_use(app: &ApplicationSettings) -> StampUse {
    match (&app.users.recovery_stamp, app.newest_link_wins) {
        (None, _) => StampUse::None,
        (Some(_), false) => StampUse::Renewed,
        (Some(_), true) => StampUse::NewestLinkWins,
    }
}

/// Whether people may log in by a link.
fn logs_in(app: &ApplicationSettings) -> bool {
    app.login_links != LoginLinks::Off && app.users.last_login.is_some()
}

fn links(
    settings: &Settings,
    name: &str,
    app: &ApplicationSettings,
) -> Result<BTreeMap<Purpose, LinkPattern>, StartError> {
    let mut links = BTreeMap::new();
    for purpose in Purpose::ALL {
        let Some(pattern) = link(settings, name, app, purpose) else { continue };
        let pattern = LinkPattern::parse(&pattern).ok_or_else(|| {
            let key = app.links.of(purpose).map_or("", |(key, _)| key);
            StartError::setting(
                format!("apps.{name}.links.{key}"),
                "is not a URL with one {token} in it",
                "write it like \"https://app.example.com/new-password#{token}\"",
            )
        })?;
        links.insert(purpose, pattern);
    }
    Ok(links)
}

/// Where its links of a purpose lead, with `{token}` in it, if there are such links.
pub(super) fn link(
    settings: &Settings,
    name: &str,
    app: &ApplicationSettings,
    purpose: Purpose,
) -> Option<String> {
    if purpose == Purpose::Login && structr::answers(app) {
        return Some(structr::link(settings, app));
    }
    let pages = pages(settings, name, app);
    let own = || purpose.page().map(|page| format!("{pages}/{page}/{TOKEN_PLACE}"));
    let said = app.links.of(purpose).and_then(|(_, pattern)| pattern);
    said.map(str::to_owned).or_else(own)
}

/// What the mails with its links say, where that is not what the templates say.
pub(super) fn wordings(
    name: &str,
    app: &ApplicationSettings,
) -> Result<BTreeMap<Purpose, Box<Wording>>, StartError> {
    let of_structr = structr::answers(app).then(|| structr::wording(name, app)).transpose()?;
    Ok(of_structr.into_iter().map(|wording| (Purpose::Login, Box::new(wording))).collect())
}

/// Who gets the sessions of people who logged in on Regain's own page, if anybody can.
fn login_to(
    settings: &Settings,
    name: &str,
    app: &ApplicationSettings,
    allowed: &ReturnTargets,
) -> Result<Option<HandOver>, StartError> {
    if structr::answers(app) {
        return structr::target(settings, name, app, allowed).map(HandOver::Cookie).map(Some);
    }
    let Some(said) = &app.login_to else {
        let first = app.return_to.first().and_then(|first| SessionTarget::parse(first));
        return Ok(first.map(HandOver::Page));
    };
    SessionTarget::parse(said).map(HandOver::Page).map(Some).ok_or_else(|| {
        StartError::setting(
            format!("apps.{name}.login_to"),
            "is no plain http or https URL, or has a #",
            "write it like \"https://app.example.com/logged-in\"",
        )
    })
}

/// Where one says that it was somebody else who changed a password.
pub(super) fn not_me_link(app: &ApplicationSettings, pages: &str) -> String {
    app.links.not_me.clone().unwrap_or_else(|| format!("{pages}/not-me"))
}

/// How long its tokens of a purpose work.
pub(super) fn lifetime(app: &ApplicationSettings, purpose: Purpose) -> Duration {
    let said = app.lifetimes.of(purpose).and_then(|(_, span)| span);
    said.map_or_else(|| purpose.lifetime(), |span| span.0)
}

/// How long its invitations work.
pub(super) fn invitation_lifetime(app: &ApplicationSettings) -> Duration {
    app.lifetimes.invitation.map_or(LONGEST_ISSUED, |span| span.0)
}

/// The keys that it may be called with.
fn api_keys(app: &str, keys: &[ApiKeySettings]) -> Result<ApiKeys, StartError> {
    let known = keys.iter().map(|key| {
        let scopes = key.scopes.iter().map(|name| Scope::from_name(name)).collect::<Option<_>>();
        let known = KeyDigest::from_hex(&key.sha256).zip(scopes);
        let known =
            known.map(|(digest, scopes)| KnownKey { name: key.name.clone(), digest, scopes });
        known.ok_or_else(|| {
            StartError::setting(
                format!("apps.{app}.api_keys"),
                "holds a digest or a scope that is none",
                "make a key by `regain key new --api` and paste what it prints",
            )
        })
    });
    known.collect::<Result<Vec<_>, _>>().map(ApiKeys::new)
}

pub(super) fn scheme(
    settings: &Settings,
    name: &str,
    users: &UsersSettings,
) -> Result<Scheme, StartError> {
    let at = |key: &str| format!("apps.{name}.users.{key}");
    let cost = settings.hashing.argon2;
    let cost = Argon2Cost {
        memory_kib: cost.memory_kib,
        iterations: cost.iterations,
        parallelism: cost.parallelism,
    };
    let argon2id = Scheme::argon2id(cost).map_err(|error| {
        StartError::setting("hashing.argon2", error, "leave it out: the default is OWASP's")
    })?;
    let writing = |key: &str, name: &str| {
        argon2id.clone().writing(name).map_err(|error| {
            let known: Vec<_> = Scheme::names().collect();
            StartError::setting(at(key), error, format!("use one of {}", known.join(", ")))
        })
    };
    let scheme = match users.scheme.as_str() {
        "keep" => Scheme::keep(writing("scheme_new", &users.scheme_new)?),
        named => writing("scheme", named)?,
    };
    let secret = |key: &str, source: &Option<SecretSource>| {
        source.as_ref().map(|source| secrets::text(source, &at(key))).transpose()
    };
    match (secret("pepper", &users.pepper)?, secret("password_salt", &users.password_salt)?) {
        (None, None) => Ok(scheme),
        (Some(pepper), None) => Ok(scheme.prepared(Prepare::Append(pepper))),
        (None, Some(salt)) => Ok(scheme.prepared(Prepare::HmacSha512Base64(salt))),
        (Some(_), Some(_)) => Err(StartError::setting(
            at("pepper"),
            "is given beside password_salt, and no host prepares passwords twice",
            "keep the one that your application has",
        )),
    }
}

/// Who carries mail, with the passwords of the providers.
pub(super) fn mailer(
    settings: &Settings,
    texts: &texts::All,
    random: &Random,
) -> Result<Mailer, StartError> {
    let mut of_providers = BTreeMap::new();
    for (name, provider) in &settings.mail.providers {
        let read = |key: &str, source: &Option<SecretSource>| {
            let setting = format!("mail.providers.{name}.{key}");
            source.as_ref().map(|source| secrets::text(source, &setting)).transpose()
        };
        let password = read("password", &provider.password)?;
        let client_key = read("client_key", &provider.client_key)?;
        of_providers.insert(name.clone(), ProviderSecrets { password, client_key });
    }
    Mailer::new(settings, &of_providers, texts, random)
        .map_err(|error| StartError::Failed(error.to_string()))
}
