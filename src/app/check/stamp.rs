//! Whether the recovery stamp's column holds what is written there.

use super::{Finding, Subject};
use crate::account::stamp_chars;
use crate::store::TextColumn;

const WHY: &str = "a stamp that does not fit is not written, and what it goes with is not done";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match subject.table.stamp_column().await {
        Ok(column) => column.map(|column| finding(subject, &column)).into_iter().collect(),
        Err(error) => vec![Finding::trouble(&error, WHY)],
    }
}

fn finding(subject: &Subject<'_>, column: &TextColumn) -> Finding {
    let newest_wins = subject.settings.newest_link_wins;
    let (name, needed) = (&column.name, stamp_chars(newest_wins));
    let does = if newest_wins { "resets, revocations and mails" } else { "resets and revocations" };
    match column.chars {
        _ if !column.is_text => Finding::error(
            format!("the recovery stamp `{name}` is of type {}", column.data_type),
            "stamps are written as text",
            column.widen.clone(),
        ),
        Some(chars) if chars < needed => Finding::error(
            format!(
                "the recovery stamp `{name}` holds {chars} characters, and {does} write {needed}"
            ),
            WHY,
            column.widen.clone(),
        ),
        _ => Finding::ok(format!("the recovery stamp `{name}` holds what {does} write"), WHY),
    }
}
