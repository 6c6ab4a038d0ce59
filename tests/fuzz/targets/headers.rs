//! Headers: who a request comes from, which language it gets, whose trace it is part of, and that nothing in them is a fault of ours.
//!
//! The first byte says who sent it and what is looked at; the rest is the headers, a line each.
#![no_main]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::{Arc, LazyLock};

use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, Uri, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Request, RequestParts};
use regain::clock::Clock;
use regain::config::{ProxyHeader, Settings};
use regain::http::State;
use regain::http::pages::dresses;
use regain::language::{Catalogue, Language};
use regain::random::Random;
use regain::recovery::trace::TraceLink;
use regain::token::{Keyring, Secret};
use regain_fuzz::{Served, now};

static SERVED: LazyLock<Served> = LazyLock::new(Served::build);
static BY_X_FORWARDED_FOR: LazyLock<State> = LazyLock::new(|| state(ProxyHeader::XForwardedFor));
static BY_FORWARDED: LazyLock<State> = LazyLock::new(|| state(ProxyHeader::Forwarded));
static TRUSTED: LazyLock<Vec<IpNet>> = LazyLock::new(|| {
    let network = |text: &String| text.parse().or_else(|_| text.parse().map(IpAddr::into));
    SERVED.settings.trusted_proxies.iter().map(|text| network(text).expect("a network")).collect()
});

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Who sends: strangers, proxies that are trusted, and somebody without an address.
const PEERS: [Option<&str>; 8] = [
    Some("198.51.100.1"),
    Some("2001:db8:2::1"),
    Some("::ffff:198.51.100.1"),
    None,
    Some("10.1.2.3"),
    Some("192.0.2.7"),
    Some("2001:db8:1::7"),
    Some("::ffff:10.1.2.3"),
];

/// What is asked for when the whole service answers.
const PLACES: [(Method, &str, bool); 8] = [
    (Method::GET, "/a/default/reset", true),
    (Method::GET, "/a/default/new-password", true),
    (Method::GET, "/a/default/login-now", true),
    (Method::GET, "/v1/apps/default/me", false),
    (Method::POST, "/v1/apps/default/password-resets", false),
    (Method::OPTIONS, "/v1/apps/default/password-resets", false),
    (Method::PUT, "/structr/rest/me", false),
    (Method::GET, "/readyz", false),
];

fuzz_target!(|data: &[u8]| {
    let [first, rest @ ..] = data else { return };
    let peer = PEERS[usize::from(first & 7)].map(|peer| peer.parse().expect("an address"));
    let headers = headers(rest);
    match first >> 3 {
        place @ 0..8 => answered(usize::from(place), peer, &headers),
        8..16 => {
            languages(&headers);
            traces(&headers);
        }
        16..24 => by_x_forwarded_for(peer, &headers),
        _ => by_forwarded(peer, &headers),
    }
});

fn state(proxy_header: ProxyHeader) -> State {
    let texts = Arc::new(Catalogue::embedded().expect("texts"));
    let of_apps = SERVED.settings.apps.keys().map(|name| (name.clone(), texts.clone())).collect();
    let dresses = dresses(&SERVED.settings, &of_apps).expect("pages");
    let (recovery, clock) = (SERVED.service.recovery.clone(), Clock::fixed(now()));
    let settings = Settings { proxy_header, ..SERVED.settings.clone() };
    let secret = Secret::parse(b"fuzzing-only-Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9").expect("a secret");
    let keyring = Keyring::new("one", [("one".to_owned(), secret)]).expect("a keyring");
    let (keyring, random) = (Arc::new(keyring), Random::repeatable(4));
    State::new(recovery, keyring, &settings, texts, dresses, clock, random).expect("a state")
}

/// The lines that HTTP would let through.
fn headers(lines: &[u8]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in lines.split(|byte| *byte == b'\n').take(64) {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = HeaderName::from_bytes(parts.next().unwrap_or_default());
        let value = HeaderValue::from_bytes(parts.next().unwrap_or_default().trim_ascii());
        if let (Ok(name), Ok(value)) = (name, value) {
            headers.append(name, value);
        }
    }
    headers
}

/// A request as it comes from a connection.
fn request(
    peer: Option<IpAddr>,
    method: &Method,
    path: &'static str,
    headers: &HeaderMap,
) -> Request {
    let (mut parts, ()) = poem::http::Request::new(()).into_parts();
    parts.method.clone_from(method);
    parts.uri = Uri::from_static(path);
    parts.headers.clone_from(headers);
    let peer = peer.map_or_else(Addr::default, |ip| Addr::from(SocketAddr::new(ip, 40_000)));
    let local = LocalAddr(Addr::from(SocketAddr::from(([127, 0, 0, 1], 8080))));
    let parts = RequestParts::from((parts, local, RemoteAddr(peer), Scheme::HTTP));
    Request::from_parts(parts, Body::empty())
}

/// What limits count a request under.
fn key(state: &State, peer: Option<IpAddr>, headers: &HeaderMap) -> String {
    state.client_key(&request(peer, &Method::GET, "/", headers))
}

/// Whether a peer is one of our proxies.
fn trusts(address: IpAddr) -> bool {
    TRUSTED.iter().any(|network| network.contains(&address.to_canonical()))
}

/// What a request is counted under, once it is seen that this is the one spelling of a client, and that
/// nothing counts that a stranger says, or a header that is not read.
fn counted(state: &State, peer: Option<IpAddr>, headers: &HeaderMap, read: &HeaderName) -> String {
    let counted = key(state, peer, headers);
    let plain = key(state, peer, &HeaderMap::new());
    if peer.is_none() {
        assert_eq!((counted.as_str(), plain.as_str()), ("unknown", "unknown"));
        return counted;
    }
    assert!(is_client(&counted), "{counted}");
    if !headers.contains_key(read) || !peer.is_some_and(trusts) {
        assert_eq!(counted, plain, "a stranger's word, or a header that is not read, counts");
    }
    counted
}

/// Whatever a client writes, what a trusted proxy writes behind it is what counts.
fn client_cannot_choose(
    state: &State,
    peer: IpAddr,
    headers: &HeaderMap,
    read: &HeaderName,
    behind: [(&'static str, &str); 2],
) {
    for (behind, client) in behind {
        let mut appended = headers.clone();
        appended.append(read.clone(), HeaderValue::from_static(behind));
        assert_eq!(key(state, Some(peer), &appended), client, "a client chose who it is");
        // In the same line, as most proxies do.
        let Some(sent) = headers.get(read) else { continue };
        let line = [sent.as_bytes(), b", ", behind.as_bytes()].concat();
        appended.insert(read.clone(), HeaderValue::from_bytes(&line).expect("a value"));
        assert_eq!(
            key(state, Some(peer), &appended),
            client,
            "a client chose who it is, in a line"
        );
    }
}

fn by_x_forwarded_for(peer: Option<IpAddr>, headers: &HeaderMap) {
    let counted = counted(&BY_X_FORWARDED_FOR, peer, headers, &FORWARDED_FOR);
    let values = headers.get_all(FORWARDED_FOR).iter().map(HeaderValue::as_bytes);
    let hops: Vec<&[u8]> = values.flat_map(|value| value.split(|byte| *byte == b',')).collect();
    let hops: Vec<Option<IpAddr>> = hops.into_iter().map(address).collect();
    let Some(peer) = peer.filter(|peer| trusts(*peer) && !hops.is_empty()) else { return };

    // From the right: the first that is no proxy of ours, or the last proxy before what is no address.
    let trusted = hops.iter().rev().take_while(|hop| hop.is_some_and(trusts)).count();
    let outermost = if trusted == 0 { peer } else { hops[hops.len() - trusted].expect("trusted") };
    let beyond = hops.iter().rev().nth(trusted).copied().flatten();
    let expected = key(&BY_X_FORWARDED_FOR, Some(beyond.unwrap_or(outermost)), &HeaderMap::new());
    assert_eq!(counted, expected, "{hops:?}");

    let behind =
        [("203.0.113.9", "203.0.113.9"), ("2001:db8:9:8:7::6, 10.9.9.9", "2001:db8:9:8::/64")];
    client_cannot_choose(&BY_X_FORWARDED_FOR, peer, headers, &FORWARDED_FOR, behind);
}

fn by_forwarded(peer: Option<IpAddr>, headers: &HeaderMap) {
    counted(&BY_FORWARDED, peer, headers, &header::FORWARDED);
    let Some(peer) = peer.filter(|peer| trusts(*peer)) else { return };
    let behind = [
        ("for=203.0.113.9;proto=https", "203.0.113.9"),
        ("for=\"[2001:db8:9:8:7::6]:443\", for=10.9.9.9", "2001:db8:9:8::/64"),
    ];
    client_cannot_choose(&BY_FORWARDED, peer, headers, &header::FORWARDED, behind);
}

/// An address as it stands, in brackets, or before a port or what hides one.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    let (host, port) = if text.ends_with(']') { (text, "0") } else { text.rsplit_once(':')? };
    let digits = port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit());
    let hidden = port.strip_prefix('_').is_some_and(|name| {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        !name.is_empty() && name.bytes().all(known)
    });
    if port.is_empty() || !(digits || hidden) {
        return None;
    }
    match host.strip_prefix('[') {
        Some(host) => host.strip_suffix(']')?.parse().ok().map(IpAddr::V6),
        None => host.parse().ok().map(IpAddr::V4),
    }
}

/// Whether it is the one spelling of an IPv4 address or of a /64.
fn is_client(key: &str) -> bool {
    match key.strip_suffix("/64") {
        None => key.parse::<Ipv4Addr>().is_ok_and(|address| address.to_string() == key),
        Some(network) => network.parse::<Ipv6Addr>().is_ok_and(|address| {
            address.segments()[4..] == [0; 4] && address.to_string() == network
        }),
    }
}

/// The languages that a browser accepts are of those that there are texts in.
fn languages(headers: &HeaderMap) {
    for header in headers.values().filter_map(|value| value.to_str().ok()) {
        let accepted = Language::accepted(header);
        if let Some(language) = accepted {
            assert!(Language::all().any(|known| known == language));
            assert_eq!(Language::from_tag(language.tag()), Some(language));
            let tags = header.split(',').map(|range| range.split(';').next().unwrap_or_default());
            let mut asked = tags.filter_map(|tag| Language::from_tag(tag.trim()));
            assert!(asked.any(|asked| asked == language), "{language:?} was not asked for");
        }
        // What is wanted most, and comes first, is what one gets.
        for language in Language::all() {
            let first = format!("{};q=1.0, {header}", language.tag());
            assert_eq!(Language::accepted(&first), Some(language));
        }
        let unwanted = header.replace(';', ",").replace(',', ";q=0,") + ";q=0";
        assert_eq!(Language::accepted(&unwanted), None, "{unwanted}");
    }
}

/// What is taken of a trace is told on as one that is taken again, and is the same then.
fn traces(headers: &HeaderMap) {
    let of = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let Some(link) = TraceLink::parse(of("traceparent")) else { return };
    assert_eq!(link.parent().len(), 55, "{link:?}");
    assert_eq!(TraceLink::parse(link.parent()).as_ref(), Some(&link));
    HeaderValue::from_str(link.parent()).expect("a header");
}

/// Through the whole service: no fault of ours, and pages in a language that there is.
fn answered(place: usize, peer: Option<IpAddr>, headers: &HeaderMap) {
    let (method, path, page) = &PLACES[place];
    let answer = SERVED.answer(request(peer, method, path, headers));
    answer.check(*page);
    let text = answer.text();
    if let Some((_, after)) = text.split_once("<html lang=\"") {
        let tag = after.split('"').next().unwrap_or_default();
        assert!(Language::all().any(|language| language.tag() == tag), "{tag}");
    }
}
