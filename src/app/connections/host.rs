//! The `Host` that a request has to name, which the parser does not look at (RFC 9112 §3.2). What stands
//! there chooses among the configured URLs, so that no two readers may understand it differently.

use poem::http::uri::Authority;
use poem::http::{HeaderMap, HeaderValue, Version, header};

/// Whether a request names its host as it must: once, and well formed; HTTP/1.0 may leave it out.
pub(super) fn is_named(version: Version, headers: &HeaderMap) -> bool {
    let mut names = headers.get_all(header::HOST).iter();
    match (names.next(), names.next()) {
        (Some(name), None) => is_host(name),
        (None, _) => version < Version::HTTP_11,
        (Some(_), Some(_)) => false,
    }
}

/// A name and perhaps a port. It is empty where the target has none (RFC 9110 §7.2).
fn is_host(name: &HeaderValue) -> bool {
    let Ok(name) = name.to_str() else { return false };
    let Ok(authority) = name.parse::<Authority>() else { return name.is_empty() };
    // Behind the host there is nothing but a port, and before it nobody.
    name.strip_prefix(authority.host()).is_some_and(|rest| {
        rest.is_empty() || rest.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(version: Version, hosts: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        for host in hosts {
            headers.append(header::HOST, HeaderValue::from_str(host).unwrap());
        }
        is_named(version, &headers)
    }

    #[test]
    fn a_host_is_named_once_and_well_formed() {
        for host in ["x", "accounts.example.com", "127.0.0.1:8080", "[::1]:8080", ""] {
            assert!(named(Version::HTTP_11, &[host]), "{host}");
            assert!(named(Version::HTTP_10, &[host]), "{host}");
        }
        for host in ["a b", "ada@x", "x/y", "http://x", "x:port", "[::1", "ü"] {
            assert!(!named(Version::HTTP_11, &[host]), "{host}");
        }
        for version in [Version::HTTP_10, Version::HTTP_11] {
            assert!(!named(version, &["x", "y"]) && !named(version, &["x", "x"]), "{version:?}");
        }
        assert!(!named(Version::HTTP_11, &[]));
        assert!(named(Version::HTTP_10, &[]));
    }
}
