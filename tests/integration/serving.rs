//! The life of a process, and what it lets out.

use std::time::Duration;

use serde_json::json;

use crate::databases::Engine;
use crate::harness::{Folder, SECRET, client, read_mails};
use crate::people::{Person, database, person};
use crate::process::{Process, command};
use crate::python;

const CHEAP: &str = "hashing = { argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";

#[tokio::test]
async fn on_sigterm_every_accepted_mail_is_still_sent_and_the_exit_code_is_zero() {
    let people: Vec<_> = (0..200).map(|n| person(&format!("p{n}@example.com"))).collect();
    let users = database(Engine::Sqlite, &people).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, CHEAP).await;
    for n in 0..200 {
        let body = json!({ "identifier": format!("p{n}@example.com") });
        assert_eq!(process.post("password-resets", &body).await.status, 202);
    }
    process.signal("-TERM");
    let (code, log) = process.ended().await;
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(read_mails(&folder.0).len(), 200);
    assert!(log.contains("\"stopped\""), "{log}");
}

#[tokio::test]
async fn a51_a_proxy_that_writes_the_other_header_or_none_is_told_of_once_with_the_cure() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let folder = Folder::new();
    let trusting = format!("{CHEAP}\ntrusted_proxies = [\"127.0.0.1/32\"]");
    let process = Process::start(&folder, &users.url, &trusting).await;
    let ask = async |header: &str, value: &str| {
        let request = client().post(format!("{}/v1/apps/default/password-resets", process.url));
        let request = request.header("content-type", "application/json").header(header, value);
        let body = json!({ "identifier": "ada@example.com" }).to_string();
        assert_eq!(request.body(body).send().await.unwrap().status(), 202);
    };
    let (other, none) = ("a trusted peer has only the header", "a trusted peer does not say who");
    ask("x-forwarded-for", "203.0.113.9").await;
    for _ in 0..2 {
        ask("forwarded", "for=203.0.113.9").await;
        ask("x-real-ip", "203.0.113.9").await;
    }
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    let told = |what: &str| log.lines().filter(|line| line.contains(what)).collect::<Vec<_>>();
    let (other, none) = (told(other), told(none));
    assert_eq!((other.len(), none.len()), (1, 1), "{log}");
    assert!(other[0].contains("say proxy_header = \\\"forwarded\\\""), "{log}");
    assert!(none[0].contains("let it write x-forwarded-for"), "{log}");
}

#[tokio::test]
async fn a6_a80_the_log_holds_no_token_password_key_or_full_address() {
    let users = database(Engine::Sqlite, &[person("canary.ada@example.com")]).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, CHEAP).await;
    let body = json!({ "identifier": "canary.ada@example.com" });
    process.post("password-resets", &body).await;
    // A name may hold quotes and braces, and is logged masked.
    let injected = json!({ "identifier": "\"} {\"level\":\"ERROR\",\"canary.eve\":\"" });
    assert_eq!(process.post("password-resets", &injected).await.status, 202);
    let token = loop {
        tokio::time::sleep(Duration::from_millis(25)).await;
        if let Some(mail) = read_mails(&folder.0).first() {
            break mail.token();
        }
    };
    let http = client();
    for path in [format!("/a/default/reset/{token}"), format!("/v1/nothing?token={token}")] {
        http.get(format!("{}{path}", process.url)).send().await.unwrap();
    }
    process.complete(&token, "short").await;
    process.complete(&token, "canary passphrase").await;
    process.complete(&token, "canary passphrase").await;
    process.signal("-TERM");
    let (_, log) = process.ended().await;
    assert!(log.contains("c…@example.com"), "addresses are masked: {log}");
    let signature = token.rsplit('.').next().unwrap();
    for secret in ["canary.ada", "canary.eve", "canary pass", &token, signature, SECRET, "fake@"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
    for line in log.lines() {
        let parsed = serde_json::from_str::<serde_json::Value>(line);
        assert!(parsed.is_ok(), "every line is one JSON object: {line}");
    }
}

#[tokio::test]
async fn itsdangerous_reads_the_token_in_the_mail_of_a_serving_process() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, CHEAP).await;
    process.post("password-resets", &json!({ "identifier": "ada@example.com" })).await;
    process.signal("-TERM");
    process.ended().await;
    let token = read_mails(&folder.0)[0].token();
    let script = "import hashlib, json, sys\n\
        from itsdangerous import URLSafeTimedSerializer\n\
        given = json.load(sys.stdin)\n\
        s = URLSafeTimedSerializer(given['secret'], salt='default/recover-key', \
        signer_kwargs={'digest_method': hashlib.sha256, 'key_derivation': 'hmac'})\n\
        print(json.dumps(s.loads(given['token'], max_age=60)))";
    let input = json!({ "secret": SECRET, "token": token }).to_string();
    if let Some((read, output)) = python::run(&["-c", script], &input) {
        assert!(read, "{output}");
        let claims: serde_json::Value = serde_json::from_str(&output).unwrap();
        assert_eq!(claims["u"], "1");
        assert_eq!(claims["f"].as_str().map(str::len), Some(22));
    }
}

#[tokio::test]
async fn an_operator_issues_and_inspects_tokens_and_checks_health_by_command() {
    let unconfirmed = Person { confirmed: false, ..person("una@example.com") };
    let users = database(Engine::Sqlite, &[person("ada@example.com"), unconfirmed]).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, CHEAP).await;
    let config = process.config.to_str().unwrap().to_owned();

    let purpose = ["--app", "default", "--purpose", "password-reset", "--config", &config];
    let issue = [&["token", "issue", "--user", "1"], &purpose[..]].concat();
    let (code, output, errors) = command(&issue).await;
    assert_eq!(code, Some(0), "{errors}");
    let token = output.split_whitespace().find(|word| word.matches('.').count() == 2).unwrap();
    let token = token.rsplit('/').next().unwrap();
    let inspect = [&["token", "inspect", token], &purpose[..]].concat();
    let (code, output, errors) = command(&inspect).await;
    assert!(code == Some(0) && output.contains("valid"), "{output} {errors}");
    assert_eq!(process.complete(token, "a new passphrase").await.unwrap().status, 200);
    assert_ne!(command(&inspect).await.0, Some(0), "a spent token is not valid");

    // A purpose that the application has no links for is refused with those that it has.
    let login = ["token", "issue", "--user", "1", "--app", "default", "--purpose", "login"];
    let (code, _, errors) = command(&[&login[..], &["--config", &config]].concat()).await;
    assert!(code != Some(0) && errors.contains("issue one of: password-reset"), "{errors}");
    let text = std::fs::read_to_string(&process.config).unwrap();
    let switched_on = text
        .replace("[apps.default]", "[apps.default]\nlogin_links = true\nlinks.login = \"https://app.example.com/in#{token}\"\nlifetimes.login = \"30m\"")
        .replace("[apps.default.users]", "[apps.default.users]\nlast_login = \"last_login\"");
    let own = folder.0.join("login.toml");
    std::fs::write(&own, switched_on).unwrap();
    let own = own.to_str().unwrap();
    for (purpose, user) in [("login", "1"), ("email-confirmation", "2")] {
        let of = ["--app", "default", "--purpose", purpose, "--config", own];
        let (code, output, errors) =
            command(&[&["token", "issue", "--user", user], &of[..]].concat()).await;
        assert_eq!(code, Some(0), "{purpose} {errors}");
        let token = output.split_whitespace().find(|word| word.matches('.').count() == 2).unwrap();
        let (code, output, errors) =
            command(&[&["token", "inspect", token], &of[..]].concat()).await;
        let valid = output.contains(&format!("valid: user {user}"));
        assert!(code == Some(0) && valid, "{purpose} {errors}");
    }

    let health = format!("{}/readyz", process.url);
    assert_eq!(command(&["healthcheck", "--url", &health]).await.0, Some(0));
    process.signal("-TERM");
    process.ended().await;
    assert_ne!(command(&["healthcheck", "--url", &health]).await.0, Some(0));
}

#[tokio::test]
async fn unsafe_settings_refuse_to_start_and_say_the_cure() {
    let folder = Folder::new();
    let config = folder.0.join("regain.toml");
    let write = |public_url: &str, secret: &str, provider: &str, database: &str| {
        let text = format!(
            r#"
            listen = "127.0.0.1:0"
            public_url = "{public_url}"
            keys = {{ signing = "one", secrets = {{ one = "{secret}" }} }}
            mail.providers.main.url = "{provider}"
            [apps.default]
            name = "Example"
            mail = {{ provider = "main", from = "Example <no-reply@example.com>" }}
            users.database = "{database}"
            "#
        );
        std::fs::write(&config, text).unwrap();
    };
    let good = ("https://accounts.example.com", SECRET, "outbox:", "sqlite::memory:");
    let cases = [
        ("http://accounts.example.com", good.1, good.2, good.3, "https"),
        (good.0, "short", good.2, good.3, "regain key new"),
        (good.0, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", good.2, good.3, "regain key new"),
        (good.0, good.1, "smtp://mail.example.com:25", good.3, "starttls"),
        (good.0, good.1, good.2, "postgres://db.example.com/x?sslmode=disable", "tls"),
    ];
    for (public_url, secret, provider, database, cure) in cases {
        write(public_url, secret, provider, database);
        let serve = ["serve", "--config", config.to_str().unwrap()];
        let (code, _, errors) = command(&serve).await;
        assert!(code.is_some_and(|code| code != 0), "{errors}");
        assert!(errors.contains(cure), "{cure} in {errors}");
        assert!(!errors.contains(SECRET), "{errors}");
    }
}

#[tokio::test]
async fn a_folder_of_templates_that_is_not_there_or_holds_something_else_is_refused_at_the_start() {
    let users = database(Engine::Sqlite, &[]).await;
    let folder = Folder::new();
    let process = Process::start(&folder, &users.url, CHEAP).await;
    let text = std::fs::read_to_string(&process.config).unwrap();
    let own = folder.0.join("own");
    std::fs::create_dir_all(own.join("mails/password_reset")).unwrap();
    for (templates, said) in [
        (folder.0.join("nowhere"), "there is no such folder"),
        (own.clone(), "\"mails\", which is neither"),
    ] {
        let section = format!("[apps.default]\ntemplates = \"{}\"", templates.display());
        let config = folder.0.join("templates.toml");
        std::fs::write(&config, text.replace("[apps.default]", &section)).unwrap();
        let (code, _, errors) = command(&["serve", "--config", config.to_str().unwrap()]).await;
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains("apps.default.templates") && errors.contains(said), "{errors}");
    }
}
