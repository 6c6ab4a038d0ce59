//! Every path and its methods: what 405 answers in `Allow`, and what the log calls a request,
//! since the URI itself may hold a token.

use std::iter::zip;
use std::sync::LazyLock;

use poem::http::Method;

use crate::config::Compat;

/// Where links lead that are made as Structr makes them: a page, and so are the problems there.
pub const STRUCTR_PAGE: &str = "/reset-password";

/// Path templates, each with the methods that are answered there.
const TABLE: &[(&str, &str)] = &[
    ("/v1/apps/{app}/password-resets", "POST"),
    ("/v1/apps/{app}/password-resets/complete", "POST"),
    ("/v1/apps/{app}/email-confirmations", "POST"),
    ("/v1/apps/{app}/email-confirmations/complete", "POST"),
    ("/v1/apps/{app}/login-links", "POST"),
    ("/v1/apps/{app}/login-links/complete", "POST"),
    ("/v1/apps/{app}/me", "GET, HEAD"),
    ("/v1/apps/{app}/me/password", "PUT"),
    ("/v1/apps/{app}/tokens/inspect", "POST"),
    ("/v1/apps/{app}/tokens/explain", "POST"),
    ("/v1/apps/{app}/users/{user_id}/tokens", "POST"),
    ("/v1/apps/{app}/invitations", "POST"),
    ("/v1/apps/{app}/users/{user_id}/revocations", "POST"),
    ("/v1/apps/{app}/sessions/introspect", "POST"),
    ("/healthz", "GET, HEAD"),
    ("/readyz", "GET, HEAD"),
    ("/openapi.json", "GET, HEAD"),
    ("/openapi.yaml", "GET, HEAD"),
    ("/docs", "GET, HEAD"),
    ("/docs/{file}", "GET, HEAD"),
    ("/a/{app}/reset", "GET, HEAD, POST"),
    ("/a/{app}/reset/{token}", "GET, HEAD"),
    ("/a/{app}/new-password", "GET, HEAD, POST"),
    ("/a/{app}/confirm-email", "GET, HEAD, POST"),
    ("/a/{app}/confirm-email/{token}", "GET, HEAD"),
    ("/a/{app}/confirm-email-now", "GET, HEAD, POST"),
    ("/a/{app}/login", "GET, HEAD, POST"),
    ("/a/{app}/login/{token}", "GET, HEAD"),
    ("/a/{app}/login-now", "GET, HEAD, POST"),
    ("/a/{app}/my-password", "GET, HEAD, POST"),
    ("/a/{app}/not-me", "GET, HEAD, POST"),
    ("/a/{app}/assets/{file}", "GET, HEAD"),
    ("/betty-blocks/{app}/request-password-reset", "POST"),
    ("/betty-blocks/{app}/reset-password", "POST"),
    ("/pub/applications/{application}/requests/resetpassword", "POST"),
    ("/pub/applications/{application}/requests/resetpassword/create", "POST"),
    ("/pub/applications/{application}/requests/resetpassword/{doc}/send", "POST"),
    ("/pub/applications/{application}/requests/resetpassword/{hash}/commit", "POST"),
    ("/structr/rest/reset-password", "POST"),
    ("/structr/rest/me", "PUT"),
    (STRUCTR_PAGE, "GET, HEAD"),
    ("/.well-known/change-password", "GET, HEAD"),
    ("/", "GET, HEAD"),
    ("/demo/home", "GET, HEAD"),
    ("/demo/home.js", "GET, HEAD"),
    ("/demo/outbox", "GET, HEAD"),
    ("/demo/outbox.json", "GET, HEAD"),
    ("/demo/outbox.css", "GET, HEAD"),
    ("/demo/outbox.js", "GET, HEAD"),
    ("/demo/outbox.events", "GET, HEAD"),
    ("/demo/outbox/{number}", "GET, HEAD"),
    ("/demo/outbox/{number}/{part}", "GET, HEAD"),
];

/// Every path template, each with the methods that are answered there.
#[must_use]
pub const fn all() -> &'static [(&'static str, &'static str)] {
    TABLE
}

/// Which application a path is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Owner<'a> {
    /// The one of this name. As it stands in the path: a name has one spelling.
    Named(&'a str),
    /// The one that another system's calls name so; by nothing where they name none.
    Called(Compat, &'a str),
}

/// What is served by a path template.
pub(super) struct Served {
    pub template: &'static str,
    /// The methods that are answered there.
    pub methods: &'static str,
    parts: Vec<&'static str>,
    /// The other system whose calls these are.
    system: Option<Compat>,
    /// Which part names the application.
    place: Option<usize>,
}

impl Served {
    fn new((template, methods): (&'static str, &'static str)) -> Self {
        let parts: Vec<_> = template.split('/').collect();
        let system = match parts.get(1) {
            Some(&"betty-blocks") => Some(Compat::BettyBlocks),
            Some(&"pub") => Some(Compat::CloudCms),
            Some(&("structr" | "reset-password")) => Some(Compat::Structr),
            _ => None,
        };
        let place = parts.iter().position(|part| matches!(*part, "{app}" | "{application}"));
        Self { template, methods, parts, system, place }
    }

    /// The application that a path of this template is of, where it is of one.
    pub fn owner<'a>(&self, path: &'a str) -> Option<Owner<'a>> {
        let named = self.place.and_then(|place| path.split('/').nth(place));
        match self.system {
            Some(Compat::Structr) => Some(Owner::Called(Compat::Structr, "")),
            Some(system) => Some(Owner::Called(system, named?)),
            None => named.map(Owner::Named),
        }
    }
}

/// A method as metrics know it: a client may make up any.
pub(super) fn method_word(method: &Method) -> &'static str {
    match method.as_str() {
        "DELETE" => "DELETE",
        "GET" => "GET",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        "PATCH" => "PATCH",
        "POST" => "POST",
        "PUT" => "PUT",
        _ => "other",
    }
}

/// Whether a path has a part in which nothing stands. It fits no template, though the framework would take
/// the nothing for a value: then nobody would have looked whose it is.
pub(super) fn has_empty_part(path: &str) -> bool {
    path.split('/').skip(1).any(str::is_empty) && path != "/"
}

/// The most parts of a template.
const MOST_PARTS: usize = 10;

/// The rows of the table by how many parts their templates have.
static BY_PARTS: LazyLock<[Vec<Served>; MOST_PARTS + 1]> = LazyLock::new(|| {
    let mut by_parts = [const { Vec::new() }; MOST_PARTS + 1];
    for served in TABLE.iter().copied().map(Served::new) {
        by_parts[served.parts.len()].push(served);
    }
    by_parts
});

/// What a path fits.
pub(super) fn find(path: &str) -> Option<&'static Served> {
    let (mut parts, mut count) = ([""; MOST_PARTS], 0);
    for part in path.split('/') {
        *parts.get_mut(count)? = part;
        count += 1;
    }
    let fits = |it: &&Served| zip(&it.parts, parts).all(|(part, segment)| fits(part, segment));
    BY_PARTS[count].iter().find(fits)
}

/// Whether a part of a path fits that of a template, where any may stand that is not empty.
fn fits(part: &str, segment: &str) -> bool {
    part == segment || (part.starts_with('{') && !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_fit_their_templates_by_whole_segments() {
        let reset = find("/v1/apps/shop/password-resets").unwrap();
        assert_eq!((reset.template, reset.methods), ("/v1/apps/{app}/password-resets", "POST"));
        for path in ["//", "/v1/apps//password-resets", "/v1/apps/shop/password-resets/", "/a/shop"]
        {
            assert!(find(path).is_none(), "{path}");
        }
    }

    #[test]
    fn a_path_has_an_empty_part_wherever_two_slashes_meet_and_where_it_ends_in_one() {
        for path in ["//", "//a", "/a//b", "/a/", "/v1/apps/shop/users//tokens"] {
            assert!(has_empty_part(path), "{path}");
        }
        for path in ["/", "/a", "/a/b", "/v1/apps/shop/users/1/tokens"] {
            assert!(!has_empty_part(path), "{path}");
        }
    }

    #[test]
    fn a_path_names_its_application_where_it_is_of_one() {
        let requests = "/pub/applications/9f2d/requests/resetpassword";
        for (path, app) in [
            ("/v1/apps/shop/password-resets", Some(Owner::Named("shop"))),
            ("/a/shop/reset/a.b.c", Some(Owner::Named("shop"))),
            ("/a/sh%6Fp/reset", Some(Owner::Named("sh%6Fp"))),
            ("/a/-/assets/style.x.css", Some(Owner::Named("-"))),
            ("/betty-blocks/shop/reset-password", Some(Owner::Called(Compat::BettyBlocks, "shop"))),
            (requests, Some(Owner::Called(Compat::CloudCms, "9f2d"))),
            (&format!("{requests}/x/send"), Some(Owner::Called(Compat::CloudCms, "9f2d"))),
            ("/structr/rest/me", Some(Owner::Called(Compat::Structr, ""))),
            (STRUCTR_PAGE, Some(Owner::Called(Compat::Structr, ""))),
            ("/a/shop", None),
            ("/healthz", None),
        ] {
            assert_eq!(find(path).and_then(|it| it.owner(path)), app, "{path}");
        }
    }

    #[test]
    fn every_operation_of_the_document_is_in_the_table() {
        let document: serde_json::Value =
            serde_json::from_str(&crate::http::document::json()).unwrap();
        for (path, operations) in document["paths"].as_object().unwrap() {
            let served = find(&path.replace("{app}", "shop")).unwrap_or_else(|| panic!("{path}"));
            for method in operations.as_object().unwrap().keys().filter(|key| *key != "parameters")
            {
                assert!(served.methods.contains(&method.to_uppercase()), "{method} {path}");
            }
        }
    }
}
