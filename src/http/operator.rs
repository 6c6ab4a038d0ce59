//! Who calls with an API key: for themselves, or for a client whom they name.

use std::net::IpAddr;
use std::sync::Arc;

use poem::{FromRequest, Request, RequestBody};

use super::bearer;
use super::client::key_of;
use super::problem::{Code, FieldError, Problem};
use super::state::State;
use crate::recovery::{Application, Caller, Operator};
use crate::token::{ApiKey, Scope};

/// The header in which a backend names the client that it calls for.
pub const CLIENT_ADDRESS: &str = "Regain-Client-Address";

/// What poem-openapi calls the first parameter in the path of an operation.
const APP: &str = "param0";

/// The operator who sent a request, known before its body is read.
pub struct ByKey(pub Operator);

impl<'a> FromRequest<'a> for ByKey {
    /// Fails as [`Code::NotFound`] where there is no such application, and as [`Code::KeyNeeded`]
    /// where none of its keys was sent.
    async fn from_request(request: &'a Request, _: &mut RequestBody) -> poem::Result<Self> {
        let state = request.data::<State>().ok_or(Problem::new(Code::Internal))?;
        let app = state.application(request.raw_path_param(APP).unwrap_or_default())?;
        let key = bearer::token(request).ok_or(Problem::new(Code::KeyNeeded))?;
        let operator = state.recovery.recognise(&app, key, &state.client_key(request)).await;
        Ok(Self(operator.map_err(Problem::from)?))
    }
}

/// Who is counted for a request that anybody may send: the client that sent it or, where it brings
/// a key, the client that it names. Other bearer tokens mean nothing here, and neither does the
/// header without a key (A51).
///
/// # Errors
/// [`Code::KeyNeeded`] for a key that is none of the application's, [`Code::ScopeMissing`] where it
/// may not name a client, and [`Code::InvalidValue`] where what it names is no address.
pub async fn caller(
    state: &State,
    request: &Request,
    app: &Arc<Application>,
) -> Result<Caller, Problem> {
    let client = state.client_key(request);
    let key = bearer::token(request).filter(|token| token.starts_with(ApiKey::PREFIX));
    let Some(key) = key else { return Ok(client.into()) };
    let operator = state.recovery.recognise(app, key, &client).await?;
    if !request.headers().contains_key(CLIENT_ADDRESS) {
        return Ok(client.into());
    }
    operator.must(Scope::AskOnBehalf)?;
    let named = named_client(request).ok_or_else(|| {
        let message = "is not one IP address".to_owned();
        let error = FieldError { field: CLIENT_ADDRESS, reason: "invalid", message };
        Problem::with_errors(Code::InvalidValue, vec![error])
    })?;
    Ok(operator.on_behalf_of(key_of(named))?)
}

/// The one address in the header.
fn named_client(request: &Request) -> Option<IpAddr> {
    let mut values = request.headers().get_all(CLIENT_ADDRESS).into_iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    value.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(values: &[&str]) -> Option<String> {
        let mut request = Request::builder();
        for value in values {
            request = request.header(CLIENT_ADDRESS, *value);
        }
        named_client(&request.finish()).map(key_of)
    }

    #[test]
    fn a52_one_address_is_named_and_counts_as_if_it_had_come_itself() {
        assert_eq!(named(&["203.0.113.9"]).as_deref(), Some("203.0.113.9"));
        assert_eq!(named(&["2001:db8:1:2:3::4"]).as_deref(), Some("2001:db8:1:2::/64"));
        assert_eq!(named(&["::ffff:203.0.113.9"]).as_deref(), Some("203.0.113.9"));
        for none in [
            &["203.0.113.9, 192.0.2.1"][..],
            &["203.0.113.9", "192.0.2.1"],
            &["203.0.113.0/24"],
            &["203.0.113.9:443"],
            &["[2001:db8::1]"],
            &["localhost"],
            &[""],
        ] {
            assert_eq!(named(none), None, "{none:?}");
        }
    }
}
