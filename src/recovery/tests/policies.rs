//! Passwords that were breached, and who is asked.

use std::time::Duration;

use super::super::testing::{GOOD, World};
use super::super::{BreachUse, CompleteError, NotTold};
use crate::password::Refusal;
use crate::token::Purpose;

async fn completed(breaches: BreachUse, told: Result<bool, NotTold>) -> Result<(), CompleteError> {
    let world = World::with(|app| app.breaches = breaches);
    *world.parts.breached.lock().unwrap() = Some(told);
    let token = world.token(Purpose::PasswordReset).await;
    world.complete(&token, GOOD).await.map(drop)
}

#[tokio::test]
async fn a_breached_password_is_refused_where_that_is_asked() {
    let breached = Err(CompleteError::Rejected(vec![Refusal::Breached]));
    for breaches in [BreachUse::OrAllow, BreachUse::OrRefuse] {
        assert_eq!(completed(breaches, Ok(true)).await, breached);
        assert_eq!(completed(breaches, Ok(false)).await, Ok(()));
    }
    assert_eq!(completed(BreachUse::NotAsked, Ok(true)).await, Ok(()));
}

#[tokio::test]
async fn what_is_not_told_is_taken_or_refused_as_the_application_says_and_a_crowd_never_gets_by() {
    let wait = Duration::from_secs(3);
    let busy = || Err(CompleteError::Busy(wait));
    let failed = Err(NotTold::Failed(wait));
    assert_eq!(completed(BreachUse::OrAllow, failed).await, Ok(()));
    assert_eq!(completed(BreachUse::OrRefuse, failed).await, busy());
    let crowded = Err(NotTold::Crowded(wait));
    assert_eq!(completed(BreachUse::OrAllow, crowded).await, busy());
    assert_eq!(completed(BreachUse::OrRefuse, crowded).await, busy());
}

#[tokio::test]
async fn what_a_row_cannot_hold_is_refused_before_anything_is_computed() {
    use crate::password::Scheme;
    let world = World::with(|app| app.scheme = Scheme::keep(app.scheme.clone()));
    let bcrypt = "$2b$04$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy";
    world.table.change(|row| row.password = Some(bcrypt.to_owned()));
    let token = world.token(Purpose::PasswordReset).await;
    let refused = world.complete(&token, &GOOD.repeat(4)).await;
    assert!(matches!(refused, Err(CompleteError::Rejected(_))), "{refused:?}");
    assert!(world.complete(&token, GOOD).await.is_ok());
}
