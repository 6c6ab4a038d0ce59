//! What making a mail costs: `cargo bench --bench letter` prints the time of minting a token, writing
//! text and HTML around it, and making one message of them. Nothing is sent.

mod sample;

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use divan::{Bencher, Divan};
use regain::language::{Catalogue, Language};
use regain::mail::{Samples, Writer};
use regain::recovery::{Letter, LinkPattern, Message};
use regain::token::ApplicationKeys;
use sample::{RESET, claims, keys};

static LETTERS: LazyLock<Vec<(String, Letter)>> = LazyLock::new(letters);
static POST: LazyLock<Post> = LazyLock::new(Post::new);

struct Post {
    keys: ApplicationKeys,
    pattern: LinkPattern,
    writer: Writer,
}

fn main() {
    Divan::default().min_time(Duration::from_millis(500)).config_with_args().main();
}

#[divan::bench(args = LETTERS.iter().map(|(name, _)| name.as_str()))]
fn minted_and_written(bencher: Bencher<'_, '_>, name: &str) {
    let Some((_, letter)) = LETTERS.iter().find(|(its, _)| its == name) else { unreachable!() };
    bencher.bench(|| drop(POST.write(letter)));
}

/// Every kind in English, and the commonest in every language.
fn letters() -> Vec<(String, Letter)> {
    let samples = Samples::default();
    let chosen = samples.letters().filter_map(|letter| {
        let (language, kind) = (letter.language, letter.message.kind());
        if language != Language::English && kind != "password_reset" {
            return None;
        }
        let bytes = POST.write(&letter).len();
        Some((format!("{kind}, {}, {bytes} bytes", language.tag()), letter))
    });
    chosen.collect()
}

impl Post {
    fn new() -> Self {
        let samples = Samples::default();
        let Some(pattern) = LinkPattern::parse(&samples.links[&RESET]) else { panic!("a pattern") };
        let Ok(texts) = Catalogue::embedded() else { panic!("the texts are good") };
        let writer = Writer::new("default", &samples.title, &samples.from, Arc::new(texts), None);
        let Ok(writer) = writer else { panic!("the templates are good") };
        Self { keys: keys(0..1), pattern, writer }
    }

    fn write(&self, letter: &Letter) -> Vec<u8> {
        let Ok((_, message)) = self.writer.write(&self.minted(letter)) else {
            panic!("it can be written")
        };
        message.formatted()
    }

    /// The letter with a link of its own, where it has one.
    fn minted(&self, letter: &Letter) -> Letter {
        let Message::Link { kind, lifetime, .. } = &letter.message else { return letter.clone() };
        let token = self.keys.mint(RESET, letter.now, &claims(&self.keys));
        let link = self.pattern.fill(&token);
        let message = Message::Link { kind: *kind, link, lifetime: *lifetime };
        Letter { message, ..letter.clone() }
    }
}
