//! What becomes of the session of somebody who has just logged in by a link: it travels to the
//! application's page in the fragment of its address, which browsers send to nobody, so that neither
//! logs nor `Referer` have it; or it stays with us, sealed into a cookie that no script can read.

use poem::Response;
use url::form_urlencoded::Serializer;

use super::my_password::SESSION;
use crate::http::dress::see_other;
use crate::http::state::State;
use crate::recovery::{Application, HandOver, LoggedIn};

/// Leads on, with the session handed over and the cookie of the link thrown away.
pub fn lead_on(
    state: &State,
    app: &Application,
    hand_over: &HandOver,
    logged_in: &LoggedIn,
    forget_link: String,
) -> Response {
    match hand_over {
        HandOver::Page(target) => {
            see_other(&target.with_fragment(&fragment(logged_in)), &[forget_link])
        }
        HandOver::Cookie(home) => {
            let session = SESSION.keep(state, app, logged_in.session.expose());
            see_other(logged_in.return_to.as_ref().unwrap_or(home), &[forget_link, session])
        }
    }
}

/// What the application's page gets: the session, and as data where the person wanted to go back to.
fn fragment(logged_in: &LoggedIn) -> String {
    let expires_at = logged_in.expires_at.unix_timestamp().to_string();
    let mut fragment = Serializer::new(String::new());
    fragment.append_pair("session", logged_in.session.expose());
    fragment.append_pair("expires_at", &expires_at);
    if let Some(target) = &logged_in.return_to {
        fragment.append_pair("return_to", target);
    }
    fragment.finish()
}
