//! Applications under hosts of their own.

use regain::config::Compat;
use regain::http::routes;
use serde_json::json;

use super::{ADA, beside, complete, everything, without_reference};
use crate::databases::{Engine, TestDatabase};
use crate::harness::{Answer, Regain, answer};
use crate::people::{database, person};

const SHOP: &str = "https://login.shop.example";
const BANK: &str = "https://bank.example:8443";

/// `default` under the service's own URL on loopback, the others under their own.
async fn running() -> (TestDatabase, Regain) {
    let users = database(Engine::Sqlite, &[person(ADA)]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        beside(settings, "shop").public_url = Some(SHOP.to_owned());
        beside(settings, "bank").public_url = Some(format!("{BANK}/"));
        everything(settings);
        let shop = settings.apps.get_mut("shop").unwrap();
        shop.compat.insert(Compat::Structr);
        shop.return_to.push(format!("{SHOP}/"));
    })
    .await;
    (users, regain)
}

async fn get_at(regain: &Regain, host: &str, path: &str) -> Answer {
    without_reference(
        answer(regain.http.get(format!("{}{path}", regain.url)).header("host", host)).await,
    )
}

fn host_of(url: &str) -> &str {
    url.rsplit('/').next().unwrap()
}

#[tokio::test]
async fn a01_a02_links_are_under_the_applications_own_url_whatever_host_is_asked() {
    let (_users, regain) = running().await;
    for (app, url) in [("default", regain.url.as_str()), ("shop", SHOP), ("bank", BANK)] {
        for (name, host) in [
            ("host", host_of(url)),
            ("host", "evil.example"),
            ("x-forwarded-host", host_of(SHOP)),
            ("forwarded", "host=bank.example:8443"),
        ] {
            let request = regain.http.post(format!("{}/v1/apps/{app}/password-resets", regain.url));
            let request = request.header(name, host).header("content-type", "application/json");
            let body = json!({ "identifier": ADA }).to_string();
            assert_eq!(answer(request.body(body)).await.status, 202);
            // One after the other: of mails that are taken in one moment, either may be the newest.
            regain.worked().await;
        }
        let mails = regain.links();
        let mail = mails.last().unwrap();
        let link = mail.link().unwrap();
        assert!(link.starts_with(&format!("{url}/a/{app}/reset/")), "{link}");
        assert_eq!(complete(&regain, app, &mail.token()).await.status, 200);
        regain.worked().await;
        let notice = regain.mails().pop().unwrap();
        assert!(notice.text.contains(&format!("{url}/a/{app}/not-me")), "{}", notice.text);
        for mail in regain.mails() {
            assert!(!mail.raw.contains("evil"), "{}", mail.raw);
        }
    }
}

#[tokio::test]
async fn cookies_and_https_are_bound_to_the_host_as_the_applications_url_says() {
    let (_users, regain) = running().await;
    let here = host_of(&regain.url).to_owned();
    for (app, host, secure) in [
        ("default", here.as_str(), false),
        ("shop", host_of(SHOP), true),
        ("bank", host_of(BANK), true),
    ] {
        let page = get_at(&regain, host, &format!("/a/{app}/reset")).await;
        assert_eq!(page.status, 200);
        let cookie = page.header("set-cookie").unwrap();
        let name = format!("{}regain-{app}-form=", if secure { "__Host-" } else { "" });
        assert!(cookie.starts_with(&name) && !cookie.contains("Domain"), "{cookie}");
        assert_eq!(cookie.ends_with("; Secure"), secure, "{cookie}");
        assert_eq!(page.header("strict-transport-security").is_some(), secure, "{host}");
    }
}

#[tokio::test]
async fn the_well_known_address_leads_to_the_application_of_the_host_and_repeats_no_host() {
    let (_users, regain) = running().await;
    let here = host_of(&regain.url).to_owned();
    for path in ["/.well-known/change-password", "/"] {
        for (host, app) in [
            (here.as_str(), "default"),
            ("login.shop.example", "shop"),
            ("LOGIN.shop.example:443", "shop"),
            ("bank.example:8443", "bank"),
            ("bank.example", "default"),
            ("evil.example", "default"),
        ] {
            let led = get_at(&regain, host, path).await;
            let expected = format!("/a/{app}/reset");
            assert_eq!(
                (led.status, led.header("location")),
                (303, Some(expected.as_str())),
                "{host}"
            );
            let told = format!("{led:?}");
            assert!(!told.contains("example"), "{told}");
        }
    }
    for forged in [
        format!("GET / HTTP/1.1\r\nHost: {here}\r\nX-Forwarded-Host: bank.example:8443\r\n"),
        format!("GET http://bank.example:8443/ HTTP/1.1\r\nHost: {here}\r\n"),
    ] {
        let led = regain.raw(format!("{forged}Connection: close\r\n\r\n")).await;
        assert!(led.contains("location: /a/default/reset\r\n"), "{forged}{led}");
    }
    for hosts in
        ["bank.example:8443\r\nHost: login.shop.example", "login.shop.example@evil.example"]
    {
        let led = regain.raw(format!("GET / HTTP/1.1\r\nHost: {hosts}\r\n\r\n")).await;
        assert!(led.starts_with("HTTP/1.1 400") && !led.contains("location:"), "{hosts}: {led}");
    }
}

#[tokio::test]
async fn on_a_host_of_its_own_no_other_application_is_there() {
    let (_users, regain) = running().await;
    let methods =
        ["GET", "POST", "PUT"].map(|it| reqwest::Method::from_bytes(it.as_bytes()).unwrap());
    for (template, _) in routes::all().iter().filter(|(template, _)| template.contains("{app}")) {
        let path = |app: &str| template.replace("{app}", app).replace(['{', '}'], "");
        for method in &methods {
            let ask = async |host: &str, app: &str| {
                let request =
                    regain.http.request(method.clone(), format!("{}{}", regain.url, path(app)));
                without_reference(answer(request.header("host", host)).await)
            };
            let unknown = ask(host_of(SHOP), "unknown").await;
            assert_eq!(unknown.status, 404);
            for (host, app) in
                [(host_of(SHOP), "default"), (host_of(SHOP), "bank"), (host_of(BANK), "shop")]
            {
                assert_eq!(ask(host, app).await, unknown, "{method} {} at {host}", path(app));
            }
            let (own, common) = (ask(host_of(BANK), "bank").await, ask("10.0.0.7", "bank").await);
            assert_ne!(own, unknown, "{method} {}", path("bank"));
            assert_eq!(
                own.status, common.status,
                "whoever comes by another name, say in a cluster"
            );
        }
    }
}

#[tokio::test]
async fn on_a_host_of_its_own_no_other_application_answers_the_calls_of_another_system() {
    let (_users, regain) = running().await;
    let of_shop = |template: &str| {
        let system = ["/pub/", "/structr/", "/reset-password"].map(|it| template.starts_with(it));
        system.contains(&true)
    };
    let mut tried = 0;
    for (template, allow) in routes::all().iter().filter(|(template, _)| of_shop(template)) {
        let path = template.replace("{application}", "shop").replace(['{', '}'], "");
        let method = allow.split(", ").next().unwrap();
        let ask = async |host: &str| {
            let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
            let request = regain.http.request(method, format!("{}{path}", regain.url));
            let request = request.header("content-type", "application/json");
            without_reference(answer(request.header("host", host).body("{}")).await)
        };
        let (elsewhere, own) = (ask(host_of(BANK)).await, ask(host_of(SHOP)).await);
        assert_eq!(elsewhere.status, 404, "{method} {path} {elsewhere:?}");
        assert!(!elsewhere.body.contains("shop") && elsewhere.header("set-cookie").is_none());
        assert_ne!(own.status, 404, "{method} {path} {own:?}");
        assert_eq!(own.status, ask("10.0.0.7").await.status, "{method} {path}");
        tried += 1;
    }
    assert_eq!(tried, 7);
    regain.worked().await;
    assert!(regain.mails().is_empty());
}

#[tokio::test]
async fn a_path_with_an_empty_part_leads_nowhere_and_tells_nothing_whoever_sends_what() {
    let (_users, regain) = running().await;
    let there = |template: &str, app: &str| {
        let named = template.replace("{app}", app).replace("{application}", app);
        ["{token}", "{file}", "{user_id}", "{doc}", "{hash}"]
            .iter()
            .fold(named, |path, part| path.replace(part, ""))
    };
    let empty = |path: &String| path.contains("//") || path.len() > 1 && path.ends_with('/');
    let mut paths: Vec<String> = vec!["//".to_owned()];
    for (template, _) in routes::all() {
        paths.extend([there(template, "default"), there(template, "")].into_iter().filter(empty));
        paths.push(there(template, "shop").replacen('/', "//", 1));
    }
    for path in paths {
        for method in ["GET", "POST", "PUT", "DELETE", "OPTIONS"] {
            for host in [host_of(&regain.url), host_of(SHOP)] {
                let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
                let request = regain.http.request(method.clone(), format!("{}{path}", regain.url));
                let request =
                    request.header("host", host).header("authorization", "Bearer regain_x");
                let found =
                    answer(request.header("content-type", "application/json").body("{}")).await;
                assert_eq!(found.status, 404, "{method} {path} {host}");
                assert_eq!(found.header("ratelimit"), None, "{method} {path} {host}");
            }
        }
    }
}
