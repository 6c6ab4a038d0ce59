//! Jobs as they lie outside of the process: sealed for their application, so that whoever reads
//! them learns nothing, and whoever writes one without the key is found out.
//!
//! A parcel is the application's name, a colon and the sealed text.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::random::Random;
use crate::recovery::{Change, Job, Told};
use crate::token::ApplicationKeys;

/// The form of what is inside. A release that knows only lower ones leaves the job to others.
const VERSION: u32 = 1;

/// What is inside is filled up to a multiple of so many bytes, so that not even the length of an
/// address is told.
const BLOCK_BYTES: usize = 256;

/// What the seals are for: one is never taken for the other.
const JOB: &str = "queue/job";
const TOLD: &str = "queue/told";

/// Seals and opens for all applications.
pub struct Parcels {
    applications: BTreeMap<String, ApplicationKeys>,
    random: Random,
}

/// What a parcel turned out to hold.
pub(super) enum Opened {
    /// A job.
    Job(Box<Job>),
    /// It is for an application that is not known here, or of a release that is newer: others may
    /// understand it.
    Strange,
    /// It was not sealed by any of our keys, or is not what it was sealed as.
    Unauthentic,
}

#[derive(Deserialize, Serialize)]
struct Inside<T> {
    v: u32,
    job: T,
}

impl Parcels {
    /// Parcels of these applications, by their names.
    #[must_use]
    pub const fn new(applications: BTreeMap<String, ApplicationKeys>, random: Random) -> Self {
        Self { applications, random }
    }

    /// The job as a parcel; `None` for an application that is not known here.
    pub(super) fn seal(&self, job: &Job) -> Option<String> {
        let sealed = self.sealed(&job.app, JOB, &Inside { v: VERSION, job })?;
        Some(format!("{}:{sealed}", job.app))
    }

    /// What is in a parcel.
    pub(super) fn open(&self, parcel: &str) -> Opened {
        let Some((app, sealed)) = parcel.split_once(':') else { return Opened::Unauthentic };
        let Some(keys) = self.applications.get(app) else { return Opened::Strange };
        let Some(plain) = keys.unseal(JOB, sealed) else { return Opened::Unauthentic };
        let Ok(Inside { v, job }) = serde_json::from_slice::<Inside<Value>>(&plain) else {
            return Opened::Strange;
        };
        match serde_json::from_value::<Job>(job) {
            Ok(job) if v == VERSION && job.app == app => Opened::Job(Box::new(job)),
            _ => Opened::Strange,
        }
    }

    /// The application that a parcel says it is for, unless that cannot be the name of one.
    pub(super) fn app_of(parcel: &str) -> &str {
        let name = parcel.split(':').next().unwrap_or_default();
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let sound = (1..=32).contains(&name.len()) && name.chars().all(good);
        if sound { name } else { "unknown" }
    }

    /// What was told of a change, sealed together with which change it was.
    pub(super) fn seal_told(&self, app: &str, change: &Change) -> Option<String> {
        self.sealed(app, TOLD, &(change.id(), change.told()?))
    }

    /// What was told of this change.
    pub(super) fn open_told(&self, app: &str, change: &Change, sealed: &str) -> Option<Told> {
        let plain = self.applications.get(app)?.unseal(TOLD, sealed)?;
        let (id, told) = serde_json::from_slice::<(String, Told)>(&plain).ok()?;
        (id == change.id()).then_some(told)
    }

    fn sealed(&self, app: &str, context: &str, inside: &impl Serialize) -> Option<String> {
        let mut plain = zeroize::Zeroizing::new(serde_json::to_vec(inside).ok()?);
        let length = plain.len().next_multiple_of(BLOCK_BYTES);
        // White space behind JSON means nothing.
        plain.resize(length, b' ');
        Some(self.applications.get(app)?.seal(&self.random, context, &plain))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::recovery::testing::ask_for;
    use crate::token::{Keyring, Secret};

    fn parcels(apps: &[&str], seed: u8) -> Parcels {
        let secret = format!("tests-only-{}", "Jq3uE1x8VZk4mP0aYt7rLw2cHs9dNf6G".repeat(2));
        let secret = Secret::parse(secret.replace('q', &seed.to_string()).as_bytes()).unwrap();
        let keyring = Keyring::new("one", [("one".to_owned(), secret)]).unwrap();
        let applications = apps.iter().map(|app| ((*app).to_owned(), keyring.application(app)));
        Parcels::new(applications.collect(), Random::repeatable(u64::from(seed)))
    }

    fn job(app: &str, who: &str) -> Job {
        ask_for(app, "r", who)
    }

    #[test]
    fn a06_a_parcel_tells_the_application_and_no_more_not_even_a_length() {
        let parcels = parcels(&["shop"], 1);
        let (short, long) = (job("shop", "a"), job("shop", "somebody.with.a.name@example.com"));
        let (short, long) = (parcels.seal(&short).unwrap(), parcels.seal(&long).unwrap());
        assert_eq!(short.len(), long.len());
        assert!(long.starts_with("shop:") && !long.contains("example"), "{long}");
        assert!(matches!(parcels.open(&long), Opened::Job(job) if job.app == "shop"));
    }

    #[test]
    fn what_others_sealed_changed_or_moved_to_another_application_is_found_out() {
        let ours = parcels(&["shop", "blog"], 1);
        let parcel = ours.seal(&job("shop", "ada")).unwrap();
        let theirs = parcels(&["shop"], 2).seal(&job("shop", "ada")).unwrap();
        let moved = parcel.replace("shop:", "blog:");
        let cut = &parcel[..parcel.len() - 1];
        let told = ours.applications["shop"].seal(&ours.random, TOLD, b"{}");
        for forged in [&theirs, &moved, cut, "", "shop", "shop:", &format!("shop:{told}")] {
            assert!(matches!(ours.open(forged), Opened::Unauthentic), "{forged}");
        }
    }

    #[test]
    fn what_a_newer_release_wrote_is_left_to_others() {
        let parcels = parcels(&["shop"], 1);
        let written = |inside: &Value| {
            let sealed = parcels.sealed("shop", JOB, inside).unwrap();
            parcels.open(&format!("shop:{sealed}"))
        };
        let mut inside = json!({ "v": 1, "job": job("shop", "ada") });
        assert!(matches!(written(&inside), Opened::Job(_)));
        inside["more"] = json!(true);
        assert!(matches!(written(&inside), Opened::Job(_)));
        inside["v"] = json!(2);
        assert!(matches!(written(&inside), Opened::Strange));
        inside = json!({ "v": 1, "job": job("shop", "ada") });
        inside["job"]["task"] = json!({ "sms": {} });
        assert!(matches!(written(&inside), Opened::Strange));
        assert!(matches!(parcels.open("unknown-app:x"), Opened::Strange));
        assert_eq!(Parcels::app_of("unknown-app:x"), "unknown-app");
        assert_eq!(Parcels::app_of("\u{1b}[2J:x"), "unknown");
    }
}
