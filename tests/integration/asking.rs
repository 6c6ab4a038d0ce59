//! Who gets mail, and that nobody can tell from the answer.

use std::time::Duration;

use regain::config::{LimitStore, QueueStore};
use serde_json::json;

use crate::databases::{Engine, engines};
use crate::harness::{Answer, Regain};
use crate::people::{Person, add, database, person};
use crate::redis_server::keys;

/// Asks and says to whom mail went.
async fn recipients(regain: &Regain, identifier: &str) -> Vec<String> {
    let before = regain.mails().len();
    regain.ask(identifier).await;
    regain.worked().await;
    regain.mails().split_off(before).into_iter().map(|mail| mail.to).collect()
}

#[tokio::test]
async fn a33_a34_a35_only_the_exactly_matching_account_gets_mail_at_its_stored_address() {
    for engine in engines() {
        let people =
            [person("mike@example.com"), person("User@Example.com"), person("ada@bücher.example")];
        let users = database(engine, &people).await;
        if engine == Engine::MariaDb {
            users
                .execute(
                    "ALTER TABLE users MODIFY email VARCHAR(254) \
                     CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci",
                )
                .await;
        }
        let regain = Regain::start(&users.url).await;
        for strange in [
            "mıke@example.com",
            "ｍike@example.com",
            "usér@example.com",
            "mike@example.com.evil.example",
        ] {
            assert!(recipients(&regain, strange).await.is_empty(), "{engine:?} {strange}");
        }
        assert_eq!(recipients(&regain, "Mike@EXAMPLE.com").await, ["mike@example.com"]);
        assert_eq!(
            recipients(&regain, "User@example.com").await,
            if engine == Engine::MariaDb { vec!["User@Example.com"] } else { vec![] },
            "{engine:?}: a stored domain in mixed case is found by a collation that folds case"
        );
        assert_eq!(recipients(&regain, "User@Example.com").await, ["User@Example.com"]);
        let punycode = recipients(&regain, "ada@xn--bcher-kva.example").await;
        assert!(
            punycode == ["ada@bücher.example"] || punycode == ["ada@xn--bcher-kva.example"],
            "{punycode:?}"
        );
    }
}

#[tokio::test]
async fn a40_a41_a42_who_is_not_eligible_gets_no_mail() {
    for engine in engines() {
        let people = [
            Person { active: false, ..person("disabled@example.com") },
            Person { deleted: true, ..person("deleted@example.com") },
            Person { confirmed: false, ..person("unconfirmed@example.com") },
            Person { password: None, ..person("passwordless@example.com") },
            Person { password: Some("!x".to_owned()), ..person("unusable@example.com") },
            Person { email: None, username: Some("addressless".to_owned()), ..person("") },
        ];
        let users = database(engine, &people).await;
        let regain = Regain::start(&users.url).await;
        for one in &people {
            let identifier = one.email.as_deref().unwrap_or("addressless");
            assert_eq!(regain.ask(identifier).await.status, 202);
        }
        regain.worked().await;
        assert_eq!(regain.mails().len(), 0, "{engine:?}");
    }
}

#[tokio::test]
async fn a39_two_accounts_with_one_address_each_get_their_own_link() {
    for engine in engines() {
        let twins = [person("twins@example.com"), person("twins@example.com")];
        let users = database(engine, &twins).await;
        let regain = Regain::start(&users.url).await;
        regain.ask("twins@example.com").await;
        regain.worked().await;
        let mails = regain.mails();
        assert_eq!(mails.len(), 2, "{engine:?}");
        for mail in &mails {
            assert_eq!(regain.complete(&mail.token(), "one for each of us").await.status, 200);
        }
        let same = crate::people::hash(&users, 1).await == crate::people::hash(&users, 2).await;
        assert!(!same, "{engine:?}: both rows were written");
    }
}

#[tokio::test]
async fn a39_closed_accounts_of_an_address_do_not_hide_the_one_that_is_open() {
    for engine in engines() {
        let mut people = vec![Person { active: false, ..person("victim@example.com") }; 230];
        people[150].active = true;
        let users = database(engine, &people).await;
        let regain = Regain::start(&users.url).await;
        assert_eq!(recipients(&regain, "victim@example.com").await.len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a39_the_number_of_accounts_for_one_address_is_bounded() {
    let users = database(Engine::Sqlite, &vec![person("many@example.com"); 9]).await;
    let regain = Regain::start(&users.url).await;
    assert_eq!(recipients(&regain, "many@example.com").await.len(), 5);
}

#[tokio::test]
async fn a36_every_spelling_shares_one_mail_budget() {
    for engine in engines() {
        let ada = Person { username: Some("ada".to_owned()), ..person("ada@example.com") };
        let users = database(engine, &[ada]).await;
        let redis = keys();
        for redis in [None].into_iter().chain(redis.as_ref().map(Some)) {
            let regain = Regain::start_with(&users.url, |settings| {
                if let Some(keys) = redis {
                    settings.limits.store = LimitStore::Redis;
                    settings.queue.store = QueueStore::Redis;
                    settings.redis = keys.settings();
                }
            })
            .await;
            let spellings =
                ["ada@example.com", "ADA@example.com", "ada", "Ada@Example.COM", " ada "];
            for spelling in spellings {
                assert_eq!(regain.ask(spelling).await.status, 202);
            }
            assert_eq!(regain.ask_for("email-confirmations", "ADA@EXAMPLE.com").await.status, 202);
            regain.worked().await;
            assert_eq!(regain.mails().len(), 3, "{engine:?} {}", redis.is_some());
        }
    }
}

#[tokio::test]
async fn a44_wildcards_quotes_and_backslashes_are_literal() {
    for engine in engines() {
        let odd = ["o'hara@example.com", "100%@example.com", "a_b@example.com"];
        let people: Vec<_> = odd.iter().map(|email| person(email)).collect();
        let users = database(engine, &people).await;
        add(&users, &Person { username: Some("back\\slash".into()), ..person("b@example.com") })
            .await;
        let regain = Regain::start(&users.url).await;
        for email in odd {
            assert_eq!(recipients(&regain, email).await, [email], "{engine:?}");
        }
        assert_eq!(recipients(&regain, "back\\slash").await, ["b@example.com"], "{engine:?}");
        for nothing in ["%@example.com", "____@example.com", "%", "' OR '1'='1", "axb@example.com"]
        {
            assert!(recipients(&regain, nothing).await.is_empty(), "{engine:?} {nothing}");
        }
    }
}

#[tokio::test]
async fn a32_lists_arrays_and_repeated_keys_are_refused_and_nobody_gets_mail() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    let path = "/v1/apps/default/password-resets";
    for body in [
        r#"{"identifier":["ada@example.com","eve@evil.example"]}"#,
        r#"{"identifier":{"email":"ada@example.com"}}"#,
        r#"{"identifier":"ada@example.com","identifier":"eve@evil.example"}"#,
        r#"{"identifier":"ada@example.com,eve@evil.example"}"#,
        r#"{"identifier":"ada@example.com","cc":"eve@evil.example"}"#,
        r#"{"identifier":null}"#,
        r#"{"identifier":1}"#,
        r"{}",
        r"[]",
        "",
        "null",
    ] {
        let answer = regain.post_raw(path, "application/json", body).await;
        assert!(matches!(answer.status, 400 | 422), "{body} {answer:?}");
        assert_eq!(answer.code(), "invalid-request", "{body}");
        assert!(!answer.body.contains("evil"), "nothing is repeated: {}", answer.body);
    }
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0);
}

#[tokio::test]
async fn a46_a49_every_class_gets_the_identical_answer() {
    for engine in engines() {
        let people = [
            person("known@example.com"),
            Person { active: false, ..person("disabled@example.com") },
            Person { confirmed: false, ..person("unconfirmed@example.com") },
            Person { password: None, ..person("passwordless@example.com") },
        ];
        let users = database(engine, &people).await;
        let regain = Regain::start(&users.url).await;
        let mut answers: Vec<Answer> = Vec::new();
        for class in ["known", "unknown", "disabled", "unconfirmed", "passwordless"] {
            for _over_budget_in_the_end in 0..5 {
                answers.push(regain.ask(&format!("{class}@example.com")).await);
            }
        }
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{engine:?} {answers:?}");
        assert_eq!(answers[0].status, 202);
    }
}

#[tokio::test]
async fn a49_a_full_queue_answers_everybody_alike() {
    let users = database(Engine::Sqlite, &[person("known@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| settings.queue.capacity = 0).await;
    let known = regain.ask("known@example.com").await;
    let unknown = regain.ask("unknown@example.com").await;
    assert_eq!((known.status, known.code()), (503, "busy".to_owned()));
    assert!(known.header("retry-after").is_some());
    assert_eq!(known, unknown);
    assert_eq!(regain.get("/readyz").await.status, 503, "and the process says it takes no asks");
    assert_eq!(regain.get("/healthz").await.status, 200);
}

#[tokio::test]
async fn a50_ten_thousand_asks_for_one_victim_leave_a_live_link_and_few_mails() {
    let users = database(Engine::Sqlite, &[person("victim@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    for _round in 0..10 {
        for _ask in 0..1000 {
            assert_eq!(regain.ask("victim@example.com").await.status, 202);
        }
        regain.worked().await;
        let newest = regain.links().last().unwrap().token();
        assert_eq!(regain.inspect(&newest).await.status, 200, "the newest link is alive");
        regain.clock.advance(Duration::from_mins(10));
    }
    // Three at once, then one for each twenty minutes of the ninety that passed.
    assert_eq!(regain.mails().len(), 3 + 4);
}

#[tokio::test]
async fn a_client_that_asks_too_often_is_told_when_to_come_back() {
    let users = database(Engine::Sqlite, &[person("known@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = "2/h".parse().unwrap();
    })
    .await;
    for _allowed in 0..2 {
        assert_eq!(regain.ask("known@example.com").await.status, 202);
    }
    let refused = regain.ask("unknown@example.com").await;
    assert_eq!((refused.status, refused.code()), (429, "rate-limited".to_owned()));
    assert_eq!(refused.header("retry-after"), Some("1800"));
    regain.clock.advance(Duration::from_mins(30));
    assert_eq!(regain.ask("known@example.com").await.status, 202);
}

#[tokio::test]
async fn a51_what_a_client_says_of_its_own_address_has_no_effect() {
    let users = database(Engine::Sqlite, &[]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        settings.limits.per_client = "2/h".parse().unwrap();
    })
    .await;
    let mut statuses = Vec::new();
    for n in 0..4 {
        let request = regain.http.post(format!("{}/v1/apps/default/password-resets", regain.url));
        let spoofed = format!("203.0.113.{n}");
        let request = request
            .header("x-forwarded-for", &spoofed)
            .header("x-real-ip", &spoofed)
            .header("forwarded", format!("for={spoofed}"))
            .header("content-type", "application/json")
            .body(json!({ "identifier": "a@example.com" }).to_string());
        statuses.push(crate::harness::answer(request).await.status);
    }
    assert_eq!(statuses, [202, 202, 429, 429]);
}

#[tokio::test]
async fn a01_a02_a03_no_header_changes_where_a_link_leads() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    let body = json!({ "identifier": "ada@example.com" }).to_string();
    let path = "/v1/apps/default/password-resets";
    let request = regain.http.post(format!("{}{path}", regain.url));
    let request = request
        .header("host", "evil.example")
        .header("x-forwarded-host", "evil.example")
        .header("x-host", "evil.example")
        .header("forwarded", "host=evil.example")
        .header("content-type", "application/json")
        .body(body.clone());
    assert_eq!(crate::harness::answer(request).await.status, 202);
    let asked = async |target: &str, hosts: &str| {
        let request = format!(
            "POST {target} HTTP/1.1\r\n{hosts}Content-Type: application/json\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
            body.len()
        );
        regain.raw(request).await
    };
    let answer = asked(&format!("http://evil.example{path}"), "Host: evil.example\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    // What names no host, or two, or something that is none.
    for hosts in [
        "",
        "Host: evil.example\r\nHost: evil.example\r\n",
        "Host: www.example:x@evil.example\r\n",
        "Host: 127.0.0.1:80@evil.example\r\n",
        "Host: evil.example/x?y#z\r\n",
    ] {
        let answer = asked(path, hosts).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{hosts}: {answer}");
        assert!(!answer.contains("evil.example"), "{hosts}: {answer}");
    }
    regain.worked().await;
    assert_eq!(regain.mails().len(), 2);
    for mail in regain.mails() {
        assert!(!mail.raw.contains("evil.example"), "{}", mail.raw);
        assert!(mail.link().unwrap().starts_with(&regain.url));
    }
}

#[tokio::test]
async fn a12_a50_no_return_target_makes_a_link_that_is_dead_on_arrival() {
    let users = database(Engine::Sqlite, &[person("ada@example.com")]).await;
    let regain = Regain::start_with(&users.url, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = vec!["https://app.example.com/".to_owned()];
    })
    .await;
    for (query, taken) in
        [("x".repeat(990), true), ("x".repeat(1600), false), ("\"".repeat(400), false)]
    {
        let target = format!("https://app.example.com/?{query}");
        let body = json!({ "identifier": "ada@example.com", "return_to": target });
        let asked = regain.post("/v1/apps/default/password-resets", &body).await;
        assert_eq!(asked.status, if taken { 202 } else { 422 }, "{asked:?}");
    }
    regain.worked().await;
    let mail = regain.links().pop().unwrap();
    assert_eq!(regain.inspect(&mail.token()).await.status, 200);
    let path = mail.link().unwrap().replace(&regain.url, "");
    let arrived = regain.get(&path).await;
    assert_eq!(arrived.status, 303, "the page takes it too");
    let cookie = arrived.header("set-cookie").unwrap();
    assert!(cookie.len() <= 4096, "{} bytes", cookie.len());
}

#[tokio::test]
async fn a13_a_return_target_off_the_list_is_refused_alike_for_everybody() {
    let users = database(Engine::Sqlite, &[person("known@example.com")]).await;
    let regain = Regain::start(&users.url).await;
    let mut answers = Vec::new();
    for who in ["known@example.com", "unknown@example.com"] {
        let body = json!({ "identifier": who, "return_to": "https://evil.example/" });
        answers.push(regain.post("/v1/apps/default/password-resets", &body).await);
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].status, 422);
    assert_eq!(answers[0].json()["errors"][0]["field"], "return_to");
    regain.worked().await;
    assert_eq!(regain.mails().len(), 0);
}
