//! What must never be: the import table of the design and the rules of the house, held.
#![expect(clippy::unwrap_used, reason = "what cannot be read fails the test")]

#[path = "architecture/source.rs"]
mod source;

use std::fs;
use std::path::Path;
use std::process::Command;

use source::{bare, below, externals, test_modules, without_tests, words};

/// Frameworks, and whatever else would tie the core to how it is served, stored or mailed.
const FRAMEWORKS: [&str; 21] = [
    "poem",
    "poem_openapi",
    "sea_orm",
    "sqlx",
    "lettre",
    "tokio",
    "minijinja",
    "clap",
    "redis",
    "rustls",
    "tokio_rustls",
    "toml",
    "tracing_subscriber",
    "hyper",
    "hyper_util",
    "reqwest",
    // Who keeps count. The facade `metrics`, by which all count, is no framework, as `tracing` is none.
    "metrics_exporter_prometheus",
    // Who traces, and the facade: `recovery/trace.rs` is the one by which all others do.
    "opentelemetry",
    "opentelemetry_http",
    "opentelemetry_otlp",
    "opentelemetry_sdk",
];

const CORE: [&str; 6] = ["token", "account", "password", "language", "clock", "random"];

/// What adapters and `http` may import: everything below them, and never each other.
const BELOW: [&str; 8] =
    ["recovery", "config", "token", "account", "password", "language", "clock", "random"];

/// What the modules of one layer may import.
struct Layer {
    modules: &'static [&'static str],
    /// Other top-level modules.
    from: &'static [&'static str],
    /// Other crates.
    externals: Allowed,
}

enum Allowed {
    /// These frameworks, and whatever is none.
    Frameworks(&'static [&'static str]),
    /// These crates and no other.
    Only(&'static [&'static str]),
    All,
}

/// The import table. A module without a row may not exist.
const TABLE: [Layer; 12] = [
    Layer { modules: &CORE, from: &CORE, externals: Allowed::Frameworks(&[]) },
    Layer { modules: &["config"], from: &CORE, externals: Allowed::Only(&["serde", "zeroize"]) },
    Layer {
        modules: &["recovery"],
        from: &CORE,
        externals: Allowed::Frameworks(&["opentelemetry", "tokio"]),
    },
    // Beneath those who keep something in Redis, who may not import each other.
    Layer {
        modules: &["redis"],
        from: &["config"],
        externals: Allowed::Frameworks(&["redis", "rustls", "tokio", "tokio_rustls"]),
    },
    // Beneath those who call servers of others over HTTP, who may not import each other either.
    Layer {
        modules: &["outbound"],
        from: &[],
        externals: Allowed::Frameworks(&["reqwest", "rustls", "tokio"]),
    },
    Layer {
        modules: &["store"],
        from: &BELOW,
        externals: Allowed::Frameworks(&["sea_orm", "sqlx", "tokio"]),
    },
    Layer {
        modules: &["mail"],
        from: &BELOW,
        externals: Allowed::Frameworks(&["lettre", "minijinja", "rustls", "tokio"]),
    },
    Layer {
        modules: &["hooks", "breaches"],
        from: &[
            "outbound", "recovery", "config", "token", "account", "password", "clock", "random",
        ],
        externals: Allowed::Frameworks(&["reqwest", "tokio"]),
    },
    Layer {
        modules: &["limits", "queue"],
        from: &["redis", "recovery", "config", "token", "account", "password", "clock", "random"],
        externals: Allowed::Frameworks(&["redis", "tokio"]),
    },
    Layer {
        modules: &["http"],
        from: &BELOW,
        externals: Allowed::Frameworks(&["poem", "poem_openapi", "tokio", "minijinja"]),
    },
    Layer {
        modules: &["app"],
        from: &[
            "http", "store", "mail", "hooks", "breaches", "outbound", "limits", "queue", "redis",
            "recovery", "config", "token", "account", "password", "language", "clock", "random",
        ],
        externals: Allowed::All,
    },
    Layer {
        modules: &["cli"],
        from: &["app", "config", "token", "account", "password", "language", "clock", "random"],
        externals: Allowed::Frameworks(&["clap", "tokio", "toml"]),
    },
];

/// What the top level of the repository may hold, beside dot files.
const TOP_LEVEL: [&str; 12] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "openapi",
    "tests",
    "benches",
    "k8s",
    "docs",
    "README.md",
    "CHANGELOG.md",
    "LICENSE-MIT",
    "LICENSE-APACHE",
];

const LONGEST_FILE: usize = 450;
const LONGEST_MEDIAN: usize = 150;

/// What only one file may do, since all others take it as a parameter.
const AMBIENT: [(&str, &str); 13] = [
    ("src/clock.rs", "SystemTime::now"),
    ("src/clock.rs", "now_utc"),
    ("src/clock.rs", "now_local"),
    ("src/clock.rs", "Instant::now"),
    ("src/random.rs", "getrandom"),
    ("src/random.rs", "OsRng"),
    ("src/random.rs", "SysRng"),
    ("src/random.rs", "thread_rng"),
    ("src/random.rs", "rand::"),
    ("src/random.rs", "RandomState"),
    ("src/random.rs", "fastrand"),
    ("src/random.rs", "generate_key"),
    ("src/random.rs", "generate_salt"),
];

/// What no file may hold, tests included.
const NEVER: [&str; 7] =
    ["todo!", "unimplemented!", "dbg!", "#[ignore", "#[allow", "#![allow", ", allow("];

/// What only tests may hold.
const ONLY_IN_TESTS: [&str; 2] = [".unwrap()", ".expect("];

#[test]
fn every_module_imports_only_what_the_table_allows() {
    assert_none(sources("src").iter().flat_map(|(path, text)| imports_refused(path, text)));
}

#[test]
fn no_file_does_what_is_forbidden() {
    let sources = sources("src");
    let tests: Vec<_> = sources.iter().flat_map(|(path, text)| test_modules(path, text)).collect();
    assert_none(sources.iter().flat_map(|(path, text)| {
        let test = tests.iter().any(|prefix| path.starts_with(prefix));
        habits_refused(path, text, test)
    }));
}

#[test]
fn files_are_short() {
    let lengths = |folder: &str| -> Vec<_> {
        sources(folder).into_iter().map(|(path, text)| (path, text.lines().count())).collect()
    };
    let (code, tests) = (lengths("src"), lengths("tests"));
    assert_none(too_long(&code).chain(too_long(&tests)).chain(median_refused(&code)));
}

#[test]
fn the_top_level_holds_only_what_the_design_names() {
    if !root().join(".git").exists() {
        return; // Packaged without its history, there is nothing to look at.
    }
    let listed = Command::new("git").arg("ls-files").current_dir(root()).output().unwrap();
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains("Cargo.toml"), "git lists nothing");
    assert_none(top_level_refused(&listed));
}

fn assert_none(refused: impl IntoIterator<Item = String>) {
    let refused: Vec<_> = refused.into_iter().collect();
    assert!(refused.is_empty(), "\n{}\n", refused.join("\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The paths and texts of all Rust files under a folder.
fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = vec![];
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
                found.push((name, fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!found.is_empty(), "there are no sources under {folder}");
    found.sort();
    found
}

/// What one file imports against the table.
fn imports_refused(path: &str, text: &str) -> Vec<String> {
    let code = bare(text);
    let (production, tests) = without_tests(&code);
    let parts: Vec<&str> =
        path.trim_start_matches("src/").trim_end_matches(".rs").split('/').collect();
    let module = parts[0];
    if module == "lib" {
        return vec![];
    }
    if module == "main" {
        let others = below(&code, "regain::").into_iter().filter(|name| name != "cli");
        return others.map(|name| format!("{path}: main imports {name}, not only cli")).collect();
    }
    let Some(layer) = TABLE.iter().find(|layer| layer.modules.contains(&module)) else {
        return vec![format!("{path}: {module} has no row in the import table")];
    };
    let mut refused = vec![];
    for name in below(&code, "crate::") {
        if name != module && !layer.from.contains(&name.as_str()) {
            refused.push(format!("{path}: {module} imports {name}"));
        }
    }
    // `super` up to the top would hide from this what is imported.
    let depth = parts.len() - usize::from(parts.last() == Some(&"mod"));
    let climbs = |code: &str, depth| code.contains(&"super::".repeat(depth));
    if climbs(&production, depth) || climbs(&tests, depth + 1) {
        refused.push(format!("{path}: climbs out of {module} by `super`, say `crate::`"));
    }
    for name in externals(&production, &FRAMEWORKS) {
        let allowed = match layer.externals {
            Allowed::All => true,
            Allowed::Only(only) => only.contains(&name.as_str()),
            Allowed::Frameworks(these) => {
                !FRAMEWORKS.contains(&name.as_str()) || these.contains(&name.as_str())
            }
        };
        if !allowed {
            refused.push(format!("{path}: {module} uses the crate {name}"));
        }
    }
    refused
}

/// What one file does that it must not.
fn habits_refused(path: &str, text: &str, only_tests: bool) -> Vec<String> {
    let code = bare(text);
    let production = if only_tests { String::new() } else { without_tests(&code).0 };
    let never = NEVER.iter().filter(|never| code.contains(**never)).copied();
    let only = ONLY_IN_TESTS.iter().filter(|only| production.contains(**only)).copied();
    let ambient = AMBIENT.iter().filter(|(home, _)| *home != path).map(|(_, ambient)| *ambient);
    let ambient = ambient.filter(|ambient| words(&production, ambient).next().is_some());
    never.chain(only).chain(ambient).map(|what| format!("{path}: {what}")).collect()
}

fn too_long(lengths: &[(String, usize)]) -> impl Iterator<Item = String> {
    let long = lengths.iter().filter(|(_, lines)| *lines > LONGEST_FILE);
    long.map(|(path, lines)| format!("{path}: {lines} lines, {LONGEST_FILE} at most"))
}

fn median_refused(lengths: &[(String, usize)]) -> Option<String> {
    let mut lines: Vec<_> = lengths.iter().map(|(_, lines)| *lines).collect();
    lines.sort_unstable();
    let median = lines.get(lines.len() / 2).copied().unwrap_or_default();
    (median > LONGEST_MEDIAN).then(|| format!("the median is {median}, {LONGEST_MEDIAN} at most"))
}

fn top_level_refused(listed: &str) -> Vec<String> {
    let mut names: Vec<_> = listed.lines().filter_map(|path| path.split('/').next()).collect();
    names.dedup();
    let known = |name: &&str| name.starts_with('.') || TOP_LEVEL.contains(name);
    names.into_iter().filter(|name| !known(name)).map(|name| format!("{name}: top level")).collect()
}

#[test]
fn a_forbidden_import_is_seen_however_it_is_written() {
    for (path, code) in [
        ("src/token/mint.rs", "use crate::recovery::Job;"),
        ("src/token/mint.rs", "use crate::{clock::Clock, random::Random, config::Settings};"),
        (
            "src/recovery/ask.rs",
            "use crate::{\n    account::{Account,\n Identifier},\n    store,\n};",
        ),
        ("src/recovery/ask.rs", "fn f(s: &crate::config::Settings) {}"),
        ("src/http/api.rs", "use crate::store::UsersTable;"),
        ("src/mail/mod.rs", "use crate::queue::Queue;"),
        ("src/http/mod.rs", "use crate::redis::Redis;"),
        ("src/limits/mod.rs", "use crate::queue::Queue;"),
        ("src/redis/mod.rs", "use crate::recovery::Job;"),
        ("src/outbound/mod.rs", "use crate::config::WebhookSettings;"),
        ("src/breaches/mod.rs", "use crate::hooks::Webhooks;"),
        ("src/mail/mod.rs", "use crate::outbound::Peer;"),
        ("src/recovery/ask.rs", "fn f() -> redis::RedisError {}"),
        ("src/mail/mod.rs", "use super::queue::Queue;"),
        ("src/mail/smtp.rs", "use super::super::queue::Queue;"),
        ("src/mail/smtp.rs", "#[cfg(test)]\nmod tests { use super::super::super::http; }"),
        ("src/cli/mod.rs", "use crate::http::State;"),
        ("src/app/mod.rs", "use crate::cli::run;"),
        ("src/main.rs", "fn main() { regain::app::serve() }"),
        ("src/new/mod.rs", ""),
        ("src/token/mod.rs", "use tokio::time::sleep;"),
        ("src/token/mod.rs", "#[tokio::main] fn f() {}"),
        ("src/recovery/ask.rs", "fn f() -> sea_orm::DbErr {}"),
        ("src/config/mod.rs", "use toml::Value;"),
        ("src/config/mod.rs", "use thiserror::Error;"),
        ("src/http/mod.rs", "use sea_orm::DbErr;"),
        ("src/store/mod.rs", "use lettre::Message;"),
        ("src/recovery/trace.rs", "use opentelemetry_sdk::Resource;"),
        ("src/http/edge.rs", "use opentelemetry::Context;"),
        ("src/mail/mod.rs", "use metrics_exporter_prometheus::PrometheusHandle;"),
    ] {
        assert_eq!(imports_refused(path, code).len(), 1, "{path}: {code}");
    }
}

#[test]
fn an_allowed_import_is_let_be() {
    for (path, code) in [
        ("src/token/mint.rs", "use crate::clock::Clock; use super::Purpose; use hmac::Mac;"),
        ("src/token/mint.rs", "// use crate::store::X;\nconst A: &str = \"crate::store\";"),
        ("src/token/mint.rs", "const A: &str = r#\"a \" crate::store\"#; const B: char = '\"';"),
        ("src/token/mint.rs", "#[cfg(test)]\nmod tests { #[tokio::test] fn f() { tokio::f() } }"),
        ("src/config/mod.rs", "mod units;\npub use units::{Rate, Span};\nuse serde::Serialize;"),
        ("src/recovery/ask.rs", "use crate::{token::{Purpose, Token}, account::Account};"),
        ("src/recovery/ask.rs", "fn f() { metrics::counter!(X).increment(1) }"),
        ("src/limits/mod.rs", "use crate::redis::Redis;\nuse redis::Script;"),
        ("src/app/mod.rs", "use crate::{http, store, mail}; use poem::Server;"),
        ("src/main.rs", "fn main() { regain::cli::run() }"),
    ] {
        assert_eq!(imports_refused(path, code), Vec::<String>::new(), "{path}: {code}");
    }
}

#[test]
fn a_forbidden_habit_is_seen_and_tests_are_let_be() {
    let refused = |path: &str, code: &str| habits_refused(path, code, false).len();
    for code in [
        "fn f() { x.unwrap() }",
        "fn f() { x.expect(\"why\") }",
        "fn f() { todo!() }",
        "#[allow(dead_code)] fn f() {}",
        "#[cfg(test)]\nmod tests { #[test] #[ignore = \"slow\"] fn f() {} }",
        "#[cfg(test)]\nmod tests { fn f() {} }\nfn g() { x.unwrap() }",
        "fn f() { OffsetDateTime::now_utc() }",
        "fn f() { getrandom::fill(x) }",
    ] {
        assert_eq!(refused("src/http/mod.rs", code), 1, "{code}");
    }
    assert_eq!(refused("src/random.rs", "fn f() { getrandom::fill(x) }"), 0);
    assert_eq!(refused("src/http/mod.rs", "#[cfg(test)]\nmod tests { fn f() { x.unwrap() } }"), 0);
    assert_eq!(habits_refused("src/http/tests.rs", "fn f() { x.unwrap() }", true).len(), 0);
    let declared = test_modules("src/http/mod.rs", "#[cfg(test)]\nmod tests;\nmod api;");
    assert_eq!(declared, ["src/http/tests.rs", "src/http/tests/"]);
}

#[test]
fn long_files_and_strangers_at_the_top_level_are_seen() {
    let of = |lines: usize| (format!("src/{lines}.rs"), lines);
    assert_eq!(too_long(&[of(450), of(451)]).count(), 1);
    assert!(median_refused(&[of(10), of(151), of(200)]).is_some());
    assert!(median_refused(&[of(10), of(150), of(400)]).is_none());
    let listed = "Cargo.toml\nsrc/lib.rs\n.gitignore\nnotes.txt\nscripts/run";
    assert_eq!(top_level_refused(listed), ["notes.txt: top level", "scripts: top level"]);
}
