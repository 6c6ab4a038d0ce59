//! Which columns are read, and which field of an account each of them fills.

use crate::account::{Account, Condition, LastLogin, RecoveryEmail, Test};
use crate::config::{ColumnTest, ConditionSettings, FixedValue, OnResetSettings, UsersSettings};

use super::StoreConfigError;

/// The names of the mapped columns.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) id: String,
    pub(super) email: String,
    pub(super) password: String,
    pub(super) username: Option<String>,
    pub(super) recovery_stamp: Option<String>,
    display_name: Option<String>,
    pub(super) last_login: Option<String>,
    locale: Option<String>,
    active: Vec<Condition>,
    confirmed: Vec<Condition>,
    /// The recovery address, and what makes it confirmed.
    recovery_email: Option<(String, Condition)>,
    /// What a reset writes beside the password.
    pub(super) writes: Vec<(String, Write)>,
    /// What tells of a second factor, where links to log in must not go past one.
    pub(super) second_factor: Vec<String>,
    /// Columns that need not be there.
    optional: Vec<String>,
}

/// What a column gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Write {
    Fixed(FixedValue),
    Null,
    Now,
    Random,
    Increment,
}

impl Columns {
    pub(super) fn new(settings: &UsersSettings) -> Result<Self, StoreConfigError> {
        let columns = Self {
            id: settings.id.clone(),
            email: settings.email.clone(),
            password: settings.password.clone(),
            username: settings.username.clone(),
            recovery_stamp: settings.recovery_stamp.clone(),
            display_name: settings.display_name.clone(),
            last_login: settings.last_login.clone(),
            locale: settings.locale.clone(),
            active: settings.active.iter().map(condition).collect(),
            confirmed: settings.confirmed.iter().map(condition).collect(),
            recovery_email: settings
                .recovery_email
                .as_ref()
                .map(|email| (email.column.clone(), condition(&email.confirmed))),
            writes: writes(&settings.on_reset),
            second_factor: settings.mfa.clone(),
            optional: settings.optional.clone(),
        };
        let mut named =
            columns.needed().into_iter().chain(columns.second_factor.iter().map(String::as_str));
        match named.find(|name| name.is_empty() || name.contains('\0')) {
            Some(name) => Err(StoreConfigError::Column(name.to_owned())),
            None => Ok(columns),
        }
    }

    /// Every mapped column once, in the order in which rows are read.
    pub(super) fn names(&self) -> Vec<&str> {
        let always = [&self.id, &self.email, &self.password];
        let perhaps = [
            &self.username,
            &self.recovery_stamp,
            &self.display_name,
            &self.last_login,
            &self.locale,
        ];
        let conditions = self.active.iter().chain(&self.confirmed).map(|on| &on.column);
        let recovery = self.recovery_email.iter().flat_map(|(name, on)| [name, &on.column]);
        let perhaps = perhaps.into_iter().flatten().chain(conditions).chain(recovery);
        let mut names = Vec::new();
        for name in always.into_iter().chain(perhaps) {
            if !names.contains(&name.as_str()) {
                names.push(name.as_str());
            }
        }
        names
    }

    /// Every column that is read or written, once, those that are read first.
    pub(super) fn needed(&self) -> Vec<&str> {
        let mut names = self.names();
        for (name, _) in &self.writes {
            if !names.contains(&name.as_str()) {
                names.push(name);
            }
        }
        names
    }

    /// Every column that must be readable: those of an account, and those that grow by one.
    pub(super) fn read(&self) -> Vec<&str> {
        let mut names = self.names();
        let grow = self.writes.iter().filter(|(_, write)| *write == Write::Increment);
        names.extend(grow.map(|(name, _)| name.as_str()));
        names
    }

    /// Every column that a reset writes, once.
    pub(super) fn written(&self) -> Vec<&str> {
        let always = [&self.password].into_iter().chain(&self.recovery_stamp);
        always.chain(self.writes.iter().map(|(name, _)| name)).map(String::as_str).collect()
    }

    /// Every column that a link writes which resets nothing, once: what confirms an address, and the last
    /// login.
    pub(super) fn written_beside(&self, logs_in: bool) -> Vec<&str> {
        let confirmed = self.confirmed.iter().map(|on| on.column.as_str());
        let last_login = self.last_login.as_deref().filter(|_| logs_in);
        let written = self.written();
        confirmed.chain(last_login).filter(|name| !written.contains(name)).collect()
    }

    /// Whether there are columns that need not be there.
    pub(super) fn has_optional(&self) -> bool {
        let watched = self.second_factor.iter().map(String::as_str);
        self.needed().into_iter().chain(watched).any(|name| self.is_optional(name))
    }

    /// Whether a table without this column will do.
    pub(super) fn is_optional(&self, name: &str) -> bool {
        let always = [&self.id, &self.email, &self.password];
        self.optional.iter().any(|known| known == name) && !always.iter().any(|it| *it == name)
    }

    /// The same without the columns that the table does not have.
    pub(super) fn without(&self, absent: &[&str]) -> Self {
        let there = |name: &String| !absent.contains(&name.as_str());
        let keep = |name: &Option<String>| name.clone().filter(there);
        let conditions =
            |all: &[Condition]| all.iter().filter(|on| there(&on.column)).cloned().collect();
        Self {
            username: keep(&self.username),
            recovery_stamp: keep(&self.recovery_stamp),
            display_name: keep(&self.display_name),
            last_login: keep(&self.last_login),
            locale: keep(&self.locale),
            active: conditions(&self.active),
            confirmed: conditions(&self.confirmed),
            // Without the column that proves it, it is of no use.
            recovery_email: self
                .recovery_email
                .clone()
                .filter(|(name, on)| there(name) && there(&on.column)),
            writes: self.writes.iter().filter(|(name, _)| there(name)).cloned().collect(),
            ..self.clone()
        }
    }

    /// The account in a row, whose values are in the order of [`Columns::names`]. A row
    /// without a key is none.
    pub(super) fn account(&self, values: &[Option<String>]) -> Option<Account> {
        let names = self.names();
        let value = |name: &String| {
            let at = names.iter().position(|known| known == name)?;
            values.get(at).cloned().flatten()
        };
        let optional = |name: &Option<String>| name.as_ref().and_then(value);
        let conditions = |conditions: &[Condition]| {
            conditions.iter().map(|on| (on.clone(), value(&on.column))).collect()
        };
        Some(Account {
            id: value(&self.id)?,
            email: value(&self.email),
            username: optional(&self.username),
            display_name: optional(&self.display_name),
            password: value(&self.password),
            recovery_stamp: optional(&self.recovery_stamp),
            last_login: optional(&self.last_login).map(LastLogin::from),
            locale: optional(&self.locale),
            active: conditions(&self.active),
            confirmed: conditions(&self.confirmed),
            recovery_email: self.recovery_email.as_ref().map(|(name, on)| RecoveryEmail {
                address: value(name),
                confirmed: (on.clone(), value(&on.column)),
            }),
        })
    }

    /// What must still be as it was read when the password is written, each column once.
    pub(super) fn unchanged<'a>(&'a self, was: &'a Account) -> Vec<(&'a str, Option<&'a str>)> {
        let mut columns = vec![
            (self.id.as_str(), Some(was.id.as_str())),
            (self.password.as_str(), was.password.as_deref()),
            (self.email.as_str(), was.email.as_deref()),
        ];
        let stamp = self.recovery_stamp.iter().map(|name| (name, &was.recovery_stamp));
        let recovery =
            self.recovery_email.iter().zip(&was.recovery_email).flat_map(|((name, _), email)| {
                let (on, at) = &email.confirmed;
                [(name, &email.address), (&on.column, at)]
            });
        let conditions = was.active.iter().chain(&was.confirmed).map(|(on, at)| (&on.column, at));
        for (name, value) in stamp.chain(conditions).chain(recovery) {
            let column = (name.as_str(), value.as_deref());
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    /// What must still be as it was read when somebody logs in, each column once.
    pub(super) fn not_logged_in<'a>(&'a self, was: &'a Account) -> Vec<(&'a str, Option<&'a str>)> {
        let last = was.last_login.as_ref().map(LastLogin::as_read);
        let mut columns = self.unchanged(was);
        columns.extend(self.last_login.as_deref().map(|name| (name, last)));
        columns
    }

    /// What must still be as it was read when the address is confirmed, each column once.
    pub(super) fn unconfirmed<'a>(&'a self, was: &'a Account) -> Vec<(&'a str, Option<&'a str>)> {
        let mut columns = vec![
            (self.id.as_str(), Some(was.id.as_str())),
            (self.email.as_str(), was.email.as_deref()),
        ];
        for (on, at) in was.active.iter().chain(&was.confirmed) {
            let column = (on.column.as_str(), at.as_deref());
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }
}

fn writes(settings: &OnResetSettings) -> Vec<(String, Write)> {
    let each = |names: &[String], write: Write| -> Vec<_> {
        names.iter().map(|name| (name.clone(), write.clone())).collect()
    };
    let fixed = settings.set.iter().map(|(name, to)| (name.clone(), Write::Fixed(to.clone())));
    [
        fixed.collect(),
        each(&settings.null, Write::Null),
        each(&settings.now, Write::Now),
        each(&settings.random, Write::Random),
        each(&settings.increment, Write::Increment),
    ]
    .concat()
}

fn condition(settings: &ConditionSettings) -> Condition {
    let (column, test) = match settings {
        ConditionSettings::True(column) => (column, Test::True),
        ConditionSettings::Is(on) => (&on.column, column_test(on.is)),
        ConditionSettings::In(on) => (&on.column, Test::In(on.r#in.clone())),
    };
    Condition { column: column.clone(), test }
}

fn column_test(test: ColumnTest) -> Test {
    match test {
        ColumnTest::Null => Test::Null,
        ColumnTest::NotNull => Test::NotNull,
        ColumnTest::True => Test::True,
        ColumnTest::False => Test::False,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::mapping::tests::settings;

    #[test]
    fn a_column_named_twice_is_read_once_and_fills_both_fields() {
        let mut settings = settings();
        settings.username = Some("email".to_owned());
        settings.display_name = Some("name".to_owned());
        let columns = Columns::new(&settings).unwrap();
        assert_eq!(columns.names(), ["id", "email", "password", "name", "is_active"]);
        let row = ["7", "ada@example.com", "hash", "Ada", "1"].map(|text| Some(text.to_owned()));
        let account = columns.account(&row).unwrap();
        assert_eq!(account.username, account.email);
        assert_eq!(account.display_name.as_deref(), Some("Ada"));
        assert_eq!(account.active[0].1.as_deref(), Some("1"));
    }

    #[test]
    fn a_row_without_a_key_is_no_account() {
        let columns = Columns::new(&settings()).unwrap();
        assert!(columns.account(&[None, None, None, None]).is_none());
    }

    #[test]
    fn an_empty_column_name_is_refused() {
        let mut settings = settings();
        settings.locale = Some(String::new());
        assert!(matches!(Columns::new(&settings), Err(StoreConfigError::Column(_))));
    }
}
