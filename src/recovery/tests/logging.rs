//! What is accounted for: one line each, and nothing secret in any.

use std::time::Duration;

use super::super::testing::{GOOD, Log, World, asking, client, key_for};
use super::super::{Invite, Issue, Languages, StoreError};
use crate::account::{Condition, Identifier, Test};
use crate::token::{Purpose, Scope};

/// Whether the only line of the event has these, each ` name=value`.
#[track_caller]
fn assert_told(log: &Log, event: &str, said: &[&str]) {
    let lines = log.of(event);
    let [line] = &lines[..] else { panic!("{event}: {lines:?}") };
    for said in said {
        let field = format!(" {said} ");
        assert!(
            line.contains(&field) || line.contains(&field.replacen('=', "=Some(", 1)),
            "{said}: {line}"
        );
    }
}

#[tokio::test]
async fn a_reset_is_accounted_for_from_the_ask_to_the_notice() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    assert_told(
        &log,
        "link.asked",
        &["app=shop", "purpose=password-reset", "identifier=a…@example.com"],
    );
    assert_told(&log, "mail.sent", &["app=shop", "user_id=1", "kind=password_reset"]);
    assert_told(&log, "webhook.told", &["app=shop", "user_id=1", "kind=recovery.requested"]);
    world.complete(&token, GOOD).await.unwrap();
    assert_told(&log, "password.changed", &["app=shop", "user_id=1", "purpose=password-reset"]);
    assert!(world.complete(&token, GOOD).await.is_err());
    assert_told(&log, "token.refused", &["app=shop", "purpose=password-reset", "reason=spent"]);
    assert!(world.complete("no.token.here", GOOD).await.is_err());
    assert_eq!(log.of("token.refused").len(), 1, "what nobody signed is not told");
    let all = log.lines().join("\n");
    for secret in [token.as_str(), GOOD, "ada@example.com"] {
        assert!(!all.contains(secret), "{secret}");
    }
    assert_eq!(log.of("key.used"), [""; 0], "nobody used a key");
}

#[tokio::test]
async fn confirmations_logins_and_disputes_are_accounted_for() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let condition = Condition { column: "confirmed".to_owned(), test: Test::True };
    world.table.change(|row| row.confirmed = vec![(condition, None)]);
    let token = world.token(Purpose::EmailConfirmation).await;
    world.confirm(&token).await.unwrap();
    assert_told(&log, "email.confirmed", &["app=shop", "user_id=1"]);
    let token = world.token(Purpose::Login).await;
    world.log_in(&token).await.unwrap();
    assert_told(&log, "login.completed", &["app=shop", "user_id=1"]);
    let mut ask = asking(Purpose::PasswordReset, "ada@example.com");
    ask.disputed = true;
    world.recovery.ask(world.app(), ask).await.unwrap();
    world.work_off().await;
    assert_told(&log, "account.disputed", &["app=shop", "user_id=1"]);
}

#[tokio::test]
async fn a_mail_that_is_not_made_is_accounted_for_with_the_reason() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let ask = async |who: &str| {
        world.ask(Purpose::PasswordReset, who).await.unwrap();
        world.work_off().await;
        log.of("mail.withheld").pop().unwrap()
    };
    assert!(ask("nobody@example.com").await.contains(" reason=no_account "));
    *world.parts.budget_most.lock().unwrap() = Some(0);
    let budget = ask("ada@example.com").await;
    assert!(budget.contains(" reason=budget ") && budget.contains("user_id=1"), "{budget}");
    world.table.change(|row| row.password = None);
    let unfit = ask("ada@example.com").await;
    assert!(
        unfit.contains(" reason=ineligible ") && unfit.contains("no usable password"),
        "{unfit}"
    );
}

#[tokio::test]
async fn what_is_done_with_keys_is_accounted_for_by_the_name_of_the_key() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let last = || log.of("key.used").pop().unwrap();
    let by = world.operator(Scope::IssuePasswordResets).await;
    let issue = |user_id: &str, send_mail| Issue {
        user_id: user_id.to_owned(),
        purpose: Purpose::PasswordReset,
        lifetime: Some(Duration::from_mins(5)),
        return_to: None,
        send_mail,
        by: String::new(),
        reference: "r1".to_owned(),
    };
    world.recovery.issue_token(&by, issue("1", false)).await.unwrap();
    let key = "tokens:issue:password-reset";
    assert_told(
        &log,
        "link.issued",
        &["app=shop", "user_id=1", &format!("by={key}"), "lifetime_s=300", "mailed=false"],
    );
    let told =
        ["app=shop", &format!("key={key}"), "operation=issue_token", "user_id=1", "outcome=given"];
    assert_told(&log, "key.used", &told);
    world.recovery.issue_token(&by, issue("1", true)).await.unwrap();
    assert!(last().contains(" outcome=mailed "), "{}", last());
    assert!(world.recovery.issue_token(&by, issue("x@y.example", false)).await.is_err());
    assert!(
        last().contains(" outcome=account_unknown ") && !last().contains("user_id"),
        "{}",
        last()
    );
    world.table.change(|row| row.password = None);
    assert!(world.recovery.issue_token(&by, issue("1", false)).await.is_err());
    assert!(last().contains(" outcome=ineligible ") && last().contains("user_id=1"), "{}", last());

    let invite = Invite {
        identifier: Identifier::parse("ada@example.com").unwrap(),
        languages: Languages::default(),
        return_to: None,
        by: String::new(),
        reference: "r1".to_owned(),
    };
    world.recovery.invite_user(&by, invite).await.unwrap();
    assert_told(
        &log,
        "account.invited",
        &["app=shop", "identifier=a…@example.com", &format!("by={key}")],
    );
    assert!(last().contains(" operation=invite_user ") && last().contains(" outcome=accepted "));

    let by = world.operator(Scope::RevokeTokens).await;
    world.recovery.revoke_tokens(&by, "1").await.unwrap();
    assert_told(&log, "links.revoked", &["app=shop", "user_id=1"]);
    assert!(last().contains(" operation=revoke_tokens ") && last().contains(" outcome=done "));
    assert!(world.recovery.revoke_tokens(&by, "2").await.is_err());
    assert!(last().contains(" outcome=account_unknown ") && !last().contains("user_id"));

    let by = world.operator(Scope::ExplainTokens).await;
    world.recovery.explain_token(&by, Purpose::Login, "x").await.unwrap();
    assert!(last().contains(" operation=explain_token ") && last().contains(" outcome=not_ours "));
    let by = world.operator(Scope::IntrospectSessions).await;
    world.recovery.introspect(&by, "x").await.unwrap();
    assert!(
        last().contains(" operation=introspect_session ") && last().contains(" outcome=inactive ")
    );
    world.table.fail(Some(StoreError::Busy("locked".to_owned())));
    let by = world.operator(Scope::DefineMails).await;
    by.word_mail(|| Err::<super::super::Wording, _>(()));
    assert!(last().contains(" operation=define_mail ") && last().contains(" outcome=unfit "));
}

#[tokio::test]
async fn what_a_backend_does_for_somebody_is_accounted_for_as_the_backends() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let by = world.operator(Scope::AskOnBehalf).await.on_behalf_of("203.0.113.9").unwrap();
    let last = || log.of("key.used").pop().unwrap();
    let (app, recovery) = (world.app(), &world.recovery);
    recovery.prepare(app, &by).await.unwrap();
    assert!(last().contains(" operation=prepare ") && last().contains(" outcome=accepted "));
    let ask = super::super::Ask {
        client: by.clone(),
        ..asking(Purpose::PasswordReset, "ada@example.com")
    };
    recovery.ask(app, ask).await.unwrap();
    assert!(last().contains(" operation=ask ") && last().contains(" outcome=accepted "));
    assert_told(&log, "link.asked", &["key=ask:on-behalf"]);
    assert!(recovery.inspect(app, &by, Purpose::Login, "x").await.is_err());
    assert!(last().contains(" operation=inspect ") && last().contains(" outcome=token_refused "));
    let used =
        super::super::TokenUse { token: "x".to_owned(), client: by, reference: "r1".to_owned() };
    assert!(recovery.confirm(app, used.clone()).await.is_err());
    assert!(recovery.log_in(app, used).await.is_err());
    assert!(last().contains(" operation=complete ") && last().contains(" outcome=token_refused "));
    assert_eq!(log.of("key.used").len(), 5);
}

#[tokio::test]
async fn keys_that_let_nobody_in_are_accounted_for() {
    let (log, _guard) = Log::catch();
    let world = World::new();
    let (app, recovery) = (world.app(), &world.recovery);
    let last = || log.of("key.refused").pop().unwrap();
    assert!(recovery.recognise(app, "no key", "client").await.is_err());
    assert!(last().contains(" reason=unknown ") && !last().contains("key="), "{}", last());
    let by = recovery.recognise(app, key_for(&[Scope::RevokeTokens]).expose(), "c").await.unwrap();
    assert!(by.must(Scope::ExplainTokens).is_err());
    assert!(
        last().contains(" reason=scope ") && last().contains("scope=tokens:explain"),
        "{}",
        last()
    );
    assert!(last().contains("key=tokens:revoke"), "{}", last());
    *world.parts.requests_most.lock().unwrap() = Some(0);
    assert!(recovery.admit(&by, Scope::RevokeTokens).await.is_err());
    assert!(last().contains(" reason=rate_limited "), "{}", last());
    assert!(recovery.prepare(app, &client()).await.is_err());
    assert_eq!(log.of("key.refused").len(), 3, "a client's allowance is no matter of keys");
}
