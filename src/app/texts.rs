//! The texts of every application: those compiled in, and an operator's own before them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::StartError;
use crate::config::{ApplicationSettings, Settings};
use crate::language::Catalogue;

/// The texts of each application by its name.
pub(super) type All = BTreeMap<String, Arc<Catalogue>>;

/// The texts that are compiled in.
pub(super) fn embedded() -> Result<Arc<Catalogue>, StartError> {
    let texts = Catalogue::embedded().map_err(|error| StartError::Failed(error.to_string()))?;
    Ok(Arc::new(texts))
}

/// The texts of every application: those compiled in, unless it has some of its own.
pub(super) fn of_applications(
    settings: &Settings,
    embedded: &Arc<Catalogue>,
) -> Result<All, StartError> {
    let of_app = |name: &str, app: &ApplicationSettings| {
        let Some(folder) = &app.templates else { return Ok(embedded.clone()) };
        own_folder(folder).map_err(|(problem, cure)| {
            StartError::setting(format!("apps.{name}.templates"), problem, cure)
        })?;
        let folder = folder.join("languages");
        if !folder.exists() {
            return Ok(embedded.clone());
        }
        let texts = Catalogue::with_folder(&folder);
        texts.map(Arc::new).map_err(|error| StartError::Failed(error.to_string()))
    };
    settings.apps.iter().map(|(name, app)| Ok((name.clone(), of_app(name, app)?))).collect()
}

/// What a folder of an operator's own may hold, so that no slip of a name is passed over.
fn own_folder(folder: &Path) -> Result<(), (String, &'static str)> {
    let unreadable = |error: std::io::Error| {
        let none = error.kind() == std::io::ErrorKind::NotFound;
        let why = if none { "there is no such folder".to_owned() } else { error.to_string() };
        let cure = "name a folder that holds mail/, pages/ or languages/, or leave it out";
        (format!("{}: {why}", folder.display()), cure)
    };
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if !matches!(name.as_str(), "mail" | "pages" | "languages") && !name.starts_with('.') {
            let folder = folder.display();
            let problem =
                format!("{folder} holds {name:?}, which is neither mail, pages nor languages");
            return Err((
                problem,
                "put templates into mail/ and pages/, and texts into languages/",
            ));
        }
    }
    Ok(())
}
