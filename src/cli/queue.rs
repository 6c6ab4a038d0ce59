//! `regain queue`: what waits in Redis, and what was given up.

use std::fmt::Write as _;

use super::ConfigFile;
use super::commands::{block_on, settings};
use super::output::{Failure, print};
use crate::app::{self, DeadLetter, Report};

/// Prints how many jobs there are, and the dead letters with nobody's address in full.
pub(super) fn run(config: &ConfigFile) -> Result<(), Failure> {
    let settings = settings(config)?;
    print(&text(&block_on(app::waiting_jobs(&settings))??))
}

fn text(report: &Report) -> String {
    let Report { ready, given_out, delayed, dead } = report;
    let mut text = format!("ready {ready}\nbeing done {given_out}\nput off {delayed}\n");
    let _ = writeln!(text, "given up {}", dead.len());
    for letter in dead {
        let _ = writeln!(text, "{}", line(letter));
    }
    text
}

fn line(letter: &DeadLetter) -> String {
    let DeadLetter { at, why, app, kind, reference, asked_at, about } = letter;
    let mut line = format!("  {} {why} {app}", app::rfc3339(*at));
    let asked_at = asked_at.map(app::rfc3339);
    for (name, value) in [
        ("", *kind),
        ("", about.as_deref()),
        ("asked for ", asked_at.as_deref()),
        ("reference ", reference.as_deref()),
    ] {
        let _ = value.map(|value| write!(line, " {name}{value}"));
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn dead_letters_say_when_why_and_what_and_no_more_of_whom_than_a_mask() {
        let at = OffsetDateTime::from_unix_timestamp(1_800_000_000).unwrap();
        let known = DeadLetter {
            at,
            why: "too-late",
            app: "shop".to_owned(),
            kind: Some("ask"),
            reference: Some("r1".to_owned()),
            asked_at: Some(at - Duration::from_mins(40)),
            about: Some("a…@example.com".to_owned()),
        };
        let strange = DeadLetter {
            why: "not-understood",
            kind: None,
            reference: None,
            asked_at: None,
            about: None,
            ..known.clone()
        };
        let report = Report { ready: 3, given_out: 1, delayed: 2, dead: vec![known, strange] };
        insta::assert_snapshot!(text(&report), @r"
        ready 3
        being done 1
        put off 2
        given up 2
          2027-01-15T08:00:00Z too-late shop ask a…@example.com asked for 2027-01-15T07:20:00Z reference r1
          2027-01-15T08:00:00Z not-understood shop
        ");
    }
}
