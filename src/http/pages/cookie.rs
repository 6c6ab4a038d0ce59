//! The cookies of one application: the sealed token, the value that forms repeat, and what was typed.

use std::fmt::Write as _;
use std::time::Duration;

use poem::Request;
use poem::http::header;

/// What a cookie is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Jar {
    /// The sealed token of a reset.
    Reset,
    /// The sealed token that confirms an address.
    ConfirmEmail,
    /// The sealed token of a login link.
    Login,
    /// The sealed session of somebody who is logged in.
    Session,
    /// The value behind a form's double submit.
    Form,
    /// What was typed when asking.
    Typed,
}

impl Jar {
    /// `__Host-regain-{app}-reset`, which browsers keep for this host alone (RFC 6265bis
    /// §4.1.3.2); without the prefix over http on loopback, where Secure cannot be had.
    fn name(self, app: &str, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        let suffix = match self {
            Self::Reset => "reset",
            Self::ConfirmEmail => "confirm-email",
            Self::Login => "login",
            Self::Session => "session",
            Self::Form => "form",
            Self::Typed => "typed",
        };
        format!("{prefix}regain-{app}-{suffix}")
    }

    /// The cookie's value in a request.
    #[must_use]
    pub fn read<'a>(self, request: &'a Request, app: &str, secure: bool) -> Option<&'a str> {
        let name = self.name(app, secure);
        let pairs = request.headers().get_all(header::COOKIE).into_iter();
        pairs
            .filter_map(|header| header.to_str().ok())
            .flat_map(|header| header.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .find(|(found, _)| *found == name)
            .map(|(_, value)| value)
    }

    /// The Set-Cookie header that keeps a value for a while.
    #[must_use]
    pub fn keep(self, app: &str, secure: bool, value: &str, lifetime: Duration) -> String {
        let mut cookie = format!(
            "{}={value}; Path=/; Max-Age={}; HttpOnly; SameSite=Lax",
            self.name(app, secure),
            lifetime.as_secs()
        );
        if secure {
            let _infallible = write!(cookie, "; Secure");
        }
        cookie
    }

    /// The Set-Cookie header that throws the value away.
    #[must_use]
    pub fn forget(self, app: &str, secure: bool) -> String {
        self.keep(app, secure, "", Duration::ZERO)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn over_https_cookies_are_bound_to_the_host_and_over_http_they_are_plain() {
        let kept = Jar::Reset.keep("shop", true, "v", Duration::from_mins(30));
        let expected =
            "__Host-regain-shop-reset=v; Path=/; Max-Age=1800; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(kept, expected);
        assert_eq!(
            Jar::Form.forget("shop", false),
            "regain-shop-form=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }

    #[test]
    fn a_cookie_is_found_by_its_whole_name() {
        let request = Request::builder()
            .header("cookie", "xregain-shop-reset=1; regain-shop-reset=2")
            .finish();
        assert_eq!(Jar::Reset.read(&request, "shop", false), Some("2"));
        assert_eq!(Jar::Reset.read(&request, "other", false), None);
    }
}
