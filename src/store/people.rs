//! What only reading people's rows one by one tells, for `regain check`.

use std::collections::BTreeSet;

use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Order};

use super::id::IdKind;
use super::mapping::Mapping;
use super::{UsersTable, answer};
use crate::account::{Account, EmailAddress, EmailMatch, Ineligible};
use crate::recovery::StoreError;

/// How many rows are held in memory at a time: it may be that of a service that runs.
const PAGE: u16 = 5000;

/// How many rows are named one by one.
const NAMED: usize = 20;

/// What is odd about the accounts that get mail, or would get it.
#[derive(Clone, Debug)]
pub struct People {
    /// How many addresses more than one account has that gets mail.
    pub shared_addresses: u64,
    /// How many user names more than one such account has.
    pub shared_names: u64,
    /// How many accounts would get mail but for their address, though they have one.
    pub unaddressed: u64,
    /// The statement that lists the shared addresses.
    pub list_shared_addresses: String,
    /// The statement that lists the shared user names, where such a column is mapped.
    pub list_shared_names: String,
    /// The statement that lists those accounts or the first of them, where their keys may be told.
    pub list_unaddressed: Option<String>,
}

impl UsersTable {
    /// Reads so many rows.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn people(&self, rows: u64) -> Result<People, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let mut select = mapping.select();
        select.order_by(Alias::new(&mapping.columns.id), Order::Asc);
        let mut tally = Tally::default();
        for start in (0..rows).step_by(PAGE.into()) {
            let most = (rows - start).min(PAGE.into());
            let page = answer(self.database.query_all(select.limit(most).offset(start))).await?;
            for row in &page {
                if let Some(account) = mapping.account(row)? {
                    tally.count(&account, mapping.email_match);
                }
            }
            if (page.len() as u64) < most {
                break;
            }
        }
        let (addresses, names) = (&mapping.columns.email, &mapping.columns.username);
        let exact = mapping.email_match == EmailMatch::Exact;
        Ok(People {
            shared_addresses: tally.addresses.shared(),
            shared_names: tally.names.shared(),
            unaddressed: tally.unaddressed,
            list_shared_addresses: self.list_shared(addresses, exact),
            list_shared_names: self.list_shared(names.as_ref().unwrap_or(addresses), true),
            list_unaddressed: self.list_rows(mapping, shape.id, &tally.unaddressed_keys),
        })
    }

    fn list_shared(&self, column: &str, exact: bool) -> String {
        let dialect = self.mapping.dialect;
        let (table, by) = (self.quoted(), dialect.sameness(&dialect.quote(column), exact));
        format!("SELECT {by}, COUNT(*) FROM {table} GROUP BY {by} HAVING COUNT(*) > 1;")
    }

    fn list_rows(&self, mapping: &Mapping, kind: IdKind, keys: &[String]) -> Option<String> {
        let literal = |key: &String| match kind {
            IdKind::Integer => key.clone(),
            IdKind::Uuid | IdKind::Text => format!("'{key}'"),
        };
        let keys: Vec<_> = keys.iter().map(literal).collect();
        let quote = |name: &str| mapping.dialect.quote(name);
        let (id, email) = (quote(&mapping.columns.id), quote(&mapping.columns.email));
        let table = self.quoted();
        (!keys.is_empty()).then(|| {
            format!("SELECT {id}, {email} FROM {table} WHERE {id} IN ({});", keys.join(", "))
        })
    }
}

/// What was seen so far.
#[derive(Default)]
struct Tally {
    addresses: Repeats,
    names: Repeats,
    unaddressed: u64,
    unaddressed_keys: Vec<String>,
}

impl Tally {
    fn count(&mut self, account: &Account, how: EmailMatch) {
        let Some(stored) = account.email.as_deref().filter(|stored| !stored.is_empty()) else {
            return;
        };
        match (account.eligible(), EmailAddress::parse(stored)) {
            (Ok(()), Ok(address)) => {
                self.addresses.count(address.sameness(how));
                // What has an `@` is looked for among the addresses.
                let name = account.username.as_deref();
                if let Some(name) = name.filter(|name| !name.is_empty() && !name.contains('@')) {
                    self.names.count(name.to_owned());
                }
            }
            (Err(Ineligible::NoAddress), _) if would_get_mail(account) => {
                self.unaddressed += 1;
                if self.unaddressed_keys.len() < NAMED && may_be_told(&account.id) {
                    self.unaddressed_keys.push(account.id.clone());
                }
            }
            _ => {}
        }
    }
}

/// Whether an account is eligible but for its address.
fn would_get_mail(account: &Account) -> bool {
    let email = Some("nobody@regain.invalid".to_owned());
    Account { email, ..account.clone() }.eligible().is_ok()
}

/// Whether a key is no address or the like, and needs no escaping in a statement.
fn may_be_told(key: &str) -> bool {
    key.len() <= 64 && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// Texts that come once, and those that come again.
#[derive(Default)]
struct Repeats {
    seen: BTreeSet<String>,
    again: BTreeSet<String>,
}

impl Repeats {
    fn count(&mut self, text: String) {
        if self.seen.contains(&text) {
            self.again.insert(text);
        } else {
            self.seen.insert(text);
        }
    }

    fn shared(&self) -> u64 {
        self.again.len() as u64
    }
}
