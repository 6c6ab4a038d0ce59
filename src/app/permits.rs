//! How many passwords are hashed at a time, and how many of one application: by the cores and the
//! memory that the process has, where the settings say nothing.

use std::fs;
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::thread;

use crate::config::{HashingSettings, Settings};

const KIB: u64 = 1024;
/// What a hash is taken to need at least, in bytes: rows may ask for more than new hashes do, 64 MiB where
/// they are Laravel's.
const LEAST_EACH: u64 = 64 * 1024 * KIB;
/// Where the kernel tells of control groups (cgroups(7)).
const CGROUPS: &str = "/sys/fs/cgroup";

/// How many passwords are hashed at a time.
pub(super) fn of(settings: &HashingSettings) -> usize {
    settings.permits.unwrap_or_else(|| {
        // Of the cores it knows what affinity and a quota of the control group leave of them.
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let memory = memory();
        let permits = fitting(cores, memory, u64::from(settings.argon2.memory_kib) * KIB);
        let memory_mib = memory.map(|bytes| bytes / KIB / KIB);
        tracing::info!(permits, cores, memory_mib, "passwords that are hashed at a time");
        permits
    })
}

/// How many of so many turns one application may have.
pub(super) fn of_application(settings: &Settings, permits: usize) -> usize {
    settings.hashing.per_application.unwrap_or_else(|| left_by_one(settings, permits))
}

/// So many that one is left to the others, where there are others and there is more than one.
fn left_by_one(settings: &Settings, permits: usize) -> usize {
    if settings.apps.len() > 1 { permits.saturating_sub(1).max(1) } else { permits }
}

/// Turns of which one application may have every one, though there are others.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct AllToOne {
    pub(super) what: String,
    pub(super) cure: String,
}

impl AllToOne {
    pub(super) const WHY: &str = "the flood of one application would leave no turn to the others";

    /// Whether it is so because the settings say it, and what they should say.
    pub(super) fn of(settings: &Settings, permits: usize) -> Option<Self> {
        let most = left_by_one(settings, permits);
        let said = settings.hashing.per_application.filter(|said| *said > most)?;
        (settings.apps.len() > 1).then(|| Self {
            what: format!(
                "`hashing.per_application` is {said}, and {permits} passwords are hashed at a time"
            ),
            cure: format!("hashing.per_application = {most}, or leave it out"),
        })
    }

    /// Says it in the log.
    pub(super) fn warn(self) {
        let Self { what, cure } = self;
        tracing::warn!(cure, why = Self::WHY, "{what}");
    }
}

/// One a core, as far as half of the memory holds what each needs.
fn fitting(cores: usize, memory: Option<u64>, each: u64) -> usize {
    let held = memory.map(|memory| memory / 2 / each.max(LEAST_EACH));
    let held = held.and_then(|held| usize::try_from(held).ok()).unwrap_or(usize::MAX);
    cores.min(held).max(1)
}

/// The memory that the process may take, in bytes, where anything tells of it: that of the machine or
/// the limit of its control group, whichever is less.
fn memory() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let machine = fs::read_to_string("/proc/meminfo").ok().and_then(|text| total(&text));
    machine.into_iter().chain(limits(Path::new(CGROUPS), &groups)).min()
}

/// The limits of the groups that a process is in by this list, and of all groups above them. What has no
/// number (`max`) is none. In a container the list may name a path that is not there: then what stands at
/// the top is its own.
fn limits(root: &Path, groups: &str) -> impl Iterator<Item = u64> {
    let files = groups.lines().filter_map(|line| {
        let (_, group) = line.split_once(':')?;
        let (controllers, path) = group.split_once(':')?;
        let path = path.trim_start_matches('/');
        match controllers {
            "" => Some((root.to_owned(), path, "memory.max")),
            "memory" => Some((root.join("memory"), path, "memory.limit_in_bytes")),
            _ => None,
        }
    });
    let files: Vec<_> = files.flat_map(|(top, path, file)| upwards(&top, path, file)).collect();
    files.into_iter().filter_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok())
}

/// A file of a group and of each above it, up to the top.
fn upwards(top: &Path, path: &str, file: &str) -> Vec<PathBuf> {
    let below = top.join(path);
    let groups = below.ancestors().take_while(|group| group.starts_with(top));
    groups.map(|group| group.join(file)).collect()
}

/// `MemTotal` of /proc/meminfo (proc(5)), in bytes.
fn total(text: &str) -> Option<u64> {
    let rest = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    rest.split_whitespace().next()?.parse::<u64>().ok()?.checked_mul(KIB)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * KIB;

    #[test]
    fn a64_permits_are_one_a_core_as_far_as_half_of_the_memory_holds_them() {
        let argon2 = 19 * MIB;
        for (cores, memory, each, permits) in [
            (2, Some(24 * 1024 * MIB), argon2, 2),
            (16, Some(24 * 1024 * MIB), argon2, 16),
            (16, Some(256 * MIB), argon2, 2),
            (16, Some(64 * MIB), argon2, 1),
            (16, Some(1024 * MIB), 256 * MIB, 2),
            (4, None, argon2, 4),
            (0, Some(0), 0, 1),
        ] {
            assert_eq!(fitting(cores, memory, each), permits, "{cores} {memory:?} {each}");
        }
    }

    #[test]
    fn a64_the_least_limit_of_a_group_and_those_above_it_counts_in_both_kinds() {
        let root = std::env::temp_dir().join(format!("regain-cgroups-{}", std::process::id()));
        let write = |path: &str, text: &str| {
            let file = root.join(path);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        };
        write("pods/one/memory.max", "max\n");
        write("pods/memory.max", "268435456\n");
        write("memory/docker/one/memory.limit_in_bytes", "134217728\n");
        write("memory/memory.limit_in_bytes", "9223372036854771712\n");
        let least = |groups: &str| limits(&root, groups).min();
        assert_eq!(least("0::/pods/one\n"), Some(256 * MIB));
        assert_eq!(least("12:cpu:/docker/one\n5:memory:/docker/one\n"), Some(128 * MIB));
        assert_eq!(least("0::/elsewhere\n"), None);
        write("memory.max", "104857600\n");
        assert_eq!(least("0::/../not/there\n"), Some(100 * MIB), "the top is the container's own");
        assert_eq!(least("0::/\n"), Some(100 * MIB));
        assert_eq!(least("nonsense"), None);
        fs::remove_dir_all(&root).unwrap();
        assert_eq!(total("MemTotal:       24576 kB\nMemFree: 1 kB\n"), Some(24 * MIB));
        assert!(memory().is_some_and(|memory| memory > MIB), "of this machine");
    }

    #[test]
    fn one_application_has_all_permits_and_of_several_none_has_the_last() {
        let mut settings = Settings::default();
        let app = "name = \"A\"\nmail = { provider = \"p\", from = \"a@example.com\" }\n\
                   users = { database = \"sqlite::memory:\" }";
        settings.apps.insert("a".to_owned(), toml::from_str(app).unwrap());
        assert_eq!(of_application(&settings, 4), 4);
        settings.apps.insert("b".to_owned(), toml::from_str(app).unwrap());
        assert_eq!([1, 2, 4].map(|permits| of_application(&settings, permits)), [1, 1, 3]);
        settings.hashing.per_application = Some(2);
        assert_eq!(of_application(&settings, 4), 2);
    }

    #[test]
    fn it_is_told_where_one_application_may_have_every_permit() {
        let mut settings = Settings::default();
        let app = "name = \"A\"\nmail = { provider = \"p\", from = \"a@example.com\" }\n\
                   users = { database = \"sqlite::memory:\" }";
        settings.apps.insert("a".to_owned(), toml::from_str(app).unwrap());
        settings.hashing.per_application = Some(4);
        assert_eq!(AllToOne::of(&settings, 4), None, "there are no others");
        settings.apps.insert("b".to_owned(), toml::from_str(app).unwrap());
        let told = AllToOne::of(&settings, 4).unwrap();
        let what = "`hashing.per_application` is 4, and 4 passwords are hashed at a time";
        assert_eq!(told.what, what);
        assert_eq!(told.cure, "hashing.per_application = 3, or leave it out");
        assert_eq!(AllToOne::of(&settings, 5), None);
        let told = AllToOne::of(&settings, 1).unwrap();
        assert_eq!(told.cure, "hashing.per_application = 1, or leave it out");
        settings.hashing.per_application = Some(1);
        assert_eq!(AllToOne::of(&settings, 1), None, "fewer there cannot be");
        settings.hashing.per_application = None;
        assert_eq!(AllToOne::of(&settings, 4), None);
    }
}
