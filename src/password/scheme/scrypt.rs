//! scrypt (RFC 7914) as a PHC string: `$scrypt$ln=17,r=8,p=1$salt$hash`.

use scrypt::Params;

use super::encode::{bare64, number, same, unbare64};
use super::{Family, HashError};
use crate::random::Random;

const SALT_BYTES: usize = 16;
const HASH_BYTES: usize = 32;
/// The most memory that a row makes us take, in bytes: 1 GiB.
const MOST_MEMORY: u64 = 1 << 30;
/// The most memory times lanes that a row makes us fill, in bytes: 4 GiB, some seconds.
const MOST_WORK: u64 = 4 << 30;
/// The largest block size and the most lanes that a row makes us use.
const MOST_BLOCKS_AND_LANES: u64 = 64;

/// The family `scrypt`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scrypt(Cost);

impl Scrypt {
    /// OWASP's minimum (Password Storage Cheat Sheet): 128 MiB.
    pub(super) const RECOMMENDED: Self = Self(Cost { log_n: 17, r: 8, p: 1 });
}

impl Family for Scrypt {
    fn name(&self) -> &'static str {
        "scrypt"
    }

    fn recognises(&self, stored: &str) -> bool {
        parse(stored).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let cost = self.plan(like);
        let salt = random.bytes::<SALT_BYTES>();
        Ok(render(cost, &salt, &cost.derive::<HASH_BYTES>(password, &salt)?))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        parse(stored).is_some_and(|(asked, salt, hash)| asked.fits(password, &salt, &hash))
    }

    fn length(&self, like: Option<&str>) -> usize {
        render(self.plan(like), &[0; SALT_BYTES], &[0; HASH_BYTES]).len()
    }
}

impl Scrypt {
    fn plan(&self, like: Option<&str>) -> Cost {
        self.0.or_as_asked(like.and_then(parse).map(|(asked, ..)| asked))
    }
}

fn parse(stored: &str) -> Option<(Asked, Vec<u8>, Vec<u8>)> {
    let mut parts = stored.strip_prefix("$scrypt$")?.split('$');
    let mut costs = parts.next()?.split(',');
    let mut cost = |name| number(costs.next()?.strip_prefix(name)?);
    let (log_n, r, p) = (cost("ln=")?, cost("r=")?, cost("p=")?);
    let n = 1_u64.checked_shl(log_n.try_into().unwrap_or(u32::MAX)).unwrap_or(u64::MAX);
    let (salt, hash) = (unbare64(parts.next()?)?, unbare64(parts.next()?)?);
    let whole = costs.next().is_none() && parts.next().is_none();
    let sized = (1..=64).contains(&salt.len()) && (16..=64).contains(&hash.len());
    (whole && sized).then_some((Asked { n, r, p }, salt, hash))
}

fn render(cost: Cost, salt: &[u8], hash: &[u8]) -> String {
    let Cost { log_n, r, p } = cost;
    format!("$scrypt$ln={log_n},r={r},p={p}${}${}", bare64(salt), bare64(hash))
}

/// What a hash costs, RFC 7914 §2: it takes 128·r·2^`log_n` bytes, and fills them p times.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cost {
    /// The binary logarithm of N.
    pub(super) log_n: u8,
    /// Block size, in units of 128 bytes.
    pub(super) r: u32,
    /// Lanes, one after the other.
    pub(super) p: u32,
}

impl Cost {
    /// What to write beside a row that asks for this: at least its memory and the memory that is
    /// recommended here, and as many lanes as it takes for as much work as either does.
    pub(super) fn or_as_asked(self, row: Option<Asked>) -> Self {
        let Some(row) = row.and_then(Asked::bounded) else { return self };
        let work = |cost: Self| cost.memory() * u64::from(cost.p);
        let most = if row.memory() < self.memory() { self } else { row };
        let lanes = work(row).max(work(self)).div_ceil(most.memory());
        Self { p: most.p.max(lanes.try_into().unwrap_or(most.p)), ..most }
    }

    /// N.
    pub(super) fn n(self) -> u64 {
        1 << self.log_n
    }

    fn memory(self) -> u64 {
        128 * self.n() * u64::from(self.r)
    }

    pub(super) fn derive<const N: usize>(
        self,
        password: &[u8],
        salt: &[u8],
    ) -> Result<[u8; N], HashError> {
        let mut hash = [0; N];
        self.fill(password, salt, &mut hash).map(|()| hash)
    }

    fn fill(self, password: &[u8], salt: &[u8], hash: &mut [u8]) -> Result<(), HashError> {
        let params = Params::new(self.log_n, self.r, self.p)
            .map_err(|error| HashError(error.to_string()))?;
        scrypt::scrypt(password, salt, &params, hash).map_err(|error| HashError(error.to_string()))
    }
}

/// What a row asks for, sensible or not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked {
    pub(super) n: u64,
    pub(super) r: u64,
    pub(super) p: u64,
}

impl Asked {
    fn bounded(self) -> Option<Cost> {
        let Self { n, r, p } = self;
        let small = |number| (1..=MOST_BLOCKS_AND_LANES).contains(&number);
        let memory = n.saturating_mul(128 * MOST_BLOCKS_AND_LANES.min(r));
        let bounded = n.is_power_of_two()
            && n > 1
            && small(r)
            && small(p)
            && memory <= MOST_MEMORY
            && memory * p <= MOST_WORK;
        let log_n = n.checked_ilog2()?.try_into().ok()?;
        bounded.then_some(Cost { log_n, r: r.try_into().ok()?, p: p.try_into().ok()? })
    }

    /// Whether a password gives this hash, within the bounds.
    pub(super) fn fits(self, password: &[u8], salt: &[u8], hash: &[u8]) -> bool {
        self.bounded().is_some_and(|cost| {
            let mut found = vec![0; hash.len()];
            cost.fill(password, salt, &mut found).is_ok() && same(&found, hash)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: Scrypt = Scrypt(Cost { log_n: 4, r: 8, p: 1 });
    /// Made by libpass 1.9.
    const MADE_ELSEWHERE: &str =
        "$scrypt$ln=4,r=8,p=2$JCRkbM0Z47y3FkIIQagVAg$dAMYrfsLMPge/ccRe4naTRNpuIoVNXzmHInubqqhibw";

    #[test]
    fn a63_a_hash_made_elsewhere_verifies_and_is_written_alike() {
        assert!(CHEAP.recognises(MADE_ELSEWHERE) && CHEAP.verifies(PASSWORD, MADE_ELSEWHERE));
        assert!(!CHEAP.verifies(b"correct horse", MADE_ELSEWHERE));
        for (like, begins) in
            [(None, "$scrypt$ln=4,r=8,p=1$"), (Some(MADE_ELSEWHERE), "$scrypt$ln=4,r=8,p=2$")]
        {
            let written = CHEAP.hash(PASSWORD, like, &Random::repeatable(1)).unwrap();
            assert!(written.starts_with(begins), "{written}");
            assert_eq!(written.len(), CHEAP.length(like));
            assert!(CHEAP.verifies(PASSWORD, &written));
        }
    }

    #[test]
    fn weaker_parameters_are_raised_and_stronger_ones_kept() {
        let planned = |log_n: u32, r, p| {
            let Cost { log_n, r, p } =
                Cost { log_n: 14, r: 8, p: 5 }.or_as_asked(Some(Asked { n: 1 << log_n, r, p }));
            (log_n, r, p)
        };
        assert_eq!(planned(13, 8, 10), (14, 8, 5), "less memory");
        assert_eq!(planned(14, 8, 1), (14, 8, 5), "Django before 5.1");
        assert_eq!(planned(15, 8, 1), (15, 8, 3));
        assert_eq!(planned(17, 8, 1), (17, 8, 1));
        assert_eq!(planned(14, 8, 6), (14, 8, 6));
        assert_eq!(planned(13, 16, 5), (13, 16, 5));
    }

    #[test]
    fn absurd_parameters_are_not_followed() {
        let recommended = Scrypt::RECOMMENDED.0;
        for cost in [
            "ln=21,r=8,p=1",
            "ln=20,r=8,p=5",
            "ln=18,r=8,p=17",
            "ln=63,r=64,p=64",
            "ln=64,r=8,p=1",
            "ln=99999999999999999999,r=8,p=1",
            "ln=17,r=18446744073709551615,p=1",
            "ln=4,r=65,p=1",
            "ln=4,r=8,p=65",
            "ln=17,r=0,p=0",
            "ln=0,r=8,p=1",
        ] {
            let stored = MADE_ELSEWHERE.replace("ln=4,r=8,p=2", cost);
            assert!(CHEAP.recognises(&stored) && !CHEAP.verifies(PASSWORD, &stored), "{cost}");
            assert_eq!(Scrypt::RECOMMENDED.plan(Some(&stored)), recommended, "{cost}");
        }
        assert!(Asked { n: 1, r: 8, p: 1 }.bounded().is_none(), "no memory at all");
    }

    #[test]
    fn what_is_no_whole_hash_is_not_recognised() {
        for stored in [
            format!("{MADE_ELSEWHERE}$"),
            MADE_ELSEWHERE.replace(",p=2", ""),
            MADE_ELSEWHERE.replace(",p=2", ",p=2,q=3"),
            MADE_ELSEWHERE[..60].to_owned(),
            MADE_ELSEWHERE.replace("$scrypt", "$yescrypt"),
        ] {
            assert!(!CHEAP.recognises(&stored), "{stored}");
        }
    }
}
