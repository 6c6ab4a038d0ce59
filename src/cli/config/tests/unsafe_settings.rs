//! Invariant 9: what would make the service unsafe keeps it from starting.

use insta::assert_snapshot;

use super::{GOOD, changed, load_with, mistakes, with};

const PUBLIC: &str = "https://accounts.example.com";

#[test]
fn an_http_public_url_is_refused_off_loopback() {
    assert_snapshot!(changed(PUBLIC, "http://accounts.example.com"), @r#"
    regain.toml:1:1: `public_url` is http off loopback: every link could be read on the way
        write https:// (TLS ends at your ingress), or use 127.0.0.1 to try things out
    "#);
}

#[test]
fn an_http_public_url_will_do_on_loopback() {
    for url in ["http://127.0.0.1:8080", "http://localhost:8080/", "http://[::1]:8080"] {
        assert!(load_with(&GOOD.replace(PUBLIC, url), &[]).is_ok(), "{url}");
    }
}

#[test]
fn a_public_url_is_scheme_host_and_port() {
    assert_snapshot!(changed(PUBLIC, "https://accounts.example.com/regain"), @r#"
    regain.toml:1:1: `public_url` holds more than scheme, host and port
        write it like "https://accounts.example.com"
    "#);
    assert_snapshot!(changed(PUBLIC, "accounts.example.com"), @r#"
    regain.toml:1:1: `public_url` is not an http(s) URL
        write it like "https://accounts.example.com"
    "#);
    for url in ["https://me@accounts.example.com", "ftp://accounts.example.com", "https://"] {
        assert!(changed(PUBLIC, url).contains("is not an http(s) URL"), "{url}");
    }
}

#[test]
fn a_public_url_of_an_applications_own_is_looked_at_as_that_of_the_service() {
    let own = |url: &str| with("apps.default", &format!("public_url = \"{url}\""));
    assert_snapshot!(own("http://login.example.com"), @r#"
    regain.toml:8:1: `apps.default.public_url` is http off loopback: every link could be read on the way
        write https:// (TLS ends at your ingress), or use 127.0.0.1 to try things out
    "#);
    assert_snapshot!(own("https://login.example.com/a"), @r#"
    regain.toml:8:1: `apps.default.public_url` holds more than scheme, host and port
        write it like "https://accounts.example.com"
    "#);
    assert_snapshot!(own("login.example.com"), @r#"
    regain.toml:8:1: `apps.default.public_url` is not an http(s) URL
        write it like "https://accounts.example.com"
    "#);
    for url in ["https://login.example.com:8443", "http://localhost:8080/"] {
        let line = format!("[apps.default]\npublic_url = \"{url}\"\n");
        assert!(load_with(&GOOD.replace("[apps.default]\n", &line), &[]).is_ok(), "{url}");
    }
}

#[test]
fn listening_needs_a_host_and_a_port() {
    assert_snapshot!(with("", "listen = \"8080\""), @r#"
    regain.toml:1:1: `listen` is not HOST:PORT
        write an address and a port, say "0.0.0.0:8080"
    "#);
    assert_snapshot!(with("", "metrics = { listen = \"9090\" }"), @r#"
    regain.toml:1:13: `metrics.listen` is not HOST:PORT
        write an address and a port, say "0.0.0.0:9090", or leave it out
    "#);
}

#[test]
fn proxies_are_networks_and_not_everybody() {
    assert_snapshot!(with("", "trusted_proxies = [\"10.0.0.1\"]"), @r#"
    regain.toml:1:1: `trusted_proxies` holds what is not a network
        write networks like "10.0.3.0/28", or "10.0.3.7/32" for one address
    "#);
    assert_snapshot!(with("", "trusted_proxies = [\"10.0.0.0/8\", \"0.0.0.0/0\"]"), @r#"
    regain.toml:1:1: `trusted_proxies` believes everybody: anyone could pass for any client
        name only the networks that your proxies are in
    "#);
}

fn proxies(network: &str) -> String {
    with("", &format!("trusted_proxies = [\"{network}\"]"))
}

#[test]
fn a51_a_network_of_proxies_is_none_that_strangers_are_in() {
    assert_snapshot!(proxies("0.0.0.0/1"), @r#"
    regain.toml:1:1: `trusted_proxies` believes a network that strangers are in: each of them could pass for any client
        name only the networks that your proxies are in: /8 is the widest, of public IPv6 /16
    "#);
    let wide = proxies("0.0.0.0/1");
    for network in ["128.0.0.0/1", "8.0.0.0/5", "10.0.0.0/7", "::/1", "2000::/3", "2a00::/11"] {
        assert_eq!(proxies(network), wide, "{network}");
    }
    for network in ["fc00::/6", "fe80::/9", "2a00::/15"] {
        assert_eq!(proxies(network), wide, "{network}");
    }
    for network in
        ["10.0.0.0/8", "127.0.0.1/32", "fc00::/7", "fd00::/8", "fe80::/10", "2a00::/16", "::1/128"]
    {
        let file = format!("trusted_proxies = [\"{network}\"]\n{GOOD}");
        assert!(load_with(&file, &[]).is_ok(), "{network}");
    }
}

#[test]
fn a51_a_network_of_ipv4_that_is_written_as_one_of_ipv6_is_none_that_a_proxy_is_found_in() {
    assert_snapshot!(proxies("::ffff:10.0.0.0/104"), @r#"
    regain.toml:1:1: `trusted_proxies` writes an IPv4 network as one of IPv6, in which no proxy would ever be found
        write it as IPv4: "10.0.3.0/28" for "::ffff:10.0.3.0/124"
    "#);
    let mapped = proxies("::ffff:10.0.0.0/104");
    for network in ["::ffff:10.0.3.7/128", "::ffff:0:0/96", "::ffff:10.0.0.0/95", "::/64"] {
        assert_eq!(proxies(network), mapped, "{network}");
    }
}

#[test]
fn what_is_traced_is_a_share() {
    assert_snapshot!(with("", "traces.sample = 1.5"), @r#"
    regain.toml:1:8: `traces.sample` is no share between 0 and 1
        write 1.0 for all of them, 0.1 for a tenth
    "#);
    for sample in ["-0.1", "nan"] {
        let refused = with("", &format!("traces.sample = {sample}"));
        assert!(refused.contains("no share between 0 and 1"), "{refused}");
    }
}

#[test]
fn a_link_pattern_holds_the_token_once_and_is_https() {
    let links =
        |pattern: &str| with("apps.default", &format!("links.password_reset = \"{pattern}\""));
    assert_snapshot!(links("https://app.example.com/new"), @r#"
    regain.toml:8:7: `apps.default.links.password_reset` must hold {token} once
        write it like "https://app.example.com/new-password#{token}"
    "#);
    assert_snapshot!(links("http://app.example.com/new#{token}"), @r#"
    regain.toml:8:7: `apps.default.links.password_reset` is http off loopback: the token could be read on the way
        write it like "https://app.example.com/new-password#{token}"
    "#);
    assert_snapshot!(links("javascript:alert('{token}')"), @r#"
    regain.toml:8:7: `apps.default.links.password_reset` is not an http(s) URL
        write it like "https://app.example.com/new-password#{token}"
    "#);
    assert_snapshot!(links("https://{token}.example.com/"), @r#"
    regain.toml:8:7: `apps.default.links.password_reset` would tell the token to name servers
        write it like "https://app.example.com/new-password#{token}"
    "#);
    for good in ["https://app.example.com/#{token}", "http://localhost:3000/new?token={token}"] {
        let line = format!("[apps.default]\nlinks.password_reset = \"{good}\"\n");
        assert!(load_with(&GOOD.replace("[apps.default]\n", &line), &[]).is_ok(), "{good}");
    }
}

#[test]
fn a_link_lives_a_while_and_not_for_days() {
    let lifetime =
        |span: &str| with("apps.default", &format!("lifetimes.password_reset = \"{span}\""));
    assert_snapshot!(lifetime("2d"), @r#"
    regain.toml:8:11: `apps.default.lifetimes.password_reset` must be at least one second and at most 1d
        leave it out for 30m
    "#);
    assert_snapshot!(lifetime("0s"), @r#"
    regain.toml:8:11: `apps.default.lifetimes.password_reset` must be at least one second and at most 1d
        leave it out for 30m
    "#);
}

#[test]
fn an_invitation_lives_for_three_days_at_most() {
    let invitation = with("apps.default", "lifetimes.invitation = \"73h\"");
    assert_snapshot!(invitation, @r#"
    regain.toml:8:11: `apps.default.lifetimes.invitation` must be at least one second and at most 3d
        leave it out for 3d
    "#);
    for good in ["72h", "1h"] {
        let line = format!("[apps.default]\nlifetimes.invitation = \"{good}\"\n");
        assert!(load_with(&GOOD.replace("[apps.default]\n", &line), &[]).is_ok(), "{good}");
    }
}

#[test]
fn a_mailbox_always_holds_a_live_link() {
    assert_snapshot!(with("", "limits.mails_per_account = \"2/h\""), @r#"
    regain.toml:1:8: `limits.mails_per_account` gives one mail back in 30m, but the shortest link lives 30m: a mailbox could be left without a live link
        allow more mails, say "3/h", or let links live longer
    "#);
    assert_snapshot!(with("apps.default", "lifetimes.password_reset = \"10m\""), @r#"
    regain.toml:8:11: `apps.default.lifetimes.password_reset` is 10m, but an account's next mail may come after 20m: a mailbox could be left without a live link
        write more than 20m, or limits.mails_per_account = "7/h"
    "#);
    for (lifetime, enough) in [("20m", "4/h"), ("15m", "5/h"), ("1s", "3601/h")] {
        let lifetime = format!("lifetimes.password_reset = \"{lifetime}\"\n");
        let short = GOOD.replace("[apps.default]\n", &format!("[apps.default]\n{lifetime}"));
        assert!(mistakes(&short).contains(&format!("= \"{enough}\"")), "{enough}");
        let rate = |rate: &str| format!("limits.mails_per_account = \"{rate}\"\n{short}");
        assert!(load_with(&rate(enough), &[]).is_ok(), "{enough}");
    }
    let unlimited = format!("limits = {{ enabled = false, mails_per_account = \"1/d\" }}\n{GOOD}");
    assert!(load_with(&unlimited, &[]).is_ok());
}

#[test]
fn a_mailbox_holds_a_live_link_where_an_application_has_limits_of_its_own() {
    assert_snapshot!(with("apps.default", "limits.mails_per_account = \"2/h\""), @r#"
    regain.toml:8:8: `apps.default.limits.mails_per_account` gives one mail back in 30m, but the shortest link lives 30m: a mailbox could be left without a live link
        allow more mails, say "3/h", or let links live longer
    "#);
    let short = "lifetimes.password_reset = \"10m\"\nlimits.mails_per_account = \"6/h\"";
    assert_snapshot!(with("apps.default", short), @r#"
    regain.toml:9:8: `apps.default.limits.mails_per_account` gives one mail back in 10m, but the shortest link lives 10m: a mailbox could be left without a live link
        allow more mails, say "7/h", or let links live longer
    "#);
    let enough = short.replace("6/h", "7/h");
    let good = |common: &str| {
        let text = GOOD.replace("[apps.default]\n", &format!("[apps.default]\n{enough}\n"));
        load_with(&format!("{common}\n{text}"), &[]).is_ok()
    };
    assert!(good(""), "what holds for the others does not hold for it");
    assert!(good("limits.mails_per_account = \"1/d\""));
}

#[test]
fn argon2_is_no_weaker_than_owasp_says_save_on_loopback() {
    let weak = "hashing.argon2 = { memory_kib = 8, iterations = 1 }\n";
    assert_snapshot!(with("", weak), @r#"
    regain.toml:1:9: `hashing.argon2` is weaker than OWASP's minimum: stolen hashes could be guessed
        leave it out for memory_kib = 19456, iterations = 2, or take (47104, 1), (12288, 3), (9216, 4) or (7168, 5)
    "#);
    let on_loopback = format!("{weak}{}", GOOD.replace(PUBLIC, "http://127.0.0.1:8080"));
    assert!(load_with(&on_loopback, &[]).is_ok());
    let own = format!("[apps.default]\npublic_url = \"{PUBLIC}\"\n");
    let one_elsewhere = on_loopback.replace("[apps.default]\n", &own);
    assert!(mistakes(&one_elsewhere).contains("`hashing.argon2` is weaker"));
    for (memory, passes, good) in [
        (47_104, 1, true),
        (19_456, 2, true),
        (12_288, 3, true),
        (9_216, 4, true),
        (7_168, 5, true),
        (47_103, 1, false),
        (19_455, 2, false),
        (7_167, 9, false),
        (65_536, 0, false),
    ] {
        let cost = format!("hashing.argon2 = {{ memory_kib = {memory}, iterations = {passes} }}");
        assert_eq!(load_with(&format!("{cost}\n{GOOD}"), &[]).is_ok(), good, "{cost}");
    }
}

#[test]
fn policies_follow_nist_and_refuse_what_is_common() {
    let password = |lengths: &str| with("apps.default", &format!("password = {{ {lengths} }}"));
    assert_snapshot!(password("min_length = 7"), @r#"
    regain.toml:8:14: `apps.default.password.min_length` lets passwords be too short (NIST SP 800-63B-4 §3.1.1.2)
        write 8 or more; 15 is better
    "#);
    assert_snapshot!(password("max_length = 63"), @r#"
    regain.toml:8:14: `apps.default.password.max_length` must let people use long passwords, but not without end
        write 64 to 1024
    "#);
    assert_snapshot!(password("max_length = 1025"), @r#"
    regain.toml:8:14: `apps.default.password.max_length` must let people use long passwords, but not without end
        write 64 to 1024
    "#);
    assert_snapshot!(password("min_length = 100, max_length = 64"), @r#"
    regain.toml:8:14: `apps.default.password.min_length` is more than max_length: no password would do
        write 8 to 15
    "#);
    assert_snapshot!(password("min_strength = 1"), @r#"
    regain.toml:8:14: `apps.default.password.min_strength` is not on the scale, or so little that the most common passwords would do
        write 2, 3 or 4; 3 if left out
    "#);
    assert_eq!(password("min_strength = 5"), password("min_strength = 1"));
    let slow = "breaches = { url = 'https://breaches.example.com/', timeout = '11s' }";
    assert_snapshot!(password(slow), @r"
    regain.toml:8:66: `apps.default.password.breaches.timeout` is longer than people wait for a page
        write 10s or less, but more than 0; 1s if left out
    ");
    assert_snapshot!(password(&slow.replace("11s", "0s")), @r#"
    regain.toml:8:66: `apps.default.password.breaches.timeout` is 0, so no answer would ever come in time
        write 10s or less, but more than 0; 1s if left out
    "#);
    assert_snapshot!(password("breaches = { url = 'https://h.example', on_failure = 'maybe' }"), @r#"
    regain.toml:8:67: `apps.default.password.breaches.on_failure` must be `allow` or `refuse`
        write it like on_failure = "allow"
    "#);
    assert_snapshot!(password("profile = 'nits'"), @r#"
    regain.toml:8:24: `apps.default.password.profile` must be `nist`
        write it like profile = "nist"
    "#);
    let shortest = |said: &str| {
        let said = format!("[apps.default]\npassword = {{ {said} }}\n");
        let settings = load_with(&GOOD.replace("[apps.default]\n", &said), &[]);
        settings.unwrap_or_else(|errors| panic!("{errors}")).apps["default"].password.shortest()
    };
    assert_eq!(shortest("profile = 'nist'"), 15);
    assert_eq!(shortest("profile = 'nist', min_length = 20"), 20);
    assert_eq!(shortest("profile = 'nist', min_length = 8"), 15);
    assert_eq!(shortest("min_strength = 2"), 8);
}

#[test]
fn plain_smtp_stays_on_loopback() {
    let smtp = |url: &str| changed("smtps://mail.example.com:465", url);
    assert_snapshot!(smtp("smtp://mail.example.com:25"), @r#"
    regain.toml:6:1: `mail.providers.main.url` is plain SMTP off loopback: every link could be read on the way
        write smtp+starttls://user@host:587, smtps://user@host:465 or file:///folder
    "#);
    assert_snapshot!(smtp("mail.example.com"), @r#"
    regain.toml:6:1: `mail.providers.main.url` is not the URL of a mail server
        write smtp+starttls://user@host:587, smtps://user@host:465 or file:///folder
    "#);
    assert_snapshot!(smtp("smtps:"), @r#"
    regain.toml:6:1: `mail.providers.main.url` names no host
        write smtp+starttls://user@host:587, smtps://user@host:465 or file:///folder
    "#);
    for url in ["smtp://127.0.0.1:1025", "smtp://localhost:1025", "file:///var/mail", "outbox:"] {
        let file = GOOD.replace("smtps://mail.example.com:465", url);
        assert!(load_with(&file, &[]).is_ok(), "{url}");
    }
}

#[test]
fn a_password_stays_out_of_urls() {
    assert_snapshot!(changed("smtps://", "smtps://mailer:pass@"), @r#"
    regain.toml:6:1: `mail.providers.main.url` holds a password, and URLs get printed
        move it to mail.providers.main.password
    "#);
}

#[test]
fn a_user_of_a_mail_server_has_a_password() {
    assert_snapshot!(changed("smtps://", "smtps://mailer@"), @r#"
    regain.toml:6:1: `mail.providers.main.url` names a user, and there is no `password`
        add password = { file = "/run/secrets/smtp/password" } below it, or take the user out where the server wants no login
    "#);
    let file = GOOD.replace("smtps://", "smtps://mailer@");
    let password = [("REGAIN_MAIL__PROVIDERS__MAIN__PASSWORD", "s3cret")];
    assert!(load_with(&file, &password).is_ok(), "it may come from elsewhere");
}

#[test]
fn nothing_that_must_happen_is_set_to_nought() {
    assert_snapshot!(with("", "queue.capacity = 0\nhashing.permits = 0"), @r#"
    regain.toml:2:9: `hashing.permits` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    regain.toml:1:7: `queue.capacity` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    "#);
    assert_snapshot!(with("", "connections = { most = 0, rest = \"0s\" }"), @r#"
    regain.toml:1:27: `connections.rest` is no time at all, so nobody would be answered
        leave it out, or write some seconds, say "10s"
    regain.toml:1:17: `connections.most` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    "#);
    assert_snapshot!(with("mail.providers.main", "connections = 0"), @r#"
    regain.toml:6:1: `mail.providers.main.connections` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    "#);
    assert_snapshot!(with("mail.providers.main", "timeout = \"0s\""), @r#"
    regain.toml:6:1: `mail.providers.main.timeout` is 0, so no answer would ever come in time and no mail could go
        write it like "10s", or leave it out
    "#);
    assert_snapshot!(with("mail.providers.main", "per_hour = 0"), @r#"
    regain.toml:6:1: `mail.providers.main.per_hour` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    "#);
    assert_snapshot!(changed("from = ", "per_hour = 0, from = "), @r#"
    regain.toml:9:29: `apps.default.mail.per_hour` is 0, so nothing would ever be done
        write 1 or more, or leave it out
    "#);
}

#[test]
fn what_could_not_be_held_to_is_refused_and_not_cut_down() {
    assert_snapshot!(with("", "hashing = { permits = 1025, per_application = 2305843009213693952 }"), @r#"
    regain.toml:1:13: `hashing.permits` is more than any machine hashes at a time
        write 1 to 1024, or leave it out
    regain.toml:1:29: `hashing.per_application` is more than any machine hashes at a time
        write 1 to 1024, or leave it out
    "#);
    for good in [1, 1024] {
        let hashing = format!("hashing = {{ permits = {good}, per_application = {good} }}\n{GOOD}");
        assert!(load_with(&hashing, &[]).is_ok(), "{good}");
    }
    let connections = |count: u32| format!("[apps.default.users]\nconnections = {count}\n");
    let connections = |count| GOOD.replace("[apps.default.users]\n", &connections(count));
    assert_snapshot!(mistakes(&connections(0)), @r#"
    regain.toml:11:1: `apps.default.users.connections` is out of range: a process has 10 connections to a database
        write 1 to 10, or leave it out
    "#);
    assert_eq!(mistakes(&connections(11)), mistakes(&connections(0)));
    for good in [1, 10] {
        assert!(load_with(&connections(good), &[]).is_ok(), "{good}");
    }
}

#[test]
fn the_prefix_of_keys_in_redis_is_plain_text() {
    assert_snapshot!(with("", "redis.prefix = \"a b\""), @r#"
    regain.toml:1:7: `redis.prefix` cannot begin the name of a key
        use A-Z, a-z, 0-9, `-`, `_`, `.` and `:`, 64 at most
    "#);
    for good in ["regain", "shop:staging_2.regain-a"] {
        let file = format!("{GOOD}\n[redis]\nprefix = \"{good}\"\n");
        assert!(load_with(&file, &[]).is_ok(), "{good}");
    }
}

#[test]
fn the_newest_link_wins_only_where_the_row_tells_which_it_is() {
    let newest = with("apps.default", "newest_link_wins = true");
    assert_snapshot!(newest, @r#"
    regain.toml:8:1: `apps.default.newest_link_wins` needs a column of Regain's own in the users table, which tells the newest link
        add recovery_stamp VARCHAR(80) to the table and recovery_stamp = "recovery_stamp" under [apps.default.users], or write false
    "#);
    let stamp =
        GOOD.replace("[apps.default.users]\n", "[apps.default.users]\nrecovery_stamp = \"s\"\n");
    let text = stamp.replace("[apps.default]\n", "[apps.default]\nnewest_link_wins = true\n");
    assert!(load_with(&text, &[]).is_ok());
}

#[test]
fn a_reset_writes_over_no_state_that_may_mean_something_and_nothing_twice() {
    for confirms in ["reset_confirms", "invitation_confirms"] {
        let confirmed = |condition: &str, more: &str| {
            let line = format!("confirmed = {condition}\n{confirms} = true{more}");
            with("apps.default.users", &line)
        };
        let banned = confirmed("{ column = \"status\", in = [\"ok\"] }", "");
        let said = format!("{confirms}` would write over a value that");
        assert!(banned.contains(&said), "{banned}");
        let condition = "{ column = \"at\", is = \"not-null\" }";
        let twice = confirmed(condition, "\non_reset.now = [\"at\"]");
        assert!(twice.contains("on_reset` writes \"at\" twice"), "{twice}");
    }
}
