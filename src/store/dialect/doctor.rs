//! What `regain check` asks of an engine, and the statements that it tells operators to run.

use sea_orm::Statement;
use sea_orm::sea_query::Value;

use super::Dialect;
use crate::store::id::IdKind;
use crate::store::layout::Relation;
use crate::store::table::TableName;

/// How many tables are named where the one that was meant is not there.
const TABLES: u16 = 500;

impl Dialect {
    /// A name as this engine quotes it.
    pub(in crate::store) fn quote(self, name: &str) -> String {
        let quote = if self == Self::MySql { '`' } else { '"' };
        format!("{quote}{}{quote}", name.replace(quote, &format!("{quote}{quote}")))
    }

    /// The table's name as this engine quotes it.
    pub(in crate::store) fn quote_table(self, name: &TableName) -> String {
        let table = self.quote(&name.table);
        name.schema.as_ref().map_or(table.clone(), |it| format!("{}.{table}", self.quote(it)))
    }

    /// The statement that makes a user for Regain alone, and the user's name.
    pub(in crate::store) const fn new_user(self) -> (&'static str, &'static str) {
        match self {
            Self::Postgres => ("CREATE ROLE regain LOGIN PASSWORD 'a new one';", "regain"),
            Self::MySql => ("CREATE USER regain IDENTIFIED BY 'a new one';", "regain"),
            Self::Sqlite => ("", ""),
        }
    }

    /// Asks for the tables that might have been meant.
    pub(in crate::store) fn tables(self, near: &TableName) -> Statement {
        let (sql, values): (&str, Vec<Value>) = match self {
            Self::Postgres => (POSTGRES_TABLES, vec![]),
            Self::MySql => (MYSQL_TABLES, vec![near.schema.clone().into()]),
            Self::Sqlite => (SQLITE_TABLES, vec![]),
        };
        Statement::from_sql_and_values(self.backend(), format!("{sql} LIMIT {TABLES}"), values)
    }

    /// Makes a planner say which index there is: one that likes to read small tables as a whole,
    /// and MySQL's since 8.3, whose newer format tells of no index but the one that it takes.
    pub(in crate::store) const fn candid_plans(self) -> Option<&'static str> {
        match self {
            Self::Postgres => Some("SET LOCAL enable_seqscan = off"),
            // MariaDB skips such comments.
            Self::MySql => {
                Some("SET @regain = NULL /*!80300 , SESSION explain_json_format_version = 1 */")
            }
            Self::Sqlite => None,
        }
    }

    /// Whether a look-up with this plan could use an index, be the table small or large.
    pub(in crate::store) fn uses_index(self, plan: &str) -> bool {
        match self {
            // A partitioned table without any part has nothing to be read.
            Self::Postgres => {
                let by_index = ["Index Cond:", "One-Time Filter: false"];
                by_index.iter().any(|it| plan.contains(it)) && !plan.contains("Seq Scan on")
            }
            // Where one row at most has the value, it is looked for while planning.
            Self::MySql => plan.contains("\"possible_keys\":") || plan.contains("const table"),
            Self::Sqlite => plan.contains("SEARCH ") && !plan.contains("(ANY("),
        }
    }

    /// Asks whether an index begins with this column, `1` where it is so: PostgreSQL can be made
    /// to walk through the whole of one that has it further back, and calls that a condition.
    pub(in crate::store) fn leads(
        self,
        table: &TableName,
        column: &str,
        lower: bool,
    ) -> Option<Statement> {
        let key = if lower { format!("lower(%{column}%") } else { column.to_owned() };
        let values: [Value; 4] = [lower.into(), key.into(), column.into(), table.quoted().into()];
        let ask = || Statement::from_sql_and_values(self.backend(), POSTGRES_LEADS, values);
        (self == Self::Postgres).then(ask)
    }

    /// Whether an index may be on an expression. MySQL 8 could, MariaDB cannot, and in both a
    /// collation without case is what people take.
    pub(in crate::store) const fn has_expression_indexes(self) -> bool {
        matches!(self, Self::Postgres | Self::Sqlite)
    }

    /// The statement that makes an index for look-ups by this column.
    pub(in crate::store) fn create_index(
        self,
        table: &TableName,
        column: &str,
        lower: bool,
        data_type: &str,
        relation: Relation,
    ) -> String {
        let on = self.indexed(table, relation);
        // Beside the index on the column itself, which may be wanted too.
        let lowered = if lower { "_lower" } else { "" };
        let name = self.quote(&format!("{}_{column}{lowered}", table.table));
        let quoted = self.quote(column);
        // A partitioned table is locked while it gets one.
        let online = if relation == Relation::Partitioned { "" } else { "CONCURRENTLY " };
        match self {
            Self::Postgres if lower => {
                format!("CREATE INDEX {online}ON {on} (lower({quoted}));")
            }
            Self::Postgres => format!("CREATE INDEX {online}ON {on} ({quoted});"),
            Self::MySql if lower => format!(
                "email_match = \"ascii-lower\" under users, which a collation without case and a \
                 plain index serve (MySQL 8: CREATE INDEX {name} ON {on} ((lower({quoted})));)"
            ),
            // A column without a length is indexed by its beginning.
            Self::MySql if data_type.contains("text") => {
                format!("CREATE INDEX {name} ON {on} ({quoted}(191));")
            }
            Self::Sqlite if lower => format!("CREATE INDEX {name} ON {on} (lower({quoted}));"),
            Self::MySql | Self::Sqlite => format!("CREATE INDEX {name} ON {on} ({quoted});"),
        }
    }

    /// The statement that makes a column wide enough for any hash.
    pub(in crate::store) fn widen(self, table: &TableName, column: &str) -> String {
        let (on, column) = (self.quote_table(table), self.quote(column));
        match self {
            Self::Postgres => format!("ALTER TABLE {on} ALTER COLUMN {column} TYPE varchar(255);"),
            Self::MySql | Self::Sqlite => format!(
                "ALTER TABLE {on} MODIFY {column} varchar(255); -- and NOT NULL, if it has it now"
            ),
        }
    }

    /// Whether a text can be written into a column of this type, in the words of
    /// [`Dialect::catalogue`].
    pub(in crate::store) fn takes_text(self, data_type: &str) -> bool {
        match self {
            Self::Postgres => self.id_kind(data_type) == Some(IdKind::Text),
            Self::MySql => {
                ["char", "text", "binary", "blob"].iter().any(|kind| data_type.contains(kind))
            }
            Self::Sqlite => true,
        }
    }

    /// The statement that makes a text of what is in a column of this type.
    pub(in crate::store) fn into_text(
        self,
        table: &TableName,
        column: &str,
        data_type: &str,
    ) -> String {
        match (self, data_type) {
            (Self::Postgres, "bytea") => {
                let (on, column) = (self.quote_table(table), self.quote(column));
                format!(
                    "ALTER TABLE {on} ALTER COLUMN {column} TYPE text \
                     USING convert_from({column}, 'UTF8');"
                )
            }
            _ => self.widen(table, column),
        }
    }

    /// Asks for whoever is logged in, as a GRANT names them.
    pub(in crate::store) fn user(self) -> Option<Statement> {
        let sql = match self {
            Self::Postgres => "SELECT CAST(quote_ident(current_user) AS text)",
            Self::MySql => {
                "SELECT CONVERT(CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', \
                 QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1))) USING utf8mb4)"
            }
            Self::Sqlite => return None,
        };
        Some(Statement::from_string(self.backend(), sql))
    }

    /// Asks for what the user may do to the table beyond reading it and changing rows.
    pub(in crate::store) fn more_privileges(self, table: &TableName) -> Option<Statement> {
        let (sql, values): (&str, Vec<Value>) = match self {
            Self::Postgres => (POSTGRES_MORE, vec![table.quoted().into()]),
            Self::MySql => {
                let schema = || table.schema.clone().into();
                (MYSQL_MORE, vec![schema(), schema(), table.table.clone().into()])
            }
            Self::Sqlite => return None,
        };
        Some(Statement::from_sql_and_values(self.backend(), sql, values))
    }

    /// Asks whether nothing can be written, as on a replica: `1` where it is so.
    pub(in crate::store) fn read_only(self) -> Option<Statement> {
        let sql = match self {
            Self::Postgres => {
                "SELECT CASE WHEN pg_is_in_recovery() OR current_setting('transaction_read_only') \
                 = 'on' THEN '1' ELSE '0' END"
            }
            Self::MySql => "SELECT CONVERT(@@global.read_only USING utf8mb4)",
            Self::Sqlite => return None,
        };
        Some(Statement::from_string(self.backend(), sql))
    }

    /// Asks for the server's time in seconds of the epoch. `SQLite` has no clock of its own.
    pub(in crate::store) fn clock(self) -> Option<Statement> {
        let sql = match self {
            Self::Postgres => "SELECT CAST(extract(epoch FROM clock_timestamp()) AS text)",
            Self::MySql => "SELECT CONVERT(UNIX_TIMESTAMP(SYSDATE(6)) USING utf8mb4)",
            Self::Sqlite => return None,
        };
        Some(Statement::from_string(self.backend(), sql))
    }

    /// Under which text addresses are one: their bytes, ASCII in lower case unless `exact`.
    pub(in crate::store) fn sameness(self, column: &str, exact: bool) -> String {
        match (self, exact) {
            (Self::Postgres, true) => format!("CAST({column} AS text) COLLATE \"C\""),
            (Self::Postgres, false) => format!("lower(CAST({column} AS text) COLLATE \"C\")"),
            (Self::MySql, true) => format!("CAST(CONVERT({column} USING utf8mb4) AS BINARY)"),
            (Self::MySql, false) => {
                format!("CAST(LOWER(CONVERT({column} USING utf8mb4)) AS BINARY)")
            }
            (Self::Sqlite, true) => format!("CAST({column} AS TEXT)"),
            (Self::Sqlite, false) => format!("lower(CAST({column} AS TEXT))"),
        }
    }

    /// Whether a column's text is not found when it is asked for in lower case: by the column's
    /// own collation, or, where code compares again to the byte, `exact`.
    pub(in crate::store) fn has_capitals(
        self,
        column: &str,
        exact: bool,
        data_type: &str,
    ) -> String {
        let text = match self {
            Self::Postgres => format!("CAST({column} AS text)"),
            Self::MySql | Self::Sqlite => column.to_owned(),
        };
        match (self, exact, data_type) {
            (Self::Postgres, true, _) => format!("{text} <> lower({text}) COLLATE \"C\""),
            (Self::Postgres, false, "citext" | "bpchar") => {
                format!("{column} <> CAST(lower({text}) AS {data_type})")
            }
            (Self::MySql, true, _) => {
                format!("CAST({text} AS BINARY) <> CAST(LOWER({text}) AS BINARY)")
            }
            (Self::Sqlite, true, _) => format!("{text} <> lower({text}) COLLATE BINARY"),
            (_, false, _) => format!("{column} <> lower({text})"),
        }
    }
}

/// With their schemas where a statement has to say them.
const POSTGRES_TABLES: &str = "\
    SELECT CAST(CASE WHEN pg_table_is_visible(c.oid) THEN c.relname \
    ELSE n.nspname || '.' || c.relname END AS text) \
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
    WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname <> 'information_schema' \
    AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1";

const MYSQL_TABLES: &str = "\
    SELECT CONVERT(IF(TABLE_SCHEMA = DATABASE(), TABLE_NAME, \
    CONCAT(TABLE_SCHEMA, '.', TABLE_NAME)) USING utf8mb4) \
    FROM information_schema.TABLES WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) ORDER BY 1";

const SQLITE_TABLES: &str = "\
    SELECT CAST(name AS TEXT) FROM sqlite_master WHERE type IN ('table', 'view') \
    AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY 1";

/// Of a view nothing is known by its own indexes; of a partitioned table each part must have one.
const POSTGRES_LEADS: &str = "\
    WITH parts AS (SELECT relid FROM pg_partition_tree(to_regclass($4)) WHERE isleaf) \
    SELECT CASE WHEN c.relkind NOT IN ('r', 'p', 'm') OR NOT EXISTS (SELECT 1 \
    FROM (SELECT relid FROM parts UNION ALL \
    SELECT c.oid WHERE NOT EXISTS (SELECT 1 FROM parts)) own WHERE NOT EXISTS (SELECT 1 \
    FROM pg_catalog.pg_index i WHERE i.indrelid = own.relid AND i.indisvalid AND CASE WHEN $1 \
    THEN pg_get_indexdef(i.indexrelid, 1, false) LIKE $2 \
    ELSE pg_get_indexdef(i.indexrelid, 1, false) = quote_ident($3) END)) \
    THEN '1' ELSE '0' END FROM pg_catalog.pg_class c WHERE c.oid = to_regclass($4)";

const POSTGRES_MORE: &str = "\
    SELECT p FROM unnest(ARRAY['INSERT', 'DELETE', 'TRUNCATE']) p \
    WHERE has_table_privilege(CAST(to_regclass($1) AS oid), p)";

/// What is granted on everything, on the database (whose name there may be a pattern) and on the
/// table itself. These tables show other users' privileges, too, to those who may see them.
const MYSQL_MORE: &str = "\
    SELECT DISTINCT CONVERT(p USING utf8mb4) FROM ( \
    SELECT PRIVILEGE_TYPE p, GRANTEE g FROM information_schema.USER_PRIVILEGES \
    UNION SELECT PRIVILEGE_TYPE, GRANTEE FROM information_schema.SCHEMA_PRIVILEGES \
    WHERE COALESCE(?, DATABASE()) LIKE TABLE_SCHEMA \
    UNION SELECT PRIVILEGE_TYPE, GRANTEE FROM information_schema.TABLE_PRIVILEGES \
    WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?) held \
    WHERE p IN ('INSERT', 'DELETE', 'DROP', 'ALTER') \
    AND g = CONCAT('''', REPLACE(CURRENT_USER(), '@', '''@'''), '''') ORDER BY 1";
