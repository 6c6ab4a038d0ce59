//! Mails, revocations and completions of one account at the same time.

use futures_util::future::join;
use regain::recovery::Issue;
use regain::token::Purpose;

use super::{ADA, LOGIN, NEW, assert_void, base, newest_wins, stamp};
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::Regain;
use crate::issuing::{given, reset_for};
use crate::people::{OLD_HASH, database, person};

const ROUNDS: usize = 15;

/// One account and a service where nobody waits for a budget.
async fn unlimited(engine: Engine) -> (TestDatabase, Regain) {
    let users = database(engine, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        newest_wins(settings);
        settings.limits.mails_per_account = "100000/h".parse().unwrap();
    })
    .await;
    (users, regain)
}

async fn ask_twice(regain: &Regain) {
    regain.ask(ADA).await;
    regain.ask(ADA).await;
    regain.worked().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_mails_at_the_same_time_one_works() {
    for engine in engines() {
        let (_users, regain) = unlimited(engine).await;
        for round in 1..=ROUNDS {
            ask_twice(&regain).await;
            let mails = regain.links();
            assert_eq!(mails.len(), 2 * round, "{engine:?}");
            let mut alive = 0;
            for mail in &mails {
                alive += usize::from(regain.inspect(&mail.token()).await.status == 200);
            }
            assert_eq!(alive, 1, "{engine:?} {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_brings_back_what_a_revocation_at_the_same_time_has_voided() {
    for engine in engines() {
        let (users, regain) = unlimited(engine).await;
        let app = regain.service.recovery.application("default").unwrap();
        for round in 0..ROUNDS {
            let by_operator = given(&regain, reset_for("1")).await;
            let before = base(&users).await;
            let revoked = regain.service.recovery.revoke(app, "1");
            join(async { revoked.await.unwrap() }, ask_twice(&regain)).await;
            assert_ne!(base(&users).await, before, "{engine:?} {round}");
            let answer = regain.complete(by_operator.token.expose(), NEW).await;
            assert_void(&answer, "revoked before the mail, or after it");
        }
        assert!(stamp(&users).await.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_mail_at_the_same_time_keeps_what_an_operator_made_from_working_once() {
    for engine in engines() {
        let (users, regain) = unlimited(engine).await;
        for round in 0..ROUNDS {
            let reset = given(&regain, reset_for("1")).await;
            let (done, ()) =
                join(regain.complete(reset.token.expose(), NEW), ask_twice(&regain)).await;
            assert_eq!(done.status, 200, "{engine:?} {round} {done:?}");
            assert_void(&regain.complete(reset.token.expose(), NEW).await, "spent");

            regain.clock.advance(std::time::Duration::from_secs(5));
            let login = Issue { purpose: Purpose::Login, ..reset_for("1") };
            let login = given(&regain, login).await;
            let token = login.token.expose();
            let (done, ()) = join(regain.complete_with(LOGIN, token), ask_twice(&regain)).await;
            assert_eq!(done.status, 200, "{engine:?} {round} {done:?}");
            assert_void(&regain.complete_with(LOGIN, token).await, "spent");
            regain.clock.advance(std::time::Duration::from_secs(5));
        }
        users.execute(&format!("UPDATE users SET password = '{OLD_HASH}'")).await;
    }
}
