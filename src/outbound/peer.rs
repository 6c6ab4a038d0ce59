//! One server: where it is and how it is reached.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Url, redirect};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use url::Host;

use super::error::OutboundError;
use super::network::{Kind, Named, Reach, Refused};
use super::resolver::{LookUp, Vetted};

/// Longest wait for a connection, of the whole time that a call may take.
const CONNECTING: Duration = Duration::from_secs(5);

/// What the settings say of a server.
#[derive(Clone, Copy, Debug)]
pub struct Whereabouts<'a> {
    /// How it is called in what is said of it.
    pub named: Named,
    /// Where it is: https, or http to loopback.
    pub url: &'a str,
    /// A PEM file with the authority that signed its certificate, beside the public ones.
    pub ca: Option<&'a Path>,
    /// Whether its name may lead into a private network.
    pub allow_private_network: bool,
    /// Whether http may leave this machine: what is told is nothing that others must not read.
    pub in_clear: bool,
    /// Longest wait for its answer, from looking its name up on.
    pub timeout: Duration,
}

/// Who is called.
pub struct Peer {
    url: Url,
    client: Client,
    resolver: Arc<Vetted>,
}

impl Peer {
    /// Makes a client of a server that need not be up, nor its name lead anywhere.
    ///
    /// # Errors
    /// [`OutboundError`] for the first setting that cannot be used.
    pub fn new(settings: Whereabouts<'_>, look_up: LookUp) -> Result<Self, OutboundError> {
        let (url, reach) = place(settings)?;
        let Whereabouts { named, ca, timeout, .. } = settings;
        if timeout.is_zero() {
            return Err(OutboundError::Timeout);
        }
        let resolver = Arc::new(Vetted { named, reach, look_up });
        // No redirect and no proxy: a call goes to the host that was looked at, or nowhere.
        let client = Client::builder()
            .use_preconfigured_tls(verified(ca)?)
            .https_only(url.scheme() == "https")
            .dns_resolver(Arc::clone(&resolver))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .connect_timeout(CONNECTING.min(timeout))
            .timeout(timeout)
            .user_agent(concat!("regain/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| OutboundError::Client(error.to_string()))?;
        Ok(Self { url, client, resolver })
    }

    /// Where it is.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// What it is called with: it follows no redirect, and the time of a whole call is bounded.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Looks where its name leads, and calls nobody.
    ///
    /// # Errors
    /// Why no call would go there, in words for operators.
    pub async fn look(&self) -> Result<(), String> {
        // An address was looked at when the URL was read.
        let Some(Host::Domain(name)) = self.url.host() else { return Ok(()) };
        let name = name.to_owned();
        let found = Vetted::clone(&self.resolver).addresses(name.clone()).await;
        match found {
            Ok(found) if found.is_empty() => Err(format!("{name} has no address")),
            Ok(_) => Ok(()),
            Err(error) => match error.downcast::<Refused>() {
                Ok(refused) => Err(refused.to_string()),
                Err(error) => Err(format!("{name}: {error}")),
            },
        }
    }
}

/// Where the server is, and where its name may lead. A URL that itself says loopback is taken at its
/// word, and leads nowhere else. An address in it is known now; names are looked up at each connection.
fn place(settings: Whereabouts<'_>) -> Result<(Url, Reach), OutboundError> {
    let wrong = |problem| Err(OutboundError::Url(problem));
    let Ok(url) = Url::parse(settings.url) else { return wrong("is no URL") };
    let address = match url.host() {
        Some(Host::Ipv4(address)) => Some(address.into()),
        Some(Host::Ipv6(address)) => Some(address.into()),
        Some(Host::Domain(_)) | None => None,
    };
    let loopback = address.map(Kind::of) == Some(Kind::Loopback)
        || url.host() == Some(Host::Domain("localhost"));
    match url.scheme() {
        "https" => {}
        "http" if loopback || settings.in_clear => {}
        "http" => return wrong("is http off loopback: others on the way could read every call"),
        _ => return wrong("is not an http(s) URL"),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return wrong("holds a user or a password, and calls are made with none");
    }
    let reach = match (loopback, settings.allow_private_network) {
        (true, _) => Reach::Loopback,
        (false, false) => Reach::Public,
        (false, true) => Reach::Private,
    };
    if let Some(address) = address {
        reach.check(settings.named, url.host_str().unwrap_or_default(), address)?;
    }
    Ok((url, reach))
}

/// TLS that checks the certificate against the host's name, the public authorities and this one.
fn verified(ca: Option<&Path>) -> Result<ClientConfig, OutboundError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = ca {
        let wrong = |problem: &dyn std::fmt::Display| {
            OutboundError::Ca(format!("{}: {problem}", path.display()))
        };
        let mut none = true;
        for certificate in CertificateDer::pem_file_iter(path).map_err(|error| wrong(&error))? {
            let certificate = certificate.map_err(|error| wrong(&error))?;
            roots.add(certificate).map_err(|error| wrong(&error))?;
            none = false;
        }
        if none {
            return Err(wrong(&"it holds no certificate"));
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| OutboundError::Client(error.to_string()))?;
    Ok(versions.with_root_certificates(roots).with_no_client_auth())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place_of(url: &str, private: bool) -> Result<Reach, String> {
        place_in_clear(url, private, false)
    }

    fn place_in_clear(url: &str, private: bool, in_clear: bool) -> Result<Reach, String> {
        let named = Named { section: "webhook", who: "receiver" };
        let (ca, timeout) = (None, Duration::from_secs(1));
        let allow_private_network = private;
        let placed =
            place(Whereabouts { named, url, ca, allow_private_network, in_clear, timeout });
        placed.map(|(_, reach)| reach).map_err(|error| error.to_string())
    }

    #[test]
    fn a_url_says_how_far_its_calls_may_go() {
        for (url, closed, open) in [
            ("https://app.example.com/h", Reach::Public, Reach::Private),
            ("https://1.1.1.1/h", Reach::Public, Reach::Private),
            ("https://[2606:4700::1111]/", Reach::Public, Reach::Private),
            ("http://127.0.0.1:9/h", Reach::Loopback, Reach::Loopback),
            ("http://LOCALHOST/h", Reach::Loopback, Reach::Loopback),
            ("http://[::1]/", Reach::Loopback, Reach::Loopback),
            ("https://localhost:8443/h", Reach::Loopback, Reach::Loopback),
            ("http://0x7f.1/", Reach::Loopback, Reach::Loopback),
        ] {
            assert_eq!(place_of(url, false), Ok(closed), "{url}");
            assert_eq!(place_of(url, true), Ok(open), "{url}");
        }
        assert_eq!(place_of("https://10.0.0.1/h", true), Ok(Reach::Private));
        assert_eq!(place_of("https://[fd00::1]/h", true), Ok(Reach::Private));
    }

    #[test]
    fn http_leaves_the_machine_only_where_what_is_told_may_be_read() {
        let url = "http://otel-collector.monitoring:4318/v1/traces";
        assert_eq!(place_in_clear(url, true, true), Ok(Reach::Private));
        assert_eq!(place_in_clear("http://127.0.0.1:4318/", true, true), Ok(Reach::Loopback));
        assert!(place_in_clear(url, true, false).is_err());
        assert!(place_in_clear("http://169.254.169.254/", true, true).is_err());
    }

    #[test]
    fn a_url_that_cannot_be_called_says_why() {
        for (url, private, why) in [
            ("/h", false, "is no URL"),
            ("ftp://127.0.0.1/", false, "is not an http(s) URL"),
            ("http://app.example.com/h", true, "is http off loopback"),
            ("http://10.0.0.1/h", true, "is http off loopback"),
            ("http://localhost./h", true, "is http off loopback"),
            ("http://localhost.example/h", true, "is http off loopback"),
            ("https://me:s3cret@app.example.com/h", false, "holds a user or a password"),
            ("https://10.0.0.1/h", false, "holds 10.0.0.1, an address of a private network"),
            ("https://167772161/h", false, "holds 10.0.0.1"),
            ("https://[::ffff:10.0.0.1]/h", false, "an address of a private network"),
            ("https://169.254.169.254/h", true, "an address that no server has"),
            ("https://[fe80::1]/h", true, "an address that no server has"),
        ] {
            let refused = place_of(url, private).unwrap_err();
            assert!(refused.contains(why), "{url}: {refused}");
            assert!(!refused.contains("s3cret"), "{refused}");
        }
    }
}
