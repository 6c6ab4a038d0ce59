//! A users table that is a list of accounts, with the rules that the real one keeps.

use std::collections::BTreeMap;
use std::sync::Mutex;

use async_trait::async_trait;
use time::OffsetDateTime;

use super::super::{Accounts, NewPassword, StoreError, Swap};
use crate::account::{Account, Condition, Footing, Identifier, Needs, Stamp, Test};

type Rows = Vec<Account>;

/// What somebody else does with them.
type Meanwhile = Box<dyn FnOnce(&mut Rows) + Send>;

/// The rows, and what goes wrong with them.
#[derive(Default)]
pub struct Table {
    rows: Mutex<Rows>,
    trouble: Mutex<Option<StoreError>>,
    second_factor: Mutex<Vec<String>>,
    meanwhile: Mutex<Vec<Meanwhile>>,
    statements: Mutex<usize>,
    stumbles: Mutex<BTreeMap<usize, StoreError>>,
}

impl Table {
    /// Puts an account there.
    pub fn add(&self, account: Account) {
        self.rows.lock().unwrap().push(account);
    }

    /// The only account, or the first of several.
    pub fn first(&self) -> Account {
        self.rows.lock().unwrap()[0].clone()
    }

    /// Changes the first account, as its application would.
    pub fn change(&self, change: impl FnOnce(&mut Account)) {
        change(&mut self.rows.lock().unwrap()[0]);
    }

    /// Takes every account away.
    pub fn clear(&self) {
        self.rows.lock().unwrap().clear();
    }

    /// What every statement is answered with from now on, if it is not done.
    pub fn fail(&self, trouble: Option<StoreError>) {
        *self.trouble.lock().unwrap() = trouble;
    }

    /// What the statement of this number from now on is answered with, which is not done.
    pub fn stumble(&self, number: usize, trouble: StoreError) {
        self.stumbles.lock().unwrap().insert(self.statements() + number, trouble);
    }

    /// Lets somebody else change the first account just before the next compare-and-swap.
    pub fn meanwhile(&self, change: impl FnOnce(&mut Account) + Send + 'static) {
        let change = |rows: &mut Rows| change(&mut rows[0]);
        self.meanwhile.lock().unwrap().insert(0, Box::new(change));
    }

    /// Lets these columns tell of a second factor.
    pub fn tell_of_second_factor(&self, columns: &[&str]) {
        *self.second_factor.lock().unwrap() = columns.iter().map(|it| (*it).to_owned()).collect();
    }

    /// How many statements there were.
    pub fn statements(&self) -> usize {
        *self.statements.lock().unwrap()
    }

    fn begin(&self) -> Result<(), StoreError> {
        let number = self.statements() + 1;
        *self.statements.lock().unwrap() = number;
        if let Some(trouble) = self.stumbles.lock().unwrap().remove(&number) {
            return Err(trouble);
        }
        self.trouble.lock().unwrap().clone().map_or(Ok(()), Err)
    }

    /// Changes the row with this id if it is as it must be.
    fn swap(
        &self,
        id: &str,
        is_same: impl Fn(&Account) -> bool,
        change: impl FnOnce(&mut Account),
    ) -> Result<Swap, StoreError> {
        self.begin()?;
        let mut rows = self.rows.lock().unwrap();
        if let Some(meanwhile) = self.meanwhile.lock().unwrap().pop() {
            meanwhile(&mut rows);
        }
        match rows.iter_mut().find(|row| row.id == id).filter(|row| is_same(row)) {
            Some(row) => {
                change(row);
                Ok(Swap::Won)
            }
            None => Ok(Swap::Lost),
        }
    }
}

fn confirm(row: &mut Account, at: OffsetDateTime) {
    for (Condition { test, .. }, value) in &mut row.confirmed {
        *value = match test {
            Test::True => Some("1".to_owned()),
            Test::NotNull => Some(at.to_string()),
            _ => value.clone(),
        };
    }
}

#[async_trait]
impl Accounts for Table {
    async fn find(
        &self,
        identifier: &Identifier,
        needs: &Needs,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        self.begin()?;
        let rows = self.rows.lock().unwrap();
        let mut found: Vec<_> = rows.iter().filter(|row| row.is_called(identifier)).collect();
        found.sort_by_key(|row| row.fits(needs).is_err());
        Ok(found.into_iter().take(limit).cloned().collect())
    }

    async fn read(&self, id: &str) -> Result<Option<Account>, StoreError> {
        self.begin()?;
        Ok(self.rows.lock().unwrap().iter().find(|row| row.id == id).cloned())
    }

    async fn swap_password(&self, was: &Account, new: &NewPassword) -> Result<Swap, StoreError> {
        let whole = Footing::Stamp(Stamp::Whole);
        self.swap(
            &was.id,
            |row| row.still_is(was, &whole),
            |row| {
                row.password = Some(new.hash.clone());
                if let Some(stamp) = &new.recovery_stamp {
                    row.recovery_stamp = Some(stamp.clone());
                }
                if new.confirms {
                    confirm(row, new.at);
                }
            },
        )
    }

    async fn confirm(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        let is_same = |row: &Account| row.email == was.email && row.active == was.active;
        self.swap(&was.id, is_same, |row| confirm(row, at))
    }

    async fn advance_login(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError> {
        let whole = Footing::Stamp(Stamp::Whole);
        let is_same = |row: &Account| row.still_is(was, &whole) && row.last_login == was.last_login;
        self.swap(&was.id, is_same, |row| {
            row.last_login = Some(at.unix_timestamp().to_string().into());
        })
    }

    async fn renew_stamp(&self, id: &str, stamp: &str) -> Result<bool, StoreError> {
        let swapped = self.swap(id, |_| true, |row| row.recovery_stamp = Some(stamp.to_owned()))?;
        Ok(swapped == Swap::Won)
    }

    async fn second_factor(&self) -> Result<Vec<String>, StoreError> {
        self.begin()?;
        Ok(self.second_factor.lock().unwrap().clone())
    }

    async fn swap_stamp(&self, was: &Account, stamp: Option<&str>) -> Result<Swap, StoreError> {
        let is_same = |row: &Account| row.recovery_stamp == was.recovery_stamp;
        self.swap(&was.id, is_same, |row| row.recovery_stamp = stamp.map(str::to_owned))
    }

    async fn ping(&self) -> Result<(), StoreError> {
        self.begin()
    }
}
