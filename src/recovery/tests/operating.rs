//! What operators do with their keys.

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::super::testing::{GOOD, Parts, START, World, ada, client, key_for, token_in};
use super::super::{
    ActiveSession, Explanation, Invite, Issue, IssueError, Issued, Languages, Message, Operator,
    OperatorError, Said, StampUse, StoreError, TokenState, Wording,
};
use crate::account::{Account, Condition, Identifier, Ineligible, Test};
use crate::language::Language;
use crate::token::{Purpose, Scope};

fn issue_of(purpose: Purpose) -> Issue {
    Issue {
        user_id: "1".to_owned(),
        purpose,
        lifetime: None,
        return_to: None,
        send_mail: false,
        by: String::new(),
        reference: "r5".to_owned(),
    }
}

async fn issue(world: &World, issue: Issue) -> Result<Issued, OperatorError> {
    let by = world.operator(Scope::to_issue(issue.purpose).unwrap()).await;
    world.recovery.issue_token(&by, issue).await
}

fn given(issued: Result<Issued, OperatorError>) -> super::super::IssuedLink {
    let Ok(Issued::Given(link)) = issued else { panic!("{issued:?}") };
    link
}

fn refusal(issued: Result<Issued, OperatorError>) -> IssueError {
    let Err(OperatorError::NotIssued(error)) = issued else { panic!("{issued:?}") };
    error
}

#[tokio::test]
async fn a_link_handed_over_works_and_its_owner_is_told_of_it() {
    let world = World::new();
    let by = world.operator(Scope::IssuePasswordResets).await;
    assert_eq!((by.key(), by.application().name.as_str()), ("tokens:issue:password-reset", "shop"));
    let wanted = Issue {
        return_to: Some("https://shop.example.com/in".to_owned()),
        ..issue_of(Purpose::PasswordReset)
    };
    let link = given(world.recovery.issue_token(&by, wanted).await);
    assert_eq!(link.expires_at, START + Duration::from_mins(30));
    assert!(link.link.ends_with(link.token.expose()));
    world.work_off().await;
    let letters = world.letters();
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    let Message::LinkIssued { purpose, at, expires_at } = letter.message else { panic!() };
    assert_eq!((purpose, at, expires_at), (Purpose::PasswordReset, START, link.expires_at));
    assert_eq!((letter.id.as_str(), letter.to.as_str()), ("r5.0", "ada@example.com"));
    let completed = world.complete(link.token.expose(), GOOD).await.unwrap();
    assert_eq!(completed.return_to.as_deref(), Some("https://shop.example.com/in"));
}

#[tokio::test]
async fn a_notice_of_a_link_is_tried_again_while_the_table_is_away_and_dropped_with_the_row() {
    let world = World::new();
    given(issue(&world, issue_of(Purpose::PasswordReset)).await);
    world.table.fail(Some(StoreError::Busy("locked".to_owned())));
    world.work().await;
    assert_eq!(world.waiting(), ["notice"]);
    world.table.fail(None);
    world.table.clear();
    world.work_off().await;
    assert_eq!(world.mailed(), [""; 0]);
}

#[tokio::test]
async fn a_link_is_mailed_on_an_operators_word_and_to_nobody_else() {
    let world = World::new();
    world.table.change(|row| row.locale = Some("de".to_owned()));
    let wanted = Issue {
        send_mail: true,
        lifetime: Some(Duration::from_hours(2)),
        ..issue_of(Purpose::Login)
    };
    assert!(matches!(issue(&world, wanted).await, Ok(Issued::Mailed)));
    assert_eq!(world.waiting(), ["link"]);
    world.clock.advance(Duration::from_mins(5));
    world.work_off().await;
    assert_eq!(world.mailed(), ["login_link"]);
    let letter = world.letters().pop().unwrap();
    let Message::Link { lifetime, .. } = &letter.message else { panic!() };
    assert_eq!(*lifetime, Duration::from_mins(115));
    world.clock.advance(Duration::from_mins(110));
    assert!(world.log_in(&token_in(&letter)).await.is_ok());
}

#[tokio::test]
async fn no_asking_of_a_stranger_voids_what_an_operator_made() {
    let world = World::where_the_newest_wins();
    let link = given(issue(&world, issue_of(Purpose::PasswordReset)).await);
    let _newer = world.token(Purpose::PasswordReset).await;
    assert!(world.complete(link.token.expose(), GOOD).await.is_ok());
}

#[tokio::test]
async fn how_long_a_link_may_work_is_bounded() {
    let world = World::with(|app| {
        app.lifetimes.insert(Purpose::EmailConfirmation, Duration::from_hours(100));
    });
    let with = |lifetime| Issue { lifetime: Some(lifetime), ..issue_of(Purpose::PasswordReset) };
    for lifetime in [Duration::ZERO, Duration::from_millis(900), Duration::from_secs(259_201)] {
        assert_eq!(refusal(issue(&world, with(lifetime)).await), IssueError::Lifetime);
    }
    for lifetime in [Duration::from_secs(1), Duration::from_hours(72)] {
        let link = given(issue(&world, with(lifetime)).await);
        assert_eq!(link.expires_at, START + lifetime);
    }
    world.table.change(|row| {
        let flag = Condition { column: "flag".to_owned(), test: Test::True };
        row.confirmed = vec![(flag, None)];
    });
    let link = given(issue(&world, issue_of(Purpose::EmailConfirmation)).await);
    assert_eq!(link.expires_at, START + Duration::from_hours(72), "an operator's at most");
}

#[tokio::test]
async fn who_could_not_use_a_link_gets_none_made() {
    let world = World::new();
    let unknown = Issue { user_id: "2".to_owned(), ..issue_of(Purpose::PasswordReset) };
    assert_eq!(refusal(issue(&world, unknown).await), IssueError::AccountUnknown);
    let confirmed = refusal(issue(&world, issue_of(Purpose::EmailConfirmation)).await);
    assert_eq!(confirmed, IssueError::Ineligible(Ineligible::Confirmed));
    world.table.change(|row| row.last_login = Some(START.unix_timestamp().to_string().into()));
    let login = refusal(issue(&world, issue_of(Purpose::Login)).await);
    assert_eq!(login, IssueError::LoggedInNow);
    assert!(issue(&world, issue_of(Purpose::PasswordReset)).await.is_ok());
    world.table.tell_of_second_factor(&["mfa"]);
    let past = refusal(issue(&world, issue_of(Purpose::Login)).await);
    assert!(matches!(past, IssueError::PastSecondFactor(_)), "{past:?}");
    world.table.fail(Some(StoreError::Busy("locked".to_owned())));
    let away = refusal(issue(&world, issue_of(Purpose::PasswordReset)).await);
    assert!(matches!(away, IssueError::Unavailable(_)), "{away:?}");

    let without = World::without(Purpose::PasswordReset);
    let none = refusal(issue(&without, issue_of(Purpose::PasswordReset)).await);
    assert_eq!(none, IssueError::NotConfigured);
    let by = world.operator(Scope::IssueLogins).await;
    let session = world.recovery.issue_token(&by, issue_of(Purpose::Session)).await;
    assert_eq!(session.err(), Some(OperatorError::NotConfigured));
}

#[tokio::test]
async fn links_of_operators_have_a_budget_that_is_given_back_where_there_is_no_link() {
    let world = World::new();
    let paid = || Parts::taken(&world.parts.budgets, "operators\x001");
    for (send_mail, flag) in [(false, &world.parts.is_brimful), (true, &world.parts.is_full)] {
        flag.store(true, Ordering::SeqCst);
        let wanted = Issue { send_mail, ..issue_of(Purpose::PasswordReset) };
        assert_eq!(refusal(issue(&world, wanted).await), IssueError::Busy);
        assert_eq!(paid(), 0);
        flag.store(false, Ordering::SeqCst);
    }
    *world.parts.budget_most.lock().unwrap() = Some(1);
    given(issue(&world, issue_of(Purpose::PasswordReset)).await);
    let over = refusal(issue(&world, issue_of(Purpose::PasswordReset)).await);
    assert_eq!(over, IssueError::Budget(Duration::from_secs(7)));
    assert_eq!(paid(), 1);
}

fn invitation() -> Invite {
    Invite {
        identifier: Identifier::parse("ada@example.com").unwrap(),
        languages: Languages::default(),
        return_to: None,
        by: String::new(),
        reference: "r6".to_owned(),
    }
}

#[tokio::test]
async fn who_is_invited_needs_no_password_and_confirms_by_choosing_one() {
    let flag = Condition { column: "confirmed".to_owned(), test: Test::True };
    let invited = Account { password: None, confirmed: vec![(flag, None)], ..ada() };
    let world = World::new();
    world.table.clear();
    world.table.add(invited);
    let by = world.operator(Scope::IssuePasswordResets).await;
    world.recovery.invite_user(&by, invitation()).await.unwrap();
    world.work_off().await;
    let letter = world.letters().pop().unwrap();
    let Message::Link { lifetime, .. } = &letter.message else { panic!() };
    assert_eq!((letter.message.kind(), *lifetime), ("invitation", Duration::from_hours(72)));
    assert_eq!(letter.wording, None);
    world.clock.advance(Duration::from_hours(70));
    world.complete(&token_in(&letter), GOOD).await.unwrap();
    assert!(world.has_password(GOOD) && world.table.first().is_confirmed());
    assert_eq!(Parts::taken(&world.parts.budgets, "operators\x001"), 1);
}

#[tokio::test]
async fn an_invitation_is_in_the_language_said_and_leads_back_to_where_it_may() {
    let world = World::new();
    let by = world.operator(Scope::IssuePasswordResets).await;
    let languages = Languages { said: Some(Language::German), accepted: None };
    let return_to = Some("https://shop.example.com/welcome".to_owned());
    let invite = Invite { languages, return_to: return_to.clone(), ..invitation() };
    world.recovery.invite_user(&by, invite).await.unwrap();
    world.work_off().await;
    let letter = world.letters().pop().unwrap();
    assert_eq!(letter.language, Language::German);
    let completed = world.complete(&token_in(&letter), GOOD).await.unwrap();
    assert_eq!(completed.return_to, return_to);
}

#[tokio::test]
async fn an_invitation_confirms_nothing_where_it_may_not() {
    let world = World::with(|app| app.invitation_confirms = false);
    let flag = Condition { column: "confirmed".to_owned(), test: Test::True };
    world.table.change(|row| row.confirmed = vec![(flag, None)]);
    let by = world.operator(Scope::IssuePasswordResets).await;
    world.recovery.invite_user(&by, invitation()).await.unwrap();
    world.work_off().await;
    world.complete(&token_in(&world.letters()[0]), GOOD).await.unwrap();
    assert!(!world.table.first().is_confirmed());
}

#[tokio::test]
async fn an_invitation_that_was_revoked_is_told_to_be_and_one_that_was_used_is_spent() {
    for (revoke, state) in [(true, TokenState::Revoked), (false, TokenState::Spent)] {
        let world = World::new();
        world.table.change(|row| row.password = None);
        let by = world.operator(Scope::IssuePasswordResets).await;
        world.recovery.invite_user(&by, invitation()).await.unwrap();
        world.work_off().await;
        let token = token_in(&world.letters()[0]);
        if revoke {
            let by = world.operator(Scope::RevokeTokens).await;
            world.recovery.revoke_tokens(&by, "1").await.unwrap();
        } else {
            world.complete(&token, GOOD).await.unwrap();
        }
        let by = world.operator(Scope::ExplainTokens).await;
        let told = world.recovery.explain_token(&by, Purpose::PasswordReset, &token).await.unwrap();
        assert_eq!(told.state, state);
    }
}

#[tokio::test]
async fn a_full_queue_takes_no_invitation_and_words_of_the_application_are_not_for_it() {
    let world = World::with(|app| {
        let wording = Wording { subject: Some("Forgotten?".to_owned()), ..Wording::default() };
        app.wordings.insert(Purpose::PasswordReset, Box::new(wording));
    });
    let by = world.operator(Scope::IssuePasswordResets).await;
    world.recovery.invite_user(&by, invitation()).await.unwrap();
    world.work_off().await;
    assert_eq!(world.letters()[0].wording, None);
    world.parts.is_full.store(true, Ordering::SeqCst);
    let refused = world.recovery.invite_user(&by, invitation()).await;
    assert_eq!(refused, Err(OperatorError::NotIssued(IssueError::Busy)));
}

#[tokio::test]
async fn a_token_is_explained_with_what_it_says_of_itself() {
    let world = World::new();
    let token = world.token(Purpose::PasswordReset).await;
    let by = world.operator(Scope::ExplainTokens).await;
    let explain = async |purpose, token: &str| {
        world.recovery.explain_token(&by, purpose, token).await.unwrap()
    };
    let expires_at = START + Duration::from_mins(30);
    let said = Said { user_id: "1".to_owned(), issued_at: START, expires_at };
    let reset = Purpose::PasswordReset;
    let told = explain(reset, &token).await;
    assert_eq!(told, Explanation { state: TokenState::Valid, said: Some(said.clone()) });
    let told = explain(Purpose::Login, &token).await;
    assert_eq!(told, Explanation { state: TokenState::NotOurs, said: None });
    let before = world.table.first();
    world.table.change(|row| row.password = None);
    let closed = explain(reset, &token).await;
    assert_eq!(closed.state, TokenState::AccountInactive(Ineligible::NoPassword));
    world.table.change(|row| row.password = Some("$other".to_owned()));
    assert_eq!(explain(reset, &token).await.state, TokenState::Spent);
    world.table.clear();
    assert_eq!(explain(reset, &token).await.state, TokenState::AccountUnknown);
    world.table.add(before);
    world.clock.advance(Duration::from_hours(1));
    let told = explain(reset, &token).await;
    assert_eq!(told, Explanation { state: TokenState::Expired, said: Some(said) });
    assert_eq!(TokenState::NAMES.len(), 8);
    assert_eq!((TokenState::Valid.name(), TokenState::NotOurs.name()), ("valid", "not_ours"));
    assert_eq!(TokenState::FromTheFuture.name(), "from_the_future");
}

#[tokio::test]
async fn revoking_voids_every_link_and_session_and_leaves_the_password() {
    let world = World::new();
    let session = {
        let token = world.token(Purpose::Login).await;
        world.log_in(&token).await.unwrap().session
    };
    world.clock.advance(Duration::from_secs(1));
    let token = world.token(Purpose::PasswordReset).await;
    let before = world.table.first();
    let by = world.operator(Scope::RevokeTokens).await;
    world.recovery.revoke_tokens(&by, "1").await.unwrap();
    assert!(world.complete(&token, GOOD).await.is_err());
    assert!(world.recovery.me(world.app(), &client(), session.expose()).await.is_err());
    let after = world.table.first();
    assert_eq!(after.password, before.password);
    assert_eq!(after.revoked_at(), Some(world.clock.now()));
    let unknown = world.recovery.revoke_tokens(&by, "2").await;
    assert_eq!(unknown, Err(OperatorError::AccountUnknown));

    let without = World::with(|app| app.stamp = StampUse::None);
    let by = without.operator(Scope::RevokeTokens).await;
    let refused = without.recovery.revoke_tokens(&by, "1").await;
    assert_eq!(refused, Err(OperatorError::NotConfigured));
}

#[tokio::test]
async fn a_session_is_introspected_and_why_a_bad_one_is_bad_is_not_told() {
    let world = World::new();
    let token = world.token(Purpose::Login).await;
    let session = world.log_in(&token).await.unwrap().session;
    let by = world.operator(Scope::IntrospectSessions).await;
    let active = world.recovery.introspect(&by, session.expose()).await.unwrap();
    let expires_at = START + Duration::from_mins(15);
    assert_eq!(active, Some(ActiveSession { user_id: "1".to_owned(), expires_at }));
    assert_eq!(world.recovery.introspect(&by, &token).await, Ok(None));
    world.table.tell_of_second_factor(&["mfa"]);
    let refused = world.recovery.introspect(&by, session.expose()).await;
    assert_eq!(refused, Err(OperatorError::NotConfigured));
    let busy = StoreError::Busy("locked".to_owned());
    world.table.fail(Some(busy.clone()));
    let away = world.recovery.introspect(&by, session.expose()).await;
    assert_eq!(away, Err(OperatorError::Unavailable(busy)));
}

#[tokio::test]
async fn a_key_does_what_its_scope_says_and_no_more_often_than_it_may() {
    let world = World::new();
    let by = world.operator(Scope::RevokeTokens).await;
    let refused = world.recovery.introspect(&by, "x").await;
    assert_eq!(refused, Err(OperatorError::Forbidden(Scope::IntrospectSessions)));
    assert_eq!(Parts::taken(&world.parts.requests, "key shop/tokens:revoke"), 0);
    *world.parts.requests_most.lock().unwrap() = Some(1);
    world.recovery.revoke_tokens(&by, "1").await.unwrap();
    let again = world.recovery.revoke_tokens(&by, "1").await;
    assert_eq!(again, Err(OperatorError::RateLimited(Duration::from_secs(7))));

    let wrong = async |key: &str| world.recovery.recognise(world.app(), key, "client").await.err();
    assert_eq!(wrong("rk_none").await, Some(OperatorError::Unauthorized));
    assert_eq!(wrong("rk_none").await, Some(OperatorError::RateLimited(Duration::from_secs(7))));
    let right = key_for(&[Scope::RevokeTokens]);
    assert_eq!(wrong(right.expose()).await, None, "a right one goes by");
}

#[tokio::test]
async fn a_backend_that_names_its_client_pays_with_it_or_not_at_all() {
    let world = World::new();
    let by: Operator = world.operator(Scope::AskOnBehalf).await;
    let caller = by.clone().on_behalf_of("203.0.113.9").unwrap();
    assert_eq!(caller.named_by().map(Operator::key), Some("ask:on-behalf"));
    let other = world.operator(Scope::RevokeTokens).await;
    let forbidden = other.on_behalf_of("203.0.113.9").err();
    assert_eq!(forbidden, Some(OperatorError::Forbidden(Scope::AskOnBehalf)));

    *world.parts.requests_most.lock().unwrap() = Some(2);
    let prepare = async |caller| world.recovery.prepare(world.app(), caller).await.is_ok();
    let taken = |name| Parts::taken(&world.parts.requests, name);
    assert!(prepare(&caller).await && prepare(&caller).await);
    let (client, key) = ("prepare shop\x00203.0.113.9", "key shop/ask:on-behalf");
    assert_eq!((taken(client), taken(key)), (2, 2));
    let another = by.on_behalf_of("203.0.113.10").unwrap();
    assert!(!prepare(&another).await, "the key has had its calls");
    assert_eq!(taken("prepare shop\x00203.0.113.10"), 0, "so its client has not");
}

#[tokio::test]
async fn mails_are_worded_by_keys_that_may_and_where_the_words_are_fit() {
    let world = World::new();
    let wording = || Ok::<_, ()>(Wording { link_alone: true, ..Wording::default() });
    let may = world.operator(Scope::DefineMails).await;
    assert_eq!(may.word_mail(wording), wording().ok());
    assert_eq!(may.word_mail(|| Err::<Wording, _>(())), None);
    let may_not = world.operator(Scope::RevokeTokens).await;
    assert_eq!(may_not.word_mail(wording), None);
}
