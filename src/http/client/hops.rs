//! The hops of a request as proxies write them down, the last one first: `X-Forwarded-For`, and
//! `Forwarded` as RFC 7239 has it.
//!
//! By bytes and from the right. What stands there was written by our own proxy, and reads the same
//! whatever a client wrote before it: no byte, quotation mark or comma of the client's takes away or
//! adds a hop that a proxy wrote.

use std::net::IpAddr;

use poem::http::{HeaderMap, HeaderValue};

use crate::config::ProxyHeader;

/// Where a hop came from; nothing where its proxy does not say, or in no way that is understood.
pub(super) type Hop = Option<IpAddr>;

/// The hops in this header, the last one first.
pub(super) fn of(headers: &HeaderMap, header: ProxyHeader) -> impl Iterator<Item = Hop> {
    let lines: Vec<_> =
        headers.get_all(header.name()).into_iter().map(HeaderValue::as_bytes).collect();
    let elements = lines.into_iter().rev().flat_map(Elements::of);
    elements.map(move |element| match header {
        ProxyHeader::XForwardedFor => node(std::str::from_utf8(element).ok()?.trim()),
        ProxyHeader::Forwarded => node(&forwarded_for(std::str::from_utf8(element).ok()?)?),
    })
}

/// The elements of a list, the last one first. A comma in a quoted string parts none.
///
/// One that is empty is a hop, too, of which nothing is told. RFC 9110 §5.6.1 would pass it over; but it
/// may be all that a proxy had to say, and what stands left of it is then the client's own word.
struct Elements<'a>(Option<&'a [u8]>);

impl<'a> Elements<'a> {
    const fn of(line: &'a [u8]) -> Self {
        Self(Some(line))
    }
}

impl<'a> Iterator for Elements<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.0.take()?;
        let mut quoted = false;
        for (at, byte) in line.iter().enumerate().rev() {
            match byte {
                // One that is escaped neither opens a string nor closes it.
                b'"' if !escapes(&line[..at]) => quoted = !quoted,
                b',' if !quoted => {
                    self.0 = Some(&line[..at]);
                    return Some(&line[at + 1..]);
                }
                _ => {}
            }
        }
        Some(line)
    }
}

/// Whether the last byte of a text escapes what follows.
fn escapes(text: &[u8]) -> bool {
    text.iter().rev().take_while(|byte| **byte == b'\\').count() % 2 == 1
}

/// What an element of `Forwarded` says after `for=`, if it is well formed and says it once.
fn forwarded_for(element: &str) -> Option<String> {
    let (mut rest, mut found) = (element.trim(), None);
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (value, after) = if let Some(quoted) = after.strip_prefix('"') {
            unquote(quoted)?
        } else {
            let end = after.find(';').unwrap_or(after.len());
            (after[..end].trim_end().to_owned(), &after[end..])
        };
        rest = match after.trim_start() {
            "" => "",
            more => more.strip_prefix(';')?.trim_start(),
        };
        if name.trim().eq_ignore_ascii_case("for") && found.replace(value).is_some() {
            return None;
        }
    }
    found
}

/// A quoted string behind its first quotation mark, and what follows its last one.
fn unquote(text: &str) -> Option<(String, &str)> {
    let (mut value, mut chars) = (String::new(), text.chars());
    loop {
        match chars.next()? {
            '"' => return Some((value, chars.as_str())),
            '\\' => value.push(chars.next()?),
            other => value.push(other),
        }
    }
}

/// The address of a node, with or without a port: nothing for `unknown`, for names that hide it
/// (`_hidden`) and for whatever else is none.
fn node(text: &str) -> Hop {
    if let Some(bracketed) = text.strip_prefix('[') {
        let (address, port) = bracketed.split_once(']')?;
        let sound = port.is_empty() || port.strip_prefix(':').is_some_and(is_port);
        return address.parse().ok().filter(|_| sound).map(IpAddr::V6);
    }
    text.parse().ok().or_else(|| {
        let (address, _) = text.split_once(':').filter(|(_, port)| is_port(port))?;
        address.parse().ok().map(IpAddr::V4)
    })
}

/// A port, or a name that hides one (RFC 7239 §6).
fn is_port(text: &str) -> bool {
    let digits = (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    let name = |name: &str| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !name.is_empty() && name.bytes().all(known)
    };
    digits || text.strip_prefix('_').is_some_and(name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hops(header: ProxyHeader, lines: &[&str]) -> Vec<String> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header.name(), HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        let told = |hop: Hop| hop.map_or_else(|| "-".to_owned(), |address| address.to_string());
        of(&headers, header).map(told).collect()
    }

    fn forwarded(lines: &[&str]) -> Vec<String> {
        hops(ProxyHeader::Forwarded, lines)
    }

    #[test]
    fn a51_forwarded_is_read_as_its_standard_writes_it() {
        for (line, hop) in [
            ("for=192.0.2.43", "192.0.2.43"),
            ("For=192.0.2.43;proto=https;by=203.0.113.43", "192.0.2.43"),
            ("proto=https; host=\"a;b,c\" ;  FOR=\"192.0.2.43:47011\"", "192.0.2.43"),
            ("for=192.0.2.43:47011", "192.0.2.43"),
            ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17"),
            ("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17"),
            ("for=\"[2001:db8:cafe::17]:_port\"", "2001:db8:cafe::17"),
            ("for=\"2001:db8:cafe::17\"", "2001:db8:cafe::17"),
            ("for=\"192.0.2.\\43\"", "192.0.2.43"),
            ("for=unknown", "-"),
            ("for=\"_gazonk\"", "-"),
            ("for=_SEVKISEK:443", "-"),
            ("by=203.0.113.43", "-"),
            ("for=192.0.2.43;for=192.0.2.44", "-"),
            ("for=\"192.0.2.43\"x", "-"),
            ("for=\"192.0.2.43", "-"),
            ("for=[2001:db8::1]:99999999", "-"),
            ("for=192.0.2.43:", "-"),
            ("192.0.2.43", "-"),
            ("", "-"),
        ] {
            assert_eq!(forwarded(&[line]), [hop], "{line}");
        }
    }

    #[test]
    fn a51_hops_come_from_the_right_over_all_lines() {
        let lines = ["for=192.0.2.1, for=\"a,b\"", "for=192.0.2.3;by=\"x,y\",for=192.0.2.4"];
        assert_eq!(forwarded(&lines), ["192.0.2.4", "192.0.2.3", "-", "192.0.2.1"]);
        let lines = ["192.0.2.1, [2001:db8::1]:443", "192.0.2.3:80 ,192.0.2.4"];
        let read = hops(ProxyHeader::XForwardedFor, &lines);
        assert_eq!(read, ["192.0.2.4", "192.0.2.3", "2001:db8::1", "192.0.2.1"]);
    }

    #[test]
    fn a51_a_string_that_a_client_leaves_open_swallows_no_hop_of_a_proxy() {
        for open in
            ["for=\"", "for=\"\\", "for=192.0.2.9;host=\"", "\"", "a=\"b\\\"", ",,\",", "\\"]
        {
            for written in ["for=203.0.113.9", "for=\"203.0.113.9:80\";host=\"a,b\\\"c\""] {
                let line = format!("{open}, {written}");
                assert_eq!(forwarded(&[&line])[0], "203.0.113.9", "{line}");
            }
        }
    }

    proptest! {
        #[test]
        fn a51_whatever_a_client_writes_the_last_hop_is_that_of_the_proxy(before in "[ -~]{0,40}") {
            let line = format!("{before},for=\"[2001:db8::9]:443\";proto=https");
            prop_assert_eq!(&forwarded(&[&line])[0], "2001:db8::9");
            let line = format!("{before},203.0.113.9");
            prop_assert_eq!(&hops(ProxyHeader::XForwardedFor, &[&line])[0], "203.0.113.9");
        }
    }
}
