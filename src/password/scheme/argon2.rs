//! Argon2 as a PHC string, RFC 9106: `$argon2id$v=19$m=…,t=…,p=…$salt$hash`, and its `i` and `d`.

use argon2::{Algorithm, Argon2 as Function, Params, Version};

use super::encode::{bare64, number, same, unbare64};
use super::{Family, HashError, blocks};
use crate::random::Random;

/// Salt length in bytes, RFC 9106 §3.1.
const SALT_BYTES: usize = 16;
/// Hash length in bytes: what argon2-cffi, PHP and RFC 9106 §4 write.
const HASH_BYTES: usize = 32;
/// Fewest passes of Argon2i, which is attacked better than the others (RFC 9106 §7.2).
const LEAST_PASSES_I: u32 = 3;
/// The most memory that a row makes us take, in KiB: 1 GiB.
const MOST_MEMORY_KIB: u64 = 1 << 20;
/// The most memory times passes that a row makes us fill, in KiB: 4 GiB, some seconds.
const MOST_WORK_KIB: u64 = 4 << 20;
/// The most lanes that a row makes us fill.
const MOST_LANES: u64 = 64;

/// What a hash costs, RFC 9106 §3.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Argon2Cost {
    /// Memory in KiB (m).
    pub memory_kib: u32,
    /// Passes over the memory (t).
    pub iterations: u32,
    /// Lanes (p).
    pub parallelism: u32,
}

/// The family `argon2id`: it writes the variant that the row has, Argon2id where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct Argon2(Argon2Cost);

impl Argon2 {
    /// OWASP's minimum (Password Storage Cheat Sheet): 19 MiB, two passes, one lane.
    pub(super) const RECOMMENDED: Self =
        Self(Argon2Cost { memory_kib: 19_456, iterations: 2, parallelism: 1 });

    /// The family at this cost.
    pub(super) fn new(cost: Argon2Cost) -> Result<Self, HashError> {
        cost.params().map(|_| Self(cost))
    }
}

impl Family for Argon2 {
    fn name(&self) -> &'static str {
        "argon2id"
    }

    fn recognises(&self, stored: &str) -> bool {
        Row::parse(stored).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let (variant, cost) = plan(like, self.0);
        write(variant, cost, &random.bytes::<SALT_BYTES>(), password)
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        Row::parse(stored).is_some_and(|row| row.fits(password))
    }

    fn length(&self, like: Option<&str>) -> usize {
        let (variant, cost) = plan(like, self.0);
        render(variant, cost, &[0; SALT_BYTES], &[0; HASH_BYTES]).len()
    }
}

impl Argon2Cost {
    fn params(self) -> Result<Params, HashError> {
        Params::new(self.memory_kib, self.iterations, self.parallelism, None).map_err(failed)
    }
}

/// A stored hash. Keys and associated data (`keyid`, `data`) make it nobody's: what they stand for
/// is not in the row.
#[derive(Debug)]
pub(super) struct Row {
    variant: Algorithm,
    version: Version,
    memory_kib: u64,
    iterations: u64,
    lanes: u64,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

impl Row {
    pub(super) fn parse(stored: &str) -> Option<Self> {
        let mut parts = stored.strip_prefix('$')?.split('$').peekable();
        let variant = match parts.next()? {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            "argon2d" => Algorithm::Argon2d,
            _ => return None,
        };
        // Version 1.0 wrote none.
        let version = match parts.next_if(|part| part.starts_with("v=")) {
            None | Some("v=16") => Version::V0x10,
            Some("v=19") => Version::V0x13,
            Some(_) => return None,
        };
        let mut costs = parts.next()?.split(',');
        let mut cost = |name| number(costs.next()?.strip_prefix(name)?);
        let (memory_kib, iterations, lanes) = (cost("m=")?, cost("t=")?, cost("p=")?);
        let (salt, hash) = (unbare64(parts.next()?)?, unbare64(parts.next()?)?);
        let whole = costs.next().is_none() && parts.next().is_none();
        let sized = (8..=64).contains(&salt.len()) && (12..=128).contains(&hash.len());
        (whole && sized).then_some(Self {
            variant,
            version,
            memory_kib,
            iterations,
            lanes,
            salt,
            hash,
        })
    }

    /// What it costs, unless that is beyond the bounds.
    fn cost(&self) -> Option<Argon2Cost> {
        let bounded = self.memory_kib <= MOST_MEMORY_KIB
            && self.memory_kib.saturating_mul(self.iterations) <= MOST_WORK_KIB
            && self.lanes <= MOST_LANES;
        let cost = Argon2Cost {
            memory_kib: self.memory_kib.try_into().ok()?,
            iterations: self.iterations.try_into().ok()?,
            parallelism: self.lanes.try_into().ok()?,
        };
        (bounded && cost.params().is_ok()).then_some(cost)
    }

    pub(super) fn fits(&self, password: &[u8]) -> bool {
        let params = self.cost().and_then(|cost| cost.params().ok());
        params.is_some_and(|params| {
            let mut hash = vec![0; self.hash.len()];
            let function = Function::new(self.variant, self.version, params);
            blocks::hash_into(&function, password, &self.salt, &mut hash)
                .is_ok_and(|()| same(&hash, &self.hash))
        })
    }
}

/// What to write beside such a row: at least its memory and the memory that is recommended, and as
/// many passes as it takes for as much work as either does.
pub(super) fn plan(like: Option<&str>, recommended: Argon2Cost) -> (Algorithm, Argon2Cost) {
    let row = like.and_then(Row::parse);
    let variant = row.as_ref().map_or(Algorithm::Argon2id, |row| row.variant);
    let mut cost = row.and_then(|row| row.cost()).map_or(recommended, |row| {
        let work = |cost: Argon2Cost| u64::from(cost.memory_kib) * u64::from(cost.iterations);
        let most = if row.memory_kib < recommended.memory_kib { recommended } else { row };
        let work = work(row).max(work(recommended));
        let passes = work.div_ceil(most.memory_kib.into()).try_into().unwrap_or(u32::MAX);
        Argon2Cost { iterations: most.iterations.max(passes), ..most }
    });
    if variant == Algorithm::Argon2i {
        cost.iterations = cost.iterations.max(LEAST_PASSES_I);
    }
    (variant, cost)
}

/// The PHC string of a password under this salt.
pub(super) fn write(
    variant: Algorithm,
    cost: Argon2Cost,
    salt: &[u8],
    password: &[u8],
) -> Result<String, HashError> {
    let mut hash = [0; HASH_BYTES];
    let function = Function::new(variant, Version::V0x13, cost.params()?);
    blocks::hash_into(&function, password, salt, &mut hash).map_err(failed)?;
    Ok(render(variant, cost, salt, &hash))
}

pub(super) fn render(variant: Algorithm, cost: Argon2Cost, salt: &[u8], hash: &[u8]) -> String {
    let Argon2Cost { memory_kib: m, iterations: t, parallelism: p } = cost;
    format!("${variant}$v=19$m={m},t={t},p={p}${}${}", bare64(salt), bare64(hash))
}

fn failed(error: argon2::Error) -> HashError {
    HashError(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: Argon2 = Argon2(Argon2Cost { memory_kib: 64, iterations: 1, parallelism: 1 });

    /// Made by argon2-cffi 25.1 (`hash_secret`): each variant in both versions.
    const MADE_ELSEWHERE: [&str; 6] = [
        "$argon2id$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXvoPWYwS/7J0K3x6s7NQ0",
        "$argon2id$v=16$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$P6ilSETDfOVjxdPL8HcrK/LXT1q36Q/vnyXy+ENDa7s",
        "$argon2i$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$j9OdTxm1yv8PhIPtLq1yaMRlg32X0cWFv2TRtSKp7Sg",
        "$argon2i$v=16$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$NO/sX22t7eg1krpiNHGVYZrv3JZEdzXhf49MGziIiCY",
        "$argon2d$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$hIYBBGRJjidtT55FcP3lMtTVnl2qMdGlhi7WLpbabKE",
        "$argon2d$v=16$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$PK0OGrNiadayRZzgh6+FlTy0Oq3UqL3HbWupPkvvi4c",
    ];

    fn like(variant: &str, cost: &str) -> String {
        format!("${variant}$v=19${cost}$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv")
    }

    fn planned(variant: &str, cost: &str) -> String {
        let (variant, cost) = plan(Some(&like(variant, cost)), Argon2::RECOMMENDED.0);
        let Argon2Cost { memory_kib, iterations, parallelism } = cost;
        format!("{variant} m={memory_kib},t={iterations},p={parallelism}")
    }

    #[test]
    fn a_salt_has_8_to_64_bytes_and_a_hash_12_to_128() {
        let row = |salt: usize, hash: usize| {
            let (salt, hash) = (bare64(&vec![1; salt]), bare64(&vec![1; hash]));
            format!("$argon2id$v=19$m=64,t=1,p=1${salt}${hash}")
        };
        for (salt, hash) in [(8, 12), (64, 128)] {
            assert!(CHEAP.recognises(&row(salt, hash)), "{salt} {hash}");
        }
        for (salt, hash) in [(7, 32), (65, 32), (16, 11), (16, 129)] {
            assert!(!CHEAP.recognises(&row(salt, hash)), "{salt} {hash}");
        }
    }

    #[test]
    fn no_row_is_written_with_less_work_or_less_memory_than_it_has_or_than_is_recommended() {
        let recommended = Argon2::RECOMMENDED.0;
        for (m, t, written) in [
            (16_384, 40, (19_456, 34)),
            (19_456, 1, (19_456, 2)),
            (65_536, 10, (65_536, 10)),
            (65_536, 1, (65_536, 1)),
            (64, 1, (19_456, 2)),
        ] {
            let row = format!("$argon2id$v=19$m={m},t={t},p=1$c2FsdFNBTFRzYWx0$aGFzaGhhc2hoYXNo");
            let (_, cost) = plan(Some(&row), recommended);
            assert_eq!((cost.memory_kib, cost.iterations), written, "{row}");
        }
    }

    #[test]
    fn a63_hashes_made_elsewhere_verify_in_every_variant_and_version() {
        for stored in MADE_ELSEWHERE {
            assert!(CHEAP.recognises(stored) && CHEAP.verifies(PASSWORD, stored), "{stored}");
            assert!(!CHEAP.verifies("correct horse 🦞".as_bytes(), stored), "{stored}");
            let without = stored.replace("v=16$", "");
            assert_eq!(CHEAP.verifies(PASSWORD, &without), stored.contains("argon2"));
        }
    }

    #[test]
    fn the_hash_is_a_phc_string_that_verifies_and_a_second_one_differs() {
        let random = Random::repeatable(1);
        let one = CHEAP.hash(PASSWORD, None, &random).unwrap();
        assert!(one.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{one}");
        assert!(CHEAP.verifies(PASSWORD, &one));
        assert_eq!(one.len(), CHEAP.length(None));
        assert_ne!(one, CHEAP.hash(PASSWORD, None, &random).unwrap());
    }

    #[test]
    fn a_rows_variant_is_kept_and_its_version_renewed() {
        for stored in MADE_ELSEWHERE {
            let hash = CHEAP.hash(PASSWORD, Some(stored), &Random::repeatable(1)).unwrap();
            let (variant, _) = stored.split_once("$v=").unwrap();
            assert!(hash.starts_with(&format!("{variant}$v=19$m=64,t=3,p=2$")), "{hash}");
            assert!(CHEAP.verifies(PASSWORD, &hash));
            assert_eq!(hash.len(), CHEAP.length(Some(stored)));
        }
    }

    #[test]
    fn weaker_parameters_are_raised_and_stronger_ones_kept() {
        assert_eq!(planned("argon2id", "m=1024,t=2,p=2"), "argon2id m=19456,t=2,p=1");
        assert_eq!(planned("argon2id", "m=4096,t=3,p=1"), "argon2id m=19456,t=2,p=1");
        assert_eq!(planned("argon2id", "m=19456,t=1,p=1"), "argon2id m=19456,t=2,p=1");
        assert_eq!(planned("argon2id", "m=47104,t=1,p=1"), "argon2id m=47104,t=1,p=1");
        assert_eq!(planned("argon2id", "m=65536,t=4,p=4"), "argon2id m=65536,t=4,p=4");
        assert_eq!(planned("argon2d", "m=65536,t=1,p=4"), "argon2d m=65536,t=1,p=4");
        assert_eq!(planned("argon2i", "m=65536,t=1,p=4"), "argon2i m=65536,t=3,p=4");
    }

    #[test]
    fn absurd_parameters_are_not_followed() {
        for cost in [
            "m=1048577,t=1,p=1",
            "m=4294967295,t=4294967295,p=1",
            "m=99999999999999999999,t=1,p=1",
            "m=65536,t=65,p=1",
            "m=65536,t=2,p=65",
            "m=65536,t=0,p=1",
            "m=8,t=1,p=4",
        ] {
            assert_eq!(planned("argon2id", cost), "argon2id m=19456,t=2,p=1", "{cost}");
            assert!(!CHEAP.verifies(PASSWORD, &like("argon2id", cost)), "{cost}");
        }
    }

    #[test]
    fn what_is_no_whole_argon2_hash_is_not_recognised() {
        for stored in [
            "argon2$argon2id$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv",
            "$argon2id$v=20$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv",
            "$argon2id$v=19$m=64,t=3,p=2,keyid=Zm9v$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv",
            "$argon2id$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv$",
            "$argon2id$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw",
            "$argon2id$v=19$t=3,m=64,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv",
            "$argon2$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$n09rci2V8CMMImdkUfWMpSXv",
        ] {
            assert!(!CHEAP.recognises(stored), "{stored}");
        }
    }
}
