//! Mails to look at before anybody gets one.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use minijinja::{AutoEscape, Environment, Value, context};

use super::{StartError, build, texts};
use crate::config::{ApplicationSettings, Settings};
use crate::language::Catalogue;
use crate::mail::{Preview, Samples, previews};
use crate::token::Purpose;

const INDEX: &str = include_str!("preview/index.html");

/// By this line of the index a folder is known as one that a preview was written into.
const MARK: &str = "<meta name=\"generator\" content=\"regain mail preview\">";

/// What was written, and where one begins to read.
pub struct Previewed {
    /// How many mails there are.
    pub mails: usize,
    /// What people know their application as.
    pub title: String,
    /// The page that leads to all of them.
    pub index: PathBuf,
}

/// Writes every kind of mail in every language into a folder, as HTML, as text and as the whole
/// message; with settings, as one of their applications sends them. No secret is read.
///
/// # Errors
/// [`StartError`] when there is no such application, a template or a text cannot be used, or the
/// folder holds something else.
pub fn preview_mails(
    settings: Option<&Settings>,
    app: Option<&str>,
    folder: &Path,
) -> Result<Previewed, StartError> {
    let (samples, texts, templates) = match settings {
        Some(settings) => of_application(settings, app)?,
        None if app.is_some() => {
            return Err(StartError::setting(
                "--app",
                "names an application of a configuration, and there is none",
                "name its file by --config",
            ));
        }
        None => (Samples::default(), texts::embedded()?, None),
    };
    let mails = previews(&samples, texts, templates)
        .map_err(|error| StartError::Failed(error.to_string()))?;
    let page = index(&samples.title, &mails)?;
    ours_or_empty(folder)?;
    // First, so that a folder that was not filled to the end is known again.
    write(&folder.join("index.html"), page.as_bytes())?;
    for mail in &mails {
        let path = folder.join(mail.language.tag()).join(mail.kind);
        write(&path.with_extension("html"), mail.written.html.as_bytes())?;
        write(&path.with_extension("txt"), mail.written.text.as_bytes())?;
        write(&path.with_extension("eml"), &mail.raw)?;
    }
    let index = folder.join("index.html");
    Ok(Previewed { mails: mails.len(), title: samples.title, index })
}

type Source<'a> = (Samples, Arc<Catalogue>, Option<&'a Path>);

fn of_application<'a>(settings: &'a Settings, app: Option<&str>) -> Result<Source<'a>, StartError> {
    let (name, app) = chosen(settings, app)?;
    let texts = texts::of_applications(settings, &texts::embedded()?)?;
    let pages = build::pages(settings, name, app);
    let samples = Samples {
        app: name.to_owned(),
        title: app.name.clone(),
        from: app.mail.from.clone(),
        links: Purpose::ALL
            .into_iter()
            .filter_map(|purpose| Some((purpose, build::link(settings, name, app, purpose)?)))
            .collect(),
        invitation_lifetime: build::invitation_lifetime(app),
        lifetimes: Purpose::ALL.map(|purpose| (purpose, build::lifetime(app, purpose))).into(),
        not_me: build::not_me_link(app, &pages),
        wordings: build::wordings(name, app)?,
    };
    Ok((samples, texts[name].clone(), app.templates.as_deref()))
}

/// The application that is named, or the default one.
fn chosen<'a>(
    settings: &'a Settings,
    app: Option<&str>,
) -> Result<(&'a String, &'a ApplicationSettings), StartError> {
    let name = app.unwrap_or(&settings.default_app);
    settings.apps.get_key_value(name).ok_or_else(|| {
        let names: Vec<_> = settings.apps.keys().cloned().collect();
        let cure = format!("name one of: {}", names.join(", "));
        StartError::setting("--app", format!("names {name:?}, which is no application"), cure)
    })
}

/// A page that leads to every mail.
fn index(title: &str, mails: &[Preview]) -> Result<String, StartError> {
    let failed = |error: minijinja::Error| StartError::Failed(format!("the index: {error:#}"));
    let languages: Vec<Value> = mails
        .chunk_by(|one, other| one.language == other.language)
        .map(|mails| {
            let subjects = mails.iter().map(|mail| {
                context! { kind => mail.kind, subject => &mail.written.subject }
            });
            let language = mails[0].language;
            context! {
                tag => language.tag(), dir => language.direction(),
                mails => subjects.collect::<Vec<_>>(),
            }
        })
        .collect();
    let mut templates = Environment::new();
    templates.set_auto_escape_callback(|_| AutoEscape::Html);
    templates.render_named_str("index.html", INDEX, context! { title, languages }).map_err(failed)
}

/// A folder that something else is in is left alone.
fn ours_or_empty(folder: &Path) -> Result<(), StartError> {
    let ours = || {
        let index = fs::read_to_string(folder.join("index.html"));
        index.is_ok_and(|index| index.contains(MARK))
    };
    match fs::read_dir(folder).map(|mut entries| entries.next().is_none()) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(unusable(folder, &error)),
        Ok(empty) if empty || ours() => Ok(()),
        Ok(_) => Err(StartError::Failed(format!(
            "{} is not empty, and what is in it is no preview\n    name a new folder, or one that a \
             preview was written into",
            folder.display()
        ))),
    }
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), StartError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder).map_err(|error| unusable(folder, &error))?;
    fs::write(path, bytes).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> StartError {
    StartError::Failed(format!(
        "{}: {error}\n    name a folder that is yours, or that can be made",
        path.display()
    ))
}
