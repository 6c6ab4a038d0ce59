//! What operators watch the service by.

use std::io::Write as _;
use std::process::{Command, Stdio};

use regain::config::Settings;

use crate::databases::{Engine, left_out};
use crate::harness::Regain;
use crate::people::{database, person};

/// Lets operators look, on a free port.
fn watched(settings: &mut Settings) {
    settings.metrics.listen = Some("127.0.0.1:0".to_owned());
}

/// What Prometheus would read now.
async fn exposition(regain: &Regain) -> String {
    let answer = regain.operators_get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("text/plain; version=0.0.4; charset=utf-8"));
    answer.body
}

/// The value of a sample by its name and labels.
fn sample(exposition: &str, name: &str) -> Option<f64> {
    let mut lines = exposition.lines();
    lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(' ')?.parse().ok())
}

#[tokio::test]
async fn prometheus_reads_what_the_process_is_and_how_full_it_is() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        watched(settings);
        settings.queue.capacity = 7;
        settings.hashing.permits = 3;
    })
    .await;
    let told = exposition(&regain).await;
    for (name, value) in [
        ("regain_ready", 1.0),
        ("regain_queue_depth", 0.0),
        ("regain_queue_capacity", 7.0),
        ("regain_queue_oldest_age_seconds", 0.0),
        ("regain_hashing_permits", 3.0),
        ("regain_hashing_in_use", 0.0),
        (concat!("regain_build_info{version=\"", env!("CARGO_PKG_VERSION"), "\"}"), 1.0),
    ] {
        assert_eq!(sample(&told, name), Some(value), "{name} in {told}");
    }
    for name in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"] {
        assert!(sample(&told, name).is_some(), "{name} in {told}");
    }
    promtool_finds_nothing_wrong_with(&told);

    regain.service.queue.close();
    assert_eq!(sample(&exposition(&regain).await, "regain_ready"), Some(0.0), "it stops");
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
