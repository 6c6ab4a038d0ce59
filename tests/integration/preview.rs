//! `regain mail preview`: what it writes, and what it writes over.

use std::path::{Path, PathBuf};

use crate::harness::{Folder, SECRET};
use crate::process::command;

async fn preview(folder: &Path, more: &[&str]) -> (Option<i32>, String, String) {
    command(&[&["mail", "preview", folder.to_str().unwrap()], more].concat()).await
}

/// A configuration with these applications in it. Its password is nowhere: it is not read.
fn configuration(folder: &Folder, apps: &str) -> String {
    let text = format!(
        r#"
        public_url = "https://accounts.example.com"
        default_app = "shop"
        keys = {{ signing = "one", secrets = {{ one = "{SECRET}" }} }}
        mail.providers.main.url = "smtps://mailer@mail.example.com"
        mail.providers.main.password.file = "/nowhere"
        {apps}
        "#
    );
    let path = folder.0.join("regain.toml");
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

fn shop(more: &str) -> String {
    format!(
        r#"
        [apps.shop]
        name = "The Shop"
        mail = {{ provider = "main", from = "The Shop <hello@shop.example>" }}
        users.database = {{ file = "/nowhere" }}
        {more}
        "#
    )
}

fn read(folder: &Path, name: &str) -> String {
    std::fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[tokio::test]
async fn every_mail_in_every_language_is_there_and_the_index_leads_to_each() {
    let folder = Folder::new();
    let to = folder.0.join("new").join("mails");
    let (code, output, errors) = preview(&to, &[]).await;
    assert_eq!(code, Some(0), "{errors}");
    let said = format!("84 mails of Example: open {}", to.join("index.html").display());
    assert_eq!(output.trim_end(), said);

    let index = read(&to, "index.html");
    let written = files(&to);
    assert_eq!(written.len(), 1 + 84 * 3);
    for file in written.iter().map(|file| file.strip_prefix(&to).unwrap().to_str().unwrap()) {
        assert!(file == "index.html" || index.contains(&format!("href=\"{file}\"")), "{file}");
    }
    assert!(read(&to, "de/password_reset.html").contains("Example"));
    assert!(read(&to, "ar/password_changed.html").contains("dir=\"rtl\""));
    assert!(read(&to, "en/login_link.eml").contains("\r\nSubject: Your link to log in to Example"));
}

#[tokio::test]
async fn with_a_configuration_the_mails_are_those_of_its_application() {
    let folder = Folder::new();
    let templates = folder.0.join("templates");
    std::fs::create_dir_all(templates.join("mail/password_reset")).unwrap();
    std::fs::create_dir_all(templates.join("languages")).unwrap();
    std::fs::write(templates.join("mail/password_reset/subject.txt"), "Psst, {{ title }}").unwrap();
    std::fs::write(templates.join("languages/de.ftl"), "password-reset-button = Los").unwrap();
    let more = format!(
        "templates = \"{}\"\nlifetimes.password_reset = \"2h\"\n\
         links.password_reset = \"https://shop.example/new#{{token}}\"",
        templates.display()
    );
    let config = configuration(&folder, &shop(&more));

    let to = folder.0.join("mails");
    let (code, _, errors) = preview(&to, &["--config", &config]).await;
    assert_eq!(code, Some(0), "{errors}");
    let mail = read(&to, "de/password_reset.eml");
    assert!(mail.contains("From: \"The Shop\" <hello@shop.example>\r\n"), "{mail}");
    assert!(mail.contains("Subject: Psst, The Shop\r\n"), "{mail}");
    let text = read(&to, "de/password_reset.txt");
    assert!(text.contains("\nLos\n") && text.contains("https://shop.example/new#eyJ1"), "{text}");
    assert!(read(&to, "en/password_reset.txt").contains("for the next 2 hours"));
    let notice = read(&to, "en/password_changed.txt");
    assert!(notice.contains("https://accounts.example.com/a/shop/not-me"), "{notice}");

    std::fs::write(templates.join("mail/password_reset/body.txt"), "\n{{ nothing }}").unwrap();
    let (code, _, errors) = preview(&to, &["--config", &config]).await;
    assert_eq!(code, Some(1));
    assert!(
        errors.contains("password_reset/body.txt, line 2: there is no \"nothing\""),
        "{errors}"
    );
}

#[tokio::test]
async fn of_several_applications_it_is_the_default_one_or_the_one_that_is_named() {
    let folder = Folder::new();
    let club = shop("").replace("apps.shop", "apps.club").replace("The Shop", "The Club");
    let config = configuration(&folder, &(shop("") + &club));
    let to = folder.0.join("mails");
    for (more, said) in [
        (&["--config", &config, "--app", "bar"][..], "name one of: club, shop"),
        (&["--app", "shop"], "name its file by --config"),
    ] {
        let (code, _, errors) = preview(&to, more).await;
        assert_eq!(code, Some(1), "{errors}");
        assert!(errors.contains(said), "{errors}");
        assert!(!to.exists(), "nothing is written");
    }
    let (_, output, _) = preview(&to, &["--config", &config]).await;
    assert!(output.starts_with("84 mails of The Shop: "), "{output}");
    let (_, output, _) = preview(&to, &["--config", &config, "--app", "club"]).await;
    assert!(output.starts_with("84 mails of The Club: "), "{output}");
}

#[tokio::test]
async fn a_preview_is_written_over_and_what_is_none_is_left_alone() {
    let folder = Folder::new();
    let to = folder.0.join("mails");
    assert_eq!(preview(&to, &[]).await.0, Some(0));
    std::fs::write(to.join("en/test.html"), "changed").unwrap();
    assert_eq!(preview(&to, &[]).await.0, Some(0), "a second time");
    assert_ne!(read(&to, "en/test.html"), "changed");

    let mine = Folder::new();
    std::fs::write(mine.0.join("index.html"), "<p>My own").unwrap();
    let (code, _, errors) = preview(&mine.0, &[]).await;
    assert_eq!(code, Some(1));
    assert!(errors.contains("is not empty") && errors.contains("name a new folder"), "{errors}");
    assert_eq!(files(&mine.0).len(), 1);
    assert_eq!(read(&mine.0, "index.html"), "<p>My own");

    let (code, _, errors) = preview(&mine.0.join("index.html"), &[]).await;
    assert!(code == Some(1) && errors.contains("name a folder"), "{errors}");
}
