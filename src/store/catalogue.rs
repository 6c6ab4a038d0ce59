//! What the database says of the table: the key's kind, and each column's type, length and
//! character set.

use sea_orm::QueryResult;

use crate::recovery::StoreError;

use super::charset;
use super::errors;
use super::id::{Id, IdKind};
use super::mapping::Mapping;

/// The mapped table as the database describes it.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) id: IdKind,
    /// What it has that tells of a second factor.
    pub(super) second_factor: Vec<String>,
    columns: Vec<Column>,
}

/// One mapped column, under the name that the configuration gives it.
#[derive(Clone, Debug)]
pub(super) struct Column {
    pub(super) name: String,
    /// In lower case and in the engine's own words: `int8`, `varchar(255)`.
    pub(super) data_type: String,
    /// How many characters fit, where the engine holds to a limit.
    pub(super) max_chars: Option<usize>,
    /// In lower case, where the engine has one for it: `utf8mb4`, `latin1`.
    pub(super) charset: Option<String>,
}

impl Shape {
    /// Reads the answer to [`super::dialect::Dialect::catalogue`]: name, type, length, characters.
    /// The mapping comes back without the optional columns that are not there, and their names.
    pub(super) fn read(
        mapping: &Mapping,
        rows: &[QueryResult],
    ) -> Result<(Self, Mapping, Vec<String>), StoreError> {
        Self::of(mapping, &columns(rows)?)
    }

    /// The shape of a table with these columns, and the mapping that fits it.
    pub(super) fn of(
        mapping: &Mapping,
        found: &[Column],
    ) -> Result<(Self, Mapping, Vec<String>), StoreError> {
        let table = &mapping.table;
        if found.is_empty() {
            return Err(StoreError::Misfit(format!(
                "there is no table {}, or this user may not see it: check users.table and grants",
                table.quoted()
            )));
        }
        let (mut columns, mut absent) = (Vec::new(), Vec::new());
        let find =
            |name: &str| found.iter().find(|column| mapping.dialect.same_name(&column.name, name));
        for name in mapping.columns.needed() {
            let Some(column) = find(name) else {
                if mapping.columns.is_optional(name) {
                    absent.push(name);
                    continue;
                }
                return Err(StoreError::Misfit(format!(
                    "the table {} has no column {name:?}, or this user may not see it: check the \
                     column names under users",
                    table.quoted()
                )));
            };
            columns.push(Column { name: name.to_owned(), ..column.clone() });
        }
        let id = id_kind(mapping, &columns)?;
        let fitting = Mapping { columns: mapping.columns.without(&absent), ..mapping.clone() };
        let absent = absent.into_iter().map(str::to_owned).collect();
        let mut second_factor = mapping.columns.second_factor.clone();
        second_factor.retain(|name| find(name).is_some() || !mapping.columns.is_optional(name));
        Ok((Self { id, second_factor, columns }, fitting, absent))
    }

    /// The type of a mapped column.
    pub(super) fn data_type(&self, name: &str) -> Option<&str> {
        self.column(name).map(|column| column.data_type.as_str())
    }

    /// How many characters a mapped column holds, where there is a limit.
    pub(super) fn max_chars(&self, name: &str) -> Option<usize> {
        self.column(name).and_then(|column| column.max_chars)
    }

    /// Whether a column could hold this text at all. One that it could not hold must not be asked
    /// for: MySQL would convert the column instead, past its index, or fail.
    pub(super) fn can_hold(&self, name: &str, text: &str) -> bool {
        let charset = self.column(name).and_then(|column| column.charset.as_deref());
        charset.is_none_or(|charset| charset::can_hold(charset, text))
    }

    /// Reads a key, if the table could have it.
    pub(super) fn parse_id(&self, name: &str, text: &str) -> Option<Id> {
        self.id.parse(text).filter(|_| self.can_hold(name, text))
    }

    /// Refuses a hash or a stamp that is longer than its column.
    pub(super) fn refuse_too_long(&self, name: &str, text: &str) -> Result<(), StoreError> {
        let length = text.chars().count();
        match self.max_chars(name) {
            Some(max) if length > max => Err(StoreError::Misfit(format!(
                "a text of {length} characters does not fit the column {name:?} of {max}: widen \
                 it, VARCHAR(255) will do"
            ))),
            _ => Ok(()),
        }
    }

    fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name)
    }
}

fn id_kind(mapping: &Mapping, columns: &[Column]) -> Result<IdKind, StoreError> {
    let name = &mapping.columns.id;
    let data_type = columns.iter().find(|column| column.name == *name).map(|it| &it.data_type);
    let data_type = data_type.map_or("", String::as_str);
    mapping.dialect.id_kind(data_type).ok_or_else(|| {
        StoreError::Misfit(format!(
            "the key {name:?} is of type {data_type:?}, which is not understood: integer, uuid \
             and text are; name such a column in users.id, or generate a text column for it"
        ))
    })
}

/// The columns in an answer to [`super::dialect::Dialect::catalogue`].
pub(super) fn columns(rows: &[QueryResult]) -> Result<Vec<Column>, StoreError> {
    rows.iter().map(column).collect()
}

fn column(row: &QueryResult) -> Result<Column, StoreError> {
    let text = |at| row.try_get_by_index::<Option<String>>(at);
    let read = || {
        let length = text(2)?.and_then(|length| length.parse().ok());
        let (name, data_type) = (text(0)?.unwrap_or_default(), text(1)?.unwrap_or_default());
        let charset = text(3)?.map(|charset| charset.to_ascii_lowercase());
        let data_type = data_type.to_ascii_lowercase();
        Ok(Column { name, data_type, max_chars: length, charset })
    };
    read().map_err(|error| errors::store_error(&error))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::store::dialect::Dialect;
    use crate::store::mapping::tests::mapping;

    /// The shape of a mapped table whose key and other columns are of these types.
    pub(in crate::store) fn shape(mapping: &Mapping, id: &str, others: &str) -> Shape {
        let names = mapping.columns.needed().into_iter();
        let found = names.map(|name| Column {
            name: name.to_owned(),
            data_type: if name == mapping.columns.id { id } else { others }.to_owned(),
            max_chars: Some(100),
            charset: None,
        });
        Shape::of(mapping, &found.collect::<Vec<_>>()).unwrap().0
    }

    fn column(name: &str, data_type: &str) -> Column {
        let (name, data_type) = (name.to_owned(), data_type.to_owned());
        Column { name, data_type, max_chars: None, charset: None }
    }

    #[test]
    fn a_missing_table_or_column_is_named_with_the_cure() {
        let mapping = mapping(Dialect::Postgres);
        let none = Shape::of(&mapping, &[]).unwrap_err().to_string();
        assert!(none.contains("\"users\"") && none.contains("users.table"), "{none}");
        let found = [column("id", "int8"), column("EMAIL", "text"), column("password", "text")];
        let missing = Shape::of(&mapping, &found).unwrap_err().to_string();
        assert!(missing.contains("no column \"email\""), "{missing}");
    }

    #[test]
    fn a_key_of_bytes_is_not_understood() {
        for (dialect, data_type) in
            [(Dialect::Postgres, "bytea"), (Dialect::MySql, "binary"), (Dialect::Sqlite, "blob")]
        {
            let mapping = mapping(dialect);
            let names = mapping.columns.names().into_iter();
            let found: Vec<Column> = names.map(|name| column(name, data_type)).collect();
            let error = Shape::of(&mapping, &found).unwrap_err();
            assert!(matches!(error, StoreError::Misfit(_)), "{error}");
        }
    }

    #[test]
    fn a_hash_that_would_be_cut_off_is_refused() {
        let mapping = mapping(Dialect::MySql);
        let shape = shape(&mapping, "int", "varchar");
        assert!(shape.refuse_too_long("password", &"x".repeat(100)).is_ok());
        assert!(shape.refuse_too_long("password", &"x".repeat(101)).is_err());
    }
}
