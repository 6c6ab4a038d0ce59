//! Many applications in one process, each as if it were alone.

mod checked;
mod fairness;
mod hosts;
mod isolation;
mod journeys;
mod origins;
mod sharing;
mod trio;
mod unknown;

use regain::config::{ApplicationSettings, Compat, LoginLinks, Settings};
use serde_json::json;

use crate::browser::between;
use crate::harness::{Answer, Regain};

const ADA: &str = "ada@example.com";

/// An application like the one that is there, by another name.
fn beside<'a>(settings: &'a mut Settings, name: &str) -> &'a mut ApplicationSettings {
    let like = settings.apps["default"].clone();
    settings.apps.entry(name.to_owned()).or_insert(like)
}

/// Switches on whatever an application can do, so that every route is answered by every one; but of
/// systems whose paths name no application.
fn everything(settings: &mut Settings) {
    for (name, app) in &mut settings.apps {
        let by_name = |system: &Compat| app.called_by(*system, name) == name;
        app.compat = Compat::ALL.into_iter().filter(by_name).collect();
        app.newest_link_wins = true;
        app.login_links = LoginLinks::On;
        app.users.last_login = Some("last_login".to_owned());
        app.return_to.push("https://app.example.com/".to_owned());
    }
}

/// Asks an application for a password reset link and takes the token out of the mail.
async fn token(regain: &Regain, app: &str, who: &str) -> String {
    let before = regain.links().len();
    let path = format!("/v1/apps/{app}/password-resets");
    let asked = regain.post(&path, &json!({ "identifier": who })).await;
    assert_eq!(asked.status, 202, "{app}: {asked:?}");
    regain.worked().await;
    let mails = regain.links();
    assert_eq!(mails.len(), before + 1, "{app}: one mail for {who}");
    mails.last().unwrap().token()
}

/// Sets a new password by an application's token.
async fn complete(regain: &Regain, app: &str, token: &str) -> Answer {
    let body = json!({ "token": token, "new_password": "a new passphrase" });
    regain.post(&format!("/v1/apps/{app}/password-resets/complete"), &body).await
}

/// The answer without the id of its request, which pages of problems show.
fn without_reference(mut answer: Answer) -> Answer {
    let reference = between(&answer.body, "<p class=\"reference\">", "<").map(str::to_owned);
    if let Some(reference) = reference {
        answer.body = answer.body.replace(&reference, "…");
    }
    answer
}
