//! From a letter to a mail handed over: each application's sender and provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use time::format_description::well_known::Rfc3339;

use super::carrier::Carrier;
use super::error::MailConfigError;
use super::failures::Failures;
use super::outbox::{Kept, Outbox};
use super::provider::Provider;
use super::smtp::ProviderSecrets;
use super::template::Written;
use super::writer::Writer;
use crate::clock::Stopwatch;
use crate::config::{ApplicationSettings, Settings};
use crate::language::Catalogue;
use crate::random::Random;
use crate::recovery::{Letter, Message, SendError, Sender, meters, trace};

/// Carries the mail of every application.
pub struct Mailer {
    providers: BTreeMap<String, Arc<Provider>>,
    senders: BTreeMap<String, AppSender>,
    failures: Failures,
}

struct AppSender {
    writer: Writer,
    provider: Arc<Provider>,
    provider_name: String,
}

impl Mailer {
    /// Makes the providers and senders that the settings name; `secrets` are the providers'
    /// by name, `texts` those of the applications. No server is spoken to yet.
    ///
    /// # Errors
    /// [`MailConfigError`] for the first setting that cannot be used.
    pub fn new(
        settings: &Settings,
        secrets: &BTreeMap<String, ProviderSecrets>,
        texts: &BTreeMap<String, Arc<Catalogue>>,
        random: &Random,
    ) -> Result<Self, MailConfigError> {
        let mut providers = BTreeMap::new();
        for (name, provider) in &settings.mail.providers {
            let secrets = secrets.get(name).cloned().unwrap_or_default();
            let provider = Provider::parse(name, provider, secrets, random)?;
            providers.insert(name.clone(), Arc::new(provider));
        }
        let mut senders = BTreeMap::new();
        for (name, app) in &settings.apps {
            if let Some(texts) = texts.get(name) {
                senders.insert(name.clone(), sender(name, app, texts, &providers)?);
            }
        }
        Ok(Self { providers, senders, failures: Failures::default() })
    }

    fn sender(&self, app: &str) -> Result<&AppSender, SendError> {
        let none = || SendError::Final("the application has no sender".to_owned());
        self.senders.get(app).ok_or_else(none)
    }

    /// The last mails that were not taken.
    #[must_use]
    pub fn failures(&self) -> Failures {
        self.failures.clone()
    }

    /// The mails kept in memory, if a provider is `outbox:`.
    #[must_use]
    pub fn outbox(&self) -> Option<Outbox> {
        self.providers.values().find_map(|provider| match provider.as_ref() {
            Provider::Outbox(outbox) => Some(outbox.clone()),
            _ => None,
        })
    }
}

impl AppSender {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let (written, mail) = self.writer.write(letter)?;
        if let Provider::Outbox(outbox) = self.provider.as_ref() {
            outbox.keep(kept(letter, written, &mail));
        }
        let carrying = Stopwatch::start();
        let span = trace::call("hand the mail over");
        span.text("regain.mail.provider", &self.provider_name);
        let carried = span.around(self.provider.carry(mail)).await;
        meters::mail_took(&self.provider_name, carrying.elapsed());
        if let Err(error) = &carried {
            span.failed(error.word());
        }
        carried
    }
}

#[async_trait]
impl Sender for Mailer {
    async fn send(&self, letter: &Letter) -> Result<(), SendError> {
        let sender = self.sender(&letter.app)?;
        let sent = sender.send(letter).await;
        if let Err(error) = &sent {
            self.failures.note(letter, &sender.provider_name, error);
        }
        sent
    }

    async fn ping(&self, app: &str) -> Result<(), SendError> {
        self.sender(app)?.provider.ping().await
    }
}

fn sender(
    name: &str,
    app: &ApplicationSettings,
    texts: &Arc<Catalogue>,
    providers: &BTreeMap<String, Arc<Provider>>,
) -> Result<AppSender, MailConfigError> {
    let provider = providers.get(&app.mail.provider).cloned().ok_or_else(|| {
        MailConfigError::Provider { app: name.to_owned(), provider: app.mail.provider.clone() }
    })?;
    let folder = app.templates.as_deref();
    let writer = Writer::new(name, &app.name, &app.mail.from, texts.clone(), folder)?;
    Ok(AppSender { writer, provider, provider_name: app.mail.provider.clone() })
}

fn kept(letter: &Letter, written: Written, mail: &lettre::Message) -> Kept {
    let links = match &letter.message {
        Message::Link { link, .. } => vec![link.to_string()],
        Message::PasswordChanged { not_me, .. } => vec![not_me.clone()],
        Message::LinkIssued { .. } | Message::Test => vec![],
    };
    Kept {
        to: letter.to.clone(),
        subject: written.subject,
        text: written.text,
        html: written.html,
        links,
        at: letter.now.truncate_to_second().format(&Rfc3339).unwrap_or_default(),
        number: 0,
        language: letter.language,
        raw: String::from_utf8_lossy(&mail.formatted()).into_owned(),
    }
}
