//! Whether links to log in would go past a second factor.

use super::{Finding, Subject};
use crate::config::LoginLinks;
use crate::recovery::Accounts as _;

/// Tables in which well-known packages keep it beside the users table, and whose they are.
const TABLES: [(&str, &str); 5] = [
    ("otp_totp_totpdevice", "django-otp"),
    ("otp_hotp_hotpdevice", "django-otp"),
    ("otp_email_emaildevice", "django-otp"),
    ("otp_static_staticdevice", "django-otp"),
    ("mfa_authenticator", "django-allauth"),
];

const WHY: &str = "a link to log in asks for nothing but a mailbox";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    if subject.settings.login_links != LoginLinks::On {
        return vec![];
    }
    let mut findings = vec![match subject.table.second_factor().await {
        Ok(told_by) if told_by.is_empty() => {
            Finding::ok("no column of the table is known to tell of a second factor", WHY)
        }
        Ok(told_by) => column(subject, &told_by),
        Err(error) => Finding::trouble(&error, "without knowing, no link to log in is mailed"),
    }];
    for (table, package) in TABLES {
        // What may not be asked is not known of; the doctor can do no more than warn.
        if subject.table.has_beside(table).await.unwrap_or(false) {
            findings.push(beside(subject, table, package));
            break;
        }
    }
    findings
}

fn column(subject: &Subject<'_>, told_by: &[String]) -> Finding {
    Finding::error(
        format!(
            "login_links = true, and the table has what tells of a second factor: {}",
            told_by.join(", ")
        ),
        "a link to log in would go past it: none is mailed, and none that was mailed works",
        format!(
            "login_links = \"despite-mfa\" under [apps.{}], once your application asks for it when it \
             takes the session; or false",
            subject.name
        ),
    )
}

fn beside(subject: &Subject<'_>, table: &str, package: &str) -> Finding {
    Finding::warning(
        format!("login_links = true, and {package} keeps second factors in the table {table}"),
        "a link to log in goes past them, for Regain sees the users table and nothing else",
        format!(
            "login_links = \"despite-mfa\" under [apps.{}], once your application asks for it when it \
             takes the session; or false",
            subject.name
        ),
    )
}
