//! Everything that one application signs, opens and seals.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::base64url;
use super::claims::Claims;
use super::error::TokenError;
use super::fingerprint::{Fingerprinter, Marks, Subject};
use super::mac::MacKey;
use super::purpose::Purpose;
use super::ring::Ring;
use super::seal::Sealer;
use super::secret::Secret;
use super::signer::Signer;
use super::timed::{Timed, TimedSigner};
use crate::random::Random;

/// The keys of one application, derived and prepared. Clones share them, and what becomes of them
/// when the keyring is renewed.
#[derive(Clone)]
pub struct ApplicationKeys(Arc<ArcSwap<Prepared>>);

struct Prepared {
    /// In the order of [`Purpose::ALL`].
    tokens: [TimedSigner; Purpose::ALL.len()],
    fingerprints: Fingerprinter,
    sealer: Sealer,
    csrf: Ring<MacKey>,
    limit: MacKey,
}

/// A signed token, which lets its bearer in. It does not print; [`Token::expose`] gives the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(Zeroizing<String>);

/// A token whose signature held and which is not too old. Whether the row still is what it was is
/// for [`Opened::fingerprint_matches`] to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// What it is for.
    pub purpose: Purpose,
    /// What it says.
    pub claims: Claims,
    /// When it was made, in whole seconds.
    pub issued_at: OffsetDateTime,
    /// The last second in which it is good.
    pub expires_at: OffsetDateTime,
    by: By,
}

/// What a token was opened by: the keys as they were then, and which of them.
#[derive(Clone)]
struct By {
    keys: Arc<Prepared>,
    number: usize,
}

impl ApplicationKeys {
    pub(super) fn derive(secrets: &Ring<&Secret>, app: &str) -> Self {
        Self(Arc::new(ArcSwap::from_pointee(Prepared::derive(secrets, app))))
    }

    /// Takes these secrets from now on, here and in every clone. What is going on with the keys of
    /// before ends with those.
    pub(super) fn renew(&self, secrets: &Ring<&Secret>, app: &str) {
        self.0.store(Arc::new(Prepared::derive(secrets, app)));
    }

    /// Makes a token, signed with the signing key. Beyond [`MAX_TOKEN_BYTES`] it would not be
    /// opened again, so a return target is to be kept short.
    ///
    /// [`MAX_TOKEN_BYTES`]: super::MAX_TOKEN_BYTES
    #[must_use]
    pub fn mint(&self, purpose: Purpose, issued_at: OffsetDateTime, claims: &Claims) -> Token {
        let payload = base64url::encode(&claims.to_json());
        Token(Zeroizing::new(self.0.load().timed(purpose).sign(payload, issued_at)))
    }

    /// Opens a token of this application and purpose. `lifetime` is the application's for the
    /// purpose; a lifetime in the claims goes before it.
    ///
    /// # Errors
    /// [`TokenError`], the signature being checked before anything is decoded. The lifetime is
    /// inside, so a payload that is not ours is told before its age.
    pub fn open(
        &self,
        purpose: Purpose,
        token: &str,
        now: OffsetDateTime,
        lifetime: Duration,
    ) -> Result<Opened, TokenError> {
        let keys = self.0.load_full();
        let (timed, claims) = keys.read(purpose, token, now)?;
        let lifetime =
            claims.lifetime.map_or(lifetime, |seconds| Duration::from_secs(seconds.into()));
        let expires_at = timed.expires_at(lifetime, now)?;
        let (issued_at, by) = (timed.issued_at, By { number: timed.key, keys });
        Ok(Opened { purpose, claims, issued_at, expires_at, by })
    }

    /// What a token of this application and purpose says, however old it is.
    ///
    /// # Errors
    /// [`TokenError`] as for [`ApplicationKeys::open`], but for its age.
    pub fn claims(
        &self,
        purpose: Purpose,
        token: &str,
        now: OffsetDateTime,
    ) -> Result<Claims, TokenError> {
        self.0.load().read(purpose, token, now).map(|(_, claims)| claims)
    }

    /// The fingerprint of a row for a purpose, to go into a token minted next.
    #[must_use]
    pub fn fingerprint(&self, purpose: Purpose, marks: &Marks<'_>) -> String {
        self.0.load().fingerprints.make(purpose.into(), marks)
    }

    /// The fingerprint of a row for an invitation, to go into a token to choose a password.
    #[must_use]
    pub fn invitation(&self, marks: &Marks<'_>) -> String {
        self.0.load().fingerprints.make(Subject::invitation(), marks)
    }

    /// A proof of what a row will be after its password was changed, for a job to keep.
    #[must_use]
    pub fn changed(&self, marks: &Marks<'_>) -> String {
        self.0.load().fingerprints.make(Subject::password_changed(), marks)
    }

    /// Whether the row is what [`ApplicationKeys::changed`] said, under any key.
    #[must_use]
    pub fn is_changed(&self, proof: &str, marks: &Marks<'_>) -> bool {
        self.0.load().fingerprints.matches_any(proof, Subject::password_changed(), marks)
    }

    /// Seals bytes into a text of base64url that tells nothing but their length. The `context`
    /// says what they are for, and has to be said again to open them.
    #[must_use]
    pub fn seal(&self, random: &Random, context: &str, plaintext: &[u8]) -> String {
        self.0.load().sealer.seal(random, context, plaintext)
    }

    /// Opens what [`ApplicationKeys::seal`] sealed under any key for the same context.
    #[must_use]
    pub fn unseal(&self, context: &str, sealed: &str) -> Option<Zeroizing<Vec<u8>>> {
        self.0.load().sealer.unseal(context, sealed)
    }

    /// The value that a form sends along with what it is bound to, 43 characters of base64url.
    #[must_use]
    pub fn csrf(&self, message: &[u8]) -> String {
        base64url::encode(&self.0.load().csrf.signing().tag(message))
    }

    /// Whether the value is what [`ApplicationKeys::csrf`] gives under any key, in constant time.
    #[must_use]
    pub fn csrf_matches(&self, message: &[u8], value: &str) -> bool {
        let keys = self.0.load();
        base64url::decode_array(value)
            .is_some_and(|tag| keys.csrf.iter().any(|key| key.holds(message, &tag)))
    }

    /// What a limiter counts under instead of an address in clear.
    #[must_use]
    pub fn limiter_key(&self, message: &[u8]) -> [u8; 32] {
        self.0.load().limit.tag(message)
    }
}

impl Opened {
    /// Whether the row still is what it was when the token was made: compared in constant time
    /// under the secret that signed the token.
    #[must_use]
    pub fn fingerprint_matches(&self, marks: &Marks<'_>) -> bool {
        self.is_of(self.purpose.into(), marks)
    }

    /// Whether a token to choose a password is an invitation of the row as it is, as
    /// [`Opened::fingerprint_matches`] compares.
    #[must_use]
    pub fn is_invitation(&self, marks: &Marks<'_>) -> bool {
        self.purpose == Purpose::PasswordReset && self.is_of(Subject::invitation(), marks)
    }

    fn is_of(&self, subject: Subject, marks: &Marks<'_>) -> bool {
        let By { keys, number } = &self.by;
        keys.fingerprints.matches(*number, &self.claims.fingerprint, subject, marks)
    }
}

impl Prepared {
    fn derive(secrets: &Ring<&Secret>, app: &str) -> Self {
        let token = |purpose| TimedSigner::new(Signer::new(secrets, &salt(app, purpose)));
        Self {
            tokens: Purpose::ALL.map(token),
            fingerprints: Fingerprinter::new(secrets, &subkey("fingerprint", app)),
            sealer: Sealer::new(secrets, &subkey("seal", app)),
            csrf: secrets.map(|secret| MacKey::derive(secret, &subkey("csrf", app))),
            limit: MacKey::derive(secrets.signing(), &subkey("limit", app)),
        }
    }

    fn read<'a>(
        &self,
        purpose: Purpose,
        token: &'a str,
        now: OffsetDateTime,
    ) -> Result<(Timed<'a>, Claims), TokenError> {
        let timed = self.timed(purpose).unsign(token, now)?;
        let claims = base64url::decode(timed.payload).and_then(|json| Claims::from_json(&json));
        Ok((timed, claims.ok_or(TokenError::Malformed)?))
    }

    fn timed(&self, purpose: Purpose) -> &TimedSigner {
        &self.tokens[purpose as usize]
    }
}

impl PartialEq for By {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.keys, &other.keys) && self.number == other.number
    }
}

impl Eq for By {}

impl fmt::Debug for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "key {}", self.number)
    }
}

impl fmt::Debug for ApplicationKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApplicationKeys(…)")
    }
}

impl Token {
    /// The text, for the mail or for an operator who asked with a key.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// The salt of itsdangerous: one slash, which sets it apart from every subkey's context.
pub(super) fn salt(app: &str, purpose: Purpose) -> String {
    format!("{app}/{}", purpose.salt())
}

/// The context of a subkey that signs no token.
pub(super) fn subkey(name: &str, app: &str) -> String {
    format!("regain/v1/{name}/{app}")
}
