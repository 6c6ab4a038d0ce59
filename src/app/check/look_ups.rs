//! Whether accounts are found by an index.

use super::{Finding, Subject};
use crate::recovery::StoreError;

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match findings(subject).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::trouble(&error, "these are the statements that are used")],
    }
}

async fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>, StoreError> {
    let large = subject.options.large_table;
    let rows = subject.table.count_rows(large).await?;
    let Some(look_ups) = subject.table.look_ups().await? else {
        return Ok(vec![Finding::ok(
            "the table is a view, and this user may not see whether an index serves the look-ups",
            "looking accounts up costs the same however many there are",
        )]);
    };
    let (good, bad): (Vec<_>, Vec<_>) = look_ups.into_iter().partition(|it| it.indexed);
    let mut findings = vec![];
    if !good.is_empty() {
        let mut columns: Vec<_> = good.iter().map(|it| format!("`{}`", it.column)).collect();
        columns.dedup();
        findings.push(Finding::ok(
            format!("an index serves the look-up by {}", columns.join(", ")),
            "looking accounts up costs the same however many there are",
        ));
    }
    for it in bad {
        let what = format!("no index serves the look-up by `{}`", it.column);
        findings.push(if rows < large {
            let why = format!(
                "every mail reads the whole table: rows so far {rows}, bearable below {large}"
            );
            Finding::warning(what, why, it.create)
        } else {
            let why = format!("every mail reads the whole table, which has {large} rows or more");
            Finding::error(what, why, it.create)
        });
    }
    Ok(findings)
}
