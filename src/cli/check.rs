//! `regain check`: the doctor's findings, for people or for machines.

use std::process::ExitCode;

use super::ConfigFile;
use super::commands::{block_on, config_path, load_with_environment};
use super::config::ConfigErrors;
use super::output::{Failure, print};
use crate::account::EmailAddress;
use crate::app::{self, CheckOptions, Finding, Level};
use crate::clock::Clock;
use crate::random::Random;

/// Prints what was found. The exit code is 0 where all is well, 1 for warnings, 2 for errors.
pub(super) fn run(
    config: &ConfigFile,
    json: bool,
    test_mail: Option<EmailAddress>,
) -> Result<ExitCode, Failure> {
    let settings = match config_path(config) {
        Ok(file) => load_with_environment(&file).map_err(refused),
        Err(failure) => Err(vec![without_file(&failure)]),
    };
    let findings = match settings {
        Ok(settings) => {
            let options = CheckOptions { test_mail, ..CheckOptions::default() };
            let (clock, random) = (Clock::system(), Random::system());
            block_on(app::check(&settings, &options, &clock, &random))?
        }
        Err(findings) => findings,
    };
    print(&if json { as_json(&findings)? } else { as_text(&findings) })?;
    let worst = findings.iter().map(|finding| finding.level).max().unwrap_or(Level::Ok);
    Ok(ExitCode::from(match worst {
        Level::Ok => 0,
        Level::Warning => 1,
        Level::Error => 2,
    }))
}

/// An address that a test mail may go to.
pub(super) fn address(text: &str) -> Result<EmailAddress, String> {
    EmailAddress::parse(text)
        .map_err(|_| "write one plain address, like ada@example.com".to_owned())
}

const WHY: &str = "the service does not start with it";

/// What is wrong with the configuration, as findings.
fn refused(errors: ConfigErrors) -> Vec<Finding> {
    let finding = |error: super::config::ConfigError| {
        let place = error.place.map_or_else(String::new, |place| format!("{place}: "));
        let key = error.key.map_or_else(String::new, |key| format!("`{key}` "));
        Finding::error(format!("{place}{key}{}", error.problem), WHY, error.cure)
    };
    errors.0.into_iter().map(finding).collect()
}

fn without_file(failure: &Failure) -> Finding {
    let text = failure.to_string();
    let (what, cure) = text.split_once("\n    ").unwrap_or((&text, "name one by --config"));
    Finding::error(what, WHY, cure)
}

fn as_json(findings: &[Finding]) -> Result<String, Failure> {
    serde_json::to_string_pretty(findings)
        .map_err(|error| Failure::new(format!("cannot be written as JSON: {error}")))
}

/// One line for what is well; for the rest also why it matters and what to do.
fn as_text(findings: &[Finding]) -> String {
    let mut lines = vec![];
    let mut part = None;
    for finding in findings {
        let app = finding.app.as_deref();
        if part != Some(app) {
            part = Some(app);
            lines.push(app.map_or_else(|| "service".to_owned(), |app| format!("apps.{app}")));
        }
        lines.push(format!("  {:<8} {}", word(finding.level), finding.what));
        if finding.level != Level::Ok {
            lines.push(format!("           why:  {}", finding.why));
        }
        lines.extend(finding.cure.iter().map(|cure| format!("           cure: {cure}")));
    }
    lines.push(summary(findings));
    lines.join("\n")
}

const fn word(level: Level) -> &'static str {
    match level {
        Level::Ok => "ok",
        Level::Warning => "warning",
        Level::Error => "error",
    }
}

fn summary(findings: &[Finding]) -> String {
    let count = |level| findings.iter().filter(|finding| finding.level == level).count();
    let some = |level| {
        let number = count(level);
        format!("{number} {}{}", word(level), if number == 1 { "" } else { "s" })
    };
    format!("{}, {}, {} ok", some(Level::Error), some(Level::Warning), count(Level::Ok))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings() -> Vec<Finding> {
        let warning = Finding::warning("no index", "it is slow", "CREATE INDEX");
        let app = Some("default".to_owned());
        vec![Finding::ok("keys are strong", "they sign"), Finding { app, ..warning }]
    }

    #[test]
    fn people_read_why_and_the_cure_of_what_is_not_well() {
        assert_eq!(
            as_text(&findings()),
            "service\n  ok       keys are strong\napps.default\n  warning  no index\n           \
             why:  it is slow\n           cure: CREATE INDEX\n0 errors, 1 warning, 1 ok"
        );
    }

    #[test]
    fn machines_read_an_array_without_nulls() {
        let json: serde_json::Value =
            serde_json::from_str(&as_json(&findings()).ok().unwrap()).unwrap();
        assert_eq!(
            json,
            serde_json::json!([
                { "level": "ok", "what": "keys are strong", "why": "they sign" },
                {
                    "app": "default", "level": "warning", "what": "no index",
                    "why": "it is slow", "cure": "CREATE INDEX",
                },
            ])
        );
    }

    #[test]
    fn a_configuration_that_is_refused_is_found_without_its_values() {
        let error =
            super::super::config::ConfigError::at("public_url", "is not an URL", "write one");
        let found = refused(ConfigErrors(vec![error]));
        assert_eq!(found[0].what, "`public_url` is not an URL");
        assert_eq!(found[0].cure.as_deref(), Some("write one"));
    }
}
