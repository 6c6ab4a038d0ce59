//! What is counted, by names and labels that dashboards go by.

use std::time::Duration;

use super::super::testing::{GOOD, Meters, Parts, START, World, ada, client};
use super::super::{BreachUse, Event, NotTold, SendError, StoreError, meters};
use crate::account::Account;
use crate::password::Password;
use crate::token::Purpose;

/// What a counter of the application with this label has, say `asks_total{outcome="accepted"}`.
fn count(meters: &Meters, name: &str, labels: &str) -> Option<u64> {
    let labels = if labels.is_empty() { String::new() } else { format!(",{labels}") };
    meters.count(&format!("regain_{name}{{app=\"shop\"{labels}}}"))
}

#[tokio::test]
async fn asks_are_counted_by_what_became_of_them_at_the_door_and_behind_it() {
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    *world.parts.budget_most.lock().unwrap() = Some(1);
    let ask = async |purpose, who| world.ask(purpose, who).await;
    ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    ask(Purpose::PasswordReset, "nobody@example.com").await.unwrap();
    ask(Purpose::PasswordReset, "nobody@example.com").await.unwrap();
    assert!(ask(Purpose::Session, "ada@example.com").await.is_err());
    *world.parts.requests_most.lock().unwrap() = Some(4);
    assert!(ask(Purpose::PasswordReset, "ada@example.com").await.is_err());
    *world.parts.requests_most.lock().unwrap() = None;
    world.parts.is_full.store(true, std::sync::atomic::Ordering::SeqCst);
    assert!(ask(Purpose::PasswordReset, "ada@example.com").await.is_err());
    let asks = |outcome: &str| {
        let labels = format!("outcome=\"{outcome}\",purpose=\"password-reset\"");
        count(meters, "asks_total", &labels)
    };
    assert_eq!(asks("accepted"), Some(4));
    assert_eq!((asks("rate_limited"), asks("queue_full")), (Some(1), Some(1)));
    let none = "outcome=\"not_configured\",purpose=\"session\"";
    assert_eq!(count(meters, "asks_total", none), Some(1));
    assert_eq!(meters.count("regain_limits_refused_total{door=\"ask\"}"), Some(1));

    world.work_off().await;
    let without =
        |reason: &str| count(meters, "asks_without_mail_total", &format!("reason=\"{reason}\""));
    assert_eq!((without("no_account"), without("budget")), (Some(2), Some(1)));
    assert_eq!(without("ineligible"), None);
    assert_eq!(count(meters, "mail_budget_exhausted_total", ""), Some(1), "of the budget alone");
}

#[tokio::test]
async fn tries_are_counted_by_what_became_of_the_mail_or_the_call() {
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    let passing = || Err(SendError::Passing("later".to_owned()));
    let unanswered = || Err(SendError::Unanswered("no answer".to_owned()));
    let refused = || Err(SendError::Final("no".to_owned()));
    for answers in [&world.parts.answers, &world.parts.replies] {
        answers.lock().unwrap().extend([passing(), unanswered(), refused()]);
    }
    for _ask in 0..2 {
        world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    }
    world.work_off().await;
    let mails = |kind: &str, outcome: &str| {
        count(meters, "mails_total", &format!("kind=\"{kind}\",outcome=\"{outcome}\""))
    };
    let calls = |outcome: &str| {
        let labels = format!("event=\"recovery.requested\",outcome=\"{outcome}\"");
        count(meters, "webhook_calls_total", &labels)
    };
    assert_eq!(mails("password_reset", "sent"), Some(1));
    assert_eq!(mails("password_reset", "unanswered"), Some(1));
    assert_eq!(mails("password_reset", "retried"), Some(2));
    assert_eq!(mails("password_reset", "lost"), Some(1));
    assert_eq!((calls("sent"), calls("retried"), calls("lost")), (Some(1), Some(2), Some(1)));
}

#[tokio::test]
async fn a_turn_that_is_waited_for_and_a_mail_given_up_are_counted() {
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    let pace = |wait| {
        world.parts.paces.lock().unwrap().insert("shop".to_owned(), wait);
    };
    pace(Duration::from_secs(9));
    world.ask(Purpose::PasswordReset, "ada@example.com").await.unwrap();
    world.work().await;
    assert_eq!(count(meters, "mail_pace_waits_total", ""), Some(1));
    world.clock.advance(Duration::from_hours(1));
    world.work_off().await;
    let given_up = "kind=\"password_reset\",outcome=\"given_up\"";
    assert_eq!(count(meters, "mails_total", given_up), Some(1));
    let stray = super::super::testing::ask_for("elsewhere", "r1", "ada@example.com");
    world.recovery.perform(stray).await;
    assert_eq!(meters.count("regain_jobs_lost_total"), Some(1));
}

#[tokio::test]
async fn tries_to_use_tokens_are_counted_and_why_nothing_came_of_them() {
    let (meters, _guard) = Meters::catch();
    let world = World::with(|app| app.breaches = BreachUse::OrRefuse);
    let reset = world.token(Purpose::PasswordReset).await;
    let login = world.token(Purpose::Login).await;
    assert!(world.complete("no.token.here", GOOD).await.is_err());
    assert!(world.complete(&login, GOOD).await.is_err());
    assert!(world.complete(&reset, "short").await.is_err());
    *world.parts.breached.lock().unwrap() = Some(Err(NotTold::Failed(Duration::from_secs(1))));
    assert!(world.complete(&reset, GOOD).await.is_err());
    *world.parts.breached.lock().unwrap() = Some(Ok(true));
    assert!(world.complete(&reset, GOOD).await.is_err());
    *world.parts.breached.lock().unwrap() = None;
    world.table.fail(Some(StoreError::Misfit("gone".to_owned())));
    assert!(world.complete(&reset, GOOD).await.is_err());
    world.table.fail(None);
    world.complete(&reset, GOOD).await.unwrap();
    assert!(world.log_in(&login).await.is_err(), "the password changed");
    assert!(world.confirm("no.token.here").await.is_err());
    let completions = |purpose: &str, outcome: &str| {
        let labels = format!("outcome=\"{outcome}\",purpose=\"{purpose}\"");
        count(meters, "completions_total", &labels)
    };
    let reset = |outcome| completions("password-reset", outcome);
    assert_eq!((reset("token_refused"), reset("password_rejected")), (Some(2), Some(2)));
    assert_eq!((reset("busy"), reset("unavailable")), (Some(1), Some(1)));
    assert_eq!(reset("completed"), Some(1));
    assert_eq!(completions("login", "token_refused"), Some(1));
    assert_eq!(completions("email-confirmation", "token_refused"), Some(1));
    let refused =
        |reason: &str| count(meters, "tokens_refused_total", &format!("reason=\"{reason}\""));
    assert_eq!((refused("malformed"), refused("bad_signature")), (Some(2), Some(1)));
    assert_eq!(refused("spent"), Some(1));
    let looked =
        |outcome: &str| count(meters, "breach_lookups_total", &format!("outcome=\"{outcome}\""));
    assert_eq!(
        (looked("listed"), looked("not_told"), looked("not_listed")),
        (Some(1), Some(1), Some(1))
    );
    assert!(meters.count("regain_hashing_wait_seconds").unwrap() >= 4, "each that was looked at");
}

#[tokio::test]
async fn confirmations_and_changes_by_session_are_counted_when_they_are_done() {
    use crate::account::{Condition, Test};
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    let condition = Condition { column: "confirmed".to_owned(), test: Test::NotNull };
    world.table.clear();
    world.table.add(Account { confirmed: vec![(condition, None)], ..ada() });
    let token = world.token(Purpose::EmailConfirmation).await;
    world.confirm(&token).await.unwrap();
    let token = world.token(Purpose::Login).await;
    let session = world.log_in(&token).await.unwrap().session;
    let change = |new: &str| super::super::PasswordChange {
        session: session.expose().to_owned(),
        new_password: Password::new(new.to_owned()),
        client: client(),
        by: super::super::Client::default(),
        reference: "r1".to_owned(),
    };
    for new in ["short", GOOD] {
        let _one_of_two = world.recovery.change_password(world.app(), change(new)).await;
    }
    let done = |purpose: &str, outcome: &str| {
        let labels = format!("outcome=\"{outcome}\",purpose=\"{purpose}\"");
        count(meters, "completions_total", &labels)
    };
    assert_eq!(done("email-confirmation", "completed"), Some(1));
    assert_eq!(done("login", "completed"), Some(1));
    assert_eq!(
        (done("session", "completed"), done("session", "password_rejected")),
        (Some(1), Some(1))
    );
}

#[test]
fn what_can_be_counted_of_an_application_begins_at_nought() {
    let (meters, _guard) = Meters::catch();
    let world = World::with(|app| {
        app.hooks = vec![Event::PasswordChanged];
        app.offered.remove(&Purpose::EmailConfirmation);
    });
    world.recovery.begin_counting();
    let names = meters.names();
    assert!(names.iter().all(|name| meters.count(name) == Some(0)), "{names:?}");
    let begun = |name: &str| {
        let name = format!("regain_{name}");
        names.iter().filter(|it| it.split('{').next() == Some(&name)).count()
    };
    assert_eq!(begun("asks_total"), 2 * 4, "of what is mailed, by what becomes of it");
    assert_eq!(begun("completions_total"), 3 * 8);
    assert_eq!(begun("mails_total"), 5 * 5, "two with links, three others");
    assert_eq!(begun("webhook_calls_total"), 5);
    assert_eq!((begun("asks_without_mail_total"), begun("tokens_refused_total")), (5, 10));
    assert_eq!((begun("mail_budget_exhausted_total"), begun("mail_pace_waits_total")), (1, 1));
    assert_eq!((begun("limits_refused_total"), begun("breach_lookups_total")), (6, 0));
    for of_the_process in [
        "jobs_lost_total",
        "jobs_doubled_total",
        "jobs_unauthentic_total",
        "queue_fallback_total",
        "limits_fallback_total",
        "spans_dropped_total",
    ] {
        assert_eq!(begun(of_the_process), 1, "{of_the_process}");
    }

    let (meters, _guard) = Meters::catch();
    World::with(|app| app.breaches = BreachUse::OrAllow).recovery.begin_counting();
    let asked = meters.names().iter().filter(|name| name.contains("breach_lookups")).count();
    assert_eq!(asked, 3, "where somebody is asked");
}

#[tokio::test]
async fn what_is_known_only_while_somebody_looks_is_measured_then() {
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    let of = |name: &str| meters.gauge(&format!("regain_{name}"));
    world.recovery.measure();
    assert_eq!(
        (of("ready"), of("hashing_permits"), of("hashing_in_use")),
        (Some(1.0), Some(2.0), Some(0.0))
    );
    let share = world.app().hashing_share.clone();
    let _turn = world.recovery.hashing.turn(&share).await.unwrap();
    world.parts.is_full.store(true, std::sync::atomic::Ordering::SeqCst);
    world.recovery.measure();
    assert_eq!((of("ready"), of("hashing_in_use")), (Some(0.0), Some(1.0)));
}

#[test]
fn what_adapters_measure_has_its_names_here() {
    let (caught, _guard) = Meters::catch();
    meters::mail_took("main", Duration::from_millis(3));
    meters::queue(7, 100, Duration::from_secs(4));
    meters::job_lost();
    meters::job_doubled();
    meters::job_unauthentic();
    meters::queue_fallback();
    meters::limits_fallback();
    meters::spans_dropped(3);
    meters::redis("queue", true);
    meters::redis("limits", false);
    meters::build();
    let counted = |name: &str| caught.count(&format!("regain_{name}"));
    let gauge = |name: &str| caught.gauge(&format!("regain_{name}"));
    assert_eq!(counted("mail_send_seconds{provider=\"main\"}"), Some(1));
    for name in
        ["jobs_lost", "jobs_doubled", "jobs_unauthentic", "queue_fallback", "limits_fallback"]
    {
        assert_eq!(counted(&format!("{name}_total")), Some(1), "{name}");
    }
    assert_eq!(counted("spans_dropped_total"), Some(3));
    assert_eq!((gauge("queue_depth"), gauge("queue_capacity")), (Some(7.0), Some(100.0)));
    assert_eq!(gauge("queue_oldest_age_seconds"), Some(4.0));
    assert_eq!(gauge("redis_up{use=\"queue\"}"), Some(1.0));
    assert_eq!(gauge("redis_up{use=\"limits\"}"), Some(0.0));
    let version = format!("build_info{{version=\"{}\"}}", env!("CARGO_PKG_VERSION"));
    assert_eq!(gauge(&version), Some(1.0));
}

#[tokio::test]
async fn a_turned_away_client_and_a_key_out_of_calls_are_counted_by_their_door() {
    let (meters, _guard) = Meters::catch();
    let world = World::new();
    *world.parts.requests_most.lock().unwrap() = Some(0);
    let (app, recovery) = (world.app(), &world.recovery);
    assert!(recovery.prepare(app, &client()).await.is_err());
    assert!(recovery.recognise(app, "no key", "client").await.is_err());
    assert!(world.complete("x", GOOD).await.is_err());
    assert!(world.inspect(Purpose::Login, "x").await.is_err());
    for door in ["prepare", "wrong_key", "complete", "inspect"] {
        let name = format!("regain_limits_refused_total{{door=\"{door}\"}}");
        assert_eq!(meters.count(&name), Some(1), "{door}");
    }
    assert_eq!(Parts::taken(&world.parts.requests, "x"), 0);
    assert_eq!(world.clock.now(), START);
}
