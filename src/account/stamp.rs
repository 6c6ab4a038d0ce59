//! The recovery stamp: `<base>`, or `<base>.<delivered>+<pending>` where the newest link wins, either of
//! the last two with its mark, or neither.
//!
//! The base changes with every reset and every revocation, and with it all links are void. The newest
//! parts change with the links that are mailed on somebody's asking, and void the mailed ones before
//! them alone: what a stranger's asking must not void rests on the base. Delivered is the link whose mail
//! was taken last; pending is one whose mail is on its way or was perhaps taken. Both work, so that no mail
//! that is not taken can leave a mailbox without a link. A mailed link rests on the base and its own part,
//! as `<base>.<part>`, whichever of the two it is.
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

/// Characters of a newest part, of base64url: 96 bits.
pub const NEWEST_CHARS: usize = 16;

/// What stands before the link that was delivered.
const DELIVERED: char = '.';

/// What stands before the link that is pending.
const PENDING: char = '+';

/// Characters that the column has to hold, with or without newest parts.
#[must_use]
pub const fn stamp_chars(with_newest: bool) -> usize {
    let base = (BASE_BYTES * 8).div_ceil(6);
    if with_newest { base + 2 * (1 + NEWEST_CHARS) } else { base }
}

/// The base that a revocation writes; `random` is of [`REVOKING_BYTES`], as base64url.
#[must_use]
pub fn revoking_base(at: OffsetDateTime, random: &str) -> String {
    format!("{REVOKED}{:0SECONDS_CHARS$}{random}", at.unix_timestamp())
}

/// How much of the recovery stamp a token rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stamp {
    /// All of it, as it stands there.
    Whole,
    /// What only a reset or a revocation changes.
    Base,
}

/// What a token was found to rest on in a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Footing {
    /// So much of the stamp.
    Stamp(Stamp),
    /// The base, and this being one of the newest links.
    Link(String),
}

/// The newest links of an account, each by its part of the stamp. Those before them are void.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Newest<'a> {
    /// The one whose mail was taken last.
    pub delivered: Option<&'a str>,
    /// The one whose mail is on its way, or was perhaps taken.
    pub pending: Option<&'a str>,
}

impl Newest<'_> {
    /// Whether this link is one of them.
    #[must_use]
    pub fn has(&self, link: &str) -> bool {
        self.delivered == Some(link) || self.pending == Some(link)
    }
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

    /// The newest links that the stamp tells of.
    #[must_use]
    pub fn newest(&self) -> Newest<'_> {
        self.recovery_stamp.as_deref().map(|stamp| split(stamp).1).unwrap_or_default()
    }

    /// The stamp with these newest links, each of [`NEWEST_CHARS`], instead of its own.
    #[must_use]
    pub fn stamp_with(&self, newest: Newest<'_>) -> String {
        let mut stamp = self.stamp(Stamp::Base).unwrap_or_default().to_owned();
        for (mark, link) in [(DELIVERED, newest.delivered), (PENDING, newest.pending)] {
            if let Some(link) = link {
                stamp.push(mark);
                stamp.push_str(link);
            }
        }
        stamp
    }

    /// The account as a link sees it that is mailed: with a stamp of the base and the link's own part,
    /// which stays the same while the link goes from pending to delivered.
    #[must_use]
    pub fn as_mailed(&self, link: &str) -> Self {
        let alone = Newest { delivered: Some(link), pending: None };
        Self { recovery_stamp: Some(self.stamp_with(alone)), ..self.clone() }
    }

    /// Whether the row still has of its stamp what a token was found to rest on.
    #[must_use]
    pub(super) fn bears(&self, was: &Self, footing: &Footing) -> bool {
        match footing {
            Footing::Stamp(so_much) => self.stamp(*so_much) == was.stamp(*so_much),
            Footing::Link(link) => {
                self.stamp(Stamp::Base) == was.stamp(Stamp::Base) && self.newest().has(link)
            }
        }
    }
}

/// The base, and the newest links. Other people's stamps may have such marks, too: what has not the form
/// of ours is all base, so that any change of it voids every link.
fn split(stamp: &str) -> (&str, Newest<'_>) {
    let (rest, pending) = split_off(stamp, PENDING);
    let (base, delivered) = split_off(rest, DELIVERED);
    (base, Newest { delivered, pending })
}

/// What stands before the mark, and the link behind it where there is one.
fn split_off(stamp: &str, mark: char) -> (&str, Option<&str>) {
    let ours = |c: u8| c.is_ascii_alphanumeric() || c == b'-' || c == b'_';
    match stamp.rsplit_once(mark) {
        Some((rest, link)) if link.len() == NEWEST_CHARS && link.bytes().all(ours) => {
            (rest, Some(link))
        }
        _ => (stamp, None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::account::row::tests::ada;

    const A: &str = "AAAAAAAAAAAAAA-_";
    const B: &str = "BBBBBBBBBBBBBBBB";

    fn at(stamp: &str) -> Account {
        Account { recovery_stamp: Some(stamp.to_owned()), ..ada() }
    }

    fn base(stamp: Option<&str>) -> Option<String> {
        let account = Account { recovery_stamp: stamp.map(str::to_owned), ..ada() };
        assert_eq!(account.stamp(Stamp::Whole), stamp);
        account.stamp(Stamp::Base).map(str::to_owned)
    }

    #[test]
    fn the_newest_parts_are_told_by_their_form_and_everything_else_is_base() {
        for (stamp, expected) in [
            ("base.AAAAAAAAAAAAAA-_", "base"),
            ("a.b.AAAAAAAAAAAAAAAA", "a.b"),
            ("base", "base"),
            ("2026-01-01 10:00:00.123456", "2026-01-01 10:00:00.123456"),
            ("base.AAAAAAAAAAAAAAA", "base.AAAAAAAAAAAAAAA"),
            ("base.AAAAAAAAAAAAAAAAA", "base.AAAAAAAAAAAAAAAAA"),
            ("base.AAAAAAAAAAAAAA=+", "base.AAAAAAAAAAAAAA=+"),
            ("base.ééééééé.", "base.ééééééé."),
            ("base+BBBBBBBBBBBBBBBB", "base"),
            ("base.AAAAAAAAAAAAAA-_+BBBBBBBBBBBBBBBB", "base"),
            ("base.+BBBBBBBBBBBBBBBB", "base."),
            ("base.AAAAAAAAAAAAAA-_+BBBB", "base.AAAAAAAAAAAAAA-_+BBBB"),
            ("base+BBBBBBBBBBBBBBBB.AAAAAAAAAAAAAA-_", "base+BBBBBBBBBBBBBBBB"),
            ("2026-01-01 10:00:00.123456+00:00", "2026-01-01 10:00:00.123456+00:00"),
        ] {
            assert_eq!(base(Some(stamp)).as_deref(), Some(expected), "{stamp}");
        }
    }

    #[test]
    fn other_newest_parts_leave_the_base_as_it_is() {
        let both = at("base").stamp_with(Newest { delivered: Some(A), pending: Some(B) });
        assert_eq!(both, format!("base.{A}+{B}"));
        for stamp in [None, Some(""), Some("base"), Some("base."), Some("a.b"), Some(&both)] {
            let account = Account { recovery_stamp: stamp.map(str::to_owned), ..ada() };
            let link = "0123456789abcde_";
            for (delivered, pending) in
                [(None, Some(link)), (Some(A), Some(link)), (Some(link), None)]
            {
                let newest = Newest { delivered, pending };
                let stamped = at(&account.stamp_with(newest));
                assert_eq!(stamped.stamp(Stamp::Base), account.stamp(Stamp::Base), "{stamp:?}");
                assert_eq!(stamped.newest(), newest, "{stamp:?}");
            }
        }
        assert_eq!((stamp_chars(false), stamp_chars(true)), (43, 77));
        let widest = at(&"b".repeat(43)).stamp_with(at(&both).newest());
        assert_eq!(widest.len(), stamp_chars(true));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back_and_the_base_never_drifts(
            stamp in "[a.+~-]{0,4}([.+][a.+]{16}){0,3}",
            delivered in prop::option::of(Just(A)),
        ) {
            let row = at(&stamp);
            let delivered = delivered.or(row.newest().delivered);
            let (pending, base) = (Some(B), row.stamp(Stamp::Base));
            let stamped = at(&row.stamp_with(Newest { delivered, pending }));
            prop_assert_eq!(stamped.newest(), Newest { delivered, pending });
            prop_assert_eq!(stamped.stamp(Stamp::Base), base);
            let promoted = at(&stamped.stamp_with(Newest { delivered: pending, pending: None }));
            prop_assert_eq!(promoted.newest().delivered, pending);
            prop_assert_eq!(promoted.stamp(Stamp::Base), base);
            prop_assert_eq!(promoted.as_mailed(B), stamped.as_mailed(B));
        }
    }

    #[test]
    fn a_mailed_link_rests_on_the_base_and_on_being_one_of_the_newest() {
        let was = at(&format!("base.{A}+{B}"));
        let link = |link: &str| Footing::Link(link.to_owned());
        for (now, a, b, base, whole) in [
            (format!("base.{A}+{B}"), true, true, true, true),
            (format!("base.{A}"), true, false, true, false),
            (format!("base.{A}+CCCCCCCCCCCCCCCC"), true, false, true, false),
            (format!("base.{B}"), false, true, true, false),
            (format!("base.{B}+{A}"), true, true, true, false),
            (format!("base+{B}"), false, true, true, false),
            ("base".to_owned(), false, false, true, false),
            (format!("other.{A}+{B}"), false, false, false, false),
            (format!("base.{A}.{B}"), false, false, false, false),
        ] {
            let now = at(&now);
            assert_eq!(now.bears(&was, &link(A)), a, "{:?}", now.recovery_stamp);
            assert_eq!(now.bears(&was, &link(B)), b, "{:?}", now.recovery_stamp);
            assert_eq!(now.bears(&was, &Footing::Stamp(Stamp::Base)), base);
            assert_eq!(now.bears(&was, &Footing::Stamp(Stamp::Whole)), whole);
        }
        assert_eq!(was.as_mailed(B).recovery_stamp, Some(format!("base.{B}")));
        assert_eq!(was.as_mailed(A).recovery_stamp, Some(format!("base.{A}")));
    }

    #[test]
    fn a_revocation_is_told_by_its_base_whatever_was_mailed_since_and_by_nothing_else() {
        let random = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA-_";
        let second = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let revoked = revoking_base(second, random);
        assert_eq!(revoked, format!("~1800000000{random}"));
        assert_eq!(revoked.len(), stamp_chars(false), "the column is wide enough");
        let mailed = at(&revoked).stamp_with(Newest { delivered: Some(A), pending: None });
        let twice = at(&revoked).stamp_with(Newest { delivered: Some(A), pending: Some(B) });
        for stamp in [&revoked, &mailed, &twice] {
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
    fn none_an_empty_one_and_newest_parts_alone_have_no_base() {
        let both = format!(".{A}+{B}");
        for stamp in [None, Some(""), Some(".AAAAAAAAAAAAAAAA"), Some(&both[17..]), Some(&both)] {
            assert_eq!(base(stamp), None, "{stamp:?}");
        }
    }
}
