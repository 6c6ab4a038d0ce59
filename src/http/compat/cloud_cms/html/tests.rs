//! Where a link may stand, and what HTML is not taken for where it stands.

use super::*;

const URL: &str = "https://website.example/reset?a=1&hash=${hash}";

/// With `URL` for the link, and `AMP` for the link as it is written in HTML.
fn taken(html: &str) -> Result<String, Misread> {
    let html = html.replace("URL", URL).replace("AMP", &URL.replace('&', "&amp;"));
    with_links(&html, URL)
}

#[test]
fn a_link_is_taken_where_it_is_all_of_the_href_of_an_a() {
    for html in [
        "<a href='URL'>Reset</a>",
        "<A class=\"x\" HREF=\"AMP\" target='_blank'>Reset</A>",
        "<p>Hello,</p><p>\"<a\n href='URL' >Reset</a >\"</p>",
        "<!DOCTYPE html><html><body><table><tr><td>\n<a href='URL'>1 > 0</a></td></tr></table></body></html>",
        "<div style='color: red' hidden><a href='AMP'><b>Reset, ${user.name}</b></a><hr /><br/></div>",
        "\u{1f511} <a href='https://website.example/'>us</a> <a href='URL'></a>",
        "https://evil.example/?u=<a href='URL'>Reset</a>",
    ] {
        let read = taken(html).unwrap();
        assert!(read.contains("${link}") && !read.contains("${hash}"), "{html}: {read}");
        assert_eq!(taken(&read.replace(LINK, "URL")), Ok(read.clone()), "{html}: once more");
    }
    let written = taken("<A  HREF='AMP'\tclass=\"x'y\" hidden/>").unwrap();
    assert_eq!(written, "<a href='${link}' class=\"x'y\" hidden>");
}

#[test]
fn a_token_anywhere_else_is_not_taken() {
    for html in [
        "${hash}",
        "URL",
        "Go to\nURL\nnow",
        "<a href='URL'>URL</a>",
        "<a href='URL'>Reset</a> ${hash}",
        "<a href='https://evil.example/?u=URL'>Reset</a>",
        "<a href='https://evil.example/?u= URL'>Reset</a>",
        "<a href='https://evil.example/?u=\"URL\"'>Reset</a>",
        "<a href=' URL'>Reset</a>",
        "<a href='URL&amp;x'>Reset</a>",
        "<a href='URL@evil.example'>Reset</a>",
        "<a href='URLURL'>Reset</a>",
        "<a href='HTTPS://website.example/reset?a=1&hash=${hash}'>Reset</a>",
        "<a href='https://evil.example/reset?a=1&hash=${hash}'>Reset</a>",
        "<a title='URL'>Reset</a>",
        "<img src='URL'>",
        "<img href='URL'>",
        "https://evil.example/?u=URL",
        "https://evil.example/?u=\"URL\"",
        "https://evil.example/?u=<table> </b>URL",
        "https://evil.example/?u=<table> <b>URL</b></table>",
        "https://evil.example/?u=<p hidden></p>URL",
        "https://evil.example/?u=<div style=\"display:inline\">URL",
        "https://evil.example/?u=<br style=\"display:none\">URL",
        "<!doctype ${hash}><p>hello</p>",
    ] {
        assert_eq!(taken(html), Err(Misread::Astray), "{html}");
    }
}

#[test]
fn html_that_can_be_read_in_more_than_one_way_is_not_taken() {
    for html in [
        "<img alt='<a href=\"https://evil.example/?u='>URL\" >click</a>",
        "<img alt='<a href=\"https://evil.example/?u='><a href='URL'>click</a>",
        "<img alt='>'><a href='URL'>Reset</a>",
        "<img alt='<'><a href='URL'>Reset</a>",
        "<img src='https://evil.example/? <a href='URL'>Reset</a>",
        "<img src=https://evil.example/? ><a href='URL'>Reset</a>",
        "<img src=\"https://evil.example/?' <a href='URL'>Reset</a>",
        "<img alt=''src='x'><a href='URL'>Reset</a>",
        "<img alt='x'/src='x'><a href='URL'>Reset</a>",
        "<a href='https://evil.example/' href='URL'>Reset</a>",
        "<a href='URL' HREF='https://evil.example/'>Reset</a>",
        "<a href='URL' onclick='x'>Reset</a>",
        "<!-- <p> --><a href='URL'>Reset</a>",
        "<!--><a href='URL'>Reset</a> -->",
        "<![CDATA[<a href='URL'>Reset</a>]]>",
        "<?xml ?><a href='URL'>Reset</a>",
        "<style>a { }</style><a href='URL'>Reset</a>",
        "<script>x</script><a href='URL'>Reset</a>",
        "<title><a href='URL'>Reset</a></title>",
        "<textarea><a href='URL'>Reset</a></textarea>",
        "<form action='https://evil.example'><a href='URL'>Reset</a></form>",
        "<base href='https://evil.example'><a href='URL'>Reset</a>",
        "<meta content='x'><a href='URL'>Reset</a>",
        "<svg><a href='URL'>Reset</a></svg>",
        "<plaintext><a href='URL'>Reset</a>",
        "<noscript><a href='URL'>Reset</a></noscript>",
        "<a ping='https://evil.example' href='URL'>Reset</a>",
        "<a href='URL' PING='https://evil.example'>Reset</a>",
        "<a href = 'URL'>Reset</a>",
        "<a href='URL'>Reset</a href='x'>",
        "<a href=URL>Reset</a>",
        "<a href='URL",
        "<a href='URL'",
        "<p",
        "<",
        "</",
        "<>",
        "a < b",
        "</ p>",
        "<!doctype html <a href='URL'>Reset</a>",
        "<p\u{a0}x='y'>",
        "<p ='x'>",
        "<\u{e9}>",
        "<${hash}>",
    ] {
        assert!(matches!(taken(html), Err(Misread::NotPlain(_))), "{html}: {:?}", taken(html));
    }
}
