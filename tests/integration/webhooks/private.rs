//! Names that lead into a private network, as that of the machine itself does.

use std::net::{IpAddr, ToSocketAddrs as _};
use std::time::Duration;

use serde_json::json;

use super::receiver::{Receiver, SECRET};
use super::{ADA, ada, change_password, telling};
use crate::harness::{Folder, read_mails};
use crate::process::{Process, command};
use crate::redis_server::keys;

/// The name of this machine, which leads to an address that is not public.
pub fn hostname() -> String {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap().trim().to_owned();
    let addresses: Vec<_> = (name.as_str(), 0).to_socket_addrs().unwrap().collect();
    let private = |address: &std::net::SocketAddr| match address.ip() {
        IpAddr::V4(ip) => ip.is_private() || ip.is_loopback(),
        IpAddr::V6(ip) => ip.is_unique_local() || ip.is_loopback(),
    };
    assert!(addresses.iter().all(private), "{name} leads to {addresses:?}: give it a private one");
    name
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_refused_by_name_in_the_log_and_laid_aside() {
    let Some(keys) = keys() else { return };
    let name = hostname();
    let Some(receiver) = Receiver::named(&name).await else { return };
    let users = ada().await;
    let folder = Folder::new();
    let head = format!(
        "redis = {{ url = \"{}\", prefix = \"{}\" }}\nqueue = {{ store = \"redis\" }}\n\
         hashing = {{ argon2 = {{ memory_kib = 64, iterations = 1, parallelism = 1 }} }}",
        keys.url, keys.prefix
    );
    let webhook = format!(
        "[apps.default.webhook]\nurl = \"{}\"\nsecret = \"{SECRET}\"\n\
         events = [\"password.changed\"]\n",
        receiver.url
    );
    let process = Process::start_on(&folder, &users.url, &head, &webhook).await;
    process.post("password-resets", &json!({ "identifier": ADA })).await;
    let token = loop {
        tokio::time::sleep(Duration::from_millis(25)).await;
        if let Some(mail) = read_mails(&folder.0).first() {
            break mail.token();
        }
    };
    assert_eq!(process.complete(&token, "a new passphrase").await.unwrap().status, 200);
    let config = process.config.to_str().unwrap().to_owned();
    let given_up = async {
        loop {
            let (_, printed, _) = command(&["queue", "--config", &config]).await;
            if printed.contains("given up 1") {
                return printed;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let given_up = tokio::time::timeout(Duration::from_secs(20), given_up).await.unwrap();
    assert!(given_up.contains("refused default hook "), "{given_up}");
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    let line =
        log.lines().find(|line| line.contains("\"given up\"")).unwrap_or_else(|| panic!("{log}"));
    for words in [
        format!("{name} leads to "),
        "if the receiver is there, say webhook.allow_private_network = true".to_owned(),
        "\"ERROR\"".to_owned(),
    ] {
        assert!(line.contains(&words), "{words} in {line}");
    }
    assert!(receiver.heard().is_empty());
}

#[tokio::test]
async fn where_it_is_allowed_a_private_network_is_called_like_any_other() {
    let Some(receiver) = Receiver::named(&hostname()).await else { return };
    let users = ada().await;
    let regain = telling(&users, &receiver, "allow_private_network = true").await;
    change_password(&regain).await;
    regain.worked().await;
    assert_eq!(receiver.heard()[0].verified(SECRET)["type"], "password.changed");
}
