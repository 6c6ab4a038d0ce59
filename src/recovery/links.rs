//! Where links lead, where people may be sent back to, and who gets their sessions.

use url::Url;
use zeroize::Zeroizing;

use crate::token::Token;

/// The place of the token in a link's pattern.
pub const TOKEN_PLACE: &str = "{token}";

/// A URL with one place for the token. It comes from the configuration and from nowhere else,
/// so that no request can say where a link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkPattern(String);

impl LinkPattern {
    /// Takes a pattern that holds `{token}` once.
    #[must_use]
    pub fn parse(pattern: &str) -> Option<Self> {
        let once = pattern.matches(TOKEN_PLACE).count() == 1;
        let url = Url::parse(&pattern.replace(TOKEN_PLACE, "t")).ok()?;
        (once && matches!(url.scheme(), "http" | "https")).then(|| Self(pattern.to_owned()))
    }

    /// The link that carries a token.
    #[must_use]
    pub fn fill(&self, token: &Token) -> Zeroizing<String> {
        Zeroizing::new(self.0.replace(TOKEN_PLACE, token.expose()))
    }

    /// The link with something else where the token would be.
    #[must_use]
    pub fn with(&self, place: &str) -> String {
        self.0.replace(TOKEN_PLACE, place)
    }
}

/// Longest return target, in bytes: a token with one in it still fits its cookie.
pub const RETURN_TO_MAX_BYTES: usize = 1024;

/// The addresses that an application allows people to be sent back to.
#[derive(Clone, Debug, Default)]
pub struct ReturnTargets(Vec<Url>);

impl ReturnTargets {
    /// Takes the allowed addresses; `None` names the first that is no http(s) URL.
    ///
    /// # Errors
    /// The address that cannot be used.
    pub fn parse(allowed: &[String]) -> Result<Self, String> {
        let parse = |text: &String| plain_url(text).ok_or_else(|| text.clone());
        allowed.iter().map(parse).collect::<Result<_, _>>().map(Self)
    }

    /// The target in its normal form, if scheme, host and port are those of an allowed address
    /// and its path begins with that address' path by whole segments. It is measured in that form,
    /// which may be three times as long as what was typed.
    #[must_use]
    pub fn check(&self, target: &str) -> Option<String> {
        let url = plain_url(target)?;
        let short = url.as_str().len() <= RETURN_TO_MAX_BYTES;
        (short && self.0.iter().any(|allowed| within(allowed, &url))).then(|| url.to_string())
    }
}

/// The one address of an application that gets sessions handed over. It comes from the configuration
/// and from nowhere else: whoever asks for a link to somebody else's mailbox would choose it else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionTarget(Url);

impl SessionTarget {
    /// Takes an address such as those that people may be sent back to, and without a fragment: there
    /// the session stands.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        plain_url(text).filter(|url| url.fragment().is_none()).map(Self)
    }

    /// The address with what is handed over in its fragment.
    #[must_use]
    pub fn with_fragment(&self, fragment: &str) -> String {
        let mut url = self.0.clone();
        url.set_fragment(Some(fragment));
        url.into()
    }
}

/// An absolute http(s) URL without user, control characters, backslashes or dot segments:
/// what browsers and servers read alike.
fn plain_url(text: &str) -> Option<Url> {
    let odd = |c: char| c.is_control() || c.is_whitespace() || c == '\\' || !c.is_ascii();
    let encoded = text.to_ascii_lowercase();
    let tricks = ["%0d", "%0a", "%00", "%2e", "%2f", "%5c", "/../", "/./"];
    if text.len() > RETURN_TO_MAX_BYTES
        || text.contains(odd)
        || tricks.iter().any(|t| encoded.contains(t))
    {
        return None;
    }
    let url = Url::parse(text).ok()?;
    let no_user = url.username().is_empty() && url.password().is_none();
    (matches!(url.scheme(), "http" | "https") && no_user && url.has_host()).then_some(url)
}

fn within(allowed: &Url, url: &Url) -> bool {
    let segments = |url: &Url| -> Vec<String> {
        let path = url.path().trim_end_matches('/').to_owned();
        path.split('/').skip(1).map(str::to_owned).collect()
    };
    let (prefix, path) = (segments(allowed), segments(url));
    allowed.origin() == url.origin() && path.starts_with(&prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_holds_the_token_once_and_is_a_url() {
        assert!(LinkPattern::parse("https://app.example.com/new-password#{token}").is_some());
        for pattern in [
            "https://app.example.com/",
            "{token}",
            "javascript:{token}",
            "https://a.example/{token}{token}",
        ] {
            assert!(LinkPattern::parse(pattern).is_none(), "{pattern}");
        }
    }

    #[test]
    fn a12_targets_never_leave_the_allow_list() {
        let targets = ReturnTargets::parse(&["https://good.example/app".into()]).unwrap();
        for target in [
            "//evil.example",
            "/\\evil.example",
            "javascript:alert(1)",
            "https://good.example@evil.example/app",
            "https://good.example/app%0d%0aLocation: https://evil.example",
            "https://good.example/app/../../evil",
            "https://good.example/..//evil",
            "http://good.example/app",
            "https://good.example:8443/app",
            "https://good.example/apple",
            "https://good.example/",
            "https://good.example.evil.example/app",
            "https://good.example/app/%2e%2e/x",
            "",
            "https:good.example/app\\..",
            "data:text/html,x",
        ] {
            assert_eq!(targets.check(target), None, "{target}");
        }
        for target in [
            "https://good.example/app",
            "https://good.example/app/x?y=z#w",
            "https://GOOD.example:443/app/",
        ] {
            assert!(targets.check(target).is_some(), "{target}");
        }
    }

    #[test]
    fn a12_a_target_is_measured_as_it_is_kept() {
        let targets = ReturnTargets::parse(&["https://good.example/".into()]).unwrap();
        let target = |query: &str, times| format!("https://good.example/?{}", query.repeat(times));
        assert!(targets.check(&target("x", 1000)).is_some());
        assert_eq!(targets.check(&target("x", 1003)), None);
        assert_eq!(targets.check(&target("\"", 400)), None, "each becomes %22");
    }

    #[test]
    fn a12_sessions_are_handed_over_at_one_plain_address_and_behind_it() {
        let target = SessionTarget::parse("https://app.example.com/in?by=link").unwrap();
        assert_eq!(target.with_fragment("a=1&b=2"), "https://app.example.com/in?by=link#a=1&b=2");
        for refused in [
            "https://app.example.com/#/in",
            "https://app.example.com/#",
            "https://ada@app.example.com/",
            "//app.example.com",
            "javascript:alert(1)",
            "/in",
            "",
        ] {
            assert_eq!(SessionTarget::parse(refused), None, "{refused}");
        }
    }

    #[test]
    fn a12_one_thing_that_browsers_and_servers_read_differently_is_enough() {
        let parse = |behind: &str| {
            SessionTarget::parse(&format!("https://app.example.com/{behind}")).is_some()
        };
        assert!(parse("in"));
        for odd in ['\u{1}', ' ', '\\', 'ü'] {
            assert!(!parse(&format!("in{odd}to")), "{odd:?}");
        }
        assert!(!parse("in%0d"));
        let long = |bytes: usize| "x".repeat(bytes - "https://app.example.com/".len());
        assert!(parse(&long(RETURN_TO_MAX_BYTES)));
        assert!(!parse(&long(RETURN_TO_MAX_BYTES + 1)));
    }

    #[test]
    fn a_pattern_holds_whatever_stands_in_the_place_of_the_token() {
        let pattern = LinkPattern::parse("https://app.example.com/#{token}").unwrap();
        assert_eq!(pattern.with("…"), "https://app.example.com/#…");
    }

    #[test]
    fn an_allowed_root_allows_the_whole_site() {
        let targets = ReturnTargets::parse(&["https://good.example/".into()]).unwrap();
        assert!(targets.check("https://good.example/anything/below").is_some());
        assert!(ReturnTargets::parse(&["ftp://good.example".into()]).is_err());
    }
}
