//! Which addresses a call may go to. Whoever has the name's zone says where a name leads, and may
//! say something else the next time.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};
use thiserror::Error;

/// What an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Anybody's.
    Public,
    /// Of a network of somebody's own.
    Private,
    /// Of this machine.
    Loopback,
    /// Of no server: link-local (where clouds keep their metadata), multicast, reserved.
    Special,
}

/// Where calls may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// To this machine alone.
    Loopback,
    /// To public addresses.
    Public,
    /// To public addresses, private networks and this machine.
    Private,
}

/// How a server is called in what is said of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    /// The section of its settings, in an application's.
    pub section: &'static str,
    /// What it is.
    pub who: &'static str,
}

/// An address that no call goes to.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{host} leads to {address}, {kind}; {cure}")]
pub struct Refused {
    host: String,
    pub(super) address: IpAddr,
    pub(super) kind: Kind,
    pub(super) cure: String,
}

/// RFC 6890 and the registry that it made, as far as anything could answer there.
const OF_IPV4: [(Ipv4Net, Kind); 15] = [
    (v4([0, 0, 0, 0], 8), Kind::Special),
    (v4([10, 0, 0, 0], 8), Kind::Private),
    // RFC 6598, the inside of a provider's network.
    (v4([100, 64, 0, 0], 10), Kind::Private),
    (v4([127, 0, 0, 0], 8), Kind::Loopback),
    (v4([169, 254, 0, 0], 16), Kind::Special),
    (v4([172, 16, 0, 0], 12), Kind::Private),
    (v4([192, 0, 0, 0], 24), Kind::Special),
    (v4([192, 0, 2, 0], 24), Kind::Special),
    (v4([192, 88, 99, 0], 24), Kind::Special),
    (v4([192, 168, 0, 0], 16), Kind::Private),
    (v4([198, 18, 0, 0], 15), Kind::Special),
    (v4([198, 51, 100, 0], 24), Kind::Special),
    (v4([203, 0, 113, 0], 24), Kind::Special),
    (v4([224, 0, 0, 0], 4), Kind::Special),
    (v4([240, 0, 0, 0], 4), Kind::Special),
];

/// The same of IPv6; what is not here is special unless it is in [`GLOBAL`].
const OF_IPV6: [(Ipv6Net, Kind); 7] = [
    (v6(Ipv6Addr::LOCALHOST, 128), Kind::Loopback),
    // RFC 8215, translators of a network's own.
    (v6(Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, 0, 0), 48), Kind::Private),
    (v6(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7), Kind::Private),
    // Teredo is among these, and hides an IPv4 address; so does 6to4, below.
    (v6(Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23), Kind::Special),
    (v6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32), Kind::Special),
    (v6(Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16), Kind::Special),
    (v6(Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20), Kind::Special),
];

/// RFC 4291 §2.4: all that is given out to anybody.
const GLOBAL: Ipv6Net = v6(Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// RFC 6052 §2.1: behind it stands an IPv4 address, which is what the call would go to.
const NAT64: Ipv6Net = v6(Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, 0, 0), 96);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(address: Ipv6Addr, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(address, prefix)
}

impl Kind {
    /// What an address is; of one that wraps an IPv4 address, what that is.
    pub(super) fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => Self::of_v6(address),
        }
    }

    fn of_v4(address: Ipv4Addr) -> Self {
        let row = OF_IPV4.iter().find(|(net, _)| net.contains(&address));
        row.map_or(Self::Public, |(_, kind)| *kind)
    }

    fn of_v6(address: Ipv6Addr) -> Self {
        if let Some(mapped) = address.to_ipv4_mapped() {
            return Self::of_v4(mapped);
        }
        if NAT64.contains(&address) {
            let [.., a, b, c, d] = address.octets();
            return Self::of_v4(Ipv4Addr::new(a, b, c, d));
        }
        let row = OF_IPV6.iter().find(|(net, _)| net.contains(&address));
        let otherwise = if GLOBAL.contains(&address) { Self::Public } else { Self::Special };
        row.map_or(otherwise, |(_, kind)| *kind)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Public => "a public address",
            Self::Private => "an address of a private network",
            Self::Loopback => "an address of this machine",
            Self::Special => "an address that no server has",
        })
    }
}

impl Reach {
    /// Lets this address of a host pass, or not.
    ///
    /// # Errors
    /// [`Refused`], which says why and what to do.
    pub(super) fn check(self, named: Named, host: &str, address: IpAddr) -> Result<(), Refused> {
        let (kind, Named { section, who }) = (Kind::of(address), named);
        let cure = match (self, kind) {
            (Self::Loopback, Kind::Loopback)
            | (Self::Public | Self::Private, Kind::Public)
            | (Self::Private, Kind::Private | Kind::Loopback) => return Ok(()),
            (Self::Public, Kind::Private | Kind::Loopback) => {
                format!("if the {who} is there, say {section}.allow_private_network = true")
            }
            (Self::Loopback, _) => format!("{section}.url says that the {who} is on loopback"),
            (_, Kind::Special) => format!("write the {who}'s own host into {section}.url"),
        };
        Err(Refused { host: host.to_owned(), address, kind, cure })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMED: Named = Named { section: "webhook", who: "receiver" };

    fn kind(address: &str) -> Kind {
        Kind::of(address.parse().unwrap())
    }

    #[test]
    fn what_anybody_can_have_is_public() {
        for address in [
            "1.1.1.1",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2606:4700::1111",
            "2001:4860:4860::8888",
            "2a00::1",
            "::ffff:1.1.1.1",
            "64:ff9b::1.1.1.1",
        ] {
            assert_eq!(kind(address), Kind::Public, "{address}");
        }
    }

    #[test]
    fn private_networks_and_this_machine_are_told_however_they_are_wrapped() {
        for address in [
            "10.0.0.1",
            "10.255.255.255",
            "100.64.0.1",
            "100.127.255.255",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.0.1",
            "fc00::1",
            "fdff:ffff::1",
            "64:ff9b:1::1",
            "::ffff:10.0.0.1",
            "64:ff9b::192.168.0.1",
        ] {
            assert_eq!(kind(address), Kind::Private, "{address}");
        }
        for address in
            ["127.0.0.1", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
        {
            assert_eq!(kind(address), Kind::Loopback, "{address}");
        }
    }

    #[test]
    fn what_no_server_has_is_never_called() {
        for address in [
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "192.0.0.1",
            "192.0.2.1",
            "192.88.99.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "239.255.255.255",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::7f00:1",
            "::ffff:169.254.169.254",
            "64:ff9b::169.254.169.254",
            "::ffff:0.0.0.0",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "3fff::1",
            "5f00::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
        ] {
            assert_eq!(kind(address), Kind::Special, "{address}");
            for reach in [Reach::Loopback, Reach::Public, Reach::Private] {
                let refused = reach.check(NAMED, "h", address.parse().unwrap());
                assert!(refused.is_err(), "{address} by {reach:?}");
            }
        }
    }

    #[test]
    fn calls_go_as_far_as_they_may_and_no_farther() {
        let (public, private, loopback) = ("1.1.1.1", "10.0.0.1", "127.0.0.1");
        for (reach, allowed, refused) in [
            (Reach::Public, &[public][..], &[private, loopback][..]),
            (Reach::Private, &[public, private, loopback], &[]),
            (Reach::Loopback, &[loopback], &[public, private]),
        ] {
            let check =
                |address: &&str| reach.check(NAMED, "hooks.example.com", address.parse().unwrap());
            assert!(allowed.iter().all(|address| check(address).is_ok()), "{reach:?}");
            assert!(refused.iter().all(|address| check(address).is_err()), "{reach:?}");
        }
    }

    #[test]
    fn a_refusal_says_what_leads_where_and_what_to_do() {
        let refused = |reach: Reach, address: &str| {
            let refused = reach.check(NAMED, "hooks.example.com", address.parse().unwrap());
            refused.unwrap_err().to_string()
        };
        insta::assert_snapshot!(refused(Reach::Public, "10.0.0.1"), @"hooks.example.com leads to 10.0.0.1, an address of a private network; if the receiver is there, say webhook.allow_private_network = true");
        insta::assert_snapshot!(refused(Reach::Private, "169.254.169.254"), @"hooks.example.com leads to 169.254.169.254, an address that no server has; write the receiver's own host into webhook.url");
        insta::assert_snapshot!(refused(Reach::Loopback, "1.1.1.1"), @"hooks.example.com leads to 1.1.1.1, a public address; webhook.url says that the receiver is on loopback");
    }
}
