//! What formats the stored passwords have, and what a reset will make of them.

use std::collections::BTreeMap;

use super::layout::ARGON2ID_CHARS;
use super::{Finding, Subject};
use crate::password::{Recognised, Scheme, recognise};

/// Passwords that are looked at.
const SAMPLE: u64 = 1000;

const KEEP: &str = "scheme = \"keep\"";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    // What keeps them from being read is told by others.
    let Ok(stored) = subject.table.sample_passwords(SAMPLE).await else { return vec![] };
    let (mut strong, mut weak, mut unknown) = (BTreeMap::new(), BTreeMap::new(), 0_u32);
    for hash in &stored {
        match recognise(hash) {
            Recognised::Strong(family) => *strong.entry(family.name()).or_insert(0) += 1,
            Recognised::Weak(name) => *weak.entry(name).or_insert(0) += 1,
            Recognised::Unknown => unknown += 1,
        }
    }
    let mut findings = vec![counted(stored.len(), &strong)];
    findings.extend((!weak.is_empty()).then(|| of_weak(subject, &weak)));
    findings.extend((unknown > 0).then(|| of_unknown(subject, unknown)));
    findings.extend(others(subject, &strong));
    findings.extend(bounded(subject, &stored));
    findings.extend(too_long(subject, &stored).await);
    findings
}

type Counts = BTreeMap<&'static str, u32>;

fn counted(rows: usize, strong: &Counts) -> Finding {
    let formats = if strong.is_empty() { "none that is known".to_owned() } else { list(strong) };
    Finding::ok(
        match rows {
            0 => "no row has a usable password yet".to_owned(),
            rows => format!("formats of {rows} usable passwords: {formats}"),
        },
        "a reset must write what your application's login verifies",
    )
}

fn of_weak(subject: &Subject<'_>, weak: &Counts) -> Finding {
    Finding::warning(
        format!("weak formats: {}", list(weak)),
        "they are guessed fast and never written; a reset of such a row writes another format",
        format!(
            "see that your application's login verifies {}, and write the others anew at login",
            written(subject)
        ),
    )
}

fn of_unknown(subject: &Subject<'_>, unknown: u32) -> Finding {
    Finding::warning(
        format!("passwords in a format that is not known here: {unknown}"),
        "a reset of such a row writes another format",
        format!("see that your application's login verifies {}", written(subject)),
    )
}

/// Rows of other families than the one that every reset writes.
fn others(subject: &Subject<'_>, strong: &Counts) -> Option<Finding> {
    let users = &subject.settings.users;
    let others: Counts = strong
        .iter()
        .filter(|(name, _)| !users.scheme.starts_with(**name))
        .map(|(name, count)| (*name, *count))
        .collect();
    (users.scheme != "keep" && !others.is_empty()).then(|| {
        Finding::warning(
            format!("rows have {}, and a reset writes {}", list(&others), users.scheme),
            "where your application's login does not verify that, a reset locks people out",
            format!("{KEEP} under [apps.{}.users], to write what the row has", subject.name),
        )
    })
}

/// Whether the policy promises more than bcrypt takes. That is no warning: it is so wherever
/// Laravel, Devise or Django write bcrypt, and whoever comes by it is told and chooses again.
fn bounded(subject: &Subject<'_>, stored: &[String]) -> Option<Finding> {
    let scheme: &Scheme = subject.scheme?;
    let of_rows = stored.iter().filter_map(|hash| scheme.max_bytes(Some(hash))).min();
    let max = of_rows.or_else(|| scheme.max_bytes(None).filter(|_| stored.is_empty()))?;
    let promised = subject.settings.password.max_length;
    (promised > max).then(|| {
        Finding::ok(
            format!(
                "bcrypt takes {max} bytes: longer passwords are refused, though \
                 `password.max_length` is {promised}; {max} would promise no more"
            ),
            "a password is never cut, and the link goes on working",
        )
    })
}

/// Whether what a reset would write fits the column, row by row.
async fn too_long(subject: &Subject<'_>, stored: &[String]) -> Option<Finding> {
    let scheme: &Scheme = subject.scheme?;
    let layout = subject.table.layout().await.ok()?;
    let longest = stored.iter().map(|hash| scheme.longest(Some(hash))).max()?;
    let chars = layout.password_chars.filter(|chars| *chars >= ARGON2ID_CHARS)?;
    (longest > chars).then(|| {
        Finding::error(
            format!("a reset of some rows would write {longest} characters, more than fit"),
            "a hash that does not fit is refused, and the password stays as it was",
            layout.widen.clone(),
        )
    })
}

fn written<'a>(subject: &Subject<'a>) -> &'a str {
    let users = &subject.settings.users;
    if users.scheme == "keep" { &users.scheme_new } else { &users.scheme }
}

fn list(counts: &Counts) -> String {
    let each = counts.iter().map(|(name, count)| format!("{name} ({count})"));
    each.collect::<Vec<_>>().join(", ")
}
