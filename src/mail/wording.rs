//! A mail in somebody else's words: in each part the places are filled in, and nothing else is code.

use std::fmt::Write as _;

use lettre::message::Mailbox;

use super::template::{Written, link};
use super::words::{one_line, presentable};
use crate::recovery::{Letter, Wording};

/// A place in a text, and what stands there in this letter.
type Place<'a> = (&'static str, &'a str);

/// The letter as it is written by the templates, with what the wording says in their place.
pub fn reworded(written: Written, wording: &Wording, letter: &Letter) -> Written {
    let email = letter.to.as_str();
    let display_name = letter.display_name.as_deref().and_then(presentable);
    let username = letter.username.as_deref().and_then(presentable);
    let name = username.as_deref().unwrap_or(email);
    let display_name = display_name.as_deref().unwrap_or(name);
    let all = [
        ("link", link(&letter.message)),
        ("user.name", name),
        ("user.email", email),
        ("user.displayName", display_name),
    ];
    let places = if wording.link_alone { &all[..1] } else { &all[..] };
    let plain = |text: &String| filled(text, places, str::to_owned);
    Written {
        subject: wording.subject.as_ref().map_or(written.subject, |text| one_line(&plain(text))),
        text: wording.text.as_ref().map_or(written.text, plain),
        html: wording.html.as_ref().map_or(written.html, |html| filled(html, places, in_html)),
    }
}

/// The From header of this name, with this address or else the one that `from` has. `None` where there
/// is none, or where it could not be read again.
#[must_use]
pub fn sender(name: &str, address: Option<&str>, from: &str) -> Option<String> {
    let email = match address {
        Some(address) => address.parse().ok()?,
        None => from.parse::<Mailbox>().ok()?.email,
    };
    let name = Some(name.to_owned()).filter(|name| !name.is_empty());
    let sender = Mailbox::new(name, email);
    let mut written = String::new();
    write!(written, "{sender}").ok()?;
    (written.parse() == Ok(sender)).then_some(written)
}

/// The text with its places filled in. What is no place of ours stays as it is.
fn filled(text: &str, places: &[Place<'_>], write: impl Fn(&str) -> String) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(name, after)| {
            let (_, value) = places.iter().find(|(place, _)| *place == name)?;
            Some((value, after))
        });
        if let Some((value, after)) = place {
            filled.push_str(&write(value));
            rest = after;
        } else {
            filled.push_str("${");
            rest = after;
        }
    }
    filled.push_str(rest);
    filled
}

/// As text in HTML, between tags or in the quotes of an attribute.
fn in_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_in_once_and_what_is_none_stays() {
        let places = [("link", "https://a.example/?key=x&${user.name}"), ("user.name", "${link}")];
        let plain = |text| filled(text, &places, str::to_owned);
        assert_eq!(plain("to ${link}."), "to https://a.example/?key=x&${user.name}.");
        assert_eq!(plain("${user.name}${user.name}"), "${link}${link}");
        for text in ["${password}", "${link", "$ {link}", "${ link }", "{link} $", "${${"] {
            assert_eq!(plain(text), text);
        }
    }

    #[test]
    fn a70_a_sender_is_written_so_that_it_is_read_as_one() {
        let from = "Example <no-reply@example.com>";
        for (name, address, written) in [
            ("Structr Mail Daemon", None, "Structr Mail Daemon <no-reply@example.com>"),
            ("", Some("mail@localhost"), "mail@localhost"),
            (
                "Müller, \"A\" & Söhne <x@y.example>",
                Some("a@b.example"),
                "\"Müller, \\\"A\\\" & Söhne <x@y.example>\" <a@b.example>",
            ),
        ] {
            assert_eq!(sender(name, address, from).as_deref(), Some(written));
        }
        assert_eq!(sender("A\r\nBcc: eve@evil.example", None, from), None);
        assert_eq!(sender("A", Some("a@b.example, c@d.example"), from), None);
    }

    #[test]
    fn a72_what_people_wrote_is_text_in_html() {
        let places = [("user.name", "<a href=\"http://evil.example\">'&")];
        assert_eq!(
            filled("<p title='${user.name}'>", &places, in_html),
            "<p title='&lt;a href=&quot;http://evil.example&quot;&gt;&#39;&amp;'>"
        );
    }
}
