//! The query of an address.

use poem::Request;
use url::form_urlencoded;

use super::problem::{Code, Problem};

/// The one value of a parameter, if the address has it.
///
/// # Errors
/// [`Code::Malformed`] where it stands there more than once: nobody could tell which one is meant.
pub fn one(request: &Request, name: &str) -> Result<Option<String>, Problem> {
    let query = request.uri().query().unwrap_or_default().as_bytes();
    let mut values = form_urlencoded::parse(query).filter(|(found, _)| found == name);
    let first = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(Problem::new(Code::Malformed)) } else { Ok(first) }
}
