//! What kind of thing is called by the table's name, and what in it is unique.

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

    /// Asks which columns are unique by themselves, and of each whether it is the primary key,
    /// `1` or `0`. A partitioned table of PostgreSQL can keep that up in each of its parts only.
    pub(in crate::store) fn unique_columns(self, table: &TableName) -> Statement {
        let (schema, name) = (table.schema.clone(), table.table.clone());
        let (sql, values): (&str, Vec<Value>) = match self {
            Self::Postgres => (POSTGRES_UNIQUE, vec![table.quoted().into()]),
            Self::MySql => (MYSQL_UNIQUE, vec![schema.into(), name.into()]),
            Self::Sqlite => (SQLITE_UNIQUE, vec![name.into(), schema.into()]),
        };
        Statement::from_sql_and_values(self.backend(), sql, values)
    }

    /// The statement that keeps a column unique from then on.
    pub(in crate::store) fn create_unique_index(
        self,
        table: &TableName,
        column: &str,
        data_type: &str,
        relation: Relation,
    ) -> String {
        let (on, key) = (self.indexed(table, relation), self.quote(column));
        let name = self.quote(&format!("{}_{column}_unique", table.table));
        match (self, relation) {
            (Self::Postgres, Relation::Partitioned) => format!(
                "CREATE UNIQUE INDEX ON {on} ({key}); -- and after it the columns that it is \
                 partitioned by"
            ),
            (Self::Postgres, _) => format!("CREATE UNIQUE INDEX CONCURRENTLY ON {on} ({key});"),
            (Self::MySql, _) if data_type.contains("text") => {
                format!("CREATE UNIQUE INDEX {name} ON {on} ({key}(191));")
            }
            (Self::MySql | Self::Sqlite, _) => {
                format!("CREATE UNIQUE INDEX {name} ON {on} ({key});")
            }
        }
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

/// A partitioned table's unique indexes must have the columns by which it is partitioned, too.
const POSTGRES_UNIQUE: &str = "\
    SELECT CAST(a.attname AS text), CASE WHEN i.indisprimary THEN '1' ELSE '0' END \
    FROM pg_catalog.pg_index i \
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
    LEFT JOIN pg_catalog.pg_partitioned_table p ON p.partrelid = i.indrelid \
    WHERE i.indrelid = to_regclass($1) AND i.indisunique AND i.indisvalid AND i.indpred IS NULL \
    AND EXISTS (SELECT 1 FROM generate_series(0, i.indnkeyatts - 1) k \
    WHERE i.indkey[k] = a.attnum) \
    AND NOT EXISTS (SELECT 1 FROM generate_series(0, i.indnkeyatts - 1) k \
    WHERE i.indkey[k] <> a.attnum AND NOT COALESCE(i.indkey[k] = ANY (p.partattrs), FALSE))";

/// An index on an expression names no column.
const MYSQL_UNIQUE: &str = "\
    SELECT CONVERT(MAX(COLUMN_NAME) USING utf8mb4), IF(INDEX_NAME = 'PRIMARY', '1', '0') \
    FROM information_schema.STATISTICS \
    WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? AND NON_UNIQUE = 0 \
    GROUP BY INDEX_NAME HAVING COUNT(*) = 1 AND MAX(COLUMN_NAME) IS NOT NULL";

/// An `INTEGER PRIMARY KEY` is the row's own number and has no index.
const SQLITE_UNIQUE: &str = "\
    SELECT CAST(name AS TEXT), '1' FROM pragma_table_info(?1, ?2) WHERE pk > 0 \
    AND (SELECT COUNT(*) FROM pragma_table_info(?1, ?2) WHERE pk > 0) = 1 \
    UNION ALL SELECT CAST(i.name AS TEXT), '0' \
    FROM pragma_index_list(?1, ?2) AS l, pragma_index_info(l.name, ?2) AS i \
    WHERE l.\"unique\" = 1 AND l.partial = 0 AND i.name IS NOT NULL \
    AND (SELECT COUNT(*) FROM pragma_index_info(l.name, ?2)) = 1";
