//! Configuration files and the environment over them, to settings or to what is wrong with them and where.
//!
//! The text up to the first NUL is the file; each line behind it a variable, say `REGAIN_LISTEN=…`.
#![no_main]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use regain::cli::config::{ConfigErrors, Place, effective, load};
use regain::config::Settings;
use regain_fuzz::CANARY;
use toml::{Table, Value};

/// The file that is read: the runner's temporary folder is in memory, where there is such a place.
static FILE: LazyLock<PathBuf> =
    LazyLock::new(|| std::env::temp_dir().join(format!("regain-fuzz-{}.toml", std::process::id())));

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let text = parts.next().unwrap_or_default();
    let variables = String::from_utf8_lossy(parts.next().unwrap_or_default()).into_owned();
    // As an environment has them: each name once.
    let variables: BTreeMap<_, _> =
        variables.lines().take(8).filter_map(|line| line.split_once('=')).collect();
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let variables: Vec<(String, String)> = variables.into_iter().map(owned).collect();
    match read(text, &variables) {
        Ok(settings) => printed(&settings),
        Err(errors) => told(&errors, text, &variables),
    }
});

fn read(text: &[u8], variables: &[(String, String)]) -> Result<Settings, ConfigErrors> {
    fs::write(&*FILE, text).expect("the file is written");
    load(&FILE, variables.iter().cloned())
}

/// What is good is printed as a file that is as good, and prints as the same.
fn printed(settings: &Settings) {
    let printed = effective(settings).expect("paths out of a text are Unicode");
    assert!(!printed.contains(CANARY) || names_it(settings), "a secret is printed:\n{printed}");
    match read(printed.as_bytes(), &[]) {
        Ok(again) => assert_eq!(effective(&again).as_ref(), Ok(&printed)),
        Err(errors) => panic!("what is printed is not good:\n{errors}\n\n{printed}"),
    }
}

/// Whether it stands where no secret does.
fn names_it(settings: &Settings) -> bool {
    let table = Table::try_from(settings).expect("settings serialise");
    Value::Table(table).to_string().contains(CANARY)
}

/// Every mistake is at its place, which there is, with a cure and without a value.
fn told(errors: &ConfigErrors, text: &[u8], variables: &[(String, String)]) {
    assert!(!errors.0.is_empty());
    let all = errors.to_string();
    for error in &errors.0 {
        assert!(!error.problem.is_empty() && !error.cure.is_empty(), "{all}");
        match error.place.as_ref().expect("a place") {
            Place::File(file) => assert_eq!(file, &*FILE),
            Place::Variable(name) => {
                assert!(variables.iter().any(|(known, _)| known == name), "{all}");
            }
            Place::Line { file, line, column } => {
                assert_eq!(file, &*FILE);
                let text = std::str::from_utf8(text).expect("what has lines is text");
                let found = text.split('\n').nth(line - 1).expect("a line that there is");
                assert!((1..=found.chars().count() + 1).contains(column), "{all}\n{found}");
            }
        }
    }
    let places: BTreeSet<_> = errors.0.iter().map(ToString::to_string).collect();
    assert_eq!(places.len(), errors.0.len(), "the same is said twice:\n{all}");
    if all.contains(CANARY) {
        assert!(is_a_name(text, variables), "a value is repeated:\n{all}");
    }
}

/// Whether it is among the names, which may be repeated.
fn is_a_name(text: &[u8], variables: &[(String, String)]) -> bool {
    fn within(value: &Value) -> bool {
        match value {
            Value::Table(table) => {
                table.iter().any(|(name, value)| name.contains(CANARY) || within(value))
            }
            Value::Array(values) => values.iter().any(within),
            _ => false,
        }
    }
    let in_names = variables.iter().any(|(name, value)| {
        name.to_lowercase().contains(CANARY) || value.parse().is_ok_and(|value| within(&value))
    });
    let text = String::from_utf8_lossy(text);
    // Of what is no TOML, only a name that stands twice is repeated.
    in_names || text.parse::<Table>().map_or(true, |table| within(&Value::Table(table)))
}
