//! In which language a person is written to.

use serde_json::{Value, json};

use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

const ADA: &str = "ada@example.com";
const ASKING: &str = "/v1/apps/default/password-resets";

/// A service whose application speaks Dutch and whose accounts may have a language.
async fn dutch(engine: Engine, stored: &str) -> (crate::databases::TestDatabase, Regain) {
    let users = database(engine, &[person(ADA)]).await;
    users.execute("ALTER TABLE users ADD COLUMN language VARCHAR(20)").await;
    users.execute(&format!("UPDATE users SET language = {stored}")).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        "nl".clone_into(&mut app.language);
        app.users.locale = Some("language".to_owned());
    })
    .await;
    (users, regain)
}

async fn post(regain: &Regain, accepted: Option<&str>, body: &Value) -> Answer {
    let mut request = regain.http.post(format!("{}{ASKING}", regain.url));
    if let Some(accepted) = accepted {
        request = request.header("accept-language", accepted);
    }
    answer(request.header("content-type", "application/json").body(body.to_string())).await
}

fn language_of(mail: &crate::harness::Mail) -> String {
    let line = mail.raw.lines().find(|line| line.starts_with("Content-Language: "));
    line.unwrap().trim_start_matches("Content-Language: ").to_owned()
}

#[tokio::test]
async fn the_request_goes_before_the_account_the_account_before_the_browser_and_all_before_the_rest()
 {
    for (said, stored, accepted, written, told) in [
        (Some("de-AT"), "'fr_CA'", Some("it"), "de", "de"),
        (None, "'fr_CA'", Some("it"), "fr", "it"),
        (None, "NULL", Some("sv, it;q=0.5"), "it", "it"),
        (None, "''", None, "nl", "nl"),
        (Some("sv"), "'sv'", Some("sv"), "nl", "nl"),
        (None, "'zh_CN'", Some("ar"), "zh-Hans", "ar"),
    ] {
        let (_users, regain) = dutch(Engine::Sqlite, stored).await;
        let mut body = json!({ "identifier": ADA });
        if let Some(said) = said {
            body["locale"] = json!(said);
        }
        let answer = post(&regain, accepted, &body).await;
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        regain.worked().await;
        let mail = regain.links().pop().unwrap();
        assert_eq!(language_of(&mail), written, "{said:?} {stored} {accepted:?}");

        let page = regain.http.get(format!("{}/a/default/reset", regain.url));
        let page = crate::harness::answer(page.header("accept-language", told)).await;
        assert!(page.body.contains(&format!("<html lang=\"{told}\"")), "{}", page.body);
        let same = post(&regain, Some(told), &json!({ "identifier": "nobody" })).await;
        assert_eq!(same.json()["message"], message, "{said:?} {accepted:?}");
    }
}

#[tokio::test]
async fn a_refused_password_is_told_in_the_language_of_the_browser_and_the_notice_in_the_accounts()
{
    for engine in engines() {
        let (_users, regain) = dutch(engine, "'ar'").await;
        let token = regain.token_for(ADA).await;
        let body = json!({ "token": token, "new_password": "short" });
        let request = regain.http.post(format!("{}{ASKING}/complete", regain.url));
        let request = request.header("accept-language", "de").body(body.to_string());
        let refused = answer(request.header("content-type", "application/json")).await;
        assert_eq!(
            refused.json()["errors"][0]["message"],
            "Das Passwort muss mindestens 8 Zeichen lang sein."
        );

        assert_eq!(regain.complete(&token, "a new passphrase").await.status, 200);
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert_eq!(language_of(&notice), "ar", "{engine:?}");
        assert!(notice.html.contains("dir=\"rtl\""), "{}", notice.html);
        assert!(notice.text.contains("/a/default/not-me"), "{}", notice.text);
    }
}
