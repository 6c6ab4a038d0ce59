//! How an application's passwords are written and verified: which family, at which cost, after which
//! preparation.

use std::sync::Arc;

use thiserror::Error;

use super::argon2::{Argon2, Argon2Cost};
use super::{FAMILIES, Family, HashError, Prepare, Recognised, named, recognise};
use crate::password::{Password, Refusal};
use crate::random::Random;

/// How an application's passwords are written.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// For every row that has or gets this family.
    argon2id: Argon2,
    /// The family of new rows, if it is not `argon2id`.
    other: Option<&'static dyn Family>,
    /// Whether rows of other families keep theirs.
    keep: bool,
    prepare: Arc<Prepare>,
}

/// There is no family of this name.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no password scheme `{0}`")]
pub struct UnknownFamily(pub String);

impl Scheme {
    /// Argon2id at this cost for everybody, whatever the row has.
    ///
    /// # Errors
    /// [`HashError`] for a cost outside RFC 9106 §3.1.
    pub fn argon2id(cost: Argon2Cost) -> Result<Self, HashError> {
        let argon2id = Argon2::new(cost)?;
        Ok(Self { argon2id, other: None, keep: false, prepare: Arc::default() })
    }

    /// Another family for everybody, by its name and at the cost that is recommended.
    ///
    /// # Errors
    /// [`UnknownFamily`] for a name that is not among [`Scheme::names`].
    pub fn writing(self, name: &str) -> Result<Self, UnknownFamily> {
        let family = named(name).ok_or_else(|| UnknownFamily(name.to_owned()))?;
        let other = (family.name() != self.argon2id.name()).then_some(family);
        Ok(Self { other, ..self })
    }

    /// The family, prefix and variant that a row has, wherever that is not weak or unknown, at the
    /// row's parameters or at those recommended, whichever are stronger. Other rows are written by
    /// `new`.
    #[must_use]
    pub fn keep(new: Self) -> Self {
        Self { keep: true, ..new }
    }

    /// What is done to passwords before they are hashed.
    #[must_use]
    pub fn prepared(self, prepare: Prepare) -> Self {
        Self { prepare: Arc::new(prepare), ..self }
    }

    /// The names of all families.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FAMILIES.iter().map(|family| family.name())
    }

    /// Why a password cannot be written beside what the row has, if it cannot: bcrypt has no place for
    /// more than 72 bytes or a NUL.
    #[must_use]
    pub fn refuse(&self, password: &Password, stored: Option<&str>) -> Option<Refusal> {
        let max = self.max_bytes(stored)?;
        let typed = password.expose();
        if typed.len() > max {
            return Some(Refusal::TooManyBytes { max });
        }
        typed.contains('\0').then_some(Refusal::Nul)
    }

    /// The most bytes of a typed password that can be written beside what the row has, where there
    /// is a limit. A pepper takes none of them.
    #[must_use]
    pub fn max_bytes(&self, stored: Option<&str>) -> Option<usize> {
        self.plan(stored).0.max_bytes().filter(|_| self.prepare.keeps_what_was_typed())
    }

    /// Hashes a password with a fresh salt, beside what the row has. Takes tens to hundreds of
    /// milliseconds of CPU, and seconds where a row asks for it: not for an async thread.
    ///
    /// # Errors
    /// [`HashError`] when the hash function gives up or [`Scheme::refuse`] says why it would.
    pub fn hash(
        &self,
        password: &Password,
        stored: Option<&str>,
        random: &Random,
    ) -> Result<String, HashError> {
        if let Some(refusal) = self.refuse(password, stored) {
            return Err(HashError(refusal.reason().to_owned()));
        }
        let (family, like) = self.plan(stored);
        family.hash(&self.prepare.bytes(password, family.max_bytes()), like, random)
    }

    /// Whether a password fits what the row has. Weak and unknown formats fit nothing.
    #[must_use]
    pub fn verifies(&self, password: &Password, stored: &str) -> bool {
        let Recognised::Strong(family) = recognise(stored) else { return false };
        family.verifies(&self.prepare.bytes(password, family.max_bytes()), stored)
    }

    /// How many characters [`Scheme::hash`] would write beside what the row has.
    #[must_use]
    pub fn longest(&self, stored: Option<&str>) -> usize {
        let (family, like) = self.plan(stored);
        family.length(like)
    }

    /// The family that writes, and the row where that is to be like it.
    fn plan<'a>(&self, stored: Option<&'a str>) -> (&dyn Family, Option<&'a str>) {
        let new: &dyn Family = self.other.map_or(&self.argon2id, |other| other);
        let Some(row) = stored.filter(|_| self.keep) else { return (new, None) };
        match recognise(row) {
            Recognised::Strong(family) if family.name() == self.argon2id.name() => {
                (&self.argon2id, stored)
            }
            Recognised::Strong(family) => (family, stored),
            Recognised::Weak(_) | Recognised::Unknown => (new, None),
        }
    }
}

#[cfg(test)]
mod tests {
    use zeroize::Zeroizing;

    use super::*;

    const COST: Argon2Cost = Argon2Cost { memory_kib: 64, iterations: 1, parallelism: 1 };
    const BCRYPT: &str = "$2y$04$YHjk.BBHQkJRCyG6u55WcO1KyfeoaX8h4YsViEHBfEx52DoPekUw2";
    const ARGON2I: &str = "$argon2i$v=19$m=64,t=3,p=2$c2FsdFNBTFRzYWx0MDEyMw$j9OdTxm1yv8PhIPtLq1yaMRlg32X0cWFv2TRtSKp7Sg";
    const MD5: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
    const WERKZEUG: &str = "scrypt:16:8:2$saltSALT01234567$2a3ae6d61b5a633a5109ca517e9bea88db53a161ec86f15e5dbbac3d62a1ec5e0d82fcff62b48fb5ea7c613dd443f757fad236f7791e1de097c818c9b00e4787";
    /// `correct horse 🦀` and twenty times `pepper`, cut at 72 bytes, by Python's bcrypt 5.0.
    const DEVISE: &str = "$2a$04$DHHccUf2mKzHWj6DbCeWZu07DG9pbrw.a7VKp3Su91WFeT4B4L9xa";
    /// By Flask-Security's way of hashing: HMAC, then libpass.
    const FLASK_SECURITY: [(&str, &str); 2] = [
        (
            "correct horse 🦀",
            "$argon2id$v=19$m=64,t=1,p=1$mr5fXAnvzSLrOQG5a7QtmQ$o3+ofNDLtgW2ks+isoepKfXK8gAJbwUK4bhPjwns1LY",
        ),
        (
            "e\u{301}",
            "$pbkdf2-sha512$1000$ydnbW6tV6p0TQsh5rxXCuA$11LzFnEthU3z6dMA/6Fs45qbu3weto7/CNPEHrX4i27DJdC6q2JWAAuI2QpZivzN/HXpypoAZiyr.2fpn5ZjBQ",
        ),
    ];

    fn argon2id() -> Scheme {
        Scheme::argon2id(COST).unwrap()
    }

    fn keep() -> Scheme {
        Scheme::keep(argon2id())
    }

    fn password(text: &str) -> Password {
        Password::new(text.to_owned())
    }

    fn hash(scheme: &Scheme, text: &str, stored: Option<&str>) -> Result<String, HashError> {
        scheme.hash(&password(text), stored, &Random::repeatable(1))
    }

    #[test]
    fn keeping_writes_what_the_row_has_and_the_default_elsewhere() {
        let family = |stored| keep().plan(stored).0.name();
        assert_eq!(family(Some(BCRYPT)), "bcrypt");
        assert_eq!(family(Some(WERKZEUG)), "werkzeug-scrypt");
        assert!(hash(&keep(), "correct horse", Some(ARGON2I)).unwrap().starts_with("$argon2i$"));
        for stored in [None, Some(""), Some("!unusable"), Some(MD5), Some("secret")] {
            assert_eq!(family(stored), "argon2id", "{stored:?}");
        }
        let django = Scheme::keep(argon2id().writing("django-pbkdf2").unwrap());
        assert_eq!(django.plan(Some(MD5)).0.name(), "django-pbkdf2");
        assert_eq!(django.plan(Some(BCRYPT)).0.name(), "bcrypt");
        assert!(hash(&keep(), "correct horse", Some(MD5)).unwrap().starts_with("$argon2id$"));
    }

    #[test]
    fn without_keeping_everybody_gets_the_one_family_as_it_is_recommended() {
        let bcrypt = argon2id().writing("bcrypt").unwrap();
        assert_eq!(bcrypt.plan(Some(WERKZEUG)).0.name(), "bcrypt");
        assert_eq!(argon2id().plan(Some(BCRYPT)).0.name(), "argon2id");
        let written = hash(&bcrypt, "correct horse", Some(BCRYPT)).unwrap();
        assert!(written.starts_with("$2b$12$"), "{written}");
        let written = hash(&argon2id(), "correct horse", Some(ARGON2I)).unwrap();
        assert!(written.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{written}");
        assert_eq!(argon2id().writing("md5").unwrap_err(), UnknownFamily("md5".into()));
    }

    #[test]
    fn every_family_can_be_written_by_its_name() {
        let names: Vec<_> = Scheme::names().collect();
        assert!(names.contains(&"argon2id") && names.contains(&"bcrypt"), "{names:?}");
        for name in names {
            assert!(argon2id().writing(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn argon2id_rows_get_the_configured_cost_whatever_new_rows_get() {
        let scheme = Scheme::keep(argon2id().writing("bcrypt").unwrap());
        let stored = hash(&argon2id(), "correct horse", None).unwrap();
        let written = hash(&scheme, "correct horse", Some(&stored)).unwrap();
        assert!(written.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{written}");
        assert!(scheme.verifies(&password("correct horse"), &written));
        assert!(!scheme.verifies(&password("correct horse"), MD5));
    }

    #[test]
    fn a62_what_bcrypt_cannot_take_is_refused_where_bcrypt_is_written() {
        let (most, more) = ("🦀".repeat(18), "🦀".repeat(18) + "x");
        let refuse = |text: &str, stored| keep().refuse(&password(text), stored);
        assert_eq!(refuse(&most, Some(BCRYPT)), None);
        assert_eq!(refuse(&more, Some(BCRYPT)), Some(Refusal::TooManyBytes { max: 72 }));
        assert_eq!(refuse("correct\0horse", Some(BCRYPT)), Some(Refusal::Nul));
        assert_eq!(refuse(&more, None), None);
        assert_eq!(refuse(&more, Some(WERKZEUG)), None);
        assert!(hash(&keep(), &more, Some(BCRYPT)).is_err());
    }

    #[test]
    fn a_pepper_is_appended_and_only_it_is_cut() {
        let pepper = Prepare::Append(Zeroizing::new("pepper".repeat(20)));
        let devise = keep().prepared(pepper);
        assert!(devise.verifies(&password("correct horse 🦀"), DEVISE));
        assert!(!devise.verifies(&password("correct horse"), DEVISE));
        assert!(!keep().verifies(&password("correct horse 🦀"), DEVISE));
        assert_eq!(devise.refuse(&password(&"x".repeat(72)), Some(DEVISE)), None);
        let refusal = devise.refuse(&password(&"x".repeat(73)), Some(DEVISE));
        assert_eq!(refusal, Some(Refusal::TooManyBytes { max: 72 }));
        assert!(!devise.verifies(&password(&"x".repeat(73)), DEVISE));
    }

    #[test]
    fn a_keyed_digest_is_hashed_in_the_passwords_place() {
        let salt = Zeroizing::new("146585145368132386173505678016728509634".to_owned());
        let flask = keep().prepared(Prepare::HmacSha512Base64(salt));
        for (typed, stored) in FLASK_SECURITY {
            assert!(flask.verifies(&password(typed), stored), "{stored}");
            assert!(!flask.verifies(&password("correct horse"), stored), "{stored}");
            assert!(!keep().verifies(&password(typed), stored), "{stored}");
        }
        let long = "🦀".repeat(64);
        assert_eq!(flask.refuse(&password(&long), Some(BCRYPT)), None);
        assert_eq!(
            (flask.max_bytes(Some(BCRYPT)), keep().max_bytes(Some(BCRYPT))),
            (None, Some(72))
        );
        let written = hash(&flask, &long, Some(BCRYPT)).unwrap();
        assert!(flask.verifies(&password(&long), &written));
        assert!(!flask.verifies(&password(&long[4..]), &written));
    }

    #[test]
    fn the_longest_is_what_is_written() {
        assert_eq!(keep().longest(None), hash(&keep(), "correct horse", None).unwrap().len());
        assert_eq!(keep().longest(Some(BCRYPT)), 60);
        assert_eq!(keep().longest(Some(WERKZEUG)), 162);
        assert_eq!(argon2id().longest(Some(WERKZEUG)), argon2id().longest(None));
    }

    #[test]
    fn debug_output_holds_nothing_of_the_pepper() {
        let scheme = keep().prepared(Prepare::Append(Zeroizing::new("c4nary".into())));
        assert!(!format!("{scheme:?}").contains("c4nary"));
    }
}
