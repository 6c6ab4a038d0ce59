//! What a mail that waits, is put off, refused or overtaken does to the link before it.

use std::time::Duration;

use regain::clock::Clock;
use regain::config::Settings;
use regain::recovery::{Draft, Job, LinkWish, Mail as MailJob, Task};
use regain::token::Purpose;
use serde_json::json;

use super::{ADA, NEW, ada_alone, assert_void, newest_wins, stamp};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Regain, START, read_mails};
use crate::people::{database, person};
use crate::smtp::MailServer;

/// One account, a service whose mails arrive, and one on the same table that mails by this server.
async fn beside(engine: Engine, server: &MailServer) -> (TestDatabase, Regain, Regain) {
    let users = database(engine, &[person(ADA)]).await;
    let arriving = Regain::start_with(&users.url, newest_wins).await;
    let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
    let by_smtp = Regain::start_at(&users.url, Clock::fixed(start), |settings: &mut Settings| {
        newest_wins(settings);
        settings.limits.mails_per_account = "1/20m".parse().unwrap();
        settings.mail.providers.insert("files".to_owned(), server.provider("smtp+starttls"));
    })
    .await;
    (users, arriving, by_smtp)
}

#[tokio::test]
async fn a75_a_mail_that_is_put_off_voids_nothing_until_it_is_taken_and_then_carries_one_link() {
    for engine in engines() {
        let options = json!({ "reject_data": 451, "refusals": 1 });
        let Some(server) = MailServer::start(&options) else { return };
        let (users, arriving, by_smtp) = beside(engine, &server).await;
        let before = arriving.token_for(ADA).await;
        let held = stamp(&users).await;
        by_smtp.ask(ADA).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(server.envelopes().is_empty(), "{engine:?}: the first attempt was refused");
        assert_eq!(stamp(&users).await, held, "{engine:?}");
        assert_eq!(arriving.inspect(&before).await.status, 200, "{engine:?}: it is the newest");

        by_smtp.worked().await;
        let mails = read_mails(&server.mail);
        assert_eq!(mails.len(), 1, "{engine:?}");
        assert_void(&arriving.inspect(&before).await, "a newer one was taken");
        assert_eq!(by_smtp.complete(&mails[0].token(), NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn where_the_answer_to_a_mail_was_lost_the_same_link_goes_again_and_is_the_newest() {
    for engine in engines() {
        let options = json!({ "drop_at": "taken", "refusals": 1 });
        let Some(server) = MailServer::start(&options) else { return };
        let (_users, arriving, by_smtp) = beside(engine, &server).await;
        let before = arriving.token_for(ADA).await;
        by_smtp.ask(ADA).await;
        by_smtp.worked().await;
        let mails = read_mails(&server.mail);
        assert_eq!(mails.len(), 2, "{engine:?}");
        assert_eq!(mails[0].link(), mails[1].link(), "{engine:?}");
        assert_void(&arriving.inspect(&before).await, "it may have been taken");
        assert_eq!(by_smtp.complete(&mails[0].token(), NEW).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a_mail_that_is_refused_for_good_voids_nothing_and_the_next_ask_is_sent_at_once() {
    for engine in engines() {
        let options = json!({ "reject_rcpt": 550, "refusals": 1 });
        let Some(server) = MailServer::start(&options) else { return };
        let (_users, arriving, by_smtp) = beside(engine, &server).await;
        let before = arriving.token_for(ADA).await;
        by_smtp.ask(ADA).await;
        by_smtp.worked().await;
        assert!(server.envelopes().is_empty(), "{engine:?}");
        assert_eq!(arriving.inspect(&before).await.status, 200, "{engine:?}");

        by_smtp.ask(ADA).await;
        by_smtp.worked().await;
        let mails = read_mails(&server.mail);
        assert_eq!(mails.len(), 1, "{engine:?}: the budget of one was given back");
        assert_void(&arriving.inspect(&before).await, "now there is a newer one");
        assert_eq!(by_smtp.inspect(&mails[0].token()).await.status, 200, "{engine:?}");
        by_smtp.ask(ADA).await;
        by_smtp.worked().await;
        assert_eq!(read_mails(&server.mail).len(), 1, "{engine:?}: what was taken is not");
    }
}

#[tokio::test]
async fn a50_a_mail_that_is_refused_takes_nobody_elses_turn() {
    let Some(server) = MailServer::start(&json!({ "reject_rcpt": 550, "refusals": 3 })) else {
        return;
    };
    let users = database(Engine::Sqlite, &[person(ADA), person("eve@example.com")]).await;
    let start = time::OffsetDateTime::from_unix_timestamp(START).unwrap();
    let regain = Regain::start_at(&users.url, Clock::fixed(start), |settings: &mut Settings| {
        newest_wins(settings);
        settings.apps.get_mut("default").unwrap().mail.per_hour = 6;
        settings.mail.providers.insert("files".to_owned(), server.provider("smtp+starttls"));
    })
    .await;
    for who in [ADA, ADA, ADA, "eve@example.com"] {
        regain.ask(who).await;
        for _look in 0..40 {
            tokio::time::sleep(Duration::from_millis(50)).await;
            if regain.service.queue.unfinished() == 0 {
                break;
            }
        }
        assert_eq!(regain.service.queue.unfinished(), 0, "{who}: it waits for no turn");
    }
    assert_eq!(server.envelopes().len(), 1, "what was refused took no turn");
    regain.ask(ADA).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(regain.service.queue.unfinished(), 1, "what was taken did");
}

#[tokio::test]
async fn a_mail_that_comes_too_late_gives_its_budget_back_too() {
    let Some(server) = MailServer::start(&json!({ "reject_data": 451, "refusals": 1 })) else {
        return;
    };
    let (_users, arriving, by_smtp) = beside(Engine::Sqlite, &server).await;
    let before = arriving.token_for(ADA).await;
    by_smtp.ask(ADA).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    by_smtp.clock.advance(Duration::from_mins(30));
    by_smtp.worked().await;
    assert!(server.envelopes().is_empty(), "nobody waits for it any more");
    assert_eq!(arriving.inspect(&before).await.status, 200);
    // Of two that came back in this time and by the mail, one may be at once.
    by_smtp.ask(ADA).await;
    by_smtp.worked().await;
    assert_eq!(read_mails(&server.mail).len(), 1);
}

#[tokio::test]
async fn a_mail_that_waits_for_its_turn_voids_nothing() {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        newest_wins(settings);
        settings.apps.get_mut("default").unwrap().mail.per_hour = 6;
    })
    .await;
    let first = regain.token_for(ADA).await;
    regain.ask(ADA).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    assert_eq!(regain.service.queue.unfinished(), 1, "it waits");
    assert_eq!(regain.inspect(&first).await.status, 200);
    // A queue that is closed waits for no turn.
    regain.service.queue.close();
    regain.worked().await;
    assert_eq!(regain.links().len(), 2);
    assert_void(&regain.inspect(&first).await, "its turn came");
}

fn link(regain: &Regain, draft: Draft) -> Job {
    let wish = LinkWish::of(Purpose::PasswordReset);
    let (user_id, draft) = ("1".to_owned(), Box::new(draft));
    Job {
        app: "default".to_owned(),
        reference: "r".to_owned(),
        asked_at: regain.clock.now(),
        attempt: 1,
        has_turn: true,
        redone: false,
        trace: None,
        task: Task::Mail(MailJob::Link { user_id, wish, draft }),
    }
}

#[tokio::test]
async fn the_same_draft_is_the_same_link_and_a_refreshed_one_is_another() {
    for engine in engines() {
        let (users, regain) = ada_alone(engine).await;
        let issued_at = regain.clock.now();
        let id = "0123456789abcdef-more".to_owned();
        let draft = Draft { issued_at, id, stamped: false, over: None, told: true };
        for stamped in [false, true] {
            let draft = Draft { stamped, ..draft.clone() };
            assert_eq!(regain.service.recovery.perform(link(&regain, draft)).await, []);
            assert_eq!(stamp(&users).await.as_deref(), Some(".0123456789abcdef"), "{engine:?}");
        }
        let mails = regain.links();
        assert_eq!((mails.len(), mails[0].link() == mails[1].link()), (2, true), "{engine:?}");

        regain.clock.advance(Duration::from_mins(16));
        let draft = Draft { stamped: true, ..draft };
        assert_eq!(regain.service.recovery.perform(link(&regain, draft)).await, []);
        let mails = regain.links();
        assert_void(&regain.inspect(&mails[0].token()).await, "a fresh one was mailed");
        assert_eq!(regain.inspect(&mails[2].token()).await.status, 200, "{engine:?}");
    }
}

#[tokio::test]
async fn a_mail_that_was_perhaps_taken_is_not_sent_again_once_a_newer_one_is_out() {
    for engine in engines() {
        let (_users, regain) = ada_alone(engine).await;
        let newest = regain.token_for(ADA).await;
        let issued_at = regain.clock.now();
        let id = "0123456789abcdef-more".to_owned();
        let older = Draft { issued_at, id, stamped: true, over: None, told: true };
        assert_eq!(regain.service.recovery.perform(link(&regain, older.clone())).await, []);
        assert_eq!(regain.links().len(), 1, "{engine:?}: the owner may have seen both");
        assert_eq!(regain.inspect(&newest).await.status, 200, "{engine:?}");

        // One that was never out is newer than what is.
        let unsent = Draft { stamped: false, ..older };
        assert_eq!(regain.service.recovery.perform(link(&regain, unsent)).await, []);
        let mails = regain.links();
        assert_eq!(regain.inspect(&mails[1].token()).await.status, 200, "{engine:?}");
        assert_void(&regain.complete(&newest, NEW).await, "it is the newest no more");
    }
}
