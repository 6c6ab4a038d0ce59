//! Whether the user of the connection may do what is needed, and no more.

use super::{Finding, Subject};

const WHY: &str = "SELECT on the mapped columns and UPDATE on those that a reset writes are needed";
const LESS_WHY: &str = "whoever gets hold of the connection can do no more than it is allowed";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let found = match subject.table.privileges().await {
        Ok(found) => found,
        Err(error) => return vec![Finding::trouble(&error, "a reset writes there")],
    };
    let mut findings = vec![];
    for (verb, columns) in [("read", &found.unread), ("write", &found.unwritten)] {
        if !columns.is_empty() {
            findings.push(Finding::error(
                format!("this user may not {verb} {}", columns.join(", ")),
                WHY,
                found.grant.clone().unwrap_or_else(|| "grant it".to_owned()),
            ));
        }
    }
    if findings.is_empty() {
        findings.push(Finding::ok("this user may do all that is needed", WHY));
    }
    if !found.more.is_empty() {
        let more = found.more.join(", ");
        let cure = format!("{} (or connect as a user of Regain's own)", found.revoke);
        findings.push(Finding::warning(
            format!("this user may also {more}, which is never used"),
            LESS_WHY,
            cure,
        ));
    }
    findings
}
