//! One connection to a mail server: how it is opened, and how a mail goes over it.

use std::future::Future;
use std::io;
use std::time::Duration;

use futures_util::FutureExt as _;
use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::commands::{Data, Ehlo, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::{ClientId, MailParameter};
use lettre::transport::smtp::response::{Response, Severity};
use thiserror::Error as ThisError;
use tokio::net::TcpStream;

use super::wire::Wire;
use crate::clock::Stopwatch;

/// Answers before one mail: to MAIL, RCPT and DATA.
const ANSWERS_BEFORE_A_MAIL: u32 = 3;
/// Send the mail, and end it by a line with a dot (RFC 5321 §4.3.2).
const GO_ON: u16 = 354;
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
    /// The host is not there, or takes no connections.
    #[error("no connection: {0}")]
    Unreachable(#[source] io::Error),
    /// There is no connection to be had, or the login is refused: no mail is at fault.
    #[error("no connection: {0}")]
    Connection(#[source] Error),
    /// What the server said to the mail.
    #[error(transparent)]
    Mail(Error),
    /// Nothing was said in time.
    #[error("no answer in time {0}")]
    Silence(&'static str),
    /// The server said what answers nothing that it was asked, so that we cannot know what it says
    /// next is about. Nothing of a mail was sent.
    #[error("an answer out of turn: {0}")]
    OutOfTurn(String),
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

    /// Whether the connection ended instead of an answer, with one that says only that, or with
    /// one to something else.
    pub fn is_the_end_of_the_connection(&self) -> bool {
        match self {
            Self::OutOfTurn(_) => true,
            Self::Mail(error) => error.status().is_none_or(|it| u16::from(it) == CLOSING),
            _ => false,
        }
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
        let connect = greeted(address, protection, &name, patience);
        let mut smtp = within(patience, "to the connection", connect).await??;
        if let Protection::StartTls(tls) = protection {
            let secured = smtp.starttls(tls.clone(), &name);
            let secured = within(patience, "to STARTTLS", secured).await?;
            secured.map_err(Trouble::Connection)?;
        }
        // lettre does not keep what it has no use for, so that the server is asked again.
        let offers = within(patience, "to EHLO", smtp.command(Ehlo::new(name))).await?;
        let offers = done("EHLO", offers.map_err(Trouble::Connection)?)?;
        let pipelining = offers.message().any(|offer| offer.eq_ignore_ascii_case("PIPELINING"));
        if let Some(credentials) = credentials {
            let login = smtp.auth(DEFAULT_MECHANISMS, credentials);
            let login = within(patience, "to the login", login).await?;
            done("the login", login.map_err(Trouble::Connection)?)?;
        }
        Ok(Self { smtp, patience, pipelining, rested: Stopwatch::start() })
    }

    /// How long ago it was answered.
    pub fn rested(&self) -> Duration {
        self.rested.elapsed()
    }

    /// Whether it still is answered.
    pub async fn is_alive(&mut self) -> bool {
        if self.all_is_read().is_err() {
            return false;
        }
        let answer = tokio::time::timeout(self.patience, self.smtp.command(Noop)).await;
        self.rested = Stopwatch::start();
        answer.is_ok_and(|answer| answer.is_ok_and(|answer| done("NOOP", answer).is_ok()))
    }

    /// Everything before the mail itself (RFC 5321 §3.3).
    pub async fn announce(&mut self, envelope: &Envelope) -> Result<(), Trouble> {
        self.all_is_read()?;
        let patience = self.patience * ANSWERS_BEFORE_A_MAIL;
        let commands = commands(envelope);
        let announced = self.tell(&commands);
        within(patience, "to MAIL, RCPT and DATA", announced).await?
    }

    /// The last of the commands is DATA.
    async fn tell(&mut self, commands: &[String]) -> Result<(), Trouble> {
        for (place, command) in commands.iter().enumerate() {
            let answer = match place {
                0 if self.pipelining => self.smtp.command(commands.concat()).await,
                _ if self.pipelining => self.smtp.read_response().await,
                _ => self.smtp.command(command).await,
            };
            let answer = answer.map_err(Trouble::Mail)?;
            if place + 1 < commands.len() {
                done("MAIL and RCPT", answer)?;
            } else if u16::from(answer.code()) != GO_ON {
                return Err(out_of_turn("DATA", &answer));
            }
        }
        Ok(())
    }

    /// Fails where the server said more than it was asked, or hung up, as far as that has come: its
    /// answers would be taken for those to what is asked next. A line that has not come whole yet
    /// is lost, and what comes of it then is no answer.
    pub fn all_is_read(&mut self) -> Result<(), Trouble> {
        match self.smtp.read_response().now_or_never() {
            None => Ok(()),
            Some(Ok(answer)) => Err(out_of_turn("nothing", &answer)),
            Some(Err(error)) => Err(Trouble::OutOfTurn(error.to_string())),
        }
    }

    /// The mail itself, once it is announced. It is written at once: a part of it that is written
    /// alone would wait until the server has acknowledged the one before, which takes its time.
    pub async fn hand_over(&mut self, mail: &str) -> Result<(), Trouble> {
        self.all_is_read()?;
        // RFC 5321 §4.5.3.2.6 gives a server more time for this answer than for any other.
        let taken = self.smtp.command(transparent(mail));
        let taken = tokio::time::timeout(self.patience * 2, taken).await;
        self.rested = Stopwatch::start();
        match taken {
            Ok(Ok(answer)) => done("the mail", answer)
                .map(drop)
                .map_err(|trouble| Trouble::Unanswered(trouble.to_string())),
            Ok(Err(error)) if error.status().is_some() => Err(Trouble::Mail(error)),
            Ok(Err(error)) => Err(Trouble::Unanswered(error.to_string())),
            Err(_) => Err(Trouble::Unanswered("no answer in time".to_owned())),
        }
    }
}

/// A connection whose server has greeted us and said what it offers.
async fn greeted(
    address: (&str, u16),
    protection: &Protection,
    name: &ClientId,
    patience: Duration,
) -> Result<AsyncSmtpConnection, Trouble> {
    let tls = match protection {
        Protection::StartTls(_) => {
            let tcp = TcpStream::connect(address).await.map_err(Trouble::Unreachable)?;
            let wire = Box::new(Wire::new(tcp));
            let greeted = AsyncSmtpConnection::connect_with_transport(wire, name).await;
            return greeted.map_err(Trouble::Connection);
        }
        Protection::Tls(tls) => Some(tls.clone()),
        Protection::None => None,
    };
    let greeted = AsyncSmtpConnection::connect_tokio1(address, Some(patience), name, tls, None);
    greeted.await.map_err(Trouble::Connection)
}

/// The answer, if it says that it is done (2yz, RFC 5321 §4.2.1). lettre refuses 4yz and 5yz only.
fn done(what: &str, answer: Response) -> Result<Response, Trouble> {
    match answer.code().severity {
        Severity::PositiveCompletion => Ok(answer),
        _ => Err(out_of_turn(what, &answer)),
    }
}

fn out_of_turn(what: &str, answer: &Response) -> Trouble {
    let first = answer.first_line().unwrap_or_default();
    Trouble::OutOfTurn(format!("{} to {what}: {first}", answer.code()))
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
