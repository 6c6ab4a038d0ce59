//! Clients that are slow, silent, too talkative or of another tongue, against the serving program
//! itself: bytes over plain sockets.

mod floods;
mod framing;
mod log;
mod slow;
mod versions;

use std::cell::Cell;
use std::fs;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

use crate::databases::{Engine, TestDatabase};
use crate::harness::Folder;
use crate::people::{database, person};
use crate::process::Process;

const ASK: &str = "/v1/apps/default/password-resets";

/// Longer than any deadline that these tests set.
const FOREVER: Duration = Duration::from_secs(20);

/// The serving program, and what it needs to live.
struct Target {
    process: Process,
    _users: TestDatabase,
    _folder: Folder,
}

impl Target {
    async fn start(connections: &str) -> Self {
        let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
        let folder = Folder::new();
        let connections = format!("connections = {{ {connections} }}");
        let process = Process::start(&folder, &users.url, &connections).await;
        Self { process, _users: users, _folder: folder }
    }

    async fn connect(&self) -> Client {
        let address = self.process.url.trim_start_matches("http://");
        Client(TcpStream::connect(address).await.expect("it listens"))
    }

    /// Sends bytes, and reads what is answered until the connection is closed.
    async fn exchange(&self, bytes: &str) -> String {
        let mut client = self.connect().await;
        client.say(bytes).await;
        client.rest().await
    }

    /// Whether `/healthz` answers, on a connection of its own.
    async fn answers(&self) {
        let health = self.exchange("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let health = timeout(FOREVER, health).await.expect("health answers");
        assert!(health.starts_with("HTTP/1.1 200"), "{health}");
    }

    /// Asks for the health over and over while something happens, and is answered meanwhile.
    async fn answers_while<T>(&self, happens: impl Future<Output = T>) -> T {
        let (answered, began) = (Cell::new(0), Instant::now());
        let asks = async {
            loop {
                self.answers().await;
                answered.set(answered.get() + 1);
                sleep(Duration::from_millis(50)).await;
            }
        };
        let happened = tokio::select! {
            happened = happens => happened,
            () = asks => unreachable!("asked without end"),
        };
        let is_short = began.elapsed() < Duration::from_secs(1);
        assert!(answered.get() > 0 || is_short, "nobody was answered meanwhile");
        happened
    }

    /// Memory that is resident now, in MiB.
    fn memory(&self) -> u64 {
        self.status("VmRSS:") / 1024
    }

    /// The most that ever was resident beyond this, in MiB.
    fn grown_beyond(&self, memory: u64) -> u64 {
        (self.status("VmHWM:") / 1024).saturating_sub(memory)
    }

    fn status(&self, name: &str) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).unwrap();
        let value = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        value.split_whitespace().next().unwrap().parse().unwrap()
    }

    /// Files and sockets that are open.
    fn files(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.process.id())).unwrap().count()
    }
}

/// Somebody at the other end of a socket.
struct Client(TcpStream);

impl Client {
    /// Says something; whether the other end took it.
    async fn say(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.0.write_all(bytes.as_ref()).await.is_ok()
    }

    /// What comes until there is this text in it, or until the connection is closed.
    async fn until(&mut self, text: &str) -> String {
        let mut all = Vec::new();
        let reads = async {
            let mut some = [0; 4096];
            // A reset after the last byte is an end like any other.
            while let Ok(length @ 1..) = self.0.read(&mut some).await {
                all.extend_from_slice(&some[..length]);
                if !text.is_empty() && String::from_utf8_lossy(&all).contains(text) {
                    break;
                }
            }
        };
        timeout(FOREVER, reads).await.expect("the connection is closed in time");
        String::from_utf8(all).expect("UTF-8")
    }

    /// What comes until the connection is closed.
    async fn rest(&mut self) -> String {
        self.until("").await
    }

    /// Says the first at once and of the second a byte every 50 ms, over and over, until the
    /// connection is closed: how long that took, and what was answered.
    async fn drip(mut self, first: &str, then: &str) -> (Duration, String) {
        let began = Instant::now();
        self.say(first).await;
        let (mut reading, mut writing) = self.0.into_split();
        let then = then.to_owned();
        let drips = tokio::spawn(async move {
            for byte in then.as_bytes().iter().cycle() {
                if writing.write_all(&[*byte]).await.is_err() {
                    break;
                }
                sleep(Duration::from_millis(50)).await;
            }
            // Kept, since to close it would be to give up.
            std::future::pending::<()>().await;
        });
        let mut answer = Vec::new();
        let reads = timeout(FOREVER, reading.read_to_end(&mut answer)).await;
        let _reset_or_end = reads.expect("the connection is closed in time");
        drips.abort();
        (began.elapsed(), String::from_utf8_lossy(&answer).into_owned())
    }
}
