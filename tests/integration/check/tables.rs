//! What is found about tables.

use std::time::Duration;

use regain::app::{CheckOptions, Level};
use regain::clock::Clock;

use super::{
    ENOUGH, PASSWORD, add, bad, configuration, cure, findings, findings_at, healthy, limited, only,
    trouble, trouble_with,
};
use crate::databases::{Engine, create, engines};
use crate::harness::Folder;

/// A database server's address, and one at which nobody listens.
fn elsewhere(url: &str) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut url = url::Url::parse(url).unwrap();
    url.set_port(Some(listener.local_addr().unwrap().port())).unwrap();
    url.into()
}

#[tokio::test]
async fn a_healthy_table_gives_no_warning_and_optional_columns_are_listed() {
    for engine in engines() {
        let database = healthy(engine).await;
        // MariaDB tells a user with grants on columns nothing of others, absent or not.
        let whole = ["SELECT, UPDATE (password)"];
        let grants = if engine == Engine::MariaDb { &whole } else { &ENOUGH };
        let (_, url) = limited(&database, grants).await;
        let mails = Folder::new();
        let users = "locale = 'lang'\noptional = ['lang', 'login']";
        let found = findings(&configuration(&url, &mails, users), &CheckOptions::default()).await;
        assert!(found.len() > 8, "{engine:?} {found:#?}");
        assert!(
            found.iter().any(|it| it.what == "optional columns used: login; not there: lang"),
            "{engine:?} {found:#?}"
        );
        assert_eq!(bad(found), [], "{engine:?}");
    }
}

#[tokio::test]
async fn a_missing_table_or_column_is_told_with_the_nearest_name() {
    for engine in engines() {
        let database = healthy(engine).await;
        let found = trouble(&database.url, "table = 'user'").await;
        only(&found, Level::Error, &["no table", "table = \"users\" under [apps.default.users]"]);
        let found = trouble(&database.url, "email = 'e_mail'").await;
        only(&found, Level::Error, &["no column \"e_mail\"", "email = \"email\" under [apps."]);
        let found = trouble(&database.url, "confirmed = 'is_activ'").await;
        only(&found, Level::Error, &["write \"is_active\" for \"is_activ\""]);
        // Of tables that are alike, the one that has the columns was meant.
        database.execute("CREATE TABLE usr (id integer PRIMARY KEY, name varchar(9))").await;
        let found = trouble(&database.url, "table = 'usr_'").await;
        only(&found, Level::Error, &["no table", "table = \"users\" under [apps.default.users]"]);
        let found = trouble(&database.url, "locale = 'zip'").await;
        only(&found, Level::Error, &["no column \"zip\"", "id, email, login, password"]);
    }
}

#[tokio::test]
async fn a_recovery_stamp_holds_what_is_written_there_or_is_an_error_with_its_cure() {
    for engine in engines() {
        let database = healthy(engine).await;
        database.execute("ALTER TABLE users ADD COLUMN stamp varchar(43)").await;
        database.execute("ALTER TABLE users ADD COLUMN number integer").await;
        let check = |users: &'static str, newest: bool| {
            let url = database.url.clone();
            async move {
                let mails = Folder::new();
                let settings = configuration(&url, &mails, users);
                let app = if newest {
                    "[apps.default]\nnewest_link_wins = true"
                } else {
                    "[apps.default]"
                };
                let settings = settings.replace("[apps.default]", app);
                let mut found = bad(findings(&settings, &CheckOptions::default()).await);
                found.retain(|finding| !finding.what.contains("which is never used"));
                found
            }
        };
        let stamp = "recovery_stamp = 'stamp'";
        assert_eq!(check(stamp, false).await, [], "{engine:?}");
        let found = check(stamp, true).await;
        if engine == Engine::Sqlite {
            assert_eq!(found, [], "it holds to no width");
            assert_eq!(check("recovery_stamp = 'number'", true).await, []);
        } else {
            only(
                &found,
                Level::Error,
                &["`stamp` holds 43 characters", "write 77", "varchar(255)"],
            );
            let found = check("recovery_stamp = 'number'", true).await;
            only(&found, Level::Error, &["`number` is of type int", "varchar(255)"]);
        }
        let optional = "recovery_stamp = 'stomp'\noptional = ['stomp']";
        assert_eq!(check(optional, false).await, [], "{engine:?}");
        let found = check(optional, true).await;
        only(&found, Level::Error, &["no column \"stomp\"", "recovery_stamp = \"stamp\""]);
    }
}

#[tokio::test]
async fn a_key_that_is_not_understood_is_an_error() {
    for engine in engines() {
        let database = healthy(engine).await;
        let bytes = match engine {
            Engine::Sqlite => "blob",
            Engine::Postgres => "bytea",
            Engine::MariaDb => "binary(16)",
        };
        database.execute(&format!("ALTER TABLE users ADD COLUMN uid {bytes}")).await;
        let found = trouble(&database.url, "id = 'uid'").await;
        only(&found, Level::Error, &["`uid`", "integer, uuid and text"]);
    }
}

#[tokio::test]
async fn a45_a_look_up_without_an_index_is_a_warning_and_on_a_large_table_an_error() {
    for engine in engines() {
        let database = healthy(engine).await;
        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        let (_, url) = limited(&database, &ENOUGH).await;
        for column in ["email", "login"] {
            database.execute(&format!("DROP INDEX by_{column}{on}")).await;
            let named = format!("look-up by `{column}`");
            let small = trouble(&url, "").await;
            only(&small, Level::Warning, &[&named, "rows so far 2"]);
            let large = CheckOptions { large_table: 2, ..CheckOptions::default() };
            let found = trouble_with(&url, "", &large).await;
            let found = only(&found, Level::Error, &[&named, "the whole table", "CREATE INDEX"]);
            let online = cure(&found).starts_with("CREATE INDEX CONCURRENTLY");
            assert_eq!(online, engine == Engine::Postgres, "{found:#?}");
            database.execute(cure(&found)).await;
            assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");
        }
    }
}

#[tokio::test]
async fn a45_a_table_without_rows_is_judged_the_same() {
    for engine in engines() {
        let database = healthy(engine).await;
        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        for sql in [
            "DELETE FROM users",
            &format!("DROP INDEX by_email{on}"),
            "CREATE UNIQUE INDEX one_email ON users (email)",
        ] {
            database.execute(sql).await;
        }
        let (_, url) = limited(&database, &ENOUGH).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}");
        database.execute(&format!("DROP INDEX one_email{on}")).await;
        only(&trouble(&url, "").await, Level::Warning, &["no index serves the look-up by `email`"]);
    }
}

#[tokio::test]
async fn a45_an_index_that_begins_with_another_column_does_not_count() {
    for engine in engines() {
        let database = healthy(engine).await;
        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        database.execute(&format!("DROP INDEX by_email{on}")).await;
        database.execute("CREATE INDEX by_both ON users (is_active, email)").await;
        let (_, url) = limited(&database, &ENOUGH).await;
        only(&trouble(&url, "").await, Level::Warning, &["no index serves the look-up by `email`"]);
    }
}

#[tokio::test]
async fn lower_wants_an_index_of_its_own_beside_the_plain_one() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        database.execute(&format!("DROP INDEX by_email{on}")).await;
        let found = trouble(&url, "").await;
        database.execute(cure(&only(&found, Level::Warning, &["look-up by `email`"]))).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}");

        let found = trouble(&url, "email_match = 'lower'").await;
        let found = only(&found, Level::Warning, &["look-up by `email`", "lower"]);
        assert!(engine == Engine::Postgres || cure(&found).contains("users_email_lower"));
        if engine != Engine::MariaDb {
            database.execute(cure(&found)).await;
            assert_eq!(trouble(&url, "email_match = 'lower'").await, [], "{engine:?}");
        }
    }
}

#[tokio::test]
async fn a_password_column_too_narrow_for_a_hash_is_an_error_and_the_cure_widens_it() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        let to = |chars: u32| match engine {
            Engine::MariaDb => format!("ALTER TABLE users MODIFY password varchar({chars})"),
            _ => format!("ALTER TABLE users ALTER COLUMN password TYPE varchar({chars})"),
        };
        database.execute(&to(97)).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}");
        database.execute(&to(96)).await;
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Error, &["96 characters", "97", "varchar(255)"]);
        database.execute(cure(&found)).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn a_password_column_that_takes_no_text_is_an_error() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        database.execute("UPDATE users SET password = NULL").await;
        let (alter, named) = match engine {
            Engine::MariaDb => ("MODIFY password bigint", "is of type bigint"),
            _ => {
                ("ALTER password TYPE bytea USING convert_to(password, 'UTF8')", "is of type bytea")
            }
        };
        database.execute(&format!("ALTER TABLE users {alter}")).await;
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Error, &["the password column `password`", named]);
        database.execute(cure(&found).split_once(';').unwrap().0).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn a_grant_that_is_missing_is_told_as_the_statement_that_gives_it() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        let all = "SELECT (id, email, login, password, is_active)";
        let (_, url) = limited(&database, &[all]).await;
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Error, &["may not write password", "GRANT UPDATE ("]);
        database.execute(cure(&found)).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");

        let some = "SELECT (id, email, login, is_active), UPDATE (password)";
        let (_, url) = limited(&database, &[some]).await;
        let found = trouble(&url, "").await;
        let unread = found.iter().find(|it| it.what.contains("may not read password"));
        let unread = unread.unwrap_or_else(|| panic!("{engine:?} {found:#?}"));
        database.execute(cure(unread)).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");

        database.execute("ALTER TABLE users ADD COLUMN tries integer").await;
        let (_, url) = limited(&database, &[ENOUGH[0], "UPDATE (tries)"]).await;
        let counted = "on_reset = { increment = ['tries'] }";
        let found = trouble(&url, counted).await;
        let found = only(&found, Level::Error, &["may not read tries", "GRANT SELECT ("]);
        database.execute(cure(&found)).await;
        assert_eq!(trouble(&url, counted).await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn a_link_that_would_be_mailed_and_then_do_nothing_is_a_warning() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        database.execute("ALTER TABLE users ADD COLUMN proved integer").await;
        database.execute("UPDATE users SET proved = 1").await;
        let (_, url) = limited(&database, &[ENOUGH[0], "SELECT (proved)"]).await;
        let confirmed = "confirmed = 'proved'";
        let found = trouble(&url, confirmed).await;
        let found = only(&found, Level::Warning, &["may not write proved", "GRANT UPDATE ("]);
        database.execute(cure(&found)).await;
        assert_eq!(trouble(&url, confirmed).await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn privileges_that_are_never_used_are_a_warning() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &[ENOUGH[0], "INSERT, DELETE"]).await;
        let found = trouble(&url, "").await;
        let found = only(&found, Level::Warning, &["INSERT", "DELETE", "GRANT SELECT ("]);
        assert!(!cure(&found).contains("REVOKE"), "the user may be the application's");
        // As it stands there, save that users are the server's and not the database's.
        let (user, url) = limited(&database, &[]).await;
        let (statements, who) = cure(&found).split_once(" -- ").unwrap();
        assert!(who.starts_with("as the database's administrator"));
        let grant = statements.split_once("; ").unwrap().1.replace(" TO regain;", "");
        database.execute(&format!("{grant} TO {user}")).await;
        assert_eq!(trouble(&url, "").await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn on_postgres_a_user_without_any_grant_is_told_the_whole_one() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let database = healthy(Engine::Postgres).await;
    database.execute("ALTER TABLE users ADD COLUMN tries integer").await;
    let (_, url) = limited(&database, &[]).await;
    let users = "locale = 'lang'\noptional = ['lang']\non_reset = { increment = ['tries'] }";
    let found = trouble(&url, users).await;
    let [read, write] = &found[..] else { panic!("not two things but {found:#?}") };
    only(std::slice::from_ref(read), Level::Error, &["may not read", "GRANT SELECT (", "UPDATE ("]);
    only(std::slice::from_ref(write), Level::Error, &["may not write password, tries", cure(read)]);
    database.execute(cure(read)).await;
    assert_eq!(trouble(&url, users).await, [], "the cure cures");
}

#[tokio::test]
async fn on_postgres_a_schema_that_is_closed_is_told() {
    if !Engine::Postgres.is_there() {
        return;
    }
    let database = healthy(Engine::Postgres).await;
    let (_, url) = limited(&database, &ENOUGH).await;
    database.execute("CREATE SCHEMA app").await;
    database.execute("ALTER TABLE users SET SCHEMA app").await;
    let found = trouble(&url, "table = 'app.users'").await;
    only(&found, Level::Error, &["permission denied for schema app", "GRANT USAGE ON SCHEMA"]);
    let found = trouble(&url, "").await;
    only(&found, Level::Error, &["no table \"users\"", "table = \"app.users\""]);
}

#[tokio::test]
async fn a_database_that_cannot_be_written_is_an_error() {
    let database = healthy(Engine::Sqlite).await;
    let url = database.url.replace("mode=rwc", "mode=ro");
    only(&trouble(&url, "").await, Level::Error, &["read-only"]);
    if Engine::Postgres.is_there() {
        let database = healthy(Engine::Postgres).await;
        let (user, url) = limited(&database, &ENOUGH).await;
        let sql = format!("ALTER ROLE {user} SET default_transaction_read_only = on");
        database.execute(&sql).await;
        only(&trouble(&url, "").await, Level::Error, &["read-only, name the primary"]);
    }
}

#[tokio::test]
async fn a_column_that_cannot_hold_what_a_reset_writes_is_an_error() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        database.execute("ALTER TABLE users ADD COLUMN tries integer").await;
        let found = trouble(&database.url, "on_reset = { random = ['tries'] }").await;
        let error = found.iter().find(|it| it.level == Level::Error);
        let error = error.unwrap_or_else(|| panic!("{engine:?} {found:#?}"));
        assert!(error.what.contains("\"tries\""), "{engine:?} {error:#?}");
    }
}

#[tokio::test]
async fn addresses_with_capitals_are_counted_where_nothing_else_would_find_them() {
    for engine in engines() {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        add(&database, 3, "Eve@Example.com").await;
        for users in ["", "email_match = 'exact'"] {
            let found = trouble(&url, users).await;
            let found = only(&found, Level::Warning, &["with capitals: 1 in all rows"]);
            match engine {
                Engine::MariaDb => assert!(cure(&found).contains("utf8mb4_general_ci")),
                _ => assert!(cure(&found).starts_with("email_match = \"lower\""), "{found:#?}"),
            }
        }
        let found = trouble(&url, "email_match = 'lower'").await;
        assert!(!found.iter().any(|it| it.what.contains("capitals")), "{engine:?} {found:#?}");
    }
}

/// Without deterministic comparison, as only PostgreSQL's ICU has it.
const FOLDING: &str = "CREATE COLLATION folding \
                       (provider = icu, locale = 'und-u-ks-level1', deterministic = false)";

#[tokio::test]
async fn what_a_collation_takes_for_equal_is_no_matter() {
    for engine in engines() {
        let kinds = match engine {
            Engine::Sqlite => ["text COLLATE NOCASE", "text COLLATE NOCASE"],
            Engine::Postgres => ["citext", "varchar(254) COLLATE folding"],
            Engine::MariaDb => {
                ["varchar(254) COLLATE utf8mb4_general_ci", "varchar(254) CHARACTER SET latin1"]
            }
        };
        for kind in kinds {
            let database = create(engine).await;
            if engine == Engine::Postgres {
                database.execute("CREATE EXTENSION citext").await;
                database.execute(FOLDING).await;
            }
            let id = if engine == Engine::Sqlite { kind } else { "integer" };
            let create = format!(
                "CREATE TABLE users (id {id} PRIMARY KEY, email {kind}, login {kind}, \
                 password {kind}, is_active boolean, UNIQUE (email), UNIQUE (login))"
            );
            database.execute(&create).await;
            add(&database, 1, "Eve@Example.com").await;
            let (_, url) = limited(&database, &ENOUGH).await;
            assert_eq!(trouble(&url, "").await, [], "{engine:?} {kind}");
            assert_eq!(trouble(&url, "id = 'login'").await, [], "{engine:?} {kind}");
        }
    }
}

#[tokio::test]
async fn a_clock_that_is_off_is_a_warning() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        let mails = Folder::new();
        let config = configuration(&url, &mails, "");
        let clock = Clock::fixed(Clock::system().now() - Duration::from_mins(1));
        let found = bad(findings_at(&config, &CheckOptions::default(), &clock).await);
        only(&found, Level::Warning, &["clock is 6", "s off"]);
    }
}

#[tokio::test]
async fn a_database_that_is_down_or_refuses_the_login_is_an_error_without_its_password() {
    for engine in engines() {
        let database = healthy(engine).await;
        if engine == Engine::Sqlite {
            let missing = database.url.replace(".sqlite?mode=rwc", "-missing.sqlite");
            only(&trouble(&missing, "").await, Level::Error, &["there is no such file"]);
            continue;
        }
        let (user, url) = limited(&database, &ENOUGH).await;
        let down = elsewhere(&url);
        only(&trouble(&down, "").await, Level::Error, &["cannot be reached", "users.database"]);
        // PostgreSQL of the tests trusts every password, but not everybody.
        let wrong = match engine {
            Engine::Postgres => url.replace(&user, "nobody"),
            _ => url.replace(PASSWORD, "s3cret-of-another"),
        };
        only(&trouble(&wrong, "").await, Level::Error, &["the login is refused"]);
    }
}
