//! Mail over the wire: a real server with TLS and authentication, aiosmtpd, at the other end.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use regain::config::{ProviderSettings, Settings};
use serde_json::{Value, json};

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Folder, Regain, read_mails};
use crate::people::{Person, database, hash, person};
use crate::python;

/// A mail server of a test's own, ended with it.
pub struct MailServer {
    pub port: u16,
    pub ca: PathBuf,
    pub mail: PathBuf,
    process: Child,
    _folder: Folder,
}

impl MailServer {
    /// Starts one that wants a login, with these options; `None` where Python is left out.
    pub fn start(more: &Value) -> Option<Self> {
        let python = python::interpreter()?;
        let folder = Folder::new();
        let mut options = json!({ "dir": folder.0, "user": "mailer", "password": "s3cret" });
        options.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let mut process = Command::new(python)
            .args(["tests/python/smtp_server.py", "--options-from-stdin"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the mail server starts");
        writeln!(process.stdin.take().unwrap(), "{options}").unwrap();
        let mut line = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let said: Value = serde_json::from_str(&line).expect("the mail server says where it is");
        let path = |name: &str| PathBuf::from(said[name].as_str().unwrap());
        let port = said["port"].as_u64().unwrap().try_into().unwrap();
        Some(Self { port, ca: path("ca"), mail: path("mail"), process, _folder: folder })
    }

    /// Ends it before its time.
    pub fn stop(&self) {
        let id = self.process.id().to_string();
        assert!(Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
    }

    /// What came with each mail: the envelope, and how the connection was.
    pub fn envelopes(&self) -> Vec<Value> {
        let mut files: Vec<_> = std::fs::read_dir(&self.mail)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|end| end == "json"))
            .collect();
        files.sort();
        let read = |path: PathBuf| serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        files.into_iter().map(read).collect()
    }

    /// A provider that talks to it as it should be talked to.
    pub fn provider(&self, scheme: &str) -> ProviderSettings {
        let text = format!(
            "url = \"{scheme}://mailer@localhost:{}\"\npassword = \"s3cret\"\nca = \"{}\"\n\
             timeout = \"2s\"",
            self.port,
            self.ca.display()
        );
        toml::from_str(&text).unwrap()
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub async fn one_account() -> TestDatabase {
    database(Engine::Sqlite, &[person("ada@example.com")]).await
}

/// A service whose mail goes to this provider, and whose clock goes on.
pub async fn mailing_by(users: &TestDatabase, provider: ProviderSettings) -> Regain {
    Regain::start_at(&users.url, regain::clock::Clock::system(), |settings: &mut Settings| {
        settings.mail.providers.insert("files".to_owned(), provider);
    })
    .await
}

/// Asks and waits until nothing is left to be done; whether mail arrived.
pub async fn arrives(server: &MailServer, provider: ProviderSettings) -> bool {
    let users = one_account().await;
    let regain = mailing_by(&users, provider).await;
    regain.ask("ada@example.com").await;
    for _attempt in 0..40 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        if !server.envelopes().is_empty() {
            return true;
        }
    }
    regain.until_ready_says("degraded").await;
    false
}

#[tokio::test]
async fn a_reset_by_a_mail_that_went_over_tls_and_a_login_works_on_each_database() {
    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let Some(server) = MailServer::start(&json!({ "mode": mode })) else { return };
        for engine in engines() {
            let ada = Person { name: Some("Åda 🦀".to_owned()), ..person("ada@example.com") };
            let users = database(engine, &[ada]).await;
            let regain = mailing_by(&users, server.provider(scheme)).await;
            let before = server.envelopes().len();
            regain.ask("ada@example.com").await;
            regain.worked().await;

            let envelopes = server.envelopes();
            assert_eq!(envelopes.len(), before + 1, "{mode} {engine:?}");
            let expected = json!({
                "mail_from": "no-reply@example.com", "rcpt_tos": ["ada@example.com"],
                "tls": true, "authenticated": "mailer",
            });
            assert_eq!(envelopes[before], expected, "{mode} {engine:?}");
            let mail = read_mails(&server.mail).pop().unwrap();
            assert_eq!(mail.to, "ada@example.com");
            assert!(mail.text.contains("Hello Åda 🦀"), "{}", mail.text);
            let read = python::run(&["tests/python/read_mail.py"], &mail.raw);
            let (_, read) = read.expect("Python is there");
            let read: Value = serde_json::from_str(&read).unwrap();
            assert_eq!(read["defects"], json!([]), "{read}");
            assert_eq!(read["text"].as_str().map(str::trim), Some(mail.text.trim()));

            let done = regain.complete(&mail.token(), "a new passphrase").await;
            assert_eq!(done.status, 200, "{mode} {engine:?} {done:?}");
            python::verify_argon2(&hash(&users, 1).await, "a new passphrase");
            regain.worked().await;
            assert_eq!(server.envelopes().len(), before + 2, "and the notice came");
        }
    }
}

#[tokio::test]
async fn a73_without_starttls_or_with_a_bad_certificate_nothing_is_sent_and_never_in_clear() {
    let stripped = json!({ "no_starttls": true, "user": null });
    let Some(server) = MailServer::start(&stripped) else { return };
    assert!(!arrives(&server, server.provider("smtp+starttls")).await, "STARTTLS was stripped");

    let server = MailServer::start(&json!({ "wrong_host": true })).unwrap();
    assert!(!arrives(&server, server.provider("smtp+starttls")).await, "another host's name");

    for (mode, scheme) in [("starttls", "smtp+starttls"), ("tls", "smtps")] {
        let server = MailServer::start(&json!({ "mode": mode })).unwrap();
        let stranger = ProviderSettings { ca: None, ..server.provider(scheme) };
        assert!(!arrives(&server, stranger).await, "an authority that nobody named");
        assert!(
            arrives(&server, server.provider(scheme)).await,
            "the same server, as it should be"
        );
    }
}

#[tokio::test]
async fn what_a_mail_server_refuses_for_now_is_sent_again_and_what_it_refuses_is_not() {
    for refusal in
        [json!({ "reject_rcpt": 451, "refusals": 2 }), json!({ "reject_data": 452, "refusals": 2 })]
    {
        let Some(server) = MailServer::start(&refusal) else { return };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        regain.ask("ada@example.com").await;
        regain.worked().await;
        assert_eq!(server.envelopes().len(), 1, "{refusal}: it was sent in the end, once");
        let token = read_mails(&server.mail).pop().unwrap().token();
        assert_eq!(regain.inspect(&token).await.status, 200, "{refusal}");
    }
    for refusal in
        [json!({ "reject_rcpt": 550, "refusals": 1 }), json!({ "reject_data": 554, "refusals": 1 })]
    {
        let Some(server) = MailServer::start(&refusal) else { return };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        regain.until_ready_says("ready").await;
        let before = regain.get("/readyz").await;
        regain.ask("ada@example.com").await;
        regain.worked().await;
        assert_eq!(server.envelopes().len(), 0, "{refusal}: it was not tried again");
        let after = regain.get("/readyz").await;
        assert_eq!(before, after, "A46: a mail that failed does not show that there was one");
    }
}

#[tokio::test]
async fn a_mail_server_that_is_silent_or_knows_another_password_is_tried_again() {
    let silent = json!({ "delay": 3600, "delay_at": "connect" });
    let other_password = json!({ "password": "another" });
    for options in [silent, other_password] {
        let Some(server) = MailServer::start(&options) else { return };
        let users = one_account().await;
        let regain = mailing_by(&users, server.provider("smtp+starttls")).await;
        regain.ask("ada@example.com").await;
        tokio::time::sleep(Duration::from_secs(3)).await;
        assert_eq!(regain.service.queue.unfinished(), 1, "{options}: the job still waits");
        regain.until_ready_says("degraded").await;
        assert!(server.envelopes().is_empty());
    }
}
