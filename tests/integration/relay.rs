//! A relay before a server: it counts what it is sent, goes down and comes back, and loses answers.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of connections.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They lead to the server.
    Open,
    /// They are cut, and new ones are closed at once.
    Down,
    /// They are, from when the first one sends these bytes, which do not arrive.
    DownFrom(&'static [u8]),
    /// The first one that sends these bytes is cut instead of being answered.
    LoseAnswerTo(&'static [u8]),
    /// The first one that sends these bytes is cut before they arrive.
    LoseRequest(&'static [u8]),
}

/// A relay on loopback.
pub struct Relay {
    pub address: SocketAddr,
    sent: Arc<AtomicU64>,
    mode: watch::Sender<Mode>,
}

impl Relay {
    /// Listens before the server at this address.
    pub async fn before(server: SocketAddr, mode: Mode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, _) = watch::channel(mode);
        let relay = Self { address, sent: Arc::default(), mode };
        let (sent, mode) = (relay.sent.clone(), relay.mode.clone());
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // A connection is something sent, even if nothing follows.
                sent.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(carry(client, server, sent.clone(), mode.clone()));
            }
        });
        relay
    }

    /// The URL of a server with this relay in its place.
    pub async fn before_url(url: &str, mode: Mode) -> (Self, String) {
        let mut url = url::Url::parse(url).unwrap();
        let server = format!("{}:{}", url.host_str().unwrap(), url.port().unwrap());
        let relay = Self::before(server.parse().unwrap(), mode).await;
        url.set_port(Some(relay.address.port())).unwrap();
        (relay, url.into())
    }

    /// How many bytes and connections came.
    pub fn sent(&self) -> u64 {
        self.sent.load(Ordering::SeqCst)
    }

    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }

    pub fn mode(&self) -> Mode {
        self.mode.borrow().clone()
    }
}

async fn carry(
    mut client: TcpStream,
    server: SocketAddr,
    sent: Arc<AtomicU64>,
    mode: watch::Sender<Mode>,
) {
    if *mode.borrow() == Mode::Down {
        return;
    }
    let mut server = TcpStream::connect(server).await.unwrap();
    let mut changes = mode.subscribe();
    let (mut request, mut answer) = (vec![0; 65_536], vec![0; 65_536]);
    loop {
        tokio::select! {
            read = client.read(&mut request) => {
                let Ok(length @ 1..) = read else { return };
                sent.fetch_add(length as u64, Ordering::SeqCst);
                let request = &request[..length];
                let cut = |mode: &_| matches!(mode, Mode::LoseRequest(_) | Mode::DownFrom(_));
                if fires(&mode, request, cut) || *mode.borrow() == Mode::Down {
                    return;
                }
                let lost = fires(&mode, request, |mode| matches!(mode, Mode::LoseAnswerTo(_)));
                if server.write_all(request).await.is_err() {
                    return;
                }
                if lost {
                    // The server has done it once it answers.
                    let _ = server.read(&mut answer).await;
                    return;
                }
            }
            read = server.read(&mut answer) => {
                let Ok(length @ 1..) = read else { return };
                if client.write_all(&answer[..length]).await.is_err() {
                    return;
                }
            }
            () = went_down(&mut changes) => return,
        }
    }
}

async fn went_down(changes: &mut watch::Receiver<Mode>) {
    let _ = changes.wait_for(|mode| *mode == Mode::Down).await;
}

/// Whether the bytes are those that the mode waits for; it does so once.
fn fires(mode: &watch::Sender<Mode>, bytes: &[u8], kind: impl Fn(&Mode) -> bool) -> bool {
    mode.send_if_modified(|mode| {
        let (wanted, then) = match *mode {
            Mode::LoseAnswerTo(wanted) | Mode::LoseRequest(wanted) => (wanted, Mode::Open),
            Mode::DownFrom(wanted) => (wanted, Mode::Down),
            Mode::Open | Mode::Down => return false,
        };
        let found = kind(mode) && bytes.windows(wanted.len()).any(|window| window == wanted);
        if found {
            *mode = then;
        }
        found
    })
}
