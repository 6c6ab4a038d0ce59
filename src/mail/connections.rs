//! Connections to one mail server, kept for the next mail.
//!
//! lettre's own pool waits for answers without end, and takes a connection back that was given up
//! in the middle of a mail, whose late answers would then be taken for those of the next.

use std::future::Future;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use thiserror::Error as ThisError;
use tokio::sync::Semaphore;

/// Answers before one mail: to MAIL, RCPT and DATA.
const ANSWERS_BEFORE_A_MAIL: u32 = 3;

/// How a connection is protected.
#[derive(Clone)]
pub enum Protection {
    /// Nothing: loopback only.
    None,
    /// STARTTLS or nothing (RFC 3207).
    StartTls(TlsParameters),
    /// TLS from the first byte (RFC 8314 §3.3).
    Tls(TlsParameters),
}

/// A mail server and how it is talked to.
pub struct Server {
    pub host: String,
    pub port: u16,
    pub protection: Protection,
    pub credentials: Option<Credentials>,
    /// Longest wait for each of its answers.
    pub patience: Duration,
}

/// Why a mail was not handed over.
#[derive(Debug, ThisError)]
pub enum Trouble {
    /// There is no connection to be had, or the login is refused: no mail is at fault.
    #[error("no connection: {0}")]
    Connection(#[source] Error),
    /// What the server said to the mail.
    #[error(transparent)]
    Mail(Error),
    /// Nothing was said in time.
    #[error("no answer in time {0}")]
    Silence(&'static str),
    /// The whole mail was sent, and the answer never came: it may be taken or not.
    #[error("the mail was sent, and its answer lost: {0}")]
    Unanswered(String),
}

impl Trouble {
    /// Whether the server refuses this very mail for good (RFC 5321 §4.2.1). Some ask for a login
    /// only then (RFC 4954 §6), which is no mail's fault.
    pub fn is_permanent(&self) -> bool {
        let Self::Mail(error) = self else { return false };
        let login = [530, 534, 535, 538].contains(&error.status().map_or(0, u16::from));
        error.is_permanent() && !login
    }
}

/// A bounded number of connections, kept while they wait for a mail.
pub struct Connections {
    server: Server,
    most: usize,
    idle: Mutex<Vec<AsyncSmtpConnection>>,
    /// One for each mail that may be carried at a time.
    turns: Semaphore,
}

impl Connections {
    /// None yet, and at most so many.
    pub fn new(server: Server, most: usize) -> Self {
        Self { server, most, idle: Mutex::new(Vec::new()), turns: Semaphore::new(most.max(1)) }
    }

    /// Hands one mail over. A connection is kept only after it was told that its mail is taken.
    pub async fn send(&self, envelope: &Envelope, mail: &[u8]) -> Result<(), Trouble> {
        // Never closed, so that there always is a turn in the end.
        let _turn = self.turns.acquire().await;
        let mut connection = self.connection().await?;
        let patience = self.server.patience;
        let announced = announce(&mut connection, envelope);
        within(patience * ANSWERS_BEFORE_A_MAIL, "to MAIL, RCPT and DATA", announced)
            .await?
            .map_err(Trouble::Mail)?;
        // RFC 5321 §4.5.3.2.6 gives a server more time for this answer than for any other.
        let taken = tokio::time::timeout(patience * 2, connection.message(mail)).await;
        match taken {
            Ok(Ok(_)) => {
                self.keep(connection);
                Ok(())
            }
            Ok(Err(error)) if error.status().is_some() => Err(Trouble::Mail(error)),
            Ok(Err(error)) => Err(Trouble::Unanswered(error.to_string())),
            Err(_) => Err(Trouble::Unanswered("no answer in time".to_owned())),
        }
    }

    /// Whether there is a connection to be had.
    pub async fn ping(&self) -> Result<(), Trouble> {
        self.keep(self.connection().await?);
        Ok(())
    }

    /// A connection that is alive, kept or new.
    async fn connection(&self) -> Result<AsyncSmtpConnection, Trouble> {
        while let Some(mut kept) = self.kept() {
            let alive = tokio::time::timeout(self.server.patience, kept.test_connected()).await;
            if alive == Ok(true) {
                return Ok(kept);
            }
        }
        self.connect().await
    }

    fn kept(&self) -> Option<AsyncSmtpConnection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn keep(&self, connection: AsyncSmtpConnection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < self.most {
            idle.push(connection);
        }
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Trouble> {
        let Server { host, port, protection, credentials, patience } = &self.server;
        let (address, name, patience) = ((host.as_str(), *port), ClientId::default(), *patience);
        let tls = match protection {
            Protection::Tls(tls) => Some(tls.clone()),
            Protection::None | Protection::StartTls(_) => None,
        };
        let connect =
            AsyncSmtpConnection::connect_tokio1(address, Some(patience), &name, tls, None);
        let connected = within(patience, "to the connection", connect).await?;
        let mut connection = connected.map_err(Trouble::Connection)?;
        if let Protection::StartTls(tls) = protection {
            let secured = connection.starttls(tls.clone(), &name);
            let secured = within(patience, "to STARTTLS", secured).await?;
            secured.map_err(Trouble::Connection)?;
        }
        if let Some(credentials) = credentials {
            let login = connection.auth(DEFAULT_MECHANISMS, credentials);
            within(patience, "to the login", login).await?.map_err(Trouble::Connection)?;
        }
        Ok(connection)
    }
}

/// Everything before the mail itself (RFC 5321 §3.3).
async fn announce(connection: &mut AsyncSmtpConnection, envelope: &Envelope) -> Result<(), Error> {
    // A server that does not know the parameter refuses it, and the mail is not sent.
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    let international = addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii());
    let parameters = international.then_some(MailParameter::SmtpUtfEight).into_iter().collect();
    connection.command(Mail::new(envelope.from().cloned(), parameters)).await?;
    for to in envelope.to() {
        connection.command(Rcpt::new(to.clone(), vec![])).await?;
    }
    connection.command(Data).await?;
    Ok(())
}

async fn within<T>(
    patience: Duration,
    what: &'static str,
    answer: impl Future<Output = T>,
) -> Result<T, Trouble> {
    tokio::time::timeout(patience, answer).await.map_err(|_| Trouble::Silence(what))
}
