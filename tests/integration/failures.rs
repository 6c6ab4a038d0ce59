//! What operators see of mails that were not taken: the server's own words, and nobody's address.

use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase};
use crate::metrics::Watched;
use crate::people::{database, person};
use crate::smtp::MailServer;

/// A watched service whose mail goes to this server.
async fn mailing_by(server: &MailServer, users: &TestDatabase, app: &'static str) -> Watched {
    Watched::start(users, app, |settings| {
        let provider = server.provider("smtp+starttls");
        settings.mail.providers.insert("files".to_owned(), provider);
    })
    .await
}

/// The failures that are kept.
async fn failures(watched: &Watched) -> Vec<Value> {
    let answer = watched.regain.operators_get("/failures.json").await;
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("application/json")));
    for secret in ["canary.ada", "example.com", "/reset/", "eyJ"] {
        assert!(!answer.body.contains(secret), "A6: {secret} in {}", answer.body);
    }
    serde_json::from_str(&answer.body).unwrap()
}

/// Asks for a link, and says what the request is called.
async fn ask(watched: &Watched, app: &str) -> String {
    let url = format!("{}/v1/apps/{app}/password-resets", watched.regain.url);
    let body = json!({ "identifier": "canary.ada@example.com" });
    let request = watched.regain.http.post(url).header("content-type", "application/json");
    let answer = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(answer.status(), 202);
    watched.regain.worked().await;
    answer.headers()["x-request-id"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a6_a_mail_that_is_refused_is_shown_in_the_servers_own_words_without_the_address() {
    let Some(server) = MailServer::start(&json!({ "reject_rcpt": 550 })) else { return };
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    let watched = mailing_by(&server, &users, "refused").await;
    assert_eq!(failures(&watched).await, Vec::<Value>::new());

    let reference = ask(&watched, "refused").await;
    let expected = json!([{
        "at": "2027-01-15T08:00:00Z", "app": "refused", "kind": "password_reset",
        "provider": "files", "outcome": "final", "attempt": 1,
        "words": "permanent error (550): 5.1.1 … Recipient refused", "reference": reference,
    }]);
    assert_eq!(json!(failures(&watched).await), expected);
    assert_eq!(watched.regain.get("/failures.json").await.status, 404, "people see none of it");

    let figures = watched.figures().await;
    let lost = "kind=\"password_reset\",outcome=\"lost\"";
    assert_eq!(figures.of("refused", "regain_mails_total", lost), Some(1.0), "{}", figures.0);
}

#[tokio::test]
async fn a_mail_that_is_taken_at_the_third_try_failed_twice_and_was_sent_once() {
    let refusals = json!({ "reject_rcpt": 451, "refusals": 2 });
    let Some(server) = MailServer::start(&refusals) else { return };
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    let watched = mailing_by(&server, &users, "passing").await;
    let reference = ask(&watched, "passing").await;

    let failed = failures(&watched).await;
    assert_eq!(failed.len(), 2, "{failed:?}");
    for (failure, attempt) in failed.iter().zip([1, 2]) {
        assert_eq!(failure["outcome"], "passing", "{failure}");
        assert_eq!(failure["attempt"], attempt, "{failure}");
        assert_eq!(failure["reference"], reference.as_str(), "{failure}");
        let words = "transient error (451): 4.3.0 … Recipient refused";
        assert_eq!(failure["words"], words, "{failure}");
    }
    let figures = watched.figures().await;
    for (outcome, mails) in [("retried", 2.0), ("sent", 1.0), ("lost", 0.0), ("given_up", 0.0)] {
        let labels = format!("kind=\"password_reset\",outcome=\"{outcome}\"");
        let counted = figures.of("passing", "regain_mails_total", &labels);
        assert_eq!(counted, Some(mails), "{outcome} in {}", figures.0);
    }
}
