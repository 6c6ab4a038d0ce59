//! What a page is made of. What a new page touches, docs/architecture.md tells.

use minijinja::Value;

/// One page.
pub struct Page {
    /// The name of its template, which an operator's file of this name replaces.
    pub template: &'static str,
    /// Our own template.
    pub source: &'static str,
    /// Whether the script may run in it, which adds comfort and nothing that is needed.
    pub scripted: bool,
    /// What it is filled in with, once for each way it may look: by these every template is tried
    /// at the start, and what they hold is what a template may use beside `COMMON`.
    pub samples: fn() -> Vec<Value>,
}

/// What every page is filled in with.
pub const COMMON: [&str; 9] =
    ["lang", "dir", "title", "app", "logo", "styles", "script", "support", "t"];

/// Templates that pages are put together from, and what they may use beside [`COMMON`].
pub const PARTS: [(&str, &str, &[&str]); 2] = [
    ("layout.html", include_str!("../pages/templates/layout.html"), &[]),
    ("mistakes.html", include_str!("../pages/templates/mistakes.html"), &["mistakes"]),
];
