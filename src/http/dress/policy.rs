//! The content security policy of pages: what they may load, and where their forms may lead.

use std::fmt::Write as _;

/// The policy of an application's pages.
pub struct Policy(String);

impl Policy {
    /// Pages load their own stylesheets and nothing else, are shown in no frame, and post to
    /// themselves; what such a post is answered with may lead to the application's own `origins`
    /// and nowhere else.
    #[must_use]
    pub fn new(pictures: bool, origins: &[String]) -> Self {
        let mut policy = "default-src 'none'; style-src 'self'; base-uri 'none'; \
                          frame-ancestors 'none'"
            .to_owned();
        if pictures {
            policy.push_str("; img-src 'self'");
        }
        policy.push_str("; form-action 'self'");
        let mut listed: Vec<&String> = vec![];
        for origin in origins {
            if !listed.contains(&origin) {
                let _infallible = write!(policy, " {origin}");
                listed.push(origin);
            }
        }
        Self(policy)
    }

    /// The header's value; a page without the script may run none at all.
    #[must_use]
    pub fn header(&self, scripted: bool) -> String {
        if scripted { format!("{}; script-src 'self'", self.0) } else { self.0.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_names_each_origin_once_and_pictures_and_scripts_where_there_are_any() {
        let origins = ["https://a.example", "https://b.example:8443", "https://a.example"];
        let policy = Policy::new(true, &origins.map(str::to_owned));
        assert_eq!(
            policy.header(true),
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; \
             img-src 'self'; form-action 'self' https://a.example https://b.example:8443; \
             script-src 'self'"
        );
        let plain = Policy::new(false, &[]).header(false);
        assert!(!plain.contains("script-src") && !plain.contains("img-src"), "{plain}");
        assert!(plain.ends_with("form-action 'self'"), "{plain}");
    }
}
