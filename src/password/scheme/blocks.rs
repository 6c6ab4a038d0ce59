//! The memory that Argon2 fills. It is kept for the next password: to ask for 19 MiB and have them emptied each
//! time takes a good part of a hash, and glibc keeps them for every thread that ever asked.

use std::sync::{Mutex, PoisonError};

use argon2::{Argon2, Block, Error};

/// The most of one that is kept, in blocks of 1 KiB: rows of other hosts may want a hundred times what is written
/// here, once.
const MOST_KEPT: usize = 64 * 1024;

/// As many as were ever filled at the same time, at most.
static KEPT: Mutex<Vec<Vec<Block>>> = Mutex::new(Vec::new());

/// Argon2 of a password under a salt, as long as `hash` is.
pub(super) fn hash_into(
    function: &Argon2<'_>,
    password: &[u8],
    salt: &[u8],
    hash: &mut [u8],
) -> Result<(), Error> {
    let count = function.params().block_count();
    let mut blocks = take(count).ok_or(Error::OutOfMemory)?;
    // What it held is written over, and never read: so the library has it.
    let done = function.hash_password_into_with_memory(password, salt, hash, &mut blocks[..count]);
    if blocks.len() <= MOST_KEPT {
        KEPT.lock().unwrap_or_else(PoisonError::into_inner).push(blocks);
    }
    done
}

/// So many blocks or more, unless there is not so much memory.
fn take(count: usize) -> Option<Vec<Block>> {
    {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = kept.iter().position(|blocks| blocks.len() >= count) {
            return Some(kept.swap_remove(found));
        }
        // One that is too small gives way, so that no more are kept than are filled at a time.
        kept.pop();
    }
    let mut blocks = Vec::new();
    blocks.try_reserve_exact(count).ok()?;
    blocks.resize(count, Block::new());
    Some(blocks)
}

#[cfg(test)]
mod tests {
    use argon2::{Algorithm, Params, Version};

    use super::*;

    #[test]
    fn what_another_password_left_behind_changes_no_hash() {
        for (algorithm, version) in [
            (Algorithm::Argon2d, Version::V0x10),
            (Algorithm::Argon2i, Version::V0x13),
            (Algorithm::Argon2id, Version::V0x10),
            (Algorithm::Argon2id, Version::V0x13),
        ] {
            for (memory_kib, passes, lanes) in [(64, 1, 1), (100, 3, 2), (8, 2, 1), (256, 2, 4)] {
                let params = Params::new(memory_kib, passes, lanes, None).unwrap();
                let function = Argon2::new(algorithm, version, params);
                let (mut fresh, mut again) = ([0; 32], [0; 32]);
                function.hash_password_into(b"password", b"somesalt", &mut fresh).unwrap();
                hash_into(&function, b"another", b"somesalt", &mut again).unwrap();
                hash_into(&function, b"password", b"somesalt", &mut again).unwrap();
                assert_eq!(again, fresh, "{algorithm} {memory_kib} {passes} {lanes}");
            }
        }
    }
}
