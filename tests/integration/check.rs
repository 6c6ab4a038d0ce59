//! The doctor: a healthy setup, then one thing broken at a time, on every engine.

mod breaches;
mod hosts;
mod keys;
mod people;
mod program;
mod redis;
mod schemes;
mod second_factor;
mod tables;
mod traces;
mod views;
mod webhooks;

use regain::app::{CheckOptions, Finding, Level, check};
use regain::clock::Clock;
use regain::random::Random;

use crate::databases::{Engine, TestDatabase, create};
use crate::harness::{Folder, SECRET};
use crate::people::OLD_HASH;

/// The password of every user of a test.
const PASSWORD: &str = "s3cret-of-the-database";

/// What is said of where the mails of most of these tests go.
const FOLDER: &str = "mails of \"main\" are written into a folder and reach nobody";

/// What `regain serve` would be given; mails go into this folder.
fn configuration(database: &str, mails: &Folder, users: &str) -> String {
    let provider = format!("url = \"file://{}\"", mails.0.display());
    mailing(database, &provider, users)
}

/// The same with a provider of the test's own.
fn mailing(database: &str, provider: &str, users: &str) -> String {
    format!(
        r#"
        public_url = "https://accounts.example.com"
        keys = {{ signing = "one", secrets = {{ one = "{SECRET}" }} }}
        [mail.providers.main]
        {provider}
        [apps.default]
        name = "Example"
        mail = {{ provider = "main", from = "Example <no-reply@example.com>" }}
        [apps.default.users]
        database = "{database}"
        username = "login"
        active = ["is_active"]
        {users}
        "#
    )
}

/// A table as it should be, with two people in it and an address that sorts by its bytes.
async fn healthy(engine: Engine) -> TestDatabase {
    let database = create(engine).await;
    let (boolean, email) = match engine {
        Engine::Sqlite => ("integer", "varchar(254)"),
        Engine::Postgres => ("boolean", "varchar(254)"),
        Engine::MariaDb => ("boolean", "varchar(254) COLLATE utf8mb4_bin"),
    };
    for sql in [
        &format!(
            "CREATE TABLE users (id integer PRIMARY KEY, email {email} NOT NULL, \
             login varchar(150), password varchar(255), is_active {boolean} NOT NULL)"
        ),
        "CREATE INDEX by_email ON users (email)",
        "CREATE INDEX by_login ON users (login)",
    ] {
        database.execute(sql).await;
    }
    add(&database, 1, "ada@example.com").await;
    add(&database, 2, "grace@example.com").await;
    database
}

async fn add(database: &TestDatabase, id: u32, email: &str) {
    let insert = format!("INSERT INTO users VALUES ({id}, '{email}', 'u{id}', '{OLD_HASH}', true)");
    database.execute(&insert).await;
}

/// A user who may do nothing but what is granted here, and the URL to connect as such.
pub async fn limited(database: &TestDatabase, grants: &[&str]) -> (String, String) {
    let name = format!("lim_{:012x}", u64::from_be_bytes(Random::system().bytes()) >> 16);
    let mut url = url::Url::parse(&database.url).unwrap();
    let user = match database.engine {
        Engine::Sqlite => return (name, database.url.clone()),
        Engine::Postgres => {
            database.execute(&format!("CREATE ROLE {name} LOGIN")).await;
            name.clone()
        }
        Engine::MariaDb => {
            let user = format!("'{name}'@'127.0.0.1'");
            database.execute(&format!("CREATE USER {user} IDENTIFIED BY '{PASSWORD}'")).await;
            user
        }
    };
    for grant in grants {
        database.execute(&format!("GRANT {grant} ON users TO {user}")).await;
    }
    url.set_username(&name).unwrap();
    url.set_password(Some(PASSWORD)).unwrap();
    (user, url.into())
}

const ENOUGH: [&str; 1] = ["SELECT (id, email, login, password, is_active), UPDATE (password)"];

/// What is found about a configuration.
async fn findings(configuration: &str, options: &CheckOptions) -> Vec<Finding> {
    findings_at(configuration, options, &Clock::system()).await
}

async fn findings_at(configuration: &str, options: &CheckOptions, clock: &Clock) -> Vec<Finding> {
    let settings = toml::from_str(configuration).unwrap();
    let found = check(&settings, options, clock, &Random::system()).await;
    assert_tells_no_secret(&serde_json::to_string(&found).unwrap());
    found
}

fn assert_tells_no_secret(text: &str) {
    for secret in [SECRET, PASSWORD, "s3cret", "ada@example.com", "both@example.com"] {
        assert!(!text.contains(secret), "{secret} is told: {text}");
    }
}

/// What is found about a table, beside what is well.
async fn trouble(url: &str, users: &str) -> Vec<Finding> {
    trouble_with(url, users, &CheckOptions::default()).await
}

async fn trouble_with(url: &str, users: &str, options: &CheckOptions) -> Vec<Finding> {
    let mails = Folder::new();
    bad(findings(&configuration(url, &mails, users), options).await)
}

fn bad(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.retain(|finding| finding.level != Level::Ok && !finding.what.contains(FOLDER));
    findings
}

/// The one finding, which must be this bad and say all of this.
fn only(found: &[Finding], level: Level, said: &[&str]) -> Finding {
    let [finding] = found else { panic!("not one thing but {found:#?}") };
    assert_eq!(finding.level, level, "{finding:#?}");
    assert_eq!(finding.app.as_deref(), Some("default"), "{finding:#?}");
    let text = format!("{} | {} | {}", finding.what, finding.why, cure(finding));
    for words in said {
        assert!(text.contains(words), "{words:?} is not said: {finding:#?}");
    }
    finding.clone()
}

fn cure(finding: &Finding) -> &str {
    finding.cure.as_deref().expect("a cure")
}
