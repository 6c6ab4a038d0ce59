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

/// The operator whose key a request brings that anybody may send. Other bearer tokens mean nothing
/// here.
///
/// # Errors
/// [`Code::KeyNeeded`] for a key that is none of the application's, and for one beside another
/// `Authorization`: which of them counts, proxies and servers see differently.
pub async fn of(
    state: &State,
    request: &Request,
    app: &Arc<Application>,
) -> Result<Option<Operator>, Problem> {
    if !bearer::tokens(request).any(|token| token.starts_with(ApiKey::PREFIX)) {
        return Ok(None);
    }
    let key = bearer::token(request).unwrap_or_default();
    Ok(Some(state.recovery.recognise(app, key, &state.client_key(request)).await?))
}

/// Who is counted for a request that anybody may send, of this operator or of none: the client that
/// sent it or, where the operator names one, that client. The header without a key means nothing
/// (A51).
///
/// # Errors
/// [`Code::ScopeMissing`] where the key may not name a client, and [`Code::InvalidValue`] where what
/// it names is no address.
pub fn counted(state: &State, request: &Request, by: Option<Operator>) -> Result<Caller, Problem> {
    let by = by.filter(|_| request.headers().contains_key(CLIENT_ADDRESS));
    let Some(operator) = by else { return Ok(state.client(request)) };
    operator.must(Scope::AskOnBehalf)?;
    let named = named_client(request).ok_or_else(|| {
        let message = "is not one IP address".to_owned();
        let error = FieldError { field: CLIENT_ADDRESS, reason: "invalid", message };
        Problem::with_errors(Code::InvalidValue, vec![error])
    })?;
    Ok(operator.on_behalf_of(&key_of(named))?)
}

/// Who is counted for a request that anybody may send, and by whose key does not matter.
///
/// # Errors
/// Those of [`of`] and of [`counted`].
pub async fn caller(
    state: &State,
    request: &Request,
    app: &Arc<Application>,
) -> Result<Caller, Problem> {
    counted(state, request, of(state, request, app).await?)
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
