//! Every event that is accounted for: what it is called and what it tells. A new one is a row here, a
//! function in [`super`] that tells it, and a row in `docs/operating.md`.

/// Something that is accounted for.
#[derive(Clone, Copy, Debug)]
pub struct AuditEvent {
    /// Its name, which stays.
    pub name: &'static str,
    /// What it tells.
    pub help: &'static str,
}

macro_rules! events {
    ($($constant:ident: $name:literal, $help:literal;)+) => {
        $(#[doc = $help] pub(super) const $constant: &str = $name;)+

        /// Every event.
        pub const ALL: &[AuditEvent] = &[$(AuditEvent { name: $name, help: $help }),+];
    };
}

events! {
    LINK_ASKED: "link.asked",
        "Somebody asked for a link, and it was taken. Nobody has looked for an account yet.";
    MAIL_WITHHELD: "mail.withheld",
        "No mail was made of an ask, and why.";
    MAIL_SENT: "mail.sent",
        "A mail was taken by the mail server.";
    WEBHOOK_TOLD: "webhook.told",
        "The application's backend said that it heard.";
    TOKEN_REFUSED: "token.refused",
        "A token that one of our keys signed did nothing, and why.";
    PASSWORD_CHANGED: "password.changed",
        "A new password was written.";
    EMAIL_CONFIRMED: "email.confirmed",
        "An address was confirmed by a link.";
    LOGIN_COMPLETED: "login.completed",
        "Somebody logged in by a link.";
    ACCOUNT_DISPUTED: "account.disputed",
        "Somebody said that a change of the password was not theirs.";
    LINK_ISSUED: "link.issued",
        "An operator made a link: it was handed to them, or mailed to the account's owner.";
    ACCOUNT_INVITED: "account.invited",
        "An operator invited somebody, and it was taken. Nobody has looked for an account yet.";
    LINKS_REVOKED: "links.revoked",
        "Every link of an account was voided.";
    KEY_USED: "key.used",
        "An API key was used, what for and with what outcome.";
    KEY_REFUSED: "key.refused",
        "An API key did not let somebody in, and why.";
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTATION: &str = include_str!("../../../docs/operating.md");

    /// The rows of the documentation's table of events.
    fn documented() -> impl Iterator<Item = &'static str> {
        let (_, section) = DOCUMENTATION.split_once("\n## Audit\n").expect("a section on it");
        let section = section.split("\n## ").next().unwrap_or_default();
        let rows = section.lines().filter_map(|line| line.strip_prefix("| `"));
        rows.filter_map(|row| row.split('`').next())
    }

    #[test]
    fn the_documentation_has_a_row_for_every_event_and_for_nothing_else() {
        let names: Vec<_> = ALL.iter().map(|event| event.name).collect();
        assert_eq!(documented().collect::<Vec<_>>(), names);
    }

    #[test]
    fn names_say_what_it_is_about_and_what_happened() {
        for event in ALL {
            let parts: Vec<_> = event.name.split('.').collect();
            let word = |part: &&str| part.chars().all(|c| c.is_ascii_lowercase());
            assert!(parts.len() == 2 && parts.iter().all(word), "{event:?}");
            assert!(event.help.ends_with('.'), "{event:?}");
        }
    }
}
