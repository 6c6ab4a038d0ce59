//! Addresses that are not found by who types them.

use super::{Finding, Subject};
use crate::config::EmailMatchSetting;
use crate::recovery::StoreError;
use crate::store::Addresses;

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match findings(subject).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::trouble(&error, "accounts are found by their addresses")],
    }
}

async fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>, StoreError> {
    let sample = subject.options.sample;
    let among = among(subject).await?;
    let found = subject.table.addresses(sample).await?;
    let mut findings = vec![];
    if found.with_capitals > 0 {
        findings.push(Finding::warning(
            format!("addresses stored with capitals: {} {among}", found.with_capitals),
            "they are found only by who types the same capitals, and most people type none",
            capitals_cure(subject, &found),
        ));
    }
    if findings.is_empty() {
        findings.push(Finding::ok(
            format!("no address hides behind capitals {among}"),
            "people are found by what they type",
        ));
    }
    Ok(findings)
}

/// How far rows are looked at one by one, in words.
pub(super) async fn among(subject: &Subject<'_>) -> Result<String, StoreError> {
    let sample = subject.options.sample;
    let rows = subject.table.count_rows(sample.saturating_add(1)).await?;
    Ok(if rows > sample {
        format!("among {sample} rows looked at")
    } else {
        "in all rows".to_owned()
    })
}

fn capitals_cure(subject: &Subject<'_>, found: &Addresses) -> String {
    let section = format!("[apps.{}.users]", subject.name);
    let exact = subject.settings.users.email_match == EmailMatchSetting::Exact;
    match &found.index_lower {
        Some(index) => format!("email_match = \"lower\" under {section}, after: {index}"),
        None if exact => format!(
            "email_match = \"ascii-lower\" under {section}, and a collation without case for the \
             column, say utf8mb4_general_ci"
        ),
        None => "give the column a collation without case, say utf8mb4_general_ci".to_owned(),
    }
}
