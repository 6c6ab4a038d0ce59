//! `regain key new`, with `--api` too.

use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
use toml::Value;
use zeroize::Zeroizing;

use super::output::{Failure, print};
use crate::random::Random;
use crate::token::{ApiKey, Scope};

/// Prints a new key: 256 bits as 43 characters of base64url, which a key file holds as they are.
pub(super) fn new() -> Result<(), Failure> {
    print(&generate(&Random::system()))
}

/// Prints a new API key on a line of its own, and below it the section of the configuration by which
/// an application knows it. The key is kept nowhere.
pub(super) fn new_api(app: &str, name: &str) -> Result<(), Failure> {
    print(&api_key(&Random::system(), app, name))
}

fn api_key(random: &Random, app: &str, name: &str) -> Zeroizing<String> {
    let key = ApiKey::generate(random);
    let (text, sha256) = (key.expose(), key.digest().to_hex());
    let (app, name) = (bare_or_quoted(app), Value::from(name));
    let scopes = Scope::names().map(|scope| format!("{scope:?}")).join(", ");
    Zeroizing::new(format!(
        "{text}\n\n\
         # The line above is the key, which is shown this once: give it to its bearer as a secret.\n\
         # What follows belongs into the configuration, at its end.\n\
         [[apps.{app}.api_keys]]\n\
         name = {name}\n\
         sha256 = \"{sha256}\"\n\
         # What it may do, which is nothing until it is said: some of {scopes}.\n\
         scopes = []\n"
    ))
}

fn bare_or_quoted(key: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let quoted = || Value::from(key).to_string();
    if !key.is_empty() && key.chars().all(bare) { key.to_owned() } else { quoted() }
}

fn generate(random: &Random) -> Zeroizing<String> {
    let bytes = Zeroizing::new(random.bytes::<32>());
    Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_text_of_43_characters_and_never_the_same() {
        let random = Random::repeatable(1);
        let (one, two) = (generate(&random), generate(&random));
        assert_eq!((one.len(), two.len()), (43, 43));
        assert_ne!(*one, *two);
        assert!(one.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_'));
    }

    #[test]
    fn what_is_printed_for_the_configuration_is_toml_that_knows_the_key_above_it() {
        for (app, name) in [("default", "backend"), ("shop", "the \"desk\""), ("a b", "x")] {
            let printed = api_key(&Random::repeatable(2), app, name);
            let (key, section) = printed.split_once('\n').unwrap();
            let digest = ApiKey::parse(key).unwrap().digest();
            let section: toml::Table = section.parse().unwrap();
            let written = &section["apps"][app]["api_keys"][0];
            assert_eq!(written["name"].as_str(), Some(name));
            assert_eq!(written["sha256"].as_str(), Some(digest.to_hex().as_str()));
            assert_eq!(written["scopes"].as_array(), Some(&vec![]));
        }
    }
}
