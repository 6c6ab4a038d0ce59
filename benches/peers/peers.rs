//! What opening a token costs beside other ways to it, in one run and taking turns:
//! `cargo bench --manifest-path benches/peers/Cargo.toml`.
//!
//! Each opens a token of its own that says the same (id, fingerprint, times), checks its MAC with a
//! key that is prepared as far as the crate lets it be, checks its age, and reads its JSON into
//! owned texts.

#[path = "../goals.rs"]
mod goals;
#[path = "../sample.rs"]
mod sample;

use std::hint::black_box;
use std::time::{Duration, SystemTime};

use goals::{best, contestant, tell};
use hmac::{Hmac, KeyInit as _, Mac as _};
use itsdangerous::algorithm::HMACAlgorithm;
use itsdangerous::{
    IntoTimestampSigner as _, SignerBuilder, TimedSerializer, URLSafeEncoding, key_derivation,
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use sample::{RESET, claims, keys};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use time::OffsetDateTime;

const SECRET: &[u8] = b"bench-only-3f9c1d7a5b2e8046c9d1e7f3a5b8c2d4";

/// What signs as we do: the default is SHA-1, and another derivation of the key.
type AsOurs = SignerBuilder<
    sha2_of_itsdangerous::Sha256,
    HMACAlgorithm<sha2_of_itsdangerous::Sha256>,
    key_derivation::Hmac,
>;

/// What a token of ours says.
#[derive(Deserialize, Serialize)]
struct Payload {
    u: String,
    f: String,
}

/// The same for a JWT, which has its times in it.
#[derive(Deserialize, Serialize)]
struct Jwt {
    u: String,
    f: String,
    iat: u64,
    exp: u64,
}

fn main() {
    let now = OffsetDateTime::from(SystemTime::now());
    let keys = keys(0..1);
    let claims = claims(&keys);
    let token = keys.mint(RESET, now, &claims);
    let token = token.expose();
    let ours = || keys.open(RESET, black_box(token), now, RESET.lifetime()).expect("good");

    let (signed, _) = token.rsplit_once('.').expect("three parts");
    let key = Hmac::<Sha256>::new_from_slice(SECRET).expect("any key will do");
    let mac = || {
        let mut mac = key.clone();
        mac.update(black_box(signed.as_bytes()));
        mac.finalize()
    };

    let iat = u64::try_from(now.unix_timestamp()).expect("a time of our days");
    let (u, f) = (claims.user_id.clone(), claims.fingerprint.clone());
    let jwt = Jwt { u, f, iat, exp: iat + RESET.lifetime().as_secs() };
    let jwt = jsonwebtoken::encode(&Header::default(), &jwt, &EncodingKey::from_secret(SECRET));
    let jwt = jwt.expect("it can be signed");
    let (key, validation) = (DecodingKey::from_secret(SECRET), Validation::new(Algorithm::HS256));
    let hs256 =
        || jsonwebtoken::decode::<Jwt>(black_box(jwt.as_str()), &key, &validation).expect("good");

    let payload = Payload { u: claims.user_id.clone(), f: claims.fingerprint.clone() };
    let secret = String::from_utf8_lossy(SECRET).into_owned();
    let of_sha1 = itsdangerous::default_builder(secret.clone()).build().into_timestamp_signer();
    let of_sha1 = itsdangerous::timed_serializer_with_signer(of_sha1, URLSafeEncoding);
    let of_sha256 = AsOurs::new(secret).build().into_timestamp_signer();
    let of_sha256 = itsdangerous::timed_serializer_with_signer(of_sha256, URLSafeEncoding);
    let sha1 = of_sha1.sign(&payload).expect("it can be signed");
    let sha256 = of_sha256.sign(&payload).expect("it can be signed");
    let sha1 = || loads(&of_sha1, &sha1);
    let sha256 = || loads(&of_sha256, &sha256);

    let measured = best(&[
        contestant(ours),
        contestant(mac),
        contestant(hs256),
        contestant(sha256),
        contestant(sha1),
    ]);
    let names = [
        "regain, open",
        "hmac + sha2, one keyed HMAC-SHA256 over as many bytes",
        "jsonwebtoken, decode, HS256",
        "itsdangerous, URLSafeTimed, signed as ours are",
        "itsdangerous, URLSafeTimed, signed by its default of SHA-1",
    ];
    for (name, nanoseconds) in names.into_iter().zip(measured) {
        println!("{name:<60} {nanoseconds:>8.0} ns");
    }
    let [open, mac, hs256, sha256, sha1] = measured;
    tell("open, in ns", open, ..=450.0);
    tell("open, in keyed HMACs", open / mac, ..=3.0);
    tell("jsonwebtoken's HS256, in opens", hs256 / open, 3.0..);
    tell("itsdangerous, signed as ours are, in opens", sha256 / open, 2.5..);
    tell("itsdangerous by SHA-1, in opens", sha1 / open, 2.5..);
}

fn loads(peer: &impl TimedSerializer, text: &str) -> Payload {
    let read = peer.unsign::<Payload>(black_box(text)).expect("good");
    read.value_if_not_expired(Duration::from_hours(1)).ok().expect("not too old")
}
