//! What may happen to two people's accounts, drawn at random and made smaller where it shows a fault.

use proptest::prelude::{Strategy, any, prop_oneof};
use proptest::sample::Index;

/// Addresses that accounts may have and people may type. Both accounts may come to have the same.
pub const ADDRESSES: [&str; 4] =
    ["ada@example.com", "eve@example.com", "new@example.com", "nobody@example.com"];

/// How many accounts there are; their ids count from 1.
pub const PEOPLE: usize = 2;

/// Hashes that the host writes, so that one may come back that was there before.
pub const HASHES: [&str; 3] = [
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
    "$argon2id$v=19$m=64,t=1,p=1$b3RoZXJzYWx0b3RoZXJzYQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
    "$argon2id$v=19$m=64,t=1,p=1$dGhpcmRzYWx0dGhpcmRzYQ$MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI",
];

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Step {
    /// Somebody asks for a link.
    Ask(usize),
    /// Milliseconds go by.
    Advance(u32),
    /// The host writes one of its hashes, or that there is no password.
    SetPassword(usize, Option<usize>),
    /// The host writes one of the addresses, or that there is none.
    SetAddress(usize, Option<usize>),
    /// The host turns one of its switches.
    Turn(usize, Switch, bool),
    /// The operators change the keys.
    Rotate(Rotation),
    /// An operator voids an account's links.
    Revoke(usize),
    /// Somebody uses a link that was ever mailed.
    Complete(Pick),
    /// Somebody looks at one.
    Inspect(Pick),
}

/// What makes an account one that gets no link, where it is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    Active,
    NotDeleted,
    Confirmed,
}

/// What becomes of the keys.
#[derive(Clone, Copy, Debug)]
pub enum Rotation {
    /// A new one is added, and signs.
    New,
    /// The oldest one is taken out.
    RetireOldest,
    /// The oldest one signs again.
    SignWithOldest,
}

/// Which of the links.
#[derive(Clone, Debug)]
pub enum Pick {
    /// One of the last few.
    Recent(usize),
    /// Any.
    Any(Index),
}

impl Pick {
    /// Its place among so many.
    pub fn of(&self, count: usize) -> Option<usize> {
        let back = |back: usize| count - 1 - back.min(count - 1);
        (count > 0).then(|| match self {
            Self::Recent(recent) => back(*recent),
            Self::Any(index) => index.index(count),
        })
    }
}

/// Any step, the likelier the more it takes part in what is looked at.
pub fn step() -> impl Strategy<Value = Step> {
    let pick = || {
        prop_oneof![
            3 => (0_usize..3).prop_map(Pick::Recent),
            1 => any::<Index>().prop_map(Pick::Any),
        ]
    };
    let maybe = |count: usize| prop_oneof![5 => (0..count).prop_map(Some), 1 => proptest::strategy::Just(None)];
    let switch =
        proptest::sample::select(&[Switch::Active, Switch::NotDeleted, Switch::Confirmed][..]);
    let on = proptest::bool::weighted(0.85);
    let rotation = proptest::sample::select(
        &[Rotation::New, Rotation::New, Rotation::RetireOldest, Rotation::SignWithOldest][..],
    );
    let addresses = ADDRESSES.len();
    prop_oneof![
        24 => (0..addresses).prop_map(Step::Ask),
        4 => (0_u32..2_400_000).prop_map(Step::Advance),
        4 => (0_u32..600_000).prop_map(Step::Advance),
        4 => (0_u32..3_000).prop_map(Step::Advance),
        4 => (0..PEOPLE, maybe(HASHES.len())).prop_map(|(who, hash)| Step::SetPassword(who, hash)),
        4 => (0..PEOPLE, maybe(addresses - 1)).prop_map(|(who, to)| Step::SetAddress(who, to)),
        5 => (0..PEOPLE, switch, on).prop_map(|(who, which, on)| Step::Turn(who, which, on)),
        5 => rotation.prop_map(Step::Rotate),
        3 => (0..PEOPLE).prop_map(Step::Revoke),
        24 => pick().prop_map(Step::Complete),
        8 => pick().prop_map(Step::Inspect),
    ]
}
