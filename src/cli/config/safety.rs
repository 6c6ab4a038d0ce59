//! Settings that would make the service unsafe, or useless, are refused before it starts.

mod betty_blocks;
mod budget;
mod cloud_cms;
mod cors;
mod login;
mod password;
mod proxies;
mod structr;

use std::time::Duration;

use url::Url;

use super::address::{is_host_and_port, is_loopback, web_url};
use super::error::ConfigError;
use super::pages;
use crate::config::{
    ApplicationSettings, Argon2Settings, ConnectionSettings, HashingSettings, MOST_CONNECTIONS,
    ProviderSettings, RedisSettings, Settings, Span, UsersSettings,
};
use crate::token::Purpose;

/// The longest that tokens of a purpose may live: a mailbox is read by others sooner or later.
const fn longest_life(purpose: Purpose) -> Duration {
    match purpose {
        Purpose::PasswordReset => Duration::from_hours(24),
        Purpose::EmailConfirmation => Duration::from_hours(7 * 24),
        Purpose::Login | Purpose::Session => Duration::from_hours(1),
    }
}

/// The same for what operators have made.
const LONGEST_INVITATION: Duration = Duration::from_hours(72);

/// OWASP's password storage recommendation: KiB and passes that are equally strong, one lane each.
const ARGON2_MINIMA: [(u32, u32); 5] =
    [(47_104, 1), (19_456, 2), (12_288, 3), (9_216, 4), (7_168, 5)];

/// Most passwords that are hashed at a time: each takes a core and megabytes of memory.
const MOST_PERMITS: usize = 1024;

/// Everything that makes these settings unsafe, each with its cure.
///
/// Weak keys and what only a database or a mail server can tell are found when the service is
/// put together. Loopback is exempt from what protects against others on the way.
#[must_use]
pub fn check_safety(settings: &Settings) -> Vec<ConfigError> {
    let mut errors = doors(settings);
    errors.extend(hashing(&settings.hashing, public_urls(settings)));
    errors.extend(redis(&settings.redis));
    errors.extend(budget::check(&settings.limits, &settings.apps));
    for (name, provider) in &settings.mail.providers {
        errors.extend(mail(&format!("mail.providers.{name}"), provider));
    }
    for (name, app) in &settings.apps {
        let own = app.public_url.as_ref();
        errors.extend(
            own.and_then(|url| scheme_host_and_port(&format!("apps.{name}.public_url"), url)),
        );
        errors.extend(betty_blocks::check(name, app));
        errors.extend(links(name, app));
        errors.extend(password::check(name, app));
        errors.extend(pages::check(name, app));
        errors.extend(login::check(name, app));
        errors.extend(newest(name, app));
        errors.extend(cors::check(name, app));
        errors.extend(database(name, &app.users));
        errors.extend(writes(name, &app.users));
    }
    errors.extend(cloud_cms::check(&settings.apps));
    errors.extend(structr::check(&settings.apps));
    errors.extend(connections(&settings.connections));
    errors.extend(read_again(settings.read_again));
    errors.extend(sample(settings.traces.sample));
    if settings.queue.capacity == 0 {
        errors.push(at_least_one("queue.capacity"));
    }
    errors
}

/// Where people come in: addresses and proxies.
fn doors(settings: &Settings) -> Vec<ConfigError> {
    let mut errors = vec![];
    for (key, listen, cure) in [
        ("listen", Some(&settings.listen), "write an address and a port, say \"0.0.0.0:8080\""),
        (
            "metrics.listen",
            settings.metrics.listen.as_ref(),
            "write an address and a port, say \"0.0.0.0:9090\", or leave it out",
        ),
    ] {
        if listen.is_some_and(|listen| !is_host_and_port(listen)) {
            errors.push(ConfigError::at(key, "is not HOST:PORT", cure));
        }
    }
    errors.extend(scheme_host_and_port("public_url", &settings.public_url));
    errors.extend(proxies::check(&settings.trusted_proxies));
    errors
}

/// What would close every connection before it is of use.
fn connections(connections: &ConnectionSettings) -> Vec<ConfigError> {
    let ConnectionSettings { most, head, body, rest } = connections;
    let spans =
        [("connections.head", head), ("connections.body", body), ("connections.rest", rest)];
    let spans = spans.into_iter().filter(|(_, span)| span.0.is_zero());
    let no_time = spans.map(|(key, _)| {
        let problem = "is no time at all, so nobody would be answered";
        ConfigError::at(key, problem, "leave it out, or write some seconds, say \"10s\"")
    });
    no_time.chain((*most == 0).then(|| at_least_one("connections.most"))).collect()
}

/// Files are looked at, and no more is done than that.
fn read_again(every: Span) -> Option<ConfigError> {
    let often = every.0 < Duration::from_millis(100);
    often.then(|| ConfigError::at("read_again", "must be at least 100ms", "leave it out for 10s"))
}

/// A share of all traces.
fn sample(sample: f64) -> Option<ConfigError> {
    let cure = "write 1.0 for all of them, 0.1 for a tenth";
    let none = !(0.0..=1.0).contains(&sample);
    none.then(|| ConfigError::at("traces.sample", "is no share between 0 and 1", cure))
}

/// Every URL that people come in by.
fn public_urls(settings: &Settings) -> impl Iterator<Item = &str> {
    let own = settings.apps.values().filter_map(|app| app.public_url.as_deref());
    own.chain([settings.public_url.as_str()])
}

/// What is wrong with where people reach us, if anything is.
fn scheme_host_and_port(key: &str, text: &str) -> Option<ConfigError> {
    let at = |problem, cure| Some(ConfigError::at(key, problem, cure));
    let bare = |url: &Url| url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    match web_url(text) {
        Some(url) if !bare(&url) => at(
            "holds more than scheme, host and port",
            "write it like \"https://accounts.example.com\"",
        ),
        Some(url) if url.scheme() == "http" && !is_loopback(&url) => at(
            "is http off loopback: every link could be read on the way",
            "write https:// (TLS ends at your ingress), or use 127.0.0.1 to try things out",
        ),
        Some(_) => None,
        None => at("is not an http(s) URL", "write it like \"https://accounts.example.com\""),
    }
}

fn hashing<'a>(
    hashing: &HashingSettings,
    mut public_urls: impl Iterator<Item = &'a str>,
) -> Vec<ConfigError> {
    let mut errors = vec![];
    let Argon2Settings { memory_kib, iterations, parallelism } = hashing.argon2;
    let enough = ARGON2_MINIMA.iter().any(|(m, t)| memory_kib >= *m && iterations >= *t);
    let at_home = public_urls.all(|url| web_url(url).is_some_and(|url| is_loopback(&url)));
    if !enough && !at_home {
        let problem = "is weaker than OWASP's minimum: stolen hashes could be guessed";
        let cure = "leave it out for memory_kib = 19456, iterations = 2, or take (47104, 1), \
                    (12288, 3), (9216, 4) or (7168, 5)";
        errors.push(ConfigError::at("hashing.argon2", problem, cure));
    }
    for (key, value) in [
        ("hashing.permits", hashing.permits),
        ("hashing.per_application", hashing.per_application),
        ("hashing.argon2.parallelism", Some(parallelism as usize)),
    ] {
        if value == Some(0) {
            errors.push(at_least_one(key));
        }
    }
    for (key, value) in
        [("hashing.permits", hashing.permits), ("hashing.per_application", hashing.per_application)]
    {
        if value.is_some_and(|value| value > MOST_PERMITS) {
            let problem = "is more than any machine hashes at a time";
            let cure = format!("write 1 to {MOST_PERMITS}, or leave it out");
            errors.push(ConfigError::at(key, problem, cure));
        }
    }
    errors
}

/// What the URL itself says is looked at where it is read: it may be in a file.
fn redis(redis: &RedisSettings) -> Option<ConfigError> {
    let good = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
    let usable = (1..=64).contains(&redis.prefix.len()) && redis.prefix.chars().all(good);
    (!usable).then(|| {
        let cure = "use A-Z, a-z, 0-9, `-`, `_`, `.` and `:`, 64 at most";
        ConfigError::at("redis.prefix", "cannot begin the name of a key", cure)
    })
}

fn lifetime(app: &ApplicationSettings, purpose: Purpose) -> Duration {
    let said = app.lifetimes.of(purpose).and_then(|(_, span)| span);
    said.map_or_else(|| purpose.lifetime(), |span| span.0)
}

fn mail(at: &str, provider: &ProviderSettings) -> Vec<ConfigError> {
    let mut errors = vec![];
    let key = format!("{at}.url");
    let url = Url::parse(&provider.url).ok();
    let scheme = url.as_ref().map_or("", Url::scheme);
    let host = url.as_ref().is_some_and(|url| url.host_str().is_some_and(|host| !host.is_empty()));
    let problem = match scheme {
        "smtps" | "smtp+starttls" | "smtp" if !host => Some("names no host"),
        "smtp" if !url.as_ref().is_some_and(is_loopback) => {
            Some("is plain SMTP off loopback: every link could be read on the way")
        }
        "smtps" | "smtp+starttls" | "smtp" | "file" | "outbox" => None,
        _ => Some("is not the URL of a mail server"),
    };
    if let Some(problem) = problem {
        let cure = "write smtp+starttls://user@host:587, smtps://user@host:465 or file:///folder";
        errors.push(ConfigError::at(&key, problem, cure));
    }
    let named = url.as_ref().is_some_and(|url| !url.username().is_empty());
    if url.as_ref().is_some_and(|url| url.password().is_some()) {
        let cure = format!("move it to {at}.password");
        errors.push(ConfigError::at(&key, "holds a password, and URLs get printed", cure));
    } else if named && scheme.starts_with("smtp") && provider.password.is_none() {
        let cure = "add password = { file = \"/run/secrets/smtp/password\" } below it, or take the \
                    user out where the server wants no login";
        errors.push(ConfigError::at(&key, "names a user, and there is no `password`", cure));
    }
    if provider.timeout.0.is_zero() {
        let problem = "is 0, so no answer would ever come in time and no mail could go";
        let cure = "write it like \"10s\", or leave it out";
        errors.push(ConfigError::at(format!("{at}.timeout"), problem, cure));
    }
    if provider.connections == 0 {
        errors.push(at_least_one(&format!("{at}.connections")));
    }
    if provider.per_hour == Some(0) {
        errors.push(at_least_one(&format!("{at}.per_hour")));
    }
    errors
}

fn links(name: &str, app: &ApplicationSettings) -> Vec<ConfigError> {
    let mut errors = vec![];
    for purpose in Purpose::ALL {
        errors.extend(link(name, app, purpose));
        errors.extend(life(name, app, purpose));
    }
    errors.extend(invitation_life(name, app));
    if app.mail.per_hour == 0 {
        errors.push(at_least_one(&format!("apps.{name}.mail.per_hour")));
    }
    errors
}

/// What the newest link is, the row has to tell.
fn newest(name: &str, app: &ApplicationSettings) -> Option<ConfigError> {
    let nowhere = app.newest_link_wins && app.users.recovery_stamp.is_none();
    nowhere.then(|| {
        let problem =
            "needs a column of Regain's own in the users table, which tells the newest link";
        let cure = format!(
            "add recovery_stamp VARCHAR(80) to the table and recovery_stamp = \"recovery_stamp\" \
             under [apps.{name}.users], or write false"
        );
        ConfigError::at(format!("apps.{name}.newest_link_wins"), problem, cure)
    })
}

fn link(name: &str, app: &ApplicationSettings, purpose: Purpose) -> Option<ConfigError> {
    let (key, pattern) = app.links.of(purpose)?;
    let pattern = pattern?;
    let filled = |with: &str| web_url(&pattern.replace("{token}", with));
    let host = |with: &str| filled(with).and_then(|url| url.host_str().map(str::to_owned));
    let problem = match filled("t") {
        None => "is not an http(s) URL",
        _ if pattern.matches("{token}").count() != 1 => "must hold {token} once",
        _ if host("t") != host("u") => "would tell the token to name servers",
        Some(url) if url.scheme() == "http" && !is_loopback(&url) => {
            "is http off loopback: the token could be read on the way"
        }
        Some(_) => return None,
    };
    let page =
        purpose.page().map_or("link", |page| if page == "reset" { "new-password" } else { page });
    let cure = format!("write it like \"https://app.example.com/{page}#{{token}}\"");
    Some(ConfigError::at(format!("apps.{name}.links.{key}"), problem, cure))
}

fn life(name: &str, app: &ApplicationSettings, purpose: Purpose) -> Option<ConfigError> {
    let (key, _) = app.lifetimes.of(purpose)?;
    let (life, longest) = (lifetime(app, purpose), longest_life(purpose));
    (life.as_secs() == 0 || life > longest).then(|| {
        let problem = format!("must be at least one second and at most {}", Span(longest));
        let cure = format!("leave it out for {}", Span(purpose.lifetime()));
        ConfigError::at(format!("apps.{name}.lifetimes.{key}"), problem, cure)
    })
}

fn invitation_life(name: &str, app: &ApplicationSettings) -> Option<ConfigError> {
    let life = app.lifetimes.invitation?.0;
    (life.as_secs() == 0 || life > LONGEST_INVITATION).then(|| {
        let longest = Span(LONGEST_INVITATION);
        let problem = format!("must be at least one second and at most {longest}");
        let cure = format!("leave it out for {longest}");
        ConfigError::at(format!("apps.{name}.lifetimes.invitation"), problem, cure)
    })
}

/// More than there are would be taken for all, and none for one.
fn database(name: &str, users: &UsersSettings) -> Option<ConfigError> {
    let there_are = 1..=MOST_CONNECTIONS;
    users.connections.filter(|said| !there_are.contains(said)).map(|_| {
        let key = format!("apps.{name}.users.connections");
        let problem =
            format!("is out of range: a process has {MOST_CONNECTIONS} connections to a database");
        ConfigError::at(key, problem, format!("write 1 to {MOST_CONNECTIONS}, or leave it out"))
    })
}

/// Columns that frameworks keep sessions in. As a stamp, asking for a link would log people out.
const SESSION_COLUMNS: [&str; 5] =
    ["remember_token", "fs_uniquifier", "session_token", "authentication_token", "auth_token"];

/// What a reset writes beside the password must not undo what it rests on.
fn writes(name: &str, users: &UsersSettings) -> Vec<ConfigError> {
    let at = |key: &str| format!("apps.{name}.users.{key}");
    let mut errors = vec![];
    let stamp = users.recovery_stamp.as_deref();
    let of_sessions =
        stamp.is_some_and(|stamp| SESSION_COLUMNS.iter().any(|it| stamp.eq_ignore_ascii_case(it)));
    if of_sessions {
        let cure = "add a text column of its own to the table, say recovery_stamp VARCHAR(80)";
        let problem = "is a column of the application's sessions: renewing it would log people out";
        errors.push(ConfigError::at(at("recovery_stamp"), problem, cure));
    }
    let on_reset = &users.on_reset;
    let lists = [&on_reset.null, &on_reset.now, &on_reset.random, &on_reset.increment];
    let columns = on_reset.set.keys().chain(lists.into_iter().flatten());
    let mut seen: Vec<&str> = [&users.id, &users.email, &users.password].map(String::as_str).into();
    seen.extend(users.recovery_email.iter().map(|email| email.column.as_str()));
    seen.extend(users.mfa.iter().map(String::as_str));
    let confirms = [
        ("reset_confirms", users.reset_confirms),
        ("invitation_confirms", users.invitation_confirms),
    ];
    let confirms = confirms.into_iter().find_map(|(key, confirms)| confirms.then_some(key));
    let confirmed = users.confirmed.as_ref().zip(confirms);
    seen.extend(confirmed.map(|(condition, _)| condition.column()));
    if let Some((_, key)) = confirmed.filter(|(condition, _)| !condition.can_be_made()) {
        let problem = "would write over a value that `confirmed` has not on its list";
        let cure = "leave it out, or map a column that is true, a time or NULL";
        errors.push(ConfigError::at(at(key), problem, cure));
    }
    if stamp.is_some_and(|stamp| seen.iter().any(|known| known.eq_ignore_ascii_case(stamp))) {
        let problem = "is a column that Regain reads or writes for something else";
        let cure = "add a text column of its own to the table, say recovery_stamp VARCHAR(80)";
        errors.push(ConfigError::at(at("recovery_stamp"), problem, cure));
    }
    seen.extend(stamp.filter(|_| !of_sessions));
    for column in columns {
        // Of some engines, names that differ by case mean one column.
        if seen.iter().any(|known| known.eq_ignore_ascii_case(column)) {
            let problem = format!("writes {column:?} twice, or it is a column that Regain keeps");
            errors.push(ConfigError::at(at("on_reset"), problem, "name each column once"));
        }
        seen.push(column);
    }
    errors
}

fn at_least_one(key: &str) -> ConfigError {
    ConfigError::at(key, "is 0, so nothing would ever be done", "write 1 or more, or leave it out")
}
