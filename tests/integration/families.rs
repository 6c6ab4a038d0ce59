//! A56 to A59 for every family of stored passwords, each row written as it is kept.

use std::iter::zip;
use std::time::Duration;

use futures_util::future::join_all;
use regain::clock::Clock;
use regain::config::{Argon2Settings, Span};
use regain::password::{Recognised, Scheme, recognise};
use tokio::task::spawn_blocking;

use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Mail, Regain};
use crate::people::{Person, database, person};
use crate::relay::{Mode, Relay};
use crate::schemes::verifies;

const OLD: &str = "the old passphrase";
const CHANGED: &str = "changed in the settings";
const NEW: &str = "a new passphrase";

/// Every family, with [`OLD`] and [`CHANGED`] in it at costs that only a test would pay. Made by
/// argon2-cffi, Python's bcrypt, libpass, Django and Werkzeug.
const FAMILIES: [(&str, &str, &str); 14] = [
    (
        "argon2id",
        "$argon2id$v=19$m=64,t=1,p=1$FSYXQchNAE0IQGcFUZ2cbw$qbEFQ42B24DtwfIQWhtsW/Q1nXlPchWSyfFK6AUFI4I",
        "$argon2id$v=19$m=64,t=1,p=1$lP1WbH8RSEjrOYNpBX9HmQ$eBxwp8gOdPAjVHao6KE2j2DpHe6iKkdHJtMIYDN5V/o",
    ),
    (
        "bcrypt",
        "$2b$04$.QmgqBpsEksHR3/j1kRO2.cSfCcESImPT3orQ/GTowbxJZTME/cy2",
        "$2b$04$YaP3gkty3/r/IibJz7Ltley102.5enfET9HZZLQVlhWQwJJQA7CLG",
    ),
    (
        "bcrypt-2y",
        "$2y$04$AAzzs727/UWglPhtaYpYMOjNwf2nSbwNKQdfAEQ4VBy6/aLAV/lFO",
        "$2y$04$PwtHy0ADnNtruw8F4aqWSODkTXn.vhvRqu1qsk.HK78myD/JdO.KS",
    ),
    (
        "bcrypt-2a",
        "$2a$04$nCErUhilHZXuHswLxYvYyO7j2H8.CoZKkl96E0GhAf8LI/Y3eSWxm",
        "$2a$04$YRYICOZzdagrmTGWgIzJhuwEM833FyfgXTyRgHxdz2RIQHqIrykUu",
    ),
    (
        "pbkdf2-sha256",
        "$pbkdf2-sha256$1000$KMVYy3kPIWQMgXAOwVhLqQ$04SCF52fyXR58ZoOwqHTY9ds.fkSInkaAOEf7tmktGI",
        "$pbkdf2-sha256$1000$rBXCeI.RkvI.B8DYm5Myxg$mVBPQQPWdJN0T5ffWVj0JgoznEhHDZfIOrcCtM6I70c",
    ),
    (
        "pbkdf2-sha512",
        "$pbkdf2-sha512$1000$KIUQYixlDKEUwjhHKKW09g$XY77G8WOBeemo2pgGZRWXp8tDBS0HYb3i2m9n7GEKmwSIBZ7YPHzMPfpnGvbOW64zx0HVpmR9I70my1XFQl35g",
        "$pbkdf2-sha512$1000$rhWC0BqDMIYwZowxRkiJ0Q$ViiNVGAVFeCzvK5AaHJZubGAJWjILVHS/jQ3ZjTI2SYio.QvMg.rmK1A4.jh62I6LLo.4GHOSSpk6cmNT8mgkA",
    ),
    (
        "scrypt",
        "$scrypt$ln=4,r=8,p=1$2/s/57wXAkColdKac26NMQ$W4ilERf3fRItbUxpqZLV6CQqulLepYVVHnBpZpIXO9E",
        "$scrypt$ln=4,r=8,p=1$gzDG2HuPsRbiXMv5v9d6Lw$BTReoOX09v3QexgQ54wph5211ve1Jmb/f+27u3ZQmHI",
    ),
    (
        "django-pbkdf2",
        "pbkdf2_sha256$1000$PwwMtajr9XIjGygdyTXtRZ$eh531u9GR5a7kwzpYDwW+Wbis97ZW0SloAuVvYxNQd4=",
        "pbkdf2_sha256$1000$uSWs1bz6l54AstUzx3yPNo$ty9p0mip9Lyn4NgVXCvswrWAqU/ypM1hehhpzHHIOqw=",
    ),
    (
        "django-argon2",
        "argon2$argon2id$v=19$m=64,t=1,p=1$OU44a2JDTXRNRFFNYUdkMHJqRDE3Sg$NhL2kfadpOgHWXpLPBq2wSKHaJg78FaTfvf8VcULtcw",
        "argon2$argon2id$v=19$m=64,t=1,p=1$M0gzUHg0NDFxcHRZSGlTc0VVSnhrTw$wEtZ4t+EnRKWWBxYHJjFCkCpZDNgnhPq1Rl1EYJnazY",
    ),
    (
        "django-bcrypt-sha256",
        "bcrypt_sha256$$2b$04$hR2ojvCYgFCse15o1Uvk5.MQATCgcPRwCvHGBk148AyoD1DVqd726",
        "bcrypt_sha256$$2b$04$GfIZL/rYb6nh9a8o1X2Zb.mkyihRJjmoe1PNhQrNi.S0Xl3Aa63Eq",
    ),
    (
        "django-bcrypt",
        "bcrypt$$2b$04$XxAq2g0mQn8DFizchKVp/eDwRPtKtplISqGo/P1VZ39qgEOGTcXC2",
        "bcrypt$$2b$04$p16QqOKCua/aiJLUH9wHlur4uAWH/oFaR5aKzUKU2f6mQuhm2jL5e",
    ),
    (
        "django-scrypt",
        "scrypt$16$9JJhe9JOpmu2h04DCO8S7F$8$1$dWooTMl7w9oRYI17kdN54FUpUFOmQR7TXEic4kg0g/ip5RxPxkvbnd+9jnCavto3eRMvGJ9GCIbZ59n+Vtm0Pw==",
        "scrypt$16$SXBgeXyJHCxmRSNTEhFylt$8$1$BBtNIiS9/47eRtCq95p1I1O3/c7BYv6zgXNklRqUfw7kUeEs/K84DqKsYjPFc3lxN8M77Pqwzekqpsdf1mThdg==",
    ),
    (
        "werkzeug-scrypt",
        "scrypt:1024:8:1$rAHnbVFwFe1yjJYk$8249788b30869db19d0a0c1f690a801bb5ea2a2b030210fb2bc8a5004ddaffb802c60cef0bd8171f15924ea1ab25392e2ff841cc1fc8be61804dac6b6c696cd0",
        "scrypt:1024:8:1$z3uvGul3UMp4mkiR$c87b2ce6e0710eafc19aa84eb73ca4f3a7ac5b84b49c7072b34110bdde15df660f8be11098c89bb37f25772807b29bcd658789081caf410fb78de5375a017740",
    ),
    (
        "werkzeug-pbkdf2",
        "pbkdf2:sha256:1000$KC5695JnBVaRT7Ys$90b28bf5716b49c51eb4ca8a87cd4d2b6ffae5a578d44f1085f933ddbe3ae7a7",
        "pbkdf2:sha256:1000$OnT8fgH3GhJuMPRu$34b65c13826a4758e29ba6b01fd9d71c55763f96de339423e5c0a516fe868359",
    ),
];

/// What a row holds that a reset writes: the password, the stamp, and a name that it removes.
type Row = [Option<String>; 3];

/// One person for each family, and a service that keeps what their rows have.
struct People {
    users: TestDatabase,
    regain: Regain,
    relay: Option<Relay>,
}

#[test]
fn the_passwords_of_these_tests_are_of_every_family_there_is() {
    assert!(Scheme::names().eq(FAMILIES.map(|(name, ..)| name)));
    for (name, old, changed) in FAMILIES {
        let family = if name.starts_with("bcrypt") { "bcrypt" } else { name };
        assert_eq!((kind(old).0, kind(old)), (family, kind(changed)));
        assert!(verifies(old, OLD) && verifies(changed, CHANGED), "{name}");
        assert!(!verifies(old, CHANGED) && !verifies(changed, OLD), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a56_a_link_of_any_family_is_spent_by_its_use_and_by_an_ordinary_change() {
    for engine in engines() {
        let people = People::of(engine).await;
        let tokens = people.tokens().await;
        people.change(|(_, _, changed)| format!("password = '{changed}'")).await;
        let changed = people.rows().await;
        all_are(&people.complete(&tokens, NEW).await, 400, "token-invalid");
        assert_eq!(people.rows().await, changed, "{engine:?}: and nothing is written");

        let tokens = people.tokens().await;
        assert_done(&people.complete(&tokens, NEW).await);
        let done = people.rows().await;
        all_are(&people.complete(&tokens, "another passphrase").await, 400, "token-invalid");
        assert_eq!(people.rows().await, done, "{engine:?}: and nothing is written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a57_a_changed_address_or_stamp_kills_a_link_of_any_family() {
    for engine in engines() {
        let people = People::of(engine).await;
        let tokens = people.tokens().await;
        let before = people.rows().await;
        people.change(|(name, ..)| format!("email = '{name}@new.example.com'")).await;
        all_are(&people.complete(&tokens, NEW).await, 400, "token-invalid");
        assert_eq!(people.rows().await, before, "{engine:?}: and nothing is written");

        people.change(|(name, ..)| format!("email = '{}'", address(name))).await;
        for token in &tokens {
            assert_eq!(people.regain.inspect(token).await.status, 200, "{engine:?}: only for that");
        }
        people.change(|_| "recovery_stamp = 'revoked'".to_owned()).await;
        all_are(&people.complete(&tokens, NEW).await, 400, "token-invalid");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a58_the_same_password_chosen_again_is_written_anew_in_its_family_and_spends_the_link() {
    for engine in engines() {
        let people = People::of(engine).await;
        let tokens = people.tokens().await;
        assert_done(&people.complete(&tokens, OLD).await);
        let stored = people.passwords().await;
        let checks =
            stored.iter().cloned().map(|hash| spawn_blocking(move || verifies(&hash, OLD)));
        for (check, (stored, (name, old, _))) in zip(join_all(checks).await, zip(&stored, FAMILIES))
        {
            assert!(check.unwrap() && stored != old, "{engine:?} {name} {stored}");
            assert_eq!(kind(stored), kind(old), "{engine:?} {name}: the family is kept");
        }
        all_are(&people.complete(&tokens, OLD).await, 400, "token-invalid");
        assert_eq!(people.passwords().await, stored, "{engine:?}: and nothing is written");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a59_a_refused_password_or_a_write_that_fails_leaves_links_of_every_family_working() {
    for engine in engines() {
        let people = People::of(engine).await;
        let tokens = people.tokens().await;
        let before = people.rows().await;
        all_are(&people.complete(&tokens, "short").await, 422, "password-rejected");
        assert_eq!(people.rows().await, before, "{engine:?}");

        if let Some(relay) = &people.relay {
            // Nothing was written so far: no connection has this statement prepared.
            relay.set(Mode::DownFrom(b"UPDATE "));
            all_are(&people.complete(&tokens, NEW).await, 503, "busy");
            assert_eq!(relay.mode(), Mode::Down, "{engine:?}: the trouble came");
            assert_eq!(people.rows().await, before, "{engine:?}: nothing is half written");
            relay.set(Mode::Open);
            people.regain.until_ready_says("ready").await;
        }

        people.fail_once_written().await;
        // Each attempt costs a hash: where the connections were cut for all, this is for one.
        let some = if people.relay.is_some() { &tokens[..1] } else { &tokens };
        all_are(&people.complete(some, NEW).await, 503, "busy");
        assert_eq!(people.rows().await, before, "{engine:?}: nothing is half written");
        people.fail_no_more().await;

        let mails = people.regain.mails().len();
        assert_eq!(mails, FAMILIES.len(), "{engine:?}: no notice of what did not happen");
        assert_done(&people.complete(&tokens, NEW).await);
        for ((name, ..), (before, [password, stamp, gone])) in
            zip(FAMILIES, zip(before, people.rows().await))
        {
            assert!(password != before[0] && stamp != before[1], "{engine:?} {name}");
            assert_eq!(gone, None, "{engine:?} {name}: all of it is written");
        }
    }
}

impl People {
    async fn of(engine: Engine) -> Self {
        let people = FAMILIES.map(|(name, old, _)| Person {
            password: Some(old.to_owned()),
            name: Some(name.to_owned()),
            ..person(&address(name))
        });
        let users = database(engine, &people).await;
        let (relay, url) = if engine == Engine::Sqlite {
            (None, users.url.clone())
        } else {
            let (relay, url) = Relay::before_url(&users.url, Mode::Open).await;
            (Some(relay), url)
        };
        let regain = Regain::start_at(&url, Clock::system(), |settings| {
            // No family is through with hashing before the rows of the others are read.
            settings.hashing.argon2 = Argon2Settings::default();
            // They are hashed at what they cost, by as many as come, on a machine that does other things, too.
            settings.hashing.wait = Span(Duration::from_mins(1));
            let users = &mut settings.apps.get_mut("default").unwrap().users;
            "keep".clone_into(&mut users.scheme);
            users.on_reset.null = vec!["name".to_owned()];
        });
        Self { users, regain: regain.await, relay }
    }

    /// Asks for everybody and takes each token out of the mail.
    async fn tokens(&self) -> Vec<String> {
        for (name, ..) in FAMILIES {
            assert_eq!(self.regain.ask(&address(name)).await.status, 202);
        }
        self.regain.worked().await;
        let links = self.regain.links();
        let newest = |name| links.iter().rfind(|mail| mail.to == address(name)).map(Mail::token);
        FAMILIES.map(|(name, ..)| newest(name).unwrap()).into()
    }

    /// Completes all of them at the same time.
    async fn complete(&self, tokens: &[String], new_password: &str) -> Vec<Answer> {
        join_all(tokens.iter().map(|token| self.regain.complete(token, new_password))).await
    }

    /// Changes each row as the application would.
    async fn change(&self, set: impl Fn((&str, &str, &str)) -> String) {
        for (id, family) in (1..).zip(FAMILIES) {
            self.users.execute(&format!("UPDATE users SET {} WHERE id = {id}", set(family))).await;
        }
    }

    async fn rows(&self) -> Vec<Row> {
        let mut rows = vec![];
        for (id, _) in (1..).zip(FAMILIES) {
            let stored = async |column| {
                self.users.text(&format!("SELECT {column} FROM users WHERE id = {id}")).await
            };
            rows.push([
                stored("password").await,
                stored("recovery_stamp").await,
                stored("name").await,
            ]);
        }
        rows
    }

    async fn passwords(&self) -> Vec<String> {
        self.rows().await.into_iter().map(|[password, ..]| password.unwrap()).collect()
    }

    /// Makes the database give up when it has changed a row and the statement is not yet through.
    async fn fail_once_written(&self) {
        let raise = match self.users.engine {
            Engine::Sqlite => "BEGIN SELECT RAISE(ABORT, 'no'); END",
            Engine::Postgres => "EXECUTE FUNCTION no()",
            Engine::MariaDb => "SIGNAL SQLSTATE '45000'",
        };
        if self.users.engine == Engine::Postgres {
            let body = "CREATE FUNCTION no() RETURNS trigger LANGUAGE plpgsql \
                        AS $$ BEGIN RAISE EXCEPTION 'no'; END $$";
            self.users.execute(body).await;
        }
        let trigger = format!("CREATE TRIGGER no AFTER UPDATE ON users FOR EACH ROW {raise}");
        self.users.execute(&trigger).await;
    }

    async fn fail_no_more(&self) {
        let on = if self.users.engine == Engine::Postgres { " ON users" } else { "" };
        self.users.execute(&format!("DROP TRIGGER no{on}")).await;
    }
}

fn address(family: &str) -> String {
    format!("{family}@example.com")
}

fn all_are(answers: &[Answer], status: u16, code: &str) {
    for (answer, (name, ..)) in zip(answers, FAMILIES) {
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{name} {answer:?}");
    }
}

fn assert_done(answers: &[Answer]) {
    for (answer, (name, ..)) in zip(answers, FAMILIES) {
        assert_eq!(answer.status, 200, "{name} {answer:?}");
    }
}

/// The family, and what the hash begins with, which tells kinds of bcrypt apart.
fn kind(stored: &str) -> (&'static str, &str) {
    let Recognised::Strong(family) = recognise(stored) else { panic!("{stored}") };
    (family.name(), &stored[..4])
}
