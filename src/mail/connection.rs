//! One connection to a mail server: how it is opened, and how a mail goes over it.

use std::future::Future;
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use thiserror::Error as ThisError;

use crate::clock::Stopwatch;

/// Answers before one mail: to MAIL, RCPT and DATA.
const ANSWERS_BEFORE_A_MAIL: u32 = 3;
/// How long a connection may rest before it is asked whether it is still there.
const FRESH: Duration = Duration::from_secs(5);
/// The server is about to close the connection, whatever it was told (RFC 5321 §3.8).
const CLOSING: u16 = 421;

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

    /// Whether the connection ended instead of an answer, or with one that says only that.
    pub fn is_the_end_of_the_connection(&self) -> bool {
        let Self::Mail(error) = self else { return false };
        error.status().is_none_or(|status| u16::from(status) == CLOSING)
    }
}

/// A connection that was greeted and logged in.
pub struct Connection {
    smtp: AsyncSmtpConnection,
    patience: Duration,
    /// Whether commands may be sent before those ahead of them are answered (RFC 2920).
    pipelining: bool,
    /// Since it was last answered.
    rested: Stopwatch,
}

impl Connection {
    /// Opens one: each address of the host is tried.
    pub async fn open(server: &Server) -> Result<Self, Trouble> {
        let Server { host, port, protection, credentials, patience } = server;
        let (address, name, patience) = ((host.as_str(), *port), ClientId::default(), *patience);
        let tls = match protection {
            Protection::Tls(tls) => Some(tls.clone()),
            Protection::None | Protection::StartTls(_) => None,
        };
        let connect =
            AsyncSmtpConnection::connect_tokio1(address, Some(patience), &name, tls, None);
        let connected = within(patience, "to the connection", connect).await?;
        let mut smtp = connected.map_err(Trouble::Connection)?;
        if let Protection::StartTls(tls) = protection {
            let secured = smtp.starttls(tls.clone(), &name);
            let secured = within(patience, "to STARTTLS", secured).await?;
            secured.map_err(Trouble::Connection)?;
        }
        // lettre does not keep what it has no use for, so that the server is asked again.
        let offers = within(patience, "to EHLO", smtp.command(Ehlo::new(name))).await?;
        let offers = offers.map_err(Trouble::Connection)?;
        let pipelining = offers.message().any(|offer| offer.eq_ignore_ascii_case("PIPELINING"));
        if let Some(credentials) = credentials {
            let login = smtp.auth(DEFAULT_MECHANISMS, credentials);
            within(patience, "to the login", login).await?.map_err(Trouble::Connection)?;
        }
        Ok(Self { smtp, patience, pipelining, rested: Stopwatch::start() })
    }

    /// Whether it was answered a moment ago.
    pub fn is_fresh(&self) -> bool {
        self.rested.elapsed() < FRESH
    }

    /// Whether it still is answered.
    pub async fn is_alive(&mut self) -> bool {
        let alive = tokio::time::timeout(self.patience, self.smtp.test_connected()).await;
        self.rested = Stopwatch::start();
        alive == Ok(true)
    }

    /// Everything before the mail itself (RFC 5321 §3.3).
    pub async fn announce(&mut self, envelope: &Envelope) -> Result<(), Trouble> {
        let patience = self.patience * ANSWERS_BEFORE_A_MAIL;
        let announced = self.tell(commands(envelope));
        within(patience, "to MAIL, RCPT and DATA", announced).await?.map_err(Trouble::Mail)
    }

    async fn tell(&mut self, commands: Vec<String>) -> Result<(), Error> {
        if self.pipelining {
            self.smtp.command(commands.concat()).await?;
            for _further in 1..commands.len() {
                self.smtp.read_response().await?;
            }
        } else {
            for command in commands {
                self.smtp.command(command).await?;
            }
        }
        Ok(())
    }

    /// The mail itself, once it is announced. It is written at once: a part of it that is written
    /// alone would wait until the server has acknowledged the one before, which takes its time.
    pub async fn hand_over(&mut self, mail: &str) -> Result<(), Trouble> {
        // RFC 5321 §4.5.3.2.6 gives a server more time for this answer than for any other.
        let taken = self.smtp.command(transparent(mail));
        let taken = tokio::time::timeout(self.patience * 2, taken).await;
        self.rested = Stopwatch::start();
        match taken {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.status().is_some() => Err(Trouble::Mail(error)),
            Ok(Err(error)) => Err(Trouble::Unanswered(error.to_string())),
            Err(_) => Err(Trouble::Unanswered("no answer in time".to_owned())),
        }
    }
}

fn commands(envelope: &Envelope) -> Vec<String> {
    // A server that does not know the parameter refuses it, and the mail is not sent.
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    let international = addresses.any(|address| !AsRef::<str>::as_ref(address).is_ascii());
    let parameters = international.then_some(MailParameter::SmtpUtfEight).into_iter().collect();
    let mut commands = vec![Mail::new(envelope.from().cloned(), parameters).to_string()];
    commands.extend(envelope.to().iter().map(|to| Rcpt::new(to.clone(), vec![]).to_string()));
    commands.push(Data.to_string());
    commands
}

/// A mail as it is sent: no line of it is the one that ends it, which follows (RFC 5321 §4.5.2).
fn transparent(mail: &str) -> String {
    let mut text = if mail.starts_with('.') { ".".to_owned() } else { String::new() };
    text.push_str(&mail.replace("\r\n.", "\r\n.."));
    text.push_str(if mail.ends_with("\r\n") { ".\r\n" } else { "\r\n.\r\n" });
    text
}

async fn within<T>(
    patience: Duration,
    what: &'static str,
    answer: impl Future<Output = T>,
) -> Result<T, Trouble> {
    tokio::time::timeout(patience, answer).await.map_err(|_| Trouble::Silence(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a71_no_line_of_a_mail_is_the_one_that_ends_it() {
        for (mail, sent) in [
            ("a\r\n", "a\r\n.\r\n"),
            ("a", "a\r\n.\r\n"),
            (".\r\n.a\r\n\r\n..\r\n", "..\r\n..a\r\n\r\n...\r\n.\r\n"),
            ("a.\r\nb.c\r\n", "a.\r\nb.c\r\n.\r\n"),
        ] {
            assert_eq!(transparent(mail), sent, "{mail:?}");
        }
    }
}
