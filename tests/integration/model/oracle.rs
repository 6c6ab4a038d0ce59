//! What ought to be, said as simply as can be: no signature, no fingerprint, no database.

use super::steps::{ADDRESSES, HASHES, PEOPLE, Rotation, Switch};

/// How long a link lives, in seconds.
const LIFETIME: i64 = 30 * 60;

/// An account as it is.
#[derive(Clone, Debug)]
pub struct Person {
    pub address: Option<&'static str>,
    pub password: Option<String>,
    /// Grows with whatever voids all links.
    voided: u64,
    active: bool,
    not_deleted: bool,
    confirmed: bool,
}

/// A mailed link, and what was so when it was made.
#[derive(Clone, Debug)]
struct Link {
    whose: usize,
    at: i64,
    key: u64,
    address: Option<&'static str>,
    password: Option<String>,
    voided: u64,
}

/// Why a link does not work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dead {
    KeyRetired,
    Expired,
    NotEligible,
    AddressChanged,
    PasswordChanged,
    Voided,
}

impl Dead {
    pub const ALL: [Self; 6] = [
        Self::KeyRetired,
        Self::Expired,
        Self::NotEligible,
        Self::AddressChanged,
        Self::PasswordChanged,
        Self::Voided,
    ];
}

/// Everything that there is to know.
pub struct Oracle {
    pub people: [Person; PEOPLE],
    /// The keys, oldest first, and the one that signs.
    pub keys: Vec<u64>,
    pub signing: u64,
    newest_wins: bool,
    links: Vec<Link>,
    next: u64,
    /// A reason that this oracle knows nothing of, so that it is wrong.
    ignorant_of: Option<Dead>,
}

impl Oracle {
    pub fn new(newest_wins: bool, ignorant_of: Option<Dead>) -> Self {
        let person = |n: usize| Person {
            address: Some(ADDRESSES[n]),
            password: Some(HASHES[0].to_owned()),
            voided: 0,
            active: true,
            not_deleted: true,
            confirmed: true,
        };
        let people = std::array::from_fn(person);
        let links = vec![];
        Self { people, keys: vec![0], signing: 0, newest_wins, links, next: 1, ignorant_of }
    }

    /// How many links were mailed.
    pub fn links(&self) -> usize {
        self.links.len()
    }

    /// Who is sent a link when somebody types this.
    pub fn asked(&self, address: &str) -> Vec<usize> {
        let gets = |who: &usize| {
            let person = &self.people[*who];
            person.address == Some(address) && person.is_eligible()
        };
        (0..PEOPLE).filter(gets).collect()
    }

    /// The link that was mailed to somebody is the next one.
    pub fn mailed(&mut self, whose: usize, at: i64) {
        if self.newest_wins {
            self.people[whose].voided = self.fresh();
        }
        let Person { address, password, voided, .. } = self.people[whose].clone();
        self.links.push(Link { whose, at, key: self.signing, address, password, voided });
    }

    /// Whose the link is, if it works, and else why not.
    pub fn look(&self, link: usize, now: i64) -> Result<usize, Dead> {
        let link = &self.links[link];
        let person = &self.people[link.whose];
        let so = [
            (Dead::KeyRetired, !self.keys.contains(&link.key)),
            (Dead::Expired, now - link.at > LIFETIME),
            (Dead::NotEligible, !person.is_eligible()),
            (Dead::AddressChanged, link.address != person.address),
            (Dead::PasswordChanged, link.password != person.password),
            (Dead::Voided, link.voided != person.voided),
        ];
        let known = so.into_iter().filter(|(why, _)| self.ignorant_of != Some(*why));
        known.filter(|(_, so)| *so).map(|(why, _)| why).next().map_or(Ok(link.whose), Err)
    }

    /// A link was used, and this is the hash that came of it.
    pub fn completed(&mut self, who: usize, hash: String) {
        self.people[who].password = Some(hash);
        self.void(who);
    }

    pub fn void(&mut self, who: usize) {
        self.people[who].voided = self.fresh();
    }

    pub fn turn(&mut self, who: usize, which: Switch, on: bool) {
        let person = &mut self.people[who];
        match which {
            Switch::Active => person.active = on,
            Switch::NotDeleted => person.not_deleted = on,
            Switch::Confirmed => person.confirmed = on,
        }
    }

    /// Whether the keys did change.
    pub fn rotate(&mut self, how: Rotation) -> bool {
        match how {
            Rotation::New if self.keys.len() < 8 => {
                self.signing = self.fresh();
                self.keys.push(self.signing);
            }
            Rotation::RetireOldest if self.keys[0] != self.signing => drop(self.keys.remove(0)),
            Rotation::SignWithOldest if self.keys[0] != self.signing => self.signing = self.keys[0],
            _ => return false,
        }
        true
    }

    fn fresh(&mut self) -> u64 {
        self.next += 1;
        self.next
    }
}

impl Person {
    fn is_eligible(&self) -> bool {
        let switches = self.active && self.not_deleted && self.confirmed;
        switches && self.address.is_some() && self.password.is_some()
    }
}
