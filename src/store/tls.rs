//! When a connection must be protected: wherever it leaves the machine.

use std::net::IpAddr;

use crate::config::Tls;

use super::StoreConfigError;

/// What a URL asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Asked {
    Nothing,
    /// A certificate checked against the host's name.
    Verified,
    Weaker,
}

/// Whether verified TLS must be set, because the URL left it open.
pub(super) fn must_set(
    host: &str,
    tls: Tls,
    asked: Asked,
    cure: &'static str,
) -> Result<bool, StoreConfigError> {
    if tls == Tls::Off || stays_on_the_machine(host) {
        return Ok(false);
    }
    match asked {
        Asked::Nothing => Ok(true),
        Asked::Verified => Ok(false),
        Asked::Weaker => Err(StoreConfigError::Unprotected { host: host.to_owned(), cure }),
    }
}

/// Whether a URL has one of these keys in its query. A key that is spelled so that it is not
/// found counts as left out, and verified TLS is set over it.
pub(super) fn asks(url: &str, keys: &[&str]) -> bool {
    let query = url.split_once('?').map_or("", |(_, query)| query);
    let query = query.split('#').next().unwrap_or_default();
    query.split('&').any(|pair| keys.contains(&pair.split('=').next().unwrap_or_default()))
}

/// Loopback addresses, `localhost` and the paths of sockets.
fn stays_on_the_machine(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || bare.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(host: &str, tls: Tls, asked: Asked) -> Result<bool, StoreConfigError> {
        must_set(host, tls, asked, "sslmode=verify-full")
    }

    #[test]
    fn what_leaves_the_machine_is_verified_or_refused() {
        for host in ["db.example.com", "10.0.0.5", "[fd00::1]", "localhost.example", "128.0.0.1"] {
            assert!(matches!(set(host, Tls::Verify, Asked::Nothing), Ok(true)), "{host}");
            assert!(matches!(set(host, Tls::Verify, Asked::Verified), Ok(false)), "{host}");
            assert!(set(host, Tls::Verify, Asked::Weaker).is_err(), "{host}");
            assert!(matches!(set(host, Tls::Off, Asked::Weaker), Ok(false)), "{host}");
        }
    }

    #[test]
    fn loopback_and_sockets_are_exempt() {
        for host in ["127.0.0.1", "127.8.9.1", "[::1]", "::1", "LOCALHOST", "/run/postgresql"] {
            assert!(matches!(set(host, Tls::Verify, Asked::Weaker), Ok(false)), "{host}");
        }
    }

    #[test]
    fn only_the_query_is_searched() {
        let keys = ["sslmode", "ssl-mode"];
        assert!(asks("postgres://h/d?x=1&sslmode=require", &keys));
        assert!(!asks("postgres://sslmode=require@h/d#?sslmode", &["x"]));
        assert!(!asks("postgres://h/sslmode=require", &keys));
    }
}
