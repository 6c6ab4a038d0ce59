//! Formats that are guessed too fast (or that hold the password itself): told, and never written.

/// What a hash begins with, and what it is.
const PREFIXES: [(&str, &str); 25] = [
    ("$1$", "md5-crypt"),
    ("$apr1$", "md5-crypt"),
    ("$2$", "bcrypt of 1999"),
    ("$2x$", "bcrypt of a broken crypt_blowfish"),
    ("$3$", "nt-hash"),
    ("$5$", "sha256-crypt"),
    ("$6$", "sha512-crypt"),
    ("$H$", "phpass"),
    ("$P$", "phpass"),
    ("$S$", "drupal sha512"),
    ("md5$", "salted md5"),
    ("sha1$", "salted sha1"),
    ("sha256$", "salted sha256"),
    ("sha512$", "salted sha512"),
    ("crypt$", "des-crypt"),
    ("plain$", "plain text"),
    ("pbkdf2_sha1$", "pbkdf2 with sha1"),
    ("pbkdf2:sha1:", "pbkdf2 with sha1"),
    ("$pbkdf2$", "pbkdf2 with sha1"),
    ("{CLEARTEXT}", "plain text"),
    ("{PLAIN}", "plain text"),
    ("{CRYPT}", "ldap crypt"),
    ("{MD5}", "ldap md5"),
    ("{SMD5}", "ldap md5"),
    ("{SHA}", "ldap sha1"),
];

/// The rest of LDAP's, several lengths of SHA-2 each.
const LDAP: [(&str, &str); 3] =
    [("{SSHA}", "ldap sha1"), ("{SSHA", "ldap sha2"), ("{SHA", "ldap sha2")];

/// The name of the weak format of a stored password.
pub(super) fn recognise(stored: &str) -> Option<&'static str> {
    let begins = |(prefix, _): &&(&str, &str)| {
        stored.get(..prefix.len()).is_some_and(|start| {
            // LDAP's names are written in either case.
            start == *prefix || (prefix.starts_with('{') && start.eq_ignore_ascii_case(prefix))
        })
    };
    let known = PREFIXES.iter().chain(&LDAP).find(begins).map(|(_, name)| *name);
    known.or_else(|| bare(stored))
}

/// Hashes that nothing is written before.
fn bare(stored: &str) -> Option<&'static str> {
    let all = |text: &str, these: fn(&u8) -> bool| text.as_bytes().iter().all(these);
    if let Some(digits) = stored.strip_prefix('*') {
        return (digits.len() == 40 && all(digits, u8::is_ascii_hexdigit)).then_some("mysql sha1");
    }
    if all(stored, u8::is_ascii_hexdigit) {
        match stored.len() {
            32 => return Some("hexadecimal md5"),
            40 => return Some("hexadecimal sha1"),
            64 => return Some("hexadecimal sha256"),
            128 => return Some("hexadecimal sha512"),
            _ => {}
        }
    }
    let crypt = |byte: &u8| byte.is_ascii_alphanumeric() || b"./".contains(byte);
    match (stored.len(), stored.strip_prefix('_')) {
        (20, Some(rest)) => all(rest, crypt).then_some("bsdi des-crypt"),
        (13, None) => all(stored, crypt).then_some("des-crypt"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::password::scheme::{Recognised, recognise as recognise_any};

    #[test]
    fn weak_formats_are_told_by_name() {
        for (stored, name) in [
            ("$1$saltsalt$qjXMvbEw8oaL.CzflDtaK/", "md5-crypt"),
            ("$6$rounds=5000$salt$abc", "sha512-crypt"),
            ("$P$B12345678abcdefghijklmnopqrstu/", "phpass"),
            (
                "$2x$12$mgRYKDqqoZbW.ViQH6n0VeLeS61v8GWH9NcY3JcOY9HSZH9hZtHY6",
                "bcrypt of a broken crypt_blowfish",
            ),
            ("md5$salt$67a1e09bb1f83f5007dc119c14d663aa", "salted md5"),
            ("md5$$5f4dcc3b5aa765d61d8327deb882cf99", "salted md5"),
            ("sha1$salt$59b3e8d637cf97edbe2384cf59cb7453dfe30789", "salted sha1"),
            ("plain$$secret", "plain text"),
            ("pbkdf2_sha1$1000000$salt$abc=", "pbkdf2 with sha1"),
            ("{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "ldap sha1"),
            ("{ssha}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "ldap sha1"),
            ("{SSHA256}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "ldap sha2"),
            ("{MD5}X03MO1qnZdYdgyfeuILPmQ==", "ldap md5"),
            ("5f4dcc3b5aa765d61d8327deb882cf99", "hexadecimal md5"),
            ("5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8", "hexadecimal sha1"),
            (&"5f4dcc3b".repeat(8), "hexadecimal sha256"),
            (&"5F4dcc3b".repeat(16), "hexadecimal sha512"),
            ("*2470C0C06DEE42FD1618BB99005ADCA2EC9D1E19", "mysql sha1"),
            ("rqXexS6ZhobKA", "des-crypt"),
            ("_J9..rasmBYk8r9AiWNc", "bsdi des-crypt"),
        ] {
            assert_eq!(recognise(stored), Some(name), "{stored}");
            assert!(matches!(recognise_any(stored), Recognised::Weak(_)), "{stored}");
        }
    }

    #[test]
    fn what_is_not_known_is_not_guessed_at() {
        for stored in ["", "!", "!abcdef", "secret", "$y$j9T$abc$def", "5f4dcc3b", "*", "{é}"] {
            assert_eq!(recognise(stored), None, "{stored}");
        }
    }
}
