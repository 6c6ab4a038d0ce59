//! The files beside the pages: stylesheets, the script, a logo. Their names hold a hash of what is
//! in them, so that browsers need not ask again.

use std::fmt::Write as _;

use poem::http::{StatusCode, header};
use poem::{Body, Request, Response};
use sha2::{Digest as _, Sha256};

use crate::http::problem::{Code, Problem};

/// One file.
#[derive(Clone, Debug)]
pub struct Asset {
    stem: &'static str,
    kind: Kind,
    hash: String,
    bytes: Vec<u8>,
}

/// What is in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A stylesheet.
    Css,
    /// A script.
    Script,
    /// A picture of points.
    Png,
    /// A picture of points.
    Jpeg,
    /// A picture of points.
    Webp,
    /// A picture of lines, which could hold a script.
    Svg,
}

impl Kind {
    /// What kind of picture this is, by its first bytes.
    #[must_use]
    pub fn of_picture(bytes: &[u8]) -> Option<Self> {
        let svg = || std::str::from_utf8(bytes).is_ok_and(|text| text.contains("<svg"));
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Self::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::Webp),
            _ => svg().then_some(Self::Svg),
        }
    }

    const fn extension(self) -> &'static str {
        match self {
            Self::Css => "css",
            Self::Script => "js",
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Css => "text/css; charset=utf-8",
            Self::Script => "text/javascript; charset=utf-8",
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }

    /// Opened by itself, nothing in a file may run or load anything. Drawing programs write styles
    /// into SVG; those style the picture alone.
    const fn policy(self) -> &'static str {
        match self {
            Self::Svg => {
                "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
            }
            _ => "default-src 'none'; sandbox; frame-ancestors 'none'",
        }
    }
}

impl Asset {
    /// A file with this content.
    #[must_use]
    pub fn new(stem: &'static str, kind: Kind, bytes: Vec<u8>) -> Self {
        let mut hash = String::new();
        for byte in &Sha256::digest(&bytes)[..8] {
            let _infallible = write!(hash, "{byte:02x}");
        }
        Self { stem, kind, hash, bytes }
    }

    /// Where pages of an application load it from.
    #[must_use]
    pub fn address(&self, app: &str) -> String {
        format!("/a/{app}/assets/{}.{}.{}", self.stem, self.hash, self.kind.extension())
    }

    /// The hash in a file's name, if the name is of this file, now or at another time.
    fn hash_in<'a>(&self, name: &'a str) -> Option<&'a str> {
        let rest = name.strip_prefix(self.stem)?.strip_prefix('.')?;
        rest.strip_suffix(self.kind.extension())?.strip_suffix('.')
    }

    fn answer(&self, request: &Request, asked: &str) -> Response {
        let tag = format!("\"{}\"", self.hash);
        // While replicas are replaced, a page of one may ask another one for its own file.
        let caching =
            if asked == self.hash { "public, max-age=31536000, immutable" } else { "no-cache" };
        let known = request.header(header::IF_NONE_MATCH).is_some_and(|tags| tags.contains(&tag));
        let answer = Response::builder()
            .header(header::CONTENT_TYPE, self.kind.media_type())
            .header(header::CONTENT_SECURITY_POLICY, self.kind.policy())
            .header("Cross-Origin-Resource-Policy", "same-origin")
            .header(header::CACHE_CONTROL, caching)
            .header(header::ETAG, tag);
        if known {
            answer.status(StatusCode::NOT_MODIFIED).body(Body::empty())
        } else {
            answer.body(Body::from_bytes(self.bytes.clone().into()))
        }
    }
}

/// The file that a request asks for.
///
/// # Errors
/// [`Code::NotFound`].
pub fn serve<'a>(
    mut assets: impl Iterator<Item = &'a Asset>,
    request: &Request,
) -> Result<Response, Problem> {
    let name = request.raw_path_param("file").unwrap_or_default();
    let found = assets.find_map(|asset| Some((asset, asset.hash_in(name)?)));
    let (asset, hash) = found.ok_or(Problem::new(Code::NotFound))?;
    Ok(asset.answer(request, hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_told_by_their_bytes() {
        for (bytes, kind) in [
            (b"\x89PNG\r\n\x1a\n....".as_slice(), Some(Kind::Png)),
            (b"\xff\xd8\xff\xe0", Some(Kind::Jpeg)),
            (b"RIFF....WEBPVP8 ", Some(Kind::Webp)),
            (b"<?xml version=\"1.0\"?>\n<svg xmlns=\"x\"/>", Some(Kind::Svg)),
            (b"<html>", None),
            (b"GIF89a", None),
            (b"\xff<svg", None),
            (b"", None),
        ] {
            assert_eq!(Kind::of_picture(bytes), kind);
        }
    }

    #[test]
    fn a_file_is_known_by_its_name_whatever_its_hash() {
        let asset = Asset::new("style", Kind::Css, b"a{}".to_vec());
        let address = asset.address("shop");
        let name = address.strip_prefix("/a/shop/assets/").unwrap();
        assert_eq!(asset.hash_in(name), Some(asset.hash.as_str()));
        assert_eq!(asset.hash_in("style.older.css"), Some("older"));
        for other in ["style.css", "own.older.css", "style.older.js", "stylexolder.css", ""] {
            assert_eq!(asset.hash_in(other), None, "{other}");
        }
    }
}
