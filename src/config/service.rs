//! What is set once for the whole service.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{ApplicationSettings, Rate, SecretSource, Span, Tls};

/// The whole configuration file.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Address and port that the API and the pages listen on.
    pub listen: String,
    /// The scheme, host and port that people reach the service under. Links are built from it.
    pub public_url: String,
    /// The application whose first page `/` and `/.well-known/change-password` lead to.
    pub default_app: String,
    /// Networks of the proxies whose word on who a client is counts, as CIDR. Nobody by default.
    pub trusted_proxies: Vec<String>,
    /// The header in which these proxies say it.
    pub proxy_header: ProxyHeader,
    /// Whether Swagger UI is served at `/docs`.
    pub docs: bool,
    /// How log lines look.
    pub log: LogFormat,
    /// A file that says what is logged, as `RUST_LOG` does, while the process runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_level_file: Option<PathBuf>,
    /// How often that file and the folder of keys are read again.
    pub read_again: Span,
    /// How clients may use connections.
    pub connections: ConnectionSettings,
    /// What operators watch the service by.
    pub metrics: MetricsSettings,
    /// Who is told what requests and jobs spend their time on.
    pub traces: TraceSettings,
    /// The secrets that tokens are signed with.
    pub keys: KeySettings,
    /// Redis, where the queue or the limits are kept there.
    pub redis: RedisSettings,
    /// The queue of mails to be sent.
    pub queue: QueueSettings,
    /// How often one may ask, and how much mail an account gets.
    pub limits: LimitSettings,
    /// Bounds on password hashing.
    pub hashing: HashingSettings,
    /// Mail servers by name.
    pub mail: MailSettings,
    /// Applications by name.
    pub apps: BTreeMap<String, ApplicationSettings>,
}

impl Settings {
    /// The URL that people reach an application's pages under: its own, or the service's.
    #[must_use]
    pub fn public_url_of<'a>(&'a self, app: &'a ApplicationSettings) -> &'a str {
        app.public_url.as_deref().unwrap_or(&self.public_url)
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            listen: "0.0.0.0:8080".to_owned(),
            public_url: String::new(),
            default_app: "default".to_owned(),
            trusted_proxies: vec![],
            proxy_header: ProxyHeader::default(),
            docs: false,
            log: LogFormat::default(),
            log_level_file: None,
            read_again: Span(Duration::from_secs(10)),
            connections: ConnectionSettings::default(),
            metrics: MetricsSettings::default(),
            traces: TraceSettings::default(),
            keys: KeySettings::default(),
            redis: RedisSettings::default(),
            queue: QueueSettings::default(),
            limits: LimitSettings::default(),
            hashing: HashingSettings::default(),
            mail: MailSettings::default(),
            apps: BTreeMap::new(),
        }
    }
}

/// The header in which proxies say where a request came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProxyHeader {
    /// `X-Forwarded-For`: addresses, one for each hop.
    #[default]
    XForwardedFor,
    /// `Forwarded`, RFC 7239.
    Forwarded,
}

impl ProxyHeader {
    /// The header's name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::XForwardedFor => "x-forwarded-for",
            Self::Forwarded => "forwarded",
        }
    }

    /// The one that is not read.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::XForwardedFor => Self::Forwarded,
            Self::Forwarded => Self::XForwardedFor,
        }
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LogFormat {
    /// One JSON object a line, for machines.
    #[default]
    Json,
    /// For people at a terminal.
    Pretty,
}

/// How clients may use connections.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConnectionSettings {
    /// How many may be open at a time.
    pub most: u16,
    /// How long the line and the headers of a request may take.
    pub head: Span,
    /// How long a body may take before it is answered by 408.
    pub body: Span,
    /// How long a connection may rest: until an answer is taken and another request begins.
    pub rest: Span,
}

impl Default for ConnectionSettings {
    fn default() -> Self {
        let seconds = |seconds| Span(Duration::from_secs(seconds));
        // Proxies keep connections for a minute (nginx, ALB). It is they who must close them first, or
        // a request that is on its way then gets no answer.
        Self { most: 512, head: seconds(10), body: seconds(10), rest: seconds(75) }
    }
}

/// What operators watch the service by.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MetricsSettings {
    /// Address and port of the operators' own listener; there is none where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub listen: Option<String>,
}

/// Who is told what requests and jobs spend their time on.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct TraceSettings {
    /// Where a collector takes spans by OTLP over HTTP; nobody traces where nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// A PEM file with the authority that signed the collector's certificate, beside the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// How many of the traces that begin here are told: 1 for all of them, 0.1 for a tenth.
    pub sample: f64,
    /// Whether requests of `trusted_proxies` are part of the traces that they say.
    pub believe_proxies: bool,
}

impl Default for TraceSettings {
    fn default() -> Self {
        Self { url: None, ca: None, sample: 1.0, believe_proxies: false }
    }
}

/// The keyring.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeySettings {
    /// Name of the secret that signs. All of them verify.
    pub signing: String,
    /// The secrets by name, at least 32 bytes each and at most eight.
    pub secrets: BTreeMap<String, SecretSource>,
    /// A folder whose file names are key names, instead of or beside `secrets`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dir: Option<PathBuf>,
}

/// The queue of mails to be sent.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct QueueSettings {
    /// Where jobs wait.
    pub store: QueueStore,
    /// Where asks go while Redis cannot be used.
    pub fallback: QueueFallback,
    /// How many jobs may wait before asking is answered by 503.
    pub capacity: usize,
    /// How long a stopping process goes on sending.
    pub drain: Span,
}

/// Where jobs wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueStore {
    /// In the process: a crash loses what waits.
    #[default]
    Memory,
    /// In Redis: replicas share it, and it outlives them.
    Redis,
}

/// Where asks go while Redis cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueueFallback {
    /// Nowhere: they are answered by 503.
    #[default]
    None,
    /// Into the process, where a crash loses them.
    Memory,
}

impl Default for QueueSettings {
    fn default() -> Self {
        Self {
            store: QueueStore::Memory,
            fallback: QueueFallback::None,
            capacity: 10_000,
            drain: Span(Duration::from_secs(20)),
        }
    }
}

/// Redis, where the queue or the limits are kept there.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedisSettings {
    /// `rediss://`, `redis://` or `redis+unix://`, with user, password and database number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<SecretSource>,
    /// `off` lets a connection that leaves the machine go without verified TLS.
    pub tls: Tls,
    /// A PEM file with the authority that signed the server's certificate, beside the public ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// What the name of every key begins with, so that others can use the same database.
    pub prefix: String,
}

impl Default for RedisSettings {
    fn default() -> Self {
        Self { url: None, tls: Tls::Verify, ca: None, prefix: "regain".to_owned() }
    }
}

/// How often one may ask, and how much mail an account gets.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct LimitSettings {
    /// `false` switches off every limit, budget and pacing: for load tests only.
    pub enabled: bool,
    /// Where counts are kept.
    pub store: LimitStore,
    /// Requests by one client (an IPv4 address, an IPv6 /64).
    pub per_client: Rate,
    /// Calls with one API key.
    pub per_key: Rate,
    /// Mails to one account, over all purposes and spellings.
    pub mails_per_account: Rate,
}

/// Where counts are kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LimitStore {
    /// In the process: each replica counts for itself.
    #[default]
    Memory,
    /// In Redis: replicas count together.
    Redis,
}

const HOUR: Duration = Duration::from_hours(1);

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            enabled: true,
            store: LimitStore::Memory,
            per_client: Rate { events: 30, period: HOUR },
            per_key: Rate { events: 600, period: Duration::from_mins(1) },
            mails_per_account: Rate { events: 3, period: HOUR },
        }
    }
}

/// Bounds on password hashing.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct HashingSettings {
    /// How many passwords are hashed at a time; as many as cores and memory allow where nothing is
    /// said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permits: Option<usize>,
    /// How many of them one application may have; all but one where there are several of both and
    /// nothing is said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub per_application: Option<usize>,
    /// How long a completion waits for its turn before it is answered by 503.
    pub wait: Span,
    /// Whom hashing lets go first.
    pub stand_back: StandBack,
    /// Cost of new Argon2id hashes.
    pub argon2: Argon2Settings,
}

/// Whom hashing lets go first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StandBack {
    /// Others have nine tenths.
    #[default]
    Nice,
    /// Everybody else of its control group or session.
    Idle,
}

/// Cost of new Argon2id hashes, RFC 9106 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Argon2Settings {
    /// Memory in KiB (m).
    pub memory_kib: u32,
    /// Passes over the memory (t).
    pub iterations: u32,
    /// Lanes (p).
    pub parallelism: u32,
}

impl Default for HashingSettings {
    fn default() -> Self {
        Self {
            permits: None,
            per_application: None,
            wait: Span(Duration::from_secs(2)),
            stand_back: StandBack::Nice,
            argon2: Argon2Settings::default(),
        }
    }
}

impl Default for Argon2Settings {
    /// OWASP's password storage recommendation: 19 MiB, two passes, one lane.
    fn default() -> Self {
        Self { memory_kib: 19_456, iterations: 2, parallelism: 1 }
    }
}

/// Mail servers by name.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct MailSettings {
    /// The providers that applications name.
    pub providers: BTreeMap<String, ProviderSettings>,
}

/// One mail server, folder or outbox.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderSettings {
    /// `smtp+starttls://user@host:587`, `smtps://user@host:465`, `smtp://` to loopback only,
    /// `file:///folder` or `outbox:`.
    pub url: String,
    /// The password of the user in the URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<SecretSource>,
    /// A PEM file with the authority that signed the server's certificate, beside the public ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca: Option<PathBuf>,
    /// A PEM file with the certificate that we show, where the server wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_certificate: Option<PathBuf>,
    /// Its key, in PEM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_key: Option<SecretSource>,
    /// Longest wait for each answer of the server.
    #[serde(default = "mail_timeout")]
    pub timeout: Span,
    /// How many mails are carried at a time, over a connection each.
    #[serde(default = "mail_connections")]
    pub connections: u32,
    /// Mails in an hour, those of all applications together; more are sent later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_hour: Option<u32>,
}

fn mail_timeout() -> Span {
    Span(Duration::from_secs(10))
}

fn mail_connections() -> u32 {
    4
}
