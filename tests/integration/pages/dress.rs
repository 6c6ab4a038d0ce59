//! How an operator has the pages look.

use std::fmt::Write as _;
use std::path::Path;

use super::{ADA, assert_guarded};
use crate::browser::{Browser, between};
use crate::databases::Engine;
use crate::harness::{Folder, Regain, answer, settings};
use crate::people::{database, person};
use regain::clock::Clock;
use regain::random::Random;

const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";

fn folder(files: &[(&str, &str)]) -> Folder {
    let folder = Folder::new();
    std::fs::write(folder.0.join("logo.svg"), SVG).unwrap();
    std::fs::write(folder.0.join("own.css"), "h1 { color: rebeccapurple }").unwrap();
    for (name, text) in files {
        std::fs::write(folder.0.join(name), text).unwrap();
    }
    folder
}

/// What a folder of templates is refused with that holds this file.
fn refused(name: &str, text: &str) -> String {
    let folder = Folder::new();
    let path = folder.0.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    let said = refused_with(|app| app.templates = Some(folder.0.clone()));
    said.replace(&folder.0.display().to_string(), "DIR")
}

fn refused_with(change: impl FnOnce(&mut regain::config::ApplicationSettings)) -> String {
    let mut settings = settings("sqlite::memory:", Path::new("/nowhere"));
    change(settings.apps.get_mut("default").unwrap());
    let built = regain::app::Service::build(&settings, Clock::system(), Random::system());
    built.err().expect("it is refused").to_string()
}

#[tokio::test]
async fn logo_colours_stylesheet_and_support_are_the_applications_own() {
    let folder = folder(&[]);
    // Beside what pages need, the folder of templates may hold nothing.
    let templates = Folder::new();
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.name = "Hats & \"Caps\"".to_owned();
        app.pages.logo = Some(folder.0.join("logo.svg"));
        app.pages.stylesheet = Some(folder.0.join("own.css"));
        app.pages.accent = "#7a1f5c".parse().unwrap();
        app.pages.support = Some("mailto:help@example.com".to_owned());
        app.return_to =
            ["https://app.example.com/a", "https://app.example.com/b"].map(str::to_owned).into();
        app.templates = Some(templates.0.clone());
        let mut plain = app.clone();
        (plain.pages, plain.templates) = (regain::config::PagesSettings::default(), None);
        settings.apps.insert("plain".to_owned(), plain);
    })
    .await;
    let page = regain.get("/a/default/reset").await;
    assert_guarded(&page, "dressed");
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.contains("img-src 'self';"), "{policy}");
    assert!(policy.contains("form-action 'self' https://app.example.com;"), "{policy}");
    let body = page.body.replace("&#x2f;", "/");
    assert!(body.contains("alt=\"Hats &amp; &quot;Caps&quot;\""), "{body}");
    assert!(body.contains("href=\"mailto:help@example.com\""), "{body}");

    let sheets: Vec<_> = body.split("rel=\"stylesheet\" href=\"").skip(1).collect();
    let sheets: Vec<_> = sheets.iter().map(|rest| rest.split('"').next().unwrap()).collect();
    assert_eq!(sheets.len(), 2);
    assert!(regain.get(sheets[0]).await.body.contains("--accent:#7a1f5c"));
    assert!(regain.get(sheets[1]).await.body.contains("rebeccapurple"), "ours comes first");

    let logo = between(&body, "<img class=\"logo\" src=\"", "\"").unwrap();
    let picture = regain.get(logo).await;
    assert_eq!(picture.header("content-type"), Some("image/svg+xml"));
    assert_eq!(picture.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
    let policy = picture.header("content-security-policy").unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    assert!(!policy.contains("script-src"), "a script in it does not run: {policy}");
    let tag = picture.header("etag").unwrap();
    let again = regain.http.get(format!("{}{logo}", regain.url)).header("if-none-match", tag);
    let again = answer(again).await;
    assert_eq!((again.status, again.body.as_str()), (304, ""));
    let older = regain.get("/a/default/assets/logo.0123456789abcdef.svg").await;
    assert_eq!((older.status, older.header("cache-control")), (200, Some("no-cache")));
    assert_eq!(regain.get("/a/plain/assets/logo.0123456789abcdef.svg").await.status, 404);
    assert!(!regain.get("/a/plain/reset").await.body.contains("<img"));
}

#[tokio::test]
async fn a_page_of_the_operators_own_stands_for_ours_and_texts_are_theirs_too() {
    let folder = Folder::new();
    std::fs::create_dir(folder.0.join("pages")).unwrap();
    let sent = "{% extends \"layout.html\" %}{% block title %}x{% endblock %}\
                {% block main %}<h1>{{ t(\"sent-heading\") }} at {{ title }}</h1>{% endblock %}";
    std::fs::write(folder.0.join("pages/sent.html"), sent).unwrap();
    std::fs::create_dir(folder.0.join("pages/..data")).unwrap();
    std::fs::create_dir(folder.0.join("languages")).unwrap();
    std::fs::write(folder.0.join("languages/en.ftl"), "sent-heading = Look here\n").unwrap();
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.apps.get_mut("default").unwrap().templates = Some(folder.0.clone());
    })
    .await;
    let browser = Browser::new(&regain);
    let ask = browser.get("/a/default/reset").await;
    let sent = browser.fill_in(&ask, &[("identifier", ADA)]).await;
    assert!(sent.body.contains("<h1>Look here at Example</h1>"), "{}", sent.body);
    assert_guarded(&sent, "the operator's own");
}

#[test]
fn a_mistake_in_a_page_is_told_with_file_and_line_before_anybody_needs_the_page() {
    let mut told = String::new();
    for (name, text) in [
        ("pages/asks.html", ""),
        (
            "pages/ask.html",
            "{% extends \"layout.html\" %}\n{% block main %}\n{{ acount }}{% endblock %}",
        ),
        ("pages/ask.html", "a\n{% if %}"),
        ("pages/done.html", "a\n{{ t(\"no-such-text\") }}"),
        ("pages/done.html", "{{ t(\"refusal-too-short\") }}"),
        ("pages/layout.html", "a\n\n{{ csrf }}"),
        ("pages/problem.html", "{% include \"nothing.html\" %}"),
        ("page/ask.html", ""),
    ] {
        let _ = writeln!(told, "{name}: {}", refused(name, text));
    }
    insta::assert_snapshot!(told, @r#"
    pages/asks.html: DIR/pages/asks.html: is no template
        there are layout.html, mistakes.html, ask.html, sent.html, new_password.html, done.html, button.html, confirmed.html, problem.html
    pages/ask.html: DIR/pages/ask.html, line 3: there is no "acount"
        there are app, csrf, dir, kind, lang, logo, mistakes, path, return_to, script, styles, support, t, title, usernames
    pages/ask.html: DIR/pages/ask.html, line 2: syntax error: unexpected end of block
    pages/done.html: DIR/pages/done.html, line 2: there is no text "no-such-text"
    pages/done.html: DIR/pages/done.html, line 1: the text "refusal-too-short" cannot be filled in: Resolver error: Unknown variable: $min
    pages/layout.html: DIR/pages/layout.html, line 3: there is no "csrf"
        there are app, dir, lang, logo, script, styles, support, t, title
    pages/problem.html: DIR/pages/problem.html, line 1: template not found: tried to include non-existing template 'nothing.html'
    page/ask.html: `apps.default.templates` DIR holds "page", which is neither mail, pages nor languages
        put templates into mail/ and pages/, and texts into languages/
    "#);
}

#[test]
fn pictures_and_stylesheets_that_cannot_be_used_are_refused_with_their_cure() {
    let folder = folder(&[("large.css", &"a{}".repeat(100_000)), ("text.png", "no picture")]);
    let mut told = String::new();
    for (key, name) in
        [("logo", "text.png"), ("logo", "none.png"), ("stylesheet", "large.css"), ("logo", ".")]
    {
        let path = folder.0.join(name);
        let said = refused_with(|app| match key {
            "logo" => app.pages.logo = Some(path),
            _ => app.pages.stylesheet = Some(path),
        });
        let _ = writeln!(told, "{}", said.replace(&folder.0.display().to_string(), "DIR"));
    }
    insta::assert_snapshot!(told, @r#"
    `apps.default.pages.logo` is no picture that pages can show: DIR/text.png
        name a PNG, JPEG, WebP or SVG file
    `apps.default.pages.logo` cannot be read from DIR/none.png: No such file or directory (os error 2)
        name a file that is there and may be read, or leave it out
    `apps.default.pages.stylesheet` is larger than 262144 bytes
        make it smaller
    `apps.default.pages.logo` cannot be read from DIR/.: Is a directory (os error 21)
        name a file that is there and may be read, or leave it out
    "#);
}
