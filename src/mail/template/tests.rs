//! What mails say, and what a mistake in a template is told as.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::*;
use crate::language::Language;
use crate::recovery::{Client, LinkMail};
use crate::token::Purpose;

fn letter(name: Option<&str>, message: Message) -> Letter {
    Letter {
        app: "shop".to_owned(),
        to: "ada@example.com".to_owned(),
        display_name: name.map(str::to_owned),
        username: None,
        language: Language::English,
        id: "mail-1".to_owned(),
        reference: "req-1".to_owned(),
        attempt: 1,
        now: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
        message,
        wording: None,
    }
}

fn reset() -> Message {
    Message::Link {
        kind: LinkMail::PasswordReset,
        link: Zeroizing::new("https://a.example/reset/eyJ1IjoiMSJ9.a0oHgA.c2ln".to_owned()),
        lifetime: Duration::from_mins(30),
    }
}

fn changed() -> Message {
    Message::PasswordChanged {
        at: OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap(),
        client: Client::of_user_agent("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"),
        not_me: "https://a.example/a/shop/not-me".to_owned(),
    }
}

fn templates(folder: Option<&Path>) -> Result<Templates, MailConfigError> {
    Templates::new(Arc::new(Catalogue::embedded().unwrap()), folder)
}

fn write(name: Option<&str>, message: Message, title: &str) -> Written {
    templates(None).unwrap().write(&letter(name, message), title).unwrap()
}

#[test]
fn a_reset_mail_reads_well() {
    let mail = write(Some("Ada"), reset(), "Example & Sons");
    insta::assert_snapshot!(mail.subject, @"Choose a new password for Example & Sons");
    insta::assert_snapshot!("password_reset_text", mail.text);
    insta::assert_snapshot!("password_reset_html", mail.html);
}

#[test]
fn a_notice_reads_well_and_holds_no_secret() {
    let mail = write(None, changed(), "Example");
    insta::assert_snapshot!(mail.subject, @"Your password for Example was changed");
    insta::assert_snapshot!("password_changed_text", mail.text);
    assert!(mail.html.contains("https://a.example/a/shop/not-me\""));
}

#[test]
fn a_notice_of_an_issued_link_reads_well_in_every_language_and_holds_no_link() {
    let templates = templates(None).unwrap();
    let at = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
    let mut texts = String::new();
    for language in Language::all() {
        for purpose in [Purpose::PasswordReset, Purpose::Login, Purpose::EmailConfirmation] {
            let expires_at = at + Duration::from_hours(72);
            let message = Message::LinkIssued { purpose, at, expires_at };
            let notice = Letter { language, ..letter(Some("Ada"), message) };
            let mail = templates.write(&notice, "Example").unwrap();
            assert!(!mail.text.contains("http") && !mail.html.contains("href"), "{purpose:?}");
            let (tag, purpose) = (language.tag(), purpose.name());
            write!(texts, "{tag} {purpose}: {}\n\n{}\n", mail.subject, mail.text).unwrap();
        }
    }
    insta::assert_snapshot!("link_issued_texts", texts);
}

#[test]
fn a_test_mail_says_what_it_is_and_holds_no_link() {
    let mail = write(None, Message::Test, "Example");
    insta::assert_snapshot!(mail.subject, @"A test mail of Example");
    assert!(mail.text.contains("sent this for Example on January 15, 2027 at 8:00\u{202f}AM UTC"));
    assert!(!mail.text.contains("http") && !mail.html.contains("href"));
}

#[test]
fn every_mail_in_every_language_says_in_its_text_what_its_html_says() {
    let templates = templates(None).unwrap();
    let samples = Samples::default();
    for sample in samples.letters() {
        let mail = templates.write(&sample, &samples.title).unwrap();
        let (language, kind) = (sample.language, sample.message.kind());
        assert!(mail.html.contains(&format!("lang=\"{}\"", language.tag())), "{kind}");
        assert!(mail.html.contains(&format!("dir=\"{}\"", language.direction())), "{kind}");
        assert!(!mail.subject.is_empty() && !mail.subject.contains(['{', '}']), "{kind}");
        assert!(!mail.html.contains("src=") && !mail.html.contains("url("), "nothing remote");
        let escaped = |line: &str| {
            let line = line.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            line.replace('"', "&quot;").replace('\'', "&#x27;")
        };
        for line in mail.text.lines().map(|line| line.trim_end_matches(':').trim()) {
            let there = mail.html.contains(line) || mail.html.contains(&escaped(line));
            assert!(there, "{} {kind}: {line}\n{}", language.tag(), mail.html);
        }
    }
}

#[test]
fn a72_names_are_never_links_markup_or_code() {
    for name in [
        "<a href=\"https://evil.example\">x</a>",
        "http://evil.example",
        "evil.example",
        "www.evil.example",
        "{{7*7}}",
        "{% include \"layout.html\" %}",
        "{ $title }",
        "a@b.example",
        "x/../y",
        "49 {{ link }}",
    ] {
        let mail = write(Some(name), reset(), "Example");
        for text in [&mail.text, &mail.html] {
            assert!(!text.contains("evil") && !text.contains("49"), "{name}: {text}");
            assert!(text.contains("Hello,"), "{name}: {text}");
        }
    }
    for name in ["Ada", "Ada Lovelace", "Mr. Ada", "Ada B. C.", "Žofie", "李"] {
        assert!(write(Some(name), reset(), "E").text.contains(&format!("Hello {name},")));
    }
}

#[test]
fn a70_line_breaks_in_names_stay_on_one_line() {
    for broken in [
        "Shop\r\nBcc: eve@evil.example",
        "Shop\u{2028}x",
        "Shop\u{85}x",
        "Shop\0x",
        "Shop\u{202e}x",
    ] {
        let subject = write(Some("Ada\r\nX: y"), reset(), broken).subject;
        assert!(
            !subject.contains(['\r', '\n', '\u{2028}', '\u{85}', '\0', '\u{202e}']),
            "{subject}"
        );
    }
}

#[test]
fn html_escapes_what_the_operator_named() {
    let mail = write(None, reset(), "<b>\"Shop\"</b>");
    assert!(mail.html.contains("&lt;b&gt;") && !mail.html.contains("<b>"));
}

/// A folder with one template in it.
fn folder(name: &str, source: &str) -> PathBuf {
    let unique = format!("regain-templates-{}-{:x}", std::process::id(), source.len());
    let folder = std::env::temp_dir().join(unique + &name.replace('/', "-"));
    let file = folder.join("mail").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(file, source).unwrap();
    folder
}

fn refused(name: &str, source: &str) -> String {
    let folder = folder(name, source);
    let error = templates(Some(&folder)).err().unwrap().to_string();
    std::fs::remove_dir_all(&folder).unwrap();
    error.replace(&*folder.join("mail").to_string_lossy(), "FOLDER")
}

#[test]
fn an_operators_template_stands_for_ours_and_keeps_all_others() {
    let folder = folder("password_reset/subject.txt", "Hurry up, { it is {{ title }}");
    let templates = templates(Some(&folder)).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let mail = templates.write(&letter(None, reset()), "Example").unwrap();
    assert_eq!(mail.subject, "Hurry up, { it is Example");
    assert!(mail.html.contains("Choose a new password"));
}

#[test]
fn a_mistake_in_a_template_is_told_at_the_start_with_file_and_line() {
    let body = "password_reset/body";
    let unknown =
        refused(&format!("{body}.txt"), "{{ greeting }}\n{% if 0 %}{{ user }}{% endif %}");
    insta::assert_snapshot!(unknown, @r#"
    FOLDER/password_reset/body.txt, line 2: there is no "user"
        there are lang, dir, title, subject, greeting, link, href, t
    "#);
    let entry = refused(&format!("{body}.html"), "\n{{ t('password-reset-intor') }}");
    insta::assert_snapshot!(entry, @r#"
    FOLDER/password_reset/body.html, line 2: there is no text "password-reset-intor"; did you mean "password-reset-intro"?
    "#);
    let far = refused(&format!("{body}.html"), "{{ t('zzz') }}");
    insta::assert_snapshot!(far, @r#"
    FOLDER/password_reset/body.html, line 1: there is no text "zzz"
    "#);
    insta::assert_snapshot!(refused("layout.html", "\n{{ t('helo') }}"), @r#"
    FOLDER/layout.html, line 2: there is no text "helo"; did you mean "hello"?
    "#);
    insta::assert_snapshot!(refused("link.txt", "\n{{ t('helo') }}"), @r#"
    FOLDER/link.txt, line 2: there is no text "helo"; did you mean "hello"?
    "#);
    insta::assert_snapshot!(refused("layout.html", "{% block %}"), @r#"
    FOLDER/layout.html, line 1: syntax error: unexpected end of block, expected identifier
    "#);
    let stranger = refused("password_reset/body.htm", "x");
    assert!(stranger.starts_with("FOLDER/password_reset/body.htm: is no template\n    there are"));
}

#[test]
fn a_template_that_leaves_the_link_out_is_refused_with_file_and_cure() {
    let reset = "password_reset/body";
    insta::assert_snapshot!(refused(&format!("{reset}.html"), "Hallo {{ title }}"), @r#"
    FOLDER/password_reset/body.html: the mail "password_reset" does not hold its link (seen in "en")
        write {{ href }}, or extend "link.html"
    "#);
    insta::assert_snapshot!(refused(&format!("{reset}.txt"), "hi"), @r#"
    FOLDER/password_reset/body.txt: the mail "password_reset" does not hold its link (seen in "en")
        write {{ link }}, or extend "link.txt"
    "#);
    insta::assert_snapshot!(refused("password_changed/body.txt", "hi"), @r#"
    FOLDER/password_changed/body.txt: the mail "password_changed" does not hold its link (seen in "en")
        write {{ link }}
    "#);
    let german = "{% if lang != 'de' %}{{ link }}{% endif %}";
    insta::assert_snapshot!(refused("link.txt", german), @r#"
    FOLDER/link.txt: the mail "password_reset" does not hold its link (seen in "de")
        write {{ link }}
    "#);
    let ours = refused("layout.html", "{{ greeting }}");
    assert!(ours.starts_with("FOLDER/layout.html: the mail \"password_reset\""), "{ours}");
    for kind in ["password_reset", "email_confirmation", "login_link", "invitation"] {
        for (part, cure) in [("html", "{{ href }}"), ("txt", "{{ link }}")] {
            let said = refused(&format!("{kind}/body.{part}"), "hi");
            assert!(said.contains(kind) && said.contains(cure), "{said}");
        }
    }
}

#[test]
fn a_template_may_write_the_link_as_it_likes() {
    for (name, source) in [
        ("password_reset/body.html", "<a href=\"{{ link }}\">{{ title }}</a>"),
        ("password_reset/body.html", "<a href='{{ href }}'>{{ title }}</a>"),
        ("password_reset/body.txt", "<{{ link }}>"),
        ("test/body.txt", "hi"),
    ] {
        let folder = folder(name, source);
        let made = templates(Some(&folder)).map(|_| ());
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(made.is_ok(), "{source}: {:?}", made.err());
    }
}

#[test]
fn what_a_mounted_folder_keeps_for_itself_is_passed_over() {
    let folder = folder("..data/password_reset/body.htm", "as Kubernetes mounts a ConfigMap");
    let made = templates(Some(&folder)).map(|_| ());
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(made.is_ok(), "{:?}", made.err());
}
