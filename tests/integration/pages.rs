//! The pages as browsers and those who mean ill see them.

mod buttons;
mod dress;
mod forms;
mod journey;
mod links;
mod problems;
mod return_to;

use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain};
use crate::people::{database, person};

const ADA: &str = "ada@example.com";
const BOB: &str = "bob@example.org";
const NEW: &str = "a new passphrase";

async fn running() -> (TestDatabase, Regain) {
    let users = database(Engine::Sqlite, &[person(ADA), person(BOB)]).await;
    let regain = Regain::start(&users.url).await;
    (users, regain)
}

/// A4, A7, A10: what every page says of itself, whatever it is about.
pub fn assert_guarded(page: &Answer, what: &str) {
    let header = |name: &str| page.header(name).unwrap_or_default().to_owned();
    assert_eq!(header("content-type"), "text/html; charset=utf-8", "{what}");
    assert_eq!(header("cache-control"), "no-store", "{what}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{what}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{what}");
    assert!(header("permissions-policy").contains("camera=()"), "{what}");
    let policy = header("content-security-policy");
    for part in
        ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"]
    {
        assert!(policy.contains(part), "{what}: {part} in {policy}");
    }
    assert!(!policy.contains("unsafe") && !policy.contains('*'), "{what}: {policy}");
    assert_eq!(page.body.contains("<script"), policy.contains("script-src 'self'"), "{what}");
    for inline in [" style=", "<style", "<script>", " onclick=", "javascript:"] {
        assert!(!page.body.contains(inline), "{what}: {inline}");
    }
    // Everything that a page loads is its own host's.
    for source in page.body.split(" src=\"").skip(1) {
        assert!(
            source.starts_with("/a/") || source.starts_with("&#x2f;a&#x2f;"),
            "{what}: {source}"
        );
    }
    assert!(page.body.matches("rel=\"stylesheet\"").count() >= 1, "{what} is dressed");
}
