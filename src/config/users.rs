//! Where an application's users table is, and what its columns are called.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::SecretSource;

/// How many connections a process has to one database, those of all applications together.
pub const MOST_CONNECTIONS: u32 = 10;

/// One users table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct UsersSettings {
    /// `postgres://`, `mysql://` (MariaDB too) or `sqlite://`, with user and password.
    pub database: SecretSource,
    /// How many connections to it the application may hold at a time, of [`MOST_CONNECTIONS`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connections: Option<u32>,
    /// The framework whose table it is; what it stands for is filled in when the file is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// `off` lets a connection that leaves the machine go without verified TLS.
    #[serde(default)]
    pub tls: Tls,
    /// The table, with its schema where it has one: `auth_user`, `app.users`.
    #[serde(default = "users")]
    pub table: String,
    /// The primary key: integer, uuid or text.
    #[serde(default = "id")]
    pub id: String,
    /// The address.
    #[serde(default = "email")]
    pub email: String,
    /// The password hash.
    #[serde(default = "password")]
    pub password: String,
    /// The login name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// What to call the person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// The time of the last login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_login: Option<String>,
    /// Columns that tell of a second factor. They are neither read nor written.
    #[serde(default)]
    pub mfa: Vec<String>,
    /// A column of Regain's own; changing it voids every link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_stamp: Option<String>,
    /// The language tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// A second address, for recovery alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recovery_email: Option<RecoveryEmailSettings>,
    /// What must hold for an account to be active: all of it.
    #[serde(default)]
    pub active: Vec<ConditionSettings>,
    /// What must hold for its address to be confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed: Option<ConditionSettings>,
    /// Whether a completed reset confirms the address that its link was mailed to.
    #[serde(default)]
    pub reset_confirms: bool,
    /// Whether a completed invitation does, even where a reset does not.
    #[serde(default)]
    pub invitation_confirms: bool,
    /// What a reset changes beside the password, in the same statement.
    #[serde(default)]
    pub on_reset: OnResetSettings,
    /// Columns that are used where the table has them; all others must be there.
    #[serde(default)]
    pub optional: Vec<String>,
    /// How addresses are searched.
    #[serde(default)]
    pub email_match: EmailMatchSetting,
    /// The format that new hashes are written in: a scheme's name, or `keep` for the one that the
    /// row has.
    #[serde(default = "argon2id")]
    pub scheme: String,
    /// With `keep`, the scheme of rows whose own is weak or unknown.
    #[serde(default = "argon2id")]
    pub scheme_new: String,
    /// What the host puts after every password before it hashes it (Devise).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pepper: Option<SecretSource>,
    /// What the host prepares every password with by HMAC before it hashes it (Flask-Security).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password_salt: Option<SecretSource>,
}

fn users() -> String {
    "users".to_owned()
}
fn id() -> String {
    "id".to_owned()
}
fn email() -> String {
    "email".to_owned()
}
fn argon2id() -> String {
    "argon2id".to_owned()
}
fn password() -> String {
    "password".to_owned()
}

/// `{ column = "backup_email", confirmed = "backup_email_confirmed" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RecoveryEmailSettings {
    /// Name of the column of the address.
    pub column: String,
    /// What must hold for it to be used: an address that nobody has proved gets no link.
    pub confirmed: ConditionSettings,
}

/// Whether a connection must be protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tls {
    /// Verified TLS wherever the connection leaves the machine.
    #[default]
    Verify,
    /// None: said by an operator whose network protects it.
    Off,
}

/// What a reset changes beside the password: so that sessions die and locks open.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct OnResetSettings {
    /// Columns and the values that they get.
    pub set: BTreeMap<String, FixedValue>,
    /// Columns that become NULL.
    pub null: Vec<String>,
    /// Columns that get the time, in the column's own kind and in UTC.
    pub now: Vec<String>,
    /// Columns that get a new random text, or a new UUID where that is their type.
    pub random: Vec<String>,
    /// Columns that grow by one; NULL counts as nought.
    pub increment: Vec<String>,
}

/// A value that is always the same.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(untagged, expecting = "true, false, a whole number or a text")]
pub enum FixedValue {
    /// True or false.
    Boolean(bool),
    /// A whole number.
    Integer(i64),
    /// A text.
    Text(String),
}

/// A boolean column by name, or a column and its test.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(
    untagged,
    expecting = "a column name, { column, is = \"null\" } (or not-null, true, false) or { column, in = [..] }"
)]
pub enum ConditionSettings {
    /// `"is_active"`: the column is true.
    True(String),
    /// `{ column = "deleted_at", is = "null" }`.
    Is(ColumnIs),
    /// `{ column = "status", in = ["active"] }`.
    In(ColumnIn),
}

impl ConditionSettings {
    /// Whether a link may make it hold. A value that is on no list may mean anything, say that
    /// somebody is banned, and is not to be written over.
    #[must_use]
    pub const fn can_be_made(&self) -> bool {
        !matches!(self, Self::In(_))
    }

    /// The column that it is about.
    #[must_use]
    pub fn column(&self) -> &str {
        match self {
            Self::True(column) => column,
            Self::Is(condition) => &condition.column,
            Self::In(condition) => &condition.column,
        }
    }
}

/// `{ column = "deleted_at", is = "null" }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnIs {
    /// Name of the column.
    pub column: String,
    /// What its value must be.
    pub is: ColumnTest,
}

/// `{ column = "status", in = ["active"] }`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnIn {
    /// Name of the column.
    pub column: String,
    /// The values that will do.
    pub r#in: Vec<String>,
}

/// What a column's value must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ColumnTest {
    /// Nothing there.
    Null,
    /// Something there.
    NotNull,
    /// True.
    True,
    /// False.
    False,
}

/// How addresses are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmailMatchSetting {
    /// As typed, domain lowered, all lowered.
    #[default]
    AsciiLower,
    /// As typed.
    Exact,
    /// By `lower(column)`.
    Lower,
}
