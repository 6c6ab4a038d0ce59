//! The real thing that the oracle is held against: a database, the service on it, and its mails.

use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};
use regain::app::Service;
use regain::clock::Clock;
use regain::config::{ApiKeySettings, SecretSource};
use regain::random::Random;
use regain::recovery::{Mail, Task};
use regain::token::{ApiKey, base64url};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Folder, START, answer, client, settings};
use crate::people::{database, person};

use super::steps::{ADDRESSES, HASHES, PEOPLE, Switch};

/// Two accounts, and a service for them.
pub struct World {
    pub clock: Clock,
    users: TestDatabase,
    newest_wins: bool,
    /// Every token that was mailed, in its turn.
    pub tokens: Vec<String>,
    keys: (Vec<u64>, u64),
    api_key: ApiKey,
    http: reqwest::Client,
    running: Running,
}

/// The service as it was last started.
struct Running {
    url: String,
    service: Service,
    server: JoinHandle<()>,
    seen: u64,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl World {
    pub async fn new(engine: Engine, newest_wins: bool) -> Self {
        let users = database(engine, &[person(ADDRESSES[0]), person(ADDRESSES[1])]).await;
        let clock = Clock::fixed(time::OffsetDateTime::from_unix_timestamp(START).unwrap());
        let (api_key, keys) = (ApiKey::generate(&Random::system()), (vec![0], 0));
        let running = start(&users, &clock, newest_wins, &keys, &api_key).await;
        let (tokens, http) = (vec![], client());
        Self { clock, users, newest_wins, tokens, keys, api_key, http, running }
    }

    /// Makes everything as it is at first, but for the time.
    pub async fn reset(&mut self) {
        for (who, address) in ADDRESSES.into_iter().take(PEOPLE).enumerate() {
            let (hash, id) = (HASHES[0], who + 1);
            self.users
                .execute(&format!(
                    "UPDATE users SET email = '{address}', password = '{hash}', \
                     recovery_stamp = NULL, is_active = TRUE, deleted_at = NULL, \
                     confirmed_at = '2026-01-01 00:00:00' WHERE id = {id}"
                ))
                .await;
        }
        self.tokens.clear();
        self.with_keys(&[0], 0).await;
    }

    /// Starts the service again where its keys have changed, as operators do.
    pub async fn with_keys(&mut self, keys: &[u64], signing: u64) {
        let keys = (keys.to_vec(), signing);
        if self.keys != keys {
            self.keys = keys;
            let Self { users, clock, newest_wins, keys, api_key, .. } = self;
            self.running = start(users, clock, *newest_wins, keys, api_key).await;
        }
    }

    /// Asks, does the job that comes of it, and says whose links were mailed to whom.
    pub async fn ask(&mut self, address: &str) -> Vec<(usize, String)> {
        let asked = self.post("password-resets", &json!({ "identifier": address })).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        // What else waits is done when it comes by: notices of changes, which are told a little later.
        let mut waiting = 1;
        while waiting > 0 {
            let (job, ticket) = self.running.service.queue.take().await.unwrap();
            let is_link =
                |task: &Task| matches!(task, Task::Mail(Mail::Ask(..) | Mail::Link { .. }));
            waiting -= usize::from(is_link(&job.task));
            let left = self.running.service.recovery.perform(job).await;
            waiting += left.iter().filter(|later| is_link(&later.job.task)).count();
            ticket.done(left).await.unwrap();
        }
        self.new_links()
    }

    fn new_links(&mut self) -> Vec<(usize, String)> {
        let mails = self.running.service.outbox.as_ref().unwrap().mails();
        let new = mails.into_iter().filter(|mail| mail.number > self.running.seen);
        let new: Vec<_> = new.collect();
        self.running.seen = new.last().map_or(self.running.seen, |mail| mail.number);
        let mut links = vec![];
        for mail in new {
            let token = mail.links.iter().find_map(|link| link.split_once("/reset/"));
            let Some((_, token)) = token else { continue };
            let payload = base64url::decode(token.split('.').next().unwrap()).unwrap();
            let payload: Value = serde_json::from_slice(&payload).unwrap();
            let id: usize = payload["u"].as_str().unwrap().parse().unwrap();
            self.tokens.push(token.to_owned());
            links.push((id - 1, mail.to));
        }
        links
    }

    pub async fn complete(&self, link: usize, new_password: &str) -> Answer {
        let body = json!({ "token": self.tokens[link], "new_password": new_password });
        self.post("password-resets/complete", &body).await
    }

    pub async fn inspect(&self, link: usize) -> Answer {
        let body = json!({ "token": self.tokens[link], "purpose": "password-reset" });
        self.post("tokens/inspect", &body).await
    }

    pub async fn revoke(&self, who: usize) -> Answer {
        self.post(&format!("users/{}/revocations", who + 1), &json!({})).await
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}/v1/apps/default/{path}", self.running.url));
        let request = if path.ends_with("/revocations") {
            request.bearer_auth(self.api_key.expose())
        } else {
            request.header("content-type", "application/json").body(body.to_string())
        };
        answer(request).await
    }

    /// The host writes a column.
    pub async fn write(&self, who: usize, column: &str, value: Option<&str>) {
        let value = value.map_or("NULL".to_owned(), |value| format!("'{value}'"));
        self.assign(who, &format!("{column} = {value}")).await;
    }

    pub async fn turn(&self, who: usize, which: Switch, on: bool) {
        self.assign(
            who,
            match (which, on) {
                (Switch::Active, true) => "is_active = TRUE",
                (Switch::Active, false) => "is_active = FALSE",
                (Switch::NotDeleted, true) => "deleted_at = NULL",
                (Switch::NotDeleted, false) => "deleted_at = '2026-02-01 00:00:00'",
                (Switch::Confirmed, true) => "confirmed_at = '2026-01-01 00:00:00'",
                (Switch::Confirmed, false) => "confirmed_at = NULL",
            },
        )
        .await;
    }

    async fn assign(&self, who: usize, assignment: &str) {
        let update = format!("UPDATE users SET {assignment} WHERE id = {}", who + 1);
        self.users.execute(&update).await;
    }

    /// What is stored as somebody's password.
    pub async fn password(&self, who: usize) -> Option<String> {
        let select = format!("SELECT password FROM users WHERE id = {}", who + 1);
        self.users.text(&select).await
    }
}

/// The service without workers: the world does its jobs, so that it knows when they are done.
async fn start(
    users: &TestDatabase,
    clock: &Clock,
    newest_wins: bool,
    (keys, signing): &(Vec<u64>, u64),
    api_key: &ApiKey,
) -> Running {
    let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
    let local = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    let folder = Folder::new();
    let mut settings = settings(&users.url, &folder.0);
    settings.public_url = format!("http://{local}");
    settings.limits.per_client = "100000000/h".parse().unwrap();
    settings.limits.mails_per_account = "100000000/h".parse().unwrap();
    settings
        .mail
        .providers
        .insert("files".to_owned(), toml::from_str("url = \"outbox:\"").unwrap());
    let name = |key: &u64| format!("key-{key}");
    let secret = |key: &u64| format!("tests-only-{key}-Jq3uE1x8VZk4mP0aYt7rLw2cHs9dNf6G");
    let secret = |key: &u64| (name(key), SecretSource::Inline(secret(key).into()));
    settings.keys.signing = name(signing);
    settings.keys.secrets = keys.iter().map(secret).collect();
    let app = settings.apps.get_mut("default").unwrap();
    app.newest_link_wins = newest_wins;
    app.api_keys = vec![ApiKeySettings {
        name: "desk".to_owned(),
        sha256: api_key.digest().to_hex(),
        scopes: vec!["tokens:revoke".to_owned()],
    }];
    let service = Service::build(&settings, clock.clone(), Random::system()).unwrap();
    let server = Server::new_with_acceptor(acceptor).run(service.endpoint());
    let server = tokio::spawn(async move { server.await.unwrap() });
    Running { url: settings.public_url, service, server, seen: 0 }
}
