//! Reading one row by its key.

use sea_orm::sea_query::SelectStatement;

use super::catalogue::Shape;
use super::id::Id;
use super::mapping::Mapping;

impl Mapping {
    /// Asks for the row with this key, and for a second one that must not be there. Where a
    /// collation makes several keys one, the right one may come later.
    pub(super) fn read(&self, shape: &Shape, id: &Id) -> SelectStatement {
        let column = self.columns.id.as_str();
        let same = self.dialect.is_id(column, shape.data_type(column), id);
        self.select().and_where(same).limit(16).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use crate::store::catalogue::tests::shape;
    use crate::store::dialect::Dialect;
    use crate::store::mapping::tests::{mapping, sql};

    fn read(dialect: Dialect, data_type: &str, id: &str) -> String {
        let mapping = mapping(dialect);
        let shape = shape(&mapping, data_type, "text");
        let select = mapping.read(&shape, &shape.id.parse(id).unwrap());
        sql(dialect, &select).split_once(" WHERE ").unwrap().1.to_owned()
    }

    #[test]
    fn the_parameter_takes_the_type_of_the_key_and_the_column_stands_alone() {
        let uuid = "0b5f9a0e-3f5f-4c6e-8a57-2f3c1d9e7a10";
        assert_eq!(read(Dialect::Postgres, "int4", "7"), r#""id" = $1 LIMIT $2"#);
        assert_eq!(read(Dialect::Postgres, "uuid", uuid), r#""id" = (CAST($1 AS uuid)) LIMIT $2"#);
        assert_eq!(read(Dialect::MySql, "char", uuid), "`id` = ? LIMIT ?");
        assert_eq!(read(Dialect::Sqlite, "integer", "7"), r#""id" = ? LIMIT ?"#);
    }
}
