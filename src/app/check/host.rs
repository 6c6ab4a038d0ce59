//! What the host application does with passwords and sessions beside, and a reset has to match.

use super::{Finding, Subject};
use crate::password::{Recognised, recognise};

/// Passwords that are looked at.
const SAMPLE: u64 = 1000;

/// The column in which Flask-Security says which sessions are good.
const FLASK_SECURITY: &str = "fs_uniquifier";

pub(super) async fn examine(subject: &Subject<'_>) -> Vec<Finding> {
    // What keeps it from being read is told by others.
    let Ok(layout) = subject.table.layout().await else { return vec![] };
    let flask_security = layout.columns.iter().any(|name| name == FLASK_SECURITY);
    let mut findings = vec![];
    findings.extend(no_salt(subject, flask_security));
    findings.extend(unprepared(subject).await);
    findings.extend(prepared(subject));
    findings.extend(sessions(subject, flask_security));
    findings
}

fn no_salt(subject: &Subject<'_>, flask_security: bool) -> Option<Finding> {
    let users = &subject.settings.users;
    (flask_security && users.password_salt.is_none()).then(|| {
        Finding::warning(
            format!("the table is Flask-Security's (`{FLASK_SECURITY}`), and no password_salt is given"),
            "Flask-Security prepares every password by its SECURITY_PASSWORD_SALT before it hashes \
             it: without that, a reset locks people out",
            format!(
                "password_salt = {{ file = \"password-salt\" }} under [apps.{}.users], with your \
                 SECURITY_PASSWORD_SALT in that file; nothing, if SECURITY_PASSWORD_SINGLE_HASH is on",
                subject.name
            ),
        )
    })
}

/// Formats of hosts that never prepare a password.
async fn unprepared(subject: &Subject<'_>) -> Option<Finding> {
    let users = &subject.settings.users;
    let setting = match (&users.password_salt, &users.pepper) {
        (Some(_), _) => "password_salt",
        (None, Some(_)) => "pepper",
        (None, None) => return None,
    };
    let stored = subject.table.sample_passwords(SAMPLE).await.ok()?;
    let families = stored.iter().filter_map(|hash| match recognise(hash) {
        Recognised::Strong(family) => Some(family.name()),
        Recognised::Weak(_) | Recognised::Unknown => None,
    });
    let host = |name: &&str| name.starts_with("werkzeug-") || name.starts_with("django-");
    let found = families.filter(host).count();
    (found > 0).then(|| {
        Finding::error(
            format!("{found} passwords are in Werkzeug's or Django's own format, and `{setting}` is given"),
            "these two prepare no password before they hash it: what a reset writes, they refuse",
            format!("take {setting} out of [apps.{}.users]", subject.name),
        )
    })
}

fn prepared(subject: &Subject<'_>) -> Option<Finding> {
    let users = &subject.settings.users;
    if users.preset.as_deref() == Some("devise") && users.pepper.is_none() {
        return Some(Finding::ok(
            "no pepper is given: right only where Devise has none (bin/rails runner 'p Devise.pepper' \
             prints nil)",
            "with another one, your application refuses every password that a reset writes",
        ));
    }
    (users.password_salt.is_some() || users.pepper.is_some()).then(|| {
        Finding::ok(
            "whether password_salt or pepper is your application's no table tells: reset a password \
             and log in",
            "with another one, your application refuses every password that a reset writes",
        )
    })
}

/// Whether a Flask application without Flask-Security keeps people logged in.
fn sessions(subject: &Subject<'_>, flask_security: bool) -> Option<Finding> {
    let users = &subject.settings.users;
    let renewed = &users.on_reset;
    let own = renewed.random.iter().any(|name| name != FLASK_SECURITY)
        || !renewed.increment.is_empty()
        || !renewed.set.is_empty();
    let flask = users.preset.as_deref() == Some("flask");
    (flask && !flask_security && !own).then(|| {
        Finding::warning(
            "nothing that a reset writes ends a session",
            "without Flask-Security, whoever is logged in stays so, the thief of a password among \
             them",
            format!(
                "on_reset.random = [\"session_token\"] under [apps.{}.users], with such a column that \
                 Flask-Login's get_id returns",
                subject.name
            ),
        )
    })
}
