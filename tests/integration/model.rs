//! Random histories of two accounts, held against an oracle that says which links work and what is
//! stored.
//!
//! `REGAIN_TEST_SEED` repeats what a failure tells of.

mod oracle;
mod steps;
mod world;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::time::Duration;

use argon2::{Argon2, PasswordVerifier};
use proptest::strategy::Strategy as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use regain::random::Random;

use crate::databases::{Engine, engines};
use oracle::{Dead, Oracle};
use steps::{ADDRESSES, HASHES, PEOPLE, Step, step};
use world::World;

/// How many steps one history has on average; both accounts are as at first before each.
const STEPS: usize = 100;

/// What a run came across: how often which use of a link came to what.
type Tally = BTreeMap<&'static str, usize>;

fn seed() -> u64 {
    let told = std::env::var("REGAIN_TEST_SEED").ok();
    told.map_or_else(
        || u64::from_be_bytes(Random::system().bytes()),
        |seed| seed.parse().expect("REGAIN_TEST_SEED is a number"),
    )
}

/// A run of at least so many steps: what it came across, or what is wrong, in as few steps as could be
/// found to show it.
fn run(
    engine: Engine,
    newest_wins: bool,
    steps: usize,
    seed: u64,
    ignorant_of: Option<Dead>,
) -> Result<Tally, String> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let world = RefCell::new(runtime.block_on(World::new(engine, newest_wins)));
    let tally = RefCell::new(Tally::new());
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    // An oracle that is wrong on purpose need not be shown to be so in as few steps as can be.
    let max_shrink_iters = if ignorant_of.is_some() { 0 } else { 2_000 };
    let config = Config {
        failure_persistence: None,
        max_shrink_iters,
        max_shrink_time: 120_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let histories = proptest::collection::vec(step(), STEPS / 5..=STEPS * 9 / 5);
    while tally.borrow().get("steps").is_none_or(|done| *done < steps) {
        let history = histories.new_tree(&mut runner).unwrap();
        let held = runner.run_one(history, |history| {
            let (mut world, mut tally) = (world.borrow_mut(), tally.borrow_mut());
            let oracle = Oracle::new(newest_wins, ignorant_of);
            let held = runtime.block_on(live(&mut world, oracle, &history, &mut tally));
            held.map_err(TestCaseError::fail)
        });
        held.map_err(|error| {
            let (why, history) = match error {
                TestError::Fail(why, history) => (why, history),
                TestError::Abort(why) => (why, vec![]),
            };
            let mut text = format!("{engine:?}, newest_link_wins = {newest_wins}: {why}\n");
            for step in history {
                let _ = writeln!(text, "    {step:?}");
            }
            format!("{text}again: REGAIN_TEST_SEED={seed}")
        })?;
    }
    Ok(tally.into_inner())
}

/// One history, step by step.
async fn live(
    world: &mut World,
    mut oracle: Oracle,
    history: &[Step],
    tally: &mut Tally,
) -> Result<(), String> {
    world.reset().await;
    for (number, step) in history.iter().enumerate() {
        *tally.entry("steps").or_default() += 1;
        let at = |wrong: String| format!("step {} ({step:?}): {wrong}", number + 1);
        take(world, &mut oracle, step, number, tally).await.map_err(at)?;
        for who in 0..PEOPLE {
            let (stored, known) = (world.password(who).await, &oracle.people[who].password);
            (stored == *known).then_some(()).ok_or_else(|| at(format!("{who} has {stored:?}")))?;
        }
    }
    Ok(())
}

async fn take(
    world: &mut World,
    oracle: &mut Oracle,
    step: &Step,
    number: usize,
    tally: &mut Tally,
) -> Result<(), String> {
    match step {
        Step::Ask(address) => {
            let address = ADDRESSES[*address];
            let mut mailed = world.ask(address).await;
            mailed.sort();
            let ought: Vec<_> =
                oracle.asked(address).into_iter().map(|who| (who, address.to_owned())).collect();
            for (who, _) in &mailed {
                oracle.mailed(*who, world.clock.now().unix_timestamp());
            }
            *tally.entry("mailed").or_default() += mailed.len();
            expect(&mailed, &ought)?;
        }
        Step::Advance(by) => world.clock.advance(Duration::from_millis((*by).into())),
        Step::SetPassword(who, hash) => {
            let hash = hash.map(|hash| HASHES[hash]);
            world.write(*who, "password", hash).await;
            oracle.people[*who].password = hash.map(str::to_owned);
        }
        Step::SetAddress(who, address) => {
            let address = address.map(|address| ADDRESSES[address]);
            world.write(*who, "email", address).await;
            oracle.people[*who].address = address;
        }
        Step::Turn(who, which, on) => {
            world.turn(*who, *which, *on).await;
            oracle.turn(*who, *which, *on);
        }
        Step::Rotate(how) => {
            if oracle.rotate(*how) {
                world.with_keys(&oracle.keys, oracle.signing).await;
            }
        }
        Step::Revoke(who) => {
            expect(&world.revoke(*who).await.status, &204)?;
            oracle.void(*who);
        }
        Step::Inspect(pick) => {
            let Some(link) = pick.of(oracle.links()) else { return Ok(()) };
            let ought = oracle.look(link, world.clock.now().unix_timestamp());
            expect(&world.inspect(link).await.status, &status(ought))?;
        }
        Step::Complete(pick) => {
            let Some(link) = pick.of(oracle.links()) else { return Ok(()) };
            let ought = oracle.look(link, world.clock.now().unix_timestamp());
            *tally.entry(word(ought)).or_default() += 1;
            let new = format!("a passphrase of step {number}");
            let answer = world.complete(link, &new).await;
            expect(&answer.status, &status(ought))?;
            if let Ok(whose) = ought {
                let stored = world.password(whose).await.unwrap_or_default();
                let is_new = oracle.people[whose].password.as_ref() != Some(&stored)
                    && Argon2::default().verify_password(new.as_bytes(), stored.as_str()).is_ok();
                expect(&is_new, &true)?;
                oracle.completed(whose, stored);
            }
        }
    }
    Ok(())
}

/// What differs, if it does.
fn expect<T: PartialEq + std::fmt::Debug>(is: &T, ought: &T) -> Result<(), String> {
    (is == ought).then_some(()).ok_or_else(|| format!("is {is:?} and ought to be {ought:?}"))
}

fn status(ought: Result<usize, Dead>) -> u16 {
    match ought {
        Ok(_) => 200,
        Err(Dead::Expired) => 410,
        Err(_) => 400,
    }
}

fn word(ought: Result<usize, Dead>) -> &'static str {
    match ought {
        Ok(_) => "worked",
        Err(Dead::KeyRetired) => "key retired",
        Err(Dead::Expired) => "expired",
        Err(Dead::NotEligible) => "not eligible",
        Err(Dead::AddressChanged) => "address changed",
        Err(Dead::PasswordChanged) => "password changed",
        Err(Dead::Voided) => "voided",
    }
}

/// How many steps on an engine: 50,000 in SQLite and a tenth in each of the others in the long form.
fn share(engine: Engine) -> usize {
    let long = std::env::var_os("REGAIN_TEST_LONG").is_some();
    match (engine, long) {
        (Engine::Sqlite, true) => 50_000,
        (_, true) => 5_000,
        (Engine::Sqlite, false) => 2_000,
        (_, false) => 250,
    }
}

#[test]
fn a56_a57_a58_whatever_happens_the_links_work_that_ought_to_and_the_password_is_the_one_set_last()
{
    const CAME_TO: [&str; 9] = [
        "steps",
        "mailed",
        "worked",
        "key retired",
        "expired",
        "not eligible",
        "address changed",
        "password changed",
        "voided",
    ];
    let seed = seed();
    let mut figures = format!(
        "## Random histories\n\nSeed {seed}; `REGAIN_TEST_SEED` repeats it. What completions came to, by \
         the first reason that holds:\n\n| engine | newest wins | {} |\n|---|---|{}\n",
        CAME_TO.join(" | "),
        "---|".repeat(CAME_TO.len()),
    );
    let mut came_across = BTreeSet::new();
    for engine in engines() {
        for newest_wins in [false, true] {
            let run = run(engine, newest_wins, share(engine).div_ceil(2), seed, None);
            let tally = run.unwrap_or_else(|wrong| panic!("{wrong}"));
            let counts =
                CAME_TO.map(|word| tally.get(word).copied().unwrap_or_default().to_string());
            came_across.extend(tally.into_keys());
            let _ = writeln!(figures, "| {engine:?} | {newest_wins} | {} |", counts.join(" | "));
        }
    }
    // Histories in which links never work, or never do not for one of the reasons, would show little.
    assert_eq!(came_across, BTreeSet::from(CAME_TO));
    if let Some(folder) = std::env::var_os("REGAIN_TEST_FIGURES") {
        std::fs::write(std::path::Path::new(&folder).join("model.md"), figures).unwrap();
    }
}

#[test]
fn an_oracle_that_knows_nothing_of_one_reason_is_found_to_be_wrong_whichever_it_is() {
    let newest = (true, Dead::Voided);
    for (newest_wins, ignorant_of) in
        Dead::ALL.map(|dead| (false, dead)).into_iter().chain([newest])
    {
        let found = run(Engine::Sqlite, newest_wins, 20_000, seed(), Some(ignorant_of));
        assert!(found.is_err(), "{newest_wins} {ignorant_of:?}: {found:?}");
    }
}
