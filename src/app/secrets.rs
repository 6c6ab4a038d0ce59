//! Reads secrets from where the configuration says they are.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{self, Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use crate::config::SecretSource;

/// A secret that cannot be had. It never holds the secret.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{setting}` {problem}\n    {cure}")]
pub struct SecretError {
    /// The setting's path, say `apps.default.users.database`.
    pub setting: String,
    /// What is wrong; reads on after the setting.
    pub problem: String,
    /// What to do.
    pub cure: String,
}

/// The secrets of a folder by the names of their files; of what is none why.
pub(super) type Found = BTreeMap<String, Result<Zeroizing<Vec<u8>>, String>>;

/// The bytes of a secret; of a file without its one trailing newline.
///
/// # Errors
/// [`SecretError`] when the file cannot be read or nothing is in it.
pub fn bytes(source: &SecretSource, setting: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    match source {
        SecretSource::Inline(text) => {
            let bytes = Zeroizing::new(text.as_bytes().to_vec());
            let cure = "write it as a string or as { file = \"/path\" }";
            if bytes.is_empty() { Err(error(setting, "is empty", cure)) } else { Ok(bytes) }
        }
        SecretSource::File(path) => file(path, setting),
    }
}

/// A secret that is text.
///
/// # Errors
/// [`SecretError`] as for [`bytes`], and when it is not UTF-8.
pub fn text(source: &SecretSource, setting: &str) -> Result<Zeroizing<String>, SecretError> {
    let bytes = bytes(source, setting)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok(Zeroizing::new(text.to_owned())),
        Err(_) => Err(error(setting, "is not text", "save it as UTF-8")),
    }
}

/// The secrets in a folder by the names of their files.
///
/// Names that begin with a dot are passed over: Kubernetes keeps its versions of a mounted
/// secret under such names.
///
/// # Errors
/// [`SecretError`] when the folder or a file in it cannot be read, or a file is empty.
pub fn folder(
    folder: &Path,
    setting: &str,
) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>, SecretError> {
    let paths = paths(folder).map_err(|reason| unreadable(setting, folder, &reason))?;
    paths.into_iter().map(|(name, path)| Ok((name, file(&path, setting)?))).collect()
}

/// The secrets in a folder, as [`folder`] has them, to be looked at again and again: what is wrong with
/// one is told of that one, and who else may read it was told at the start.
///
/// # Errors
/// What keeps the folder from being read.
pub(super) fn each(folder: &Path) -> io::Result<Found> {
    let secret = |path: &Path| match fs::read(path).map(without_newline) {
        Ok(bytes) if bytes.is_empty() => Err("is empty".to_owned()),
        Ok(bytes) => Ok(bytes),
        Err(reason) => Err(format!("cannot be read: {reason}")),
    };
    Ok(paths(folder)?.into_iter().map(|(name, path)| (name, secret(&path))).collect())
}

fn paths(folder: &Path) -> io::Result<BTreeMap<String, PathBuf>> {
    let mut paths = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or(".");
        if !name.starts_with('.') && path.is_file() {
            paths.insert(name.to_owned(), path);
        }
    }
    Ok(paths)
}

fn file(path: &Path, setting: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let read = fs::read(path).map_err(|reason| unreadable(setting, path, &reason))?;
    if is_open_to_all(path) {
        let file = whole(path);
        tracing::warn!(
            setting,
            file,
            "everybody on this machine may read the secret's file: chmod 600"
        );
    }
    let bytes = without_newline(read);
    if bytes.is_empty() {
        let problem = format!("leads to {}, which is empty", whole(path));
        return Err(error(setting, problem, "write the secret into the file"));
    }
    Ok(bytes)
}

fn without_newline(read: Vec<u8>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(read);
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    }
    bytes
}

/// Whether everybody on this machine may read, write or run a file.
pub(super) fn is_open_to_all(path: &Path) -> bool {
    path.metadata().is_ok_and(|file| file.permissions().mode() & 0o007 != 0)
}

fn unreadable(setting: &str, path: &Path, reason: &io::Error) -> SecretError {
    let problem = format!("leads to {}, which cannot be read: {reason}", whole(path));
    error(setting, problem, "put the secret there and let the user that runs regain read it")
}

/// The path from the root: one that is relative counts from the working directory.
fn whole(path: &Path) -> String {
    path::absolute(path).unwrap_or_else(|_| path.to_owned()).display().to_string()
}

fn error(setting: &str, problem: impl Into<String>, cure: &str) -> SecretError {
    let (problem, cure) = (problem.into(), cure.to_owned());
    SecretError { setting: setting.to_owned(), problem, cure }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Random;

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = u64::from_be_bytes(Random::system().bytes());
            let path = std::env::temp_dir().join(format!("regain-secrets-{name:x}"));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn write(&self, name: &str, content: &[u8]) -> SecretSource {
            let path = self.0.join(name);
            fs::write(&path, content).unwrap();
            SecretSource::File(path)
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_loses_one_trailing_newline_and_no_more() {
        let folder = Folder::new();
        for (content, secret) in [("key", "key"), ("key\n", "key"), ("key\n\n", "key\n")] {
            let source = folder.write("secret", content.as_bytes());
            assert_eq!(*text(&source, "keys.secrets.a").unwrap(), secret);
        }
    }

    #[test]
    fn an_empty_or_missing_secret_is_named_with_its_file_and_cure() {
        let folder = Folder::new();
        let empty = bytes(&folder.write("empty", b"\n"), "keys.secrets.a").unwrap_err();
        assert!(empty.to_string().contains("`keys.secrets.a` leads to"), "{empty}");
        assert!(empty.problem.ends_with("empty, which is empty"), "{empty}");
        let missing = SecretSource::File(folder.0.join("missing"));
        let missing = bytes(&missing, "apps.default.users.database").unwrap_err();
        assert!(missing.problem.contains("missing, which cannot be read"), "{missing}");
        let inline = SecretSource::Inline(Zeroizing::new(String::new()));
        assert_eq!(bytes(&inline, "x").unwrap_err().problem, "is empty");
    }

    #[test]
    fn no_message_holds_what_a_file_holds() {
        let folder = Folder::new();
        let source = folder.write("binary", b"canary\xff");
        let error = text(&source, "mail.providers.main.password").unwrap_err();
        assert_eq!(error.problem, "is not text");
        assert!(!format!("{error} {error:?} {source:?}").contains("canary"));
    }

    #[test]
    fn a_folder_names_its_keys_and_keeps_its_dot_names_to_itself() {
        let given = Folder::new();
        given.write("2026-10", b"old\n");
        given.write("2026-11", b"new");
        given.write("..2026_11_24", b"a version");
        fs::create_dir(given.0.join("..data")).unwrap();
        let secrets = folder(&given.0, "keys.dir").unwrap();
        assert_eq!(secrets.keys().collect::<Vec<_>>(), ["2026-10", "2026-11"]);
        assert_eq!(**secrets["2026-10"], *b"old");
    }
}
