//! `regain check` as a program: exit codes, both outputs, mail, and what concerns the service.

use std::os::unix::fs::PermissionsExt as _;

use regain::app::{CheckOptions, Level};
use serde_json::{Value, json};

use super::{
    ENOUGH, FOLDER, assert_tells_no_secret, bad, configuration, cure, findings, healthy, limited,
    mailing, only,
};
use crate::databases::{Engine, engines};
use crate::harness::{Folder, SECRET};
use crate::process::command;
use crate::smtp::MailServer;

const NAME: &str = "name = \"Example\"";

/// With nothing in the row that tells which link is the newest.
const NEWEST_WINS: &str = "name = \"Example\"\nnewest_link_wins = true";

/// With nothing in the row by which a link works once.
const LINKS_LOG_IN: &str = "name = \"Example\"\nlogin_links = true\nlifetimes.login = \"30m\"\n\
                            return_to = [\"https://app.example.com/\"]";

/// Runs the program on a configuration: the exit code and what it printed.
async fn run(configuration: &str, more: &[&str]) -> (i32, String) {
    let folder = Folder::new();
    let file = folder.0.join("regain.toml");
    std::fs::write(&file, configuration).unwrap();
    let arguments = [&["check", "--config", file.to_str().unwrap()], more].concat();
    let (code, printed, complaint) = command(&arguments).await;
    assert_eq!(complaint, "", "everything is on the standard output");
    assert_tells_no_secret(&printed);
    (code.unwrap(), printed)
}

fn provider(server: &MailServer, password: &str) -> String {
    format!(
        "url = \"smtp+starttls://mailer@localhost:{}\"\npassword = \"{password}\"\nca = \"{}\"\n\
         timeout = \"2s\"",
        server.port,
        server.ca.display()
    )
}

#[tokio::test]
async fn the_exit_code_tells_how_bad_it_is() {
    for engine in engines() {
        let Some(server) = MailServer::start(&json!({})) else { return };
        let database = healthy(engine).await;
        let (_, url) = limited(&database, &ENOUGH).await;
        let config = mailing(&url, &provider(&server, "s3cret"), "");
        let (code, printed) = run(&config, &[]).await;
        assert_eq!(code, 0, "{engine:?} {printed}");
        assert!(printed.contains("takes mail (STARTTLS, with a login)"), "{printed}");
        assert!(printed.contains("\n0 errors, 0 warnings, "), "{printed}");

        let on = if engine == Engine::MariaDb { " ON users" } else { "" };
        database.execute(&format!("DROP INDEX by_email{on}")).await;
        let (code, printed) = run(&config, &[]).await;
        assert_eq!(code, 1, "{engine:?} {printed}");
        assert!(printed.contains("cure: CREATE INDEX"), "{printed}");

        let (code, printed) = run(
            &config.replace("[apps.default.users]", "[apps.default.users]\nlocale = \"lang\""),
            &[],
        )
        .await;
        assert_eq!(code, 2, "{engine:?} {printed}");
        assert!(printed.contains("\n1 error, 0 warnings, "), "{printed}");
    }
}

#[tokio::test]
async fn json_is_an_array_of_findings() {
    let database = healthy(Engine::Sqlite).await;
    let mails = Folder::new();
    let config = configuration(&database.url, &mails, "email = 'e_mail'");
    let (code, printed) = run(&config, &["--json"]).await;
    assert_eq!(code, 2);
    let found: Vec<Value> = serde_json::from_str(&printed).unwrap();
    let of = |level: &str| found.iter().find(|finding| finding["level"] == level).unwrap();
    let error = of("error").as_object().unwrap();
    assert_eq!(error.keys().collect::<Vec<_>>(), ["app", "cure", "level", "what", "why"]);
    assert_eq!(error["app"], "default");
    assert!(of("ok").get("cure").is_none() && of("ok").get("app").is_none(), "{found:?}");
}

#[tokio::test]
async fn what_keeps_the_service_from_starting_is_an_error_of_the_report() {
    let database = healthy(Engine::Sqlite).await;
    let mails = Folder::new();
    let config = configuration(&database.url, &mails, "");
    for (was, is, said) in [
        (SECRET, "short", "`keys.secrets.one`"),
        ("https://accounts.example.com", "http://accounts.example.com", "`public_url` is http"),
        ("file:///", "smtp://mail.example.com/", "plain SMTP off loopback"),
        ("table", "tabel", "is not a setting"),
        ("sqlite://", "oracle://", "users.database is of no known kind"),
        (NAME, NEWEST_WINS, "`apps.default.newest_link_wins` needs a column of Regain's own"),
        (NAME, NEWEST_WINS, "cure: add recovery_stamp VARCHAR(80) to the table and"),
        (NAME, LINKS_LOG_IN, "`apps.default.login_links` needs a column for the time of the last"),
        (NAME, LINKS_LOG_IN, "cure: add last_login = \"last_login\" under [apps.default.users]"),
    ] {
        let config =
            config.replace("[apps.default.users]", "[apps.default.users]\ntable = 'users'");
        let (code, printed) = run(&config.replace(was, is), &[]).await;
        assert_eq!(code, 2, "{printed}");
        assert_eq!(printed.matches(said).count(), 1, "{said} is not said once: {printed}");
    }
    let (code, printed, _) = command(&["check", "--config", "/no/such/file"]).await;
    assert_eq!(code, Some(2), "{printed}");
    let (code, printed, _) = command(&["check"]).await;
    assert_eq!(code, Some(2), "{printed}");
    assert!(printed.contains("name it by --config or REGAIN_CONFIG"), "{printed}");
}

#[tokio::test]
async fn a_public_url_on_loopback_is_a_warning() {
    let database = healthy(Engine::Sqlite).await;
    let mails = Folder::new();
    let config = configuration(&database.url, &mails, "");
    let config = config.replace("https://accounts.example.com", "http://127.0.0.1:8080");
    let (code, printed) = run(&config, &[]).await;
    assert_eq!(code, 1, "{printed}");
    assert!(printed.contains("`public_url` is http://127.0.0.1:8080, which only"), "{printed}");
}

#[tokio::test]
async fn a_secret_that_everybody_may_read_is_a_warning() {
    let database = healthy(Engine::Sqlite).await;
    let folder = Folder::new();
    let file = folder.0.join("database-url");
    std::fs::write(&file, &database.url).unwrap();
    let config = configuration(&database.url, &folder, "");
    let named = format!("{{ file = \"{}\" }}", file.display());
    let config = config.replace(&format!("\"{}\"", database.url), &named);
    let keys = folder.0.join("keys");
    std::fs::create_dir(&keys).unwrap();
    let key = keys.join("one");
    std::fs::write(&key, SECRET).unwrap();
    let inline = format!("secrets = {{ one = \"{SECRET}\" }}");
    let config = config.replace(&inline, &format!("dir = \"{}\"", keys.display()));
    for (mode, told) in [(0o604, true), (0o640, false)] {
        for file in [&file, &key] {
            std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
        }
        let (found, printed) = run(&config, &[]).await;
        assert_eq!(found, 1, "mails go into a folder: {printed}");
        for file in [&file, &key] {
            assert_eq!(printed.contains(&format!("may read {}, ", file.display())), told);
            let said = format!("cure: chmod o= {}", file.display());
            assert_eq!(printed.contains(&said), told, "{printed}");
        }
    }
}

#[tokio::test]
async fn a_mail_server_that_is_down_or_refuses_the_login_is_an_error() {
    let database = healthy(Engine::Sqlite).await;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = mailing(&database.url, &format!("url = \"smtp://{closed}\""), "");
    let found = bad(findings(&config, &CheckOptions::default()).await);
    only(&found, Level::Error, &["does not take mail", "[mail.providers.main]"]);

    let Some(server) = MailServer::start(&json!({})) else { return };
    for (config, said, cured) in [
        (provider(&server, "s3cret-of-another"), "535", "the user in `url` and `password`"),
        (provider(&server, "s3cret").replace("ca = ", "# ca = "), "UnknownIssuer", "ca = \""),
        (provider(&server, "s3cret").replace("+starttls", "s"), "corrupt", "smtp+starttls://"),
    ] {
        let config = mailing(&database.url, &config, "");
        let found = bad(findings(&config, &CheckOptions::default()).await);
        only(&found, Level::Error, &[said, cured]);
    }
}

#[tokio::test]
async fn each_way_in_which_a_mail_server_may_refuse_has_its_cure() {
    let database = healthy(Engine::Sqlite).await;
    for (options, scheme, said) in [
        (json!({ "no_starttls": true }), "smtp+starttls", "smtps:// and port 465"),
        (json!({}), "smtp", "the server offers no login without TLS"),
        (json!({ "wrong_host": true }), "smtp+starttls", "the name that the server's certificate"),
        (json!({ "mode": "tls", "client_certificates": true }), "smtps", "`client_certificate`"),
        (json!({ "client_certificates": true }), "smtp+starttls", "`client_certificate`"),
    ] {
        let Some(server) = MailServer::start(&options) else { return };
        let provider = provider(&server, "s3cret").replace("smtp+starttls", scheme);
        let config = mailing(&database.url, &provider, "");
        let found = bad(findings(&config, &CheckOptions::default()).await);
        let found = only(&found, Level::Error, &[said, "[mail.providers.main]"]);
        let doubled = ["Connection error: Connection error", "internal client error"];
        assert!(!doubled.iter().any(|it| found.what.contains(it)), "{found:#?}");
    }
}

#[tokio::test]
async fn a_key_that_belongs_to_another_certificate_is_told_as_such() {
    let Some(server) = MailServer::start(&json!({})) else { return };
    let database = healthy(Engine::Sqlite).await;
    let file = |name: &str| server.ca.with_file_name(name).display().to_string();
    let own = format!(
        "{}\nclient_certificate = \"{}\"\nclient_key = {{ file = \"{}\" }}",
        provider(&server, "s3cret"),
        file("client.pem"),
        file("server.key")
    );
    let found = bad(findings(&mailing(&database.url, &own, ""), &CheckOptions::default()).await);
    let said = "`client_key` does not belong to `client_certificate`";
    assert!(found.iter().any(|finding| finding.what.contains(said)), "{found:#?}");
    assert!(!found.iter().any(|finding| finding.what.contains(".ca ")), "{found:#?}");
}

#[tokio::test]
async fn mails_that_are_written_into_a_folder_are_a_warning_and_no_folder_an_error() {
    let database = healthy(Engine::Sqlite).await;
    let mails = Folder::new();
    let found = findings(&configuration(&database.url, &mails, ""), &CheckOptions::default()).await;
    let found: Vec<_> = found.into_iter().filter(|it| it.level != Level::Ok).collect();
    only(&found, Level::Warning, &[FOLDER, "smtp+starttls://"]);

    let provider = "url = \"file:///proc/no/mails\"";
    let config = mailing(&database.url, provider, "");
    let found = bad(findings(&config, &CheckOptions::default()).await);
    let said = ["the mail folder \"main\" cannot be used: /proc/no/mails: ", "another folder"];
    let found = only(&found, Level::Error, &said);
    assert!(!cure(&found).contains("password"), "{found:#?}");
}

#[tokio::test]
async fn a_test_mail_is_sent_and_its_address_is_not_told() {
    let Some(server) = MailServer::start(&json!({})) else { return };
    let database = healthy(Engine::Sqlite).await;
    let config = mailing(&database.url, &provider(&server, "s3cret"), "");
    let (code, printed) = run(&config, &["--send-test-mail", "ada@example.com"]).await;
    assert_eq!(code, 0, "{printed}");
    assert!(printed.contains("a test mail to a…@example.com was handed over"), "{printed}");
    let envelopes = server.envelopes();
    assert_eq!(envelopes.len(), 1);
    assert_eq!(envelopes[0]["rcpt_tos"], json!(["ada@example.com"]));

    let Some(refusing) = MailServer::start(&json!({ "reject_rcpt": 550 })) else { return };
    let config = mailing(&database.url, &provider(&refusing, "s3cret"), "");
    let (code, printed) = run(&config, &["--send-test-mail", "ada@example.com"]).await;
    assert_eq!(code, 2, "{printed}");
    assert!(printed.contains("a test mail to a…@example.com was not taken"), "{printed}");
}

#[tokio::test]
async fn an_outbox_is_a_warning() {
    let database = healthy(Engine::Sqlite).await;
    let config = mailing(&database.url, "url = \"outbox:\"", "");
    let found = bad(findings(&config, &CheckOptions::default()).await);
    only(&found, Level::Warning, &["in memory"]);
}
