//! The table as it is beside the table as the configuration has it, for `regain check`.

use sea_orm::{ConnectionTrait, Statement};

use super::catalogue::{self, Column};
use super::table::TableName;
use super::{UsersTable, answer, errors};
use crate::recovery::StoreError;

/// What the database says of the table and its columns.
#[derive(Clone, Debug)]
pub struct Layout {
    /// The table as statements name it.
    pub table: String,
    /// Every column that it has; none where there is no such table.
    pub columns: Vec<String>,
    /// Tables that might have been meant, where there is none of this name.
    pub tables: Vec<String>,
    /// Mapped columns that must be there and are not.
    pub missing: Vec<String>,
    /// Optional columns that are there.
    pub used: Vec<String>,
    /// Optional columns that are not there.
    pub absent: Vec<String>,
    /// The key's type in the engine's own words.
    pub key_type: String,
    /// Whether keys of that type are understood.
    pub key_understood: bool,
    /// The password column's type in the engine's own words.
    pub password_type: String,
    /// Whether a text can be written into a column of that type.
    pub password_is_text: bool,
    /// How many characters the password column holds, where there is a limit.
    pub password_chars: Option<usize>,
    /// The statement that makes a text of what is in the password column.
    pub into_text: String,
    /// The statement that widens the password column.
    pub widen: String,
}

/// A column that texts are written into.
#[derive(Clone, Debug)]
pub struct TextColumn {
    /// Its name.
    pub name: String,
    /// Its type in the engine's own words.
    pub data_type: String,
    /// Whether a text can be written into a column of that type.
    pub is_text: bool,
    /// How many characters it holds, where there is a limit.
    pub chars: Option<usize>,
    /// The statement that widens it.
    pub widen: String,
}

/// What is called by the table's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// A table.
    Table,
    /// A table in parts.
    Partitioned,
    /// A view, or another thing whose rows are kept elsewhere.
    View,
}

impl UsersTable {
    /// Looks at the table without expecting that it fits.
    ///
    /// # Errors
    /// [`StoreError`] when the database cannot be asked.
    pub async fn layout(&self) -> Result<Layout, StoreError> {
        let mapping = &self.mapping;
        let (dialect, table, mapped) = (mapping.dialect, &mapping.table, &mapping.columns);
        let rows = answer(self.database.query_all_raw(dialect.catalogue(table))).await?;
        let visible = catalogue::columns(&rows)?;
        let columns: Vec<_> = visible.iter().map(|column| column.name.clone()).collect();
        let tables = if columns.is_empty() { self.tables_meant().await? } else { vec![] };
        let is = |one: &str, other: &str| dialect.same_name(one, other);
        let see = |name: &str| visible.iter().find(|column| is(&column.name, name));
        let type_of =
            |name: &str| see(name).map_or_else(String::new, |column| column.data_type.clone());
        let password = type_of(&mapped.password);
        let mut layout = Layout {
            table: dialect.quote_table(table),
            tables,
            missing: vec![],
            used: vec![],
            absent: vec![],
            key_type: type_of(&mapped.id),
            key_understood: see(&mapped.id).is_some_and(|key| self.understands(key)),
            password_type: password.clone(),
            password_is_text: password.is_empty() || dialect.takes_text(&password),
            password_chars: see(&mapped.password).and_then(|column| column.max_chars),
            into_text: dialect.into_text(table, &mapped.password, &password),
            widen: dialect.widen(table, &mapped.password),
            columns,
        };
        for name in mapped.needed() {
            let (there, optional) =
                (layout.columns.iter().any(|known| is(known, name)), mapped.is_optional(name));
            let name = name.to_owned();
            match (there, optional) {
                (true, true) => layout.used.push(name),
                (true, false) => {}
                (false, true) => layout.absent.push(name),
                (false, false) => layout.missing.push(name),
            }
        }
        Ok(layout)
    }

    /// The column of the recovery stamp, where one is mapped and there.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn stamp_column(&self) -> Result<Option<TextColumn>, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        Ok(mapping.columns.recovery_stamp.as_ref().map(|name| {
            let data_type = shape.data_type(name).unwrap_or_default();
            TextColumn {
                name: name.clone(),
                data_type: data_type.to_owned(),
                is_text: mapping.dialect.takes_text(data_type),
                chars: shape.max_chars(name),
                widen: mapping.dialect.widen(&mapping.table, name),
            }
        }))
    }

    /// The tables that might have been meant: those that have key, address and password, if any.
    async fn tables_meant(&self) -> Result<Vec<String>, StoreError> {
        let (dialect, mapped) = (self.mapping.dialect, &self.mapping.columns);
        let tables = self.texts(dialect.tables(&self.mapping.table)).await?;
        let mut fitting = vec![];
        for name in &tables {
            let Ok(table) = TableName::parse(name) else { continue };
            // What may not be seen was not meant.
            let rows = answer(self.database.query_all_raw(dialect.catalogue(&table))).await;
            let Ok(columns) = rows.and_then(|rows| catalogue::columns(&rows)) else { continue };
            let has = |name: &String| columns.iter().any(|it| dialect.same_name(&it.name, name));
            if [&mapped.id, &mapped.email, &mapped.password].into_iter().all(has) {
                fitting.push(name.clone());
            }
        }
        Ok(if fitting.is_empty() { tables } else { fitting })
    }

    /// What is called by the table's name.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn relation(&self) -> Result<Relation, StoreError> {
        let said = self.texts(self.mapping.dialect.relation(&self.mapping.table)).await?;
        Ok(match said.first().map(String::as_str) {
            Some("table") => Relation::Table,
            Some("partitioned") => Relation::Partitioned,
            _ => Relation::View,
        })
    }

    /// Whether there is a table of this name where the users table is, as far as this user may see.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn has_beside(&self, name: &str) -> Result<bool, StoreError> {
        let (dialect, schema) = (self.mapping.dialect, self.mapping.table.schema.clone());
        let table = TableName { schema, table: name.to_owned() };
        let rows = answer(self.database.query_all_raw(dialect.catalogue(&table))).await?;
        Ok(!rows.is_empty())
    }

    fn understands(&self, key: &Column) -> bool {
        self.mapping.dialect.id_kind(&key.data_type).is_some()
    }

    /// The first column of every row as text.
    pub(super) async fn texts(&self, statement: Statement) -> Result<Vec<String>, StoreError> {
        let rows = answer(self.database.query_all_raw(statement)).await?;
        let texts: Result<_, _> = rows.iter().map(|row| row.try_get_by_index(0)).collect();
        texts.map_err(|error| errors::store_error(&error))
    }
}
