//! Reads secrets from where the configuration says they are.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Read as _};
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

/// Most bytes of a secret's file: none is longer, and what is, or never ends, is no secret.
const MAX_BYTES: u64 = 8 * 1024;

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
/// [`SecretError`] when the folder or a file in it cannot be read, is none, or is empty.
pub fn folder(
    folder: &Path,
    setting: &str,
) -> Result<BTreeMap<String, Zeroizing<Vec<u8>>>, SecretError> {
    let paths = paths(folder).map_err(|reason| unreadable(setting, folder, &reason))?;
    let secret = |(name, path): (String, io::Result<PathBuf>)| {
        let path = path.map_err(|reason| unreadable(setting, &folder.join(&name), &reason))?;
        Ok((name, file(&path, setting)?))
    };
    paths.into_iter().map(secret).collect()
}

/// The secrets in a folder, as [`folder`] has them, to be looked at again and again: what is wrong with
/// one is told of that one, and who else may read it was told at the start.
///
/// # Errors
/// What keeps the folder from being read.
pub(super) fn each(folder: &Path) -> io::Result<Found> {
    let secret = |path: io::Result<PathBuf>| match path.and_then(|path| read(&path)) {
        Ok(read) => match without_newline(read) {
            bytes if bytes.is_empty() => Err("is empty".to_owned()),
            bytes => Ok(bytes),
        },
        Err(reason) => Err(format!("cannot be read: {reason}")),
    };
    Ok(paths(folder)?.into_iter().map(|(name, path)| (name, secret(path))).collect())
}

/// What stands in a folder under names that begin with no dot, but for further folders. What cannot be
/// looked at, or is no file, is there all the same: what it stood for is not to be taken for gone.
fn paths(folder: &Path) -> io::Result<BTreeMap<String, io::Result<PathBuf>>> {
    let mut paths = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') {
            continue;
        }
        let path = entry.path();
        let path = match fs::metadata(&path) {
            Ok(found) if found.is_dir() => continue,
            Ok(found) if !found.is_file() => Err(io::Error::other("it is no file")),
            Ok(_) if path.to_str().is_none() => Err(io::Error::other("its name is not UTF-8")),
            Ok(_) => Ok(path),
            Err(reason) => Err(reason),
        };
        paths.insert(name, path);
    }
    Ok(paths)
}

/// What is in a file, unless that is too much for a secret.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = vec![];
    fs::File::open(path)?.take(MAX_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(io::Error::other(format!("it is longer than {MAX_BYTES} bytes")));
    }
    Ok(bytes)
}

fn file(path: &Path, setting: &str) -> Result<Zeroizing<Vec<u8>>, SecretError> {
    let read = read(path).map_err(|reason| unreadable(setting, path, &reason))?;
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

    #[test]
    fn a27_what_cannot_be_looked_at_is_told_and_not_taken_for_gone() {
        let given = Folder::new();
        given.write("long", &[b'x'; 8193]);
        given.write("longest", &[b'x'; 8192]);
        std::os::unix::fs::symlink("nowhere", given.0.join("dangling")).unwrap();
        std::os::unix::fs::symlink("/dev/zero", given.0.join("device")).unwrap();
        fs::create_dir(given.0.join("folder")).unwrap();
        let found = each(&given.0).unwrap();
        let names: Vec<_> = found.keys().map(String::as_str).collect();
        assert_eq!(names, ["dangling", "device", "long", "longest"]);
        let why = |name: &str| found[name].clone().unwrap_err();
        assert!(why("dangling").contains("No such file"), "{}", why("dangling"));
        assert_eq!(why("device"), "cannot be read: it is no file");
        assert_eq!(why("long"), "cannot be read: it is longer than 8192 bytes");
        let refused = folder(&given.0, "keys.dir").unwrap_err();
        assert!(refused.problem.contains("dangling, which cannot be read"), "{refused}");
    }
}
