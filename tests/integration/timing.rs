//! A46, A47, A48: nobody learns from how long an ask takes whether there is such an account.
//!
//! Each class of addresses is compared with the unknown ones by the probability that an ask of the one
//! takes longer than an ask of the other, which must be one half, within 0.02. With 10,000 asks of each,
//! chance alone is off by 0.004. What fails is repeated once with another order, and must fail again.

mod asker;
mod auc;
mod class;
mod service;

use std::fmt::Write as _;

use regain::random::Random;

use asker::{Measured, measure};
use auc::{auc, median};
use class::{Class, crowd};
use service::{HARDER, Measurable, Mood};

/// How far from one half.
const BOUND: f64 = 0.02;

const ASK: &str = "/v1/apps/default/password-resets";

/// Asks of each class in each mood of the mail server: 10,000, or as many in all three together.
fn each() -> usize {
    if std::env::var_os("REGAIN_TEST_LONG").is_some() { 10_000 } else { 3_334 }
}

fn seed() -> u64 {
    u64::from_be_bytes(Random::system().bytes())
}

/// Asks in a thread of its own, as a stranger's program would.
async fn asked(service: &Measurable, path: &'static str, each: usize) -> Measured {
    let address = service.address.clone();
    let asking = move || measure(&address, path, each, seed());
    tokio::task::spawn_blocking(asking).await.unwrap()
}

/// The classes that can be told from the unknown.
fn told_apart(measured: &Measured) -> Vec<Class> {
    let others = Class::ALL.into_iter().filter(|class| *class != Class::Unknown);
    others.filter(|class| (against_unknown(&measured.asks, *class) - 0.5).abs() > BOUND).collect()
}

fn against_unknown(times: &[Vec<u64>; Class::COUNT], class: Class) -> f64 {
    auc(&times[class as usize], &times[Class::Unknown as usize])
}

/// The gate: the classes that can be told from the unknown twice, in two orders; and the figures.
async fn gate(
    service: &Measurable,
    path: &'static str,
    each: usize,
    figures: &mut impl FnMut(&Measured),
) -> Vec<Class> {
    let mut failing = Class::ALL.to_vec();
    for _twice in 0..2 {
        let measured = asked(service, path, each).await;
        figures(&measured);
        let again = told_apart(&measured);
        failing.retain(|class| again.contains(class));
        if failing.is_empty() {
            break;
        }
    }
    failing
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a46_a47_a48_no_class_takes_longer_or_shorter_than_the_unknown_whatever_the_mail_server_does()
 {
    let mut table = format!(
        "## Timing\n\n{} asks of each class in each mood of the mail server, interleaved. AUC against \
         the unknown; the probe is a GET /healthz sent right after the ask.\n\n\
         | mail server | class | AUC | AUC of the probe | median, µs | median of the probe, µs |\n\
         |---|---|---|---|---|---|\n",
        each()
    );
    let users = crowd(each()).await;
    let mut failing = vec![];
    for mood in [Mood::Up, Mood::Slow, Mood::Down] {
        let Some(service) = Measurable::start(&users.url, mood).await else { return };
        let mut figures = |measured: &Measured| {
            for class in Class::ALL {
                let _ = writeln!(
                    table,
                    "| {mood:?} | {class:?} | {:.4} | {:.4} | {} | {} |",
                    against_unknown(&measured.asks, class),
                    against_unknown(&measured.probes, class),
                    median(&measured.asks[class as usize]) / 1000,
                    median(&measured.probes[class as usize]) / 1000,
                );
            }
        };
        let failed = gate(&service, ASK, each(), &mut figures).await;
        failing.extend(failed.into_iter().map(|class| (mood, class)));
        service.stop().await;
    }
    write("timing.md", &table);
    assert!(failing.is_empty(), "{failing:?}\n{table}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a46_a48_a_handler_that_works_harder_for_who_has_an_account_does_not_pass() {
    let each = 500;
    let users = crowd(each).await;
    let Some(service) = Measurable::start(&users.url, Mood::Down).await else { return };
    let mut table = format!(
        "## Timing of a handler that looks first\n\n{each} asks of each class of a handler that reads the \
         row of who has an account before it answers. The gate must fail, and does.\n\n\
         | class | AUC | median, µs |\n|---|---|---|\n"
    );
    let mut figures = |measured: &Measured| {
        for class in Class::ALL {
            let (auc, asks) =
                (against_unknown(&measured.asks, class), &measured.asks[class as usize]);
            let _ = writeln!(table, "| {class:?} | {auc:.4} | {} |", median(asks) / 1000);
        }
    };
    let failing = gate(&service, HARDER, each, &mut figures).await;
    service.stop().await;
    write("timing-harder.md", &table);
    assert!(failing.contains(&Class::Known), "{failing:?} {table}");
}

fn write(file: &str, figures: &str) {
    if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
        std::fs::write(std::path::Path::new(&folder).join(file), figures).unwrap();
    }
}
