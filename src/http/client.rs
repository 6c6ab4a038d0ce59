//! Which client a request comes from: the key of its allowance at the door.

mod doubt;
mod hops;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use doubt::Doubts;
use ipnet::{IpNet, Ipv6Net};
use poem::http::HeaderMap;

use crate::config::ProxyHeader;

/// The networks whose word on where a request came from is believed, and where they say it.
pub struct Proxies {
    trusted: Vec<IpNet>,
    header: ProxyHeader,
    doubts: Doubts,
}

impl Proxies {
    /// Takes networks in CIDR notation; a single address is a network of one.
    ///
    /// # Errors
    /// The text that is neither.
    pub fn parse(networks: &[String], header: ProxyHeader) -> Result<Self, String> {
        let parse = |text: &String| {
            let alone = text.parse::<IpAddr>().map(IpNet::from);
            text.parse().or(alone).map_err(|_| text.clone())
        };
        let trusted = networks.iter().map(parse).collect::<Result<_, _>>()?;
        Ok(Self { trusted, header, doubts: Doubts::new() })
    }

    /// Whether this address is one of theirs.
    pub fn trusts(&self, address: IpAddr) -> bool {
        self.trusted.iter().any(|network| network.contains(&address))
    }
}

/// An IPv4 address, or the /64 that an IPv6 address lies in: a household has one.
///
/// The hops are counted from the right, for as long as trusted proxies wrote them; where one does not
/// say who came, it is the client itself. The one header that they write is read and no other: theirs
/// alone have they made sure of, and any other is as the client sent it.
pub fn client_key(peer: Option<IpAddr>, headers: &HeaderMap, proxies: &Proxies) -> String {
    let Some(peer) = peer.map(|peer| peer.to_canonical()) else { return "unknown".to_owned() };
    let trusted = proxies.trusts(peer);
    proxies.doubts.look(peer, trusted, headers, proxies.header);
    if !trusted {
        return key_of(peer);
    }
    let mut client = peer;
    let mut hops = hops::of(headers, proxies.header);
    while proxies.trusts(client) {
        match hops.next().flatten() {
            Some(hop) => client = hop.to_canonical(),
            None => break,
        }
    }
    key_of(client)
}

/// RFC 6052 §2.1: an IPv4 address, seen through a translator. All of them lie in one /64.
const NAT64: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

/// The key of an address that was found out: of all addresses that count as one client.
pub fn key_of(client: IpAddr) -> String {
    match client.to_canonical() {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            Ipv4Addr::new(a, b, c, d).to_string()
        }
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use poem::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;
    use ProxyHeader::{Forwarded, XForwardedFor};

    fn key(peer: &str, forwarded: &[&'static str], trusted: &[&str]) -> String {
        let forwarded: Vec<_> = forwarded.iter().map(|value| value.as_bytes()).collect();
        key_of_bytes(peer, &forwarded, trusted)
    }

    fn key_of_bytes(peer: &str, forwarded: &[&[u8]], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value).unwrap());
        }
        client_key(Some(peer.parse().unwrap()), &headers, &proxies(trusted, XForwardedFor))
    }

    fn proxies(trusted: &[&str], header: ProxyHeader) -> Proxies {
        let trusted: Vec<_> = trusted.iter().map(|&network| network.to_owned()).collect();
        Proxies::parse(&trusted, header).unwrap()
    }

    /// By a proxy that writes `Forwarded`.
    fn key_by_forwarded(peer: &str, lines: &[(&'static str, &str)], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
        }
        client_key(Some(peer.parse().unwrap()), &headers, &proxies(trusted, Forwarded))
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
    fn a51_ports_brackets_and_mapped_addresses_are_the_same_client_and_what_is_none_stops() {
        let by = |hop| key("10.0.0.1", &[hop], &["10.0.0.0/8"]);
        for hop in
            ["203.0.113.9", " 203.0.113.9:52100 ", "::ffff:203.0.113.9", "[::ffff:203.0.113.9]:1"]
        {
            assert_eq!(by(hop), "203.0.113.9", "{hop}");
        }
        for hop in [
            "",
            "unknown",
            "203.0.113.9:",
            "203.0.113.9:port",
            "[203.0.113.9]",
            "[2001:db8::1",
            "fe80::1%2",
        ] {
            assert_eq!(by(hop), "10.0.0.1", "{hop}");
        }
        assert_eq!(key("::ffff:10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]), "203.0.113.9");
    }

    #[test]
    fn a51_forwarded_is_believed_of_trusted_proxies_alone_and_counted_from_the_right() {
        let by = |lines: &[&str]| {
            let lines: Vec<_> = lines.iter().map(|line| ("forwarded", *line)).collect();
            key_by_forwarded("10.0.0.1", &lines, &["10.0.0.0/8", "2001:db8:ffff::/48"])
        };
        assert_eq!(by(&["for=203.0.113.9;proto=https"]), "203.0.113.9");
        assert_eq!(by(&["for=192.0.2.201, for=203.0.113.9", "for=10.0.0.2"]), "203.0.113.9");
        let chain = "for=\"[2001:db8:1:2:3::4]:443\", for=\"[2001:db8:ffff::1]\"";
        assert_eq!(by(&[chain]), "2001:db8:1:2::/64");
        assert_eq!(by(&["for=203.0.113.9, for=unknown"]), "10.0.0.1", "no hop is passed over");
        assert_eq!(by(&["for=203.0.113.9, for=_hidden, for=10.0.0.7"]), "10.0.0.7");
        let from_afar = key_by_forwarded("192.0.2.1", &[("forwarded", "for=203.0.113.9")], &[]);
        assert_eq!(from_afar, "192.0.2.1");
    }

    #[test]
    fn a51_of_the_two_headers_only_the_one_that_the_proxies_write_is_read() {
        let both = [("forwarded", "for=203.0.113.9"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(key_by_forwarded("10.0.0.1", &both, &["10.0.0.1"]), "203.0.113.9");
        assert_eq!(key_by_forwarded("10.0.0.1", &both[1..], &["10.0.0.1"]), "10.0.0.1");
        let mut headers = HeaderMap::new();
        headers.append("forwarded", HeaderValue::from_static("for=203.0.113.9"));
        let peer = Some("10.0.0.1".parse().unwrap());
        assert_eq!(client_key(peer, &headers, &proxies(&["10.0.0.1"], XForwardedFor)), "10.0.0.1");
    }

    #[test]
    fn a52_an_ipv6_network_of_64_bits_is_one_client() {
        assert_eq!(key("2001:db8:1:2:3:4:5:6", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:2:ffff::", &[], &[]), "2001:db8:1:2::/64");
        assert_eq!(key("2001:db8:1:3::", &[], &[]), "2001:db8:1:3::/64");
        assert_eq!(key("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
        let by = |hop| key("10.0.0.1", &[hop], &["10.0.0.1"]);
        assert_eq!(by("2001:db8:1:2:3:4:5:6"), by("[2001:db8:1:2:ffff::]:443"));
    }

    #[test]
    fn a52_who_comes_through_a_translator_is_the_ipv4_address_that_is_behind_it() {
        assert_eq!(key("64:ff9b::203.0.113.9", &[], &[]), "203.0.113.9");
        assert_eq!(key("64:ff9b::cb00:710a", &[], &[]), "203.0.113.10");
        let by = |hop| key("10.0.0.1", &[hop], &["10.0.0.1"]);
        assert_eq!(by("[64:ff9b::cb00:7109]:443"), by("203.0.113.9"));
        assert_eq!(key("64:ff9b:0:0:1::1", &[], &[]), "64:ff9b::/64", "that is none of its");
        assert_eq!(key("64:ff9b:1::1", &[], &[]), "64:ff9b:1::/64", "nor RFC 8215's");
        let not_trusted = key("64:ff9b::10.0.0.1", &["203.0.113.9"], &["10.0.0.0/8"]);
        assert_eq!(not_trusted, "10.0.0.1", "a proxy is one by the address that it has itself");
    }

    #[test]
    fn a51_an_element_of_a_list_that_is_empty_is_a_hop_that_nobody_tells() {
        let by = |line: &'static str| {
            let hop = key("10.0.0.1", &[line], &["10.0.0.0/8"]);
            let list = line.replace("20", "for=20").replace("10.", "for=10.");
            let lines = [("forwarded", list.as_str())];
            assert_eq!(key_by_forwarded("10.0.0.1", &lines, &["10.0.0.0/8"]), hop, "{line}");
            hop
        };
        // A proxy that appends nothing would else vouch for what the client wrote.
        for line in ["203.0.113.9, ", "203.0.113.9,,", ", ", "203.0.113.9, \t ,"] {
            assert_eq!(by(line), "10.0.0.1", "{line}");
        }
        assert_eq!(by("203.0.113.9, , 10.0.0.2"), "10.0.0.2");
        assert_eq!(
            by(", ,203.0.113.9, 10.0.0.2"),
            "203.0.113.9",
            "left of the client it is its own"
        );
        assert_eq!(by(",203.0.113.9"), "203.0.113.9");
    }

    proptest! {
        #[test]
        fn a51_whatever_a_client_sends_a_trusted_proxys_hop_is_the_client(
            sent in proptest::collection::vec("[ -~]{0,30}", 0..4),
        ) {
            let mut lines: Vec<_> = sent.iter().map(|line| ("forwarded", line.as_str())).collect();
            lines.push(("forwarded", "for=203.0.113.9"));
            prop_assert_eq!(key_by_forwarded("10.0.0.1", &lines, &["10.0.0.1"]), "203.0.113.9");
        }
    }

    #[test]
    fn what_is_no_network_is_named() {
        assert_eq!(
            Proxies::parse(&["10.0.0.0/8".into(), "all".into()], Forwarded).err(),
            Some("all".into())
        );
    }
}
