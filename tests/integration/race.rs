//! A55: many completions of one token at the same time, by two processes.

mod isolation;

use std::time::Duration;

use argon2::{Argon2, PasswordVerifier};
use futures_util::future::join_all;
use regain::password::{Argon2Cost, Password, Scheme};
use serde_json::json;

use crate::databases::{TestDatabase, engines};
use crate::harness::{Folder, read_mails};
use crate::people::{OLD_HASH, database, hash, person};
use crate::process::Process;
use crate::python;

const CONTENDERS: usize = 64;

const CHEAP: &str =
    "hashing = { wait = \"60s\", argon2 = { memory_kib = 64, iterations = 1, parallelism = 1 } }";
const REAL: &str = "hashing = { wait = \"60s\" }";

const COST: Argon2Cost = Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 };

fn password(round: usize, contender: usize) -> String {
    format!("round {round} contender {contender}")
}

/// Resets the row, asks, and takes the token out of the mail.
async fn fresh_token(users: &TestDatabase, process: &Process, folder: &Folder) -> String {
    fresh_token_of(users, process, folder, OLD_HASH).await
}

async fn fresh_token_of(
    users: &TestDatabase,
    process: &Process,
    folder: &Folder,
    row: &str,
) -> String {
    users.execute(&format!("UPDATE users SET password = '{row}' WHERE id = 1")).await;
    let links = |folder: &Folder| {
        read_mails(&folder.0).into_iter().filter(|mail| mail.link().is_some()).collect::<Vec<_>>()
    };
    let before = links(folder).len();
    let asked = process.post("password-resets", &json!({ "identifier": "ada@example.com" })).await;
    assert_eq!(asked.status, 202);
    for _attempt in 0..400 {
        let mails = links(folder);
        if mails.len() > before {
            return mails.last().unwrap().token();
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("no mail came");
}

fn verifies(hash: &str, password: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), hash).is_ok()
}

/// One round: exactly one 200, and the stored hash is the winner's.
async fn round(users: &TestDatabase, folder: &Folder, processes: &[Process; 2], round: usize) {
    let token = fresh_token(users, &processes[0], folder).await;
    let passwords: Vec<_> = (0..CONTENDERS).map(|n| password(round, n)).collect();
    let race = passwords.iter().enumerate().map(|(n, new)| processes[n % 2].complete(&token, new));
    let answers: Vec<_> = join_all(race).await.into_iter().map(Option::unwrap).collect();
    let winners: Vec<_> = (0..CONTENDERS).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(winners.len(), 1, "{:?} round {round}: {winners:?}", users.engine);
    for answer in answers.iter().filter(|answer| answer.status != 200) {
        assert!(matches!(answer.code().as_str(), "token-invalid" | "busy"), "{answer:?}");
    }
    let stored = hash(users, 1).await;
    assert!(verifies(&stored, &passwords[winners[0]]), "the stored hash is the winner's");
    if round == 0 {
        python::verify_argon2(&stored, &passwords[winners[0]]);
    }
}

async fn rounds(hashing: &str, rounds: usize) {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let folder = Folder::new();
        let start = || Process::start(&folder, &users.url, hashing);
        let processes = [start().await, start().await];
        for n in 0..rounds {
            round(&users, &folder, &processes, n).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_of_64_completions_by_two_processes_exactly_one_wins_in_each_of_20_rounds() {
    rounds(CHEAP, 20).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_of_64_completions_at_full_cost_exactly_one_wins() {
    rounds(REAL, 1).await;
}

/// What rows of other families look like, at the cost that their applications give them.
const FAMILIES: [(&str, &str); 4] = [
    ("bcrypt", "$2y$12$YHjk.BBHQkJRCyG6u55WcO1KyfeoaX8h4YsViEHBfEx52DoPekUw2"),
    (
        "django-pbkdf2",
        "pbkdf2_sha256$1000000$saltSALTsaltSALTsaltSA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ),
    (
        "django-scrypt",
        "scrypt$16384$saltSALTsaltSALTsaltSA$8$5$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    ),
    (
        "werkzeug-scrypt",
        "scrypt:32768:8:1$saltSALTsaltSALT$2a3ae6d61b5a633a5109ca517e9bea88db53a161ec86f15e5dbbac3d62a1ec5e0d82fcff62b48fb5ea7c613dd443f757fad236f7791e1de097c818c9b00e4787",
    ),
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_at_the_real_cost_of_each_family_exactly_one_wins() {
    const FEW: usize = 6;
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let folder = Folder::new();
        let start = || Process::start_on(&folder, &users.url, REAL, "scheme = \"keep\"");
        let processes = [start().await, start().await];
        for (family, row) in FAMILIES {
            let token = fresh_token_of(&users, &processes[0], &folder, row).await;
            let passwords: Vec<_> = (0..FEW).map(|n| password(200, n)).collect();
            let race =
                passwords.iter().enumerate().map(|(n, new)| processes[n % 2].complete(&token, new));
            let answers: Vec<_> = join_all(race).await.into_iter().map(Option::unwrap).collect();
            let winners: Vec<_> = (0..FEW).filter(|n| answers[*n].status == 200).collect();
            assert_eq!(winners.len(), 1, "{engine:?} {family} {answers:?}");
            let stored = hash(&users, 1).await;
            let kept = Scheme::keep(Scheme::argon2id(COST).unwrap());
            for (n, new) in passwords.iter().enumerate() {
                let fits = kept.verifies(&Password::new(new.clone()), &stored);
                assert_eq!(fits, n == winners[0], "{engine:?} {family} {stored}");
            }
            assert_eq!(&stored[..4], &row[..4], "{engine:?}: the family is kept");
        }
    }
}

/// How a round ended in whose middle the process was killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ended {
    /// Somebody was told that their password is set, and it is.
    Told,
    /// Nobody was told, and one of the passwords is set.
    Untold,
    /// Nothing was written, and the link went on working.
    StillWorks,
}

/// To whom the contenders go in a round in whose middle a process is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Going {
    /// All to the one that is killed.
    AllToTheVictim,
    /// Every other one to the one that lives on.
    HalfToTheSurvivor,
}

/// One round in whose middle a process is killed.
async fn killed(
    users: &TestDatabase,
    url: &str,
    folder: &Folder,
    survivor: &Process,
    going: Going,
    after: Duration,
) -> Ended {
    let engine = users.engine;
    let victim = Process::start(folder, url, CHEAP).await;
    let token = fresh_token(users, survivor, folder).await;
    let passwords: Vec<_> = (0..CONTENDERS).map(|c| password(100, c)).collect();
    let goes_on = |n: usize| going == Going::HalfToTheSurvivor && n % 2 == 1;
    let whom = |n| if goes_on(n) { survivor } else { &victim };
    let race = join_all(passwords.iter().enumerate().map(|(n, new)| whom(n).complete(&token, new)));
    let kill = async {
        tokio::time::sleep(after).await;
        victim.signal("-KILL");
    };
    let (answers, ()) = futures_util::future::join(race, kill).await;
    let won: Vec<_> = (0..CONTENDERS)
        .filter(|c| answers[*c].as_ref().is_some_and(|answer| answer.status == 200))
        .collect();
    assert!(won.len() <= 1, "{engine:?} {won:?}");
    for n in (0..CONTENDERS).filter(|n| goes_on(*n)) {
        let answer = answers[n].as_ref().expect("who lives on answers");
        let refused = || matches!(answer.code().as_str(), "token-invalid" | "busy");
        assert!(answer.status == 200 || refused(), "{engine:?} {answer:?}");
    }
    // What the dead process sent may be carried out a moment later.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let stored = hash(users, 1).await;
    let held = passwords.iter().filter(|new| verifies(&stored, new)).count();
    match won.first() {
        Some(winner) => {
            assert!(verifies(&stored, &passwords[*winner]), "{engine:?}");
            Ended::Told
        }
        None if held == 1 => Ended::Untold,
        None => {
            assert_eq!((held, stored.as_str()), (0, OLD_HASH), "{engine:?}");
            let answer = survivor.complete(&token, "after the crash").await.unwrap();
            assert_eq!(answer.status, 200, "{engine:?}: the link still works");
            Ended::StillWorks
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a55_killed_in_the_middle_at_most_one_wins_and_nothing_is_lost_without_a_winner() {
    for engine in engines() {
        let users = database(engine, &[person("ada@example.com")]).await;
        let folder = Folder::new();
        let survivor = Process::start(&folder, &users.url, CHEAP).await;
        for n in 0..3_u64 {
            let after = Duration::from_millis(5 + 15 * n);
            killed(&users, &users.url, &folder, &survivor, Going::AllToTheVictim, after).await;
        }
    }
}
