//! The session or the key that a request brings along (RFC 6750 §2.1).

use poem::Request;
use poem::http::{HeaderValue, header};

use super::problem::{Code, Problem};

/// The one bearer token of the `Authorization` header.
pub fn token(request: &Request) -> Option<&str> {
    let mut headers = request.headers().get_all(header::AUTHORIZATION).into_iter();
    let (Some(value), None) = (headers.next(), headers.next()) else { return None };
    token_in(value)
}

/// The bearer tokens of all `Authorization` headers, of which there should be one.
pub fn tokens(request: &Request) -> impl Iterator<Item = &str> {
    request.headers().get_all(header::AUTHORIZATION).into_iter().filter_map(token_in)
}

fn token_in(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then_some(token.trim_start())
}

/// The session that a request brings along.
///
/// # Errors
/// [`Code::Unauthorized`] where there is none, or more than one.
pub fn session(request: &Request) -> Result<&str, Problem> {
    token(request).ok_or(Problem::new(Code::Unauthorized))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[&str]) -> Option<String> {
        let mut request = Request::builder();
        for value in values {
            request = request.header("authorization", *value);
        }
        session(&request.finish()).ok().map(str::to_owned)
    }

    #[test]
    fn one_header_with_one_bearer_token_brings_a_session() {
        assert_eq!(found(&["Bearer a.b.c"]).as_deref(), Some("a.b.c"));
        assert_eq!(found(&["bearer  a.b.c"]).as_deref(), Some("a.b.c"));
        for values in [&[][..], &["a.b.c"], &["Basic YTpi"], &["Bearer"], &["Bearer a", "Bearer b"]]
        {
            assert_eq!(found(values), None, "{values:?}");
        }
    }
}
