//! The whole service on Redis: what it promises of accepted asks, and what it shows to nobody.

mod confirmed;
mod killed;
mod told;

use std::time::Duration;

use regain::clock::Clock;
use regain::config::{LimitStore, QueueFallback, QueueStore, Settings};
use serde_json::json;

use crate::counts;
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Folder, Regain, SECRET, configuration};
use crate::people::{Person, database, person};
use crate::process::command;
use crate::redis_server::{Keys, RedisServer, keys};

/// Keeps queue and limits in Redis.
pub fn on_redis(settings: &mut Settings, keys: &Keys) {
    settings.redis = keys.settings();
    settings.queue.store = QueueStore::Redis;
    settings.limits.store = LimitStore::Redis;
}

async fn start(users: &TestDatabase, keys: &Keys, change: impl FnOnce(&mut Settings)) -> Regain {
    Regain::start_at(&users.url, Clock::system(), |settings| {
        on_redis(settings, keys);
        change(settings);
    })
    .await
}

/// The lines of a configuration that lead to Redis.
fn lines(keys: &Keys) -> String {
    format!(
        "redis = {{ url = \"{}\", prefix = \"{}\" }}\nqueue = {{ store = \"redis\" }}\n",
        keys.url, keys.prefix
    )
}

/// Every class of account that an answer must not tell apart.
const CLASSES: [&str; 5] = ["known", "unknown", "disabled", "unconfirmed", "passwordless"];

async fn classes() -> TestDatabase {
    let people = [
        person("known@example.com"),
        Person { active: false, ..person("disabled@example.com") },
        Person { confirmed: false, ..person("unconfirmed@example.com") },
        Person { password: None, ..person("passwordless@example.com") },
    ];
    database(Engine::Sqlite, &people).await
}

/// The one answer that every class gets, some over their budget.
async fn same_for_all(regain: &Regain) -> Answer {
    let mut answers = vec![];
    for class in CLASSES {
        for _over_budget_in_the_end in 0..5 {
            answers.push(regain.ask(&format!("{class}@example.com")).await);
        }
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    answers.remove(0)
}

async fn until_asks_are_taken(regain: &Regain) {
    for _attempt in 0..100 {
        if regain.get("/readyz").await.status == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("never: {:?}", regain.get("/readyz").await);
}

#[tokio::test]
async fn a46_a84_with_redis_down_everybody_is_told_503_alike_and_nothing_accepted_is_lost() {
    counts::begin();
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let users = classes().await;
    let regain = start(&users, &server.keys(), |_| {}).await;
    assert_eq!(same_for_all(&regain).await.status, 202);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 3);
    assert!(counts::total("regain_mails_total") >= 3);

    server.kill();
    let refused = same_for_all(&regain).await;
    assert_eq!((refused.status, refused.code()), (503, "busy".to_owned()));
    assert!(refused.header("retry-after").is_some());
    let ready = regain.get("/readyz").await;
    assert_eq!(ready.status, 503, "no ask can be taken: {ready:?}");
    assert_eq!(regain.get("/healthz").await.status, 200);

    server.start_again().await;
    until_asks_are_taken(&regain).await;
    assert_eq!(same_for_all(&regain).await.status, 202);
    regain.until_ready_says("ready").await;
}

#[tokio::test]
async fn a84_where_it_is_set_so_asks_go_through_the_process_while_redis_is_down() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let users = classes().await;
    let fall_back = |settings: &mut Settings| settings.queue.fallback = QueueFallback::Memory;
    let regain = start(&users, &server.keys(), fall_back).await;
    server.kill();
    let began = tokio::time::Instant::now();
    assert_eq!(same_for_all(&regain).await.status, 202);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    regain.until_ready_says("degraded").await;
    let reasons = regain.get("/readyz").await.body;
    assert!(reasons.contains("the queue in Redis cannot be used"), "{reasons}");
    for source in regain.service.queue.sources().iter().skip(1) {
        source.drained().await;
    }
    assert_eq!(regain.mails().len(), 3, "and mail is sent");
    server.start_again().await;
    regain.until_ready_says("ready").await;
    assert_eq!(same_for_all(&regain).await.status, 202);
    regain.worked().await;
}

#[tokio::test]
async fn a_redis_off_loopback_without_tls_keeps_the_service_from_starting() {
    let users = classes().await;
    let folder = Folder::new();
    let config = folder.0.join("regain.toml");
    let far = Keys::at("redis://:s3cret@redis.example.com".to_owned());
    for kept in ["queue", "limits"] {
        let lines = lines(&far).replace("queue =", &format!("{kept} ="));
        let head = format!("listen = \"127.0.0.1:0\"\npublic_url = \"http://127.0.0.1\"\n{lines}");
        std::fs::write(&config, configuration(&users.url, &folder.0, &head)).unwrap();
        let (code, _, said) = command(&["serve", "--config", config.to_str().unwrap()]).await;
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("redis.example.com without verified TLS"), "{said}");
        assert!(said.contains("rediss://") && !said.contains("s3cret"), "{said}");
    }
}

#[tokio::test]
async fn a_service_that_starts_while_redis_is_down_waits_for_it_and_needs_no_restart() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    server.kill();
    let users = classes().await;
    let regain = start(&users, &server.keys(), |_| {}).await;
    assert_eq!(regain.ask("known@example.com").await.status, 503);
    server.start_again().await;
    until_asks_are_taken(&regain).await;
    assert_eq!(regain.ask("known@example.com").await.status, 202);
    regain.worked().await;
    assert_eq!(regain.mails().len(), 1);
}

#[tokio::test]
async fn a49_a_full_queue_answers_everybody_alike_and_the_other_replica_too() {
    let Some(keys) = keys() else { return };
    let users = classes().await;
    let full = |settings: &mut Settings| settings.queue.capacity = 0;
    for _replica in 0..2 {
        let regain = start(&users, &keys, full).await;
        assert_eq!(same_for_all(&regain).await.status, 503);
        assert_eq!(regain.get("/readyz").await.status, 503);
    }
}

#[tokio::test]
async fn a_job_that_waited_longer_than_its_link_would_live_is_laid_aside_for_operators() {
    let Some(keys) = keys() else { return };
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    let old = OffsetAgo::minutes(31);
    let waiting = start_unworked(&users, &keys, old.clock()).await;
    assert_eq!(waiting.ask("canary.ada@example.com").await, 202);
    let regain = start(&users, &keys, |_| {}).await;
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0, "it comes too late to be of use");

    let folder = Folder::new();
    let config = folder.0.join("regain.toml");
    let head = format!("public_url = \"http://127.0.0.1\"\n{}", lines(&keys));
    std::fs::write(&config, configuration(&users.url, &folder.0, &head)).unwrap();
    let (code, printed, complaint) =
        command(&["queue", "--config", config.to_str().unwrap()]).await;
    assert_eq!((code, complaint.as_str()), (Some(0), ""));
    assert!(printed.starts_with("ready 0\nbeing done 0\nput off 0\ngiven up 1\n"), "{printed}");
    assert!(printed.contains("too-late default ask c…@example.com asked for"), "{printed}");
    assert!(!printed.contains("canary"), "{printed}");
}

/// A clock that is behind.
struct OffsetAgo(time::OffsetDateTime);

impl OffsetAgo {
    fn minutes(minutes: i64) -> Self {
        Self(Clock::system().now() - time::Duration::minutes(minutes))
    }

    fn clock(&self) -> Clock {
        Clock::fixed(self.0)
    }
}

/// A replica whose workers do nothing.
struct Unworked {
    url: String,
    http: reqwest::Client,
    _mails: Folder,
}

async fn start_unworked(users: &TestDatabase, keys: &Keys, clock: Clock) -> Unworked {
    start_unworked_with(users, keys, clock, |_| {}).await
}

async fn start_unworked_with(
    users: &TestDatabase,
    keys: &Keys,
    clock: Clock,
    change: impl FnOnce(&mut Settings),
) -> Unworked {
    use poem::listener::{Acceptor as _, Listener as _};
    let mails = Folder::new();
    let mut settings = crate::harness::settings(&users.url, &mails.0);
    on_redis(&mut settings, keys);
    change(&mut settings);
    let random = regain::random::Random::system();
    let service = regain::app::Service::build(&settings, clock, random).unwrap();
    let listener = poem::listener::TcpListener::bind("127.0.0.1:0");
    let acceptor = listener.into_acceptor().await.unwrap();
    let address = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
    tokio::spawn(poem::Server::new_with_acceptor(acceptor).run(service.endpoint()));
    let http = crate::harness::client();
    Unworked { url: format!("http://{address}"), http, _mails: mails }
}

impl Unworked {
    async fn post(&self, path: &str, body: &serde_json::Value) -> u16 {
        let request = self.http.post(format!("{}/v1/apps/default/{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        crate::harness::answer(request).await.status
    }

    async fn ask(&self, identifier: &str) -> u16 {
        self.post("password-resets", &json!({ "identifier": identifier })).await
    }
}

#[tokio::test]
async fn a06_no_key_and_no_value_in_redis_tells_anything_of_anybody_over_the_whole_journey() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let name = Some("canaryname".to_owned());
    let ada = Person { username: name, ..person("canary.ada@example.com") };
    let users = database(Engine::Sqlite, &[ada, person("canary.eve@example.com")]).await;
    users.execute("UPDATE users SET id = 987654321 WHERE id = 1").await;
    let folder = Folder::new();
    let regain = start(&users, &keys, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        // Nobody answers there, so that the call stays in the queue.
        app.webhook = toml::from_str(
            "url = \"http://127.0.0.1:1/hook\"\nsecret = \"whsec_Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5Y2FuYXJ5\"\n\
             events = [\"password.changed\"]",
        )
        .unwrap();
    })
    .await;
    let mut tokens = vec![];
    for who in ["canary.ada@example.com", "canaryname", "canary.nobody@example.com"] {
        assert_eq!(regain.ask(who).await.status, 202);
    }
    regain.worked().await;
    tokens.extend(regain.links().iter().map(crate::harness::Mail::token));
    assert_eq!(regain.inspect(&tokens[0]).await.status, 200);
    assert_eq!(regain.complete(&tokens[0], "short").await.status, 422);
    assert_eq!(regain.complete(&tokens[0], "canary passphrase").await.status, 200);
    assert_eq!(regain.complete(&tokens[1], "canary passphrase").await.status, 400);
    // A mail that cannot be sent waits as a link of its account; one that is too old is laid aside.
    let unsent = start(&users, &keys, |settings| {
        settings.mail.providers.get_mut("files").unwrap().url =
            format!("file://{}/regain.toml/canary", folder.0.display());
    })
    .await;
    std::fs::write(folder.0.join("regain.toml"), "a file where a folder should be").unwrap();
    regain.stop().await;
    assert_eq!(unsent.ask("canary.eve@example.com").await.status, 202);
    let late = start_unworked(&users, &keys, OffsetAgo::minutes(40).clock()).await;
    assert_eq!(late.ask("canary.late@example.com").await, 202);
    tokio::time::sleep(Duration::from_secs(1)).await;

    let names: Vec<String> = keys.run(&["KEYS", "*"]).await;
    let kinds = ["limit:", "told:", "queue:ready", "queue:delayed", "queue:dead"];
    for kind in kinds {
        assert!(names.iter().any(|name| name.contains(kind)), "{kind} is among {names:?}");
    }
    let written = server.everything_written();
    assert!(written.len() > 5_000, "it was used");
    let mut canaries = vec!["canary", "987654321", "argon2", SECRET, "127.0.0.1", "@example"];
    for token in &tokens {
        canaries.push(token);
        canaries.push(token.rsplit('.').next().unwrap());
    }
    for canary in canaries {
        let found = written.windows(canary.len()).position(|bytes| bytes == canary.as_bytes());
        assert!(found.is_none(), "{canary} was written at {found:?}");
    }
}
