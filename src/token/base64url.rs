//! base64url without padding (RFC 4648 §5), where every byte string has exactly one spelling.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

/// Room for what is decoded without an allocation: 48 bytes, which are 64 characters.
const SHORT_BYTES: usize = 48;

/// The bytes in base64url, unpadded.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

/// Appends the bytes in base64url, unpadded.
pub(super) fn encode_onto(text: &mut String, bytes: &[u8]) {
    BASE64_URL_SAFE_NO_PAD.encode_string(bytes, text);
}

/// The bytes, if the text is the one spelling of them: no padding, no other alphabet, no white
/// space, no bits left over in the last character.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(text).ok()
}

/// As [`decode`], where exactly `N` bytes (at most 48) must come out.
pub(super) fn decode_array<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut room = [0; SHORT_BYTES];
    decode_short(text, &mut room)?.try_into().ok()
}

/// As [`decode`], into room for at most 48 bytes; longer texts are refused unread.
pub(super) fn decode_short<'a>(text: &str, room: &'a mut [u8; SHORT_BYTES]) -> Option<&'a [u8]> {
    let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, room).ok()?;
    Some(&room[..length])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_4648_without_their_padding() {
        for (bytes, text) in [
            (&b""[..], ""),
            (b"f", "Zg"),
            (b"fo", "Zm8"),
            (b"foo", "Zm9v"),
            (b"foob", "Zm9vYg"),
            (b"\xfb\xff", "-_8"),
        ] {
            assert_eq!(encode(bytes), text);
            assert_eq!(decode(text).as_deref(), Some(bytes));
        }
    }

    #[test]
    fn a16_no_second_spelling_is_read() {
        for text in ["Zg==", "Zg=", "Zh", "Zm9", "+/8", "Zm9v\n", " Zm9v", "Zm 9v", "Z", "Zm9vY"] {
            assert_eq!(decode(text), None, "{text:?}");
            assert_eq!(decode_array::<1>(text), None, "{text:?}");
        }
    }

    #[test]
    fn arrays_are_read_at_their_exact_length_only() {
        let text = encode(&[7; 32]);
        assert_eq!(decode_array::<32>(&text), Some([7; 32]));
        assert_eq!(decode_array::<31>(&text), None);
        assert_eq!(decode_array::<32>(&encode(&[7; 33])), None);
        assert_eq!(decode_array::<32>(&encode(&[7; 4000])), None);
    }
}
