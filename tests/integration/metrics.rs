//! What operators watch the service by. Counts are the process', so each test has an application
//! of its own name, and what no application's name is on may rise by others' doing too.

use std::io::Write as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use regain::config::{Rate, Settings};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::databases::{Engine, TestDatabase, left_out};
use crate::harness::{Answer, Regain};
use crate::people::{Person, database, person};

/// Lets operators look, on a free port.
fn watched(settings: &mut Settings) {
    settings.metrics.listen = Some("127.0.0.1:0".to_owned());
}

/// A watched service of one application.
pub struct Watched {
    pub regain: Regain,
    app: &'static str,
}

/// What Prometheus read at a time.
pub struct Figures(pub String);

impl Watched {
    pub async fn start(
        users: &TestDatabase,
        app: &'static str,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let regain = Regain::start_with(&users.url, |settings| {
            watched(settings);
            change(settings);
            let own = settings.apps.remove("default").unwrap();
            settings.apps.insert(app.to_owned(), own);
        })
        .await;
        Self { regain, app }
    }

    async fn post(&self, path: &str, body: serde_json::Value) -> Answer {
        self.regain.post(&format!("/v1/apps/{}/{path}", self.app), &body).await
    }

    async fn ask(&self, identifier: &str) -> Answer {
        let answer = self.post("password-resets", json!({ "identifier": identifier })).await;
        self.regain.worked().await;
        answer
    }

    async fn complete(&self, token: &str, new_password: &str) -> u16 {
        let body = json!({ "token": token, "new_password": new_password });
        let answer = self.post("password-resets/complete", body).await;
        self.regain.worked().await;
        answer.status
    }

    pub async fn figures(&self) -> Figures {
        let answer = self.regain.operators_get("/metrics").await;
        assert_eq!(answer.status, 200);
        let kind = answer.header("content-type");
        assert_eq!(kind, Some("text/plain; version=0.0.4; charset=utf-8"));
        Figures(answer.body)
    }

    /// Waits until the process' figures are these.
    async fn until_all(&self, wanted: &[(&str, f64)]) {
        for _attempt in 0..100 {
            let figures = self.figures().await;
            if wanted.iter().all(|(name, value)| figures.get(name) == Some(*value)) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("never {wanted:?}: {}", self.figures().await.0);
    }

    /// Waits until a figure of this application is at least so high.
    async fn until(&self, name: &str, labels: &str, value: f64) {
        for _attempt in 0..100 {
            if self.figures().await.of(self.app, name, labels) >= Some(value) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{name} {labels} never came to {value}: {}", self.figures().await.0);
    }
}

impl Figures {
    /// The value of a sample.
    fn get(&self, name: &str) -> Option<f64> {
        let mut lines = self.0.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
    }

    /// The value of an application's sample with these labels.
    pub fn of(&self, app: &str, name: &str, labels: &str) -> Option<f64> {
        let comma = if labels.is_empty() { "" } else { "," };
        self.get(&format!("{name}{{app=\"{app}\"{comma}{labels}}}"))
    }
}

#[tokio::test]
async fn prometheus_reads_what_the_process_is_and_how_full_it_is() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let watched = Watched::start(&users, "full", |settings| {
        settings.queue.capacity = 7;
        settings.hashing.permits = Some(3);
    })
    .await;
    watched
        .until_all(&[
            ("regain_ready", 1.0),
            ("regain_queue_depth", 0.0),
            ("regain_queue_capacity", 7.0),
            ("regain_queue_oldest_age_seconds", 0.0),
            ("regain_hashing_permits", 3.0),
            ("regain_hashing_in_use", 0.0),
            (concat!("regain_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0),
        ])
        .await;
    let figures = watched.figures().await;
    for name in [
        "regain_jobs_lost_total",
        "process_cpu_seconds_total",
        "process_resident_memory_bytes",
        "process_open_fds",
    ] {
        assert!(figures.get(name).is_some(), "{name} in {}", figures.0);
    }
    watched.until("regain_users_table_up", "", 1.0).await;
    watched.until("regain_mail_up", "", 1.0).await;

    watched.regain.service.queue.close();
    watched.until_all(&[("regain_ready", 0.0)]).await;
    watched.ask("ada@example.com").await;
    watched.until("regain_asks_total", QUEUE_FULL, 1.0).await;
}

const QUEUE_FULL: &str = "purpose=\"password-reset\",outcome=\"queue_full\"";

#[tokio::test]
async fn what_people_do_is_counted_and_promtool_finds_nothing_wrong() {
    let closed = Person { active: false, ..person("closed@example.com") };
    let users = database(Engine::Sqlite, &[person("ada@example.com"), closed]).await;
    let limits = |settings: &mut Settings| {
        settings.limits.per_client = Rate { events: 7, period: Duration::from_hours(1) };
    };
    let watched = Watched::start(&users, "counted", limits).await;
    let before = watched.figures().await;

    for identifier in ["ada@example.com", "nobody@example.com", "closed@example.com"] {
        assert_eq!(watched.ask(identifier).await.status, 202);
    }
    let token = watched.regain.links()[0].token();
    for _ask_within_the_budget_and_one_beyond in 0..3 {
        watched.ask("Ada@Example.com").await;
    }
    watched.ask("nobody@example.com").await;
    assert_eq!(watched.ask("nobody@example.com").await.status, 429);
    for (token, password, status) in [
        ("nonsense", "a new passphrase", 400),
        (&format!("f{}", &token[1..]), "a new passphrase", 400),
        (&token, "short", 422),
        (&token, "a new passphrase", 200),
        (&token, "another passphrase", 400),
    ] {
        assert_eq!(watched.complete(token, password).await, status);
    }
    watched.regain.clock.advance(Duration::from_mins(31));
    assert_eq!(watched.complete(&token, "another passphrase").await, 410);

    let after = watched.figures().await;
    for (name, labels, rise) in [
        ("regain_asks_total", "purpose=\"password-reset\",outcome=\"accepted\"", 7.0),
        ("regain_asks_total", "purpose=\"password-reset\",outcome=\"rate_limited\"", 1.0),
        ("regain_asks_total", QUEUE_FULL, 0.0),
        ("regain_asks_without_mail_total", "reason=\"no_account\"", 2.0),
        ("regain_asks_without_mail_total", "reason=\"ineligible\"", 1.0),
        ("regain_asks_without_mail_total", "reason=\"budget\"", 1.0),
        ("regain_mail_budget_exhausted_total", "", 1.0),
        ("regain_mails_total", "kind=\"password_reset\",outcome=\"sent\"", 3.0),
        ("regain_mails_total", "kind=\"password_changed\",outcome=\"sent\"", 1.0),
        ("regain_mails_total", "kind=\"password_reset\",outcome=\"lost\"", 0.0),
        ("regain_completions_total", "purpose=\"password-reset\",outcome=\"completed\"", 1.0),
        ("regain_completions_total", "purpose=\"password-reset\",outcome=\"token_refused\"", 4.0),
        (
            "regain_completions_total",
            "purpose=\"password-reset\",outcome=\"password_rejected\"",
            1.0,
        ),
        ("regain_completions_total", "purpose=\"password-reset\",outcome=\"unavailable\"", 0.0),
        ("regain_tokens_refused_total", "reason=\"malformed\"", 1.0),
        ("regain_tokens_refused_total", "reason=\"bad_signature\"", 1.0),
        ("regain_tokens_refused_total", "reason=\"spent\"", 1.0),
        ("regain_tokens_refused_total", "reason=\"expired\"", 1.0),
    ] {
        let of = |figures: &Figures| figures.of("counted", name, labels);
        assert_eq!(of(&before), Some(0.0), "{name} {labels}: counts begin at nought");
        assert_eq!(of(&after), Some(rise), "{name} {labels} in {}", after.0);
    }
    for name in [
        "regain_limits_refused_total{door=\"ask\"}",
        "regain_hashing_wait_seconds_count",
        "regain_mail_send_seconds_count{provider=\"files\"}",
    ] {
        let rose = after.get(name) > before.get(name).or(Some(0.0));
        assert!(rose, "{name} in {}", after.0);
    }
    promtool_finds_nothing_wrong_with(&after.0);
    everything_is_explained(&after.0);
}

#[tokio::test]
async fn a6_the_figures_hold_no_address_token_or_id_of_a_user() {
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    users.execute("UPDATE users SET id = 424242424242").await;
    let watched = Watched::start(&users, "silent", |_| {}).await;
    watched.ask("canary.ada@example.com").await;
    watched.ask("canary\" } canary@example.com").await;
    let token = watched.regain.links()[0].token();
    watched.regain.get(&format!("/a/silent/reset/{token}")).await;
    watched.regain.get(&format!("/v1/apps/canary/{token}")).await;
    assert_eq!(watched.complete(&token, "canary passphrase").await, 200);
    assert_eq!(watched.complete(&token, "canary passphrase").await, 400);
    let figures = watched.figures().await;
    let signature = token.rsplit('.').next().unwrap();
    for secret in ["canary", "example.com", "@", "424242424242", signature, "/silent/"] {
        assert!(!figures.0.contains(secret), "{secret} in {}", figures.0);
    }
}

#[tokio::test]
async fn mails_that_wait_for_their_turn_or_never_get_one_are_counted() {
    for (per_hour, name, labels) in [
        (60, "regain_mail_pace_waits_total", ""),
        (1, "regain_mails_total", "kind=\"password_reset\",outcome=\"given_up\""),
    ] {
        let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
        let app = if per_hour == 1 { "never" } else { "paced" };
        let watched = Watched::start(&users, app, |settings| {
            settings.apps.get_mut("default").unwrap().mail.per_hour = per_hour;
        })
        .await;
        for _one_now_and_one_later in 0..2 {
            let body = json!({ "identifier": "ada@example.com" });
            assert_eq!(watched.post("password-resets", body).await.status, 202);
        }
        watched.until(name, labels, 1.0).await;
    }
}

#[tokio::test]
async fn calls_of_a_webhook_are_counted_by_what_became_of_each_try() {
    let receiver = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hooks", receiver.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in ["500 Internal Server Error", "204 No Content"] {
            let (mut call, _) = receiver.accept().await.unwrap();
            let _ = call.read(&mut [0; 4096]).await.unwrap();
            let answer = format!("HTTP/1.1 {answer}\r\nconnection: close\r\n\r\n");
            call.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let webhook = format!(
        "url = \"{url}\"\nsecret = \"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\"\n\
         events = [\"password.changed\"]"
    );
    let watched = Watched::start(&users, "hooked", |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.webhook = Some(toml::from_str(&webhook).unwrap());
    })
    .await;
    watched.ask("ada@example.com").await;
    let token = watched.regain.links()[0].token();
    assert_eq!(watched.complete(&token, "a new passphrase").await, 200);
    let figures = watched.figures().await;
    for (outcome, calls) in [("retried", 1.0), ("sent", 1.0), ("lost", 0.0), ("given_up", 0.0)] {
        let labels = format!("event=\"password.changed\",outcome=\"{outcome}\"");
        let counted = figures.of("hooked", "regain_webhook_calls_total", &labels);
        assert_eq!(counted, Some(calls), "{outcome} in {}", figures.0);
    }
}

#[tokio::test]
async fn people_reach_no_metrics_and_operators_nothing_else() {
    let users = database(Engine::Sqlite, &[]).await;
    let regain = Regain::start_with(&users.url, watched).await;
    assert_eq!(regain.get("/metrics").await.status, 404);
    for path in ["/", "/healthz", "/v1/apps/default/password-resets", "/metrics/more"] {
        assert_eq!(regain.operators_get(path).await.status, 404, "{path}");
    }
    let url = format!("{}/metrics", regain.operators.as_ref().unwrap());
    assert_eq!(regain.http.post(&url).send().await.unwrap().status(), 405);
    let head = regain.http.head(&url).send().await.unwrap();
    assert_eq!((head.status().as_u16(), head.text().await.unwrap().len()), (200, 0));

    let nobody_watches = Regain::start(&users.url).await;
    assert_eq!(nobody_watches.operators, None);
}

/// Fails where `promtool check metrics` complains.
fn promtool_finds_nothing_wrong_with(exposition: &str) {
    let Ok(promtool) = std::env::var("REGAIN_TEST_PROMTOOL") else {
        left_out("promtool", "REGAIN_TEST_PROMTOOL");
        return;
    };
    let mut child = Command::new(promtool)
        .args(["check", "metrics"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("promtool runs");
    child.stdin.take().unwrap().write_all(exposition.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success() && said.is_empty(), "{said}\n{exposition}");
}

/// Fails where something has no HELP: it is in no table, then.
fn everything_is_explained(exposition: &str) {
    for kind in exposition.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
        let name = kind.split(' ').next().unwrap();
        assert!(exposition.contains(&format!("# HELP {name} ")), "{name} in {exposition}");
    }
}
