//! `payload.timestamp.signature`: a text signed together with the time, in whole seconds.

use std::time::Duration;

use time::OffsetDateTime;

use super::base64url;
use super::error::TokenError;
use super::signer::{SEPARATOR, Signer};

/// Longest token that is looked at, in bytes. Ours have about 150. Sealed into a cookie, with its
/// name and attributes, one of this length stays within the 4096 bytes of RFC 6265 §6.1.
pub const MAX_TOKEN_BYTES: usize = 2880;

/// How far clocks of replicas may differ: a token may be this much younger than now, in seconds.
const FUTURE_LEEWAY_SECONDS: i64 = 60;

/// Signs and verifies with a time.
pub(super) struct TimedSigner(Signer);

/// A text whose signature held and whose time makes sense, which may yet be too old.
pub(super) struct Timed<'a> {
    /// What was signed, with nothing decoded yet.
    pub(super) payload: &'a str,
    /// When it was signed.
    pub(super) issued_at: OffsetDateTime,
    /// The number of the key that signed.
    pub(super) key: usize,
}

impl TimedSigner {
    pub(super) const fn new(signer: Signer) -> Self {
        Self(signer)
    }

    /// Appends the time and the signature to a payload in base64url.
    ///
    /// Tokens of the year 1970's first second and before do not exist; that second's successor is
    /// written instead.
    pub(super) fn sign(&self, mut payload: String, issued_at: OffsetDateTime) -> String {
        let seconds = u64::try_from(issued_at.unix_timestamp()).unwrap_or(0).max(1);
        let leading = (seconds.leading_zeros() / 8) as usize;
        payload.push(SEPARATOR);
        base64url::encode_onto(&mut payload, &seconds.to_be_bytes()[leading..]);
        self.0.sign(payload)
    }

    /// The payload and its time, if the signature holds.
    pub(super) fn unsign<'a>(
        &self,
        text: &'a str,
        now: OffsetDateTime,
    ) -> Result<Timed<'a>, TokenError> {
        if text.len() > MAX_TOKEN_BYTES || !has_three_parts(text) {
            return Err(TokenError::Malformed);
        }
        let signed = self.0.unsign(text)?;
        let (payload, timestamp) =
            signed.message.split_once(SEPARATOR).ok_or(TokenError::Malformed)?;
        let issued_at = read_timestamp(timestamp).ok_or(TokenError::Malformed)?;
        if issued_at.unix_timestamp() - now.unix_timestamp() > FUTURE_LEEWAY_SECONDS {
            return Err(TokenError::FromTheFuture);
        }
        Ok(Timed { payload, issued_at, key: signed.key })
    }
}

impl Timed<'_> {
    /// The last second in which it is good, if that is not over. An age of exactly the lifetime
    /// is still good, and both count in whole seconds.
    pub(super) fn expires_at(
        &self,
        lifetime: Duration,
        now: OffsetDateTime,
    ) -> Result<OffsetDateTime, TokenError> {
        let lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX);
        let expires_at = self.issued_at.saturating_add(time::Duration::seconds(lifetime));
        if now.unix_timestamp() - self.issued_at.unix_timestamp() > lifetime {
            return Err(TokenError::Expired { issued_at: self.issued_at, expired_at: expires_at });
        }
        Ok(expires_at)
    }
}

/// Three parts, none empty. A compressed payload starts with a separator and is refused here.
fn has_three_parts(text: &str) -> bool {
    let mut parts = text.split(SEPARATOR);
    let mut filled = || parts.next().is_some_and(|part| !part.is_empty());
    filled() && filled() && filled() && parts.next().is_none()
}

/// Unix seconds, big-endian without leading NULs, from 1 to the end of the year 9999.
fn read_timestamp(text: &str) -> Option<OffsetDateTime> {
    let mut room = [0; 48];
    let bytes = base64url::decode_short(text, &mut room)?;
    if bytes.first() == Some(&0) || !(1..=8).contains(&bytes.len()) {
        return None;
    }
    let seconds = bytes.iter().fold(0_u64, |seconds, byte| seconds << 8 | u64::from(*byte));
    OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a19_timestamps_have_one_spelling_and_a_sane_range() {
        let read = |bytes: &[u8]| {
            read_timestamp(&base64url::encode(bytes)).map(OffsetDateTime::unix_timestamp)
        };
        assert_eq!(read(&[1]), Some(1));
        assert_eq!(read(&[1, 0]), Some(256));
        assert_eq!(read(&[0x3a, 0xff, 0xf4, 0x41, 0x7f]), Some(253_402_300_799));
        for refused in [
            &[][..],
            &[0],
            &[0, 1],
            &[0x3a, 0xff, 0xf4, 0x41, 0x80],
            &[0x7f, 255, 255, 255, 255, 255, 255, 255],
            &[255; 8],
            &[1; 9],
            &[1; 48],
            &[1; 400],
        ] {
            assert_eq!(read(refused), None, "{refused:?}");
        }
    }

    #[test]
    fn a17_only_three_filled_parts_have_the_shape_of_a_token() {
        assert!(has_three_parts("a.b.c"));
        for text in
            ["", ".", "..", "a", "a.b", "a.b.", "a..c", ".b.c", ".a.b.c", "a.b.c.d", "a.b.c."]
        {
            assert!(!has_three_parts(text), "{text:?}");
        }
    }
}
