//! Mails kept in memory, for the demo to show.

use std::collections::VecDeque;

use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::watch;

use crate::language::Language;

/// Most mails that are kept; older ones are forgotten.
const MOST: usize = 100;

/// The last mails. Clones share them.
#[derive(Clone, Default)]
pub struct Outbox(watch::Sender<Shelf>);

#[derive(Default)]
struct Shelf {
    mails: VecDeque<Kept>,
    /// The number of the newest mail, which is how many there were.
    newest: u64,
    closed: bool,
}

/// A mail as it was sent. What JSON tells of it is what other programs read.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Kept {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The text part.
    pub text: String,
    /// The HTML part.
    pub html: String,
    /// The links in it.
    pub links: Vec<String>,
    /// When it was sent, RFC 3339 in UTC.
    pub at: String,
    /// Its number among all mails, from 1 on.
    #[serde(skip)]
    pub number: u64,
    /// The language that it is in.
    #[serde(skip)]
    pub language: Language,
    /// The whole message: headers and parts, as bytes that are all ASCII.
    #[serde(skip)]
    pub raw: String,
}

impl Outbox {
    /// Every mail that is kept, newest last.
    #[must_use]
    pub fn mails(&self) -> Vec<Kept> {
        self.0.borrow().mails.iter().cloned().collect()
    }

    /// The number of the newest mail now and whenever one comes, until the outbox is closed.
    pub fn news(&self) -> impl Stream<Item = u64> + Send + use<> {
        let mut seen = self.0.subscribe();
        seen.mark_changed();
        stream::unfold(seen, |mut seen| async move {
            seen.changed().await.ok()?;
            let (newest, closed) = {
                let now = seen.borrow_and_update();
                (now.newest, now.closed)
            };
            (!closed).then_some((newest, seen))
        })
    }

    /// Ends the news for all who listen: nothing more is waited for.
    pub fn close(&self) {
        self.0.send_modify(|shelf| shelf.closed = true);
    }

    pub(super) fn keep(&self, mail: Kept) {
        self.0.send_modify(|shelf| {
            if shelf.mails.len() == MOST {
                shelf.mails.pop_front();
            }
            shelf.newest += 1;
            shelf.mails.push_back(Kept { number: shelf.newest, ..mail });
        });
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt as _;

    use super::*;

    fn mail(subject: &str) -> Kept {
        Kept {
            to: "ada@example.com".to_owned(),
            subject: subject.to_owned(),
            text: String::new(),
            html: String::new(),
            links: vec![],
            at: "2026-11-25T14:00:00Z".to_owned(),
            number: 0,
            language: Language::English,
            raw: "Subject: x\r\n".to_owned(),
        }
    }

    #[test]
    fn the_last_hundred_are_kept_under_their_own_numbers() {
        let outbox = Outbox::default();
        (1..=102).for_each(|n| outbox.keep(mail(&n.to_string())));
        let mails = outbox.mails();
        assert_eq!(mails.len(), MOST);
        assert!(mails.iter().all(|mail| mail.subject == mail.number.to_string()));
        assert_eq!((mails[0].number, mails[99].number), (3, 102));
    }

    #[test]
    fn json_tells_what_it_always_told() {
        insta::assert_json_snapshot!(mail("Hello"), @r#"
        {
          "to": "ada@example.com",
          "subject": "Hello",
          "text": "",
          "html": "",
          "links": [],
          "at": "2026-11-25T14:00:00Z"
        }
        "#);
    }

    #[tokio::test]
    async fn news_begin_with_what_is_and_end_with_the_outbox() {
        let outbox = Outbox::default();
        outbox.keep(mail("one"));
        let mut news = std::pin::pin!(outbox.news());
        assert_eq!(news.next().await, Some(1));
        outbox.keep(mail("two"));
        outbox.keep(mail("three"));
        assert_eq!(news.next().await, Some(3));
        outbox.close();
        assert_eq!(news.next().await, None);
        assert_eq!(std::pin::pin!(outbox.news()).next().await, None);
    }
}
