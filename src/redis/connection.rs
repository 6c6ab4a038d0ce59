//! One connection that many share. A task of its own keeps it: whoever asks something of Redis
//! never waits for a connection that has failed before, and everybody is served again once it is
//! back.

use std::future::Future;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Cmd, FromRedisValue, RedisResult, ScriptInvocation, cmd};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::{Trouble, wire};

/// How long connecting and logging in may take.
const CONNECT_PATIENCE: Duration = Duration::from_secs(2);
/// How long to wait before connecting is tried again.
const CONNECT_EVERY: Duration = Duration::from_millis(500);
/// How often a connection is looked at, so that one that died silently is noticed.
const LOOK_EVERY: Duration = Duration::from_secs(5);

/// Redis, for one use of it. Each use has a connection of its own, so that trouble of the one does
/// not stop the other.
pub struct Redis {
    state: watch::Receiver<State>,
    keeper: JoinHandle<()>,
    patience: Duration,
    prefix: String,
}

#[derive(Clone)]
enum State {
    /// For the first time, or because the other side closed: it mostly takes milliseconds.
    Connecting,
    Up(Live),
    /// It failed, for this reason. Nobody waits while this is so.
    Down(Trouble),
}

#[derive(Clone)]
struct Live {
    connection: MultiplexedConnection,
    /// Tells the keeper that this very connection is of no more use, and why.
    broken: mpsc::Sender<Trouble>,
}

impl Redis {
    /// Begins to connect; Redis need not be up. `what` names the use in logs and metrics, and keys
    /// begin with `prefix`. A connection that is being made and an answer are waited for, each at
    /// most for `patience`. `told` hears the use and whether there is a connection, again and again.
    ///
    /// # Panics
    /// Outside of a Tokio runtime.
    #[must_use]
    pub fn connect(
        address: Address,
        what: &'static str,
        prefix: &str,
        patience: Duration,
        told: fn(&'static str, bool),
    ) -> Self {
        let (sender, state) = watch::channel(State::Connecting);
        let keeper = tokio::spawn(keep(address, what, told, sender));
        Self { state, keeper, patience, prefix: prefix.to_owned() }
    }

    /// The whole name of a key.
    #[must_use]
    pub fn key(&self, name: &str) -> String {
        format!("{}:{name}", self.prefix)
    }

    /// Whether there is a connection, or may be in a moment.
    #[must_use]
    pub fn is_up(&self) -> bool {
        !matches!(*self.state.borrow(), State::Down(_))
    }

    /// Why there is no connection, where that is known, and the trouble itself else.
    #[must_use]
    pub fn explained(&self, trouble: Trouble) -> Trouble {
        match (&*self.state.borrow(), trouble) {
            (State::Down(why), Trouble::Down) => why.clone(),
            (_, trouble) => trouble,
        }
    }

    /// Runs a script, which Redis knows after the first time.
    ///
    /// # Errors
    /// [`Trouble`], at once where it is known that there is no connection.
    pub async fn invoke<T: FromRedisValue>(
        &self,
        script: &ScriptInvocation<'_>,
    ) -> Result<T, Trouble> {
        let Live { mut connection, broken } = self.live().await?;
        self.answer(script.invoke_async(&mut connection), &broken).await
    }

    /// Runs a command.
    ///
    /// # Errors
    /// As for [`Redis::invoke`].
    pub async fn query<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Trouble> {
        let Live { mut connection, broken } = self.live().await?;
        self.answer(command.query_async(&mut connection), &broken).await
    }

    /// The connection; while it is being made, what becomes of that.
    async fn live(&self) -> Result<Live, Trouble> {
        let mut state = self.state.clone();
        let known = state.wait_for(|state| !matches!(state, State::Connecting));
        let Ok(Ok(known)) = timeout(self.patience, known).await else { return Err(Trouble::Down) };
        match &*known {
            State::Up(live) => Ok(live.clone()),
            State::Connecting | State::Down(_) => Err(Trouble::Down),
        }
    }

    async fn answer<T>(
        &self,
        call: impl Future<Output = RedisResult<T>>,
        broken: &mpsc::Sender<Trouble>,
    ) -> Result<T, Trouble> {
        let trouble = match timeout(self.patience, call).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) if Trouble::ends_connection(&error) => error.into(),
            Ok(Err(error)) => return Err(error.into()),
            Err(_) => Trouble::Silent,
        };
        // Where it is full the keeper knows already.
        let _told = broken.try_send(trouble.clone());
        Err(trouble)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        self.keeper.abort();
    }
}

/// Connects again and again; it never ends.
async fn keep(
    address: Address,
    what: &'static str,
    told: fn(&'static str, bool),
    state: watch::Sender<State>,
) {
    let place = address.whereabouts();
    let tell = |up| told(what, up);
    let mut was_up = None;
    loop {
        let why = match timeout(CONNECT_PATIENCE, log_in(&address)).await {
            Ok(Ok((connection, closed))) => {
                if was_up != Some(true) {
                    tracing::info!(what, place, "Redis can be used");
                    was_up = Some(true);
                }
                tell(true);
                let (broken, heard) = mpsc::channel(1);
                let live = Live { connection: connection.clone(), broken };
                state.send_replace(State::Up(live));
                tokio::select! {
                    why = gone(connection, heard, tell) => why,
                    _ = closed => {
                        state.send_replace(State::Connecting);
                        continue;
                    }
                }
            }
            Ok(Err(trouble)) => trouble,
            Err(_) => Trouble::Silent,
        };
        tell(false);
        state.send_replace(State::Down(why.clone()));
        if was_up != Some(false) {
            tracing::error!(what, place, %why, "Redis cannot be used");
            was_up = Some(false);
        }
        sleep(CONNECT_EVERY).await;
    }
}

/// A connection that was answered over, and what ends when the other side closes it.
async fn log_in(address: &Address) -> Result<(MultiplexedConnection, JoinHandle<()>), Trouble> {
    let wire = wire::connect(&address.place).await;
    let wire = wire.map_err(|error| Trouble::Broken(error.to_string()))?;
    let config = AsyncConnectionConfig::new().set_response_timeout(None);
    let made = MultiplexedConnection::new_with_config(&address.login, wire, config).await;
    let (mut connection, driver) = made?;
    let driver = tokio::spawn(driver);
    ping(&mut connection).await?;
    takes_writes(&mut connection).await?;
    Ok((connection, driver))
}

/// Waits until a connection is of no more use.
async fn gone(
    mut connection: MultiplexedConnection,
    mut broken: mpsc::Receiver<Trouble>,
    tell: impl Fn(bool),
) -> Trouble {
    loop {
        tokio::select! {
            why = broken.recv() => return why.unwrap_or(Trouble::Silent),
            () = sleep(LOOK_EVERY) => match timeout(CONNECT_PATIENCE, ping(&mut connection)).await {
                Ok(Ok(())) => tell(true),
                Ok(Err(trouble)) => return trouble,
                Err(_) => return Trouble::Silent,
            },
        }
    }
}

/// Refuses a copy of another Redis: it answers, and takes nothing in. Who may not ask is not told.
async fn takes_writes(connection: &mut MultiplexedConnection) -> Result<(), Trouble> {
    let info = cmd("INFO").arg("replication").query_async::<String>(connection).await;
    let copy = info.is_ok_and(|info| info.lines().any(|line| line.trim() == "role:slave"));
    if copy {
        Err(Trouble::Refused("READONLY: it is a copy of another Redis".to_owned()))
    } else {
        Ok(())
    }
}

async fn ping(connection: &mut MultiplexedConnection) -> Result<(), Trouble> {
    Ok(cmd("PING").query_async::<()>(connection).await?)
}
