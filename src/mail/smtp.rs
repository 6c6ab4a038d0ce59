//! A mail server: STARTTLS required, TLS from the start, or neither on loopback.

use std::error::Error as _;

use async_trait::async_trait;
use lettre::Message;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, TlsParameters};
use zeroize::Zeroizing;

use super::carrier::Carrier;
use super::connections::{Connections, Protection, Server, Trouble};
use super::error::MailConfigError;
use crate::config::ProviderSettings;
use crate::recovery::SendError;

/// What the scheme of a URL says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// `smtp://`
    Plain,
    /// `smtp+starttls://`
    StartTls,
    /// `smtps://`
    Tls,
}

/// A mail server's whereabouts.
pub struct Address<'a> {
    pub provider: &'a str,
    pub scheme: Scheme,
    pub host: &'a str,
    pub port: Option<u16>,
    pub user: Option<String>,
    pub password: Option<Zeroizing<String>>,
}

/// A mail server.
pub struct Smtp(Connections);

impl Smtp {
    /// A mail server that is not spoken to yet.
    pub fn new(address: Address<'_>, settings: &ProviderSettings) -> Result<Self, MailConfigError> {
        let tls = || parameters(&address, settings);
        let (protection, port) = match address.scheme {
            Scheme::Plain => (Protection::None, 25),
            Scheme::StartTls => (Protection::StartTls(tls()?), 587),
            Scheme::Tls => (Protection::Tls(tls()?), 465),
        };
        let password = address.password.map(|password| password.to_string()).unwrap_or_default();
        let server = Server {
            host: address.host.to_owned(),
            port: address.port.unwrap_or(port),
            protection,
            credentials: address.user.map(|user| Credentials::new(user, password)),
            patience: settings.timeout.0,
        };
        Ok(Self(Connections::new(server, settings.connections as usize)))
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, mail: Message) -> Result<(), SendError> {
        match self.0.send(mail.envelope(), &mail.formatted()).await {
            Ok(()) => Ok(()),
            Err(trouble) if is_about_the_mail(&trouble) => Err(SendError::Final(words(&trouble))),
            Err(trouble) => Err(SendError::Passing(words(&trouble))),
        }
    }
}

/// Whether the server refuses this mail for good. Where it refuses the login (RFC 4954 §6), no
/// mail is at fault, and somebody may correct the password while the links would still be alive.
fn is_about_the_mail(trouble: &Trouble) -> bool {
    let Trouble::Smtp(error) = trouble else { return false };
    let login = [530, 534, 535, 538].contains(&error.status().map_or(0, u16::from));
    error.is_permanent() && !login
}

fn parameters(
    address: &Address<'_>,
    settings: &ProviderSettings,
) -> Result<TlsParameters, MailConfigError> {
    let wrong =
        |problem: String| MailConfigError::Ca { provider: address.provider.to_owned(), problem };
    let mut builder = TlsParameters::builder(address.host.to_owned());
    if let Some(ca) = &settings.ca {
        let pem = std::fs::read(ca).map_err(|error| wrong(format!("{}: {error}", ca.display())))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| wrong(error.to_string()))
}

/// The server's own words, without the addresses that it may repeat.
fn words(trouble: &Trouble) -> String {
    let mut text = trouble.to_string();
    let mut source = trouble.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    let masked = text.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    masked.collect::<Vec<_>>().join(" ")
}
