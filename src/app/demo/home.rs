//! Where the demo sends people who logged in, in place of an application: a page that takes the session
//! out of the fragment of its address, as an application's own would, asks whose it is and leads on to
//! where the person wanted to go.

use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Response, Route, get};

const PAGE: &str = include_str!("home/page.html");
const SCRIPT: &str = include_str!("home/page.js");

/// Scripts and styles of our own host, which may ask it, and nothing inline.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The routes with this page among them.
pub fn routes(routes: Route) -> Route {
    let script =
        |_| Response::builder().content_type("text/javascript; charset=utf-8").body(SCRIPT);
    routes.at("/demo/home", get(make_sync(|_| page()))).at("/demo/home.js", get(make_sync(script)))
}

fn page() -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::REFERRER_POLICY, "no-referrer")
        .body(PAGE)
}
