//! Three applications at once, each with its own of everything: engine, host, sender, language, looks,
//! policy.

use regain::config::{ApiKeySettings, Compat, SecretSource, Settings};
use regain::random::Random;
use regain::token::{ApiKey, Scope};

use super::{beside, everything};
use crate::databases::{TestDatabase, engines};
use crate::harness::{Mail, Regain};
use crate::people::{Person, database, person};

/// What each is known by.
pub struct Facts {
    pub name: &'static str,
    pub title: &'static str,
    pub from: &'static str,
    pub language: &'static str,
    pub accent: &'static str,
    /// Fewest characters of its passwords.
    pub min_length: usize,
    /// Where people reach it, if not where they reach the service.
    own_url: Option<&'static str>,
}

const FACTS: [Facts; 3] = [
    Facts {
        name: "hats",
        title: "Hats & Caps",
        from: "no-reply@hats.example",
        language: "en",
        accent: "#7a1f5c",
        min_length: 8,
        own_url: None,
    },
    Facts {
        name: "bank",
        title: "Sparbank",
        from: "post@bank.example",
        language: "de",
        accent: "#0a5c36",
        min_length: 15,
        own_url: Some("https://konto.bank.example:8443"),
    },
    Facts {
        name: "photo-club",
        title: "Photo Club",
        from: "bonjour@photo.example",
        language: "fr",
        accent: "#5b3a00",
        min_length: 10,
        own_url: Some("https://photo.example"),
    },
];

/// Every column of a users table.
const COLUMNS: [&str; 10] = [
    "id",
    "email",
    "username",
    "name",
    "password",
    "recovery_stamp",
    "is_active",
    "confirmed_at",
    "deleted_at",
    "last_login",
];

/// One of them, and its users.
pub struct Own {
    pub facts: Facts,
    pub users: TestDatabase,
    /// Where people reach it.
    pub url: String,
    /// A key of its backend that may do everything.
    pub key: String,
    /// Keys that may do one thing, by their scopes.
    pub keys: Vec<(&'static str, String)>,
    /// Whether it answers the calls of Structr, whose paths name no application.
    pub answers_structr: bool,
}

/// All of them, in one process.
pub struct Trio {
    pub regain: Regain,
    pub apps: Vec<Own>,
}

impl Trio {
    /// Starts them, with settings changed before. The same people, with the same ids and the same passwords, are in each table, so
    /// that nothing but the applications tells them apart.
    pub async fn start(change: impl FnOnce(&mut Settings)) -> Self {
        let people = [
            person("ada@example.com"),
            Person { confirmed: false, ..person("una@example.com") },
            person("lin@example.com"),
            person("sea@example.com"),
            person("bea@example.com"),
            person("cam@example.com"),
            Person { password: None, confirmed: false, ..person("new@example.com") },
        ];
        let there = engines();
        let mut apps = vec![];
        for (facts, engine) in FACTS.into_iter().zip(there.into_iter().cycle()) {
            let users = database(engine, &people).await;
            let key = || ApiKey::generate(&Random::system()).expose().to_owned();
            let keys = Scope::names().map(|scope| (scope, key())).into();
            let url = facts.own_url.unwrap_or_default().to_owned();
            apps.push(Own { facts, users, url, key: key(), keys, answers_structr: false });
        }
        let first = apps[0].users.url.clone();
        let regain = Regain::start_with(&first, |settings| {
            for own in &mut apps {
                if own.url.is_empty() {
                    own.url.clone_from(&settings.public_url);
                }
                set_up(settings, own);
            }
            settings.apps.remove("default");
            apps[0].facts.name.clone_into(&mut settings.default_app);
            everything(settings);
            change(settings);
            for own in &mut apps {
                let compat = &settings.apps[own.facts.name].compat;
                own.answers_structr = compat.contains(&Compat::Structr);
            }
        })
        .await;
        Self { regain, apps }
    }
}

fn set_up(settings: &mut Settings, own: &Own) {
    let facts = &own.facts;
    let app = beside(settings, facts.name);
    facts.title.clone_into(&mut app.name);
    app.mail.from = format!("{} <{}>", facts.title.replace(" & ", " and "), facts.from);
    facts.language.clone_into(&mut app.language);
    app.pages.accent = facts.accent.parse().unwrap();
    app.password.min_length = facts.min_length;
    app.public_url = facts.own_url.map(str::to_owned);
    app.return_to = vec![format!("https://{}.example/", facts.name)];
    app.users.database = SecretSource::Inline(own.users.url.clone().into());
    let known = |name: &str, key: &str, scopes: &[&str]| ApiKeySettings {
        name: name.to_owned(),
        sha256: ApiKey::parse(key).unwrap().digest().to_hex(),
        scopes: scopes.iter().map(|&scope| scope.to_owned()).collect(),
    };
    app.api_keys = own.keys.iter().map(|(scope, key)| known(scope, key, &[scope])).collect();
    app.api_keys.push(known("backend", &own.key, &Scope::names()));
}

impl Own {
    /// The host that its requests name.
    pub fn host(&self) -> &str {
        self.url.rsplit('/').next().unwrap()
    }

    /// A path of its API.
    pub fn api(&self, path: &str) -> String {
        format!("/v1/apps/{}/{path}", self.facts.name)
    }

    /// A path of its pages.
    pub fn page(&self, path: &str) -> String {
        format!("/a/{}/{path}", self.facts.name)
    }

    /// What a cookie of its pages is called.
    pub fn cookie(&self, kind: &str) -> String {
        let prefix = if self.url.starts_with("https://") { "__Host-" } else { "" };
        format!("{prefix}regain-{}-{kind}", self.facts.name)
    }

    /// The mails that it sent, by its sender.
    pub fn mails(&self, regain: &Regain) -> Vec<Mail> {
        let ours = |mail: &Mail| mail.raw.contains(self.facts.from);
        regain.mails().into_iter().filter(ours).collect()
    }

    /// What a column of its table holds for somebody, as text.
    pub async fn cell(&self, id: u64, column: &str) -> Option<String> {
        let select = format!("SELECT CAST({column} AS CHAR(250)) FROM users WHERE id = {id}");
        self.users.text(&select).await
    }

    /// Everything in its table.
    pub async fn dump(&self) -> Vec<Option<String>> {
        let count = "SELECT CAST(COUNT(*) AS CHAR(20)) FROM users";
        let count = self.users.text(count).await.unwrap();
        let mut cells = vec![];
        for id in 1..=count.trim().parse().unwrap() {
            for column in COLUMNS {
                cells.push(self.cell(id, column).await);
            }
        }
        cells
    }
}
