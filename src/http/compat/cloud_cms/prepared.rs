//! A reset password request between being made and being sent: its id is all of it, sealed. It is
//! always as long, whoever it is about, and nobody but us can open it.

use std::time::Duration;

use time::OffsetDateTime;

use crate::account::Identifier;
use crate::random::Random;
use crate::recovery::{Refused, Wording};
use crate::token::ApplicationKeys;

/// What an id is sealed for, so that it serves nothing else.
const SEALED_FOR: &str = "cloud-cms/request";
/// How long an id is good.
const LIFETIME: Duration = Duration::from_mins(15);
/// How far ahead the clock of the replica that made it may be.
const LEEWAY: Duration = Duration::from_mins(1);
/// Length of every id, in characters.
const ID_CHARS: usize = 1024;
/// Bytes that are sealed in one: base64url is a third longer, a nonce has 24 and a tag 16.
const SEALED_BYTES: usize = ID_CHARS / 4 * 3 - 24 - 16;
/// Bytes of the time, in seconds, and of the length of each text.
const TIME_BYTES: usize = 8;
const LENGTH_BYTES: usize = 2;
/// What there are texts of: the principal, and the subject and the HTML of the mail.
const TEXTS: usize = 3;

/// What a request asks for.
pub struct Prepared {
    /// Whose password is to be reset.
    pub principal: Identifier,
    /// What the mail says, where the caller may say it.
    pub wording: Option<Wording>,
}

/// The wording does not fit beside its principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLong {
    /// How many bytes it has.
    pub bytes: usize,
    /// How many it may have.
    pub room: usize,
}

impl Prepared {
    /// The id that carries all of it.
    ///
    /// # Errors
    /// [`TooLong`].
    pub fn seal(
        &self,
        keys: &ApplicationKeys,
        random: &Random,
        now: OffsetDateTime,
    ) -> Result<String, TooLong> {
        let principal = String::from(self.principal.clone());
        let wording = self.wording.as_ref();
        let subject = wording.and_then(|wording| wording.subject.as_deref()).unwrap_or_default();
        let html = wording.and_then(|wording| wording.html.as_deref()).unwrap_or_default();
        let bytes = subject.len() + html.len();
        // There is: a principal has 601 bytes at most.
        let room = SEALED_BYTES - TIME_BYTES - TEXTS * LENGTH_BYTES - principal.len();
        if bytes > room {
            return Err(TooLong { bytes, room });
        }
        let mut plain = now.unix_timestamp().to_be_bytes().to_vec();
        for text in [&principal, subject, html] {
            plain.extend(u16::try_from(text.len()).unwrap_or(u16::MAX).to_be_bytes());
            plain.extend(text.as_bytes());
        }
        plain.resize(SEALED_BYTES, 0);
        Ok(keys.seal(random, SEALED_FOR, &plain))
    }

    /// The request of this id.
    ///
    /// # Errors
    /// [`Refused::Expired`] for one of ours that is too old, [`Refused::Invalid`] for anything else.
    pub fn open(keys: &ApplicationKeys, id: &str, now: OffsetDateTime) -> Result<Self, Refused> {
        let opened = Some(id).filter(|id| id.len() == ID_CHARS);
        let opened = opened.and_then(|id| keys.unseal(SEALED_FOR, id));
        let (made, prepared) =
            opened.and_then(|plain| Self::read(&plain)).ok_or(Refused::Invalid)?;
        if made > now + LEEWAY {
            return Err(Refused::Invalid);
        }
        if now > made + LIFETIME {
            return Err(Refused::Expired);
        }
        Ok(prepared)
    }

    fn read(plain: &[u8]) -> Option<(OffsetDateTime, Self)> {
        let (made, mut rest) = plain.split_first_chunk::<TIME_BYTES>()?;
        let made = OffsetDateTime::from_unix_timestamp(i64::from_be_bytes(*made)).ok()?;
        let mut text = || {
            let (length, after) = rest.split_first_chunk::<LENGTH_BYTES>()?;
            let (text, after) = after.split_at_checked(u16::from_be_bytes(*length).into())?;
            rest = after;
            String::from_utf8(text.to_vec()).ok()
        };
        let principal = Identifier::try_from(text()?).ok()?;
        let mut said = || text().map(|text| Some(text).filter(|text| !text.is_empty()));
        let (subject, html) = (said()?, said()?);
        let wording = html.map(|html| Wording { subject, html: Some(html), ..Wording::default() });
        Some((made, Self { principal, wording }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::token::{Keyring, Secret};

    const MINUTE: Duration = Duration::from_mins(1);

    fn keyring() -> Keyring {
        let secret = Secret::parse(b"tests-only-Jq3uE1x8VZk4mP0aYt7rLw2cHs9dNf6G").unwrap();
        Keyring::new("one", [("one".to_owned(), secret)]).unwrap()
    }

    fn keys() -> ApplicationKeys {
        keyring().application("shop")
    }

    fn of(principal: &str, subject: &str, html: &str) -> Prepared {
        let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let wording = some(html).map(|html| Wording {
            subject: some(subject),
            html: Some(html),
            ..Wording::default()
        });
        Prepared { principal: Identifier::parse_principal(principal).unwrap(), wording }
    }

    fn seal(prepared: &Prepared) -> Result<String, TooLong> {
        prepared.seal(&keys(), &Random::repeatable(1), OffsetDateTime::UNIX_EPOCH)
    }

    fn open(id: &str, after: Duration) -> Result<Prepared, Refused> {
        Prepared::open(&keys(), id, OffsetDateTime::UNIX_EPOCH + after)
    }

    #[test]
    fn what_was_prepared_is_read_back_from_an_id_that_is_always_as_long() {
        let longest = "\u{1f511}".repeat(150);
        for prepared in [
            of("ada@example.com", "", ""),
            of("42", "", "${link}"),
            of(&longest, "Neues Kennwort \u{1f511}", "<a href='${link}'>hier</a>"),
        ] {
            let id = seal(&prepared).unwrap();
            assert_eq!(id.len(), ID_CHARS);
            let opened = open(&id, Duration::ZERO).unwrap();
            assert!(opened.principal == prepared.principal && opened.wording == prepared.wording);
        }
    }

    #[test]
    fn a_wording_fits_to_the_byte_or_is_told_how_long_it_may_be() {
        let room = 728 - 8 - 6 - "ada@example.com".len();
        for bytes in [room, room + 1] {
            let sealed = seal(&of("ada@example.com", "Hello", &"x".repeat(bytes - 5)));
            match sealed {
                Ok(id) => assert!(bytes == room && open(&id, Duration::ZERO).is_ok()),
                Err(too_long) => assert_eq!(too_long, TooLong { bytes: room + 1, room }),
            }
        }
    }

    #[test]
    fn a21_an_id_is_good_for_a_quarter_of_an_hour_to_the_second() {
        let id = seal(&of("ada", "", "")).unwrap();
        assert!(open(&id, 15 * MINUTE).is_ok());
        assert_eq!(open(&id, 15 * MINUTE + Duration::from_secs(1)).err(), Some(Refused::Expired));
        let before = |by| Prepared::open(&keys(), &id, OffsetDateTime::UNIX_EPOCH - by).err();
        assert_eq!(before(MINUTE), None, "clocks of replicas differ");
        assert_eq!(before(2 * MINUTE), Some(Refused::Invalid));
    }

    #[test]
    fn whatever_is_not_an_id_of_ours_is_refused_for_one_reason() {
        let id = seal(&of("ada", "", "")).unwrap();
        let blog = keyring().application("blog");
        let refused = |keys, id: &str| Prepared::open(keys, id, OffsetDateTime::UNIX_EPOCH).err();
        assert_eq!(refused(&blog, &id), Some(Refused::Invalid), "of another application");
        let cookie = keys().seal(&Random::repeatable(2), "cookie/typed", &[0; SEALED_BYTES]);
        assert_eq!(cookie.len(), ID_CHARS);
        let sealed = |plain: &[u8]| keys().seal(&Random::repeatable(2), SEALED_FOR, plain);
        let flipped =
            format!("{}{}", &id[..ID_CHARS - 1], if id.ends_with('A') { "E" } else { "A" });
        for other in [
            String::new(),
            id[1..].to_owned(),
            format!("{id}A"),
            flipped,
            "A".repeat(ID_CHARS),
            "\u{e9}".repeat(ID_CHARS / 2),
            cookie,
            sealed(&[0; SEALED_BYTES]),
            sealed(&[255; SEALED_BYTES]),
        ] {
            let after = 60 * MINUTE;
            assert_eq!(open(&other, Duration::ZERO).err(), Some(Refused::Invalid), "{other}");
            assert_eq!(open(&other, after).err(), Some(Refused::Invalid), "and never expired");
        }
    }
}
