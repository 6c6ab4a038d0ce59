//! PBKDF2 (RFC 8018 §5.2) as passlib writes it, `$pbkdf2-sha256$29000$salt$hash`, and as a PHC string,
//! `$pbkdf2-sha256$i=600000,l=32$salt$hash`.

use pbkdf2::{Algorithm, Params, pbkdf2_hmac_with_params};

use super::encode::{bare64, number, same, unbare64};
use super::{Family, HashError};
use crate::random::Random;

/// Salt length in bytes: passlib's, and the least that NIST SP 800-132 §5.1 allows.
const SALT_BYTES: usize = 16;
/// The most iterations that a row makes us do, some seconds.
const MOST_ITERATIONS: u64 = 10_000_000;

/// The families `pbkdf2-sha256` and `pbkdf2-sha512`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pbkdf2 {
    digest: Digest,
    /// Iterations.
    recommended: u32,
}

impl Pbkdf2 {
    /// OWASP's 600,000 iterations (Password Storage Cheat Sheet).
    pub(super) const SHA256: Self = Self { digest: Digest::Sha256, recommended: 600_000 };
    /// OWASP's 210,000 iterations.
    pub(super) const SHA512: Self = Self { digest: Digest::Sha512, recommended: 210_000 };

    fn plan(self, like: Option<&str>) -> (Spelling, u32) {
        let row = like.and_then(|like| self.parse(like));
        let spelling = row.as_ref().map_or(Spelling::Passlib, |row| row.spelling);
        (spelling, iterations(row.map(|row| row.iterations), self.recommended))
    }

    fn parse(self, stored: &str) -> Option<Row> {
        let mut parts = stored.strip_prefix('$')?.split('$');
        if parts.next()? != self.name() {
            return None;
        }
        let cost = parts.next()?;
        let (spelling, iterations) = match cost.strip_prefix("i=") {
            Some(cost) => {
                let (iterations, length) = cost.split_once(",l=").unwrap_or((cost, "0"));
                number(length)?;
                (Spelling::Phc, number(iterations)?)
            }
            None => (Spelling::Passlib, number(cost)?),
        };
        let (salt, hash) = (spelling.decode(parts.next()?)?, spelling.decode(parts.next()?)?);
        let sized = (1..=64).contains(&salt.len()) && (16..=64).contains(&hash.len());
        let whole = parts.next().is_none() && sized;
        whole.then_some(Row { spelling, iterations, salt, hash })
    }

    fn render(self, spelling: Spelling, iterations: u32, salt: &[u8], hash: &[u8]) -> String {
        let (name, salt, length) = (self.name(), spelling.encode(salt), hash.len());
        let hash = spelling.encode(hash);
        match spelling {
            Spelling::Passlib => format!("${name}${iterations}${salt}${hash}"),
            Spelling::Phc => format!("${name}$i={iterations},l={length}${salt}${hash}"),
        }
    }
}

struct Row {
    spelling: Spelling,
    iterations: u64,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// How numbers and bytes are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Spelling {
    /// Base64 with `.` for `+`.
    Passlib,
    Phc,
}

impl Spelling {
    fn encode(self, bytes: &[u8]) -> String {
        let text = bare64(bytes);
        if self == Self::Passlib { text.replace('+', ".") } else { text }
    }

    fn decode(self, text: &str) -> Option<Vec<u8>> {
        match self {
            Self::Passlib if text.contains('+') => None,
            Self::Passlib => unbare64(&text.replace('.', "+")),
            Self::Phc => unbare64(text),
        }
    }
}

impl Family for Pbkdf2 {
    fn name(&self) -> &'static str {
        match self.digest {
            Digest::Sha256 => "pbkdf2-sha256",
            Digest::Sha512 => "pbkdf2-sha512",
        }
    }

    fn recognises(&self, stored: &str) -> bool {
        self.parse(stored).is_some()
    }

    fn hash(
        &self,
        password: &[u8],
        like: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        let (spelling, iterations) = self.plan(like);
        let salt = random.bytes::<SALT_BYTES>();
        let mut hash = vec![0; self.digest.bytes()];
        self.digest.derive(password, &salt, iterations, &mut hash)?;
        Ok(self.render(spelling, iterations, &salt, &hash))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        self.parse(stored)
            .is_some_and(|row| self.digest.fits(password, &row.salt, row.iterations, &row.hash))
    }

    fn length(&self, like: Option<&str>) -> usize {
        let (spelling, iterations) = self.plan(like);
        self.render(spelling, iterations, &[0; SALT_BYTES], &vec![0; self.digest.bytes()]).len()
    }
}

/// The hash function under PBKDF2's HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha512,
}

impl Digest {
    /// How many bytes come out.
    pub(super) const fn bytes(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// Fills `hash`. Fewer than 1,000 iterations (RFC 8018 §4.2) are an error.
    pub(super) fn derive(
        self,
        password: &[u8],
        salt: &[u8],
        iterations: u32,
        hash: &mut [u8],
    ) -> Result<(), HashError> {
        let algorithm = match self {
            Self::Sha256 => Algorithm::Pbkdf2Sha256,
            Self::Sha512 => Algorithm::Pbkdf2Sha512,
        };
        let params = Params::new(iterations).map_err(|error| HashError(error.to_string()))?;
        pbkdf2_hmac_with_params(password, salt, algorithm, params, hash);
        Ok(())
    }

    /// Whether a password gives this hash, within the bounds.
    pub(super) fn fits(self, password: &[u8], salt: &[u8], iterations: u64, hash: &[u8]) -> bool {
        let bounded = Some(iterations).filter(|iterations| *iterations <= MOST_ITERATIONS);
        bounded.and_then(|iterations| iterations.try_into().ok()).is_some_and(|iterations| {
            let mut found = vec![0; hash.len()];
            self.derive(password, salt, iterations, &mut found).is_ok() && same(&found, hash)
        })
    }
}

/// The row's iterations, unless they are fewer than recommended or beyond the bounds.
pub(super) fn iterations(row: Option<u64>, recommended: u32) -> u32 {
    let bounded = row.filter(|row| *row <= MOST_ITERATIONS);
    bounded.and_then(|row| row.try_into().ok()).unwrap_or(0).max(recommended)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const SHA256: Pbkdf2 = Pbkdf2 { recommended: 1000, ..Pbkdf2::SHA256 };
    const SHA512: Pbkdf2 = Pbkdf2 { recommended: 1000, ..Pbkdf2::SHA512 };

    /// Made by libpass 1.9; the third is the first as a PHC string.
    const MADE_ELSEWHERE: [(Pbkdf2, &str); 3] = [
        (
            SHA256,
            "$pbkdf2-sha256$1000$8t6bM2as9R6D0Jpz7j1HiA$OVh7wvFSUYjPcVmpOMVPk2AKDR.0z4.Y.4xYWPPIYbU",
        ),
        (
            SHA512,
            "$pbkdf2-sha512$1000$idGaM.a8F.K8V2otRQhh7A$29Gmd49yjPpHK89s9UxUGpUfwbUvAKvzE6zqBwAfGMw6jncmpEmUlorGY5kNCemavDGO4WfhvmMcxEMPAsc3ew",
        ),
        (
            SHA256,
            "$pbkdf2-sha256$i=1000,l=32$8t6bM2as9R6D0Jpz7j1HiA$OVh7wvFSUYjPcVmpOMVPk2AKDR+0z4+Y+4xYWPPIYbU",
        ),
    ];

    #[test]
    fn a63_hashes_made_elsewhere_verify_and_are_written_alike() {
        for (family, stored) in MADE_ELSEWHERE {
            assert!(family.recognises(stored) && family.verifies(PASSWORD, stored), "{stored}");
            assert!(!family.verifies(b"correct horse", stored), "{stored}");
            let written = family.hash(PASSWORD, Some(stored), &Random::repeatable(1)).unwrap();
            assert_eq!(written[..20], stored[..20]);
            assert_eq!(written.len(), stored.len());
            assert_eq!(written.len(), family.length(Some(stored)));
            assert!(family.verifies(PASSWORD, &written), "{written}");
        }
        assert!(!SHA512.recognises(MADE_ELSEWHERE[0].1) && !SHA256.recognises(MADE_ELSEWHERE[1].1));
    }

    #[test]
    fn fewer_iterations_are_raised_more_are_kept_and_absurd_ones_are_not_followed() {
        assert_eq!(iterations(None, 600_000), 600_000);
        assert_eq!(iterations(Some(29_000), 600_000), 600_000);
        assert_eq!(iterations(Some(600_001), 600_000), 600_001);
        assert_eq!(iterations(Some(10_000_001), 600_000), 600_000);
        assert_eq!(iterations(Some(u64::MAX), 600_000), 600_000);
        let absurd = MADE_ELSEWHERE[0].1.replace("$1000$", "$4294967295$");
        assert!(SHA256.recognises(&absurd) && !SHA256.verifies(PASSWORD, &absurd));
    }

    #[test]
    fn what_is_no_whole_hash_is_not_recognised() {
        let good = MADE_ELSEWHERE[0].1;
        for stored in [
            format!("{good}$"),
            good.replace("$1000$", "$$"),
            good.replace("$1000$", "$-1$"),
            good.replace('.', "+"),
            good[..40].to_owned(),
            format!("{good}{}", "A".repeat(64)),
        ] {
            assert!(!SHA256.recognises(&stored), "{stored}");
        }
    }
}
