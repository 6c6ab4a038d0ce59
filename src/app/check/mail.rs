//! Whether mail goes out.

mod causes;

use url::Url;

use super::{Finding, MailCheck};
use crate::config::ProviderSettings;
use crate::language::Language;
use crate::recovery::{Letter, Message, SendError, Sender as _};
use crate::token::base64url;

const WHY: &str = "links reach people by mail and no other way";

pub(super) async fn examine(check: &MailCheck<'_>) -> Vec<Finding> {
    let named = &check.settings.mail.provider;
    let Some(provider) = check.providers.get(named) else { return vec![] };
    let who = whereabouts(named, provider);
    let mut findings = vec![match check.mailer.ping(check.name).await {
        Err(error) if is_folder(provider) => Finding::error(
            format!("{who} cannot be used: {}", told(&error)),
            WHY,
            format!(
                "let the user that runs regain write there, or name another folder in `url` under \
                 [mail.providers.{named}]"
            ),
        ),
        Err(error) => {
            let told = told(&error);
            let cure = causes::cure(told, named).unwrap_or_else(|| cure(named, provider));
            Finding::error(format!("{who} does not take mail: {}", causes::plain(told)), WHY, cure)
        }
        Ok(()) if provider.url.starts_with("outbox:") => Finding::warning(
            format!("{who} keeps mail in memory"),
            "nobody gets a mail",
            another(named),
        ),
        Ok(()) if is_folder(provider) => Finding::warning(
            format!("mails of {named:?} are written into a folder and reach nobody"),
            WHY,
            another(named),
        ),
        Ok(()) => Finding::ok(format!("{who} takes mail{}", protection(provider)), WHY),
    }];
    if let Some(to) = &check.options.test_mail {
        let letter = Letter {
            app: check.name.to_owned(),
            to: to.as_str().to_owned(),
            display_name: None,
            username: None,
            language: Language::from_tag(&check.settings.language).unwrap_or(Language::English),
            id: base64url::encode(&check.random.bytes::<18>()),
            reference: base64url::encode(&check.random.bytes::<9>()),
            attempt: 1,
            now: check.clock.now(),
            message: Message::Test,
            wording: None,
        };
        findings.push(match check.mailer.send(&letter).await {
            Ok(()) => Finding::ok(
                format!("a test mail to {} was handed over", to.masked()),
                format!("whether it arrived only its reader knows: reference {}", letter.reference),
            ),
            Err(error) => Finding::error(
                format!(
                    "a test mail to {} was not taken: {}",
                    to.masked(),
                    causes::plain(told(&error))
                ),
                WHY,
                format!(
                    "see what {who} logged, and whether it lets {:?} send",
                    check.settings.mail.from
                ),
            ),
        });
    }
    findings
}

fn is_folder(provider: &ProviderSettings) -> bool {
    provider.url.starts_with("file:")
}

fn another(name: &str) -> String {
    format!("url = \"smtp+starttls://user@host:587\" under [mail.providers.{name}]")
}

/// The provider without the user in its URL.
fn whereabouts(name: &str, provider: &ProviderSettings) -> String {
    let url = Url::parse(&provider.url).ok();
    let host = url.as_ref().and_then(Url::host_str).filter(|host| !host.is_empty());
    match (host, url.as_ref().and_then(Url::port)) {
        (Some(host), Some(port)) => format!("the mail server {name:?} ({host}:{port})"),
        (Some(host), None) => format!("the mail server {name:?} ({host})"),
        (None, _) if is_folder(provider) => format!("the mail folder {name:?}"),
        (None, _) => format!("the mail provider {name:?}"),
    }
}

fn protection(provider: &ProviderSettings) -> String {
    let by = match provider.url.split_once(':').map_or("", |(scheme, _)| scheme) {
        "smtps" => "TLS",
        "smtp+starttls" => "STARTTLS",
        "smtp" => "no TLS, on loopback",
        _ => return String::new(),
    };
    let login = if provider.password.is_some() { "with a login" } else { "without a login" };
    format!(" ({by}, {login})")
}

fn cure(name: &str, provider: &ProviderSettings) -> String {
    let url = Url::parse(&provider.url).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    let port = |default| url.as_ref().and_then(Url::port).unwrap_or(default);
    let settings = format!("url, password and ca under [mail.providers.{name}]");
    match url.as_ref().map_or("", Url::scheme) {
        "smtps" => format!("openssl s_client -connect {host}:{}; then {settings}", port(465)),
        "smtp+starttls" => {
            format!(
                "openssl s_client -starttls smtp -connect {host}:{}; then {settings}",
                port(587)
            )
        }
        _ => format!("correct {settings}"),
    }
}

fn told(error: &SendError) -> &str {
    let (SendError::Passing(text) | SendError::Unanswered(text) | SendError::Final(text)) = error;
    text
}
