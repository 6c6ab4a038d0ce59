//! From an identifier to a link in a mail: the accounts, their budgets, the token, the letter.

use std::fmt;
use std::mem;
use std::time::Duration;

use super::super::audit;
use super::super::meters::{self, NoMail};
use super::super::mint::mint;
use super::super::{
    About, Application, Draft, Event, Job, Later, Letter, LinkWish, Lost, Mail, Message, Recovery,
    SendError, Task, TryAfter, Worthless, trace,
};
use super::{account_language, newest};
use crate::account::{Account, Identifier};
use crate::token::{Purpose, base64url};

/// Most accounts that share one address and each get a link.
const ACCOUNTS_PER_ADDRESS: usize = 5;
/// Longest wait for a turn in a pace: more would fill the queue.
const LONGEST_TURN: Duration = Duration::from_hours(1);

impl Recovery {
    /// What is left of a job whose link would let somebody in past a second factor; `None` for every
    /// other job. Nobody's mail budget pays for it.
    pub(super) async fn past_second_factor(
        &self,
        app: &Application,
        job: &Job,
    ) -> Option<Vec<Later>> {
        let Task::Mail(Mail::Ask(_, wish) | Mail::Link { wish, .. }) = &job.task else {
            return None;
        };
        match app.refuse_past_second_factor(wish.purpose).await {
            Ok(()) => None,
            Err(Worthless::Unavailable(error)) => {
                let left = self.later(job, app.lifetime(wish.purpose), &error).await;
                Some(left.into_iter().collect())
            }
            Err(why) => {
                tracing::error!(app = app.name, %why, "no mail");
                withhold(app, None, NoMail::SecondFactor, None);
                Some(vec![])
            }
        }
    }

    pub(super) async fn find_and_send(
        &self,
        app: &Application,
        job: &Job,
        identifier: &Identifier,
        wish: &LinkWish,
    ) -> Vec<Later> {
        let needs = app.needs_to_be_sent(wish);
        let accounts = match app.accounts.find(identifier, &needs, ACCOUNTS_PER_ADDRESS).await {
            Ok(accounts) => accounts,
            Err(error) => {
                let left = self.later(job, app.life_of(wish), &error).await;
                return left.into_iter().collect();
            }
        };
        if accounts.is_empty() {
            withhold(app, None, NoMail::NoAccount, None);
        }
        let mut left = vec![];
        for account in accounts {
            if let Err(reason) = account.fits(&needs) {
                withhold(app, Some(&account.id), NoMail::Ineligible, Some(&reason));
            } else if job.redone || self.pay(app, wish, &account).await {
                if wish.disputed {
                    left.extend(self.tell_dispute(app, job, &account));
                }
                left.extend(self.send_link(app, job, &account, wish, &self.draft()).await);
            } else {
                withhold(app, Some(&account.id), NoMail::Budget, None);
            }
        }
        left
    }

    /// Takes a mail from a budget of the account, if there is one left.
    async fn pay(&self, app: &Application, wish: &LinkWish, account: &Account) -> bool {
        self.limits.mail_budget(&app.name, &wish.origin.payer(&account.id)).await.is_ok()
    }

    /// Within the mail budget, so that a stranger can say so no oftener than ask for mail.
    fn tell_dispute(&self, app: &Application, job: &Job, account: &Account) -> Option<Later> {
        audit::account_disputed(app, &account.id);
        tell(app, job, Event::AccountDisputed, account, None, self.new_id())
    }

    /// A link that was paid for, but could not be sent: the account may have changed since.
    pub(super) async fn send_again(
        &self,
        app: &Application,
        job: &Job,
        user_id: &str,
        wish: &LinkWish,
        draft: &Draft,
    ) -> Vec<Later> {
        let needs = app.needs_to_be_sent(wish);
        match app.accounts.read(user_id).await {
            Ok(Some(account)) if account.fits(&needs).is_ok() => {
                self.send_link(app, job, &account, wish, draft).await
            }
            Ok(_) => {
                withhold(app, Some(user_id), NoMail::Ineligible, Some(&"gone or closed"));
                vec![]
            }
            Err(error) => self.later(job, app.life_of(wish), &error).await.into_iter().collect(),
        }
    }

    /// What is left of it: the mail, where it could not be sent, and the event that there is one.
    async fn send_link(
        &self,
        app: &Application,
        job: &Job,
        account: &Account,
        wish: &LinkWish,
        draft: &Draft,
    ) -> Vec<Later> {
        let lifetime = app.life_of(wish);
        let now = self.clock.now();
        if newest::is_overtaken(app, wish, account, draft) {
            withhold(app, Some(&account.id), NoMail::Overtaken, None);
            return vec![];
        }
        let fresh = now - draft.issued_at <= lifetime / 2;
        let mut draft =
            if fresh { draft.clone() } else { Draft { told: draft.told, ..self.draft() } };
        if wish.purpose == Purpose::Login && account.has_logged_in_since(draft.issued_at) {
            let why = "the link would not work: somebody logged in meanwhile, or the last login is \
                       not kept in UTC";
            withhold(app, Some(&account.id), NoMail::Ineligible, Some(&why));
            return vec![];
        }
        let mut job = job.with(link(account, wish, &draft));
        if !mem::replace(&mut job.has_turn, true) {
            let patience = job.asked_at + lifetime - now;
            let patience = Duration::try_from(patience).unwrap_or_default().min(LONGEST_TURN);
            match self.turn(app, patience).await {
                Ok(Duration::ZERO) => {}
                Ok(wait) => {
                    meters::pace_wait(app);
                    trace::came_to("waits_for_its_turn", true);
                    let wait_s = wait.as_secs();
                    tracing::info!(app = app.name, wait_s, "the mail waits for its turn");
                    return vec![Later { job, after: wait }];
                }
                Err(TryAfter(wait)) => {
                    let why = format!("too much mail, its turn would come in {} s", wait.as_secs());
                    self.give_up(&job, Lost::TooMuch, &why).await;
                    return vec![];
                }
            }
        }
        let mut told = None;
        if !mem::replace(&mut draft.told, true) {
            // By the mail's own name: should it be begun once more, it is still one event.
            let (event, id) = (Event::RecoveryRequested, draft.id.clone());
            told = tell(app, &job, event, account, Some(wish.purpose), id);
            job.task = link(account, wish, &draft);
        }
        let mail = self.send_now(app, &job, account, wish, draft).await;
        told.into_iter().chain(mail).collect()
    }

    /// Mints the link and hands the mail over. Only here, once the mail is taken, does it void older ones,
    /// where it does: a mail that waits, or is not taken, voids none that was delivered.
    async fn send_now(
        &self,
        app: &Application,
        job: &Job,
        account: &Account,
        wish: &LinkWish,
        mut draft: Draft,
    ) -> Option<Later> {
        let (kind, pattern) = wish.kind().zip(app.links.get(&wish.purpose))?;
        let lifetime = app.life_of(wish);
        let stamped = match newest::stamp(app, account, wish, &draft).await {
            Ok(Some(stamped)) => stamped,
            Ok(None) => {
                let why = "the account changed meanwhile";
                withhold(app, Some(&account.id), NoMail::Ineligible, Some(&why));
                return None;
            }
            Err(error) => return self.later(job, lifetime, &error).await,
        };
        stamped.note(&mut draft);
        let account = &stamped.account;
        let to = account.address_for(wish.purpose)?;
        let left = draft.issued_at + lifetime - self.clock.now();
        let message = Message::Link {
            kind,
            link: pattern.fill(&mint(app, account, wish, draft.issued_at)),
            lifetime: Duration::try_from(left).unwrap_or_default(),
        };
        let language = wish.languages.choose(account_language(account)).unwrap_or(app.language);
        let wording = app.wording_of(wish);
        let letter = self.letter(job, account, to, draft.id.clone(), language, message);
        let letter = Letter { wording, ..letter };
        let sent = self.sender.send(&letter).await;
        match &sent {
            Ok(()) => newest::deliver(app, &stamped, &draft).await,
            Err(SendError::Unanswered(_)) => {}
            Err(SendError::Passing(_) | SendError::Final(_)) => {
                newest::unstamp(app, &stamped, &mut draft).await;
            }
        }
        let job = job.with(link(account, wish, &draft));
        self.conclude(&job, kind.name(), sent, lifetime).await
    }

    /// Takes a turn in each pace that the application's mails keep, or in none: how long it is until
    /// the last of them.
    async fn turn(&self, app: &Application, patience: Duration) -> Result<Duration, TryAfter> {
        let mut wait = Duration::ZERO;
        for (taken, pace) in app.paces.iter().enumerate() {
            match self.limits.pace(pace, patience).await {
                Ok(turn) => wait = wait.max(turn),
                Err(too_late) => {
                    self.give_turns_back(&app.paces[..taken]).await;
                    return Err(too_late);
                }
            }
        }
        Ok(wait)
    }

    /// Gives back a turn that was taken in each of these paces.
    pub(super) async fn give_turns_back(&self, paces: &[String]) {
        for pace in paces {
            self.limits.give_turn_back(pace).await;
        }
    }

    pub(in super::super) fn draft(&self) -> Draft {
        let (issued_at, id) = (self.clock.now(), self.new_id());
        Draft { issued_at, id, stamped: false, over: None, told: false }
    }

    /// A name that no other mail or event has: 144 random bits.
    pub(in super::super) fn new_id(&self) -> String {
        base64url::encode(&self.random.bytes::<18>())
    }
}

/// The mail of a link to this account.
fn link(account: &Account, wish: &LinkWish, draft: &Draft) -> Task {
    let (user_id, wish) = (account.id.clone(), wish.clone());
    Task::Mail(Mail::Link { user_id, wish, draft: Box::new(draft.clone()) })
}

/// The call that tells of an event that a job has come upon, where it is to be told.
fn tell(
    app: &Application,
    job: &Job,
    event: Event,
    account: &Account,
    purpose: Option<Purpose>,
    event_id: String,
) -> Option<Later> {
    app.hooks.contains(&event).then(|| {
        let about = About::Account { user_id: account.id.clone(), event_id, purpose };
        let hook = Job { attempt: 0, ..job.with(Task::Hook(event, about)) };
        Later { job: hook, after: Duration::ZERO }
    })
}

/// Counts and tells what no mail is made for.
fn withhold(
    app: &Application,
    user_id: Option<&str>,
    reason: NoMail,
    why: Option<&(dyn fmt::Display + Sync)>,
) {
    meters::no_mail(app, reason);
    trace::came_to(reason.word(), true);
    audit::mail_withheld(app, user_id, reason, why);
}
