//! A mailbox must always hold a live link, else asking often would lock its owner out.

use std::collections::BTreeMap;
use std::time::Duration;

use super::super::error::ConfigError;
use super::lifetime;
use crate::config::{ApplicationSettings, LimitSettings, LoginLinks, Rate, Span};
use crate::token::Purpose;

type Apps = BTreeMap<String, ApplicationSettings>;

/// Budgets of mails that come back too late for the links of those whom they hold for.
pub(super) fn check(limits: &LimitSettings, apps: &Apps) -> Vec<ConfigError> {
    if !limits.enabled {
        return vec![];
    }
    let own = apps.iter().filter_map(|(name, app)| {
        let budget = Budget {
            key: format!("apps.{name}.limits.mails_per_account"),
            rate: app.limits.mails_per_account?,
            chosen: true,
        };
        budget.outlives([(name, app)].into_iter())
    });
    let rate = limits.mails_per_account;
    let common = Budget {
        key: "limits.mails_per_account".to_owned(),
        rate,
        chosen: rate != LimitSettings::default().mails_per_account,
    };
    let without = apps.iter().filter(|(_, app)| app.limits.mails_per_account.is_none());
    common.outlives(without).into_iter().chain(own).collect()
}

/// How much mail an account gets, and what says so.
struct Budget {
    key: String,
    rate: Rate,
    /// Whether the operator said it; where the rate is our own, a lifetime is what was chosen.
    chosen: bool,
}

impl Budget {
    /// What is wrong where a mail comes back after the shortest link of these has died.
    fn outlives<'a>(
        &self,
        apps: impl Iterator<Item = (&'a String, &'a ApplicationSettings)>,
    ) -> Option<ConfigError> {
        let lives = apps.flat_map(|(name, app)| {
            purposes_that_let_in(app).map(move |purpose| {
                let said = app.lifetimes.of(purpose).filter(|(_, span)| span.is_some());
                let said = said.map(|(key, _)| format!("apps.{name}.lifetimes.{key}"));
                (lifetime(app, purpose), said)
            })
        });
        // A lifetime of nought is refused by itself.
        let (shortest, said) =
            lives.filter(|(life, _)| !life.is_zero()).min_by_key(|(life, _)| *life)?;
        let interval = self.rate.interval();
        if interval < shortest {
            return None;
        }
        let (interval, enough) = (Span(interval), enough_for(shortest));
        let shortest = Span(shortest);
        let lost = "a mailbox could be left without a live link";
        Some(match said.filter(|_| !self.chosen) {
            Some(key) => ConfigError::at(
                key,
                format!(
                    "is {shortest}, but an account's next mail may come after {interval}: {lost}"
                ),
                format!("write more than {interval}, or {} = \"{enough}\"", self.key),
            ),
            None => ConfigError::at(
                self.key.as_str(),
                format!(
                    "gives one mail back in {interval}, but the shortest link lives {shortest}: \
                     {lost}"
                ),
                format!("allow more mails, say \"{enough}\", or let links live longer"),
            ),
        })
    }
}

/// The fewest mails in an hour of which one comes back while a link of this life still works.
fn enough_for(life: Duration) -> Rate {
    let hour = Duration::from_hours(1);
    let events = hour.as_millis() / life.as_millis().max(1) + 1;
    Rate { events: u32::try_from(events).unwrap_or(u32::MAX), period: hour }
}

/// What links are for that let an owner in again.
fn purposes_that_let_in(app: &ApplicationSettings) -> impl Iterator<Item = Purpose> {
    let login = (app.login_links != LoginLinks::Off).then_some(Purpose::Login);
    [Purpose::PasswordReset].into_iter().chain(login)
}
