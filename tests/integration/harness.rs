//! A running service for a test, made by the production builder, and what a person does with it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use mail_parser::MessageParser;
use regain::app::{Listening, Service};
use regain::clock::Clock;
use regain::config::Settings;
use regain::queue::{Queue, Report};
use regain::random::Random;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::declared;

/// The time at which every test begins.
pub const START: i64 = 1_800_000_000;

/// The secret that test tokens are signed with.
pub const SECRET: &str = "tests-only-Jq3uE1x8VZk4mP0aYt7rLw2cHs9dNf6G";

/// A configuration for a users table at this URL; mails become files in `mails`, and `head`
/// stands in front of the tables.
pub fn configuration(database: &str, mails: &Path, head: &str) -> String {
    format!(
        r#"
        {head}
        keys = {{ signing = "one", secrets = {{ one = "{SECRET}" }} }}
        [mail.providers.files]
        url = "file://{mails}"
        timeout = "100ms"
        [apps.default]
        name = "Example"
        mail = {{ provider = "files", from = "Example <no-reply@example.com>", per_hour = 1000000 }}
        [apps.default.users]
        database = "{database}"
        username = "username"
        display_name = "name"
        recovery_stamp = "recovery_stamp"
        active = ["is_active", {{ column = "deleted_at", is = "null" }}]
        confirmed = {{ column = "confirmed_at", is = "not-null" }}
        "#,
        mails = mails.display(),
    )
}

/// Settings for tests in the process, where hashing is cheap and clients may ask often.
pub fn settings(database: &str, mails: &Path) -> Settings {
    let head = r#"
        public_url = "http://127.0.0.1"
        hashing = { wait = "30s", argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }
        limits = { per_client = "100000/h" }
    "#;
    toml::from_str(&configuration(database, mails, head)).expect("the settings are well formed")
}

/// A folder that goes with the test.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new() -> Self {
        let name = u128::from_be_bytes(Random::system().bytes());
        let path = std::env::temp_dir().join(format!("regain-test-{name:032x}"));
        std::fs::create_dir_all(&path).expect("a temporary folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A running service.
pub struct Regain {
    pub url: String,
    /// Where operators look, if they do.
    pub operators: Option<String>,
    pub clock: Clock,
    pub service: Service,
    pub http: reqwest::Client,
    mails: Folder,
    stop: Option<oneshot::Sender<()>>,
    task: Option<JoinHandle<()>>,
}

/// An answer, read to its end.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// A mail as a person reads it.
#[derive(Debug, Clone)]
pub struct Mail {
    pub to: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Regain {
    /// Starts a service on the users table at this URL.
    pub async fn start(database: &str) -> Self {
        Self::start_with(database, |_| {}).await
    }

    /// Starts a service whose users section is this, read as a configuration file is read.
    pub async fn start_on(users: &str) -> Self {
        let folder = Folder::new();
        let file = folder.0.join("regain.toml");
        let text = format!(
            r#"
            public_url = "http://127.0.0.1"
            hashing = {{ wait = "30s", argon2 = {{ memory_kib = 64, iterations = 1, parallelism = 1 }} }}
            limits = {{ per_client = "100000/h", mails_per_account = "100000/h" }}
            keys = {{ signing = "one", secrets = {{ one = "{SECRET}" }} }}
            [mail.providers.files]
            url = "file:///nowhere"
            [apps.default]
            name = "Example"
            mail = {{ provider = "files", from = "Example <no-reply@example.com>" }}
            [apps.default.users]
            {users}
            "#
        );
        std::fs::write(&file, text).unwrap();
        let mut loaded = regain::cli::config::load(&file, std::iter::empty())
            .unwrap_or_else(|errors| panic!("{errors}"));
        Self::start_at("", Clock::system(), |settings| {
            let mails = settings.mail.clone();
            let public_url = settings.public_url.clone();
            std::mem::swap(settings, &mut loaded);
            (settings.mail, settings.public_url) = (mails, public_url);
        })
        .await
    }

    /// The same with settings changed before it starts.
    pub async fn start_with(database: &str, change: impl FnOnce(&mut Settings)) -> Self {
        let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
        Self::start_at(database, Clock::fixed(start), change).await
    }

    /// The same with a clock of the test's own.
    pub async fn start_at(
        database: &str,
        clock: Clock,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let mails = Folder::new();
        let listening = Listening::on("127.0.0.1:0").await.expect("a free port");
        let url = format!("http://{}", listening.address);
        let mut settings = settings(database, &mails.0);
        settings.public_url.clone_from(&url);
        change(&mut settings);
        let listening = listening.for_operators(&settings.metrics).await.expect("a free port");
        let operators = listening.operators().map(|address| format!("http://{address}"));
        let drain = settings.queue.drain.0;
        let service = Service::build(&settings, clock.clone(), Random::system())
            .unwrap_or_else(|error| panic!("the service is built: {error}"))
            .around(declared::watched);
        let (stop, stopped) = oneshot::channel();
        let running = listening.run(service.clone(), drain, async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(running);
        let http = client();
        Self { url, operators, clock, service, http, mails, stop: Some(stop), task: Some(task) }
    }

    /// Asks for a password reset link.
    pub async fn ask(&self, identifier: &str) -> Answer {
        self.post("/v1/apps/default/password-resets", &json!({ "identifier": identifier })).await
    }

    /// Asks, waits until the worker is done, and takes the token out of the newest mail.
    pub async fn token_for(&self, identifier: &str) -> String {
        let answer = self.ask(identifier).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.worked().await;
        let mails = self.links();
        let mail = mails.last().unwrap_or_else(|| panic!("no mail came for {identifier}"));
        mail.token()
    }

    /// Asks for a link of another purpose, by the name that its paths have.
    pub async fn ask_for(&self, path: &str, identifier: &str) -> Answer {
        self.post(&format!("/v1/apps/default/{path}"), &json!({ "identifier": identifier })).await
    }

    /// Asks for a link of another purpose and takes the token out of the mail that comes.
    pub async fn token_of(&self, path: &str, identifier: &str) -> String {
        let before = self.links().len();
        let answer = self.ask_for(path, identifier).await;
        assert_eq!(answer.status, 202, "{answer:?}");
        self.worked().await;
        let mails = self.links();
        assert!(mails.len() > before, "no mail came for {identifier}");
        mails.last().unwrap().token()
    }

    /// Uses a token that needs nothing beside it.
    pub async fn complete_with(&self, path: &str, token: &str) -> Answer {
        self.post(&format!("/v1/apps/default/{path}/complete"), &json!({ "token": token })).await
    }

    /// Completes a reset.
    pub async fn complete(&self, token: &str, new_password: &str) -> Answer {
        let body = json!({ "token": token, "new_password": new_password });
        self.post("/v1/apps/default/password-resets/complete", &body).await
    }

    /// Looks at a token.
    pub async fn inspect(&self, token: &str) -> Answer {
        let body = json!({ "token": token, "purpose": "password-reset" });
        self.post("/v1/apps/default/tokens/inspect", &body).await
    }

    /// Looks at whose session it is.
    pub async fn me(&self, session: &str) -> Answer {
        answer(self.http.get(format!("{}/v1/apps/default/me", self.url)).bearer_auth(session)).await
    }

    /// Sets a password by a session.
    pub async fn change_password(&self, session: &str, new_password: &str) -> Answer {
        let request = self.http.put(format!("{}/v1/apps/default/me/password", self.url));
        let body = json!({ "new_password": new_password }).to_string();
        let request = request.bearer_auth(session).header("content-type", "application/json");
        answer(request.body(body)).await
    }

    /// Posts JSON to a path.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        answer(request).await
    }

    /// Posts text of a media type to a path.
    pub async fn post_raw(&self, path: &str, kind: &str, body: impl Into<reqwest::Body>) -> Answer {
        let request = self.http.post(format!("{}{path}", self.url));
        answer(request.header("content-type", kind).body(body)).await
    }

    /// Sends bytes as they are and reads until the end.
    pub async fn raw(&self, request: String) -> String {
        let address = self.url.trim_start_matches("http://").to_owned();
        let exchange = move || {
            let mut stream = TcpStream::connect(address).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            let mut text = String::new();
            let _closed_early = stream.read_to_string(&mut text);
            text
        };
        tokio::task::spawn_blocking(exchange).await.unwrap()
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.http.get(format!("{}{path}", self.url))).await
    }

    /// Gets a path of the operators' listener, of which the document says nothing.
    pub async fn operators_get(&self, path: &str) -> Answer {
        let url = self.operators.as_ref().expect("operators are listened to");
        Heard::of(self.http.get(format!("{url}{path}"))).await.into()
    }

    /// Waits until readiness says this, for as long as two looks may take.
    pub async fn until_ready_says(&self, word: &str) {
        for _attempt in 0..150 {
            if self.get("/readyz").await.body.contains(&format!("\"{word}\"")) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("never {word}: {:?}", self.get("/readyz").await);
    }

    /// Waits until every job that waits is done.
    pub async fn worked(&self) {
        let done = async {
            if let Queue::Redis(queue) = &self.service.queue {
                let waits = |report: Report| report.ready + report.given_out + report.delayed > 0;
                while queue.report().await.is_ok_and(waits) {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
            }
            for source in self.service.queue.sources() {
                source.drained().await;
            }
        };
        tokio::time::timeout(Duration::from_mins(1), done).await.expect("the worker is done");
    }

    /// Every mail so far, oldest first.
    pub fn mails(&self) -> Vec<Mail> {
        read_mails(&self.mails.0)
    }

    /// The mails that hold a link.
    pub fn links(&self) -> Vec<Mail> {
        self.mails().into_iter().filter(|mail| mail.link().is_some()).collect()
    }

    /// Stops as on SIGTERM and waits for the end.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        if let Some(task) = self.task.take() {
            task.await.expect("the service ends well");
        }
    }
}

impl Mail {
    /// The one link in the text.
    pub fn link(&self) -> Option<String> {
        let links = self.text.split_whitespace().filter(|word| word.starts_with("http"));
        let leads = ["/reset/", "/confirm-email/", "/login/", "#"];
        links
            .filter(|word| leads.iter().any(|place| word.contains(place)))
            .map(str::to_owned)
            .next()
    }

    /// The token in the link.
    pub fn token(&self) -> String {
        let link = self.link().unwrap_or_else(|| panic!("no link in {}", self.text));
        link.rsplit(['/', '#']).next().unwrap().to_owned()
    }
}

/// Every mail in a folder of .eml files, oldest first.
pub fn read_mails(folder: &Path) -> Vec<Mail> {
    let entries = std::fs::read_dir(folder).expect("the mail folder");
    let mut files: Vec<_> = entries
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().extension().is_some_and(|end| end == "eml"))
        .map(|entry| (entry.metadata().unwrap().modified().unwrap(), entry.path()))
        .collect();
    files.sort();
    files.into_iter().map(|(_, path)| read_mail(&std::fs::read(path).unwrap())).collect()
}

/// A mail from its bytes.
pub fn read_mail(raw: &[u8]) -> Mail {
    let message = MessageParser::new().parse(raw).expect("a mail");
    let to = message.to().and_then(|to| to.first()).and_then(|to| to.address());
    Mail {
        to: to.unwrap_or_default().to_owned(),
        subject: message.subject().unwrap_or_default().to_owned(),
        text: message.body_text(0).unwrap_or_default().into_owned(),
        html: message.body_html(0).unwrap_or_default().into_owned(),
        raw: String::from_utf8_lossy(raw).into_owned(),
    }
}

/// An HTTP client that follows nothing.
pub fn client() -> reqwest::Client {
    client_resting(Duration::from_secs(90))
}

/// The same, which keeps a connection for so long that it has no use for.
pub fn client_resting(idle: Duration) -> reqwest::Client {
    // Every test makes one, and only the first sets the process up.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    client.no_proxy().pool_idle_timeout(idle).build().expect("an HTTP client")
}

/// Sends a request and reads the answer to its end, which has to be a declared one.
pub async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let heard = Heard::of(request).await;
    let seen = declared::Seen::of(heard.status, &heard.headers, &heard.body);
    declared::hold(&heard.method, &heard.path, &seen);
    heard.into()
}

/// All of an answer, and what it is to.
struct Heard {
    method: reqwest::Method,
    path: String,
    status: reqwest::StatusCode,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Heard {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let (client, request) = request.build_split();
        let request = request.expect("a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = client.execute(request).await.expect("an answer");
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.expect("a body").to_vec();
        Self { method, path, status, headers, body }
    }
}

impl From<Heard> for Answer {
    /// What differs from answer to answer by nature (date, request id, what was counted and how much is left of
    /// it) is left out of the headers.
    fn from(heard: Heard) -> Self {
        let by_nature = ["date", "x-request-id", "ratelimit", "ratelimit-policy"];
        let mut headers: Vec<_> = heard
            .headers
            .iter()
            .filter(|(name, _)| !by_nature.contains(&name.as_str()))
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or("?").to_owned()))
            .collect();
        headers.sort();
        let body = String::from_utf8_lossy(&heard.body).into_owned();
        Self { status: heard.status.as_u16(), headers, body }
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// The problem's code.
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}
