//! What reading a body costs: `cargo bench --bench body` prints the time from its bytes to what a
//! handler gets, or to what is wrong with it.

use std::hint::black_box;
use std::time::Duration;

use divan::{Bencher, Divan};
use regain::http::body::{FromMembers, Members};
use regain::http::{AskBody, CompleteBody};

const ASK: &str = r#"{"identifier":"ada@example.com"}"#;
const WHOLE_ASK: &str = r#"{"identifier":"Ada.Lovelace@example.com","locale":"pt-BR","return_to":"https://app.example.com/inbox?tab=2"}"#;
const COMPLETE: &str = r#"{"token":"eyJ1IjoiNDIiLCJmIjoiQUFBQUFBQUFBQUFBQUFBQUFBQUFBQSJ9.avpBwA.3eU1xyF7gO0mGZDnUeQ8hUqkP7W8Vb3cXn5sJpGu1eA","new_password":"correct horse battery staple","confirm_password":"correct horse battery staple"}"#;
const WRONG: &str = r#"{"identifier":42,"locale":"pt BR","password":"x"}"#;

fn main() {
    Divan::default().min_time(Duration::from_millis(500)).config_with_args().main();
}

fn read<T: FromMembers>(bencher: Bencher<'_, '_>, body: &str) {
    bencher.bench(|| drop(Members::read::<T>(black_box(body.as_bytes()))));
}

#[divan::bench]
fn ask(bencher: Bencher<'_, '_>) {
    read::<AskBody>(bencher, ASK);
}

#[divan::bench]
fn ask_with_everything(bencher: Bencher<'_, '_>) {
    read::<AskBody>(bencher, WHOLE_ASK);
}

#[divan::bench]
fn complete(bencher: Bencher<'_, '_>) {
    read::<CompleteBody>(bencher, COMPLETE);
}

#[divan::bench]
fn refused_with_three_mistakes(bencher: Bencher<'_, '_>) {
    read::<AskBody>(bencher, WRONG);
}

#[divan::bench]
fn refused_as_no_json(bencher: Bencher<'_, '_>) {
    read::<AskBody>(bencher, "identifier=ada@example.com");
}
