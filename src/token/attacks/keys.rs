//! A24 to A31: keys, fingerprints, and what else is made with them.

use std::collections::HashSet;

use super::{HALF_AN_HOUR, ISSUED_AT, RESET, at, claims, keys, marks, open, ring, secret, token};
use crate::random::Random;
use crate::token::application::{salt, subkey};
use crate::token::{Claims, Marks, Purpose, TokenError, base64url, mac};

#[test]
fn a24_no_two_uses_share_a_key() {
    let apps = ["default", "shop", "shop-2", "regain", "v1", "seal", "limit", "recover-key"];
    let mut derived = HashSet::new();
    let mut contexts = 0;
    for name in *b"abc" {
        let secret = secret(name);
        assert!(derived.insert(secret.expose().to_vec()));
        contexts += 1;
        for app in apps {
            let salts = Purpose::ALL.map(|purpose| salt(app, purpose));
            let subkeys = ["fingerprint", "seal", "csrf", "limit"].map(|name| subkey(name, app));
            for context in salts.iter().chain(&subkeys) {
                assert!(derived.insert(mac::derive(&secret, context).to_vec()), "{context}");
                contexts += 1;
            }
        }
    }
    assert_eq!(derived.len(), contexts);
    assert_eq!(contexts, 3 * (1 + 8 * 8));
}

#[test]
fn a27_an_old_key_opens_while_it_is_listed_and_not_after() {
    let old = keys("a", "shop").mint(RESET, at(ISSUED_AT), &claims());
    let open = |names: &str| {
        keys(names, "shop").open(RESET, old.expose(), at(ISSUED_AT), HALF_AN_HOUR).map(drop)
    };
    assert_eq!(open("ab"), Ok(()));
    assert_eq!(open("ba"), Ok(()));
    assert_eq!(open("bcdefgha"), Ok(()));
    assert_eq!(open("b"), Err(TokenError::BadSignature));
    let new = keys("ba", "shop").mint(RESET, at(ISSUED_AT), &claims());
    let only_new = keys("b", "shop").open(RESET, new.expose(), at(ISSUED_AT), HALF_AN_HOUR);
    assert!(only_new.is_ok(), "the named key signed, not the oldest");
}

#[test]
fn a27_sealed_texts_csrf_values_and_proofs_outlive_the_change_of_keys_too() {
    let random = Random::repeatable(27);
    let (old, both, new) = (keys("a", "shop"), keys("ba", "shop"), keys("b", "shop"));
    let (sealed, value, proof) =
        (old.seal(&random, "cookie", b"text"), old.csrf(b"form"), old.changed(&marks()));
    assert_eq!(both.unseal("cookie", &sealed).as_deref().map(Vec::as_slice), Some(&b"text"[..]));
    assert!(both.csrf_matches(b"form", &value) && both.is_changed(&proof, &marks()));
    assert!(new.unseal("cookie", &sealed).is_none());
    assert!(!new.csrf_matches(b"form", &value) && !new.is_changed(&proof, &marks()));
}

#[test]
fn a28_no_link_fails_while_replicas_differ_in_which_key_signs() {
    let (before, after) = (keys("ab", "shop"), keys("ba", "shop"));
    for (minting, opening) in [(&before, &after), (&after, &before)] {
        let claims = Claims { fingerprint: minting.fingerprint(RESET, &marks()), ..claims() };
        let token = minting.mint(RESET, at(ISSUED_AT), &claims);
        let opened = opening
            .open(RESET, token.expose(), at(ISSUED_AT), HALF_AN_HOUR)
            .expect("the other replica's token");
        assert!(opened.fingerprint_matches(&marks()));
        assert!(opening.is_changed(&minting.changed(&marks()), &marks()));
    }
}

#[test]
fn a28_a_fingerprint_under_another_key_than_the_signatures_does_not_count() {
    let claims = Claims { fingerprint: keys("b", "shop").fingerprint(RESET, &marks()), ..claims() };
    let both = keys("ab", "shop");
    let token = both.mint(RESET, at(ISSUED_AT), &claims);
    let opened = both.open(RESET, token.expose(), at(ISSUED_AT), HALF_AN_HOUR).expect("signed");
    assert!(!opened.fingerprint_matches(&marks()));
}

#[test]
fn a22_an_invitation_is_no_ordinary_link_and_is_one_for_choosing_a_password_alone() {
    let keys = keys("a", "shop");
    for purpose in Purpose::ALL {
        for (fingerprint, invites) in
            [(keys.invitation(&marks()), true), (keys.fingerprint(purpose, &marks()), false)]
        {
            let token = keys.mint(purpose, at(ISSUED_AT), &Claims { fingerprint, ..claims() });
            let opened = keys.open(purpose, token.expose(), at(ISSUED_AT), HALF_AN_HOUR);
            let opened = opened.expect("signed");
            let ours = invites && purpose == RESET;
            assert_eq!(opened.is_invitation(&marks()), ours, "{purpose:?}");
            assert_eq!(opened.fingerprint_matches(&marks()), !invites, "{purpose:?}");
            let nobody_yet = Marks { password: None, ..marks() };
            assert!(!opened.is_invitation(&nobody_yet), "{purpose:?}");
        }
    }
}

#[test]
fn a85_neither_the_key_without_the_hash_nor_the_hash_without_the_key_makes_a_link() {
    let ours = keys("a", "shop");
    // Who has the key signs whatever they like, with all that can be known or guessed of the row.
    for password in [None, Some(""), Some("!"), Some("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$AAAA")]
    {
        let guessed = Marks { password, ..marks() };
        for fingerprint in [ours.fingerprint(RESET, &guessed), ours.invitation(&guessed)] {
            let token = ours.mint(RESET, at(ISSUED_AT), &Claims { fingerprint, ..claims() });
            let opened = open(token.expose()).expect("rightly signed");
            assert!(!opened.fingerprint_matches(&marks()), "{password:?}");
            assert!(!opened.is_invitation(&marks()), "{password:?}");
        }
    }
    // Who has the row knows every field of it, and no key.
    let theirs = keys("b", "shop");
    let claims = Claims { fingerprint: theirs.fingerprint(RESET, &marks()), ..claims() };
    let forged = theirs.mint(RESET, at(ISSUED_AT), &claims);
    assert_eq!(open(forged.expose()).err(), Some(TokenError::BadSignature));
}

/// That both are compared in constant time is the doing of `Mac::verify_slice` and
/// `Mac::verify_truncated_left`; what can be seen from here is that they compare every bit.
#[test]
fn a30_every_bit_of_a_fingerprint_counts() {
    let mut opened = open(&token()).expect("a good token");
    assert!(opened.fingerprint_matches(&marks()));
    let right = base64url::decode(&opened.claims.fingerprint).expect("canonical");
    assert_eq!(right.len(), 16);
    for bit in 0..128 {
        let mut wrong = right.clone();
        wrong[bit / 8] ^= 1 << (bit % 8);
        opened.claims.fingerprint = base64url::encode(&wrong);
        assert!(!opened.fingerprint_matches(&marks()), "{bit}");
    }
}

#[test]
fn a31_an_empty_short_or_long_fingerprint_matches_nothing() {
    let keys = keys("a", "shop");
    let null = Marks { password: None, email: None, last_login: None, ..marks() };
    let right = claims().fingerprint;
    for fingerprint in
        [String::new(), "AA".into(), right[..20].into(), format!("{right}=="), format!("{right}AA")]
    {
        let claims = Claims { fingerprint: fingerprint.clone(), ..claims() };
        let token = keys.mint(RESET, at(ISSUED_AT), &claims);
        let opened = open(token.expose()).expect("rightly signed");
        for marks in [marks(), null] {
            assert!(!opened.fingerprint_matches(&marks), "{fingerprint:?}");
            assert!(!keys.is_changed(&fingerprint, &marks), "{fingerprint:?}");
        }
    }
}

#[test]
fn every_mark_of_a_purpose_counts_and_no_other() {
    let keys = keys("a", "shop");
    let changes: [(&str, Marks<'_>); 5] = [
        ("id", Marks { user_id: "43", ..marks() }),
        ("email", Marks { email: Some("Ada@example.com"), ..marks() }),
        ("password", Marks { password: None, ..marks() }),
        ("stamp", Marks { recovery_stamp: Some(""), ..marks() }),
        ("login", Marks { last_login: Some("1790000001"), ..marks() }),
    ];
    for purpose in Purpose::ALL {
        let counting: Vec<_> = changes
            .iter()
            .filter(|(_, changed)| {
                keys.fingerprint(purpose, changed) != keys.fingerprint(purpose, &marks())
            })
            .map(|(name, _)| *name)
            .collect();
        let expected: &[&str] = match purpose {
            Purpose::PasswordReset | Purpose::Session => &["id", "email", "password", "stamp"],
            Purpose::EmailConfirmation => &["id", "email"],
            Purpose::Login => &["id", "email", "password", "stamp", "login"],
        };
        assert_eq!(counting, expected, "{purpose:?}");
    }
}

#[test]
fn sealed_texts_open_for_their_context_and_application_only_and_never_look_alike() {
    let random = Random::repeatable(1);
    let shop = keys("a", "shop");
    let sealed = shop.seal(&random, "cookie", b"token");
    assert_ne!(sealed, shop.seal(&random, "cookie", b"token"));
    assert_eq!(base64url::decode(&sealed).expect("base64url").len(), 24 + 5 + 16);
    assert!(shop.unseal("cookie", &sealed).is_some());
    assert!(shop.unseal("job", &sealed).is_none());
    assert!(keys("a", "forum").unseal("cookie", &sealed).is_none());
    assert!(shop.unseal("cookie", &format!("{sealed}=")).is_none());
    for text in ["", "AAAA", &sealed[..32], &sealed[..sealed.len() - 4]] {
        assert!(shop.unseal("cookie", text).is_none(), "{text:?}");
    }
    let bytes = base64url::decode(&sealed).expect("base64url");
    for bit in 0..bytes.len() * 8 {
        let mut flipped = bytes.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        assert!(shop.unseal("cookie", &base64url::encode(&flipped)).is_none(), "{bit}");
    }
    let empty = shop.seal(&random, "", b"");
    assert_eq!(shop.unseal("", &empty).as_deref().map(Vec::len), Some(0));
}

#[test]
fn csrf_values_and_limiter_keys_belong_to_their_message_and_application() {
    let (shop, forum) = (keys("a", "shop"), keys("a", "forum"));
    let value = shop.csrf(b"form");
    assert_eq!(value.len(), 43);
    assert!(shop.csrf_matches(b"form", &value));
    assert!(!shop.csrf_matches(b"other", &value) && !forum.csrf_matches(b"form", &value));
    for wrong in ["", "AAAA", &value[..42], &format!("{value}=")] {
        assert!(!shop.csrf_matches(b"form", wrong), "{wrong:?}");
    }
    assert_ne!(shop.limiter_key(b"192.0.2.1"), shop.limiter_key(b"192.0.2.2"));
    assert_ne!(shop.limiter_key(b"192.0.2.1"), forum.limiter_key(b"192.0.2.1"));
    assert_ne!(base64url::encode(&shop.limiter_key(b"form")), value);
    let (one, other) = (ring("a").limiter(), ring("b").limiter());
    assert_ne!(one.tag(b"192.0.2.1"), shop.limiter_key(b"192.0.2.1"));
    assert_ne!(one.tag(b"192.0.2.1"), other.tag(b"192.0.2.1"));
    assert_eq!(format!("{one:?}"), "LimiterKey(…)");
}

#[test]
fn a06_tokens_and_keys_do_not_print() {
    let keys = keys("a", "shop");
    assert_eq!(format!("{keys:?}"), "ApplicationKeys(…)");
    let minted = keys.mint(RESET, at(ISSUED_AT), &claims());
    assert_eq!(format!("{minted:?}"), "Token(…)");
    let opened = format!("{:?}", open(&token()).expect("a good token"));
    assert!(!opened.contains(&claims().fingerprint), "{opened}");
}
