//! Where Redis is, by its URL, and how the connection is protected.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redis::{IntoConnectionInfo as _, RedisConnectionInfo};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use url::Url;

use crate::config::{RedisSettings, Tls};

/// Where Redis listens if the URL does not say.
const PORT: u16 = 6379;

/// Where Redis is, and how to log in there.
#[derive(Clone)]
pub struct Address {
    pub(super) place: Place,
    pub(super) login: RedisConnectionInfo,
}

/// What is connected to.
#[derive(Clone)]
pub(super) enum Place {
    Tcp { host: String, port: u16, tls: Option<Arc<ClientConfig>> },
    Socket(PathBuf),
}

/// What is wrong with where Redis is said to be. It never repeats the URL.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RedisConfigError {
    /// No URL of Redis, or one with a mistake in it.
    #[error("cannot be read as a URL of Redis")]
    Url,
    /// The connection would leave the machine without verified TLS.
    #[error("reaches {0} without verified TLS: others on the way could read and change it")]
    Unprotected(String),
    /// The authority's certificate cannot be used.
    #[error("names an authority that cannot be used: {0}")]
    Ca(String),
}

impl RedisConfigError {
    /// What to do.
    #[must_use]
    pub const fn cure(&self) -> &'static str {
        match self {
            Self::Url => {
                "write rediss://user:password@host:6379/0, with reserved characters in names and \
                 passwords percent-encoded"
            }
            Self::Unprotected(_) => {
                "write rediss://, or say redis.tls = \"off\" where the network itself is protected"
            }
            Self::Ca(_) => "let redis.ca lead to a PEM file with the authority's certificate",
        }
    }
}

impl Address {
    /// Reads a URL: `rediss://`, `redis://` where the connection stays on the machine, or the
    /// socket `redis+unix:///path`.
    ///
    /// # Errors
    /// [`RedisConfigError`] when the URL cannot be used, or must not.
    pub fn parse(url: &str, settings: &RedisSettings) -> Result<Self, RedisConfigError> {
        let mut url = Url::parse(url).map_err(|_| RedisConfigError::Url)?;
        // A fragment would be `#insecure`, which takes the name off the certificate.
        if url.fragment().is_some() {
            return Err(RedisConfigError::Url);
        }
        let place = match url.scheme() {
            "redis+unix" => {
                let path = url.to_file_path().map_err(|()| RedisConfigError::Url)?;
                Place::Socket(path)
            }
            scheme @ ("redis" | "rediss") => {
                let host = host(&url).ok_or(RedisConfigError::Url)?;
                let tls = scheme == "rediss";
                if !tls && settings.tls == Tls::Verify && !stays_on_the_machine(&host) {
                    return Err(RedisConfigError::Unprotected(host));
                }
                let tls = tls.then(|| verified(settings.ca.as_deref())).transpose()?;
                Place::Tcp { host, port: url.port().unwrap_or(PORT), tls }
            }
            _ => return Err(RedisConfigError::Url),
        };
        if matches!(place, Place::Tcp { .. }) {
            // TLS is ours, the login the crate's: it need not know of the one to read the other.
            url.set_scheme("redis").map_err(|()| RedisConfigError::Url)?;
        }
        let info = url.into_connection_info().map_err(|_| RedisConfigError::Url)?;
        Ok(Self { place, login: info.redis_settings().clone() })
    }

    /// Where it is, without user and password.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        match &self.place {
            Place::Tcp { host, port, .. } => format!("{host}:{port}"),
            Place::Socket(path) => path.display().to_string(),
        }
    }

    /// Whether the connection is protected by TLS.
    #[must_use]
    pub const fn is_protected(&self) -> bool {
        matches!(self.place, Place::Tcp { tls: Some(_), .. })
    }
}

/// The host as it is connected to: an IPv6 address without its brackets.
fn host(url: &Url) -> Option<String> {
    let host = url.host_str().filter(|host| !host.is_empty())?;
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    Some(bare.to_owned())
}

fn stays_on_the_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// TLS that checks the certificate against the host's name, the public authorities and this one.
fn verified(ca: Option<&Path>) -> Result<Arc<ClientConfig>, RedisConfigError> {
    let wrong = |problem: &dyn std::fmt::Display| RedisConfigError::Ca(problem.to_string());
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca {
        let at = |problem: &dyn std::fmt::Display| wrong(&format!("{}: {problem}", path.display()));
        let mut none = true;
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| at(&error))? {
            let certificate = certificate.map_err(|error| at(&error))?;
            roots.add(certificate).map_err(|error| at(&error))?;
            none = false;
        }
        if none {
            return Err(at(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| wrong(&error))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str, tls: Tls) -> Result<Address, RedisConfigError> {
        Address::parse(url, &RedisSettings { tls, ..RedisSettings::default() })
    }

    #[test]
    fn what_leaves_the_machine_is_protected_or_refused() {
        for host in ["redis.example.com", "10.0.0.5:6380", "[fd00::1]", "localhost.example"] {
            let plain = format!("redis://u:s3cret@{host}/0");
            let refused = parse(&plain, Tls::Verify).err().unwrap();
            assert!(matches!(refused, RedisConfigError::Unprotected(_)), "{host}");
            assert!(!refused.to_string().contains("s3cret"), "{refused}");
            assert!(!parse(&plain, Tls::Off).ok().unwrap().is_protected(), "{host}");
            let protected = parse(&format!("rediss://u:s3cret@{host}"), Tls::Verify);
            assert!(protected.ok().unwrap().is_protected(), "{host}");
        }
    }

    #[test]
    fn loopback_and_sockets_are_exempt() {
        for (url, place) in [
            ("redis://127.0.0.1", "127.0.0.1:6379"),
            ("redis://[::1]:1/3", "::1:1"),
            ("redis://LOCALHOST:7", "LOCALHOST:7"),
            ("redis+unix:///run/redis/redis.sock?db=2", "/run/redis/redis.sock"),
        ] {
            let address = parse(url, Tls::Verify).ok().unwrap();
            assert_eq!(address.whereabouts(), place);
        }
    }

    #[test]
    fn the_login_and_the_database_are_read_from_the_url() {
        let address = parse("rediss://me:p%40ss@r.example/7", Tls::Verify).ok().unwrap();
        let login = &address.login;
        assert_eq!((login.username(), login.password(), login.db()), (Some("me"), Some("p@ss"), 7));
    }

    #[test]
    fn what_is_no_url_of_redis_or_would_weaken_tls_is_refused_without_repeating_it() {
        for url in [
            "",
            "s3cret",
            "http://s3cret@127.0.0.1",
            "redis://",
            "rediss://r.example/s3cret",
            "rediss://u:s3cret@r.example/#insecure",
        ] {
            let refused = parse(url, Tls::Off).err();
            assert_eq!(refused, Some(RedisConfigError::Url), "{url}");
        }
    }

    #[test]
    fn an_authority_that_cannot_be_read_is_named() {
        let ca = Some(PathBuf::from("/nowhere/ca.pem"));
        let settings = RedisSettings { ca, ..RedisSettings::default() };
        let refused = Address::parse("rediss://r.example", &settings).err().unwrap();
        assert!(refused.to_string().contains("/nowhere/ca.pem"), "{refused}");
    }
}
