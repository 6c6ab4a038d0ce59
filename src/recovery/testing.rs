//! What the tests of the journeys share: an application over a table and parts that are in memory. What
//! the real ones do is for the integration tests to show.

mod heard;
mod parts;
mod table;

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use time::macros::datetime;
use tokio::sync::Semaphore;

pub use heard::{Log, Meters};
pub use parts::Parts;
pub use table::Table;

use super::{
    Application, Ask, AskError, BreachUse, Caller, Client, CompleteError, Completed, Completion,
    Event, HashingPool, HashingShare, InspectError, Inspected, Job, Languages, Later, Letter,
    LinkPattern, LinkWish, LoggedIn, Mail, Message, Operator, Ports, Recovery, ReturnTargets,
    StampUse, Task, TokenUse,
};
use crate::account::{Account, Identifier};
use crate::clock::Clock;
use crate::language::{Catalogue, Language};
use crate::password::{Argon2Cost, Password, Policy, Scheme};
use crate::random::Random;
use crate::token::{ApiKey, ApiKeys, Keyring, KnownKey, Purpose, Scope, Secret};

/// Where everything begins.
pub const START: OffsetDateTime = datetime!(2027-01-15 08:00 UTC);

/// A password that will do.
pub const GOOD: &str = "stapled otter in the rain";

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
        recovery_email: None,
    }
}

/// The job of an ask for a link to a new password.
pub fn ask_for(app: &str, reference: &str, who: &str) -> Job {
    let wish = LinkWish::of(Purpose::PasswordReset);
    Job {
        app: app.to_owned(),
        reference: reference.to_owned(),
        asked_at: OffsetDateTime::UNIX_EPOCH,
        attempt: 0,
        has_turn: false,
        redone: false,
        trace: None,
        task: Task::Mail(Mail::Ask(Identifier::parse(who).unwrap(), wish)),
    }
}

/// Journeys of no application.
pub fn of_nobody() -> Recovery {
    recovery([], &Arc::new(Parts::default()), Clock::system())
}

fn recovery(
    apps: impl IntoIterator<Item = Application>,
    parts: &Arc<Parts>,
    clock: Clock,
) -> Recovery {
    let all = Ports {
        jobs: parts.clone(),
        limits: parts.clone(),
        sender: parts.clone(),
        hooks: parts.clone(),
        breaches: parts.clone(),
    };
    let hashing = HashingPool::new(2, Duration::from_secs(1), Random::repeatable(1));
    Recovery::new(apps, all, hashing, clock, Random::repeatable(2))
}

/// The application `shop`, in which Ada has an account.
pub struct World {
    /// The journeys.
    pub recovery: Recovery,
    /// The users table.
    pub table: Arc<Table>,
    /// All else that the journeys reach.
    pub parts: Arc<Parts>,
    /// The time, which stands still.
    pub clock: Clock,
}

impl World {
    /// With everything switched on that there is.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// Where links void those mailed before them, and Ada has a stamp.
    pub fn where_the_newest_wins() -> Self {
        let world = Self::with(|app| app.stamp = StampUse::NewestLinkWins);
        world.table.change(|row| row.recovery_stamp = Some("base".to_owned()));
        world
    }

    /// With everything but what is done with tokens of this purpose.
    pub fn without(purpose: Purpose) -> Self {
        Self::with(|app| app.offered.retain(|offered| *offered != purpose))
    }

    /// With something else about the application.
    pub fn with(change: impl FnOnce(&mut Application)) -> Self {
        let (table, parts) = (Arc::new(Table::default()), Arc::new(Parts::default()));
        table.add(ada());
        let mut app = shop(table.clone());
        change(&mut app);
        let clock = Clock::fixed(START);
        let recovery = recovery([app], &parts, clock.clone());
        Self { recovery, table, parts, clock }
    }

    /// The application.
    pub fn app(&self) -> &Arc<Application> {
        self.recovery.application("shop").unwrap()
    }

    /// Who calls with a key that may do this.
    pub async fn operator(&self, scope: Scope) -> Operator {
        self.recovery.recognise(self.app(), key_for(&[scope]).expose(), "client").await.unwrap()
    }

    /// Asks, as somebody at a browser.
    pub async fn ask(&self, purpose: Purpose, who: &str) -> Result<(), AskError> {
        self.recovery.ask(self.app(), asking(purpose, who)).await
    }

    /// Does what waits now, and puts what is left of it back.
    pub async fn work(&self) {
        let waiting = mem::take(&mut *self.parts.waiting.lock().unwrap());
        for Later { job, .. } in waiting {
            let left = self.recovery.perform(job).await;
            self.parts.waiting.lock().unwrap().extend(left);
        }
    }

    /// Does what waits until nothing does, while the time stands still.
    pub async fn work_off(&self) {
        for _round in 0..9 {
            self.work().await;
        }
        assert_eq!(self.waiting(), [""; 0], "what still waits");
    }

    /// The kinds of what waits.
    pub fn waiting(&self) -> Vec<&'static str> {
        self.parts.waiting.lock().unwrap().iter().map(|later| later.job.task.kind()).collect()
    }

    /// How long what waits is to wait, in the order of waiting.
    pub fn delays(&self) -> Vec<Duration> {
        self.parts.waiting.lock().unwrap().iter().map(|later| later.after).collect()
    }

    /// Asks for a link, has it mailed, and takes the token out of the mail.
    pub async fn token(&self, purpose: Purpose) -> String {
        self.ask(purpose, "ada@example.com").await.unwrap();
        self.work_off().await;
        token_in(self.letters().last().expect("a mail"))
    }

    /// Every letter so far.
    pub fn letters(&self) -> Vec<Letter> {
        self.parts.letters.lock().unwrap().clone()
    }

    /// The kind of each letter so far.
    pub fn mailed(&self) -> Vec<&'static str> {
        self.letters().iter().map(|letter| letter.message.kind()).collect()
    }

    /// The events that the webhook was told of so far.
    pub fn told(&self) -> Vec<&'static str> {
        self.parts.calls.lock().unwrap().iter().map(|call| call.event.name()).collect()
    }

    /// Looks at a token.
    pub async fn inspect(&self, purpose: Purpose, token: &str) -> Result<Inspected, InspectError> {
        self.recovery.inspect(self.app(), &client(), purpose, token).await
    }

    /// Sets this password by a token.
    pub async fn complete(&self, token: &str, new: &str) -> Result<Completed, CompleteError> {
        let completion = Completion {
            token: token.to_owned(),
            new_password: Password::new(new.to_owned()),
            client: client(),
            by: Client::of_user_agent("Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0"),
            reference: "r2".to_owned(),
        };
        self.recovery.complete(self.app(), completion).await
    }

    /// Confirms the address by a token.
    pub async fn confirm(&self, token: &str) -> Result<Completed, CompleteError> {
        self.recovery.confirm(self.app(), token_use(token)).await
    }

    /// Logs in by a token.
    pub async fn log_in(&self, token: &str) -> Result<LoggedIn, CompleteError> {
        self.recovery.log_in(self.app(), token_use(token)).await
    }

    /// Whether the first account has this password.
    pub fn has_password(&self, password: &str) -> bool {
        let stored = self.table.first().password.unwrap();
        self.app().scheme.verifies(&Password::new(password.to_owned()), &stored)
    }
}

/// Somebody at a browser.
pub fn client() -> Caller {
    Caller::from("198.51.100.7".to_owned())
}

/// What somebody asks for who says nothing but what for and for whom.
pub fn asking(purpose: Purpose, who: &str) -> Ask {
    Ask {
        purpose,
        identifier: Identifier::parse(who).unwrap(),
        languages: Languages::default(),
        return_to: None,
        disputed: false,
        wording: None,
        client: client(),
        reference: "r1".to_owned(),
    }
}

fn token_use(token: &str) -> TokenUse {
    TokenUse { token: token.to_owned(), client: client(), reference: "r2".to_owned() }
}

/// The token in the link of a mail.
pub fn token_in(letter: &Letter) -> String {
    let Message::Link { link, .. } = &letter.message else {
        panic!("{} has no link", letter.message.kind());
    };
    link.rsplit('/').next().unwrap().to_owned()
}

/// The key that may do these things and nothing else.
pub fn key_for(scopes: &[Scope]) -> ApiKey {
    let seed = scopes.iter().fold(0, |seed, scope| seed * 16 + *scope as u64 + 1);
    ApiKey::generate(&Random::repeatable(seed))
}

/// What a key of each scope is called: `tokens:explain`.
fn api_keys() -> ApiKeys {
    ApiKeys::new(Scope::names().into_iter().map(|name| {
        let scopes = vec![Scope::from_name(name).unwrap()];
        KnownKey { name: name.to_owned(), digest: key_for(&scopes).digest(), scopes }
    }))
}

fn shop(accounts: Arc<Table>) -> Application {
    let secret = Secret::parse(b"d84a3f6c0e2b91577a60c8f5e1b3d29f4c7e8a1b").unwrap();
    let keyring = Keyring::new("2027-01", [("2027-01".to_owned(), secret)]).unwrap();
    let link = |purpose: Purpose| {
        let page = purpose.page()?;
        let pattern = format!("https://accounts.example.com/a/shop/{page}/{{token}}");
        Some((purpose, LinkPattern::parse(&pattern).unwrap()))
    };
    let cost = Argon2Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
    Application {
        name: "shop".to_owned(),
        title: "The Shop".to_owned(),
        language: Language::English,
        texts: Arc::new(Catalogue::embedded().unwrap()),
        keys: keyring.application("shop"),
        accounts,
        stamp: StampUse::Renewed,
        offered: BTreeSet::from(Purpose::ALL),
        reset_confirms: false,
        invitation_confirms: true,
        usernames: true,
        policy: Policy { min_length: 8, max_length: 128, min_strength: 3 },
        breaches: BreachUse::NotAsked,
        hashing_share: Arc::new(HashingShare::new(2)),
        job_share: Arc::new(Semaphore::new(4)),
        lane: Arc::new(Semaphore::new(4)),
        hook_lane: Arc::new(Semaphore::new(4)),
        paces: vec!["shop".to_owned(), "provider".to_owned()],
        scheme: Scheme::argon2id(cost).unwrap(),
        links: Purpose::ALL.into_iter().filter_map(link).collect(),
        wordings: BTreeMap::new(),
        not_me_link: "https://accounts.example.com/a/shop/not-me".to_owned(),
        lifetimes: BTreeMap::new(),
        invitation_lifetime: Duration::from_hours(72),
        return_targets: ReturnTargets::parse(&["https://shop.example.com/".to_owned()]).unwrap(),
        login_to: None,
        hooks: Event::ALL.to_vec(),
        api_keys: api_keys(),
    }
}
