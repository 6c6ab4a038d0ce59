//! The templates of the pages: ours, and an operator's own instead, file by file.

use std::collections::{BTreeSet, HashSet};
use std::error::Error as _;
use std::path::{Path, PathBuf};

use minijinja::{AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value};

use super::DressError;
use super::page::{COMMON, PARTS, Page};

/// Compiled templates.
pub struct Templates {
    environment: Environment<'static>,
    folder: Option<PathBuf>,
}

/// A template's name, our own source of it, and what it may use.
struct Source {
    name: &'static str,
    own: &'static str,
    variables: BTreeSet<String>,
}

impl Templates {
    /// Compiles the templates, those in `pages` of the operator's folder instead of our own.
    ///
    /// # Errors
    /// [`DressError::Template`]: file and line, and what is wrong there.
    pub fn new(folder: Option<&Path>, pages: &[&Page]) -> Result<Self, DressError> {
        let folder = folder.map(|folder| folder.join("pages")).filter(|folder| folder.exists());
        let sources = sources(pages);
        if let Some(folder) = &folder {
            no_strangers(folder, &sources)?;
        }
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::Html);
        let mut templates = Self { environment, folder };
        for source in sources {
            templates.add(&source)?;
        }
        Ok(templates)
    }

    /// Whether any of them is an operator's own.
    #[must_use]
    pub const fn are_replaced(&self) -> bool {
        self.folder.is_some()
    }

    /// Fills a page in.
    ///
    /// # Errors
    /// What the template engine says.
    pub fn render(&self, page: &Page, values: Value) -> Result<String, Error> {
        self.environment.get_template(page.template)?.render(values)
    }

    /// An error of the template engine. The innermost one names what is wrong, and where.
    #[must_use]
    pub fn fault(&self, error: &Error) -> DressError {
        let mut inner = error;
        while let Some(cause) = inner.source().and_then(|cause| cause.downcast_ref::<Error>()) {
            inner = cause;
        }
        let place = self.place(inner.name().or(error.name()).unwrap_or_default());
        let line = inner.line().map_or(String::new(), |line| format!(", line {line}"));
        let problem = match (inner.kind(), inner.detail()) {
            (ErrorKind::InvalidOperation, Some(detail)) => detail.to_owned(),
            (kind, Some(detail)) => format!("{kind}: {detail}"),
            (kind, None) => kind.to_string(),
        };
        DressError::Template { place: format!("{}{line}", place.display()), problem }
    }

    fn add(&mut self, source: &Source) -> Result<(), DressError> {
        let place = self.place(source.name);
        let ours = place == Path::new(source.name);
        let text = if ours { source.own.to_owned() } else { read(&place)? };
        let added = self.environment.add_template_owned(source.name, text.clone());
        let used = added.and_then(|()| self.environment.get_template(source.name));
        let used = used.map(|template| template.undeclared_variables(false));
        let used = used.map_err(|error| self.fault(&error))?;
        known_variables(&place, &text, &used, &source.variables)
    }

    /// The file that a template is in; its bare name where it is ours.
    fn place(&self, name: &str) -> PathBuf {
        let file = self.folder.as_ref().map(|folder| folder.join(name));
        file.filter(|file| file.exists()).unwrap_or_else(|| name.into())
    }
}

fn sources(pages: &[&Page]) -> Vec<Source> {
    let allowed = |more: &mut dyn Iterator<Item = String>| {
        COMMON.iter().map(|name| (*name).to_owned()).chain(more).collect()
    };
    let parts = PARTS.iter().map(|(name, own, more)| {
        let mut more = more.iter().map(|name| (*name).to_owned());
        Source { name, own, variables: allowed(&mut more) }
    });
    let pages = pages.iter().map(|page| {
        let samples = (page.samples)();
        let keys = samples.iter().flat_map(|sample| sample.try_iter().into_iter().flatten());
        let mut keys = keys.map(|key| key.to_string());
        Source { name: page.template, own: page.source, variables: allowed(&mut keys) }
    });
    parts.chain(pages).collect()
}

fn read(path: &Path) -> Result<String, DressError> {
    std::fs::read_to_string(path).map_err(|error| DressError::template(path, error))
}

/// Every file in the folder must be one that is used.
fn no_strangers(folder: &Path, sources: &[Source]) -> Result<(), DressError> {
    let unreadable = |error| DressError::template(folder, error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Kubernetes keeps what it mounts under names that begin with a dot.
        if !name.starts_with('.') && !sources.iter().any(|source| source.name == name) {
            let names: Vec<_> = sources.iter().map(|source| source.name).collect();
            let problem = format!("is no template\n    there are {}", names.join(", "));
            return Err(DressError::template(&path, problem));
        }
    }
    Ok(())
}

/// What a template uses must be among what it is given: found here even where no sample leads.
fn known_variables(
    place: &Path,
    text: &str,
    used: &HashSet<String>,
    known: &BTreeSet<String>,
) -> Result<(), DressError> {
    let used: BTreeSet<_> = used.iter().collect();
    let Some(stranger) = used.into_iter().find(|name| !known.contains(*name)) else {
        return Ok(());
    };
    let line = text.lines().position(|line| line.contains(stranger)).map_or(1, |at| at + 1);
    let names: Vec<_> = known.iter().map(String::as_str).collect();
    Err(DressError::Template {
        place: format!("{}, line {line}", place.display()),
        problem: format!("there is no {stranger:?}\n    there are {}", names.join(", ")),
    })
}
