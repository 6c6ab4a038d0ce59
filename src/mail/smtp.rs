//! A mail server: STARTTLS required, TLS from the start, or neither on loopback.

use std::error::Error as _;
use std::path::Path;

use async_trait::async_trait;
use lettre::Message;
use lettre::address::Address as Recipient;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Identity, TlsParameters};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use zeroize::Zeroizing;

use super::carrier::Carrier;
use super::connection::{Protection, Server, Trouble};
use super::connections::Connections;
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
    pub secrets: ProviderSecrets,
}

/// What a provider's settings name and do not hold.
#[derive(Clone, Default)]
pub struct ProviderSecrets {
    /// The password of the user in the URL.
    pub password: Option<Zeroizing<String>>,
    /// The key of the certificate that we show, in PEM.
    pub client_key: Option<Zeroizing<String>>,
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
        let password = address.secrets.password.map(|password| password.to_string());
        let password = password.unwrap_or_default();
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
        // Headers may hold an address in UTF-8; everything else is ASCII.
        let text = String::from_utf8(mail.formatted())
            .map_err(|_| SendError::Final("the mail is not text".to_owned()))?;
        let Err(trouble) = self.0.send(mail.envelope(), &text).await else { return Ok(()) };
        let words = words(&trouble, mail.envelope().to());
        Err(match trouble {
            trouble if trouble.is_permanent() => SendError::Final(words),
            Trouble::Unanswered(_) => SendError::Unanswered(words),
            _ => SendError::Passing(words),
        })
    }

    async fn ping(&self) -> Result<(), SendError> {
        self.0.ping().await.map_err(|trouble| SendError::Passing(words(&trouble, &[])))
    }
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
    if let Some(path) = &settings.client_certificate {
        let key = address.secrets.client_key.as_deref().map_or("", String::as_str);
        let wrong =
            |problem| MailConfigError::Identity { provider: address.provider.to_owned(), problem };
        builder = builder.identify_with(identity(path, key).map_err(wrong)?);
    }
    builder.build_rustls().map_err(|error| MailConfigError::tls(address.provider, &error))
}

/// A certificate and its key, each in PEM. lettre takes the certificate in DER, whatever its name
/// for that says, and one of them only.
fn identity(certificate: &Path, key: &str) -> Result<Identity, String> {
    let der = CertificateDer::from_pem_file(certificate);
    let der = der.map_err(|error| format!("{}: {error}", certificate.display()))?;
    Identity::from_pem(&der, key.as_bytes()).map_err(|error| error.to_string())
}

/// The server's own words, without the addresses and links of the mail that it may repeat, nor what
/// stands before the `@` of those that the mail is for, however it writes them.
fn words(trouble: &Trouble, to: &[Recipient]) -> String {
    let mut text = trouble.to_string();
    let mut source = trouble.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text = format!("{text}: {cause_text}");
        }
        source = cause.source();
    }
    masked(&text, to)
}

/// Longest word that is no token.
const WORD_MAX_BYTES: usize = 32;

fn masked(text: &str, to: &[Recipient]) -> String {
    let names: Vec<_> = to.iter().map(|to| to.user().to_lowercase()).collect();
    let secret = |word: &str| {
        let long = word.len() > WORD_MAX_BYTES;
        long || word.contains(['@', '/']) || names.iter().any(|name| holds(word, name))
    };
    let words = text.split_whitespace().map(|word| if secret(word) { "…" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// Whether the word holds the name, and not as a piece of another one.
fn holds(word: &str, name: &str) -> bool {
    let word = word.to_lowercase();
    word.char_indices().any(|(at, _)| {
        let before = word[..at].chars().next_back();
        word[at..].strip_prefix(name).is_some_and(|rest| {
            ![before, rest.chars().next()].into_iter().flatten().any(char::is_alphanumeric)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a06_addresses_and_links_that_a_server_repeats_are_masked() {
        let token = format!("eyJ1{}.a0oHgA.c2ln", "x".repeat(40));
        let said = format!(
            "permanent error (554): <ada@example.com> listed URL http://a.example/reset/{token} or \
             a.example/x {token}"
        );
        assert_eq!(masked(&said, &[]), "permanent error (554): … listed URL … or … …");
    }

    #[test]
    fn a06_the_name_in_an_address_is_masked_however_a_server_writes_the_address() {
        let masked = |said: &str, to: &str| masked(said, &[to.parse().unwrap()]);
        let ada = |said| masked(said, "Ada.Lovelace+x@example.com");
        assert_eq!(
            ada("refused for ada.lovelace+x at example.com"),
            "refused for … at example.com"
        );
        assert_eq!(ada("no <ADA.LOVELACE+X> here, (Ada.Lovelace+x)"), "no … here, …");
        assert_eq!(ada("ada.lovelace+x=example.com ada.lovelace+x@example.com"), "… …");
        assert_eq!(masked("Ärger mit ÄRGER: ärgerlich", "ärger@example.com"), "… mit … ärgerlich");
        assert_eq!(masked("to too auto-to t", "to@example.com"), "… too … t");
    }
}
