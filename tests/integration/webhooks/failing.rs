//! Calls that fail: tried again where that may help, laid aside where it does not, and never sent
//! anywhere else.

use std::time::Duration;

use regain::app::Service;
use regain::clock::Clock;
use regain::queue::Queue;
use regain::random::Random;
use serde_json::json;

use super::receiver::{Receiver, SECRET, Say};
use super::{ada, change_password, hooked, telling};
use crate::durable::on_redis;
use crate::harness::{Folder, Regain, settings};
use crate::redis_server::keys;

/// Lets jobs be tried and put off for a while; how many are still to be done.
async fn left_after(regain: &Regain, wait: Duration) -> usize {
    tokio::time::sleep(wait).await;
    regain.service.queue.unfinished()
}

#[tokio::test]
async fn a_call_that_fails_is_made_again_under_its_id_and_signed_anew() {
    let says = [Say::Status(503), Say::Nothing];
    let Some(receiver) = Receiver::tls(says).await else { return };
    let users = ada().await;
    let regain = telling(&users, &receiver, "timeout = \"500ms\"").await;
    change_password(&regain).await;
    regain.worked().await;
    let heard = receiver.heard();
    assert_eq!(heard.len(), 3, "a failure, a silence, and then it was taken");
    for call in &heard {
        call.verified(SECRET);
        assert_eq!(call.header("webhook-id"), heard[0].header("webhook-id"));
        assert_eq!(call.body, heard[0].body);
    }
    let at = |call: usize| heard[call].header("webhook-timestamp").parse::<i64>().unwrap();
    assert!(at(0) < at(1) && at(1) < at(2), "each is signed when it is made");
}

#[tokio::test]
async fn a_receiver_without_a_good_certificate_hears_nothing_and_the_call_waits() {
    let Some(stranger) = Receiver::tls([]).await else { return };
    let Some(of_another_host) = Receiver::named("another-host.test").await else { return };
    let Some(of_another_authority) = Receiver::tls([]).await else { return };
    let another_ca = of_another_authority.ca.clone();
    for (receiver, ca) in
        [(&stranger, None), (&stranger, another_ca), (&of_another_host, of_another_host.ca.clone())]
    {
        let users = ada().await;
        let regain = Regain::start_at(&users.url, Clock::system(), |settings| {
            hooked(settings, receiver, "");
            let app = settings.apps.get_mut("default").unwrap();
            app.webhook.as_mut().unwrap().ca = ca;
        })
        .await;
        change_password(&regain).await;
        assert_eq!(left_after(&regain, Duration::from_secs(2)).await, 1, "it waits");
        assert!(receiver.heard().is_empty(), "{:?}", receiver.heard());
    }
}

#[tokio::test]
async fn a_redirect_leads_nowhere() {
    let elsewhere = Receiver::plain([]).await;
    let receiver = Receiver::plain([Say::Redirect(elsewhere.url.clone())]).await;
    let users = ada().await;
    let regain = telling(&users, &receiver, "").await;
    change_password(&regain).await;
    regain.worked().await;
    assert_eq!(receiver.heard().len(), 2, "it was tried again where it is");
    assert!(elsewhere.heard().is_empty(), "{:?}", elsewhere.heard());
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_not_called_again_and_operators_see_what_it_was_not_told() {
    let receiver = Receiver::plain([Say::Status(410)]).await;
    let users = ada().await;
    let regain = Regain::start_with(&users.url, |settings| {
        hooked(settings, &receiver, "");
        settings.metrics.listen = Some("127.0.0.1:0".to_owned());
    })
    .await;
    assert_eq!(regain.operators_get("/given-up.json").await.json(), json!([]));
    change_password(&regain).await;
    regain.worked().await;
    assert_eq!(receiver.heard().len(), 1);
    let shown = regain.operators_get("/given-up.json").await;
    assert_eq!((shown.status, shown.header("content-type")), (200, Some("application/json")));
    let mut shown = shown.json();
    let reference = shown[0]["reference"].take();
    assert_eq!(reference, receiver.heard()[0].header("webhook-id"), "the request is in the log");
    let at = "2027-01-15T08:00:00Z";
    let expected = json!([{
        "at": at, "why": "refused", "app": "default", "kind": "hook", "reference": null,
        "about": "password.changed of account 1", "asked_at": at,
    }]);
    assert_eq!(shown, expected);
    assert_eq!(regain.get("/given-up.json").await.status, 404, "people see none of it");
}

#[tokio::test]
async fn what_is_given_up_lies_among_the_dead_letters_and_a_day_is_long_enough() {
    let Some(keys) = keys() else { return };
    let users = ada().await;
    let gone = Receiver::plain([Say::Status(410)]).await;
    let failing = Receiver::plain(std::iter::repeat_n(Say::Status(500), 100)).await;
    for (receiver, why) in [(&gone, "refused"), (&failing, "too-late")] {
        let start = Clock::system().now();
        let regain = Regain::start_at(&users.url, Clock::fixed(start), |settings| {
            on_redis(settings, &keys);
            hooked(settings, receiver, "");
            settings.metrics.listen = Some("127.0.0.1:0".to_owned());
        })
        .await;
        change_password(&regain).await;
        receiver.has_heard(1).await;
        regain.clock.advance(Duration::from_hours(24));
        regain.worked().await;
        let Queue::Redis(queue) = &regain.service.queue else { panic!("it is in Redis") };
        let dead = queue.report().await.unwrap().dead.remove(0);
        assert_eq!((dead.why, dead.kind), (why, Some("hook")), "{dead:?}");
        assert_eq!(dead.about.as_deref(), Some("password.changed of account 1"));
        let shown = regain.operators_get("/given-up.json").await.json();
        assert_eq!((&shown[0]["why"], &shown[0]["kind"]), (&json!(why), &json!("hook")));
        regain.stop().await;
    }
    assert_eq!(gone.heard().len(), 1);
}

#[tokio::test]
async fn a_webhook_that_cannot_be_used_keeps_the_service_from_starting_with_its_cure() {
    let receiver = Receiver::plain([]).await;
    let why = |change: &dyn Fn(&mut regain::config::WebhookSettings)| {
        let folder = Folder::new();
        let mut settings = settings("sqlite::memory:", &folder.0);
        hooked(&mut settings, &receiver, "");
        change(settings.apps.get_mut("default").unwrap().webhook.as_mut().unwrap());
        let built = Service::build(&settings, Clock::system(), Random::system());
        built.err().unwrap().to_string()
    };
    let secret = |text: &str| regain::config::SecretSource::Inline(text.to_owned().into());
    insta::assert_snapshot!(why(&|it| it.url = "http://app.example.com/".to_owned()), @r#"
    `apps.default.webhook.url` is http off loopback: others on the way could read every call
        write it like "https://app.example.com/hooks/regain", or "http://127.0.0.1:8000/hooks/regain" to try things out
    "#);
    insta::assert_snapshot!(why(&|it| it.url = "https://192.168.1.1/".to_owned()), @r#"
    `apps.default.webhook.url` holds 192.168.1.1, an address of a private network
        if the receiver is there, say webhook.allow_private_network = true
    "#);
    insta::assert_snapshot!(why(&|it| it.secret = secret("s3cret")), @r#"
    `apps.default.webhook.secret` is not "whsec_" and at least 24 bytes of base64
        make a new one: echo whsec_$(openssl rand -base64 32)
    "#);
    insta::assert_snapshot!(why(&|it| it.previous_secret = Some(secret("whsec_s3cret"))), @r#"
    `apps.default.webhook.previous_secret` is not "whsec_" and at least 24 bytes of base64
        make a new one: echo whsec_$(openssl rand -base64 32)
    "#);
    insta::assert_snapshot!(why(&|it| it.ca = Some("/nowhere/ca.pem".into())), @r#"
    `apps.default.webhook.ca` cannot be used: /nowhere/ca.pem: I/O error: No such file or directory (os error 2)
        give a PEM file with the certificate of the authority
    "#);
    insta::assert_snapshot!(why(&|it| it.ca = Some("/dev/null".into())), @r#"
    `apps.default.webhook.ca` cannot be used: /dev/null: it holds no certificate
        give a PEM file with the certificate of the authority
    "#);
    insta::assert_snapshot!(why(&|it| it.timeout.0 = Duration::ZERO), @r#"
    `apps.default.webhook.timeout` is 0, so no answer would ever come in time
        write it like "10s", or leave it out
    "#);
    insta::assert_snapshot!(why(&|it| it.events = vec!["password.change".to_owned()]), @r#"
    `apps.default.webhook.events` holds "password.change", which is no event
        name some of: password.changed, email.confirmed, login.completed, account.disputed, recovery.requested
    "#);
}
