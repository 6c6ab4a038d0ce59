//! The HTML of a mail, taken apart to see where its links lead. It is taken only where there is one
//! way to read it: text, and tags of plain elements, with attributes in quotes that hold no `<` and no
//! `>`. So every `>` ends a tag, and no quote, comment or script makes a link of ours a part of
//! something else.

use thiserror::Error;

/// Where Cloud CMS puts the token.
pub const HASH: &str = "${hash}";
/// Where we put the whole link.
pub const LINK: &str = "${link}";

/// Elements whose content is text and tags, and so is read as it stands.
const PLAIN: &str = "a abbr address b big blockquote body br caption center cite code dd del div dl \
    dt em font footer h1 h2 h3 h4 h5 h6 header hr html i img ins li ol p pre s section small span \
    strong sub sup table tbody td tfoot th thead tr u ul";

/// Why HTML is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Misread {
    /// Whoever reads the mail would send the token elsewhere, or could not use it.
    #[error(
        "holds ${{hash}} elsewhere than in links of the application: each has to be all of the \
         `href` of an `<a>`"
    )]
    Astray,
    /// Readers might take it apart otherwise than we do.
    #[error("is not plain HTML: {0}")]
    NotPlain(&'static str),
}

/// The HTML with `${link}` in place of each link; `link` is how it is spelled, with `${hash}`.
///
/// # Errors
/// [`Misread`] where a `${hash}` stands anywhere else, or the HTML is not plain.
pub fn with_links(html: &str, link: &str) -> Result<String, Misread> {
    let links = [link.to_owned(), link.replace('&', "&amp;")];
    let mut pieces = html.split('<');
    let mut written = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let no_end = Misread::NotPlain("a < stands alone, or in an attribute");
        let (inside, text) = piece.split_once('>').ok_or(no_end)?;
        written.extend(["<", &tag(inside, &links)?, ">", text]);
    }
    if written.contains(HASH) { Err(Misread::Astray) } else { Ok(written) }
}

/// What stands between `<` and `>`, with `${link}` in place of a link.
fn tag(inside: &str, links: &[String; 2]) -> Result<String, Misread> {
    let is_doctype = |start: &str| start.eq_ignore_ascii_case("!doctype");
    if inside.get(..8).is_some_and(is_doctype) {
        return Ok(inside.to_owned());
    }
    let (slash, opened) = inside.strip_prefix('/').map_or(("", inside), |closed| ("/", closed));
    let (element, mut rest) = name(opened.strip_suffix('/').unwrap_or(opened));
    if !PLAIN.split(' ').any(|plain| plain == element) {
        return Err(Misread::NotPlain("it holds a comment, or <form>, <style> or the like"));
    }
    let (mut written, mut names) = (format!("{slash}{element}"), Vec::new());
    loop {
        let attribute = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        if attribute.is_empty() {
            return Ok(written);
        }
        if attribute.len() == rest.len() || slash == "/" {
            return Err(Misread::NotPlain("a tag does not end where it should"));
        }
        let (name, after) = name(attribute);
        // Whoever `ping` names would be told where a link leads; `onclick` and the like are scripts.
        if name.is_empty() || name == "ping" || name.starts_with("on") || names.contains(&name) {
            return Err(Misread::NotPlain("an attribute is no plain one, or is there twice"));
        }
        written.extend([" ", &name]);
        rest = after;
        if let Some(quoted) = after.strip_prefix('=') {
            let quote = ["\"", "'"].into_iter().find(|quote| quoted.starts_with(quote));
            let quote = quote.ok_or(Misread::NotPlain("an attribute is not in quotes"))?;
            let closed = quoted[1..].split_once(quote);
            let (value, after) =
                closed.ok_or(Misread::NotPlain("a quote stays open, or holds a >"))?;
            let is_link = element == "a" && name == "href" && links.iter().any(|it| it == value);
            let value = if is_link { LINK } else { value };
            written.extend(["=", quote, value, quote]);
            rest = after;
        }
        names.push(name);
    }
}

/// The name that a text begins with, which may be none, in lower case; and what comes after it.
fn name(text: &str) -> (String, &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let (name, rest) = text.split_at(text.find(|c| !plain(c)).unwrap_or(text.len()));
    (name.to_ascii_lowercase(), rest)
}

#[cfg(test)]
mod tests;
