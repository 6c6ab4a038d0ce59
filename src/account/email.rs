//! One plain address, and which stored address it means.

use std::fmt;

use super::identifier::{InvalidIdentifier, mask};

/// Longest address that fits a mail envelope, in bytes (RFC 5321 §4.5.3.1.3 less the brackets).
const ADDRESS_MAX_BYTES: usize = 254;
/// Longest local part, in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_MAX_BYTES: usize = 64;

/// How the address column is searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EmailMatch {
    /// As typed, with the domain in lower case, and all in lower case, on the plain index.
    #[default]
    AsciiLower,
    /// As typed and no other way.
    Exact,
    /// By `lower(column)`, which wants an index of its own.
    Lower,
}

/// One `local@domain` without comments, quotes or routes, of at most 254 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct EmailAddress {
    text: Box<str>,
    /// The domain as IDNA A-labels in lower case, one form whatever was typed; `None` where that is
    /// what was typed. A long queue is made of addresses.
    domain: Option<Box<str>>,
}

impl EmailAddress {
    /// Reads one plain address.
    ///
    /// # Errors
    /// [`InvalidIdentifier`] for lists, comments, quoted local parts, encoded words, address
    /// literals, several `@` and whatever IDNA refuses.
    pub fn parse(text: &str) -> Result<Self, InvalidIdentifier> {
        if text.chars().any(char::is_control) {
            return Err(InvalidIdentifier::ControlCharacter);
        }
        if text.len() > ADDRESS_MAX_BYTES {
            return Err(InvalidIdentifier::TooLong);
        }
        let (local, domain) = text.split_once('@').ok_or(InvalidIdentifier::NotAnAddress)?;
        if !is_plain_local(local) {
            return Err(InvalidIdentifier::NotAnAddress);
        }
        let ascii = canonical_domain(domain).ok_or(InvalidIdentifier::NotAnAddress)?;
        let other = (ascii != domain).then(|| ascii.into());
        Ok(Self { text: text.into(), domain: other })
    }

    /// The address as typed.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The first character and the domain: `a…@example.com`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{}@{}", mask(self.local()), self.domain())
    }

    /// The spellings that the address column is asked for, each once and at most eight.
    #[must_use]
    pub fn spellings(&self, how: EmailMatch) -> Vec<String> {
        let typed = self.as_str().to_owned();
        if how == EmailMatch::Exact {
            return vec![typed];
        }
        let lower = self.local().to_ascii_lowercase();
        let (unicode, _) = idna::domain_to_unicode(self.domain());
        let domains = [self.typed_domain().to_lowercase(), self.domain().to_owned(), unicode];
        let mut spellings = if how == EmailMatch::Lower { vec![] } else { vec![typed] };
        for domain in domains {
            for local in [self.local(), lower.as_str()] {
                let spelling = format!("{local}@{domain}");
                let wanted = how == EmailMatch::AsciiLower || local == lower;
                if wanted && !spellings.contains(&spelling) {
                    spellings.push(spelling);
                }
            }
        }
        spellings
    }

    /// Whether a stored address is this one: the local part equal but for ASCII case, the
    /// domain equal by IDNA, everything else byte for byte.
    #[must_use]
    pub fn matches(&self, stored: &str, how: EmailMatch) -> bool {
        if how == EmailMatch::Exact {
            return self.as_str() == stored;
        }
        Self::parse(stored).is_ok_and(|stored| {
            stored.local().eq_ignore_ascii_case(self.local()) && stored.domain() == self.domain()
        })
    }

    /// One text for all addresses that match each other.
    #[must_use]
    pub fn sameness(&self, how: EmailMatch) -> String {
        match how {
            EmailMatch::Exact => self.as_str().to_owned(),
            EmailMatch::AsciiLower | EmailMatch::Lower => {
                format!("{}@{}", self.local().to_ascii_lowercase(), self.domain())
            }
        }
    }

    fn local(&self) -> &str {
        self.parts().0
    }

    fn domain(&self) -> &str {
        self.domain.as_deref().unwrap_or_else(|| self.typed_domain())
    }

    fn typed_domain(&self) -> &str {
        self.parts().1
    }

    /// What is before the one `@`, and what is behind it.
    fn parts(&self) -> (&str, &str) {
        self.text.split_once('@').unwrap_or_default()
    }
}

impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress({})", self.masked())
    }
}

/// RFC 5322 §3.2.3 `dot-atom-text`, with letters beyond ASCII as RFC 6532 §3.2 has them.
fn is_plain_local(local: &str) -> bool {
    let atext = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let known = |c: char| atext(c) || (!c.is_ascii() && c.is_alphanumeric());
    local.len() <= LOCAL_MAX_BYTES
        && !local.contains("=?")
        && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(known))
}

fn canonical_domain(domain: &str) -> Option<String> {
    let ascii = idna::domain_to_ascii_strict(domain).ok()?;
    let plain = !ascii.is_empty() && !ascii.ends_with('.') && !ascii.split('.').any(str::is_empty);
    plain.then_some(ascii)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> EmailAddress {
        EmailAddress::parse(text).unwrap()
    }

    #[test]
    fn a38_what_is_not_one_plain_address_is_refused() {
        for text in [
            "<a@b>c@d",
            "a@b@c",
            "a(comment)@b.example",
            "\"a b\"@c.example",
            "a@[127.0.0.1]",
            "=?utf-8?q?a?=@b.example",
            "a@b.example,c@d.example",
            "a b@c.example",
            "@b.example",
            "a@",
            "a@b..example",
            ".a@b.example",
            "a..b@c.example",
            "a@b.example.",
            "a;b@c.example",
            "a@b example",
            "a@b.example>",
            "Ada <a@b.example>",
            "a@%62.example",
            "a\\@b.example",
        ] {
            assert!(EmailAddress::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a33_letters_that_only_look_alike_or_fold_alike_do_not_match() {
        for (typed, stored) in [
            ("mıke@example.com", "mike@example.com"),
            ("muſk@example.com", "musk@example.com"),
            ("\u{212A}im@example.com", "kim@example.com"),
            ("ａda@example.com", "ada@example.com"),
            ("usér@example.com", "user@example.com"),
        ] {
            assert!(!address(typed).matches(stored, EmailMatch::AsciiLower), "{typed}");
            let asked = address(typed).spellings(EmailMatch::AsciiLower);
            assert!(!asked.iter().any(|spelling| spelling == stored), "{typed}");
        }
    }

    #[test]
    fn a34_trailing_spaces_and_accents_of_a_collation_do_not_match() {
        assert!(!address("user@example.com").matches("user@example.com ", EmailMatch::AsciiLower));
        assert!(!address("user@example.com").matches("USÉR@example.com", EmailMatch::AsciiLower));
        assert!(address("user@example.com").matches("User@EXAMPLE.com", EmailMatch::AsciiLower));
    }

    #[test]
    fn a35_unicode_and_punycode_domains_are_one() {
        let (unicode, ascii) =
            (address("ada@Bücher.example"), address("ada@xn--bcher-kva.example"));
        assert!(unicode.matches("ada@xn--bcher-kva.example", EmailMatch::AsciiLower));
        assert!(ascii.matches("ada@bücher.example", EmailMatch::AsciiLower));
        let asked = unicode.spellings(EmailMatch::AsciiLower);
        assert!(asked.contains(&"ada@xn--bcher-kva.example".to_owned()), "{asked:?}");
        assert!(asked.contains(&"ada@bücher.example".to_owned()), "{asked:?}");
        assert!(ascii.spellings(EmailMatch::AsciiLower).contains(&"ada@bücher.example".to_owned()));
    }

    #[test]
    fn addresses_are_the_same_that_match_each_other() {
        let all =
            ["ada@bücher.example", "ADA@xn--bcher-kva.example", "äda@b.example", "Äda@b.example"];
        for how in [EmailMatch::AsciiLower, EmailMatch::Exact] {
            for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (one, other)))
            {
                let same = address(one).sameness(how) == address(other).sameness(how);
                assert_eq!(same, address(one).matches(other, how), "{one} {other} {how:?}");
            }
        }
    }

    #[test]
    fn a37_tags_and_dots_are_not_folded() {
        assert!(!address("ada+x@example.com").matches("ada@example.com", EmailMatch::AsciiLower));
        assert!(!address("a.da@example.com").matches("ada@example.com", EmailMatch::AsciiLower));
    }

    #[test]
    fn spellings_are_few_distinct_and_begin_as_typed() {
        let asked = address("Ada@Example.COM").spellings(EmailMatch::AsciiLower);
        assert_eq!(asked, ["Ada@Example.COM", "Ada@example.com", "ada@example.com"]);
        assert_eq!(address("A@B.c").spellings(EmailMatch::Exact), ["A@B.c"]);
        assert_eq!(address("A@B.c").spellings(EmailMatch::Lower), ["a@b.c"]);
    }
}
