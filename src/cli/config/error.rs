//! What is wrong with the configuration, where, and what to do about it.

use std::fmt;
use std::path::PathBuf;

/// One thing that is wrong. It never holds a setting's value: any of them may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigError {
    /// The setting's path, say `apps.default.users.database`, where one can be named.
    pub key: Option<String>,
    /// Where it was said, as far as known.
    pub place: Option<Place>,
    /// What is wrong; reads on after the key.
    pub problem: String,
    /// What to do.
    pub cure: String,
}

impl ConfigError {
    /// Something wrong with the setting at `key`.
    pub fn at(key: impl Into<String>, problem: impl Into<String>, cure: impl Into<String>) -> Self {
        let (problem, cure) = (problem.into(), cure.into());
        Self { key: Some(key.into()), place: None, problem, cure }
    }

    pub(super) fn placed(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }
}

/// Where something was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the file, counted from 1; the column in characters.
    Line {
        /// The configuration file.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// Nowhere in particular in the file.
    File(PathBuf),
    /// In this variable of the environment.
    Variable(String),
}

/// Everything that is wrong, at once. It is never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct ConfigErrors(pub Vec<ConfigError>);

impl From<ConfigError> for ConfigErrors {
    fn from(error: ConfigError) -> Self {
        Self(vec![error])
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line { file, line, column } => {
                write!(f, "{}:{line}:{column}", file.display())
            }
            Self::File(file) => write!(f, "{}", file.display()),
            Self::Variable(name) => f.write_str(name),
        }
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.place {
            write!(f, "{place}: ")?;
        }
        if let Some(key) = &self.key {
            write!(f, "`{key}` ")?;
        }
        write!(f, "{}\n    {}", self.problem, self.cure)
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, error) in self.0.iter().enumerate() {
            let separator = if number == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}
