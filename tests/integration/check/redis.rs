//! What `regain check` says of Redis.

use regain::app::{CheckOptions, Finding, Level};

use super::{cure, findings, healthy, mailing};
use crate::databases::Engine;
use crate::redis_server::{Keys, RedisServer};

const OK: Level = Level::Ok;
const WARNING: Level = Level::Warning;

const QUEUE: &str = "queue.store = \"redis\"\n";
const LIMITS: &str = "limits.store = \"redis\"\n";

/// What is found about Redis by a configuration that begins with these lines.
async fn found(head: &str) -> Vec<Finding> {
    let database = healthy(Engine::Sqlite).await;
    let config = format!("{head}\n{}", mailing(&database.url, "url = \"outbox:\"", ""));
    let mut found = findings(&config, &CheckOptions::default()).await;
    found.retain(|finding| finding.what.contains("edis"));
    found
}

fn at(keys: &Keys) -> String {
    format!("redis.url = \"{}\"\n", keys.url)
}

fn levels(found: &[Finding]) -> Vec<Level> {
    found.iter().map(|finding| finding.level).collect()
}

#[tokio::test]
async fn a_redis_that_keeps_what_it_is_given_is_well() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let well = found(&(QUEUE.to_owned() + &at(&keys))).await;
    assert_eq!(levels(&well), [Level::Ok; 5], "{well:#?}");
    assert!(well[0].what.contains(&format!("Redis at 127.0.0.1:{} is reached", server.port)));
    let limits = found(&(LIMITS.to_owned() + &at(&keys))).await;
    assert_eq!(levels(&limits), [Level::Ok; 2], "counts need not outlive anything: {limits:#?}");
    assert!(found(&at(&keys)).await.is_empty(), "nothing is kept there");
}

#[tokio::test]
async fn what_would_lose_jobs_is_told_with_lines_that_cure_it() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let keys = server.keys();
    let lax =
        [("appendonly", "no"), ("appendfsync", "everysec"), ("maxmemory-policy", "allkeys-lru")];
    for (name, value) in lax {
        keys.run::<()>(&["CONFIG", "SET", name, value]).await;
    }
    let head = QUEUE.to_owned() + &at(&keys);
    let bad = found(&head).await;
    assert_eq!(levels(&bad), [OK, OK, WARNING, WARNING, Level::Error], "{bad:#?}");
    for (finding, (name, value)) in bad[2..].iter().zip(lax) {
        assert_eq!(finding.what, format!("`{name}` of Redis is {value}"));
        let line = cure(finding).strip_prefix("redis-cli ").unwrap().split(',').next().unwrap();
        keys.run::<()>(&line.split(' ').collect::<Vec<_>>()).await;
    }
    assert_eq!(levels(&found(&head).await), [OK; 5], "the cures cure");
}

#[tokio::test]
async fn a_redis_that_is_down_locked_or_too_open_is_an_error_with_a_cure() {
    let locked = ["--requirepass", "s3cret"];
    let Some(mut server) = RedisServer::start_locked(&locked, "s3cret").await else { return };
    let wrong = format!("redis.url = \"redis://:s3cret-not@127.0.0.1:{}\"\n", server.port);
    let refused = found(&(QUEUE.to_owned() + &wrong)).await;
    assert_eq!(levels(&refused), [Level::Error], "{refused:#?}");
    let right = QUEUE.to_owned() + &at(&server.keys());
    assert_eq!(levels(&found(&right).await), [Level::Ok; 5]);
    server.kill();
    let down = found(&right).await;
    assert_eq!(levels(&down), [Level::Error]);
    assert!(cure(&down[0]).contains("redis-cli -u"));
    let open = "redis.url = \"redis://:s3cret@redis.example.com\"\n";
    let open = found(&(QUEUE.to_owned() + open)).await;
    assert_eq!(levels(&open), [Level::Error], "{open:#?}");
    assert!(cure(&open[0]).contains("rediss://"), "{open:#?}");
}

#[tokio::test]
async fn a_redis_that_shows_no_settings_is_a_warning() {
    let Some(server) = RedisServer::start(&[]).await else { return };
    let mut keys = server.keys();
    let rights = ["~*", "+@all", "-@dangerous", "+info"];
    let user = ["ACL", "SETUSER", "little", "on", ">s3cret"];
    keys.run::<()>(&[&user[..], &rights[..]].concat()).await;
    let admin = keys.url.clone();
    keys.url = format!("redis://little:s3cret@127.0.0.1:{}", server.port);
    let unseen = found(&(QUEUE.to_owned() + &at(&keys))).await;
    assert_eq!(levels(&unseen), [OK, OK, WARNING, WARNING, WARNING], "{unseen:#?}");
    assert!(cure(&unseen[2]).contains("+config|get"), "{unseen:#?}");

    let little = std::mem::replace(&mut keys.url, admin);
    keys.run::<()>(&["ACL", "SETUSER", "little", "+config|get"]).await;
    keys.url = little;
    assert_eq!(levels(&found(&(QUEUE.to_owned() + &at(&keys))).await), [OK; 5], "the cure cures");
}
