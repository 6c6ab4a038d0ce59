//! The same attacks as on the doors of our own, on these.

use super::*;

const NOBODY: &str = "nobody@example.com";

fn with(body: &Value, member: &str, value: &Value) -> Value {
    let mut body = body.clone();
    body[member] = value.clone();
    body
}

#[tokio::test]
async fn a12_a13_no_way_back_is_taken_and_that_is_told_before_any_account_is_looked_at() {
    let (_users, regain) = running_with(Engine::Sqlite, &[person(ADA)], |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.return_to = vec!["https://my-app.example.com/".to_owned()];
    })
    .await;
    for target in ["https://my-app.example.com/", "//evil.example", "javascript:alert(1)"] {
        let [known, unknown] = [ADA, NOBODY].map(|who| {
            let body = json!({ "email_address": who, "return_to": target });
            let regain = &regain;
            async move { regain.post(ASK, &body).await }
        });
        let (known, unknown) = (known.await, unknown.await);
        assert_eq!(outcome(&known), (400, "invalid-request".to_owned()), "{target}");
        assert_eq!(known, unknown, "{target}");
        assert!(!known.body.contains("evil") && known.header("location").is_none());
    }
    regain.worked().await;
    assert!(regain.mails().is_empty());

    // Nor does one that a token of ours brings along lead anywhere.
    let body = json!({ "identifier": ADA, "return_to": "https://my-app.example.com/in" });
    regain.post("/v1/apps/default/password-resets", &body).await;
    regain.worked().await;
    let done = reset(&regain, &token_in(&regain.mails()[0]), NEW).await;
    assert_eq!((done.status, done.body.as_str(), done.header("location")), (200, "{}", None));
}

#[tokio::test]
async fn a32_a81_an_input_is_one_text_and_there_are_no_others() {
    let (users, regain) = running(Engine::Sqlite).await;
    let token = token_for(&regain, BOB).await;
    let mails = regain.mails().len();
    for value in [
        json!(null),
        json!(1),
        json!([ADA]),
        json!([ADA, BOB]),
        json!({ "$ne": "" }),
        json!({ "email": ADA }),
        json!(true),
    ] {
        let asked = regain.post(ASK, &json!({ "email_address": value })).await;
        assert_eq!(outcome(&asked), (400, "invalid-request".to_owned()), "{value}");
        for input in ["inputToken", "new_password", "confirm_password"] {
            let body = with(&inputs(&token, NEW, NEW), input, &value);
            let refused = regain.post(RESET, &body).await;
            assert_eq!(outcome(&refused), (400, "invalid-request".to_owned()), "{body}");
        }
    }
    for address in [
        format!("{ADA},{BOB}"),
        format!("{ADA} {BOB}"),
        format!("{ADA}\r\nBcc: {BOB}"),
        format!("Ada <{ADA}>"),
        "ada".to_owned(),
        String::new(),
    ] {
        let asked = ask(&regain, &address).await;
        assert_eq!(outcome(&asked), (422, "invalid-request".to_owned()), "{address:?}");
        assert_eq!(asked.json()["errors"][0]["field"], "email_address");
    }
    for body in [
        format!(r#"{{"email_address":"{ADA}","email_address":"{BOB}"}}"#),
        format!(r#"{{"email_address":"{ADA}","cc":"{BOB}"}}"#),
        format!(r#"{{"email_address[]":"{ADA}"}}"#),
        format!(r#"["{ADA}"]"#),
        format!("email_address={ADA}"),
    ] {
        let asked = regain.post_raw(ASK, "application/json", body.clone()).await;
        assert_eq!(outcome(&asked), (400, "invalid-request".to_owned()), "{body}");
        assert!(!asked.body.contains("example.com"), "{asked:?}");
    }
    regain.worked().await;
    assert_eq!(regain.mails().len(), mails, "nobody was mailed");
    assert_eq!(hash(&users, 2).await, OLD_HASH);
}

#[tokio::test]
async fn a36_one_budget_of_mails_holds_for_these_and_for_our_own_routes() {
    for engine in engines() {
        let ada = Person { username: Some("ada".to_owned()), ..person(ADA) };
        let (_users, regain) = running_with(engine, &[ada], |_| {}).await;
        for spelling in [ADA, "Ada@EXAMPLE.com", "ADA@example.com"] {
            assert_eq!(ask(&regain, spelling).await.status, 200);
            assert_eq!(regain.ask(spelling).await.status, 202);
        }
        assert_eq!(regain.ask("ada").await.status, 202);
        regain.worked().await;
        let mails = regain.mails();
        assert!(
            mails.len() == 3 && mails.iter().all(|mail| mail.to == ADA),
            "{engine:?} {mails:?}"
        );
        regain.clock.advance(Duration::from_mins(20));
        let token = token_for(&regain, ADA).await;
        assert_eq!(reset(&regain, &token, NEW).await.status, 200, "the newest one works");
    }
}

#[tokio::test]
async fn a43_the_account_comes_from_the_token_alone() {
    let (users, regain) = running(Engine::Sqlite).await;
    let token = token_for(&regain, ADA).await;
    for (member, value) in [
        ("user_id", json!("2")),
        ("id", json!(2)),
        ("email_address", json!(BOB)),
        ("webuser", json!({ "id": 2 })),
    ] {
        let refused = regain.post(RESET, &with(&inputs(&token, NEW, NEW), member, &value)).await;
        assert_eq!(outcome(&refused), (400, "invalid-request".to_owned()), "{member}");
    }
    assert_eq!((hash(&users, 1).await, hash(&users, 2).await), (OLD_HASH.into(), OLD_HASH.into()));
    let path = format!("{RESET}?user_id=2&email_address={BOB}");
    assert_eq!(regain.post(&path, &inputs(&token, NEW, NEW)).await.status, 200);
    assert_ne!(hash(&users, 1).await, OLD_HASH);
    assert_eq!(hash(&users, 2).await, OLD_HASH);
}

#[tokio::test]
async fn a46_a49_the_door_is_one_with_the_apis_and_knows_nobody() {
    let people = [
        person(ADA),
        Person { active: false, ..person("off@example.com") },
        Person { confirmed: false, ..person("una@example.com") },
        Person { password: None, ..person("none@example.com") },
    ];
    let everybody = [ADA, "off@example.com", "una@example.com", "none@example.com", NOBODY];
    for (n, who) in everybody.into_iter().enumerate() {
        let (_users, regain) = running_with(Engine::Sqlite, &people, |settings| {
            settings.limits.per_client = "3/h".parse().unwrap();
        })
        .await;
        let first = ask(&regain, who).await;
        assert_eq!(first, ask(&regain, NOBODY).await, "{who}");
        assert_eq!((first.status, first.json()["message"].is_string()), (200, true));
        assert_eq!(regain.ask(who).await.status, 202);
        for path in [ASK, "/v1/apps/default/password-resets"] {
            let name = if path == ASK { "email_address" } else { "identifier" };
            let often = regain.post(path, &json!({ name: who })).await;
            assert_eq!(outcome(&often), (429, "rate-limited".to_owned()), "{who} {path}");
            assert_eq!(often.header("retry-after"), Some("1200"), "{who} {path}");
        }
        // Using a token is another door, and that one is shared, too.
        let mut statuses = vec![];
        for _again in 0..2 {
            statuses.push(regain.complete("a.b.c", NEW).await.status);
            statuses.push(reset(&regain, "a.b.c", NEW).await.status);
        }
        assert_eq!(statuses, [400, 400, 400, 429]);
        regain.worked().await;
        assert_eq!(regain.mails().is_empty(), n != 0, "{who}");
    }
}

#[tokio::test]
async fn a22_a29_a_token_of_another_purpose_is_refused_as_garbage_is() {
    let people = [person(ADA), Person { confirmed: false, ..person("una@example.com") }];
    let (users, regain) = running_with(Engine::Sqlite, &people, |settings| {
        let app = settings.apps.get_mut("default").unwrap();
        app.login_links = regain::config::LoginLinks::On;
        app.return_to = vec!["https://my-app.example.com/".to_owned()];
    })
    .await;
    let garbage = reset(&regain, "a.b.c", NEW).await;
    assert_eq!(outcome(&garbage), (400, "token-invalid".to_owned()));
    let login = regain.token_of("login-links", ADA).await;
    let confirm = regain.token_of("email-confirmations", "una@example.com").await;
    let logged_in = regain.complete_with("login-links", &login).await;
    let session = logged_in.json()["session"].as_str().unwrap().to_owned();
    let spent = login.clone();
    regain.clock.advance(Duration::from_secs(2));
    let login = regain.token_of("login-links", ADA).await;
    for (kind, token) in
        [("login", login), ("spent", spent), ("confirm", confirm), ("session", session)]
    {
        assert_eq!(reset(&regain, &token, NEW).await, garbage, "{kind}");
    }
    for id in [1, 2] {
        assert_eq!(hash(&users, id).await, OLD_HASH);
    }
}
