//! The connection to Redis: protected, bounded in its waits, and back by itself.

use std::path::Path;
use std::time::Duration;

use redis::cmd;
use regain::config::RedisSettings;
use regain::redis::{Address, Redis, Trouble};

use crate::harness::Folder;
use crate::process::free_port;
use crate::python;
use crate::redis_server::RedisServer;

const PATIENCE: Duration = Duration::from_millis(300);

fn connect(url: &str, settings: &RedisSettings) -> Redis {
    Redis::connect(Address::parse(url, settings).unwrap(), "test", "test", PATIENCE, |_, _| {})
}

async fn ping(redis: &Redis) -> Result<String, Trouble> {
    redis.query(&cmd("PING")).await
}

async fn until_it_answers(redis: &Redis) {
    for _attempt in 0..100 {
        if ping(redis).await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("it never came back");
}

#[tokio::test]
async fn a84_it_comes_back_after_redis_was_killed_and_nobody_waits_meanwhile() {
    let Some(mut server) = RedisServer::start(&[]).await else { return };
    let redis = connect(&server.url(), &RedisSettings::default());
    assert_eq!(ping(&redis).await.unwrap(), "PONG");
    server.kill();
    let _noticed = ping(&redis).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = tokio::time::Instant::now();
    for _call in 0..100 {
        assert_eq!(ping(&redis).await, Err(Trouble::Down));
    }
    assert!(began.elapsed() < PATIENCE, "a hundred calls take less than one wait");
    assert!(!redis.is_up());
    server.start_again().await;
    until_it_answers(&redis).await;
    assert!(redis.is_up());
}

#[tokio::test]
async fn a_redis_that_is_silent_costs_one_bounded_wait_and_then_none() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let redis = connect(&server.url(), &RedisSettings::default());
    assert!(ping(&redis).await.is_ok());
    server.signal("-STOP");
    let began = tokio::time::Instant::now();
    assert_eq!(ping(&redis).await, Err(Trouble::Silent));
    assert!(began.elapsed() < 2 * PATIENCE, "{:?}", began.elapsed());
    tokio::time::sleep(Duration::from_millis(50)).await;
    let began = tokio::time::Instant::now();
    for _call in 0..100 {
        assert_eq!(ping(&redis).await, Err(Trouble::Down));
    }
    assert!(began.elapsed() < PATIENCE);
    server.signal("-CONT");
    until_it_answers(&redis).await;
}

#[tokio::test]
async fn a_connection_that_was_closed_while_idle_fails_nobody() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let redis = connect(&server.url(), &RedisSettings::default());
    for _again in 0..5 {
        assert!(ping(&redis).await.is_ok());
        server.keys().run::<i64>(&["CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes"]).await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(ping(&redis).await.is_ok());
}

/// Makes an authority and a certificate for localhost or for another host: `ca.pem`, `server.pem` and `server.key`.
fn certify(folder: &Path, wrong_host: bool) -> bool {
    let script = format!(
        "import sys; sys.path.insert(0, 'tests/python')\n\
         from pathlib import Path\nimport certificates\n\
         certificates.certify(Path(r'{}'), {})",
        folder.display(),
        if wrong_host { "'another.test'" } else { "None" }
    );
    python::run(&["-c", &script], "").is_some_and(|(made, output)| {
        assert!(made, "{output}");
        true
    })
}

async fn with_tls(folder: &Folder) -> Option<(RedisServer, String)> {
    let (path, port) = (|name: &str| folder.0.join(name).display().to_string(), free_port());
    let (port, cert, key) = (port.to_string(), path("server.pem"), path("server.key"));
    let options = [
        ["--tls-port", &port],
        ["--tls-cert-file", &cert],
        ["--tls-key-file", &key],
        ["--tls-ca-cert-file", &cert],
        ["--tls-auth-clients", "no"],
        ["--requirepass", "s3cret"],
    ];
    let server = RedisServer::start_locked(&options.concat(), "s3cret").await?;
    Some((server, format!("rediss://:s3cret@localhost:{port}")))
}

#[tokio::test]
async fn tls_is_checked_against_the_authority_and_the_name() {
    for wrong_host in [false, true] {
        let (folder, stranger) = (Folder::new(), Folder::new());
        if !certify(&folder.0, wrong_host) || !certify(&stranger.0, false) {
            return;
        }
        let Some((_server, url)) = with_tls(&folder).await else { return };
        let by = |folder: &Folder| RedisSettings {
            ca: Some(folder.0.join("ca.pem")),
            ..RedisSettings::default()
        };
        let redis = connect(&url, &by(&folder));
        assert_eq!(ping(&redis).await.is_ok(), !wrong_host, "the certificate of its own authority");
        for settings in [by(&stranger), RedisSettings::default()] {
            assert!(ping(&connect(&url, &settings)).await.is_err(), "nobody vouches for it");
        }
    }
}

#[tokio::test]
async fn a_wrong_password_is_not_a_connection() {
    let Some(server) = RedisServer::start_locked(&["--requirepass", "right"], "right").await else {
        return;
    };
    let url = |password: &str| format!("redis://:{password}@127.0.0.1:{}", server.port);
    assert!(ping(&connect(&url("right"), &RedisSettings::default())).await.is_ok());
    assert!(ping(&connect(&url("wrong"), &RedisSettings::default())).await.is_err());
}
