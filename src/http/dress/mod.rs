//! How the pages of an application look: its colours, logo, stylesheet and templates.

mod assets;
mod page;
mod policy;
mod templates;
mod view;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use minijinja::Error;
use poem::{Request, Response};
use thiserror::Error as ThisError;
use url::Url;

use assets::{Asset, Kind};
use policy::Policy;
use templates::Templates;

use crate::config::{ApplicationSettings, Colour, PagesSettings, Settings};
use crate::http::problem::Problem;
use crate::language::{Catalogue, Language};

pub use page::Page;
pub use view::{View, see_other, with_cookies};

const STYLE: &str = include_str!("../pages/templates/style.css");
const SCRIPT: &str = include_str!("../pages/templates/pages.js");

/// Largest file of an operator's own, in bytes.
const MOST_BYTES: u64 = 256 * 1024;

/// The name under which pages of no application load their files: no application can have it.
pub const NEUTRAL: &str = "-";

/// How pages look.
pub struct Dress {
    /// Whether a new password is typed twice.
    pub confirm_password: bool,
    /// Where one logs in.
    pub log_in: Option<String>,
    /// Where people get help.
    pub support: Option<String>,
    /// The templates.
    pub templates: Arc<Templates>,
    /// What pages may load, and where their forms may lead.
    pub policy: Policy,
    style: Asset,
    script: Asset,
    own_style: Option<Asset>,
    logo: Option<Asset>,
}

/// The dresses of all applications, and one for pages that belong to none.
pub struct Dresses {
    neutral: Dress,
    of_apps: BTreeMap<String, Dress>,
}

/// What cannot be worn.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
pub enum DressError {
    /// A setting cannot be used.
    #[error("`{setting}` {problem}\n    {cure}")]
    Setting {
        /// The setting's path.
        setting: String,
        /// What is wrong with it; reads on after the setting.
        problem: String,
        /// What to do.
        cure: &'static str,
    },
    /// A template cannot be used.
    #[error("{place}: {problem}")]
    Template {
        /// File and line.
        place: String,
        /// What is wrong there.
        problem: String,
    },
}

impl DressError {
    pub(super) fn template(path: &Path, problem: impl std::fmt::Display) -> Self {
        Self::Template { place: path.display().to_string(), problem: problem.to_string() }
    }
}

impl Dresses {
    /// The dresses of these settings. Where an application has a folder of its own, every page is
    /// written in every language once, so that a mistake is found now and not when somebody needs
    /// the page.
    ///
    /// # Errors
    /// [`DressError`] for the first thing that cannot be used.
    pub fn new(
        settings: &Settings,
        texts: &BTreeMap<String, Arc<Catalogue>>,
        pages: &[&Page],
    ) -> Result<Self, DressError> {
        let ours = Arc::new(Templates::new(None, pages)?);
        let mut of_apps = BTreeMap::new();
        for (name, app) in &settings.apps {
            let templates = Templates::new(app.templates.as_deref(), pages)?;
            let templates =
                if templates.are_replaced() { Arc::new(templates) } else { ours.clone() };
            let dress = Dress::new(name, app, templates)?;
            if let Some(texts) = texts.get(name).filter(|_| app.templates.is_some()) {
                dress.try_on(name, &app.name, texts, pages)?;
            }
            of_apps.insert(name.clone(), dress);
        }
        let neutral = Dress::plain(&PagesSettings::default(), ours);
        Ok(Self { neutral, of_apps })
    }

    /// The dress of an application's pages, or of pages that belong to none.
    #[must_use]
    pub fn of(&self, app: Option<&str>) -> &Dress {
        app.and_then(|app| self.of_apps.get(app)).unwrap_or(&self.neutral)
    }
}

impl Dress {
    fn plain(pages: &PagesSettings, templates: Arc<Templates>) -> Self {
        Self {
            confirm_password: pages.confirm_password,
            log_in: pages.log_in.clone(),
            support: pages.support.clone(),
            templates,
            policy: Policy::new(false, &[]),
            style: Asset::new("style", Kind::Css, (colours(pages) + STYLE).into_bytes()),
            script: Asset::new("pages", Kind::Script, SCRIPT.as_bytes().to_vec()),
            own_style: None,
            logo: None,
        }
    }

    fn new(
        name: &str,
        app: &ApplicationSettings,
        templates: Arc<Templates>,
    ) -> Result<Self, DressError> {
        let at = |key: &str| format!("apps.{name}.pages.{key}");
        let mut dress = Self::plain(&app.pages, templates);
        if let Some(path) = &app.pages.stylesheet {
            let bytes = read(&at("stylesheet"), path)?;
            if std::str::from_utf8(&bytes).is_err() {
                return Err(DressError::Setting {
                    setting: at("stylesheet"),
                    problem: "is no text".to_owned(),
                    cure: "save it as UTF-8",
                });
            }
            dress.own_style = Some(Asset::new("own", Kind::Css, bytes));
        }
        if let Some(path) = &app.pages.logo {
            let bytes = read(&at("logo"), path)?;
            let kind = Kind::of_picture(&bytes).ok_or_else(|| DressError::Setting {
                setting: at("logo"),
                problem: format!("is no picture that pages can show: {}", path.display()),
                cure: "name a PNG, JPEG, WebP or SVG file",
            })?;
            dress.logo = Some(Asset::new("logo", kind, bytes));
        }
        let targets = app.login_to.iter().chain(&app.return_to);
        let origins: Vec<_> = targets.filter_map(|target| origin(target)).collect();
        dress.policy = Policy::new(dress.logo.is_some(), &origins);
        Ok(dress)
    }

    /// Where the pages' stylesheets are, ours first.
    #[must_use]
    pub fn styles(&self, app: &str) -> Vec<String> {
        [Some(&self.style), self.own_style.as_ref()]
            .into_iter()
            .flatten()
            .map(|style| style.address(app))
            .collect()
    }

    /// Where the script is.
    #[must_use]
    pub fn script(&self, app: &str) -> String {
        self.script.address(app)
    }

    /// Where the logo is, if there is one.
    #[must_use]
    pub fn logo(&self, app: &str) -> Option<String> {
        self.logo.as_ref().map(|logo| logo.address(app))
    }

    /// The file of this dress that a request asks for.
    ///
    /// # Errors
    /// There is none.
    pub fn serve(&self, request: &Request) -> Result<Response, Problem> {
        let ours = [&self.style, &self.script].into_iter();
        assets::serve(ours.chain(&self.own_style).chain(&self.logo), request)
    }

    /// Writes every page in every language, as it may look.
    fn try_on(
        &self,
        name: &str,
        title: &str,
        texts: &Arc<Catalogue>,
        pages: &[&Page],
    ) -> Result<(), DressError> {
        for language in Language::all() {
            let texts = texts.texts(language).with("title", title.to_owned());
            let view = View::new(self, Some(name), title, texts);
            let try_page = |page: &Page| -> Result<(), Error> {
                (page.samples)()
                    .into_iter()
                    .try_for_each(|sample| view.write(page, sample).map(drop))
            };
            pages
                .iter()
                .try_for_each(|page| try_page(page))
                .map_err(|e| self.templates.fault(&e))?;
        }
        Ok(())
    }
}

/// The part of the stylesheet that an application's colours are in.
fn colours(pages: &PagesSettings) -> String {
    let rule = |accent: Colour| {
        let white = accent.contrast(Colour::WHITE) >= accent.contrast(Colour::BLACK);
        let on_accent = if white { Colour::WHITE } else { Colour::BLACK };
        format!(":root{{--accent:{accent};--on-accent:{on_accent}}}")
    };
    let (light, dark) = (rule(pages.accent), rule(pages.accent_of_the_dark()));
    format!("{light}\n@media(prefers-color-scheme:dark){{{dark}}}\n")
}

fn read(setting: &str, path: &Path) -> Result<Vec<u8>, DressError> {
    let refused = |problem: String, cure| {
        let setting = setting.to_owned();
        DressError::Setting { setting, problem, cure }
    };
    let unreadable = |error: std::io::Error| {
        let problem = format!("cannot be read from {}: {error}", path.display());
        refused(problem, "name a file that is there and may be read, or leave it out")
    };
    if std::fs::metadata(path).map_err(unreadable)?.len() > MOST_BYTES {
        return Err(refused(format!("is larger than {MOST_BYTES} bytes"), "make it smaller"));
    }
    std::fs::read(path).map_err(unreadable)
}

fn origin(url: &str) -> Option<String> {
    let origin = Url::parse(url).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{DARK, LIGHT};

    #[test]
    fn the_stylesheet_has_the_grounds_that_accents_are_measured_on() {
        for ground in LIGHT.into_iter().chain(DARK) {
            assert!(STYLE.contains(&ground.to_string()), "{ground}");
        }
    }

    #[test]
    fn text_on_an_accent_is_black_or_white_whichever_is_read_better() {
        let with = |accent: &str| {
            colours(&PagesSettings { accent: accent.parse().unwrap(), ..PagesSettings::default() })
        };
        assert!(with("#0b57d0").starts_with(":root{--accent:#0b57d0;--on-accent:#ffffff}"));
        assert!(with("#ffd400").starts_with(":root{--accent:#ffd400;--on-accent:#000000}"));
    }
}
