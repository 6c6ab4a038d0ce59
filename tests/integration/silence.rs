//! Invariant 1, seen at the socket: asking sends not one byte to the database (A46, A48).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use poem::Server;
use poem::listener::{Acceptor, Listener, TcpListener};
use regain::app::Service;
use regain::clock::Clock;
use regain::random::Random;
use serde_json::json;
use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;

use crate::databases::{Engine, engines};
use crate::harness::{Folder, answer, client, settings};
use crate::people::{Person, database, person};

/// A relay before a database that counts what the service sends.
async fn relay(database: SocketAddr) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let bytes = Arc::new(AtomicU64::new(0));
    let counted = bytes.clone();
    tokio::spawn(async move {
        while let Ok((mut service, _)) = listener.accept().await {
            let counted = counted.clone();
            // A connection is something sent, even if nothing follows.
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(async move {
                let mut database = TcpStream::connect(database).await.unwrap();
                let mut counting = Counting { stream: &mut service, counted };
                let _ = copy_bidirectional(&mut counting, &mut database).await;
            });
        }
    });
    (address, bytes)
}

/// Counts what is read from a stream.
struct Counting<'a> {
    stream: &'a mut TcpStream,
    counted: Arc<AtomicU64>,
}

impl tokio::io::AsyncRead for Counting<'_> {
    fn poll_read(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        let read = std::pin::Pin::new(&mut *this.stream).poll_read(cx, buf);
        this.counted.fetch_add((buf.filled().len() - before) as u64, Ordering::SeqCst);
        read
    }
}

impl tokio::io::AsyncWrite for Counting<'_> {
    fn poll_write(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
        buf: &[u8],
    ) -> std::task::Poll<std::io::Result<usize>> {
        std::pin::Pin::new(&mut *self.get_mut().stream).poll_write(cx, buf)
    }

    fn poll_flush(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut *self.get_mut().stream).poll_flush(cx)
    }

    fn poll_shutdown(
        self: std::pin::Pin<&mut Self>,
        cx: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        std::pin::Pin::new(&mut *self.get_mut().stream).poll_shutdown(cx)
    }
}

#[tokio::test]
async fn a46_a48_with_the_worker_stopped_asking_sends_not_one_byte_to_the_database() {
    for engine in engines().into_iter().filter(|engine| *engine != Engine::Sqlite) {
        let people = [
            person("known@example.com"),
            Person { active: false, ..person("disabled@example.com") },
        ];
        let users = database(engine, &people).await;
        let real = url::Url::parse(&users.url).unwrap();
        let address = format!("{}:{}", real.host_str().unwrap(), real.port().unwrap());
        let (relayed, bytes) = relay(address.parse().unwrap()).await;
        let mut through = real.clone();
        through.set_port(Some(relayed.port())).unwrap();

        // The endpoint alone, without workers.
        let mails = Folder::new();
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let local = acceptor.local_addr()[0].as_socket_addr().copied().unwrap();
        let mut settings = settings(through.as_str(), &mails.0);
        settings.public_url = format!("http://{local}");
        let service = Service::build(&settings, Clock::system(), Random::system()).unwrap();
        tokio::spawn(Server::new_with_acceptor(acceptor).run(service.endpoint()));

        let http = client();
        let post = |path: &str, body: serde_json::Value| {
            let request = http.post(format!("http://{local}/v1/apps/default/{path}"));
            answer(request.header("content-type", "application/json").body(body.to_string()))
        };
        for who in ["known@example.com", "disabled@example.com", "nobody@example.com", "known"] {
            for _again in 0..25 {
                let asked = post("password-resets", json!({ "identifier": who })).await;
                assert_eq!(asked.status, 202);
            }
        }
        let form = http
            .post(format!("http://{local}/a/default/reset"))
            .header("sec-fetch-site", "same-origin")
            .form(&[("identifier", "known@example.com")]);
        assert_eq!(answer(form).await.status, 200);
        assert_eq!(bytes.load(Ordering::SeqCst), 0, "{engine:?}: the users table was looked at");

        // The relay does count: a forged token still sends nothing (A15), a genuine one does.
        let forged = json!({ "token": "eyJ1IjoiMSJ9.AAAA.AAAA", "purpose": "password-reset" });
        assert_eq!(post("tokens/inspect", forged).await.status, 400);
        assert_eq!(bytes.load(Ordering::SeqCst), 0, "{engine:?}: no database before the MAC holds");
        let (job, _ticket) = service.queue.take().await.unwrap();
        service.recovery.perform(job).await;
        assert!(bytes.load(Ordering::SeqCst) > 0, "{engine:?}: the relay sees the worker");
    }
}
