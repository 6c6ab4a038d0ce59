//! Links that an operator makes for one account, who has shown that they may.

use std::fmt;
use std::time::Duration;

use time::OffsetDateTime;
use zeroize::Zeroizing;

use super::mint::mint;
use super::{
    Application, GivenLink, IssueError, LinkPattern, LinkWish, Mail, Operator, OperatorError,
    Origin, Recovery, Task, TryAfter, audit,
};
use crate::account::Account;
use crate::token::{Purpose, Scope, Token};

/// The longest that a link works which an operator makes.
pub const LONGEST_ISSUED: Duration = Duration::from_hours(72);

/// What an operator wants made. Everything in it is well formed.
#[derive(Clone, Debug)]
pub struct Issue {
    /// Whose link it is: the row's key as text.
    pub user_id: String,
    /// What it is for.
    pub purpose: Purpose,
    /// How long it works, in whole seconds; as long as one that is asked for where left out.
    pub lifetime: Option<Duration>,
    /// An allowed target to go back to.
    pub return_to: Option<String>,
    /// Whether it is mailed to its owner and shown to nobody else.
    pub send_mail: bool,
    /// Who makes it, for the log: the name of a key.
    pub by: String,
    /// The request, as logs and mails show it.
    pub reference: String,
}

/// What became of it.
#[derive(Debug)]
pub enum Issued {
    /// It is in the operator's hands, and its owner is told so by mail.
    Given(IssuedLink),
    /// It will be mailed to its owner; nobody else has it.
    Mailed,
}

/// A link made for an operator.
pub struct IssuedLink {
    /// The token.
    pub token: Token,
    /// The link that carries it.
    pub link: Zeroizing<String>,
    /// The last second in which it works.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for IssuedLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IssuedLink").field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

impl Recovery {
    /// Makes a link for an account as it is now. No asking of a stranger voids it, but a new
    /// password, address or revocation does. It is handed to the operator, of which the owner is
    /// told by mail; or it is mailed to the owner. Both are of the budget that operators have for each
    /// account, and not of the owner's own.
    ///
    /// # Errors
    /// [`IssueError`]; then there is no link.
    pub async fn issue(&self, app: &Application, issue: Issue) -> Result<Issued, IssueError> {
        let purpose = issue.purpose;
        let link = app.mailed().find(|(mailed, _)| *mailed == purpose);
        let pattern = link.and_then(|(purpose, _)| app.links.get(&purpose));
        let pattern = pattern.ok_or(IssueError::NotConfigured)?;
        let lifetime = lifetime(app, &issue)?;
        app.refuse_past_second_factor(purpose).await?;
        let account = app.accounts.read(&issue.user_id).await?;
        let account = account.ok_or(IssueError::AccountUnknown)?;
        account.fits(&app.needs(purpose).to_be_sent()).map_err(IssueError::Ineligible)?;
        if purpose == Purpose::Login && account.has_logged_in_since(self.clock.now()) {
            return Err(IssueError::LoggedInNow);
        }
        let wish = LinkWish {
            return_to: issue.return_to.as_deref().map(Box::from),
            origin: Origin::Operator,
            lifetime: app.own_lifetime(purpose, lifetime),
            ..LinkWish::of(purpose)
        };
        // Either way its owner gets mail by it.
        let payer = wish.origin.payer(&account.id).into_owned();
        self.limits
            .mail_budget(&app.name, &payer)
            .await
            .map_err(|TryAfter(wait)| IssueError::Budget(wait))?;
        let issued = if issue.send_mail {
            self.mail_it(app, &account, wish, issue.reference).await
        } else {
            self.hand_it_over(app, &account, &wish, pattern, issue.reference).await
        };
        if issued.is_err() {
            self.limits.give_back(&app.name, &payer).await;
        }
        let issued = issued?;
        audit::link_issued(app, &account.id, purpose, lifetime, issue.send_mail, &issue.by);
        Ok(issued)
    }

    /// The same for an operator who asks with a key, in whose name it is made.
    ///
    /// # Errors
    /// [`OperatorError`] when the operator may not, and as for [`Recovery::issue`].
    pub async fn issue_token(&self, by: &Operator, issue: Issue) -> Result<Issued, OperatorError> {
        let scope = Scope::to_issue(issue.purpose).ok_or(OperatorError::NotConfigured)?;
        self.admit(by, scope).await?;
        let issue = Issue { by: by.key().to_owned(), ..issue };
        let user_id = issue.user_id.clone();
        let issued = self.issue(by.application(), issue).await.map_err(OperatorError::from);
        let outcome = match &issued {
            Ok(Issued::Given(_)) => "given",
            Ok(Issued::Mailed) => "mailed",
            Err(error) => error.word(),
        };
        let found = issued.as_ref().err().is_none_or(OperatorError::is_of_an_account);
        // Before a row has it, it may be anything that a caller took for an id.
        let known = found.then_some(&*user_id);
        audit::key_used(by, audit::Operation::IssueToken, known, outcome);
        issued
    }

    /// Leaves it to the worker, so that the link is made when its mail is sent.
    async fn mail_it(
        &self,
        app: &Application,
        account: &Account,
        wish: LinkWish,
        reference: String,
    ) -> Result<Issued, IssueError> {
        let draft = Box::new(self.draft());
        let link = Task::Mail(Mail::Link { user_id: account.id.clone(), wish, draft });
        self.jobs.ask(self.job(app, reference, link)).await?;
        Ok(Issued::Mailed)
    }

    /// Makes it at once. The notices are queued before it leaves the process: where there is no
    /// room for them, there is no link.
    async fn hand_it_over(
        &self,
        app: &Application,
        account: &Account,
        wish: &LinkWish,
        pattern: &LinkPattern,
        reference: String,
    ) -> Result<Issued, IssueError> {
        let now = self.clock.now();
        let token = mint(app, account, wish, now);
        let expires_at = now.truncate_to_second() + app.life_of(wish);
        let given = GivenLink { user_id: account.id.clone(), purpose: wish.purpose, expires_at };
        for number in 0..account.notice_addresses().len() {
            let notice = Task::Mail(Mail::LinkIssued(Box::new(given.clone()), number));
            let notice = self.job(app, reference.clone(), notice);
            self.jobs.follow(notice, Duration::ZERO).await?;
        }
        Ok(Issued::Given(IssuedLink { link: pattern.fill(&token), token, expires_at }))
    }
}

/// How long the link works, if it may work so long.
fn lifetime(app: &Application, issue: &Issue) -> Result<Duration, IssueError> {
    let own = || app.lifetime(issue.purpose).min(LONGEST_ISSUED);
    let lifetime = Duration::from_secs(issue.lifetime.unwrap_or_else(own).as_secs());
    let good = !lifetime.is_zero() && lifetime <= LONGEST_ISSUED;
    good.then_some(lifetime).ok_or(IssueError::Lifetime)
}
