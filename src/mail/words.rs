//! What people wrote, as mails may repeat it.

use minijinja::Value;

use crate::language::Texts;

/// A link in HTML with its slashes as they are, which some mail readers want to see.
pub fn in_html(link: &str) -> Value {
    let escaped = link.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
    Value::from_safe_string(escaped)
}

/// Greets by name, where that can be repeated.
pub fn greeting(name: Option<&str>, texts: &Texts) -> String {
    match name.and_then(presentable) {
        Some(name) => texts.clone().with("name", name).tell("hello-name"),
        None => texts.tell("hello"),
    }
}

/// A name on one line, unless it could be taken for a link or for markup: anybody may have
/// chosen any name, and mail readers make links of what looks like one.
pub fn presentable(name: &str) -> Option<String> {
    let name = one_line(name);
    let odd = |c: char| c.is_control() || "<>{}[]()\"\\/@:%&=#?|".contains(c);
    let like_a_host = name.split_whitespace().any(|word| {
        let inner = word.trim_end_matches('.');
        inner.split_once('.').is_some_and(|(_, rest)| rest.starts_with(char::is_alphanumeric))
    });
    let unfit = name.is_empty() || name.chars().count() > 64 || name.contains(odd) || like_a_host;
    (!unfit).then_some(name)
}

/// The text on one line: control characters, the line breaks of Unicode and what turns the
/// direction of writing become spaces.
pub fn one_line(text: &str) -> String {
    let broken = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}')
    };
    let spaced: String = text.chars().map(|c| if broken(c) { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
