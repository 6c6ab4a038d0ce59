//! Whether the user of the connection may do what is needed, and no more.

use super::{Finding, Subject};
use crate::config::LoginLinks;
use crate::recovery::StoreError;
use crate::store::Relation;

const WHY: &str = "SELECT on the mapped columns and UPDATE on those that a reset writes are needed";
const LESS_WHY: &str = "whoever gets hold of the connection can do no more than it is allowed";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    let logs_in = subject.settings.login_links != LoginLinks::Off;
    let found = match subject.table.privileges(logs_in).await {
        Ok(found) => found,
        Err(error) => return vec![unwritable(subject, &error).await],
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
    if !found.unwritten_beside.is_empty() {
        findings.push(Finding::warning(
            format!("this user may not write {}", found.unwritten_beside.join(", ")),
            "links that confirm an address or log in write there: they are mailed, and then do nothing",
            found.grant.clone().unwrap_or_else(|| "grant it".to_owned()),
        ));
    }
    if !found.more.is_empty() {
        let more = found.more.join(", ");
        // The user may be the application's, which needs all of it.
        findings.push(Finding::warning(
            format!("this user may also {more}, which is never used"),
            LESS_WHY,
            format!(
                "{} -- as the database's administrator; then connect as regain",
                found.own_user
            ),
        ));
    }
    findings
}

const UNWRITABLE_WHY: &str = "a reset reads and writes there";

async fn unwritable(subject: &Subject<'_>, error: &StoreError) -> Finding {
    let view = subject.table.relation().await == Ok(Relation::View);
    match error {
        StoreError::Misfit(problem) if view && !problem.contains("read-only") => Finding::error(
            format!("the view {:?} cannot be written: {problem}", subject.settings.users.table),
            UNWRITABLE_WHY,
            format!(
                "table = \"the_table_of_the_view\" under [apps.{}.users], or name a view that takes \
                 an UPDATE",
                subject.name
            ),
        ),
        error => Finding::trouble(error, UNWRITABLE_WHY),
    }
}
