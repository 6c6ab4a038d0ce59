//! What an application does to a password before it hashes it.

use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha512;
use unicode_normalization::UnicodeNormalization as _;
use zeroize::Zeroizing;

use crate::password::Password;

/// What an application does to a password before it hashes it. Its secret prints nothing of itself
/// and is wiped when dropped.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Prepare {
    /// Nothing.
    #[default]
    None,
    /// Appends a pepper, as Devise does with its `pepper`. Where the hash function takes only so many
    /// bytes, it is the pepper that is cut, as Ruby's bcrypt cuts it.
    Append(Zeroizing<String>),
    /// Brings the password into Unicode's NFKD (UAX #15) and makes base64(HMAC-SHA512(secret,
    /// password)) of it, as Flask-Security does with its `SECURITY_PASSWORD_SALT`.
    HmacSha512Base64(Zeroizing<String>),
}

impl Prepare {
    /// The bytes to hash with a function that takes at most `max` of them. Nothing that was typed is
    /// cut, only what was added or derived.
    pub(super) fn bytes(&self, password: &Password, max: Option<usize>) -> Zeroizing<Vec<u8>> {
        let typed = password.expose();
        let mut bytes = Zeroizing::new(match self {
            Self::None => return Zeroizing::new(typed.into()),
            Self::Append(pepper) => [typed.as_bytes(), pepper.as_bytes()].concat(),
            Self::HmacSha512Base64(key) => keyed(key, typed).into_bytes(),
        });
        let whole = if self.keeps_what_was_typed() { typed.len() } else { 0 };
        bytes.truncate(max.unwrap_or(usize::MAX).max(whole));
        bytes
    }

    /// Whether what was typed reaches the hash function as it is.
    pub(super) fn keeps_what_was_typed(&self) -> bool {
        match self {
            Self::None | Self::Append(_) => true,
            Self::HmacSha512Base64(_) => false,
        }
    }
}

fn keyed(key: &str, typed: &str) -> String {
    // NFKD makes UTF-8 at most 11 times as long (Unicode's normalisation FAQ): growing, it would leave
    // copies behind.
    let mut normal = Zeroizing::new(String::with_capacity(11 * typed.len()));
    normal.extend(typed.nfkd());
    let Ok(mut mac) = Hmac::<Sha512>::new_from_slice(key.as_bytes()) else {
        unreachable!("HMAC takes a key of any length");
    };
    mac.update(normal.as_bytes());
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

impl fmt::Debug for Prepare {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Append(_) => "Append(…)",
            Self::HmacSha512Base64(_) => "HmacSha512Base64(…)",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(text: &str) -> Zeroizing<String> {
        Zeroizing::new(text.to_owned())
    }

    fn prepared(prepare: &Prepare, typed: &str, max: Option<usize>) -> String {
        let bytes = prepare.bytes(&Password::new(typed.to_owned()), max);
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[test]
    fn debug_output_holds_nothing_of_the_secret() {
        let debug = format!(
            "{:?} {:?}",
            Prepare::Append(secret("c4nary")),
            Prepare::HmacSha512Base64(secret("c4nary"))
        );
        assert_eq!(debug, "Append(…) HmacSha512Base64(…)");
    }

    #[test]
    fn a62_a_pepper_is_cut_and_what_was_typed_is_not() {
        let pepper = Prepare::Append(secret("pepper"));
        assert_eq!(prepared(&pepper, "typed", None), "typedpepper");
        assert_eq!(prepared(&pepper, "typed", Some(8)), "typedpep");
        assert_eq!(prepared(&pepper, "typed", Some(5)), "typed");
        assert_eq!(prepared(&pepper, "typed", Some(4)), "typed");
        assert_eq!(prepared(&Prepare::None, "typed", Some(4)), "typed");
    }

    /// The key of Flask-Security's documentation; the digests by Python's `hmac`.
    #[test]
    fn a63_the_keyed_digest_is_flask_securitys_and_normalised() {
        let prepare = Prepare::HmacSha512Base64(secret("146585145368132386173505678016728509634"));
        assert_eq!(
            prepared(&prepare, "correct horse 🦀", None),
            "A3Xig6LZdIkHjiVtALFSWH2bHKuifT9tACGzDDSdWSg+ukkMdwGXVOQ7sn3shjiYnMxgQmtDNxrBzIMfs4BDTA=="
        );
        let e_acute = "yt4E8vkOY74jsexHM9+ZVRrCTKxWIkXA0tx8GiKy6U3cBaQW6vCV/vVaGZZx60PQCL/XKoVJJK/GBIiit9Yu+Q==";
        assert_eq!(prepared(&prepare, "é", None), e_acute);
        assert_eq!(prepared(&prepare, "e\u{301}", None), e_acute);
        assert_eq!(prepared(&prepare, "é", Some(72)), e_acute[..72]);
    }
}
