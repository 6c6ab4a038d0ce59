//! The table's name, with its schema where it has one.

use sea_orm::sea_query::{Alias, IntoTableRef, TableRef};

use super::StoreConfigError;

/// `users` or `schema.users`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableName {
    pub(super) schema: Option<String>,
    pub(super) table: String,
}

impl TableName {
    pub(super) fn parse(text: &str) -> Result<Self, StoreConfigError> {
        let invalid = || StoreConfigError::Table(text.to_owned());
        let (schema, table) = match text.split_once('.') {
            Some((schema, table)) => (Some(schema), table),
            None => (None, text),
        };
        let valid = |part: &str| !part.is_empty() && !part.contains(['.', '\0']);
        if !valid(table) || !schema.is_none_or(valid) {
            return Err(invalid());
        }
        Ok(Self { schema: schema.map(str::to_owned), table: table.to_owned() })
    }

    /// The name as statements have it, to be quoted by the query builder.
    pub(super) fn reference(&self) -> TableRef {
        let table = Alias::new(&self.table);
        match &self.schema {
            Some(schema) => (Alias::new(schema), table).into_table_ref(),
            None => table.into_table_ref(),
        }
    }

    /// The name as it is configured.
    pub(super) fn plain(&self) -> String {
        let schema = self.schema.as_ref().map(|schema| format!("{schema}.")).unwrap_or_default();
        schema + &self.table
    }

    /// The name in standard SQL quotes, as PostgreSQL's `to_regclass` reads it.
    pub(super) fn quoted(&self) -> String {
        let quote = |part: &str| format!("\"{}\"", part.replace('"', "\"\""));
        match &self.schema {
            Some(schema) => format!("{}.{}", quote(schema), quote(&self.table)),
            None => quote(&self.table),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_at_most_one_dot_and_no_empty_part() {
        assert_eq!(TableName::parse("auth_user").unwrap().quoted(), "\"auth_user\"");
        assert_eq!(TableName::parse("auth_user").unwrap().plain(), "auth_user");
        assert_eq!(TableName::parse("app.users").unwrap().plain(), "app.users");
        assert_eq!(TableName::parse("app.us\"er").unwrap().quoted(), "\"app\".\"us\"\"er\"");
        for text in ["", ".", "a.", ".a", "a.b.c", "a..b", "a\0b"] {
            assert!(TableName::parse(text).is_err(), "{text:?}");
        }
    }
}
