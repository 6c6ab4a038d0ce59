//! What looks as if all clients of a proxy counted as one, said in the log: each thing once.

use std::net::IpAddr;
use std::sync::Once;

use poem::http::{HeaderMap, HeaderName};

use crate::config::ProxyHeader;

/// What was said already.
pub(super) struct Doubts {
    strangers: Once,
    header: Once,
    silence: Once,
}

/// What looks wrong with a peer and what it says of who came to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Doubt {
    /// It says so, and is not trusted: it may be a proxy that nobody has named.
    Stranger,
    /// It is trusted, and says so in the header that is not read.
    OtherHeader,
    /// It is trusted, and says so in neither.
    Silent,
}

impl Doubts {
    /// Nothing yet.
    pub(super) const fn new() -> Self {
        Self { strangers: Once::new(), header: Once::new(), silence: Once::new() }
    }

    /// Looks at a peer, and says what is in doubt where that was not said before.
    pub(super) fn look(&self, peer: IpAddr, trusted: bool, headers: &HeaderMap, read: ProxyHeader) {
        let (header, other) = (read.name(), read.other().name());
        match Doubt::of(trusted, headers, read) {
            None => {}
            Some(Doubt::Stranger) => self.strangers.call_once(|| {
                let cure = "if it is your proxy, name its network in trusted_proxies: all its \
                            clients now count as one";
                tracing::warn!(%peer, header, cure, "what a peer says that is not trusted is passed over");
            }),
            // A proxy that does not write a header lets through what a client wrote there.
            Some(Doubt::OtherHeader) => self.header.call_once(|| {
                let cure = format!(
                    "if your proxy writes {other} itself, say proxy_header = \"{other}\", or else \
                     let it write {header}: all its clients now count as one"
                );
                tracing::warn!(%peer, header, other, cure, "a trusted peer has only the header that is not read");
            }),
            Some(Doubt::Silent) => self.silence.call_once(|| {
                let cure = format!(
                    "if it is your proxy, let it write {header}: all its clients now count as \
                     one; if it is a client, take it out of trusted_proxies"
                );
                tracing::warn!(%peer, header, cure, "a trusted peer does not say who came to it");
            }),
        }
    }
}

impl Doubt {
    fn of(trusted: bool, headers: &HeaderMap, read: ProxyHeader) -> Option<Self> {
        let says = |header: ProxyHeader| {
            let values = headers.get_all(HeaderName::from_static(header.name()));
            values.iter().any(|value| !value.as_bytes().trim_ascii().is_empty())
        };
        match (trusted, says(read), says(read.other())) {
            (false, true, _) => Some(Self::Stranger),
            (true, false, true) => Some(Self::OtherHeader),
            (true, false, false) => Some(Self::Silent),
            (false, false, _) | (true, true, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;
    use ProxyHeader::{Forwarded, XForwardedFor};

    fn doubt(trusted: bool, lines: &[(&'static str, &'static str)]) -> [Option<Doubt>; 2] {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_static(value));
        }
        [XForwardedFor, Forwarded].map(|read| Doubt::of(trusted, &headers, read))
    }

    #[test]
    fn a51_a_proxy_that_counts_as_one_client_is_doubted_by_what_it_says_and_where() {
        let (one, other) = (("x-forwarded-for", "192.0.2.1"), ("forwarded", "for=192.0.2.1"));
        let (stranger, silent) = (Some(Doubt::Stranger), Some(Doubt::Silent));
        assert_eq!(doubt(true, &[one]), [None, Some(Doubt::OtherHeader)]);
        assert_eq!(doubt(true, &[other]), [Some(Doubt::OtherHeader), None]);
        assert_eq!(doubt(true, &[one, other]), [None; 2], "the one that is not read is a client's");
        assert_eq!(doubt(true, &[]), [silent; 2]);
        assert_eq!(doubt(true, &[("x-forwarded-for", " ")]), [silent; 2]);
        assert_eq!(doubt(true, &[("x-real-ip", "192.0.2.1")]), [silent; 2]);
        assert_eq!(doubt(false, &[one]), [stranger, None]);
        assert_eq!(doubt(false, &[other]), [None, stranger]);
        assert_eq!(doubt(false, &[]), [None; 2], "a client that comes by itself");
    }
}
