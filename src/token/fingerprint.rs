//! What a row was like when a token was made, in 16 bytes.
//!
//! A fingerprint is the first half of HMAC-SHA256(K, fields), where K belongs to the application
//! and to the secret that signs the token. Each field is the byte 0x01, its length as a big-endian
//! u32 and its bytes, or the single byte 0x00 for NULL, so that no two rows are written alike.

use std::fmt;

use super::base64url;
use super::mac::MacKey;
use super::purpose::{Mark, Purpose};
use super::ring::Ring;
use super::secret::Secret;

/// What the fields start with, so that another list of fields can follow one day.
const VERSION: &str = "1";

/// Length of a fingerprint before base64url, in bytes.
const BYTES: usize = 16;

/// The values of a row that fingerprints are made of, each as text exactly as it was read.
#[derive(Clone, Copy)]
pub struct Marks<'a> {
    /// The row's id.
    pub user_id: &'a str,
    /// The stored address.
    pub email: Option<&'a str>,
    /// The stored password hash.
    pub password: Option<&'a str>,
    /// The recovery stamp, where the table has one.
    pub recovery_stamp: Option<&'a str>,
    /// The time of the last login, where it is mapped.
    pub last_login: Option<&'a str>,
}

impl fmt::Debug for Marks<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Marks").field("user_id", &self.user_id).finish_non_exhaustive()
    }
}

impl<'a> Marks<'a> {
    const fn get(&self, mark: Mark) -> Option<&'a str> {
        match mark {
            Mark::UserId => Some(self.user_id),
            Mark::Email => self.email,
            Mark::Password => self.password,
            Mark::RecoveryStamp => self.recovery_stamp,
            Mark::LastLogin => self.last_login,
        }
    }
}

/// What a fingerprint is taken for: the name that goes into it, and the marks.
#[derive(Clone, Copy)]
pub(super) struct Subject {
    name: &'static str,
    marks: &'static [Mark],
}

impl Subject {
    /// The proof that a row carries the hash that was just written: as of a reset, under a name
    /// that no token has.
    pub(super) fn password_changed() -> Self {
        Self { name: "password-changed", marks: Purpose::PasswordReset.marks() }
    }

    /// What an invitation's token covers: what a reset's does, under a name of its own, so that neither
    /// is taken for the other.
    pub(super) fn invitation() -> Self {
        Self { name: "invitation", marks: Purpose::PasswordReset.marks() }
    }
}

impl From<Purpose> for Subject {
    fn from(purpose: Purpose) -> Self {
        Self { name: purpose.name(), marks: purpose.marks() }
    }
}

/// Makes and compares fingerprints for one application.
pub(super) struct Fingerprinter(Ring<MacKey>);

impl Fingerprinter {
    pub(super) fn new(secrets: &Ring<&Secret>, context: &str) -> Self {
        Self(secrets.map(|secret| MacKey::derive(secret, context)))
    }

    /// The fingerprint under the signing key, 22 characters of base64url.
    pub(super) fn make(&self, subject: Subject, marks: &Marks<'_>) -> String {
        let tag = self.0.signing().tag_of(|feed| write(subject, marks, feed));
        base64url::encode(&tag[..BYTES])
    }

    /// Whether this is the fingerprint under the key of that number, in constant time.
    pub(super) fn matches(
        &self,
        key: usize,
        fingerprint: &str,
        subject: Subject,
        marks: &Marks<'_>,
    ) -> bool {
        self.0.get(key).is_some_and(|key| is_made_by(key, fingerprint, subject, marks))
    }

    /// Whether this is the fingerprint under any key, each compared in constant time.
    pub(super) fn matches_any(
        &self,
        fingerprint: &str,
        subject: Subject,
        marks: &Marks<'_>,
    ) -> bool {
        self.0.iter().any(|key| is_made_by(key, fingerprint, subject, marks))
    }
}

fn is_made_by(key: &MacKey, fingerprint: &str, subject: Subject, marks: &Marks<'_>) -> bool {
    base64url::decode_array::<BYTES>(fingerprint)
        .is_some_and(|first| key.starts_with(|feed| write(subject, marks, feed), &first))
}

fn write(subject: Subject, marks: &Marks<'_>, feed: &mut dyn FnMut(&[u8])) {
    write_field(Some(VERSION), feed);
    write_field(Some(subject.name), feed);
    for mark in subject.marks {
        write_field(marks.get(*mark), feed);
    }
}

fn write_field(field: Option<&str>, feed: &mut dyn FnMut(&[u8])) {
    let Some(text) = field else { return feed(&[0]) };
    // No column holds 4 GiB; if one did, its length would be wrong and its fingerprint still its own.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    feed(&[1]);
    feed(&length.to_be_bytes());
    feed(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(fields: &[Option<String>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        for field in fields {
            write_field(field.as_deref(), &mut |piece| bytes.extend_from_slice(piece));
        }
        bytes
    }

    /// Reads fields back: what can be read back in one way only was written in one way only.
    fn read(mut bytes: &[u8]) -> Vec<Option<String>> {
        let mut fields = Vec::new();
        while let Some((tag, rest)) = bytes.split_first() {
            bytes = rest;
            if *tag == 0 {
                fields.push(None);
                continue;
            }
            let (length, rest) = bytes.split_first_chunk::<4>().expect("a length");
            let (text, rest) = rest.split_at(u32::from_be_bytes(*length) as usize);
            fields.push(Some(String::from_utf8(text.to_vec()).expect("UTF-8")));
            bytes = rest;
        }
        fields
    }

    /// Short texts of few characters, those of lengths and tags among them, so that collisions
    /// would be found if there were any.
    fn fields() -> impl Strategy<Value = Vec<Option<String>>> {
        prop::collection::vec(prop::option::of("[\u{0}\u{1}\u{2}ab]{0,6}"), 0..6)
    }

    proptest! {
        #[test]
        fn a25_fields_can_be_read_back_in_one_way_only(fields in fields()) {
            prop_assert_eq!(read(&written(&fields)), fields);
        }

        #[test]
        fn a25_different_fields_are_written_differently(one in fields(), two in fields()) {
            prop_assert_eq!(one == two, written(&one) == written(&two));
        }
    }

    #[test]
    fn a25_moving_a_character_null_and_empty_are_told_apart() {
        let pairs: [[&[Option<&str>]; 2]; 4] = [
            [&[Some("ab"), Some("c")], &[Some("a"), Some("bc")]],
            [&[None], &[Some("")]],
            [&[None, Some("")], &[Some(""), None]],
            [&[Some("\0")], &[None, None]],
        ];
        for [one, two] in pairs {
            let own = |fields: &[Option<&str>]| -> Vec<_> {
                fields.iter().map(|field| field.map(str::to_owned)).collect()
            };
            assert_ne!(written(&own(one)), written(&own(two)), "{one:?} {two:?}");
        }
    }

    #[test]
    fn marks_do_not_print_the_hash_or_the_address() {
        let marks = Marks {
            user_id: "42",
            email: Some("ada@example.com"),
            password: Some("$argon2id$x"),
            recovery_stamp: None,
            last_login: None,
        };
        assert_eq!(format!("{marks:?}"), "Marks { user_id: \"42\", .. }");
    }
}
