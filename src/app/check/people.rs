//! Accounts that share an address or a user name, and accounts whose address takes no mail.

use super::addresses::among;
use super::{Finding, Subject};
use crate::recovery::StoreError;

const SHARED_WHY: &str = "who asks gets a link for each of them, but for no more than five";
const NAMES_WHY: &str =
    "who types one has links sent to each of these accounts, but to no more than five";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    match findings(subject).await {
        Ok(findings) => findings,
        Err(error) => vec![Finding::trouble(&error, "mail goes to the addresses in the table")],
    }
}

async fn findings(subject: &Subject<'_>) -> Result<Vec<Finding>, StoreError> {
    let among = among(subject).await?;
    let found = subject.table.people(subject.options.sample).await?;
    let mut findings = vec![];
    for (what, why, shared, list) in [
        ("addresses", SHARED_WHY, found.shared_addresses, &found.list_shared_addresses),
        ("user names", NAMES_WHY, found.shared_names, &found.list_shared_names),
    ] {
        if shared > 0 {
            findings.push(Finding::warning(
                format!("{what} that several accounts share: {shared} {among}"),
                why,
                format!("{list} -- then merge or correct those that are open"),
            ));
        }
    }
    if found.unaddressed > 0 {
        let list = found.list_unaddressed.map_or_else(
            || "write one plain name@domain into each".to_owned(),
            |list| format!("{list} -- then write one plain name@domain into each"),
        );
        findings.push(Finding::warning(
            format!("accounts whose address takes no mail: {} {among}", found.unaddressed),
            "mail goes to one plain name@domain, without spaces, names or a second address",
            list,
        ));
    }
    if findings.is_empty() {
        let names = if subject.settings.users.username.is_some() { " or user name" } else { "" };
        findings.push(Finding::ok(
            format!("no address{names} is shared, and every address takes mail {among}"),
            "people are found by what they type",
        ));
    }
    Ok(findings)
}
