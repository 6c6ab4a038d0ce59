//! What clients may ask of three processes together.

use futures_util::future::join_all;
use serde_json::json;

use super::cluster::{Cluster, REPLICAS};
use crate::harness::client;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a49_three_processes_let_a_client_ask_as_often_as_one_does_and_a_new_one_knows_of_it() {
    const ALLOWED: usize = 30;
    let more = [("LIMITS__PER_CLIENT", "30/h")];
    let Some(mut cluster) = Cluster::start(100, &more).await else { return };
    let http = client();
    let ask = async |url: &str, n: usize| {
        let body = json!({ "identifier": format!("p{n}@example.com") }).to_string();
        let request = http.post(format!("{url}/v1/apps/default/password-resets"));
        let request = request.header("content-type", "application/json").body(body);
        request.send().await.unwrap().status().as_u16()
    };
    let proxy = cluster.proxy.url.clone();
    let mut statuses = vec![];
    // Not so many at a time that a busy machine lets one wait until its replica counts for itself.
    for first in (1..=3 * ALLOWED).step_by(6) {
        statuses.extend(join_all((first..first + 6).map(|n| ask(&proxy, n))).await);
    }
    let count = |status| statuses.iter().filter(|it| **it == status).count();
    assert_eq!((count(202), count(429)), (ALLOWED, 2 * ALLOWED), "{statuses:?}");
    cluster.roll().await;
    for replica in &cluster.replicas {
        assert_eq!(ask(&replica.url, 1).await, 429, "it begins where the others are");
    }
    assert_eq!(cluster.replicas.len(), REPLICAS);
    cluster.mailbox.until_came(ALLOWED).await;
    cluster.stop().await;
    assert_eq!(cluster.mailbox.came(), ALLOWED);
}
