//! `regain demo`: what to open, and who is there.

use std::net::SocketAddr;

use super::commands::block_on;
use super::output::{Failure, print};
use crate::app;

/// Runs the demo until it is told to stop.
pub(super) fn run(listen: &str) -> Result<(), Failure> {
    let ready = |address| {
        // The demo runs on for whoever asks it, even where nobody reads this.
        let _ = print(&welcome(address));
    };
    block_on(app::demo(listen, ready))?.map_err(Failure::from)
}

fn welcome(address: SocketAddr) -> String {
    format!(
        "Regain's demo is ready. Nothing leaves this machine, and nothing is kept.

  http://{address}/a/default/reset     ask for a link
  http://{address}/a/default/login     ask for a link that logs you in
  http://{address}/demo/outbox         read the mail it sent
  http://{address}/docs                try the API

Accounts:
  ada@example.com            (username ada)
  grace@example.com
  disabled@example.com       disabled: gets no mail
  unconfirmed@example.com    address not confirmed: gets a link to confirm it, if asked for at
                             http://{address}/a/default/confirm-email
  nopassword@example.com     has no password: gets no mail
  shared@example.com         two accounts: a link for each

Each account gets three mails at once and then one every 20 minutes, as it would by default.

Ctrl-C stops it.
"
    )
}
