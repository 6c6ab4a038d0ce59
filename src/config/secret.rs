//! A secret in the configuration: a string, or the file that holds it.

use std::fmt;
use std::path::PathBuf;

use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};
use zeroize::Zeroizing;

/// Where a secret comes from. It prints and serialises without the secret.
#[derive(Clone, PartialEq, Eq)]
pub enum SecretSource {
    /// Written into the configuration itself.
    Inline(Zeroizing<String>),
    /// Kept in a file, say a mounted Kubernetes secret.
    File(PathBuf),
}

impl fmt::Debug for SecretSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inline(_) => f.write_str("SecretSource::Inline(…)"),
            Self::File(path) => write!(f, "SecretSource::File({})", path.display()),
        }
    }
}

impl Serialize for SecretSource {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct File<'a> {
            file: &'a PathBuf,
        }
        match self {
            Self::Inline(_) => serializer.serialize_str("…"),
            Self::File(file) => File { file }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for SecretSource {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StringOrFile)
    }
}

/// Written by hand, because what serde derives for untagged enums repeats nothing of where it failed.
struct StringOrFile;

impl<'de> Visitor<'de> for StringOrFile {
    type Value = SecretSource;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret: a string or { file = \"…\" }")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(SecretSource::Inline(Zeroizing::new(text.to_owned())))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut file = None;
        while let Some(key) = map.next_key::<String>()? {
            if key != "file" {
                return Err(de::Error::unknown_field(&key, &["file"]));
            }
            file = Some(map.next_value()?);
        }
        file.map(SecretSource::File).ok_or_else(|| de::Error::missing_field("file"))
    }
}
