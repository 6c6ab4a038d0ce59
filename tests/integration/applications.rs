//! Accounts that applications made, recovered, and accepted by the applications' own code.

mod devise;
mod django;
mod explore_flask;
mod flask;
mod laravel;

use crate::databases::TestDatabase;
use crate::harness::Regain;

const OLD: &str = "the old passphrase";
const NEW: &str = "a new passphrase";

/// A service on a table that an application made.
async fn recovering(database: &TestDatabase, users: &str) -> Regain {
    Regain::start_on(&format!("database = \"{}\"\n{users}", database.url)).await
}

/// Resets a password as a person would.
async fn reset(regain: &Regain, address: &str, new_password: &str) {
    let token = regain.token_for(address).await;
    let done = regain.complete(&token, new_password).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(regain.complete(&token, "once more and differently").await.status, 400);
}

/// So many letters in no order that anybody would guess.
fn letters_of_two_bytes(letters: u32) -> String {
    (0..letters).map(|n| char::from_u32(0xC0 + n * n % 61).unwrap()).collect()
}
