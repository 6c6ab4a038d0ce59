//! Proxies are believed who a client is. Where a stranger is among them, he passes for anybody, and where
//! none of them is, all who come through them count as one.

use std::net::Ipv6Addr;

use ipnet::{IpNet, Ipv6Net};

use super::super::error::ConfigError;

/// The largest network of somebody's own, RFC 1918.
const WIDEST_V4: u8 = 8;
/// Wider than what any registry gives out.
const WIDEST_V6: u8 = 16;
/// Of IPv6 what nobody comes from whom one does not know: RFC 4193, and RFC 4291 §2.5.6.
const OWN: [Ipv6Net; 2] = [
    Ipv6Net::new_assert(Ipv6Addr::new(0xfc00, 0, 0, 0, 0, 0, 0, 0), 7),
    Ipv6Net::new_assert(Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 10),
];
/// IPv4 as IPv6 sockets see it (RFC 4291 §2.5.5.2). Such addresses are looked at as IPv4.
const MAPPED: Ipv6Net = Ipv6Net::new_assert(Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0), 96);

/// What is wrong with these networks, each with its cure.
pub(super) fn check(networks: &[String]) -> Vec<ConfigError> {
    let wrong = networks.iter().filter_map(|network| wrong(network));
    wrong.map(|(problem, cure)| ConfigError::at("trusted_proxies", problem, cure)).collect()
}

fn wrong(text: &str) -> Option<(&'static str, &'static str)> {
    match text.parse::<IpNet>() {
        Err(_) => Some((
            "holds what is not a network",
            "write networks like \"10.0.3.0/28\", or \"10.0.3.7/32\" for one address",
        )),
        Ok(network) if network.prefix_len() == 0 => Some((
            "believes everybody: anyone could pass for any client",
            "name only the networks that your proxies are in",
        )),
        Ok(network) if is_too_wide(network) => Some((
            "believes a network that strangers are in: each of them could pass for any client",
            "name only the networks that your proxies are in: /8 is the widest, of public IPv6 /16",
        )),
        Ok(IpNet::V6(network)) if MAPPED.contains(&network) || network.contains(&MAPPED) => Some((
            "writes an IPv4 network as one of IPv6, in which no proxy would ever be found",
            "write it as IPv4: \"10.0.3.0/28\" for \"::ffff:10.0.3.0/124\"",
        )),
        Ok(_) => None,
    }
}

fn is_too_wide(network: IpNet) -> bool {
    match network {
        IpNet::V4(network) => network.prefix_len() < WIDEST_V4,
        IpNet::V6(network) => {
            network.prefix_len() < WIDEST_V6 && !OWN.iter().any(|own| own.contains(&network))
        }
    }
}
