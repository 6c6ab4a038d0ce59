//! What PostgreSQL, MySQL with MariaDB, and `SQLite` do differently. Nowhere but here and below is
//! asked which of them it is, save where a connection is made and its errors are read.

mod doctor;
mod relations;

use sea_orm::sea_query::{Alias, Expr, ExprTrait, SelectStatement, Value, Values};
use sea_orm::{DbBackend, Statement};
use time::format_description::StaticFormatDescription;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use crate::account::Account;
use crate::config::FixedValue;
use crate::random::Random;
use crate::token::base64url;

use super::id::{Id, IdKind};
use super::table::TableName;

/// A family of databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Postgres,
    /// MariaDB too.
    MySql,
    Sqlite,
}

impl Dialect {
    pub(super) const fn backend(self) -> DbBackend {
        match self {
            Self::Postgres => DbBackend::Postgres,
            Self::MySql => DbBackend::MySql,
            Self::Sqlite => DbBackend::Sqlite,
        }
    }

    /// A statement as it is sent. SQLite prepares one anew each time that it is used where a parameter says how
    /// many rows, so that it is told by the text.
    pub(super) fn sent(self, select: &SelectStatement) -> Statement {
        let mut statement = self.backend().build(select);
        if self == Self::Sqlite {
            say_limits(&mut statement);
        }
        statement
    }

    /// What OpenTelemetry's conventions call it.
    pub(super) const fn system(self) -> &'static str {
        match self {
            Self::Postgres => "postgresql",
            Self::MySql => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// A column of whatever type as text in UTF-8.
    pub(super) fn text(self, column: &str) -> Expr {
        let template = match self {
            Self::Postgres => "CAST($1 AS text)",
            Self::MySql => "CONVERT(? USING utf8mb4)",
            Self::Sqlite => "CAST(? AS TEXT)",
        };
        Expr::cust_with_expr(template, col(column))
    }

    /// Whether a column's text is this one, byte for byte, whatever its collation says of case,
    /// accents and trailing spaces.
    pub(super) fn is_bytewise(self, column: &str, value: &str) -> Expr {
        let template = match self {
            Self::Postgres => "$1 COLLATE \"C\" = $2",
            Self::MySql => "CAST(? AS BINARY) = CAST(? AS BINARY)",
            Self::Sqlite => "? = ? COLLATE BINARY",
        };
        Expr::cust_with_exprs(template, [self.text(column), Expr::val(value)])
    }

    /// Whether the key is this one. The column stands alone, so that its index is used.
    pub(super) fn is_id(self, column: &str, data_type: Option<&str>, id: &Id) -> Expr {
        let value = match id {
            Id::Integer(number) => Expr::val(*number),
            Id::Uuid(text) | Id::Text(text) => self.parameter(data_type, text),
        };
        col(column).eq(value)
    }

    /// A text in the type of the column that it is compared with. PostgreSQL would otherwise cast
    /// the column, past its index and past what `citext` means.
    pub(super) fn parameter(self, data_type: Option<&str>, text: &str) -> Expr {
        let template = match (self, data_type) {
            (Self::Postgres, Some("uuid")) => "CAST($1 AS uuid)",
            (Self::Postgres, Some("citext")) => "CAST($1 AS citext)",
            (Self::Postgres, Some("bpchar")) => "CAST($1 AS bpchar)",
            _ => return Expr::val(text),
        };
        Expr::cust_with_expr(template, Expr::val(text))
    }

    /// A value that is always the same, in the column's type.
    pub(super) fn fixed(self, data_type: &str, value: &FixedValue) -> Expr {
        match value {
            FixedValue::Boolean(value) => Expr::val(*value),
            FixedValue::Integer(value) => Expr::val(*value),
            FixedValue::Text(value) => self.cast(data_type, value.clone()),
        }
    }

    /// True or false in the column's own kind; `None` where it has none.
    pub(super) fn truth(self, data_type: &str, value: bool) -> Option<Expr> {
        match (self, data_type) {
            (_, textual) if self.id_kind(textual) == Some(IdKind::Text) => {
                Some(self.cast(data_type, if value { "true" } else { "false" }.to_owned()))
            }
            (_, whole) if self.id_kind(whole) == Some(IdKind::Integer) => {
                Some(Expr::val(i64::from(value)))
            }
            (Self::Postgres, "bool") | (Self::MySql, "bit") | (Self::Sqlite, _) => {
                Some(Expr::val(value))
            }
            _ => None,
        }
    }

    /// A time in UTC in the column's own kind; `None` where it has none.
    pub(super) fn moment(self, data_type: &str, at: OffsetDateTime) -> Option<Expr> {
        let at = at.to_offset(UtcOffset::UTC);
        let text = at.format(MOMENT).ok()?;
        match (self, data_type) {
            (Self::Postgres, "timestamptz") => Some(self.cast(data_type, text + "+00")),
            (Self::Postgres, "timestamp" | "date") => Some(self.cast(data_type, text)),
            (Self::MySql, "datetime" | "timestamp" | "date") => Some(Expr::val(text)),
            (_, whole) if self.id_kind(whole) == Some(IdKind::Integer) => {
                Some(Expr::val(at.unix_timestamp()))
            }
            (Self::Sqlite, _) => Some(Expr::val(text)),
            (_, textual) if self.id_kind(textual) == Some(IdKind::Text) => {
                Some(self.cast(data_type, text))
            }
            _ => None,
        }
    }

    /// The time of a login in whole seconds, in the column's own kind, and where that is a text, as
    /// the last one was written; `None` where the column has no room for it.
    pub(super) fn second(
        self,
        data_type: &str,
        max_chars: Option<usize>,
        was: &Account,
        at: OffsetDateTime,
    ) -> Option<Expr> {
        let alike = was.last_login.as_ref().and_then(|last| last.written_alike(at));
        match (self, self.id_kind(data_type)) {
            (_, Some(IdKind::Integer)) => {
                let number = alike.and_then(|text| text.parse().ok());
                Some(Expr::val(number.unwrap_or_else(|| at.unix_timestamp())))
            }
            (_, Some(IdKind::Text)) | (Self::Sqlite, _) => {
                let written = || at.to_offset(UtcOffset::UTC).format(MOMENT).ok();
                let text = alike.or_else(written)?;
                let fits = max_chars.is_none_or(|most| text.len() <= most);
                fits.then(|| self.cast(data_type, text))
            }
            _ if data_type == "date" => None,
            _ => self.moment(data_type, at),
        }
    }

    /// A text of 128 random bits or more, or a UUID; `None` where the column has no room for it.
    pub(super) fn random(
        self,
        data_type: &str,
        max_chars: Option<usize>,
        random: &Random,
    ) -> Option<Expr> {
        if data_type == "uuid" {
            return Some(self.cast(data_type, uuid(random.bytes())));
        }
        let mut text = base64url::encode(&random.bytes::<32>());
        text.truncate(max_chars.unwrap_or(text.len()));
        let textual = self == Self::Sqlite || self.id_kind(data_type) == Some(IdKind::Text);
        (textual && text.len() >= RANDOM_MIN_CHARS).then(|| self.cast(data_type, text))
    }

    /// One more than there is.
    pub(super) fn increment(self, column: &str) -> Expr {
        let template = match self {
            Self::Postgres => "COALESCE($1, 0) + 1",
            Self::MySql | Self::Sqlite => "COALESCE(?, 0) + 1",
        };
        Expr::cust_with_expr(template, col(column))
    }

    /// A text in the type of the column that it is written into, which PostgreSQL wants to be said.
    fn cast(self, data_type: &str, text: String) -> Expr {
        match (self, data_type) {
            (Self::Postgres, "text" | "varchar") => Expr::val(text),
            (Self::Postgres, named) => {
                let quoted = named.replace('"', "\"\"");
                Expr::cust_with_expr(format!("CAST($1 AS \"{quoted}\")"), Expr::val(text))
            }
            _ => Expr::val(text),
        }
    }

    /// Whether two column names mean one column.
    pub(super) fn same_name(self, one: &str, other: &str) -> bool {
        match self {
            Self::Postgres => one == other,
            Self::MySql | Self::Sqlite => one.eq_ignore_ascii_case(other),
        }
    }

    /// The kind of key that a type makes, in the words of [`Dialect::catalogue`].
    pub(super) fn id_kind(self, data_type: &str) -> Option<IdKind> {
        match (self, data_type) {
            (Self::Postgres, "int2" | "int4" | "int8")
            | (Self::MySql, "tinyint" | "smallint" | "mediumint" | "int" | "bigint") => {
                Some(IdKind::Integer)
            }
            (Self::Postgres | Self::MySql, "uuid") => Some(IdKind::Uuid),
            (Self::Postgres, "text" | "varchar" | "bpchar" | "citext")
            | (Self::MySql, "char" | "varchar" | "tinytext" | "text") => Some(IdKind::Text),
            // <https://sqlite.org/datatype3.html> §3.1: the declared type is searched for words.
            (Self::Sqlite, declared) if declared.contains("int") => Some(IdKind::Integer),
            (Self::Sqlite, declared) => {
                let textual = ["char", "clob", "text", "uuid"];
                textual.iter().any(|word| declared.contains(word)).then_some(IdKind::Text)
            }
            _ => None,
        }
    }

    /// Asks for name, type, greatest length and character set of each column, of the table that
    /// a statement by this name would find.
    pub(super) fn catalogue(self, table: &TableName) -> Statement {
        let schema = table.schema.clone();
        let (sql, values): (_, Vec<Value>) = match self {
            Self::Postgres => (POSTGRES_CATALOGUE, vec![table.quoted().into()]),
            Self::MySql => (MYSQL_CATALOGUE, vec![schema.into(), table.table.clone().into()]),
            Self::Sqlite => (SQLITE_CATALOGUE, vec![table.table.clone().into(), schema.into()]),
        };
        Statement::from_sql_and_values(self.backend(), sql, values)
    }

    /// Whether the catalogue leaves out the columns that a user may do nothing with.
    pub(super) fn hides_columns(self) -> bool {
        self == Self::MySql
    }

    /// The word before a statement, of no row, that has it looked at and not carried out. MySQL
    /// explains views only to those who may see the tables beneath, and does nothing to no row.
    pub(super) const fn rehearsal(self) -> &'static str {
        match self {
            Self::MySql => "",
            Self::Postgres | Self::Sqlite => self.explain().0,
        }
    }

    /// The words before a statement that ask for its plan, and where in a row the plan is.
    pub(super) const fn explain(self) -> (&'static str, usize) {
        match self {
            Self::Postgres => ("EXPLAIN", 0),
            Self::MySql => ("EXPLAIN FORMAT=JSON", 0),
            Self::Sqlite => ("EXPLAIN QUERY PLAN", 3),
        }
    }
}

/// By way of `to_regclass`, which follows the search path as a statement does, and of
/// `pg_attribute`, which has the columns that this user may not see too. A domain's type is the
/// one beneath it; a length is kept with four bytes more.
const POSTGRES_CATALOGUE: &str = "\
    SELECT CAST(a.attname AS text), CAST(t.typname AS text), \
    CASE WHEN t.typname IN ('varchar', 'bpchar') AND a.length > 4 \
    THEN CAST(a.length - 4 AS text) END, CAST(getdatabaseencoding() AS text) \
    FROM (SELECT c.attname, c.attnum, \
    CASE d.typtype WHEN 'd' THEN d.typbasetype ELSE d.oid END AS type, \
    CASE d.typtype WHEN 'd' THEN d.typtypmod ELSE c.atttypmod END AS length \
    FROM pg_catalog.pg_attribute c JOIN pg_catalog.pg_type d ON d.oid = c.atttypid \
    WHERE c.attrelid = to_regclass($1) AND c.attnum > 0 AND NOT c.attisdropped) a \
    JOIN pg_catalog.pg_type t ON t.oid = a.type ORDER BY a.attnum";

/// MySQL calls three-byte UTF-8 `utf8`, which elsewhere is the whole of it.
const MYSQL_CATALOGUE: &str = "\
    SELECT CONVERT(COLUMN_NAME USING utf8mb4), CONVERT(DATA_TYPE USING utf8mb4), \
    CONVERT(CHARACTER_MAXIMUM_LENGTH USING utf8mb4), \
    CASE CHARACTER_SET_NAME WHEN 'utf8' THEN 'utf8mb3' \
    ELSE CONVERT(CHARACTER_SET_NAME USING utf8mb4) END \
    FROM information_schema.COLUMNS \
    WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION";

/// Without lengths, because `SQLite` keeps to none. A schema of NULL means any.
const SQLITE_CATALOGUE: &str = "\
    SELECT CAST(name AS TEXT), CAST(type AS TEXT), CAST(NULL AS TEXT), CAST(NULL AS TEXT) \
    FROM pragma_table_xinfo(?, ?)";

/// What every engine reads as a time, and the frameworks whose tables these are, too.
const MOMENT: StaticFormatDescription =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second].[subsecond digits:6]");

/// 128 bits in base64url.
const RANDOM_MIN_CHARS: usize = 22;

/// RFC 9562 §5.4, version 4.
fn uuid(mut bytes: [u8; 16]) -> String {
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex = format!("{:032x}", u128::from_be_bytes(bytes));
    [&hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..]].join("-")
}

fn col(name: &str) -> Expr {
    Expr::col(Alias::new(name))
}

/// Writes the last parameters into the text, where they say how many rows.
fn say_limits(statement: &mut Statement) {
    let Some(Values(values)) = &mut statement.values else { return };
    let mut said = String::new();
    for words in [" OFFSET ?", " LIMIT ?"] {
        let number = match values.last() {
            Some(Value::BigUnsigned(Some(number))) if statement.sql.ends_with(words) => *number,
            _ => continue,
        };
        values.pop();
        statement.sql.truncate(statement.sql.len() - words.len());
        said = format!("{}{number}{said}", words.trim_end_matches('?'));
    }
    statement.sql += &said;
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::Query;

    use super::*;

    #[test]
    fn sqlite_is_told_by_the_text_how_many_rows_and_no_other_engine() {
        let mut select = Query::select();
        select.expr(Expr::val("7 LIMIT ?")).limit(16);
        let said = Dialect::Sqlite.sent(&select);
        assert_eq!((&*said.sql, said.values.unwrap().0.len()), ("SELECT ? LIMIT 16", 1));
        let said = Dialect::Sqlite.sent(select.offset(32));
        assert_eq!((&*said.sql, said.values.unwrap().0.len()), ("SELECT ? LIMIT 16 OFFSET 32", 1));
        let said = Dialect::MySql.sent(&select);
        assert_eq!((&*said.sql, said.values.unwrap().0.len()), ("SELECT ? LIMIT ? OFFSET ?", 3));
    }
}
