//! The recovery stamp: `<base>`, or `<base>.<newest>` where the newest link wins.
//!
//! The base changes with every reset and every revocation, and with it all links are void. The newest
//! part changes with every link that is mailed on somebody's asking, and voids the mailed ones before
//! it alone: what a stranger's asking must not void rests on the base.
//!
//! A base that a revocation wrote begins with when that was, so that operators can be told. Tokens do
//! not care: to them it is a base like any other.

use time::OffsetDateTime;

use super::Account;

/// Bytes of a base, random ones.
pub const BASE_BYTES: usize = 32;

/// Random bytes of a base that a revocation writes: with its beginning it is as long as any other.
pub const REVOKING_BYTES: usize = 24;

/// What such a base begins with, which no random one does.
const REVOKED: char = '~';

/// Characters of the seconds since 1970 that follow it, until the year 2286.
const SECONDS_CHARS: usize = 10;

/// Characters of the newest part, of base64url: 96 bits.
pub const NEWEST_CHARS: usize = 16;

/// Characters that the column has to hold, with or without a newest part.
#[must_use]
pub const fn stamp_chars(with_newest: bool) -> usize {
    let base = (BASE_BYTES * 8).div_ceil(6);
    if with_newest { base + 1 + NEWEST_CHARS } else { base }
}

/// The base that a revocation writes; `random` is of [`REVOKING_BYTES`], as base64url.
#[must_use]
pub fn revoking_base(at: OffsetDateTime, random: &str) -> String {
    format!("{REVOKED}{:0SECONDS_CHARS$}{random}", at.unix_timestamp())
}

/// How much of the recovery stamp a token rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// All of it, as links do that were mailed since somebody asked.
    Whole,
    /// What only a reset or a revocation changes.
    Base,
}

impl Account {
    /// So much of the stamp, where there is so much. A base that is empty is none: a column that is
    /// empty by default must not have one from the first mail on.
    #[must_use]
    pub fn stamp(&self, so_much: Stamp) -> Option<&str> {
        let stamp = self.recovery_stamp.as_deref()?;
        match so_much {
            Stamp::Whole => Some(stamp),
            Stamp::Base => Some(split(stamp).0).filter(|base| !base.is_empty()),
        }
    }

    /// The second in which the account's links were revoked, where no reset has come since.
    #[must_use]
    pub fn revoked_at(&self) -> Option<OffsetDateTime> {
        let base = self.stamp(Stamp::Base).filter(|base| base.len() == stamp_chars(false))?;
        let seconds = base.strip_prefix(REVOKED)?.get(..SECONDS_CHARS)?;
        let digits = seconds.bytes().all(|c| c.is_ascii_digit());
        let seconds = digits.then(|| seconds.parse().ok())??;
        OffsetDateTime::from_unix_timestamp(seconds).ok()
    }

    /// The newest part of the stamp, where there is one.
    #[must_use]
    pub fn newest_link(&self) -> Option<&str> {
        split(self.recovery_stamp.as_deref()?).1
    }

    /// The stamp with this newest part, of [`NEWEST_CHARS`], instead of its own.
    #[must_use]
    pub fn stamp_with(&self, newest: &str) -> String {
        format!("{}.{newest}", self.stamp(Stamp::Base).unwrap_or_default())
    }
}

/// The base, and the newest part where there is one. Other people's stamps may have dots, too:
/// what has not the form of ours is all base, so that any change of it voids every link.
fn split(stamp: &str) -> (&str, Option<&str>) {
    let ours = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    match stamp.rsplit_once('.') {
        Some((base, newest)) if newest.len() == NEWEST_CHARS && newest.bytes().all(ours) => {
            (base, Some(newest))
        }
        _ => (stamp, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::row::tests::ada;

    fn base(stamp: Option<&str>) -> Option<String> {
        let account = Account { recovery_stamp: stamp.map(str::to_owned), ..ada() };
        assert_eq!(account.stamp(Stamp::Whole), stamp);
        account.stamp(Stamp::Base).map(str::to_owned)
    }

    #[test]
    fn the_newest_part_is_told_by_its_form_and_everything_else_is_base() {
        for (stamp, expected) in [
            ("base.AAAAAAAAAAAAAA-_", "base"),
            ("a.b.AAAAAAAAAAAAAAAA", "a.b"),
            ("base", "base"),
            ("2026-01-01 10:00:00.123456", "2026-01-01 10:00:00.123456"),
            ("base.AAAAAAAAAAAAAAA", "base.AAAAAAAAAAAAAAA"),
            ("base.AAAAAAAAAAAAAAAAA", "base.AAAAAAAAAAAAAAAAA"),
            ("base.AAAAAAAAAAAAAA=+", "base.AAAAAAAAAAAAAA=+"),
            ("base.ééééééé.", "base.ééééééé."),
        ] {
            assert_eq!(base(Some(stamp)).as_deref(), Some(expected), "{stamp}");
        }
    }

    #[test]
    fn another_newest_part_leaves_the_base_as_it_is() {
        for stamp in [None, Some(""), Some("base"), Some("base.AAAAAAAAAAAAAAAA"), Some("a.b")] {
            let account = Account { recovery_stamp: stamp.map(str::to_owned), ..ada() };
            let newest = "0123456789abcde_";
            let stamped =
                Account { recovery_stamp: Some(account.stamp_with(newest)), ..account.clone() };
            assert_eq!(stamped.stamp(Stamp::Base), account.stamp(Stamp::Base), "{stamp:?}");
            assert_eq!(stamped.newest_link(), Some(newest), "{stamp:?}");
        }
        assert_eq!((stamp_chars(false), stamp_chars(true)), (43, 60));
    }

    #[test]
    fn a_revocation_is_told_by_its_base_whatever_was_mailed_since_and_by_nothing_else() {
        let at = |stamp: &str| Account { recovery_stamp: Some(stamp.to_owned()), ..ada() };
        let random = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_";
        let second = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let revoked = revoking_base(second, random);
        assert_eq!(revoked, format!("~1800000000{random}"));
        assert_eq!(revoked.len(), stamp_chars(false), "the column is wide enough");
        let mailed = at(&revoked).stamp_with("AAAAAAAAAAAAAAAA");
        for stamp in [&revoked, &mailed] {
            assert_eq!(at(stamp).revoked_at(), Some(second), "{stamp}");
            assert_eq!(at(stamp).stamp(Stamp::Base), Some(&*revoked), "{stamp}");
        }
        for stamp in [
            "",
            "~",
            "~1800000000",
            &revoked[1..],
            &revoked[..42],
            &revoked.replace('~', "A"),
            &revoked.replace("~1", "~+"),
            &revoked.replace("00000A", "0000é"),
            &"~".repeat(43),
            &format!("{revoked}A"),
        ] {
            assert_eq!(at(stamp).revoked_at(), None, "{stamp}");
        }
        assert_eq!(Account { recovery_stamp: None, ..ada() }.revoked_at(), None);
    }

    #[test]
    fn none_an_empty_one_and_a_newest_part_alone_have_no_base() {
        for stamp in [None, Some(""), Some(".AAAAAAAAAAAAAAAA")] {
            assert_eq!(base(stamp), None, "{stamp:?}");
        }
    }
}
