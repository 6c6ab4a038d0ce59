//! Names that lead elsewhere than they should.

use std::sync::Arc;

use futures_util::future::FutureExt as _;
use serde_json::json;
use tokio::net::TcpListener;

use super::BreachServices;
use crate::clock::Clock;
use crate::outbound::LookUp;
use crate::password::Password;
use crate::recovery::Breaches as _;

#[tokio::test]
async fn a66_a_name_that_leads_to_a_private_network_is_not_connected_to() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let look_up: LookUp = Arc::new(|_| async { Ok(vec!["127.0.0.1".parse().unwrap()]) }.boxed());
    let mut services = BreachServices::looking_up(look_up, Clock::system());
    let url = format!("https://breaches.example.com:{port}/range/");
    let settings = serde_json::from_value(json!({ "url": url })).unwrap();
    services.add("shop", &settings).unwrap();

    let why = services.look("shop").await.unwrap_err();
    let expected = "breaches.example.com leads to 127.0.0.1, an address of this machine; if the \
                    service is there, say password.breaches.allow_private_network = true";
    assert_eq!(why, expected);
    let told = services.list("shop", &Password::new("password".to_owned())).await;
    assert!(told.is_err(), "{told:?}");
    let connected = listener.accept().now_or_never();
    assert!(connected.is_none(), "{connected:?}");
    assert_eq!(services.list("other", &Password::new("password".to_owned())).await, Ok(false));
}
