//! What the journeys need of the outside world. Adapters implement it; nothing here names one.

use std::time::Duration;

use async_trait::async_trait;
use thiserror::Error;
use time::OffsetDateTime;

use super::{Call, Change, Job, Letter, Lost, Told};
use crate::account::{Account, Identifier, Needs};
use crate::password::Password;

/// The users table of one application.
#[async_trait]
pub trait Accounts: Send + Sync {
    /// The accounts that an identifier means, compared again in code: at most `limit` of them,
    /// those that are as they must be first. Of a principal, the id counts where no row has the name.
    ///
    /// # Errors
    /// [`StoreError`] when the table could not be read.
    async fn find(
        &self,
        identifier: &Identifier,
        needs: &Needs,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError>;

    /// The account with this id, from the primary and never from a replica that lags.
    ///
    /// # Errors
    /// [`StoreError`] when the table could not be read.
    async fn read(&self, id: &str) -> Result<Option<Account>, StoreError>;

    /// Writes the new hash, and what goes with it, if the row still is what `was` says, in one
    /// statement.
    ///
    /// # Errors
    /// [`StoreError`]: the row may or may not have been written, read it again.
    async fn swap_password(&self, was: &Account, new: &NewPassword) -> Result<Swap, StoreError>;

    /// Makes the address confirmed, if the row still has it and still is active, as `was` says, in
    /// one statement. Nothing else of the row counts: a password may have been set meanwhile.
    ///
    /// # Errors
    /// [`StoreError`]: the row may or may not have been written, read it again.
    async fn confirm(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError>;

    /// Writes the time of a login, if the row still is what `was` says, that of the last login
    /// included, in one statement.
    ///
    /// # Errors
    /// [`StoreError`]: after [`StoreError::Unreachable`] the row may or may not have been written.
    async fn advance_login(&self, was: &Account, at: OffsetDateTime) -> Result<Swap, StoreError>;

    /// Gives the row of this id another recovery stamp, whatever else it holds, and says whether
    /// there is such a row.
    ///
    /// # Errors
    /// [`StoreError`]: the row may or may not have been written.
    async fn renew_stamp(&self, id: &str, stamp: &str) -> Result<bool, StoreError>;

    /// The columns of the table that tell of a second factor which no link to log in may go past.
    /// They are looked for anew: somebody may have made one since.
    ///
    /// # Errors
    /// [`StoreError`] when that cannot be told.
    async fn second_factor(&self) -> Result<Vec<String>, StoreError>;

    /// Gives a row another recovery stamp, or none, if it still has the one that `was` says, in one
    /// statement. Nothing else of the row counts.
    ///
    /// # Errors
    /// [`StoreError`]: the row may or may not have been written, read it again.
    async fn swap_stamp(&self, was: &Account, stamp: Option<&str>) -> Result<Swap, StoreError>;

    /// Whether the table can be used now.
    ///
    /// # Errors
    /// [`StoreError`] when it cannot.
    async fn ping(&self) -> Result<(), StoreError>;
}

/// What a reset writes. It prints nothing of the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct NewPassword {
    /// The hash to be stored.
    pub hash: String,
    /// The new recovery stamp, where such a column is mapped.
    pub recovery_stamp: Option<String>,
    /// Whether the address becomes confirmed with it.
    pub confirms: bool,
    /// When it is written.
    pub at: OffsetDateTime,
}

/// What became of a compare-and-swap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// Exactly one row was written.
    Won,
    /// The row is not what it was.
    Lost,
}

/// Trouble with the users table. The text is for the log and holds no values.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum StoreError {
    /// The database is locked or the statement was a victim of a deadlock: try again.
    #[error("the users table is busy: {0}")]
    Busy(String),
    /// The connection failed: what was sent may or may not have been done.
    #[error("the users table cannot be reached: {0}")]
    Unreachable(String),
    /// The database refuses the statement: a column is missing, a privilege, a type.
    #[error("the users table does not fit the configuration: {0}")]
    Misfit(String),
}

impl StoreError {
    /// A fixed word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Busy(_) => "busy",
            Self::Unreachable(_) => "unreachable",
            Self::Misfit(_) => "misfit",
        }
    }
}

/// What waits to be mailed or called.
#[async_trait]
pub trait Jobs: Send + Sync {
    /// Takes a job that somebody asked for.
    ///
    /// # Errors
    /// [`QueueFull`], decided without knowing what the job is about.
    async fn ask(&self, job: Job) -> Result<(), QueueFull>;

    /// Takes a job that follows from one already accepted, into room kept free for such,
    /// to be done after `delay`.
    ///
    /// # Errors
    /// [`QueueFull`] when that room is used up too.
    async fn follow(&self, job: Job, delay: Duration) -> Result<(), QueueFull>;

    /// Whether an ask would be accepted now.
    fn has_room(&self) -> bool;

    /// How many jobs of an application there are, as far as it is known here.
    fn waiting_of(&self, _app: &str) -> usize {
        0
    }

    /// Whether so much waits already, and so much of this application, that what nobody asked for had
    /// better not wait, too.
    fn is_crowded(&self, _app: &str) -> bool {
        false
    }

    /// Lays a job aside that nothing more is done about, for operators to look at. As well as can
    /// be: the log has told of it already.
    async fn bury(&self, _job: &Job, _why: Lost, _at: OffsetDateTime) {}

    /// What of it cannot be used now, though asks may be accepted, in words for operators.
    fn trouble(&self) -> Option<&'static str> {
        None
    }

    /// Makes known what was told of a change, to whichever process does the jobs that follow from
    /// it. As well as can be: where it does not come through, the row has to tell. Jobs that stay
    /// in the process share the change itself.
    async fn tell(&self, _app: &str, _change: &Change) {}

    /// What another process told of a change.
    async fn told(&self, _app: &str, _change: &Change) -> Option<Told> {
        None
    }
}

/// The queue takes no more: it is full, or where it is kept cannot be reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the queue takes no more")]
pub struct QueueFull;

/// Who carries mail.
#[async_trait]
pub trait Sender: Send + Sync {
    /// Renders a letter and hands it over.
    ///
    /// # Errors
    /// [`SendError`], whose text holds no address.
    async fn send(&self, letter: &Letter) -> Result<(), SendError>;

    /// Whether the application's mail server takes mail now.
    ///
    /// # Errors
    /// [`SendError`] when it does not.
    async fn ping(&self, app: &str) -> Result<(), SendError>;
}

/// Who calls webhooks.
#[async_trait]
pub trait Hooks: Send + Sync {
    /// Tells an application's backend of an event.
    ///
    /// # Errors
    /// [`SendError`] when it did not say that it heard.
    async fn call(&self, call: &Call) -> Result<(), SendError>;
}

/// A mail or a call that was not taken. The text is the server's own word and holds no address.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendError {
    /// Might succeed later: 4xx, time-outs, refused connections.
    #[error("not taken for now: {0}")]
    Passing(String),
    /// The whole mail was sent and the answer lost: it may have been taken. It is sent again, since
    /// two mails are better than none; they are the same.
    #[error("perhaps taken: {0}")]
    Unanswered(String),
    /// Will never succeed: 5xx, an address that cannot be written to.
    #[error("refused: {0}")]
    Final(String),
}

impl SendError {
    /// A fixed word for it.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Passing(_) => "passing",
            Self::Unanswered(_) => "unanswered",
            Self::Final(_) => "refused",
        }
    }
}

/// Who knows which passwords were breached.
#[async_trait]
pub trait Breaches: Send + Sync {
    /// Whether the list that the application goes by has a password. The time is bounded, and nothing
    /// leaves the process by which one password could be told.
    ///
    /// # Errors
    /// [`NotTold`] when that could not be found out.
    async fn list(&self, app: &str, password: &Password) -> Result<bool, NotTold>;
}

/// Whether a password was breached could not be found out; how long until it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotTold {
    /// Who knows did not tell.
    #[error("not told, try again after {0:?}")]
    Failed(Duration),
    /// Nobody was asked, since too many others were asking. Whoever makes a crowd must not get past by it.
    #[error("too many ask, try again after {0:?}")]
    Crowded(Duration),
}

/// What may be done so often, each counted by itself: by a client, save where it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// Prepare an ask that is made by a call of its own, and comes to nothing without.
    Prepare,
    /// Ask for a link.
    Ask,
    /// Look at a token.
    Inspect,
    /// Use a token.
    Complete,
    /// Call with an API key, whoever has it: counted by key.
    Key,
    /// Try an API key that is none.
    WrongKey,
}

impl Door {
    /// Every door.
    pub const ALL: [Self; 6] =
        [Self::Prepare, Self::Ask, Self::Inspect, Self::Complete, Self::Key, Self::WrongKey];

    /// A name for logs, metrics and keys.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Ask => "ask",
            Self::Inspect => "inspect",
            Self::Complete => "complete",
            Self::Key => "key",
            Self::WrongKey => "wrong-key",
        }
    }
}

/// So many requests at once, and one more each interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// How many there are at most.
    pub requests: u32,
    /// How long one takes to come back.
    pub interval: Duration,
}

impl Quota {
    /// How long it takes until all of them are back.
    #[must_use]
    pub fn window(self) -> Duration {
        self.interval * self.requests
    }
}

/// How often and how much.
#[async_trait]
pub trait Limits: Send + Sync {
    /// How much of an application a door allows each client; nothing where it allows any amount.
    fn quota(&self, app: &str, door: Door) -> Option<Quota>;

    /// Takes one request for an application from a client's allowance at a door, and says how long it
    /// is until the allowance is whole again.
    ///
    /// # Errors
    /// How long to wait.
    async fn client(&self, app: &str, door: Door, client: &str) -> Result<Duration, TryAfter>;

    /// Gives back one request for an application that was taken from a client's allowance at a door.
    async fn give_request_back(&self, app: &str, door: Door, client: &str);

    /// Takes one mail from an account's budget.
    ///
    /// # Errors
    /// How long it is until there is one, when it is used up.
    async fn mail_budget(&self, app: &str, user_id: &str) -> Result<(), TryAfter>;

    /// Gives back one mail that was taken from an account's budget and never made.
    async fn give_back(&self, app: &str, user_id: &str);

    /// Takes the next turn in a pace of mails, and says how long it is until then.
    ///
    /// # Errors
    /// How long it would be, if that is longer than `patience`; then no turn is taken.
    async fn pace(&self, name: &str, patience: Duration) -> Result<Duration, TryAfter>;

    /// Gives back a turn that was taken in a pace and is not used.
    async fn give_turn_back(&self, name: &str);

    /// What of them cannot be used now, so that they make do without, in words for operators.
    fn trouble(&self) -> Option<&'static str> {
        None
    }
}

/// Too soon: how long to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("try again after {0:?}")]
pub struct TryAfter(pub Duration);
