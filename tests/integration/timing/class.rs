//! Who may be asked about, as a stranger would like to tell them apart.

use crate::databases::{Engine, TestDatabase};
use crate::people::{OLD_HASH, database};

/// A kind of address. The first one is what all others are compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    Unknown,
    Known,
    Disabled,
    Unconfirmed,
    Passwordless,
    OverBudget,
}

/// Of how few accounts those are that get more asks than mails.
const OVER_BUDGET: usize = 10;

impl Class {
    pub const COUNT: usize = 6;
    pub const ALL: [Self; Self::COUNT] = [
        Self::Unknown,
        Self::Known,
        Self::Disabled,
        Self::Unconfirmed,
        Self::Passwordless,
        Self::OverBudget,
    ];

    /// Its address of this number, as long as any other.
    pub fn address(self, number: usize) -> String {
        let number = if self == Self::OverBudget { number % OVER_BUDGET } else { number };
        format!("{}{number:06}@example.com", self.letter())
    }

    const fn letter(self) -> char {
        match self {
            Self::Unknown => 'u',
            Self::Known => 'k',
            Self::Disabled => 'd',
            Self::Unconfirmed => 'c',
            Self::Passwordless => 'p',
            Self::OverBudget => 'o',
        }
    }
}

/// A table with so many accounts of every class but the unknown.
pub async fn crowd(each: usize) -> TestDatabase {
    let users = database(Engine::Sqlite, &[]).await;
    for class in Class::ALL.into_iter().filter(|class| *class != Class::Unknown) {
        let letter = class.letter();
        let password = match class {
            Class::Passwordless => "NULL".to_owned(),
            _ => format!("'{OLD_HASH}'"),
        };
        let active = if class == Class::Disabled { "FALSE" } else { "TRUE" };
        let confirmed = match class {
            Class::Unconfirmed => "NULL",
            _ => "'2026-01-01 00:00:00'",
        };
        users
            .execute(&format!(
                "INSERT INTO users (email, password, is_active, confirmed_at) \
                 WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {}) \
                 SELECT printf('{letter}%06d@example.com', i), {password}, {active}, {confirmed} \
                 FROM n",
                each.max(50) - 1
            ))
            .await;
    }
    users
}
