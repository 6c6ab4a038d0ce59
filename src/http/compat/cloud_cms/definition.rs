//! The definition of a mail that comes with a request: what of it may be said, and where its links
//! may lead.

use thiserror::Error;

use super::html::{self, HASH, LINK, Misread};
use crate::http::body::{FromMembers, Members};
use crate::recovery::{LinkPattern, Wording};

/// What a mail is to say. Whom it comes from and goes to is not for a request to say, so that all
/// else in it is passed over.
pub struct Definition {
    subject: Option<String>,
    body: Option<String>,
}

impl FromMembers for Definition {
    fn from_members(members: &mut Members) -> Self {
        Self { subject: members.optional("subject"), body: members.optional("body") }
    }
}

/// Why a definition is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Unfit {
    /// Nobody could do anything with the mail.
    #[error("its body holds no link with ${{hash}}")]
    NoLink,
    /// Others than its reader see the subject on the way.
    #[error("its subject holds ${{hash}}")]
    InSubject,
    /// A place of ours, where the link would be, wherever it stands.
    #[error("it holds ${{link}}")]
    Link,
    /// The token could go elsewhere than to the application.
    #[error("its body {0}")]
    Body(#[from] Misread),
}

impl Definition {
    /// The same as our mails are worded, if every token in it is in one of these links.
    ///
    /// # Errors
    /// [`Unfit`].
    pub fn wording(self, link: &LinkPattern) -> Result<Wording, Unfit> {
        let Self { subject, body } = self;
        let (subject_text, body) =
            (subject.as_deref().unwrap_or_default(), body.unwrap_or_default());
        if subject_text.contains(LINK) || body.contains(LINK) {
            return Err(Unfit::Link);
        }
        if subject_text.contains(HASH) {
            return Err(Unfit::InSubject);
        }
        let html = html::with_links(&body, &link.with(HASH))?;
        if !html.contains(LINK) {
            return Err(Unfit::NoLink);
        }
        Ok(Wording { subject, html: Some(html), ..Wording::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wording(subject: Option<&str>, body: Option<&str>) -> Result<Wording, Unfit> {
        let definition =
            Definition { subject: subject.map(str::to_owned), body: body.map(str::to_owned) };
        let link = LinkPattern::parse("https://website.example/reset?hash={token}").unwrap();
        definition.wording(&link)
    }

    const GOOD: &str = "<a href='https://website.example/reset?hash=${hash}'>Reset</a>";

    #[test]
    fn the_body_becomes_the_html_and_nothing_else_is_said_by_it() {
        let worded = wording(Some("For ${user.name}"), Some(GOOD)).unwrap();
        assert_eq!(worded.html.as_deref(), Some("<a href='${link}'>Reset</a>"));
        assert_eq!(worded.subject.as_deref(), Some("For ${user.name}"));
        assert_eq!((worded.from, worded.text), (None, None));
        assert_eq!(wording(None, Some(GOOD)).unwrap().subject, None);
    }

    /// Down to its http, where the application's links had it.
    #[test]
    fn the_body_in_the_documentation_of_cloud_cms_is_taken_as_it_is() {
        let body = "<a href='http://website.com/password-reset.html?hash=${hash}'>Click me to reset \
                    your password</a>";
        let definition = Definition { subject: None, body: Some(body.to_owned()) };
        let link = "http://website.com/password-reset.html?hash={token}";
        let worded = definition.wording(&LinkPattern::parse(link).unwrap()).unwrap();
        let expected = "<a href='${link}'>Click me to reset your password</a>";
        assert_eq!(worded.html.as_deref(), Some(expected));
    }

    #[test]
    fn what_would_put_the_link_elsewhere_is_unfit() {
        for (subject, body, unfit) in [
            (None, None, Unfit::NoLink),
            (Some("Reset"), Some("<p>Ask us</p>"), Unfit::NoLink),
            (Some("Reset"), Some(""), Unfit::NoLink),
            (Some("${hash}"), Some(GOOD), Unfit::InSubject),
            (Some("${link}"), Some(GOOD), Unfit::Link),
            (None, Some("<img src='https://evil.example/?${link}'>"), Unfit::Link),
            (None, Some("<!doctype html><p>hello</p>"), Unfit::NoLink),
            (None, Some("<!doctype ${hash}><p>hello</p>"), Unfit::Body(Misread::Astray)),
            (None, Some("${hash}"), Unfit::Body(Misread::Astray)),
        ] {
            assert_eq!(wording(subject, body).unwrap_err(), unfit);
        }
        let both = format!("{GOOD}<img src='https://evil.example/?${{link}}'>");
        assert_eq!(wording(None, Some(&both)).unwrap_err(), Unfit::Link);
    }
}
