//! Whether the key means one row.

use super::addresses::among;
use super::{Finding, Subject};
use crate::recovery::StoreError;
use crate::store::Key;

const WHY: &str = "a token carries the key, and a link of a key that two rows have does not work";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match findings(subject).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::trouble(&error, WHY)],
    }
}

async fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>, StoreError> {
    let among = among(subject).await?;
    let key = subject.table.key(subject.options.sample).await?;
    let mut findings = vec![];
    findings.extend(uniqueness(subject, &key, &among));
    if key.missing > 0 {
        findings.push(Finding::warning(
            format!("rows without a key: {} {among}", key.missing),
            "they are nobody's account: their people get no mail",
            format!("{} -- then give them one", key.list_missing),
        ));
    }
    Ok(findings)
}

fn uniqueness(subject: &Subject<'_>, key: &Key, among: &str) -> Option<Finding> {
    let name = &subject.settings.users.id;
    let primary = key
        .primary
        .as_ref()
        .map(|primary| format!("id = {primary:?} under [apps.{}.users], or: ", subject.name))
        .unwrap_or_default();
    if key.repeated > 0 {
        return Some(Finding::error(
            format!("keys `{name}` that several rows have: {} {among}", key.repeated),
            WHY,
            format!("{primary}{} -- then correct them", key.list_repeated),
        ));
    }
    match key.unique {
        None => None,
        Some(false) => Some(Finding::warning(
            format!("nothing keeps the key `{name}` unique"),
            WHY,
            format!("{primary}{}", key.create_unique),
        )),
        Some(true) if key.in_parts => Some(Finding::ok(
            format!("in no part of the table have two rows one key `{name}`"),
            WHY,
        )),
        Some(true) => Some(Finding::ok(format!("the key `{name}` is unique"), WHY)),
    }
}
