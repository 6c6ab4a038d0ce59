//! What the tests of the journeys share.

use crate::account::Account;

/// An account with an address and a password, and nothing else.
pub fn ada() -> Account {
    Account {
        id: "1".to_owned(),
        email: Some("ada@example.com".to_owned()),
        username: None,
        display_name: None,
        password: Some("$argon2id$v=19$m=64,t=1,p=1$c2FsdA$aGFzaA".to_owned()),
        recovery_stamp: None,
        last_login: None,
        locale: None,
        active: vec![],
        confirmed: vec![],
    }
}
