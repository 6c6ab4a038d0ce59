//! Whether the database is reached and the table has what the configuration names.

use super::{Finding, Subject};
use crate::config::UsersSettings;
use crate::store::Layout;

/// Characters of a PHC string of Argon2id at the recommended cost.
pub(super) const ARGON2ID_CHARS: usize = 97;
/// What holds a hash of every known format at every cost.
const RECOMMENDED_CHARS: usize = 255;

/// How alike a name must be to be taken for the one that was meant.
const LIKENESS: f64 = 0.75;
/// How many names are told where none is alike.
const NAMES: usize = 20;

const COLUMNS_WHY: &str =
    "every column that is named is read or written; only optional ones may be absent";

/// What was found, and whether the rest can be looked at.
pub(super) async fn examine(subject: &Subject<'_>) -> (Vec<Finding>, bool) {
    let layout = match subject.table.layout().await {
        Ok(layout) => layout,
        Err(error) => {
            let why = "without its users table the application's people get no mail";
            return (vec![Finding::trouble(&error, why)], false);
        }
    };
    let reached =
        Finding::ok("the database is reached", "accounts are found and passwords written there");
    if layout.columns.is_empty() {
        return (vec![reached, no_table(subject, &layout)], false);
    }
    let mut findings = vec![reached];
    findings.extend(layout.missing.iter().map(|name| no_column(subject, &layout, name)));
    let key_seen = !layout.key_type.is_empty();
    if key_seen && !layout.key_understood {
        findings.push(key_not_understood(subject, &layout));
    }
    if !layout.password_is_text {
        findings.push(password_not_text(subject, &layout));
    }
    let fits = findings.len() == 1;
    if fits {
        findings.push(Finding::ok(
            format!("the table {} has every column that is named", layout.table),
            COLUMNS_WHY,
        ));
        findings.push(Finding::ok(
            format!(
                "the key `{}` is of type {}, which is understood",
                subject.settings.users.id, layout.key_type
            ),
            "tokens carry it as text, and it must find one row",
        ));
    }
    findings.extend(optional(&layout));
    findings.extend(password(subject, &layout));
    (findings, fits)
}

fn no_table(subject: &Subject<'_>, layout: &Layout) -> Finding {
    let wanted = &subject.settings.users.table;
    Finding::error(
        format!("there is no table {}, or this user may not see it", layout.table),
        "accounts are found there",
        match (nearest(wanted, &layout.tables), layout.tables.as_slice()) {
            (Err(_), [only]) => table_is(subject, only),
            (Ok(near), _) => table_is(subject, near),
            (Err(known), _) => format!("set users.table; tables seen: {known}"),
        },
    )
}

fn table_is(subject: &Subject<'_>, name: &str) -> String {
    format!("table = {name:?} under [apps.{}.users]", subject.name)
}

fn no_column(subject: &Subject<'_>, layout: &Layout, name: &str) -> Finding {
    Finding::error(
        format!("the table {} has no column {name:?}, or this user may not see it", layout.table),
        COLUMNS_WHY,
        match nearest(name, &layout.columns) {
            Ok(near) => {
                let section = format!("under [apps.{}.users], if that is the one", subject.name);
                match setting_of(&subject.settings.users, name) {
                    Some(setting) => format!("{setting} = {near:?} {section}"),
                    None => format!("write {near:?} for {name:?} {section}"),
                }
            }
            Err(known) => format!("correct the name; columns seen: {known}"),
        },
    )
}

/// The setting that names this column, where it is one that names a column and nothing else.
fn setting_of(users: &UsersSettings, column: &str) -> Option<&'static str> {
    let named = [
        ("id", Some(&users.id)),
        ("email", Some(&users.email)),
        ("password", Some(&users.password)),
        ("username", users.username.as_ref()),
        ("display_name", users.display_name.as_ref()),
        ("last_login", users.last_login.as_ref()),
        ("recovery_stamp", users.recovery_stamp.as_ref()),
        ("locale", users.locale.as_ref()),
    ];
    named.into_iter().find(|(_, name)| *name == Some(&column.to_owned())).map(|(key, _)| key)
}

fn key_not_understood(subject: &Subject<'_>, layout: &Layout) -> Finding {
    Finding::error(
        format!("the key `{}` is of type {}", subject.settings.users.id, layout.key_type),
        "a token carries the key as text: integer, uuid and text are understood",
        "name such a column in users.id, or add a generated text column and name that",
    )
}

fn password_not_text(subject: &Subject<'_>, layout: &Layout) -> Finding {
    Finding::error(
        format!(
            "the password column `{}` is of type {}",
            subject.settings.users.password, layout.password_type
        ),
        "hashes are written as text",
        format!("{} -- and let your application read text there", layout.into_text),
    )
}

fn optional(layout: &Layout) -> Option<Finding> {
    let list = |names: &[String]| {
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let any = !layout.used.is_empty() || !layout.absent.is_empty();
    any.then(|| {
        let (used, absent) = (list(&layout.used), list(&layout.absent));
        Finding::ok(
            format!("optional columns used: {used}; not there: {absent}"),
            "columns that a preset names are used where the table has them",
        )
    })
}

fn password(subject: &Subject<'_>, layout: &Layout) -> Option<Finding> {
    let chars = layout.password_chars?;
    let name = &subject.settings.users.password;
    let why = "a hash that does not fit is refused, and the password stays as it was";
    Some(if chars < ARGON2ID_CHARS {
        Finding::error(
            format!(
                "the password column `{name}` holds {chars} characters, and Argon2id needs {ARGON2ID_CHARS}"
            ),
            why,
            layout.widen.clone(),
        )
    } else if chars < RECOMMENDED_CHARS {
        Finding::ok(
            format!(
                "the password column `{name}` holds {chars} characters: enough, though {RECOMMENDED_CHARS} are recommended"
            ),
            why,
        )
    } else {
        Finding::ok(format!("the password column `{name}` holds {chars} characters"), why)
    })
}

/// The name that is most alike, or the names there are.
fn nearest<'a>(name: &str, known: &'a [String]) -> Result<&'a str, String> {
    let likeness = |known: &str| {
        // Of `app.users`, the table's own name is what was probably meant.
        let own = |text: &str| text.rsplit('.').next().unwrap_or(text).to_lowercase();
        strsim::jaro_winkler(&own(name), &own(known))
    };
    let scored = known.iter().map(|known| (likeness(known), known));
    match scored.max_by(|(one, _), (two, _)| one.total_cmp(two)) {
        Some((score, near)) if score > LIKENESS => Ok(near),
        _ if known.is_empty() => Err("none".to_owned()),
        _ => {
            let some: Vec<_> = known.iter().take(NAMES).map(String::as_str).collect();
            let more = if known.len() > NAMES { ", …" } else { "" };
            Err(format!("{}{more}", some.join(", ")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(name: &str, known: &[&str]) -> Result<String, String> {
        let known: Vec<String> = known.iter().map(|known| (*known).to_owned()).collect();
        nearest(name, &known).map(str::to_owned)
    }

    #[test]
    fn the_name_that_was_meant_is_told() {
        let known = ["id", "email_address", "password_hash", "created_at"];
        assert_eq!(near("email", &known).as_deref(), Ok("email_address"));
        assert_eq!(near("passwd", &known).as_deref(), Ok("password_hash"));
        assert_eq!(near("users", &["orders", "app.users"]).as_deref(), Ok("app.users"));
    }

    #[test]
    fn where_no_name_is_alike_all_are_told() {
        assert_eq!(near("last_login", &["id", "zip"]), Err("id, zip".to_owned()));
        assert_eq!(near("users", &[]), Err("none".to_owned()));
    }
}
