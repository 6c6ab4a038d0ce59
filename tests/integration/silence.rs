//! Invariant 1, seen at the socket: asking sends not one byte to the database (A46, A48).

use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};
use regain::app::Service;
use regain::clock::Clock;
use regain::config::{ApiKeySettings, Compat, LimitStore, LoginLinks, QueueStore};
use regain::random::Random;
use regain::token::ApiKey;
use serde_json::json;

use crate::databases::{Engine, engines};
use crate::harness::{Folder, answer, client, settings};
use crate::people::{Person, database, person};
use crate::redis_server::keys;
use crate::relay::{Mode, Relay};

#[tokio::test]
async fn a46_a48_with_the_worker_stopped_asking_sends_not_one_byte_to_the_database() {
    let servers = engines().into_iter().filter(|engine| *engine != Engine::Sqlite);
    for (engine, keys) in servers.flat_map(|engine| [(engine, None), (engine, keys())]) {
        let people = [
            person("known@example.com"),
            Person { active: false, ..person("disabled@example.com") },
        ];
        let users = database(engine, &people).await;
        let (relay, through) = Relay::before_url(&users.url, Mode::Open).await;

        // The endpoint alone, without workers.
        let mails = Folder::new();
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let local = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let mut settings = settings(&through, &mails.0);
        settings.public_url = format!("http://{local}");
        let app = settings.apps.get_mut("default").unwrap();
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        app.compat = [Compat::BettyBlocks, Compat::CloudCms, Compat::Structr].into();
        app.return_to = vec![settings.public_url.clone()];
        let key = ApiKey::generate(&Random::system());
        app.api_keys = vec![ApiKeySettings {
            name: "desk".to_owned(),
            sha256: key.digest().to_hex(),
            scopes: vec!["tokens:issue:password-reset".to_owned()],
        }];
        if let Some(keys) = &keys {
            settings.redis = keys.settings();
            settings.queue.store = QueueStore::Redis;
            settings.limits.store = LimitStore::Redis;
        }
        let service = Service::build(&settings, Clock::system(), Random::system()).unwrap();
        tokio::spawn(Server::new_with_acceptor(acceptor).run(service.endpoint()));

        let http = client();
        let post = |path: &str, body: serde_json::Value| {
            let request = http.post(format!("http://{local}{path}"));
            answer(request.header("content-type", "application/json").body(body.to_string()))
        };
        let own = |path: &str| format!("/v1/apps/default/{path}");
        for who in ["known@example.com", "disabled@example.com", "nobody@example.com", "known"] {
            for _again in 0..25 {
                for path in ["password-resets", "email-confirmations", "login-links"] {
                    let asked = post(&own(path), json!({ "identifier": who })).await;
                    assert_eq!(asked.status, 202);
                }
                let requests = "/pub/applications/default/requests/resetpassword";
                let made = post(requests, json!({ "principal": who })).await.json();
                let send = format!("{requests}/{}/send", made["_doc"].as_str().unwrap());
                assert_eq!(post(&send, json!({})).await.status, 200);
            }
        }
        for who in ["known@example.com", "disabled@example.com", "nobody@example.com"] {
            for (path, field) in [
                ("/betty-blocks/default/request-password-reset", "email_address"),
                ("/structr/rest/reset-password", "eMail"),
            ] {
                assert_eq!(post(path, json!({ field: who })).await.status, 200, "{path}");
            }
        }
        for who in ["known@example.com", "disabled@example.com", "nobody@example.com"] {
            let invite = http.post(format!("http://{local}{}", own("invitations")));
            let invite =
                invite.bearer_auth(key.expose()).header("content-type", "application/json");
            let invited = answer(invite.body(json!({ "identifier": who }).to_string())).await;
            assert_eq!(invited.status, 202, "an operator is told as little");
        }
        let form = http
            .post(format!("http://{local}/a/default/reset"))
            .header("sec-fetch-site", "same-origin")
            .form(&[("identifier", "known@example.com")]);
        assert_eq!(answer(form).await.status, 200);
        assert_eq!(relay.sent(), 0, "{engine:?}: the users table was looked at");

        // The relay does count: a forged token still sends nothing (A15), a genuine one does.
        let forged = json!({ "token": "eyJ1IjoiMSJ9.AAAA.AAAA", "purpose": "password-reset" });
        assert_eq!(post(&own("tokens/inspect"), forged).await.status, 400);
        for path in ["email-confirmations/complete", "login-links/complete"] {
            let forged = json!({ "token": "eyJ1IjoiMSJ9.AAAA.AAAA" });
            assert_eq!(post(&own(path), forged).await.status, 400);
        }
        let forged = http.get(format!("http://{local}/v1/apps/default/me")).bearer_auth("a.b.c");
        assert_eq!(answer(forged).await.status, 401);
        assert_eq!(relay.sent(), 0, "{engine:?}: no database before the MAC holds");
        let (job, _ticket) = service.queue.take().await.unwrap();
        assert!(service.recovery.perform(job).await.is_empty());
        assert!(relay.sent() > 0, "{engine:?}: the relay sees the worker");
    }
}
