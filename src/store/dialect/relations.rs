//! What kind of thing is called by the table's name.

use sea_orm::Statement;
use sea_orm::sea_query::Value;

use super::Dialect;
use crate::store::layout::Relation;
use crate::store::table::TableName;

impl Dialect {
    /// Asks what the table is, in one word: `table`, `partitioned`, or another for what is kept
    /// elsewhere, as in a view.
    pub(in crate::store) fn relation(self, table: &TableName) -> Statement {
        let (schema, name) = (table.schema.clone(), table.table.clone());
        let (sql, values): (&str, Vec<Value>) = match self {
            Self::Postgres => (POSTGRES_RELATION, vec![table.quoted().into()]),
            Self::MySql => (MYSQL_RELATION, vec![schema.into(), name.into()]),
            Self::Sqlite => (SQLITE_RELATION, vec![name.into(), schema.into()]),
        };
        Statement::from_sql_and_values(self.backend(), sql, values)
    }

    /// Whether it is told how many rows were written through a view. `SQLite` says 0 of those that
    /// triggers wrote instead: <https://sqlite.org/c3ref/changes.html>.
    pub(in crate::store) const fn counts_through_views(self) -> bool {
        !matches!(self, Self::Sqlite)
    }

    /// What an index is made on.
    pub(super) fn indexed(self, table: &TableName, relation: Relation) -> String {
        match relation {
            Relation::View => "the_table_of_the_view".to_owned(),
            Relation::Table | Relation::Partitioned => self.quote_table(table),
        }
    }
}

const POSTGRES_RELATION: &str = "\
    SELECT CASE relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' ELSE 'view' END \
    FROM pg_catalog.pg_class WHERE oid = to_regclass($1)";

const MYSQL_RELATION: &str = "\
    SELECT IF(TABLE_TYPE LIKE '%VIEW%', 'view', 'table') FROM information_schema.TABLES \
    WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?";

/// A schema of NULL means any.
const SQLITE_RELATION: &str = "\
    SELECT type FROM pragma_table_list \
    WHERE lower(name) = lower(?1) AND lower(schema) = lower(COALESCE(?2, schema)) LIMIT 1";
