//! Front ends that are being written on this machine: which pages may call the demo, and where its links lead.

use url::{Host, Url};

use super::StartError;
use crate::recovery::{LinkPattern, TOKEN_PLACE};

/// Where the usual servers for development listen: Next.js and Rails, Angular, Vite, Python and Django.
pub const PORTS: [u16; 4] = [3000, 4200, 5173, 8000];

/// By which names a browser there reaches them: to it these are two origins.
const HOSTS: [&str; 2] = ["localhost", "127.0.0.1"];

/// The origins whose scripts may call the demo: those of such servers, and the one that a link leads to.
///
/// # Errors
/// [`StartError`] for a link that leads off this machine, or has no place for the token.
pub fn origins(link: Option<&str>) -> Result<Vec<String>, StartError> {
    let of_port = |port| HOSTS.map(|host| format!("http://{host}:{port}"));
    let mut origins: Vec<_> = PORTS.into_iter().flat_map(of_port).collect();
    if let Some(link) = link {
        let origin = origin(link).ok_or_else(|| {
            let problem = format!("is no URL on this machine with one {TOKEN_PLACE} in it");
            let cure = format!("write it like 'http://localhost:5173/#{TOKEN_PLACE}'");
            StartError::setting("--link", problem, cure)
        })?;
        if !origins.contains(&origin) {
            origins.push(origin);
        }
    }
    Ok(origins)
}

/// Whose scripts read the token of such a link: as everything of the demo, it stays on loopback.
fn origin(link: &str) -> Option<String> {
    LinkPattern::parse(link)?;
    let url = Url::parse(&link.replace(TOKEN_PLACE, "t")).ok()?;
    let near = match url.host()? {
        Host::Domain(name) => name == "localhost",
        Host::Ipv4(ip) => ip.is_loopback(),
        Host::Ipv6(ip) => ip.is_loopback(),
    };
    near.then(|| url.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(link: &str) -> Result<Vec<String>, String> {
        origins(Some(link)).map_err(|error| error.to_string())
    }

    #[test]
    fn pages_of_servers_for_development_may_call_and_those_that_links_lead_to() {
        let usual = origins(None).unwrap();
        assert!(usual.contains(&"http://localhost:5173".to_owned()) && usual.len() == 8);
        assert_eq!(told("http://127.0.0.1:3000/new#{token}").unwrap(), usual);
        for (link, origin) in [
            ("http://localhost:9999/#{token}", "http://localhost:9999"),
            ("http://[::1]:9999/?t={token}", "http://[::1]:9999"),
            ("https://localhost/{token}", "https://localhost"),
        ] {
            assert_eq!(told(link).unwrap()[8..], [origin], "{link}");
        }
    }

    #[test]
    fn a_link_that_leads_off_the_machine_or_has_no_place_for_the_token_is_refused() {
        for link in [
            "https://app.example.com/#{token}",
            "http://localhost.example.com/#{token}",
            "http://192.168.0.1/#{token}",
            "http://{token}.localhost/",
            "http://localhost:5173/",
            "http://localhost:5173/{token}#{token}",
            "file:///tmp/page.html#{token}",
            "localhost:5173/#{token}",
        ] {
            let refused = told(link).unwrap_err();
            assert!(refused.contains("'http://localhost:5173/#{token}'"), "{link}: {refused}");
        }
    }
}
