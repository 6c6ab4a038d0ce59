//! A15 to A23: what a token may look like, and what it is good for.

use std::collections::HashSet;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Sha256, Sha512};

use super::{HALF_AN_HOUR, ISSUED_AT, RESET, at, claims, keys, marks, open, secret, token};
use crate::token::application::salt;
use crate::token::{Claims, MAX_TOKEN_BYTES, Purpose, TokenError, base64url, mac};

#[test]
fn a15_no_bit_of_any_part_can_be_flipped() {
    let parts: Vec<Vec<u8>> =
        token().split('.').map(|part| base64url::decode(part).expect("canonical")).collect();
    let mut flipped = 0;
    for part in 0..3 {
        for bit in 0..parts[part].len() * 8 {
            let mut parts = parts.clone();
            parts[part][bit / 8] ^= 1 << (bit % 8);
            let text: Vec<_> = parts.iter().map(|part| base64url::encode(part)).collect();
            assert_eq!(open(&text.join(".")), Err(TokenError::BadSignature), "{part} {bit}");
            flipped += 1;
        }
    }
    assert_eq!(flipped, (39 + 4 + 32) * 8);
    assert!(open(&token()).is_ok());
}

#[test]
fn a16_no_text_one_character_away_is_accepted() {
    let token = token();
    let keys = keys("a", "shop");
    let refused = |text: &str| {
        text == token || keys.open(RESET, text, at(ISSUED_AT + 60), HALF_AN_HOUR).is_err()
    };
    let alphabet: Vec<char> = ('A'..='Z')
        .chain('a'..='z')
        .chain('0'..='9')
        .chain("-_=+/ \n\r\t\0.%\u{e9}".chars())
        .collect();
    for place in 0..=token.len() {
        for character in &alphabet {
            let mut text = token.clone();
            text.insert(place, *character);
            assert!(refused(&text), "{text:?}");
            if place < token.len() {
                text.remove(place + character.len_utf8());
                assert!(refused(&text), "{text:?}");
            }
        }
        if place < token.len() {
            let mut text = token.clone();
            text.remove(place);
            assert!(refused(&text), "{text:?}");
        }
    }
}

#[test]
fn a16_a_signed_payload_or_time_in_a_second_spelling_is_refused() {
    let (payload, timestamp) = (payload(), timestamp());
    assert!(open(&signed(&payload, &timestamp)).is_ok());
    for other in [format!("{payload}=="), format!("{payload}="), format!(" {payload}")] {
        assert_eq!(open(&signed(&other, &timestamp)), Err(TokenError::Malformed), "{other}");
    }
    for other in [format!("{timestamp}=="), format!("{timestamp}\n"), format!("AA{timestamp}")] {
        assert_eq!(open(&signed(&payload, &other)), Err(TokenError::Malformed), "{other}");
    }
    // Bits left over in the last character.
    let (head, last) = timestamp.split_at(timestamp.len() - 1);
    assert_eq!(last, "A", "the vector's last character has room for other bits");
    assert_eq!(open(&signed(&payload, &format!("{head}B"))), Err(TokenError::Malformed));
}

#[test]
fn a17_texts_of_another_shape_are_refused() {
    let (payload, timestamp) = (payload(), timestamp());
    let token = token();
    let signature = token.rsplit('.').next().expect("three parts");
    for text in [
        String::new(),
        ".".into(),
        "..".into(),
        "...".into(),
        "\0".into(),
        "\0.\0.\0".into(),
        "null".into(),
        payload.clone(),
        format!("{payload}.{timestamp}"),
        format!("{payload}.{timestamp}."),
        format!("{payload}..{signature}"),
        format!(".{timestamp}.{signature}"),
        format!(".{token}"),
        format!("{token}."),
        format!("{token}.{signature}"),
        format!("{payload}.{payload}.{timestamp}.{signature}"),
        format!("{payload}\0.{timestamp}.{signature}="),
        "A".repeat(1 << 20),
        ".".repeat(1 << 20),
        format!("{}.{timestamp}.{signature}", "A".repeat(1 << 20)),
        format!("{payload}.{timestamp}.{}", "A".repeat(1 << 20)),
        format!("{payload}.{timestamp}.{}", &signature[..42]),
        format!("{payload}.{timestamp}.{signature}AAAA"),
        signed(&payload, ""),
        signed("", &timestamp),
        signed(&format!("{payload}.{payload}"), &timestamp),
    ] {
        let shown: String = text.chars().take(200).collect();
        assert_eq!(open(&text), Err(TokenError::Malformed), "{shown:?}");
    }
}

#[test]
fn a17_a_token_beyond_the_limit_is_refused_though_rightly_signed() {
    let long = |length: usize| {
        let claims = Claims { return_to: Some("x".repeat(length)), ..claims() };
        keys("a", "shop").mint(RESET, at(ISSUED_AT), &claims).expose().to_owned()
    };
    assert!(long(2000).len() <= MAX_TOKEN_BYTES && open(&long(2000)).is_ok());
    assert!(long(2200).len() > MAX_TOKEN_BYTES);
    assert_eq!(open(&long(2200)), Err(TokenError::Malformed));
    // To the byte: what is as long as may be is read as far as its time.
    let last_second = base64url::encode(&253_402_300_799_i64.to_be_bytes()[3..]);
    let of_length = |length: usize| signed(&"A".repeat(length - 52), &last_second);
    assert_eq!(of_length(MAX_TOKEN_BYTES).len(), MAX_TOKEN_BYTES);
    assert_eq!(open(&of_length(MAX_TOKEN_BYTES)), Err(TokenError::FromTheFuture));
    assert_eq!(open(&of_length(MAX_TOKEN_BYTES + 1)), Err(TokenError::Malformed));
}

#[test]
fn a17_a_rightly_signed_payload_that_is_not_ours_is_refused() {
    for json in [&b""[..], b"\xff\xfe", b"{}", b"null", b"[[[[", b"{\"u\":\"42\"}", b"\0"] {
        let token = signed(&base64url::encode(json), &timestamp());
        assert_eq!(open(&token), Err(TokenError::Malformed), "{json:?}");
    }
    assert_eq!(open(&signed("!!!!", &timestamp())), Err(TokenError::Malformed));
}

#[test]
fn a18_a_compressed_payload_is_refused_though_rightly_signed() {
    // zlib.compress(b'{"u":"42","f":"AAAA"}'), as itsdangerous marks it.
    let zlib = "eJyrVipVslIyMVLSUUoDMhyBQKkWADYoBO4";
    assert_eq!(open(&signed(&format!(".{zlib}"), &timestamp())), Err(TokenError::Malformed));
    assert_eq!(open(&signed(zlib, &timestamp())), Err(TokenError::Malformed));
    assert_eq!(open(&signed(&format!(".{}", payload()), &timestamp())), Err(TokenError::Malformed));
}

#[test]
fn a19_rightly_signed_nonsense_for_a_time_is_refused() {
    for bytes in
        [&[][..], &[0], &[0; 8], &[255; 8], &[127; 8], &[128, 0, 0, 0, 0, 0, 0, 0], &[1; 9]]
    {
        let token = signed(&payload(), &base64url::encode(bytes));
        assert_eq!(open(&token), Err(TokenError::Malformed), "{bytes:?}");
    }
    let last_second = 253_402_300_799_i64.to_be_bytes();
    let token = signed(&payload(), &base64url::encode(&last_second[3..]));
    assert_eq!(open(&token), Err(TokenError::FromTheFuture));
    let opened = keys("a", "shop").open(RESET, &token, at(253_402_300_799), Duration::MAX);
    assert!(opened.is_ok(), "an endless lifetime overflows nothing");
    let first_second = signed(&payload(), &base64url::encode(&[1]));
    assert!(matches!(open(&first_second), Err(TokenError::Expired { .. })));
}

#[test]
fn a19_minting_before_1970_gives_an_expired_token_and_no_panic() {
    for seconds in [-1, 0, 1, i64::from(i32::MIN)] {
        let token = keys("a", "shop").mint(RESET, at(seconds), &claims());
        assert!(matches!(open(token.expose()), Err(TokenError::Expired { .. })), "{seconds}");
    }
}

#[test]
fn a20_a_minute_into_the_future_is_accepted_and_no_more() {
    let at_age = |age: i64| {
        keys("a", "shop").open(RESET, &token(), at(ISSUED_AT + age), HALF_AN_HOUR).map(drop)
    };
    assert_eq!(at_age(-60), Ok(()));
    assert_eq!(at_age(-61), Err(TokenError::FromTheFuture));
    assert_eq!(at_age(-1_000_000_000), Err(TokenError::FromTheFuture));
}

#[test]
fn a21_a_token_is_good_up_to_and_with_its_last_second() {
    let at_age =
        |age: Duration| keys("a", "shop").open(RESET, &token(), at(ISSUED_AT) + age, HALF_AN_HOUR);
    assert!(at_age(Duration::from_secs(1799)).is_ok());
    let opened = at_age(HALF_AN_HOUR).expect("the last second");
    assert_eq!((opened.issued_at, opened.expires_at), (at(ISSUED_AT), at(ISSUED_AT + 1800)));
    assert!(at_age(Duration::from_millis(1_800_999)).is_ok(), "whole seconds are compared");
    assert_eq!(
        at_age(Duration::from_secs(1801)),
        Err(TokenError::Expired { issued_at: at(ISSUED_AT), expired_at: at(ISSUED_AT + 1800) })
    );
}

#[test]
fn a21_a_tokens_own_lifetime_goes_before_the_applications() {
    for (own, alive, dead) in [(60, 60, 61), (259_200, 259_200, 259_201), (0, 0, 1)] {
        let claims = Claims { lifetime: Some(own), ..claims() };
        let token = keys("a", "shop").mint(RESET, at(ISSUED_AT), &claims);
        let at_age =
            |age| keys("a", "shop").open(RESET, token.expose(), at(ISSUED_AT + age), HALF_AN_HOUR);
        assert!(at_age(alive).is_ok(), "{own}");
        assert!(matches!(at_age(dead), Err(TokenError::Expired { .. })), "{own}");
    }
}

#[test]
fn a22_a_token_is_good_for_its_purpose_and_its_application_only() {
    for made_for in Purpose::ALL {
        let token = keys("a", "shop").mint(made_for, at(ISSUED_AT), &claims());
        for app in ["shop", "sho", "shop2", "default", ""] {
            for used_for in Purpose::ALL {
                let opened =
                    keys("a", app).open(used_for, token.expose(), at(ISSUED_AT), HALF_AN_HOUR);
                if (app, used_for) == ("shop", made_for) {
                    assert!(opened.is_ok());
                } else {
                    assert_eq!(opened, Err(TokenError::BadSignature), "{app} {used_for:?}");
                }
            }
        }
    }
}

#[test]
fn a22_a_fingerprint_is_good_for_its_purpose_and_its_application_only() {
    let mut seen = HashSet::new();
    for app in ["shop", "forum"] {
        for purpose in Purpose::ALL {
            assert!(seen.insert(keys("a", app).fingerprint(purpose, &marks())));
        }
        assert!(seen.insert(keys("a", app).changed(&marks())));
        assert!(seen.insert(keys("a", app).invitation(&marks())));
    }
}

#[test]
fn a23_a_token_cannot_choose_how_it_is_verified() {
    let message = format!("{}.{}", payload(), timestamp());
    let derived = mac::derive(&secret(b'a'), &salt("shop", RESET));
    let mut sha512 = Hmac::<Sha512>::new_from_slice(&*derived).expect("any length");
    sha512.update(message.as_bytes());
    let sha512 = sha512.finalize().into_bytes();
    for signature in [&sha512[..], &sha512[..32], &sha512[..20], &derived[..], &[0; 32], b"none"] {
        assert!(open(&format!("{message}.{}", base64url::encode(signature))).is_err());
    }
    let jwt = |header: &str| base64url::encode(header.as_bytes());
    for header in [r#"{"alg":"none"}"#, r#"{"alg":"HS256","typ":"JWT"}"#] {
        assert!(open(&format!("{}.{}.", jwt(header), payload())).is_err());
        assert!(open(&format!("{}.{}.{}", jwt(header), payload(), jwt("x"))).is_err());
        // Even rightly signed, a JWT's claims are no time.
        assert_eq!(open(&signed(&jwt(header), &payload())), Err(TokenError::Malformed));
    }
}

/// A token rightly signed over whatever is said to be its payload and its timestamp.
fn signed(payload: &str, timestamp: &str) -> String {
    let message = format!("{payload}.{timestamp}");
    let derived = mac::derive(&secret(b'a'), &salt("shop", RESET));
    let mut mac = Hmac::<Sha256>::new_from_slice(&*derived).expect("any length");
    mac.update(message.as_bytes());
    format!("{message}.{}", base64url::encode(&mac.finalize().into_bytes()))
}

fn payload() -> String {
    base64url::encode(&claims().to_json())
}

fn timestamp() -> String {
    token().split('.').nth(1).expect("three parts").to_owned()
}
