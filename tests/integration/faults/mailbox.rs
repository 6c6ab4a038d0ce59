//! A mail server in the test itself: it keeps what comes by address, and can be away.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::harness::read_mail;
use crate::process::free_port;

/// What one address was sent.
#[derive(Clone, Debug, Default)]
pub struct Post {
    /// The tokens of its links, as they came.
    pub tokens: Vec<String>,
    /// Mails without a link.
    pub notices: usize,
}

/// A mail server on loopback, ended with the test.
pub struct Mailbox {
    pub port: u16,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    post: Mutex<HashMap<String, Post>>,
    /// How many mails came.
    came: watch::Sender<usize>,
    is_there: watch::Sender<bool>,
    /// How long it takes before it lets a mail come, and half as long before it says that it has it.
    slow_by: watch::Sender<Duration>,
}

impl Mailbox {
    pub fn start() -> Self {
        let shared = Arc::new(Shared {
            post: Mutex::default(),
            came: watch::Sender::new(0),
            is_there: watch::Sender::new(true),
            slow_by: watch::Sender::new(Duration::ZERO),
        });
        let port = free_port();
        let server = tokio::spawn(serve(port, shared.clone()));
        Self { port, shared, server }
    }

    /// Where mail is sent to.
    pub fn url(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Is away: connections are cut, and new ones are refused. Comes back where it was.
    pub fn be_there(&self, there: bool) {
        self.shared.is_there.send_replace(there);
    }

    /// Takes its time from now on, so that whoever is killed has mails half handed over.
    pub fn be_slow_by(&self, time: Duration) {
        self.shared.slow_by.send_replace(time);
    }

    /// How many mails came.
    pub fn came(&self) -> usize {
        *self.shared.came.borrow()
    }

    pub fn post_of(&self, address: &str) -> Post {
        self.shared.post.lock().unwrap().get(address).cloned().unwrap_or_default()
    }

    /// Waits for a link to an address: its token; `None` where none comes for so long.
    pub async fn link_to(&self, address: &str, patience: Duration) -> Option<String> {
        let mut came = self.shared.came.subscribe();
        let comes = async {
            loop {
                came.borrow_and_update();
                if let Some(token) = self.post_of(address).tokens.last() {
                    return token.clone();
                }
                came.changed().await.expect("it is there");
            }
        };
        tokio::time::timeout(patience, comes).await.ok()
    }

    /// Waits until so many mails came.
    pub async fn until_came(&self, mails: usize) {
        let mut came = self.shared.came.subscribe();
        let all = came.wait_for(|came| *came >= mails);
        let all = tokio::time::timeout(Duration::from_mins(2), all).await;
        assert!(all.is_ok(), "{} of {mails} mails came", self.came());
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn serve(port: u16, shared: Arc<Shared>) {
    loop {
        until(&shared, true).await;
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        tokio::select! {
            () = accept(listener, &shared) => {}
            () = until(&shared, false) => {}
        }
    }
}

async fn accept(listener: TcpListener, shared: &Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = shared.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = session(stream, &shared) => {}
                () = until(&shared, false) => {}
            }
        });
    }
}

/// Waits until the server is there, or is away.
async fn until(shared: &Shared, is_there: bool) {
    let mut there = shared.is_there.subscribe();
    let _never_dropped = there.wait_for(|there| *there == is_there).await.is_ok();
}

/// Speaks as much SMTP as Regain does.
async fn session(stream: TcpStream, shared: &Shared) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost\r\n").await?;
    let mut line = vec![];
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let word = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        match &word[..] {
            b"DATA" => {
                let slow_by = *shared.slow_by.borrow();
                tokio::time::sleep(slow_by).await;
                stream.write_all(b"354 go on\r\n").await?;
                let mail = message(&mut stream).await?;
                tokio::time::sleep(slow_by / 2).await;
                keep(shared, &mail);
                stream.write_all(b"250 taken\r\n").await?;
            }
            b"QUIT" => return stream.write_all(b"221 bye\r\n").await,
            _ => stream.write_all(b"250 localhost\r\n").await?,
        }
    }
}

/// What follows DATA, less the dots that stand for themselves.
async fn message(stream: &mut BufReader<TcpStream>) -> std::io::Result<Vec<u8>> {
    let (mut mail, mut line) = (vec![], vec![]);
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        match &line[..] {
            b".\r\n" => return Ok(mail),
            [b'.', rest @ ..] => mail.extend_from_slice(rest),
            whole => mail.extend_from_slice(whole),
        }
    }
}

fn keep(shared: &Shared, mail: &[u8]) {
    let mail = read_mail(mail);
    {
        let mut post = shared.post.lock().unwrap();
        let post = post.entry(mail.to.clone()).or_default();
        if mail.link().is_some_and(|link| link.contains("/reset/")) {
            post.tokens.push(mail.token());
        } else {
            post.notices += 1;
        }
    }
    shared.came.send_modify(|came| *came += 1);
}
