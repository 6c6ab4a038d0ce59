//! A mail server: STARTTLS required, TLS from the start, or neither on loopback.

use async_trait::async_trait;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use zeroize::Zeroizing;

use super::carrier::Carrier;
use super::error::MailConfigError;
use crate::config::ProviderSettings;
use crate::recovery::SendError;

/// How a connection is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protection {
    /// Nothing: loopback only.
    None,
    /// STARTTLS or nothing (RFC 3207).
    StartTls,
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls,
}

/// A mail server's whereabouts.
pub struct Server<'a> {
    pub provider: &'a str,
    pub host: &'a str,
    pub port: Option<u16>,
    pub user: Option<String>,
    pub password: Option<Zeroizing<String>>,
    pub protection: Protection,
}

/// Connections to one mail server.
pub struct Smtp(AsyncSmtpTransport<Tokio1Executor>);

impl Smtp {
    /// A pool of connections, none of them open yet.
    pub fn new(server: Server<'_>, settings: &ProviderSettings) -> Result<Self, MailConfigError> {
        let tls = || parameters(&server, settings);
        let (tls, port) = match server.protection {
            Protection::None => (Tls::None, 25),
            Protection::StartTls => (Tls::Required(tls()?), 587),
            Protection::Tls => (Tls::Wrapper(tls()?), 465),
        };
        let pool = PoolConfig::new().max_size(settings.connections.max(1));
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host)
            .port(server.port.unwrap_or(port))
            .tls(tls)
            .timeout(Some(settings.timeout.0))
            .pool_config(pool);
        if let Some(user) = server.user {
            let password = server.password.map(|password| password.to_string());
            builder = builder.credentials(Credentials::new(user, password.unwrap_or_default()));
        }
        Ok(Self(builder.build()))
    }
}

#[async_trait]
impl Carrier for Smtp {
    async fn carry(&self, mail: Message) -> Result<(), SendError> {
        match self.0.send(mail).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(SendError::Final(words(&error))),
            Err(error) => Err(SendError::Passing(words(&error))),
        }
    }
}

fn parameters(
    server: &Server<'_>,
    settings: &ProviderSettings,
) -> Result<TlsParameters, MailConfigError> {
    let wrong =
        |problem: String| MailConfigError::Ca { provider: server.provider.to_owned(), problem };
    let mut builder = TlsParameters::builder(server.host.to_owned());
    if let Some(ca) = &settings.ca {
        let pem = std::fs::read(ca).map_err(|error| wrong(format!("{}: {error}", ca.display())))?;
        let certificate = Certificate::from_pem(&pem).map_err(|error| wrong(error.to_string()))?;
        builder = builder.add_root_certificate(certificate);
    }
    builder.build_rustls().map_err(|error| wrong(error.to_string()))
}

/// The server's own words, without the addresses that it may repeat.
fn words(error: &Error) -> String {
    let mut text = error.to_string();
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    let masked = text.split_whitespace().map(|word| if word.contains('@') { "…" } else { word });
    masked.collect::<Vec<_>>().join(" ")
}
