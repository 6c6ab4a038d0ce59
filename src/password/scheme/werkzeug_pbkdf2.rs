//! Werkzeug's `generate_password_hash` with `pbkdf2`: `pbkdf2:sha256:iterations$salt$hash`.

use super::encode::{alphanumeric, hex, number, unhex};
use super::pbkdf2::{Digest, iterations};
use super::{Family, HashError};
use crate::random::Random;

const SALT_CHARACTERS: usize = 16;

/// The family `werkzeug-pbkdf2`: it writes the digest that the row has, SHA-256 where there is none.
#[derive(Clone, Copy, Debug)]
pub(super) struct WerkzeugPbkdf2 {
    /// Iterations.
    recommended: u32,
}

impl WerkzeugPbkdf2 {
    /// What Werkzeug 3.1 writes.
    pub(super) const RECOMMENDED: Self = Self { recommended: 1_000_000 };

    fn plan(self, like: Option<&str>) -> (Digest, u32) {
        let row = like.and_then(parse);
        let digest = row.as_ref().map_or(Digest::Sha256, |row| row.digest);
        (digest, iterations(row.map(|row| row.iterations), self.recommended))
    }
}

impl Family for WerkzeugPbkdf2 {
    fn name(&self) -> &'static str {
        "werkzeug-pbkdf2"
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
        let (digest, iterations) = self.plan(like);
        let salt = alphanumeric(SALT_CHARACTERS, random);
        let mut hash = vec![0; digest.bytes()];
        digest.derive(password, salt.as_bytes(), iterations, &mut hash)?;
        Ok(render(digest, iterations, &salt, &hash))
    }

    fn verifies(&self, password: &[u8], stored: &str) -> bool {
        parse(stored).is_some_and(|row| {
            row.digest.fits(password, row.salt.as_bytes(), row.iterations, &row.hash)
        })
    }

    fn length(&self, like: Option<&str>) -> usize {
        let (digest, iterations) = self.plan(like);
        render(digest, iterations, &" ".repeat(SALT_CHARACTERS), &vec![0; digest.bytes()]).len()
    }
}

struct Row<'a> {
    digest: Digest,
    iterations: u64,
    salt: &'a str,
    hash: Vec<u8>,
}

fn parse(stored: &str) -> Option<Row<'_>> {
    let mut parts = stored.strip_prefix("pbkdf2:")?.splitn(3, '$');
    let (digest, iterations) = parts.next()?.split_once(':')?;
    let digest = match digest {
        "sha256" => Digest::Sha256,
        "sha512" => Digest::Sha512,
        _ => return None,
    };
    let iterations = number(iterations)?;
    let (salt, hash) = (parts.next()?, unhex(parts.next()?)?);
    (!salt.is_empty() && hash.len() == digest.bytes()).then_some(Row {
        digest,
        iterations,
        salt,
        hash,
    })
}

fn render(digest: Digest, iterations: u32, salt: &str, hash: &[u8]) -> String {
    let name = match digest {
        Digest::Sha256 => "sha256",
        Digest::Sha512 => "sha512",
    };
    format!("pbkdf2:{name}:{iterations}${salt}${}", hex(hash))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWORD: &[u8] = "correct horse 🦀".as_bytes();
    const CHEAP: WerkzeugPbkdf2 = WerkzeugPbkdf2 { recommended: 1000 };
    /// Made by Werkzeug 3.1.
    const MADE_ELSEWHERE: [&str; 2] = [
        "pbkdf2:sha256:1000$saltSALT01234567$765dbbfdf4b5fea1133f653bf0fc4575267726c38a5a51066fe116970e18df2f",
        "pbkdf2:sha512:1000$saltSALT01234567$944b8ec2eb3987fe637c25459a7c2248765c1dab6c50ddb815a9ee6732eec9b656753a28ce78947527a673a8b463f28b655731c2862a196aee4c17b5621a029c",
    ];

    #[test]
    fn a63_hashes_made_by_werkzeug_verify_and_are_written_alike() {
        for stored in MADE_ELSEWHERE {
            assert!(CHEAP.recognises(stored) && CHEAP.verifies(PASSWORD, stored), "{stored}");
            assert!(!CHEAP.verifies(b"correct horse", stored), "{stored}");
            let written = CHEAP.hash(PASSWORD, Some(stored), &Random::repeatable(1)).unwrap();
            assert_eq!(written[..19], stored[..19]);
            assert_eq!(written.len(), stored.len());
            assert_eq!(written.len(), CHEAP.length(Some(stored)));
            assert!(CHEAP.verifies(PASSWORD, &written), "{written}");
        }
        let written = CHEAP.hash(PASSWORD, None, &Random::repeatable(1)).unwrap();
        assert!(written.starts_with("pbkdf2:sha256:1000$"), "{written}");
    }

    #[test]
    fn fewer_iterations_are_raised_and_absurd_ones_are_not_followed() {
        for iterations in [":1000$", ":600000$", ":10000001$", ":99999999999999999999$"] {
            let stored = MADE_ELSEWHERE[0].replace(":1000$", iterations);
            let planned = WerkzeugPbkdf2::RECOMMENDED.plan(Some(&stored));
            assert_eq!(planned, (Digest::Sha256, 1_000_000), "{iterations}");
        }
        assert!(!CHEAP.recognises(&MADE_ELSEWHERE[0].replace("sha256", "sha1")));
    }
}
