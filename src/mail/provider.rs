//! Who takes mail: a provider by its URL.

use std::net::IpAddr;

use async_trait::async_trait;
use lettre::Message;
use url::{Host, Url};

use super::carrier::Carrier;
use super::error::MailConfigError;
use super::file::Folder;
use super::outbox::Outbox;
use super::smtp::{Address, ProviderSecrets, Scheme, Smtp};
use crate::config::ProviderSettings;
use crate::random::Random;
use crate::recovery::SendError;

/// A provider as its URL says.
pub enum Provider {
    /// A mail server.
    Smtp(Smtp),
    /// A folder of .eml files.
    Folder(Folder),
    /// Memory, for the demo.
    Outbox(Outbox),
}

const STARTTLS_CURE: &str = "write smtp+starttls://user@host:587 or smtps://user@host:465: mail holds links that let people in";

impl Provider {
    /// The provider that these settings say.
    pub fn parse(
        name: &str,
        settings: &ProviderSettings,
        secrets: ProviderSecrets,
        random: &Random,
    ) -> Result<Self, MailConfigError> {
        let wrong =
            |problem, cure| MailConfigError::Url { provider: name.to_owned(), problem, cure };
        let kinds = "use smtp+starttls://, smtps://, smtp:// (loopback only), file:/// or outbox:";
        let url = Url::parse(&settings.url).map_err(|_| wrong("is no URL", kinds))?;
        if url.password().is_some() {
            let cure = "move it: password = { file = \"/run/secrets/smtp\" }";
            return Err(wrong("holds a password", cure));
        }
        match url.scheme() {
            "outbox" => Ok(Self::Outbox(Outbox::default())),
            "file" => {
                let path = url.to_file_path();
                let folder = path.map_err(|()| wrong("names no folder", "write file:///folder"))?;
                Ok(Self::Folder(Folder::new(folder, random)))
            }
            "smtp" if !on_loopback(&url) => {
                Err(wrong("would send mail in clear off loopback", STARTTLS_CURE))
            }
            scheme @ ("smtp" | "smtps" | "smtp+starttls") => {
                let scheme = match scheme {
                    "smtp" => Scheme::Plain,
                    "smtps" => Scheme::Tls,
                    _ => Scheme::StartTls,
                };
                let host = url.host_str().filter(|host| !host.is_empty());
                let host = host.ok_or_else(|| wrong("names no host", STARTTLS_CURE))?;
                let user = user(&url);
                if secrets.password.is_some() && user.is_none() {
                    let cure = "name the user that the password is for: smtps://user@host";
                    return Err(wrong("names no user", cure));
                }
                let address = Address {
                    provider: name,
                    scheme,
                    host: host.trim_matches(['[', ']']),
                    port: url.port(),
                    user,
                    secrets,
                };
                Smtp::new(address, settings).map(Self::Smtp)
            }
            _ => Err(wrong("has an unknown scheme", kinds)),
        }
    }
}

#[async_trait]
impl Carrier for Provider {
    async fn carry(&self, mail: Message) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.carry(mail).await,
            Self::Folder(folder) => folder.carry(mail).await,
            Self::Outbox(_) => Ok(()),
        }
    }

    async fn ping(&self) -> Result<(), SendError> {
        match self {
            Self::Smtp(smtp) => smtp.ping().await,
            Self::Folder(folder) => folder.ping().await,
            Self::Outbox(_) => Ok(()),
        }
    }
}

fn on_loopback(url: &Url) -> bool {
    // The host of a scheme that is not the web's is not parsed as an address by the URL standard.
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
        }
        None => false,
    }
}

fn user(url: &Url) -> Option<String> {
    let decoded = percent_encoding::percent_decode_str(url.username()).decode_utf8().ok()?;
    Some(decoded.into_owned()).filter(|user| !user.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Provider, String> {
        let settings: ProviderSettings = toml::from_str(&format!("url = \"{url}\"")).unwrap();
        Provider::parse("main", &settings, ProviderSecrets::default(), &Random::system())
            .map_err(|error| error.to_string())
    }

    #[tokio::test]
    async fn the_url_says_who_takes_mail() {
        for url in [
            "smtp+starttls://mail.example.com",
            "smtps://mail.example.com:465",
            "smtp://127.0.0.1:2525",
            "smtp://localhost",
            "smtp://[::1]:25",
            "smtp+starttls://mailer%40example.com@mail.example.com:587",
        ] {
            assert!(matches!(parse(url), Ok(Provider::Smtp(_))), "{url}");
        }
        assert!(matches!(parse("outbox:"), Ok(Provider::Outbox(_))));
        assert!(matches!(parse("file:///var/mail"), Ok(Provider::Folder(_))));
    }

    #[test]
    fn mail_in_clear_off_loopback_and_passwords_in_urls_are_refused_with_the_cure() {
        let error = |url| parse(url).err().unwrap();
        assert!(error("smtp://mail.example.com").contains("starttls"));
        assert!(error("smtp://127.0.0.1.example.com").contains("starttls"));
        let with_password = error("smtps://user:hunter2@mail.example.com");
        assert!(with_password.contains("file =") && !with_password.contains("hunter2"));
        for url in ["", "mail.example.com", "http://mail.example.com", "smtps://"] {
            assert!(parse(url).is_err(), "{url}");
        }
    }
}
