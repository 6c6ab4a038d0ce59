//! What is found about the key, and about tables in parts and in other schemas.

use regain::app::{CheckOptions, Level};

use super::{ENOUGH, configuration, cure, findings, healthy, limited, only, trouble, trouble_with};
use crate::databases::{Engine, TestDatabase, create, engines};
use crate::harness::Folder;

const WITH_UID: [&str; 1] =
    ["SELECT (id, uid, email, login, password, is_active), UPDATE (password)"];

/// A healthy table with a second key, which an index serves that does not keep it unique.
async fn with_uid(engine: Engine) -> (TestDatabase, String) {
    let database = healthy(engine).await;
    for sql in [
        "ALTER TABLE users ADD COLUMN uid varchar(40)",
        // Before the rows change: PostgreSQL does not use an index that was made over changed rows
        // while older transactions of anybody are open.
        "CREATE INDEX by_uid ON users (uid)",
        "UPDATE users SET uid = 'u1' WHERE id = 1",
        "UPDATE users SET uid = 'U1' WHERE id = 2",
    ] {
        database.execute(sql).await;
    }
    if engine == Engine::MariaDb {
        database.execute("ALTER TABLE users MODIFY uid varchar(40) COLLATE utf8mb4_bin").await;
    }
    let (_, url) = limited(&database, &WITH_UID).await;
    (database, url)
}

#[tokio::test]
async fn a_key_that_nothing_keeps_unique_is_a_warning() {
    for engine in engines() {
        let (database, url) = with_uid(engine).await;
        database.execute("CREATE UNIQUE INDEX by_two ON users (uid, email)").await;
        if engine != Engine::MariaDb {
            let partial = "CREATE UNIQUE INDEX by_some ON users (uid) WHERE is_active IS NOT NULL";
            database.execute(partial).await;
        }
        let found = trouble(&url, "id = 'uid'").await;
        let said = "nothing keeps the key `uid` unique";
        let found = only(&found, Level::Warning, &[said, "id = \"id\" under [apps.default.users]"]);
        database.execute(cure(&found).split_once("or: ").unwrap().1).await;
        assert_eq!(trouble(&url, "id = 'uid'").await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn a_key_that_several_rows_have_is_an_error_and_the_rows_are_listed() {
    for engine in engines() {
        let (database, url) = with_uid(engine).await;
        database.execute("UPDATE users SET uid = 'u1'").await;
        let found = trouble(&url, "id = 'uid'").await;
        let said = ["keys `uid` that several rows have: 1 in all rows", "does not work"];
        let found = only(&found, Level::Error, &said);
        let (_, list) = cure(&found).split_once("or: ").unwrap();
        let listed = database.text(list.split_once(';').unwrap().0).await;
        assert_eq!(listed.as_deref(), Some("u1"), "{engine:?}");
        let bounded = CheckOptions { sample: 1, ..CheckOptions::default() };
        let found = trouble_with(&url, "id = 'uid'", &bounded).await;
        only(&found, Level::Warning, &["nothing keeps the key `uid` unique"]);
    }
}

#[tokio::test]
async fn rows_without_a_key_are_counted_and_listed() {
    for engine in engines() {
        let (database, url) = with_uid(engine).await;
        database.execute("CREATE UNIQUE INDEX one_uid ON users (uid)").await;
        for none in ["''", "NULL"] {
            database.execute(&format!("UPDATE users SET uid = {none} WHERE id = 1")).await;
            let found = trouble(&url, "id = 'uid'").await;
            let said = ["rows without a key: 1 in all rows", "get no mail"];
            let found = only(&found, Level::Warning, &said);
            let listed = database.text(cure(&found).split_once(';').unwrap().0).await;
            assert_eq!(listed.as_deref(), Some("ada@example.com"), "{engine:?}");
        }
    }
}

#[tokio::test]
async fn every_way_of_being_unique_counts_and_half_a_key_does_not() {
    for engine in engines() {
        let mut ways = vec![
            ("integer PRIMARY KEY", "", None),
            ("varchar(40) PRIMARY KEY", "", None),
            ("varchar(40) UNIQUE", "", None),
            ("integer", ", UNIQUE (id)", None),
            ("integer NOT NULL", ", PRIMARY KEY (id, email)", Some("nothing keeps the key `id`")),
        ];
        if engine == Engine::Sqlite {
            ways.push(("varchar(40) PRIMARY KEY) WITHOUT ROWID --", "", None));
            ways.push(("integer PRIMARY KEY DESC", "", None));
        }
        for (id, more, said) in ways {
            let database = create(engine).await;
            let boolean = if engine == Engine::Sqlite { "integer" } else { "boolean" };
            let table = format!(
                "CREATE TABLE users (email varchar(99), login varchar(99), password varchar(255), \
                 is_active {boolean}, id {id}{more})"
            );
            for sql in [
                &table,
                "CREATE INDEX by_email ON users (email)",
                "CREATE INDEX by_login ON users (login)",
            ] {
                database.execute(sql).await;
            }
            let (_, url) = limited(&database, &ENOUGH).await;
            let found = trouble(&url, "").await;
            match said {
                Some(said) => drop(only(&found, Level::Warning, &[said])),
                None => assert_eq!(found, [], "{engine:?} {id}{more}"),
            }
        }
    }
}

#[tokio::test]
async fn a_table_in_another_schema_is_examined_like_any() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (user, url) = limited(&database, &ENOUGH).await;
        let elsewhere = healthy(engine).await;
        let (there, users) = match engine {
            Engine::Sqlite => (&database, "main.users".to_owned()),
            Engine::Postgres => {
                database.execute("CREATE SCHEMA app").await;
                database.execute("ALTER TABLE users SET SCHEMA app").await;
                database.execute(&format!("GRANT USAGE ON SCHEMA app TO {user}")).await;
                (&database, "app.users".to_owned())
            }
            Engine::MariaDb => {
                elsewhere.execute(&format!("GRANT {} ON users TO {user}", ENOUGH[0])).await;
                let name = elsewhere.url.rsplit_once('/').unwrap().1;
                (&elsewhere, format!("{name}.users"))
            }
        };
        let table = format!("table = '{users}'");
        assert_eq!(trouble(&url, &table).await, [], "{engine:?}");
        if engine != Engine::Sqlite {
            there
                .execute(&match engine {
                    Engine::Postgres => "DROP INDEX app.by_email".to_owned(),
                    _ => format!("DROP INDEX by_email ON {users}"),
                })
                .await;
            let found = trouble(&url, &table).await;
            let found = only(&found, Level::Warning, &["no index serves the look-up by `email`"]);
            database.execute(cure(&found)).await;
            assert_eq!(trouble(&url, &table).await, [], "{engine:?}: the cure cures");
        }
    }
}

/// A table in parts, each of a year, on PostgreSQL.
async fn in_parts(years: &[u32]) -> TestDatabase {
    let database = create(Engine::Postgres).await;
    database
        .execute(
            "CREATE TABLE users (id bigint, email varchar(99), login varchar(99), \
             password varchar(255), is_active boolean, born date DEFAULT '2026-01-01', \
             PRIMARY KEY (id, born)) PARTITION BY RANGE (born)",
        )
        .await;
    database.execute("CREATE INDEX by_login ON users (login)").await;
    for year in years {
        let part = format!(
            "CREATE TABLE of_{year} PARTITION OF users \
             FOR VALUES FROM ('{year}-01-01') TO ('{}-01-01')",
            year + 1
        );
        database.execute(&part).await;
    }
    database
}

#[tokio::test]
async fn on_postgres_a_table_in_parts_is_as_good_as_a_whole_one() {
    if !Engine::Postgres.is_there() {
        return;
    }
    for years in [&[][..], &[2026, 2027]] {
        let database = in_parts(years).await;
        if !years.is_empty() {
            let row = "INSERT INTO users VALUES (1, 'a@example.com', 'a', '!', true)";
            database.execute(row).await;
        }
        let (_, url) = limited(&database, &ENOUGH).await;
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Warning, &["no index serves the look-up by `email`"]);
        database.execute(cure(&found)).await;
        assert_eq!(trouble(&url, "").await, [], "{years:?}: the cure cures");
        let mails = Folder::new();
        let config = configuration(&url, &mails, "");
        let found = findings(&config, &CheckOptions::default()).await;
        let said = "in no part of the table have two rows one key `id`";
        assert!(found.iter().any(|it| it.what == said), "{found:#?}");
    }
}

#[tokio::test]
async fn on_postgres_every_part_must_have_the_index() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let database = in_parts(&[2026, 2027]).await;
    let (_, url) = limited(&database, &ENOUGH).await;
    database.execute("CREATE INDEX ON of_2026 (email)").await;
    only(&trouble(&url, "").await, Level::Warning, &["no index serves the look-up by `email`"]);
    database.execute("CREATE INDEX ON of_2027 (email)").await;
    assert_eq!(trouble(&url, "").await, []);
    database.execute("ALTER TABLE users DROP CONSTRAINT users_pkey").await;
    database.execute("CREATE INDEX by_id ON users (id)").await;
    let found = trouble(&url, "").await;
    only(&found, Level::Warning, &["nothing keeps the key `id` unique", "partitioned by"]);
}

#[tokio::test]
async fn on_mariadb_keys_that_a_collation_takes_for_one_are_two() {
    if !Engine::MariaDb.is_there() {
        return;
    }
    let (database, url) = with_uid(Engine::MariaDb).await;
    let folded = "ALTER TABLE users MODIFY uid varchar(40) COLLATE utf8mb4_general_ci";
    database.execute(folded).await;
    let third = "INSERT INTO users (id, uid, email, is_active) VALUES (3, 'Ü1', 'c@d.example', 1)";
    database.execute(third).await;
    let found = trouble(&url, "id = 'uid'").await;
    only(&found, Level::Warning, &["nothing keeps the key `uid` unique"]);
}
