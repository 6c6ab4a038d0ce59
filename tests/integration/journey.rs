//! Ask → mail → link → new password, on each engine, the link taken out of the mail.

use serde_json::json;

use crate::databases::engines;
use crate::harness::Regain;
use crate::people::{Person, database, hash, person};
use crate::python;

const NEW: &str = "a new passphrase 🦀";

#[tokio::test]
async fn a_forgotten_password_is_reset_by_the_link_in_the_mail_once() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start(&users.url).await;

        let token = regain.token_for("ada@example.com").await;
        let inspected = regain.inspect(&token).await;
        assert_eq!(inspected.status, 200, "{engine:?} {inspected:?}");
        assert_eq!(inspected.json()["purpose"], "password-reset");
        assert_eq!(inspected.json()["issued_at"], "2027-01-15T08:00:00Z");
        assert_eq!(inspected.json()["expires_at"], "2027-01-15T08:30:00Z");

        let completed = regain.complete(&token, NEW).await;
        assert_eq!((completed.status, completed.body.as_str()), (200, "{}"), "{engine:?}");
        let stored = hash(&users, 1).await;
        python::verify_argon2(&stored, NEW);

        let again = regain.complete(&token, "another passphrase").await;
        assert_eq!((again.status, again.code()), (400, "token-invalid".to_owned()), "{engine:?}");
        assert_eq!(hash(&users, 1).await, stored, "{engine:?}");
        assert_eq!(regain.inspect(&token).await.status, 400);

        regain.worked().await;
        let mails = regain.mails();
        assert_eq!(mails.len(), 2, "{engine:?} {mails:?}");
        let notice = &mails[1];
        assert_eq!(notice.to, "ada@example.com");
        assert!(notice.link().is_none() && !notice.raw.contains(&token), "A69: {}", notice.text);
        regain.stop().await;
    }
}

#[tokio::test]
async fn the_mail_is_whole_and_says_what_a_person_needs() {
    let users = database(crate::databases::Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    regain.token_for("ada@example.com").await;
    let mail = regain.mails().remove(0);
    assert_eq!(mail.to, "ada@example.com");
    assert!(mail.subject.contains("Example"), "{}", mail.subject);
    assert!(mail.text.contains("30 minutes"), "{}", mail.text);
    let link = mail.link().unwrap();
    assert!(link.starts_with(&format!("{}/a/default/reset/", regain.url)), "{link}");
    assert!(mail.html.contains(&link), "the HTML part has the same link: {}", mail.html);
    for header in ["Date: ", "Message-ID: <", "Auto-Submitted: auto-generated"] {
        assert!(mail.raw.contains(header), "{header} in {}", mail.raw);
    }
}

#[tokio::test]
async fn an_application_with_a_front_end_of_its_own_gets_its_own_links() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let regain = Regain::start_with(&users.url, |settings| {
            let app = settings.apps.get_mut("default").unwrap();
            app.links.password_reset =
                Some("https://app.example.com/new-password#{token}".to_owned());
            app.return_to = vec!["https://app.example.com/".to_owned()];
        })
        .await;
        let ask = json!({
            "identifier": "ada@example.com", "locale": "de", "return_to": "https://app.example.com/account",
        });
        assert_eq!(regain.post("/v1/apps/default/password-resets", &ask).await.status, 202);
        regain.worked().await;
        let mail = regain.mails().remove(0);
        assert!(mail.link().unwrap().starts_with("https://app.example.com/new-password#"));
        let done = regain.complete(&mail.token(), NEW).await;
        assert_eq!(done.json(), json!({ "return_to": "https://app.example.com/account" }));
    }
}

#[tokio::test]
async fn a_user_name_finds_the_account_and_mail_goes_to_the_stored_address() {
    for engine in engines() {
        let ada = Person { username: Some("Ada".to_owned()), ..person("ada@example.com") };
        let users = database(engine, &[ada]).await;
        let regain = Regain::start(&users.url).await;
        regain.token_for("Ada").await;
        assert_eq!(regain.mails()[0].to, "ada@example.com");
        regain.ask("ada").await;
        regain.worked().await;
        assert_eq!(regain.mails().len(), 1, "{engine:?}: a user name is matched byte for byte");
    }
}

#[tokio::test]
async fn a_table_that_cannot_be_reached_when_asked_is_asked_again_later() {
    let users = database(crate::databases::Engine::Sqlite, &[person("ada@example.com")]).await;
    users.execute("ALTER TABLE users RENAME TO away").await;
    let regain = Regain::start_at(&users.url, regain::clock::Clock::system(), |_| {}).await;
    assert_eq!(regain.ask("ada@example.com").await.status, 202);
    regain.until_ready_says("degraded").await;
    users.execute("ALTER TABLE away RENAME TO users").await;
    regain.worked().await;
    assert_eq!(regain.links().len(), 1);
}
