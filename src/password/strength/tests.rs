//! What is weak and why, and that telling takes no longer for a password made for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::*;
use crate::language::{Catalogue, Language};
use crate::password::Refusal;

fn weaknesses(text: &str) -> Vec<Weakness> {
    let context = Context::of(["Example", "ada.lovelace@example.com", "Ada Byron"]);
    Weakness::of(&Password::new(text.to_owned()), &context, 3)
}

#[test]
fn what_is_easy_to_guess_is_told_by_its_reason() {
    for (text, expected) in [
        ("password", &[Weakness::Common][..]),
        ("Password1", &[Weakness::Common, Weakness::Capitals]),
        ("passwort1999", &[Weakness::LikeCommon]),
        ("P4ssw0rd!", &[Weakness::LikeCommon, Weakness::Capitals, Weakness::Substitutions]),
        ("drowssap12", &[Weakness::LikeCommon, Weakness::Reversed]),
        ("zaq1xsw2cde3", &[Weakness::Common]),
        ("poiuytrewq", &[Weakness::LikeCommon, Weakness::Reversed]),
        ("dfghjkl;'", &[Weakness::Keyboard]),
        ("xkxkxkxkxk", &[Weakness::Repetition]),
        ("        ", &[Weakness::Repetition]),
        ("cdefghijk", &[Weakness::Sequence]),
        ("17.11.1973", &[Weakness::Date]),
        ("bibliographical", &[Weakness::SingleWord]),
        ("katherine", &[Weakness::Name]),
        ("ada.lovelace", &[Weakness::Personal]),
        ("ecalevol.ada", &[Weakness::Personal, Weakness::Reversed]),
        ("exampleada", &[Weakness::Personal]),
        ("k7#vQ9xz", &[Weakness::Guessable]),
    ] {
        assert_eq!(weaknesses(text), expected, "{text}");
    }
}

#[test]
fn a_few_words_are_strong_and_no_kind_of_character_is_asked_for() {
    for text in [
        "seven otters in the rain",
        "correcthorsebatterystaple",
        "ふるいけやかわずとびこむ",
        "k7#vQ9xzL",
    ] {
        assert_eq!(weaknesses(text), [], "{text}");
    }
}

#[test]
fn how_strong_it_must_be_is_the_operators_affair() {
    let weak =
        |min| !Weakness::of(&Password::new("k7#vQ9xz".into()), &Context::default(), min).is_empty();
    assert_eq!([2, 3, 4].map(weak), [false, true, true]);
}

#[test]
fn a61_no_password_takes_long_to_look_at() {
    let signs = "4@8([{<369 1!|70$5+%2";
    let _warm = weaknesses("the lists are read once");
    for text in [
        signs.repeat(7),
        format!("{signs}{}", "password".repeat(14)),
        format!("{}{signs}", "passw0rd".repeat(10)),
        "a".repeat(128),
        "ab".repeat(64),
        "🦀".repeat(128),
        "19841225".repeat(16),
        "İ".repeat(128),
    ] {
        let _told = weaknesses(&text);
        assert!(looked_at(&text).chars().count() <= MOST, "{text}");
    }
}

#[test]
fn what_is_left_out_is_what_takes_long() {
    let plain = "seven otters in the rain ".repeat(5);
    assert_eq!(looked_at(&plain), &plain[..MOST]);
    let signs = "4@8([{<369 1!|70$5+%2".repeat(5);
    assert!((10..20).contains(&looked_at(&signs).len()), "{}", looked_at(&signs));
    assert_eq!(looked_at("p4ssw0rd"), "p4ssw0rd");
    assert_eq!(looked_at(&"4".repeat(MOST)), "4".repeat(MOST), "one sign can be read in one way");
}

#[test]
fn each_sign_that_may_be_several_letters_multiplies_the_ways_and_what_is_left_is_told_exactly() {
    for (signs, ways) in
        [("", 1), ("x", 1), ("4", 1), ("4@", 2), ("1", 2), ("([{<", 4), ("1!|", 24)]
    {
        assert_eq!(ways_to_read(&signs.chars().collect::<Vec<_>>()), ways, "{signs}");
    }
    // 91² × 24 is below the most work, and 92² × 24 beyond it.
    assert_eq!(looked_at(&("1!|".to_owned() + &"x".repeat(97))).len(), 91);
}

#[test]
fn every_reason_is_told_in_every_language() {
    for (number, (weakness, ..)) in TABLE.iter().enumerate() {
        assert_eq!(*weakness as usize, number, "{weakness:?} stands in its row");
    }
    let lengths = [Refusal::TooShort { min: 8 }, Refusal::TooLong { max: 128 }];
    let refusals = lengths.into_iter().chain([Refusal::TooManyBytes { max: 72 }, Refusal::Nul]);
    let refusals: Vec<_> = refusals.chain(TABLE.map(|(it, ..)| Refusal::Weak(it))).collect();
    let all: BTreeSet<_> =
        refusals.iter().chain([&Refusal::Breached]).map(Refusal::reason).collect();
    assert_eq!(Refusal::reasons().collect::<BTreeSet<_>>(), all);
    let catalogue = Arc::new(Catalogue::embedded().unwrap());
    for language in Language::all() {
        let texts = catalogue.texts(language);
        let told = refusals.iter().map(|it| format!("{}: {}", it.reason(), it.tell(&texts)));
        insta::assert_snapshot!(language.tag(), told.collect::<Vec<_>>().join("\n"));
    }
}
