//! What is found about links to log in and second factors.

use regain::app::{CheckOptions, Finding, Level};

use super::{bad, configuration, findings, healthy, limited, only};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::Folder;

/// A healthy table that may be logged in to, and the user and URL of who may do that and no more.
async fn prepared(engine: Engine) -> (TestDatabase, String, String) {
    let database = healthy(engine).await;
    database.execute("ALTER TABLE users ADD seen_at varchar(40)").await;
    let (user, url) = limited(&database, &["SELECT, UPDATE (password, seen_at)"]).await;
    (database, user, url)
}

async fn found(url: &str, login_links: &str, users: &str) -> Vec<Finding> {
    let mails = Folder::new();
    let text = configuration(url, &mails, &format!("last_login = 'seen_at'\n{users}"));
    let login = format!(
        "name = \"Example\"\nlogin_links = {login_links}\nreturn_to = [\"https://app.example.com/\"]"
    );
    let text = text.replace("name = \"Example\"", &login);
    bad(findings(&text, &CheckOptions::default()).await)
}

#[tokio::test]
async fn a68_a_link_that_would_go_past_a_second_factor_is_an_error_where_the_table_has_it() {
    let mfa = "mfa = ['otp_secret', 'otp_required_for_login']\n\
               optional = ['otp_secret', 'otp_required_for_login']";
    for engine in engines() {
        let (database, _, url) = prepared(engine).await;
        assert_eq!(found(&url, "true", mfa).await, [], "{engine:?}");
        database.execute("ALTER TABLE users ADD otp_secret varchar(40)").await;
        let error = found(&url, "true", mfa).await;
        let said = ["a second factor: otp_secret |", "none is mailed", "\"despite-mfa\""];
        only(&error, Level::Error, &said);
        for answered in ["\"despite-mfa\"", "false"] {
            assert_eq!(found(&url, answered, mfa).await, [], "{engine:?} {answered}");
        }
    }
}

#[tokio::test]
async fn a68_a_second_factor_in_a_table_of_its_own_is_a_warning() {
    for engine in engines() {
        for (table, package) in
            [("otp_totp_totpdevice", "django-otp"), ("mfa_authenticator", "django-allauth")]
        {
            let (database, user, url) = prepared(engine).await;
            database.execute(&format!("CREATE TABLE {table} (id integer)")).await;
            if engine == Engine::MariaDb {
                // Of tables that one may do nothing with, it tells nothing.
                database.execute(&format!("GRANT SELECT ON {table} TO {user}")).await;
            }
            let warning = found(&url, "true", "").await;
            only(&warning, Level::Warning, &[table, package, "\"despite-mfa\""]);
            for answered in ["\"despite-mfa\"", "false"] {
                assert_eq!(found(&url, answered, "").await, [], "{engine:?} {answered}");
            }
        }
    }
}
