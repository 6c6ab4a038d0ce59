//! Whether the key means one row, for `regain check`.

use sea_orm::{ConnectionTrait, QueryResult};

use super::id::IdKind;
use super::layout::Relation;
use super::{UsersTable, answer, errors};
use crate::recovery::StoreError;

/// What is known of the key.
#[derive(Clone, Debug)]
pub struct Key {
    /// Whether the database keeps it unique; of a view that is not known.
    pub unique: Option<bool>,
    /// Whether it does so in each part of the table only.
    pub in_parts: bool,
    /// The one column that is the primary key, where that is another.
    pub primary: Option<String>,
    /// How many keys several of the rows have that were looked at.
    pub repeated: u64,
    /// How many of those rows have no key.
    pub missing: u64,
    /// The statement that lists the keys that several rows have.
    pub list_repeated: String,
    /// The statement that lists the rows without a key.
    pub list_missing: String,
    /// The statement that keeps keys unique.
    pub create_unique: String,
}

impl UsersTable {
    /// Looks at the keys of so many rows, and at what keeps them unique.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn key(&self, rows: u64) -> Result<Key, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let (dialect, table, name) = (mapping.dialect, self.quoted(), &mapping.columns.id);
        let data_type = shape.data_type(name).unwrap_or_default();
        let relation = self.relation().await?;
        let columns = self.unique_columns().await?;
        let is_key = |column: &str| dialect.same_name(column, name);
        let unique = columns.iter().any(|(column, _)| is_key(column));

        let (id, email) = (dialect.quote(name), dialect.quote(&mapping.columns.email));
        let textual = shape.id == IdKind::Text;
        let none = |column: &str| {
            let empty = if textual { format!(" OR {column} = ''") } else { String::new() };
            format!("({column} IS NULL{empty})")
        };
        let alike = |column: &str| match shape.id {
            IdKind::Text => dialect.sameness(column, true),
            IdKind::Integer | IdKind::Uuid => column.to_owned(),
        };
        let sample = format!("(SELECT {id} AS k FROM {table} LIMIT {rows}) AS sample");
        let missing = format!("SELECT COUNT(*) FROM {sample} WHERE {}", none("k"));
        let repeated = format!(
            "SELECT COUNT(*) FROM (SELECT COUNT(*) AS n FROM {sample} WHERE NOT {} GROUP BY {} \
             HAVING COUNT(*) > 1) AS repeated",
            none("k"),
            alike("k"),
        );
        let by = alike(&id);
        Ok(Key {
            unique: (relation != Relation::View).then_some(unique),
            in_parts: relation == Relation::Partitioned,
            primary: columns
                .iter()
                .find(|(column, primary)| *primary && !is_key(column))
                .map(|(column, _)| column.clone()),
            missing: self.count(missing).await?,
            repeated: if unique { 0 } else { self.count(repeated).await? },
            list_repeated: format!(
                "SELECT {by}, COUNT(*) FROM {table} GROUP BY {by} HAVING COUNT(*) > 1;"
            ),
            list_missing: format!("SELECT {email} FROM {table} WHERE {};", none(&id)),
            create_unique: dialect.create_unique_index(&mapping.table, name, data_type, relation),
        })
    }

    /// The columns that are unique by themselves, and of each whether it is the primary key.
    async fn unique_columns(&self) -> Result<Vec<(String, bool)>, StoreError> {
        let ask = self.mapping.dialect.unique_columns(&self.mapping.table);
        let rows = answer(self.database.query_all_raw(ask)).await?;
        let read = |row: &QueryResult| {
            let primary: String = row.try_get_by_index(1)?;
            Ok((row.try_get_by_index(0)?, primary == "1"))
        };
        let columns: Result<_, _> = rows.iter().map(read).collect();
        columns.map_err(|error| errors::store_error(&error))
    }
}
