//! The doctor: looks at everything that only a database, Redis or a mail server can tell, and says of
//! each thing what it is, why it matters and what cures it. It changes nothing.

mod access;
mod addresses;
mod breaches;
mod clock;
mod files;
mod finding;
mod host;
mod key;
mod layout;
mod look_ups;
mod mail;
mod people;
mod redis;
mod schemes;
mod second_factor;
mod service;
mod stamp;
mod traces;
mod webhook;

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::BoxFuture;

use super::{
    StartError, breaches as breach_services, build, keys, permits, shared, texts,
    traces as collectors, webhooks,
};
use crate::account::EmailAddress;
use crate::clock::Clock;
use crate::config::{ApplicationSettings, ProviderSettings, Settings};
use crate::mail::Mailer;
use crate::password::Scheme;
use crate::random::Random;
use crate::recovery::Accounts as _;
use crate::store::{PoolSettings, Pools, UsersTable};

pub use finding::{Finding, Level};

/// What is looked for, and how far.
#[derive(Clone, Debug)]
pub struct CheckOptions {
    /// From so many rows on, a look-up without an index is an error.
    pub large_table: u64,
    /// At most so many rows are looked at one by one.
    pub sample: u64,
    /// Who gets a test mail of each application.
    pub test_mail: Option<EmailAddress>,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { large_table: 50_000, sample: 100_000, test_mail: None }
    }
}

/// Nobody waits for an answer in the browser: a slow database is told from one that is down.
const PATIENT: PoolSettings =
    PoolSettings { max_connections: 2, acquire_timeout: Duration::from_secs(6) };

/// One application, its table and what it is looked at with.
struct Subject<'a> {
    name: &'a str,
    settings: &'a ApplicationSettings,
    table: &'a UsersTable,
    /// How a reset writes passwords; none where that cannot be used, which is told elsewhere.
    scheme: Option<&'a Scheme>,
    options: &'a CheckOptions,
    clock: &'a Clock,
}

/// One application, its mail and what it is looked at with.
struct MailCheck<'a> {
    name: &'a str,
    settings: &'a ApplicationSettings,
    providers: &'a BTreeMap<String, ProviderSettings>,
    mailer: &'a Mailer,
    options: &'a CheckOptions,
    clock: &'a Clock,
    random: &'a Random,
}

/// Finds something about a table that has the mapped columns.
type Examiner = for<'a> fn(&'a Subject<'a>) -> BoxFuture<'a, Vec<Finding>>;

/// Everything that is looked at in a table, in the order of the report, what may be read and
/// written first: add to it here.
const EXAMINERS: [Examiner; 10] = [
    |subject| Box::pin(access::examine(subject)),
    |subject| Box::pin(key::examine(subject)),
    |subject| Box::pin(stamp::examine(subject)),
    |subject| Box::pin(look_ups::examine(subject)),
    |subject| Box::pin(addresses::examine(subject)),
    |subject| Box::pin(people::examine(subject)),
    |subject| Box::pin(schemes::examine(subject)),
    |subject| Box::pin(host::examine(subject)),
    |subject| Box::pin(second_factor::examine(subject)),
    |subject| Box::pin(clock::examine(subject)),
];

/// Looks at the service and at every application.
///
/// No finding holds a secret, a whole address of a person or a URL with a user in it.
pub async fn check(
    settings: &Settings,
    options: &CheckOptions,
    clock: &Clock,
    random: &Random,
) -> Vec<Finding> {
    let mut findings = service::examine(settings);
    findings.extend(files::examine(settings));
    findings.extend(redis::examine(settings).await);
    findings.extend(traces::examine(settings).await);
    let mailer = texts::embedded()
        .and_then(|embedded| texts::of_applications(settings, &embedded))
        .and_then(|texts| build::mailer(settings, &texts, random));
    let mut pools = Pools::new(PATIENT);
    // What keeps them from being made is told below.
    let webhooks = webhooks::of(settings).ok();
    let services = breach_services::of(settings, clock.clone()).ok();
    for (name, app) in &settings.apps {
        let scheme = build::scheme(settings, name, &app.users).ok();
        let scheme = scheme.as_ref();
        let mut of_app = service::own_url(settings, app);
        of_app.extend(match build::users_table(name, app, &mut pools, random) {
            Ok(table) => {
                let table = &table;
                examine(&Subject { name, settings: app, table, scheme, options, clock }).await
            }
            Err(error) => vec![Finding::from(error)],
        });
        if let Ok(mailer) = &mailer {
            let providers = &settings.mail.providers;
            let mail = MailCheck { name, settings: app, providers, mailer, options, clock, random };
            of_app.extend(mail::examine(&mail).await);
        }
        if let (Some(webhook), Some(webhooks)) = (&app.webhook, &webhooks) {
            of_app.push(webhook::examine(name, webhook, webhooks).await);
        }
        if let (Some(breaches), Some(services)) = (&app.password.breaches, &services) {
            of_app.push(breaches::examine(name, breaches, services).await);
        }
        findings.extend(of_app.into_iter().map(|finding| finding.of(name)));
    }
    findings.extend(mailer.err().map(Finding::from));
    // What else keeps the service from starting, if nothing of the above does.
    if let Err(error) = super::Service::build(settings, clock.clone(), random.clone()) {
        let error = Finding::from(error);
        if !findings.iter().any(|known| known.what == error.what) {
            findings.push(error);
        }
    }
    findings.sort_by(|one, other| one.app.cmp(&other.app));
    findings
}

async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let (mut findings, fits) = layout::examine(subject).await;
    if fits {
        let [access, others @ ..] = EXAMINERS;
        findings.extend(access(subject).await);
        // What may not be read at all is not looked at.
        if subject.table.ping().await.is_ok() {
            for examiner in others {
                findings.extend(examiner(subject).await);
            }
        }
    }
    findings
}
