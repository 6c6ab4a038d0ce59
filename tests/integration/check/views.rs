//! What is found about views.

use regain::app::{CheckOptions, Level};

use super::{ENOUGH, bad, configuration, cure, findings, healthy, limited, only, trouble};
use crate::databases::{Engine, engines};
use crate::harness::Folder;

const VIEW: &str = "table = 'people'";

#[tokio::test]
async fn a_view_that_can_be_written_is_as_good_as_a_table() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        database.execute("CREATE VIEW people AS SELECT * FROM users").await;
        let (user, url) = limited(&database, &[]).await;
        let grant = |what: &str| format!("GRANT {what} ON people TO {user}");
        database.execute(&grant("SELECT (id, email, login, password, is_active)")).await;
        let found = trouble(&url, VIEW).await;
        let found = only(&found, Level::Error, &["may not write password", "GRANT UPDATE ("]);
        database.execute(cure(&found)).await;
        let mails = Folder::new();
        let config = configuration(&url, &mails, VIEW);
        let found = findings(&config, &CheckOptions::default()).await;
        // The tables beneath are not this user's to look at, and MariaDB then tells no plans.
        let said = "this user may not see whether an index serves";
        let untold = found.iter().any(|it| it.what.contains(said));
        assert_eq!(untold, engine == Engine::MariaDb, "{engine:?} {found:#?}");
        assert_eq!(bad(found), [], "{engine:?}");
    }
}

#[tokio::test]
async fn an_index_that_a_view_lacks_is_made_on_the_table_beneath() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let database = healthy(engine).await;
        database.execute("CREATE VIEW people AS SELECT * FROM users").await;
        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        database.execute(&format!("DROP INDEX by_email{on}")).await;
        let (user, url) = limited(&database, &ENOUGH).await;
        database.execute(&format!("GRANT {} ON people TO {user}", ENOUGH[0])).await;
        if engine == Engine::MariaDb {
            database.execute(&format!("GRANT SELECT, SHOW VIEW ON people TO {user}")).await;
            database.execute(&format!("GRANT SELECT, UPDATE ON users TO {user}")).await;
        }
        let found = trouble(&url, VIEW).await;
        let found = only(&found, Level::Warning, &["no index serves the look-up by `email`"]);
        let beneath = cure(&found).replace("the_table_of_the_view", "users");
        assert_ne!(beneath, cure(&found));
        database.execute(&beneath).await;
        assert_eq!(trouble(&url, VIEW).await, [], "{engine:?}: the cure cures");
    }
}

#[tokio::test]
async fn a_view_that_cannot_be_written_is_an_error() {
    for engine in engines() {
        let database = healthy(engine).await;
        let mut views = vec!["CREATE VIEW people AS SELECT DISTINCT * FROM users"];
        let computed = "CREATE VIEW people AS SELECT id, email, login, is_active, \
                        concat(password, '') AS password FROM users";
        match engine {
            Engine::Sqlite => {}
            Engine::Postgres => {
                views.extend([computed, "CREATE MATERIALIZED VIEW people AS SELECT * FROM users"]);
            }
            Engine::MariaDb => views.push(computed),
        }
        for view in views {
            database.execute(view).await;
            let found = trouble(&database.url, VIEW).await;
            let error: Vec<_> = found.into_iter().filter(|it| it.level == Level::Error).collect();
            let said = [
                "the view \"people\" cannot be written",
                "a reset reads and writes there",
                "table = ",
            ];
            only(&error, Level::Error, &said);
            let materialized = if view.contains("MATERIALIZED") { "MATERIALIZED " } else { "" };
            database.execute(&format!("DROP {materialized}VIEW people")).await;
        }
    }
}

#[tokio::test]
async fn on_sqlite_what_is_written_through_a_view_is_not_counted() {
    let database = healthy(Engine::Sqlite).await;
    // At once, lest another connection know the view and not the trigger.
    database
        .execute(
            "CREATE VIEW people AS SELECT * FROM users; \
             CREATE TRIGGER written INSTEAD OF UPDATE ON people BEGIN \
             UPDATE users SET password = NEW.password WHERE id = NEW.id; END",
        )
        .await;
    let touched = database.execute("UPDATE people SET password = password").await;
    assert_eq!(touched, 0, "a swap that won could not be told from one that lost");
    let said = ["the view \"people\" cannot be written", "not counted"];
    only(&trouble(&database.url, VIEW).await, Level::Error, &said);
}
