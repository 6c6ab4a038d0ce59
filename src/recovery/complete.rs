//! Using a token to set a new password, once.

use std::sync::Arc;
use std::time::Duration;

use super::change::NEWS_DELAY;
use super::inspect::Redeemable;
use super::{
    Accounts, Application, Caller, Change, Client, CompleteError, Door, Event, Mail, NewPassword,
    QueueFull, Recovery, Refused, StoreError, Swap, Task, audit, meters,
};
use crate::account::{Account, Footing, Stamp};
use crate::password::Password;
use crate::token::Purpose;

/// How long to wait before the row is read again after trouble, attempt by attempt.
const PAUSES: [Duration; 4] = [
    Duration::from_millis(50),
    Duration::from_millis(150),
    Duration::from_millis(400),
    Duration::from_secs(1),
];

/// A token and the password to set with it.
pub struct Completion {
    /// The token as it came.
    pub token: String,
    /// The new password.
    pub new_password: Password,
    /// Who tries, as limits count it.
    pub client: Caller,
    /// With what, for the notice.
    pub by: Client,
    /// The request, as logs and mails show it.
    pub reference: String,
}

/// A password to be set for an account that has shown who it is.
pub(super) struct Setting {
    pub(super) new_password: Password,
    pub(super) by: Client,
    pub(super) reference: String,
}

/// A password was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completed {
    /// Where the link leads back to.
    pub return_to: Option<String>,
}

impl Recovery {
    /// Sets a new password: MAC → age → row → eligible → fingerprint → policy → hash →
    /// compare-and-swap. The link is spent by the last step alone.
    ///
    /// # Errors
    /// [`CompleteError`]; the link goes on working unless it was not valid to begin with.
    pub async fn complete(
        &self,
        app: &Application,
        completion: Completion,
    ) -> Result<Completed, CompleteError> {
        let caller = completion.client.clone();
        let completed = self.try_to_complete(app, completion).await;
        if let Err(error) = &completed {
            meters::completed(&app.name, Purpose::PasswordReset, error.into());
        }
        audit::called_for(
            &caller,
            audit::Operation::Complete,
            meters::Completing::of(&completed).word(),
        );
        completed
    }

    async fn try_to_complete(
        &self,
        app: &Application,
        completion: Completion,
    ) -> Result<Completed, CompleteError> {
        self.enter(app, Door::Complete, &completion.client).await?;
        let good = self.redeemable(app, Purpose::PasswordReset, &completion.token).await?;
        let setting = Setting {
            new_password: completion.new_password,
            by: completion.by,
            reference: completion.reference,
        };
        match self.set_password(app, &good, setting).await? {
            Swap::Won => Ok(Completed { return_to: app.return_target(&good.opened.claims) }),
            Swap::Lost => Err(Refused::Invalid.into()),
        }
    }

    /// Policy → hash → compare-and-swap, for an account that has shown who it is.
    pub(super) async fn set_password(
        &self,
        app: &Application,
        good: &Redeemable,
        setting: Setting,
    ) -> Result<Swap, CompleteError> {
        let Redeemable { opened, account, needs, rests_on } = good;
        let purpose = opened.purpose;
        let Setting { new_password, by, reference } = setting;
        let hash = self.accept(app, account, new_password).await?;
        let recovery_stamp = app.has_stamp().then(|| self.new_stamp());
        let confirms = needs.would_confirm(account) && !account.is_confirmed();
        let new = NewPassword { hash, recovery_stamp, confirms, at: self.clock.now() };
        let change = Change::of(app, account, &new, by);
        if let Err(full) = self.announce_password(app, account, &change, reference).await {
            // The notice may wait already, though there was no room for the hook.
            change.is_not_written(&app.name, self.jobs.as_ref()).await;
            return Err(full.into());
        }
        let (accounts, was) = (Arc::clone(&app.accounts), account.clone());
        let rests_on = rests_on.clone();
        let settling = async move { settle(accounts.as_ref(), &was, &new, &rests_on).await };
        let won = |swap: &Swap| *swap == Swap::Won;
        let told = move |app: &str, user_id: &str| audit::password_changed(app, user_id, purpose);
        let writing = self.write_through(app, account.clone(), Some(change), settling, won, told);
        let swap = writing.await?;
        if swap == Swap::Won {
            meters::completed(&app.name, purpose, meters::Completing::Completed);
        }
        Ok(swap)
    }

    /// Queues the notice and the hook before the row is written. They are sent only once it is,
    /// so that a crash in between loses nothing and tells no lie.
    async fn announce_password(
        &self,
        app: &Application,
        account: &Account,
        change: &Change,
        reference: String,
    ) -> Result<(), QueueFull> {
        for number in 0..account.notice_addresses().len() {
            let notice = Task::Mail(Mail::PasswordChanged(Box::new(change.clone()), number));
            self.jobs.follow(self.job(app, reference.clone(), notice), NEWS_DELAY).await?;
        }
        if app.hooks.contains(&Event::PasswordChanged) {
            self.announce(app, Event::PasswordChanged, change, reference).await?;
        }
        Ok(())
    }
}

/// The compare-and-swap, and what to make of it when its answer was lost: our hash in the row
/// is success; a row as it was is tried again; anything else belongs to somebody else. A row in which
/// nothing is new but which links are the newest is as it was, where what the token rests on is still there:
/// a mail may be taken in the very moment.
async fn settle(
    accounts: &dyn Accounts,
    was: &Account,
    new: &NewPassword,
    rests_on: &Footing,
) -> Result<Swap, StoreError> {
    let mut trouble = match accounts.swap_password(was, new).await {
        Ok(Swap::Lost) if *rests_on != Footing::Stamp(Stamp::Whole) => None,
        Ok(swap) => return Ok(swap),
        Err(error @ StoreError::Misfit(_)) => return Err(error),
        Err(error) => Some(error),
    };
    for pause in PAUSES {
        if let Some(trouble) = &trouble {
            tracing::warn!(user_id = was.logged_id(), %trouble, "reading the row again");
        }
        tokio::time::sleep(pause).await;
        match accounts.read(&was.id).await {
            Ok(Some(now)) if now.password.as_ref() == Some(&new.hash) => return Ok(Swap::Won),
            Ok(Some(now)) if now.still_is(was, rests_on) => {
                match accounts.swap_password(&now, new).await {
                    Ok(Swap::Won) => return Ok(Swap::Won),
                    // The first attempt may have been carried out late, or a mail went out meanwhile:
                    // the next reading tells.
                    Ok(Swap::Lost) => {}
                    Err(error) => trouble = Some(error),
                }
            }
            Ok(_) => return Ok(Swap::Lost),
            Err(error) => trouble = Some(error),
        }
    }
    trouble.map_or(Ok(Swap::Lost), Err)
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use async_trait::async_trait;
    use time::OffsetDateTime;

    use super::*;
    use crate::account::{Identifier, Needs};

    const WHOLE: Footing = Footing::Stamp(Stamp::Whole);

    type Script = Vec<(Result<Swap, StoreError>, Option<&'static str>)>;

    /// A row, and what each swap answers and does to it, whatever it answers.
    struct Scripted(Mutex<(Account, Script)>);

    #[async_trait]
    impl Accounts for Scripted {
        async fn find(
            &self,
            _: &Identifier,
            _: &Needs,
            _: usize,
        ) -> Result<Vec<Account>, StoreError> {
            Ok(vec![])
        }

        async fn read(&self, _: &str) -> Result<Option<Account>, StoreError> {
            Ok(Some(self.0.lock().unwrap().0.clone()))
        }

        async fn swap_password(&self, _: &Account, _: &NewPassword) -> Result<Swap, StoreError> {
            let mut state = self.0.lock().unwrap();
            let (answer, written) = state.1.remove(0);
            if let Some(written) = written {
                state.0.password = Some(written.to_owned());
            }
            answer
        }

        async fn confirm(&self, _: &Account, _: OffsetDateTime) -> Result<Swap, StoreError> {
            Ok(Swap::Lost)
        }

        async fn advance_login(&self, _: &Account, _: OffsetDateTime) -> Result<Swap, StoreError> {
            Ok(Swap::Lost)
        }

        async fn renew_stamp(&self, _: &str, _: &str) -> Result<bool, StoreError> {
            Ok(false)
        }

        async fn second_factor(&self) -> Result<Vec<String>, StoreError> {
            Ok(vec![])
        }

        async fn swap_stamp(&self, _: &Account, _: Option<&str>) -> Result<Swap, StoreError> {
            Ok(Swap::Lost)
        }

        async fn ping(&self) -> Result<(), StoreError> {
            Ok(())
        }
    }

    fn new() -> NewPassword {
        let at = OffsetDateTime::UNIX_EPOCH;
        NewPassword { hash: "new".to_owned(), recovery_stamp: None, confirms: false, at }
    }

    async fn settled(script: Script) -> Result<Swap, StoreError> {
        let was = crate::recovery::testing::ada();
        settle(&Scripted(Mutex::new((was.clone(), script))), &was, &new(), &WHOLE).await
    }

    fn lost_answer() -> Result<Swap, StoreError> {
        Err(StoreError::Unreachable("connection reset".into()))
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_lost_after_the_row_was_written_is_success() {
        assert_eq!(settled(vec![(lost_answer(), Some("new"))]).await, Ok(Swap::Won));
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_lost_before_the_row_was_written_is_tried_again() {
        let script = vec![(lost_answer(), None), (Ok(Swap::Won), Some("new"))];
        assert_eq!(settled(script).await, Ok(Swap::Won));
    }

    #[tokio::test(start_paused = true)]
    async fn a_first_attempt_carried_out_late_is_success_and_not_lost() {
        let script = vec![(lost_answer(), None), (Ok(Swap::Lost), Some("new"))];
        assert_eq!(settled(script).await, Ok(Swap::Won));
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_that_somebody_else_wrote_is_lost() {
        assert_eq!(settled(vec![(lost_answer(), Some("theirs"))]).await, Ok(Swap::Lost));
    }

    #[tokio::test(start_paused = true)]
    async fn a_swap_that_was_lost_is_not_tried_again_where_the_whole_stamp_counts() {
        let script = vec![(Ok(Swap::Lost), None), (Ok(Swap::Won), Some("new"))];
        assert_eq!(settled(script).await, Ok(Swap::Lost));
    }

    #[tokio::test(start_paused = true)]
    async fn a_row_whose_other_columns_the_host_wrote_is_tried_again() {
        let was = crate::recovery::testing::ada();
        let touched = Account { last_login: Some("2027-01-15".to_owned().into()), ..was.clone() };
        let script = vec![(lost_answer(), None), (Ok(Swap::Won), Some("new"))];
        let accounts = Scripted(Mutex::new((touched, script)));
        assert_eq!(settle(&accounts, &was, &new(), &WHOLE).await, Ok(Swap::Won));
    }

    #[tokio::test(start_paused = true)]
    async fn trouble_that_stays_is_told_and_nothing_claimed() {
        let busy = || Err(StoreError::Busy("database is locked".into()));
        let script = (0..=PAUSES.len()).map(|_| (busy(), None)).collect();
        assert_eq!(settled(script).await, busy());
    }

    #[tokio::test(start_paused = true)]
    async fn a_mail_in_between_voids_links_that_are_the_newest_no_more_and_nothing_else() {
        let at = |stamp: &str| Account {
            recovery_stamp: Some(stamp.to_owned()),
            ..crate::recovery::testing::ada()
        };
        let was = at("base.AAAAAAAAAAAAAAAA");
        let link = || Footing::Link("AAAAAAAAAAAAAAAA".to_owned());
        for (now, rests_on, settled) in [
            ("base.BBBBBBBBBBBBBBBB", Footing::Stamp(Stamp::Base), Swap::Won),
            ("base.BBBBBBBBBBBBBBBB", WHOLE, Swap::Lost),
            ("base.BBBBBBBBBBBBBBBB", link(), Swap::Lost),
            ("base.AAAAAAAAAAAAAAAA+BBBBBBBBBBBBBBBB", link(), Swap::Won),
            ("base.BBBBBBBBBBBBBBBB+AAAAAAAAAAAAAAAA", link(), Swap::Won),
            ("revoked", Footing::Stamp(Stamp::Base), Swap::Lost),
            ("revoked.AAAAAAAAAAAAAAAA", link(), Swap::Lost),
        ] {
            let script = vec![(Ok(Swap::Lost), None), (Ok(Swap::Won), Some("new"))];
            let accounts = Scripted(Mutex::new((at(now), script)));
            assert_eq!(settle(&accounts, &was, &new(), &rests_on).await, Ok(settled), "{now}");
        }
    }
}
