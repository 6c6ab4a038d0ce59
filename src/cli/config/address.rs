//! Addresses as settings write them, and whether they leave the machine.

use std::net::{IpAddr, SocketAddr};

use url::{Host, Url};

/// Whether a URL's host is this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        // Of schemes that browsers do not know, addresses are read as names.
        Some(Host::Domain(name)) => {
            name == "localhost" || name.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
        }
        None => false,
    }
}

/// An http(s) URL without a user in it.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = url.username().is_empty() && url.password().is_none();
    (plain && matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// Whether a text is `HOST:PORT`, where an IPv6 address stands in brackets.
pub(super) fn is_host_and_port(text: &str) -> bool {
    let named = |(host, port): (&str, &str)| {
        let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
        !host.is_empty() && host.chars().all(good) && port.parse::<u16>().is_ok()
    };
    text.parse::<SocketAddr>().is_ok() || text.rsplit_once(':').is_some_and(named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_told_from_what_looks_like_it() {
        let loopback = |url: &str| is_loopback(&url.parse().unwrap());
        for url in ["http://localhost:1", "http://127.0.0.9", "http://[::1]", "smtp://127.0.0.1:25"]
        {
            assert!(loopback(url), "{url}");
        }
        for url in ["http://localhost.evil.example", "smtp://127.0.0.1.example", "http://10.0.0.1"]
        {
            assert!(!loopback(url), "{url}");
        }
    }

    #[test]
    fn listening_needs_a_host_and_a_port() {
        for text in ["0.0.0.0:8080", "[::]:80", "localhost:0"] {
            assert!(is_host_and_port(text), "{text}");
        }
        for text in ["8080", ":8080", "0.0.0.0", "::1:x", "host:99999", "http://host:80"] {
            assert!(!is_host_and_port(text), "{text}");
        }
    }
}
