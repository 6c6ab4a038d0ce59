//! Services that are down, slow, or talk of something else: the wait is bounded, what then holds is
//! what the settings say, and the list that the process has itself holds in any case.

use std::iter::repeat_n;
use std::time::Duration;

use futures_util::future::join_all;
use regain::clock::Stopwatch;

use super::service::{RangeService, Say};
use super::{ADA, BREACHED, COMMON, GOOD, ada, asking, reasons, running, with_links};
use crate::harness::Regain;
use crate::people::{OLD_HASH, hash};

/// How long a completion takes at most beside the wait for the service, however busy the machine is: what
/// drips or says nothing would go on for ever.
const WORK: Duration = Duration::from_secs(30);

/// Both ways of failing, where the next question is answered so.
async fn holds(service: &RangeService, regains: &[Regain; 2], say: &[Say], timeout: Duration) {
    let [allowing, refusing] = regains;
    let token = allowing.token_for(ADA).await;
    service.will(say.to_vec());
    let began = Stopwatch::start();
    let put_off = refusing.complete(&token, GOOD).await;
    assert_eq!((put_off.status, put_off.code()), (503, "busy".to_owned()), "{say:?}: {put_off:?}");
    let wait: u64 = put_off.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&wait), "{wait}");
    assert!(began.elapsed() < timeout + WORK, "{say:?}: {:?}", began.elapsed());

    service.will(say.to_vec());
    assert_eq!(reasons(&allowing.complete(&token, COMMON).await), ["common"], "{say:?}");
    let began = Stopwatch::start();
    let done = allowing.complete(&token, GOOD).await;
    assert_eq!(done.status, 200, "{say:?}, and the link was not spent: {done:?}");
    assert!(began.elapsed() < timeout + WORK, "{say:?}: {:?}", began.elapsed());
}

/// Both ways of failing, one after the other in the order of [`holds`].
async fn both(users: &str, service: &RangeService, timeout: &str) -> [Regain; 2] {
    let start = |on_failure: &'static str| {
        let more = format!("timeout = \"{timeout}\"\non_failure = \"{on_failure}\"");
        async move { Regain::start_with(users, |settings| asking(settings, service, &more)).await }
    };
    [start("allow").await, start("refuse").await]
}

#[tokio::test]
async fn a66_whatever_a_service_says_that_is_no_answer_the_wait_is_bounded_and_the_settings_hold() {
    let Some(service) = RangeService::tls(&[]).await else { return };
    let elsewhere = RangeService::plain(&[]).await;
    let long_line: &str = Box::leak("A".repeat(64 * 1024).into_boxed_str());
    for say in [
        Say::Status(500),
        Say::Status(404),
        Say::Status(429),
        Say::Text("<html>the network wants a login</html>"),
        Say::Text("00D4F6E8FA6EECAD2A3AA415EEC418D38EC:2\r\n00D4F6E8FA6E"),
        Say::Text(long_line),
        Say::Redirect(format!("{}00000", elsewhere.url)),
    ] {
        let users = ada().await;
        let regains = both(&users.url, &service, "5s").await;
        holds(&service, &regains, &[say], Duration::ZERO).await;
    }
    for (say, timeout) in [(Say::Nothing, 200), (Say::Dripping, 200)] {
        let users = ada().await;
        let regains = both(&users.url, &service, &format!("{timeout}ms")).await;
        holds(&service, &regains, &[say], Duration::from_millis(timeout)).await;
    }
    assert!(elsewhere.heard().is_empty(), "{:?}", elsewhere.heard());
}

#[tokio::test]
async fn a66_an_endless_answer_is_cut_at_a_bound_and_no_longer_listened_to() {
    let service = RangeService::plain(&[]).await;
    let users = ada().await;
    let regains = both(&users.url, &service, "9s").await;
    holds(&service, &regains, &[Say::Endless], Duration::ZERO).await;
    // What the operating system had room for, until the connections were closed.
    let spoken = service.spoken();
    assert!(spoken > 512 * 1024 && spoken < 64 * 1024 * 1024, "{spoken}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(service.spoken(), spoken, "nobody listens any more");
}

#[tokio::test]
async fn a66_a_service_that_is_down_or_has_no_good_certificate_is_told_nothing() {
    let Some(mut stranger) = RangeService::tls(&[]).await else { return };
    let ca = stranger.ca.take();
    let users = ada().await;
    let regains = both(&users.url, &stranger, "5s").await;
    holds(&stranger, &regains, &[], Duration::ZERO).await;
    assert!(stranger.heard().is_empty(), "{:?}", stranger.heard());

    stranger.ca = ca;
    let users = ada().await;
    let regains = both(&users.url, &stranger, "5s").await;
    stranger.ends().await;
    holds(&stranger, &regains, &[], Duration::ZERO).await;
}

#[tokio::test]
async fn a66_after_failures_in_a_row_nobody_waits_for_the_service_and_then_it_is_asked_again() {
    let service = RangeService::plain(&[BREACHED]).await;
    let users = ada().await;
    let regain = running(&users, &service, "timeout = \"300ms\"\non_failure = \"refuse\"").await;
    let token = regain.token_for(ADA).await;
    service.will([Say::Nothing, Say::Nothing, Say::Nothing, Say::Status(500)]);
    for _failure in 0..3 {
        assert_eq!(regain.complete(&token, GOOD).await.status, 503);
    }
    for _pause in 0..3 {
        let refused = regain.complete(&token, GOOD).await;
        assert_eq!((refused.status, refused.header("retry-after")), (503, Some("10")));
    }
    assert_eq!(service.heard().len(), 3, "it is left alone");
    regain.clock.advance(Duration::from_secs(10));
    assert_eq!(regain.complete(&token, GOOD).await.status, 503);
    assert_eq!(regain.complete(&token, GOOD).await.status, 503);
    assert_eq!(service.heard().len(), 4, "one more failure is enough");
    regain.clock.advance(Duration::from_secs(10));
    assert_eq!(reasons(&regain.complete(&token, BREACHED).await), ["breached"]);
    assert_eq!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(regain.complete(&token, GOOD).await.status, 200, "the link was not spent");
}

#[tokio::test]
async fn a66_while_the_service_is_waited_for_others_have_their_turn_in_the_pool() {
    let service = RangeService::plain(&[]).await;
    let people = ["ada@example.com", "bob@example.com"].map(str::to_owned);
    let more = "timeout = \"5s\"";
    let (_users, regain, tokens) = with_links(&people, &service, more, (1, "3s")).await;
    service.will([Say::Nothing]);
    let began = Stopwatch::start();
    let waiting = async {
        assert_eq!(regain.complete(&tokens[0], GOOD).await.status, 200);
        began.elapsed()
    };
    let other = async {
        service.has_heard(1).await;
        let done = regain.complete(&tokens[1], GOOD).await;
        assert_eq!(done.status, 200, "with one permit and a wait of 3 s: {done:?}");
        began.elapsed()
    };
    let (waited, done) = tokio::join!(waiting, other);
    assert!(waited >= Duration::from_secs(5), "it was waited for: {waited:?}");
    assert!(done < waited);
}

#[tokio::test]
async fn a66_a_flood_asks_few_questions_at_a_time_and_the_wait_for_a_turn_counts_as_well() {
    let service = RangeService::plain(&[]).await;
    let people: Vec<_> = (0..36).map(|n| format!("p{n}@example.com")).collect();
    let more = "timeout = \"3s\"";
    let (_users, regain, tokens) = with_links(&people, &service, more, (2, "30s")).await;
    let (some, others) = tokens.split_at(12);
    let complete = async |tokens: &[String]| {
        join_all(tokens.iter().map(|token| regain.complete(token, GOOD))).await
    };

    service.will(repeat_n(Say::Late(Duration::from_millis(400)), 12));
    let answers = complete(some).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    assert_eq!((service.heard().len(), service.most_at_once()), (12, 8));

    service.will(repeat_n(Say::Nothing, 24));
    let began = Stopwatch::start();
    let answers = complete(others).await;
    assert!(answers.iter().all(|answer| answer.status == 200), "{answers:?}");
    // Eight at a time, one after the other, they would wait for 9 s.
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a66_whoever_makes_a_crowd_gets_no_breached_password_past_the_service_and_makes_it_no_pause()
 {
    let service = RangeService::plain(&[BREACHED]).await;
    let people: Vec<_> = (0..40).map(|n| format!("p{n}@example.com")).collect();
    let more = "timeout = \"2s\"\non_failure = \"allow\"";
    let (_users, regain, tokens) = with_links(&people, &service, more, (2, "30s")).await;
    // Eight at a time: the last eight would have their turn when twice the timeout is over.
    service.will(repeat_n(Say::Late(Duration::from_millis(1200)), 40));
    let answers = join_all(tokens.iter().map(|token| regain.complete(token, BREACHED))).await;
    let (refused, busy): (Vec<_>, Vec<_>) = answers.iter().partition(|it| it.status == 422);
    assert!(refused.iter().all(|answer| reasons(answer) == ["breached"]), "{refused:?}");
    assert!(busy.iter().all(|it| (it.status, it.code()) == (503, "busy".to_owned())), "{busy:?}");
    assert!(!busy.is_empty() && refused.len() >= 8, "{} refused", refused.len());
    let asked = service.heard().len();
    assert_eq!(reasons(&regain.complete(&tokens[0], BREACHED).await), ["breached"]);
    assert_eq!(service.heard().len(), asked + 1, "it is no service that rests");
}
