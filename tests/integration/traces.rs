//! What a collector is told by the program: who is whose child, whose word on it counts, nothing that is
//! nobody's business, and what a collector that is away costs.

pub mod collector;

use std::time::Duration;

use regain::clock::Stopwatch;
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase};
use crate::harness::{Folder, answer, client, read_mails};
use crate::people::{database, person};
use crate::process::{Process, free_port};
use crate::redis_server::keys;
use crate::webhooks::receiver::{self, Receiver};
use collector::{Collector, Seen};
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;

const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";
const PROXIES: &str = "[\"127.0.0.1/32\"]";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const ASK: &str = "POST /v1/apps/{app}/password-resets";
const COMPLETE: &str = "POST /v1/apps/{app}/password-resets/complete";

/// A program that tells a collector, and whatever else it talks to.
struct Traced {
    process: Process,
    folder: Folder,
    users: TestDatabase,
}

impl Traced {
    async fn start(collector: &str, head: &str, users_section: &str) -> Self {
        let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
        let folder = Folder::new();
        let head = format!("{CHEAP}\ntraces.url = \"{collector}\"\n{head}");
        let process = Process::start_on(&folder, &users.url, &head, users_section).await;
        Self { process, folder, users }
    }

    async fn ask(&self, headers: &[(&str, &str)]) -> String {
        let url = format!("{}/v1/apps/default/password-resets", self.process.url);
        let body = json!({ "identifier": "ada@example.com" }).to_string();
        let request = client().post(url).header("content-type", "application/json").body(body);
        let request =
            headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let asked = request.send().await.unwrap();
        assert_eq!(asked.status(), 202);
        asked.headers()["x-request-id"].to_str().unwrap().to_owned()
    }

    /// The token of the only mail with a link.
    async fn token(&self) -> String {
        for _attempt in 0..400 {
            if let Some(mail) = read_mails(&self.folder.0).iter().find(|it| it.link().is_some()) {
                return mail.token();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no mail came");
    }
}

fn the_one<'a>(spans: &'a [Seen], name: &str) -> &'a Seen {
    let mut named = spans.iter().filter(|span| span.name == name);
    match (named.next(), named.next()) {
        (Some(one), None) => one,
        _ => panic!("not one {name}: {spans:#?}"),
    }
}

fn child<'a>(of: &Seen, all: &'a [Seen], name: &str) -> &'a Seen {
    let children = of.children(all);
    let found = children.iter().find(|child| child.name == name);
    found.unwrap_or_else(|| panic!("no {name} below {of:#?}: {children:#?}"))
}

fn count(spans: &[Seen], name: &str) -> usize {
    spans.iter().filter(|span| span.name == name).count()
}

#[tokio::test]
async fn a_trace_goes_from_the_ask_through_the_queue_to_the_mail_and_from_the_reset_to_the_row() {
    let collector = Collector::start().await;
    let receiver = Receiver::plain([]).await;
    let webhook = format!(
        "[apps.default.webhook]\nurl = \"{}\"\nsecret = \"{}\"\nevents = [\"password.changed\"]\n",
        receiver.url,
        receiver::SECRET,
    );
    let traced = Traced::start(&collector.url, "", &webhook).await;
    let reference = traced.ask(&[]).await;
    let token = traced.token().await;
    let done = traced.process.complete(&token, "a new quartz lantern").await.unwrap();
    assert_eq!(done.status, 200, "{done:?}");
    let enough =
        |spans: &[Seen]| count(spans, "job hook") == 1 && count(spans, "hand the mail over") == 2;
    let spans = collector.has_seen(enough).await;

    let ask = the_one(&spans, ASK);
    assert_eq!((ask.kind, ask.parent.as_str(), ask.failed), (SpanKind::Server, "", false));
    for (key, value) in [
        ("http.request.method", "POST"),
        ("http.route", "/v1/apps/{app}/password-resets"),
        ("http.response.status_code", "202"),
        ("regain.app", "default"),
        ("regain.reference", &reference),
    ] {
        assert_eq!(ask.says(key), value, "{key}");
    }
    assert_eq!((ask.of["service.name"].as_str(), ask.children(&spans).len()), ("regain", 1));
    let job = child(ask, &spans, "job ask");
    assert_eq!((job.kind, job.says("regain.outcome")), (SpanKind::Consumer, "sent"));
    assert_eq!(
        (job.says("regain.mail.kind"), job.says("regain.app")),
        ("password_reset", "default")
    );
    assert_eq!(
        (job.says("regain.reference"), &job.events[..]),
        (&*reference, &["sent".to_owned()][..])
    );
    let find = child(job, &spans, "SELECT users");
    assert_eq!((find.kind, find.says("regain.use")), (SpanKind::Client, "find"));
    assert_eq!(find.says("db.system.name"), "sqlite");
    let mail = child(job, &spans, "hand the mail over");
    assert_eq!((mail.kind, mail.says("regain.mail.provider")), (SpanKind::Client, "files"));

    let complete = the_one(&spans, COMPLETE);
    assert_ne!(complete.trace, ask.trace, "the link carries no trace");
    let read = child(complete, &spans, "SELECT users");
    assert_eq!(read.says("regain.use"), "read");
    child(complete, &spans, "wait for a turn to hash");
    child(complete, &spans, "hash the password");
    let swap = child(complete, &spans, "UPDATE users");
    assert_eq!((swap.says("regain.use"), swap.says("regain.outcome")), ("swap_password", "won"));
    child(child(complete, &spans, "job notice"), &spans, "hand the mail over");
    let call = child(child(complete, &spans, "job hook"), &spans, "POST");
    assert_eq!((call.kind, call.says("server.address")), (SpanKind::Client, "localhost"));
    assert_eq!(call.says("http.response.status_code"), "204");
    let heard = &receiver.has_heard(1).await[0];
    assert_eq!(heard.header("traceparent"), format!("00-{}-{}-01", call.trace, call.id));
    assert!(!spans.iter().any(|span| span.name.contains("healthz")), "probes are not traced");
}

#[tokio::test]
async fn a_trace_of_a_proxy_that_is_trusted_is_gone_on_with_and_that_of_anybody_else_is_not() {
    for (trusted, believed, goes_on) in
        [(PROXIES, true, true), (PROXIES, false, false), ("[]", true, false)]
    {
        let collector = Collector::start().await;
        let head = format!("trusted_proxies = {trusted}\ntraces.believe_proxies = {believed}\n");
        let traced = Traced::start(&collector.url, &head, "").await;
        traced.ask(&[("traceparent", PARENT), ("tracestate", "canary=ada@example.com")]).await;
        let enough = |spans: &[Seen]| count(spans, "job ask") == 1;
        let spans = collector.has_seen(enough).await;
        let (ask, job) = (the_one(&spans, ASK), the_one(&spans, "job ask"));
        assert_eq!(PARENT.contains(&ask.trace), goes_on, "{ask:?}");
        assert_eq!(PARENT.contains(&ask.parent) && !ask.parent.is_empty(), goes_on, "{ask:?}");
        assert_eq!((&job.trace, &job.parent), (&ask.trace, &ask.id));
        assert!(spans.iter().all(|span| span.state.is_empty()), "it is free text: {spans:?}");
    }
}

#[tokio::test]
async fn what_a_trusted_proxy_does_not_sample_is_not_told_and_what_is_malformed_begins_a_trace() {
    let collector = Collector::start().await;
    let head = format!("trusted_proxies = {PROXIES}\ntraces.believe_proxies = true\n");
    let traced = Traced::start(&collector.url, &head, "").await;
    traced.ask(&[("traceparent", &PARENT.replace("-01", "-00"))]).await;
    traced.token().await;
    for malformed in ["canary", &PARENT.replacen("00", "ff", 1), &PARENT[..54], "\u{e4}"] {
        traced.ask(&[("traceparent", malformed)]).await;
    }
    traced.ask(&[("traceparent", PARENT), ("traceparent", PARENT)]).await;
    let spans = collector.has_seen(|spans| count(spans, "job ask") >= 5).await;
    assert_eq!(count(&spans, ASK), 5, "{spans:#?}");
    for span in spans.iter().filter(|span| span.name == ASK) {
        assert!(span.parent.is_empty() && !PARENT.contains(&span.trace), "{span:?}");
    }
}

#[tokio::test]
async fn a_job_in_redis_is_part_of_the_trace_whichever_replica_does_it() {
    let Some(keys) = keys() else { return };
    let collector = Collector::start().await;
    let head = format!(
        "redis = {{ url = \"{}\", prefix = \"{}\" }}\nqueue = {{ store = \"redis\" }}\n",
        keys.url, keys.prefix
    );
    let traced = Traced::start(&collector.url, &head, "").await;
    let folder = Folder::new();
    let more = format!("{CHEAP}\ntraces = {{ url = \"{}\" }}\n{head}", collector.url);
    let _other = Process::start_on(&folder, &traced.users.url, &more, "").await;
    for _ask in 0..8 {
        traced.ask(&[]).await;
    }
    let spans = collector.has_seen(|spans| count(spans, "job ask") == 8).await;
    for ask in spans.iter().filter(|span| span.name == ASK) {
        let put = child(ask, &spans, "put the job into the queue");
        assert_eq!((put.kind, put.says("messaging.system")), (SpanKind::Producer, "redis"));
        child(child(ask, &spans, "job ask"), &spans, "hand the mail over");
    }
}

#[tokio::test]
async fn a_failure_is_told_by_its_kind_and_a_span_of_it_is_one_that_failed() {
    let collector = Collector::start().await;
    let traced = Traced::start(&collector.url, "", "").await;
    traced.ask(&[]).await;
    let token = traced.token().await;
    traced.users.execute("ALTER TABLE users RENAME TO gone").await;
    let failed = traced.process.complete(&token, "a new quartz lantern").await.unwrap();
    assert_eq!(failed.status, 503, "{failed:?}");
    let spans = collector.has_seen(|spans| count(spans, COMPLETE) == 1).await;
    let complete = the_one(&spans, COMPLETE);
    assert!(complete.failed, "{complete:?}");
    assert_eq!(complete.says("error.type"), "503");
    let read = child(complete, &spans, "SELECT users");
    assert!(read.failed, "{read:?}");
    assert_eq!(read.says("error.type"), "misfit");
}

#[tokio::test]
async fn none_of_what_begins_here_is_told_where_none_is_sampled() {
    let collector = Collector::start().await;
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let folder = Folder::new();
    let head = format!("{CHEAP}\ntraces = {{ url = \"{}\", sample = 0.0 }}\n", collector.url);
    let process = Process::start(&folder, &users.url, &head).await;
    let traced = Traced { process, folder, users };
    traced.ask(&[]).await;
    traced.token().await;
    traced.process.signal("-TERM");
    let (code, log) = traced.process.ended().await;
    assert_eq!((code, collector.calls()), (Some(0), 0), "{log}");
}

#[tokio::test]
async fn what_is_left_is_handed_over_at_the_end_and_the_log_has_nothing_of_it() {
    let collector = Collector::start().await;
    let traced = Traced::start(&collector.url, "", "").await;
    let reference = traced.ask(&[]).await;
    traced.token().await;
    traced.process.signal("-TERM");
    let (code, log) = traced.process.ended().await;
    let spans = collector.spans();
    assert_eq!((code, count(&spans, ASK), count(&spans, "job ask")), (Some(0), 1, 1), "{log}");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let named: Vec<_> = lines.map(|line| line["span"].clone()).filter(Value::is_object).collect();
    let (request, job) = ("request", "job");
    for span in &named {
        assert!(span["name"] == request || span["name"] == job, "{span}");
        assert_eq!(span.as_object().unwrap().len(), 2, "a name and the reference: {span}");
    }
    for name in [request, job] {
        assert!(named.contains(&json!({ "name": name, "reference": reference })), "{log}");
    }
}

#[tokio::test]
async fn a_collector_that_is_away_slow_or_unwilling_costs_a_line_in_the_log_and_no_answer() {
    let unwilling = Collector::start().await;
    unwilling.say(500);
    // Takes connections and never answers.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let slow = format!("http://{}/v1/traces", silent.local_addr().unwrap());
    let away = format!("http://127.0.0.1:{}/v1/traces", free_port());
    for url in [&unwilling.url, &slow, &away] {
        let operators = format!("127.0.0.1:{}", free_port());
        let head = format!("metrics = {{ listen = \"{operators}\" }}\n");
        let traced = Traced::start(url, &head, "").await;
        let token = {
            traced.ask(&[]).await;
            traced.token().await
        };
        let done = traced.process.complete(&token, "a new quartz lantern").await.unwrap();
        assert_eq!(done.status, 200, "{done:?}");
        for _batch in 0..3 {
            traced.ask(&[]).await;
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
        let figures = answer(client().get(format!("http://{operators}/metrics"))).await.body;
        let dropped = figures.lines().find(|line| line.starts_with("regain_spans_dropped_total "));
        let dropped = dropped.unwrap_or_else(|| panic!("{figures}"));
        assert!(url == &slow || !dropped.ends_with(" 0"), "{url}: {dropped}");
        traced.process.signal("-TERM");
        let stopping = Stopwatch::start();
        let (code, log) = traced.process.ended().await;
        let took = stopping.elapsed();
        assert!(code == Some(0) && took < Duration::from_secs(4), "{url} {took:?}: {log}");
        let told = log.matches("the collector takes no spans").count();
        assert_eq!(told, 1, "{url}: {log}");
    }
}
