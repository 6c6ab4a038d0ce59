use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::*;
use crate::mail::connection::Protection;

/// What a server does that takes every mail otherwise.
#[derive(Clone, Copy, Default)]
struct Ways {
    pipelining: bool,
    /// After so many mails a connection is closed: at once, or with this answer to the next command.
    mails: usize,
    goodbye: Option<&'static str>,
    /// What is said to RCPT, to DATA and to the first mail.
    recipient: Option<&'static str>,
    data: Option<&'static str>,
    first_mail: Option<&'static str>,
}

/// A mail server on loopback, and what came over each of its connections, read by read.
#[derive(Clone, Default)]
struct Fake {
    port: u16,
    reads: Arc<Mutex<Vec<String>>>,
    connections: Arc<AtomicUsize>,
    /// So many of its connections, from the first one on, have gone silent.
    silent: Arc<AtomicUsize>,
    /// Mails that came whole.
    mails: Arc<AtomicUsize>,
}

impl Fake {
    async fn start(ways: Ways) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let fake = Self { port: listener.local_addr().unwrap().port(), ..Self::default() };
        let shared = fake.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
                tokio::spawn(shared.clone().serve(client, number, ways));
            }
        });
        fake
    }

    async fn serve(self, mut client: TcpStream, number: usize, ways: Ways) {
        client.write_all(b"220 fake\r\n").await.unwrap();
        let (mut pending, mut in_mail, mut taken) = (String::new(), false, 0);
        let mut bytes = vec![0; 65_536];
        while let Ok(length @ 1..) = client.read(&mut bytes).await {
            let read = String::from_utf8(bytes[..length].to_vec()).unwrap();
            pending.push_str(&read);
            self.reads.lock().unwrap().push(read);
            if number <= self.silent.load(Ordering::SeqCst) {
                continue;
            }
            while let Some((line, rest)) =
                pending.split_once(if in_mail { "\r\n.\r\n" } else { "\r\n" })
            {
                let answer = match line.get(..4) {
                    _ if in_mail && self.mails.fetch_add(1, Ordering::SeqCst) == 0 => {
                        ways.first_mail.unwrap_or("250 taken\r\n")
                    }
                    _ if in_mail => "250 taken\r\n",
                    _ if taken == ways.mails => ways.goodbye.unwrap(),
                    Some("EHLO") if ways.pipelining => "250-fake\r\n250 PIPELINING\r\n",
                    Some("RCPT") => ways.recipient.unwrap_or("250 good\r\n"),
                    Some("DATA") => ways.data.unwrap_or("354 go on\r\n"),
                    _ => "250 good\r\n",
                };
                taken += usize::from(in_mail);
                in_mail = answer.starts_with("354");
                pending = rest.to_owned();
                client.write_all(answer.as_bytes()).await.unwrap();
            }
            if taken == ways.mails && ways.goodbye.is_none() {
                return;
            }
        }
    }

    fn reads(&self) -> Vec<String> {
        self.reads.lock().unwrap().clone()
    }

    fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    fn mails(&self) -> usize {
        self.mails.load(Ordering::SeqCst)
    }

    fn pool(&self) -> Connections {
        self.pool_of(Duration::from_secs(5))
    }

    fn pool_of(&self, patience: Duration) -> Connections {
        let server = Server {
            host: "127.0.0.1".to_owned(),
            port: self.port,
            protection: Protection::None,
            credentials: None,
            patience,
        };
        Connections::new(server, 4)
    }
}

async fn send(pool: &Connections) -> Result<(), Trouble> {
    let [from, to] = ["no-reply@example.com", "ada@example.com"].map(|it| it.parse().unwrap());
    let envelope = Envelope::new(Some(from), vec![to]).unwrap();
    pool.send(&envelope, "Subject: Hello\r\n\r\n.\r\n").await
}

#[tokio::test]
async fn mails_follow_each_other_on_one_connection_that_is_asked_nothing_in_between() {
    for pipelining in [false, true] {
        let fake = Fake::start(Ways { mails: 9, pipelining, ..Ways::default() }).await;
        let pool = fake.pool();
        for _mail in 0..3 {
            send(&pool).await.unwrap();
        }
        assert_eq!(fake.connections(), 1);
        let reads = fake.reads();
        let commands =
            ["MAIL FROM:<no-reply@example.com>\r\n", "RCPT TO:<ada@example.com>\r\n", "DATA\r\n"];
        let mail = "Subject: Hello\r\n\r\n..\r\n.\r\n".to_owned();
        let mut expected: Vec<String> =
            if pipelining { vec![commands.concat()] } else { commands.map(str::to_owned).into() };
        expected.push(mail);
        assert_eq!(reads[2..], [&expected[..]; 3].concat(), "after being greeted");
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_while_it_rested_is_replaced_and_no_mail_fails() {
    for goodbye in [None, Some("421 idle for too long\r\n")] {
        for pipelining in [false, true] {
            let ways = Ways { mails: 1, goodbye, pipelining, ..Ways::default() };
            let fake = Fake::start(ways).await;
            let pool = fake.pool();
            for mail in 1..=3 {
                send(&pool).await.unwrap();
                assert_eq!(fake.connections(), mail, "{goodbye:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_new_connection_that_ends_and_a_mail_that_is_refused_are_not_tried_on_another() {
    for (recipient, permanent) in
        [("421 too busy\r\n", false), ("451 later\r\n", false), ("550 nobody\r\n", true)]
    {
        for pipelining in [false, true] {
            let recipient = Some(recipient);
            let ways = Ways { mails: 9, recipient, pipelining, ..Ways::default() };
            let fake = Fake::start(ways).await;
            let trouble = send(&fake.pool()).await.unwrap_err();
            assert_eq!(trouble.is_permanent(), permanent, "{recipient:?}");
            assert_eq!(fake.connections(), 1, "{recipient:?}");
        }
    }
}

#[tokio::test]
async fn a_look_at_the_server_always_asks_it() {
    let fake = Fake::start(Ways { mails: 9, ..Ways::default() }).await;
    let pool = fake.pool();
    for _look in 0..3 {
        pool.ping().await.unwrap();
    }
    assert_eq!(fake.connections(), 1);
    assert_eq!(fake.reads()[2..], ["NOOP\r\n", "NOOP\r\n"], "after being greeted");
}

#[tokio::test]
async fn a71_no_answer_but_354_to_data_lets_a_mail_go() {
    for data in ["250 go on\r\n", "334 go on\r\n", "350 go on\r\n", "220 go on\r\n"] {
        for pipelining in [false, true] {
            let ways = Ways { mails: 9, data: Some(data), pipelining, ..Ways::default() };
            let fake = Fake::start(ways).await;
            let pool = fake.pool();
            let trouble = send(&pool).await.unwrap_err();
            assert!(matches!(trouble, Trouble::OutOfTurn(_)), "{data:?} {trouble:?}");
            assert!(!trouble.is_permanent() && pool.idle().is_empty(), "{data:?}");
            assert!(!fake.reads().concat().contains("Subject"), "{data:?}: nothing of it was sent");
        }
    }
}

#[tokio::test]
async fn a71_a_question_in_return_is_no_yes_to_mail_rcpt_or_a_whole_mail() {
    for pipelining in [false, true] {
        let recipient = Some("354 who is it\r\n");
        let ways = Ways { mails: 9, recipient, pipelining, ..Ways::default() };
        let fake = Fake::start(ways).await;
        let trouble = send(&fake.pool()).await.unwrap_err();
        assert!(matches!(trouble, Trouble::OutOfTurn(_)), "{trouble:?}");

        let first_mail = Some("354 and then\r\n");
        let ways = Ways { mails: 9, first_mail, pipelining, ..Ways::default() };
        let pool = Fake::start(ways).await.pool();
        let trouble = send(&pool).await.unwrap_err();
        assert!(matches!(trouble, Trouble::Unanswered(_)), "it may be taken: {trouble:?}");
        assert!(pool.idle().is_empty());
    }
}

#[tokio::test]
async fn a71_an_answer_too_many_is_not_taken_for_the_one_to_the_next_mail() {
    for extra in ["250 extra", "354 extra", "550 extra", "421 extra", "nonsense", "250-extra"] {
        for pipelining in [false, true] {
            let first_mail = format!("250 taken\r\n{extra}\r\n").leak();
            let ways =
                Ways { mails: 9, first_mail: Some(first_mail), pipelining, ..Ways::default() };
            let fake = Fake::start(ways).await;
            let pool = fake.pool();
            send(&pool).await.unwrap();
            // The start of a longer answer is lost, and what the server says next is read as it is.
            send(&pool).await.unwrap();
            assert_eq!(fake.mails(), 2, "{extra}: what was said to be taken was");
            if extra != "250-extra" {
                assert!(pool.idle().len() == 1 && fake.connections() == 2, "{extra}");
            }
        }
    }
}

#[tokio::test]
async fn a71_an_answer_too_many_before_a_mail_keeps_it_from_being_sent() {
    for pipelining in [false, true] {
        let data = Some("354 go on\r\n250 taken\r\n");
        let ways = Ways { mails: 9, data, pipelining, ..Ways::default() };
        let fake = Fake::start(ways).await;
        let trouble = send(&fake.pool()).await.unwrap_err();
        assert!(matches!(trouble, Trouble::OutOfTurn(_)), "{trouble:?}");
        assert_eq!(fake.mails(), 0);
    }
}

/// A pool that keeps four connections, all of which have gone silent, as has none made after.
async fn gone_silent() -> (Fake, Connections) {
    let fake = Fake::start(Ways { mails: 9, ..Ways::default() }).await;
    let mut pool = fake.pool_of(Duration::from_millis(500));
    pool.fresh = Duration::ZERO;
    let four = futures_util::future::join_all((0..4).map(|_| send(&pool))).await;
    assert!(four.iter().all(Result::is_ok));
    assert_eq!(pool.idle().len(), 4);
    fake.silent.store(4, Ordering::SeqCst);
    (fake, pool)
}

#[tokio::test]
async fn connections_that_all_went_silent_cost_one_wait_and_not_one_each() {
    for look in [false, true] {
        let (fake, pool) = gone_silent().await;
        let since = crate::clock::Stopwatch::start();
        if look {
            pool.ping().await.unwrap();
        } else {
            send(&pool).await.unwrap();
        }
        let waited = since.elapsed();
        assert!(waited < Duration::from_millis(950), "{waited:?}: less than two waits");
        assert_eq!((fake.connections(), pool.idle().len()), (5, 1));
    }
}

#[tokio::test]
async fn a_connection_that_rested_too_long_is_not_even_asked() {
    for look in [false, true] {
        let (fake, mut pool) = gone_silent().await;
        pool.longest_rest = Duration::ZERO;
        if look {
            pool.ping().await.unwrap();
        } else {
            send(&pool).await.unwrap();
        }
        assert_eq!((fake.connections(), pool.idle().len()), (5, 1));
        assert!(!fake.reads().concat().contains("NOOP"));
    }
}
