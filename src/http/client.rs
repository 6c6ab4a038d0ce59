//! Which client a request comes from: the key of its allowance at the door.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::Once;

use ipnet::IpNet;
use poem::http::HeaderMap;

/// The networks whose word on where a request came from is believed.
pub struct Proxies {
    trusted: Vec<IpNet>,
    warned: Once,
}

impl Proxies {
    /// Takes networks in CIDR notation; a single address is a network of one.
    ///
    /// # Errors
    /// The text that is neither.
    pub fn parse(networks: &[String]) -> Result<Self, String> {
        let parse = |text: &String| {
            let alone = text.parse::<IpAddr>().map(IpNet::from);
            text.parse().or(alone).map_err(|_| text.clone())
        };
        let trusted = networks.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { trusted, warned: Once::new() })
    }

    fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// An IPv4 address, or the /64 that an IPv6 address lies in: a household has one.
///
/// `X-Forwarded-For` is read from the right, for as long as trusted proxies wrote it.
pub fn client_key(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &Proxies) -> String {
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else { return "unknown".to_owned() };
    // By bytes: what a client wrote before them must not take away the hops that proxies added.
    let forwarded = headers.get_all("x-forwarded-for").into_iter();
    let mut hops: Vec<&[u8]> =
        forwarded.flat_map(|value| value.as_bytes().split(|byte| *byte == b',')).collect();
    if !hops.is_empty() && !proxies.trusts(peer) {
        proxies.warned.call_once(|| {
            let cure = "if it is your proxy, name its network in trusted_proxies: all its clients \
                        now count as one";
            tracing::warn!(%peer, cure, "X-Forwarded-For of a peer that is not trusted passed over");
        });
    }
    let mut client = peer;
    while proxies.trusts(client) {
        match hops.pop().and_then(address) {
            Some(hop) => client = hop.to_canonical(),
            None => break,
        }
    }
    key_of(client)
}

fn address(hop: &[u8]) -> Option<IpAddr> {
    std::str::from_utf8(hop).ok()?.trim().parse().ok()
}

/// The key of an address that was found out: of all addresses that count as one client.
pub fn key_of(client: IpAddr) -> String {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;

    use super::*;

    fn key(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let forwarded: Vec<_> = forwarded.iter().map(|value| value.as_bytes()).collect();
        key_of_bytes(peer, &forwarded, trusted)
    }

    fn key_of_bytes(peer: &str, forwarded: &[&[u8]], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|&network| network.to_owned()).collect();
        client_key(Some(peer.parse().unwrap()), &headers, &Proxies::parse(&trusted).unwrap())
    }

    #[test]
    fn a51_only_trusted_proxies_are_believed_and_they_are_counted_from_the_right() {
        assert_eq!(key("192.0.2.1", &["203.0.113.9"], &[]), "192.0.2.1");
        assert_eq!(key("10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
        let spoofed = ["198.51.100.1, 203.0.113.9", "10.0.0.2"];
        assert_eq!(key("10.0.0.1", &spoofed, &["10.0.0.0/8"]), "203.0.113.9");
        assert_eq!(key("10.0.0.1", &["nonsense"], &["10.0.0.1"]), "10.0.0.1");
        assert_eq!(key("10.0.0.1", &[], &["10.0.0.0/8"]), "10.0.0.1");
    }

    #[test]
    fn a51_bytes_that_are_no_text_take_no_hop_away_that_a_proxy_added() {
        let key = |forwarded: &[&[u8]]| key_of_bytes("10.0.0.1", forwarded, &["10.0.0.0/8"]);
        assert_eq!(key(&[b"\xff, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(key(&[b"192.0.2.201", b"\xff, 203.0.113.9"]), "203.0.113.9");
        assert_eq!(key(&[b"192.0.2.201", b"\xff, 203.0.113.9, 10.0.0.2"]), "203.0.113.9");
        assert_eq!(
            key(&[b"192.0.2.201, \xff"]),
            "10.0.0.1",
            "what the last proxy wrote is not read"
        );
    }

    #[test]
    fn a52_an_ipv6_network_of_64_bits_is_one_client() {
        assert_eq!(key("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2:ffff::", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(key("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
    }

    #[test]
    fn what_is_no_network_is_named() {
        assert_eq!(Proxies::parse(&["10.0.0.0/8".into(), "all".into()]).err(), Some("all".into()));
    }
}
