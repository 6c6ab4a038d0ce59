//! What was found.

use serde::Serialize;

use super::StartError;
use crate::recovery::StoreError;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but not for everybody, not for ever or not safely enough.
    Warning,
    /// It does not work.
    Error,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The application, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub app: Option<String>,
    /// How bad it is.
    pub level: Level,
    /// What was found.
    pub what: String,
    /// Why it matters.
    pub why: String,
    /// What to do, where something is to be done: a command, a line of SQL or of TOML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

impl Finding {
    /// As it should be.
    pub fn ok(what: impl Into<String>, why: impl Into<String>) -> Self {
        Self { app: None, level: Level::Ok, what: what.into(), why: why.into(), cure: None }
    }

    /// Something that should be mended.
    pub fn warning(
        what: impl Into<String>,
        why: impl Into<String>,
        cure: impl Into<String>,
    ) -> Self {
        Self { level: Level::Warning, cure: Some(cure.into()), ..Self::ok(what, why) }
    }

    /// Something that must be mended.
    pub fn error(what: impl Into<String>, why: impl Into<String>, cure: impl Into<String>) -> Self {
        Self { level: Level::Error, cure: Some(cure.into()), ..Self::ok(what, why) }
    }

    /// What the database said instead of an answer.
    pub(super) fn trouble(error: &StoreError, why: &str) -> Self {
        let text = error.to_string();
        let closed = text.rsplit_once("permission denied for schema ");
        let cure = match (error, closed) {
            (_, Some((_, schema))) => format!("GRANT USAGE ON SCHEMA {schema} TO that_user;"),
            (StoreError::Busy(_), _) => "run regain check again when less is going on".to_owned(),
            (StoreError::Unreachable(_), _) => {
                "correct users.database: postgres://user:password@host/database, mysql://… or \
                 sqlite:///folder/file, the whole path from the root"
                    .to_owned()
            }
            (StoreError::Misfit(_), _) => "mend what is named, then look again".to_owned(),
        };
        Self::error(text, why, cure)
    }

    pub(super) fn of(self, app: &str) -> Self {
        Self { app: Some(app.to_owned()), ..self }
    }
}

/// Why the service would not start.
const WHY: &str = "the service does not start with it";

impl From<StartError> for Finding {
    fn from(error: StartError) -> Self {
        let text = error.to_string();
        match error {
            StartError::Secret(error) => {
                Self::error(format!("`{}` {}", error.setting, error.problem), WHY, error.cure)
            }
            StartError::Setting { setting, problem, cure } => {
                Self::error(format!("`{setting}` {problem}"), WHY, cure)
            }
            StartError::Failed(_) | StartError::Listen { .. } => {
                match text.split_once("\n    ").or_else(|| text.split_once("; ")) {
                    Some((what, cure)) => Self::error(what, WHY, cure),
                    None => Self::error(text, WHY, "see docs/operating.md"),
                }
            }
        }
    }
}
