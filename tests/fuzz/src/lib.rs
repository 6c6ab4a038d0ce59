//! What the targets share: a service from the production builder, and answers held to the API document.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use poem::endpoint::BoxEndpoint;
use poem::http::StatusCode;
use poem::{Endpoint as _, Request, Response};
use regain::app::Service;
use regain::clock::Clock;
use regain::config::Settings;
use regain::http::problem::Code;
use regain::random::Random;
use regain::token::{ApiKey, Keyring, Secret};
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value;
use time::OffsetDateTime;

/// What no answer repeats, though requests bring it.
pub const CANARY: &str = "c4nary";

/// The secrets that the targets sign with: the first one signs, the other is left from a rotation.
pub const SECRETS: [(&str, &str); 2] = [
    ("new", "Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3"),
    ("old", "vT9sXe3rPq7uJk2mZc8yBn5wLd0hGf4aRi6"),
];

/// The time in every target.
#[must_use]
pub fn now() -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(1_795_000_000).expect("a time of our days")
}

/// The keyring of [`SECRETS`].
#[must_use]
pub fn keyring() -> Keyring {
    let parse = |(name, secret): (&str, &str)| {
        (name.to_owned(), Secret::parse(secret.as_bytes()).expect("a strong secret"))
    };
    Keyring::new(SECRETS[0].0, SECRETS.map(parse)).expect("the signing key is among them")
}

/// A service as `regain serve` builds it, over an empty table of users in SQLite, and what runs it.
pub struct Served {
    /// The service itself.
    pub service: Service,
    /// What it was built from.
    pub settings: Settings,
    /// A key that may do everything.
    pub key: String,
    endpoint: BoxEndpoint<'static, Response>,
    runtime: tokio::runtime::Runtime,
}

/// What came back.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its media type.
    pub content_type: String,
    /// Its body.
    pub body: Vec<u8>,
}

impl Served {
    /// Builds it.
    ///
    /// # Panics
    /// When it cannot be built.
    #[must_use]
    pub fn build() -> Self {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let key = ApiKey::generate(&Random::repeatable(1));
        let database = std::env::temp_dir().join(format!("regain-fuzz-{}", std::process::id()));
        let database = format!("sqlite://{}?mode=rwc", database.display());
        let text = SETTINGS
            .replace("DATABASE", &database)
            .replace("DIGEST", &key.digest().to_hex())
            .replace("NEW", SECRETS[0].1)
            .replace("OLD", SECRETS[1].1);
        let settings: Settings = toml::from_str(&text).expect("the settings are good");
        let service = runtime.block_on(async {
            let connection = Database::connect(&database).await.expect("SQLite opens");
            connection.execute_unprepared("DROP TABLE IF EXISTS users").await.expect("no table");
            connection.execute_unprepared(TABLE).await.expect("a table");
            Service::build(&settings, Clock::fixed(now()), Random::repeatable(2))
                .expect("the service is built")
        });
        let endpoint = service.endpoint();
        let key = key.expose().to_owned();
        Self { service, settings, key, endpoint, runtime }
    }

    /// Answers a request and forgets the jobs that it left.
    pub fn answer(&self, request: Request) -> Answer {
        self.runtime.block_on(async {
            let response = self.endpoint.call(request).await.expect("problems are answers");
            while self.service.queue.unfinished() > 0 {
                drop(self.service.queue.take().await);
            }
            let status = response.status();
            let content_type = response.content_type().unwrap_or_default().to_owned();
            let body = response.into_body().into_vec().await.expect("a body in memory");
            Answer { status, content_type, body }
        })
    }
}

impl Answer {
    /// Holds it to what every answer is: no fault of ours and, where it is a problem that is no page, one
    /// of those that there are.
    ///
    /// # Panics
    /// When it is none of that.
    pub fn check(&self, page: bool) {
        let status = self.status.as_u16();
        assert!(status < 500, "{status}: {}", self.text());
        let problem = self.content_type == "application/problem+json";
        assert_eq!(problem, status >= 400 && !page, "{status} {}", self.content_type);
        if problem {
            self.check_problem();
        }
        let repeats = !page && self.text().contains(CANARY);
        assert!(!repeats, "what was sent comes back: {}", self.text());
    }

    fn check_problem(&self) {
        let problem: Value = serde_json::from_slice(&self.body).expect("a problem is JSON");
        let status = self.status.as_u16();
        let known = Code::ALL.iter().any(|code| {
            problem["code"] == code.name()
                && problem["title"] == code.title()
                && code.status() == self.status
        });
        assert!(known && problem["status"] == status, "{problem}");
        let kind = format!("urn:regain:{}", problem["code"].as_str().unwrap_or_default());
        assert_eq!(problem["type"], kind);
        assert!(problem["detail"].is_string(), "{problem}");
        for error in problem["errors"].as_array().into_iter().flatten() {
            let told = ["field", "reason", "message"].iter().all(|name| error[name].is_string());
            assert!(told, "{problem}");
        }
    }

    /// Its body as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The statuses that the API document declares for a method and a path template.
#[must_use]
pub fn declared(method: &str, template: &str) -> Option<&'static [u16]> {
    static DECLARED: LazyLock<BTreeMap<(String, String), Vec<u16>>> = LazyLock::new(|| {
        let document: Value =
            serde_json::from_str(&regain::app::document_json()).expect("the document is JSON");
        let mut found = BTreeMap::new();
        for (path, operations) in document["paths"].as_object().expect("paths") {
            for (method, operation) in operations.as_object().expect("operations") {
                let statuses = operation["responses"].as_object().into_iter().flatten();
                let statuses = statuses.filter_map(|(status, _)| status.parse().ok()).collect();
                found.insert((method.to_uppercase(), path.clone()), statuses);
            }
        }
        found
    });
    DECLARED.get(&(method.to_owned(), template.to_owned())).map(Vec::as_slice)
}

/// Nobody is limited: what comes next must not depend on what came before.
const SETTINGS: &str = r#"
public_url = "https://accounts.example.com"
trusted_proxies = ["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"]
limits = { enabled = false }
hashing = { argon2 = { memory_kib = 8, iterations = 1, parallelism = 1 } }
[keys]
signing = "new"
secrets = { new = "NEW", old = "OLD" }
[mail.providers.outbox]
url = "outbox:"
[apps.default]
name = "Example"
mail = { provider = "outbox", from = "Example <no-reply@example.com>" }
return_to = ["https://app.example.com/", "https://accounts.example.com/reset-password"]
cors = ["https://app.example.com"]
compat = ["betty-blocks", "cloud-cms", "structr"]
newest_link_wins = true
login_links = true
[[apps.default.api_keys]]
name = "backend"
sha256 = "DIGEST"
scopes = [
    "tokens:issue:password-reset", "tokens:issue:email-confirmation", "tokens:issue:login",
    "tokens:explain", "tokens:revoke", "sessions:introspect", "ask:on-behalf", "mail:define",
]
[apps.default.users]
database = "DATABASE"
username = "username"
last_login = "last_login"
recovery_stamp = "recovery_stamp"
confirmed = { column = "confirmed_at", is = "not-null" }
"#;

const TABLE: &str = "CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL,
    username TEXT,
    password TEXT,
    confirmed_at TEXT,
    last_login TEXT,
    recovery_stamp TEXT
)";
