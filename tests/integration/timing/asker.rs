//! Somebody who asks, one ask after the other on a kept connection, and measures.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use regain::clock::Stopwatch;
use regain::random::Random;

use super::class::Class;

/// What was measured, in nanoseconds: the asks of each class, and the probes sent right after them.
#[derive(Default)]
pub struct Measured {
    pub asks: [Vec<u64>; Class::COUNT],
    pub probes: [Vec<u64>; Class::COUNT],
}

/// Asks `each` times for every class, all in an order drawn from the seed.
pub fn measure(address: &str, path: &str, each: usize, seed: u64) -> Measured {
    let (mut asker, mut prober) = (Connection::to(address), Connection::to(address));
    let probe = format!("GET /healthz HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let ask = |class: Class, number: usize| {
        let body = format!("{{\"identifier\":\"{}\"}}", class.address(number));
        let length = body.len();
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        )
    };
    // Until connections, caches and the budget of those who are to be over it have settled.
    for number in 0..50 {
        for class in Class::ALL {
            asker.exchange(&ask(class, number), 202);
            prober.exchange(&probe, 200);
        }
    }
    let mut measured = Measured::default();
    for class in shuffled(each, seed) {
        let asks = &mut measured.asks[class as usize];
        asks.push(asker.exchange(&ask(class, asks.len()), 202));
        measured.probes[class as usize].push(prober.exchange(&probe, 200));
    }
    measured
}

/// Every class so many times, in an order of the seed's.
fn shuffled(each: usize, seed: u64) -> Vec<Class> {
    let random = Random::repeatable(seed);
    let all = Class::ALL.into_iter().flat_map(|class| std::iter::repeat_n(class, each));
    let mut order: Vec<_> = all.map(|class| (random.bytes::<8>(), class)).collect();
    order.sort_by_key(|(key, _)| *key);
    order.into_iter().map(|(_, class)| class).collect()
}

struct Connection {
    stream: TcpStream,
    answer: Vec<u8>,
}

impl Connection {
    fn to(address: &str) -> Self {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, answer: vec![0; 16_384] }
    }

    /// How long it takes from the first byte out to the last one in.
    fn exchange(&mut self, request: &str, status: u16) -> u64 {
        let watch = Stopwatch::start();
        self.stream.write_all(request.as_bytes()).unwrap();
        let mut length = 0;
        while !is_whole(&self.answer[..length]) {
            let read = self.stream.read(&mut self.answer[length..]).unwrap();
            assert!(read > 0, "the connection is kept");
            length += read;
        }
        let taken = u64::try_from(watch.elapsed().as_nanos()).unwrap();
        let answer = String::from_utf8_lossy(&self.answer[..length]);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        taken
    }
}

/// Whether an answer is all there.
fn is_whole(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length.expect("a length").trim().parse().unwrap();
    answer.len() >= end + 4 + length
}
