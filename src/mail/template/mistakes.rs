//! What is wrong with an operator's templates, by file and line, and the cure.

use std::collections::{BTreeSet, HashSet};
use std::error::Error as _;
use std::path::{Path, PathBuf};

use minijinja::{Error, ErrorKind};

use super::{SOURCES, VARIABLES, Written};
use crate::mail::error::MailConfigError;
use crate::recovery::{Letter, Message};

/// Every file in the folder must be one that is used.
pub(super) fn no_strangers(root: &Path, folder: &Path) -> Result<(), MailConfigError> {
    let unreadable = |error| MailConfigError::template(folder.display(), error);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        // Kubernetes keeps what it mounts under such names, beside the links to it.
        if path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.')) {
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
        if path.is_dir() {
            no_strangers(root, &path)?;
        } else if !SOURCES.iter().any(|(known, _)| *known == name) {
            let names: Vec<_> = SOURCES.iter().map(|(name, _)| *name).collect();
            let problem = format!("is no template\n    there are {}", names.join(", "));
            return Err(MailConfigError::template(path.display(), problem));
        }
    }
    Ok(())
}

/// What a template uses must be among what it is given: found here even where no sample leads.
pub(super) fn known_variables(
    place: &Path,
    source: &str,
    used: &HashSet<String>,
) -> Result<(), MailConfigError> {
    let used: BTreeSet<_> = used.iter().map(String::as_str).collect();
    let Some(stranger) = used.into_iter().find(|name| !VARIABLES.contains(name)) else {
        return Ok(());
    };
    let line = source.lines().position(|line| line.contains(stranger)).map_or(1, |at| at + 1);
    let problem = format!("there is no {stranger:?}\n    there are {}", VARIABLES.join(", "));
    Err(MailConfigError::template(format!("{}, line {line}", place.display()), problem))
}

/// A mail without its link is one that nobody can do anything with, whoever reads which part.
pub(super) fn holds_its_link(
    letter: &Letter,
    link: &str,
    written: &Written,
    folder: Option<&Path>,
) -> Result<(), MailConfigError> {
    let kind = letter.message.kind();
    for (format, variable, holds) in [
        ("txt", "link", written.text.contains(link)),
        ("html", "href", unescaped(&written.html).contains(link)),
    ] {
        if holds {
            continue;
        }
        let body = format!("{kind}/body.{format}");
        let parts = [format!("link.{format}"), "button.html".into(), format!("layout.{format}")];
        // Where the body is ours, what it is made of is not.
        let own_body = own(folder, &body);
        let or = match letter.message {
            Message::Link { .. } if own_body.is_some() => {
                format!(", or extend \"link.{format}\"")
            }
            _ => String::new(),
        };
        let place = own_body.or_else(|| parts.iter().find_map(|name| own(folder, name)));
        let place = place.unwrap_or_else(|| body.into());
        let problem = format!(
            "the mail {kind:?} does not hold its link (seen in {:?})\n    \
             write {{{{ {variable} }}}}{or}",
            letter.language.tag()
        );
        return Err(MailConfigError::template(place.display(), problem));
    }
    Ok(())
}

/// What a reader makes of a link in HTML, escaped by us or by the template.
fn unescaped(html: &str) -> String {
    html.replace("&#x2f;", "/").replace("&lt;", "<").replace("&quot;", "\"").replace("&amp;", "&")
}

/// An error of the template engine. The innermost one names what is wrong, and where.
pub(super) fn fault(error: &Error, folder: Option<&Path>) -> MailConfigError {
    let mut inner = error;
    while let Some(cause) = inner.source().and_then(|cause| cause.downcast_ref::<Error>()) {
        inner = cause;
    }
    let name = inner.name().or(error.name()).unwrap_or_default();
    let place = own(folder, name).unwrap_or_else(|| name.into());
    let line = inner.line().map_or(String::new(), |line| format!(", line {line}"));
    let problem = match (inner.kind(), inner.detail()) {
        (ErrorKind::InvalidOperation, Some(detail)) => detail.to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    MailConfigError::template(format!("{}{line}", place.display()), problem)
}

/// The operator's file of this name.
fn own(folder: Option<&Path>, name: &str) -> Option<PathBuf> {
    folder.map(|folder| folder.join(name)).filter(|path| path.is_file())
}
