//! Finding the accounts that an identifier means.

use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Order, SelectStatement};

use crate::account::{Account, EmailAddress, EmailMatch, Identifier};

use super::catalogue::Shape;
use super::mapping::Mapping;

impl Mapping {
    /// Asks for the rows that might be meant by address or name; `None` when no row can be. A
    /// principal is looked for by its name alone: with the key in the same condition, a database
    /// might use the index of neither.
    pub(super) fn find(&self, shape: &Shape, identifier: &Identifier) -> Option<SelectStatement> {
        let wanted = match identifier {
            Identifier::Email(email) => self.has_email(shape, email)?,
            Identifier::Username(name) | Identifier::Principal(name) => {
                self.has_name(shape, name.as_str())?
            }
        };
        let mut select = self.select();
        // By the key's text and not by the key: its index must not tempt the planner to walk
        // the whole table in that order.
        select.and_where(wanted).order_by(Alias::new("c0"), Order::Asc);
        Some(select)
    }

    /// Whether a row that came back is one that the identifier means.
    pub(super) fn is_meant(&self, identifier: &Identifier, account: &Account) -> bool {
        match identifier {
            Identifier::Email(email) => {
                let stored = account.email.as_deref();
                stored.is_some_and(|stored| email.matches(stored, self.email_match))
            }
            Identifier::Username(name) | Identifier::Principal(name) => {
                account.username.as_deref().is_some_and(|stored| name.matches(stored))
            }
        }
    }

    fn has_email(&self, shape: &Shape, email: &EmailAddress) -> Option<Expr> {
        let column = self.columns.email.as_str();
        let mut spellings = email.spellings(self.email_match);
        spellings.retain(|spelling| shape.can_hold(column, spelling));
        if spellings.is_empty() {
            return None;
        }
        let stored = Expr::col(Alias::new(column));
        if self.email_match == EmailMatch::Lower {
            return Some(Expr::from(Func::lower(stored)).is_in(spellings));
        }
        let data_type = shape.data_type(column);
        let typed = spellings.iter().map(|spelling| self.dialect.parameter(data_type, spelling));
        Some(stored.is_in(typed))
    }

    fn has_name(&self, shape: &Shape, name: &str) -> Option<Expr> {
        let column = self.columns.username.as_deref()?;
        let typed = self.dialect.parameter(shape.data_type(column), name);
        shape.can_hold(column, name).then(|| Expr::col(Alias::new(column)).eq(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::catalogue::tests::shape;
    use crate::store::dialect::Dialect;
    use crate::store::mapping::tests::{mapping, settings, sql};

    fn find(mapping: &Mapping, types: &str, identifier: &str) -> Option<String> {
        let identifier = Identifier::parse(identifier).unwrap();
        let select = mapping.find(&shape(mapping, "text", types), &identifier)?;
        let sql = sql(mapping.dialect, &select);
        Some(sql.split_once(" FROM ").unwrap().1.to_owned())
    }

    #[test]
    fn addresses_are_looked_up_on_the_plain_index() {
        assert_eq!(
            find(&mapping(Dialect::Postgres), "varchar", "Ada@Example.com").unwrap(),
            r#""users" WHERE "email" IN ($1, $2, $3) ORDER BY "c0" ASC"#
        );
        assert_eq!(
            find(&mapping(Dialect::MySql), "varchar", "ada@example.com").unwrap(),
            "`users` WHERE `email` IN (?) ORDER BY `c0` ASC"
        );
        assert_eq!(
            find(&mapping(Dialect::Sqlite), "text", "ada@example.com").unwrap(),
            r#""users" WHERE "email" IN (?) ORDER BY "c0" ASC"#
        );
    }

    #[test]
    fn a_citext_column_is_compared_as_citext() {
        assert_eq!(
            find(&mapping(Dialect::Postgres), "citext", "ada@example.com").unwrap(),
            r#""users" WHERE "email" IN (CAST($1 AS citext)) ORDER BY "c0" ASC"#
        );
    }

    #[test]
    fn lower_is_asked_for_in_lower_case() {
        let mut mapping = mapping(Dialect::Postgres);
        mapping.email_match = EmailMatch::Lower;
        assert_eq!(
            find(&mapping, "text", "Ada@Example.com").unwrap(),
            r#""users" WHERE LOWER("email") IN ($1) ORDER BY "c0" ASC"#
        );
    }

    #[test]
    fn a_name_is_looked_up_only_where_such_a_column_is_mapped() {
        assert_eq!(find(&mapping(Dialect::Sqlite), "text", "ada"), None);
        let mut settings = settings();
        settings.username = Some("login".to_owned());
        let mapping = Mapping::new(Dialect::Sqlite, &settings).unwrap();
        assert_eq!(
            find(&mapping, "text", "' OR 1=1 --").unwrap(),
            r#""users" WHERE "login" = ? ORDER BY "c0" ASC"#
        );
    }
}
