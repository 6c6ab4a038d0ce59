//! `regain demo`: what to open, and who is there.

use std::net::SocketAddr;

use zeroize::Zeroizing;

use super::commands::block_on;
use super::output::{Failure, print};
use crate::app;
use crate::token::ApiKey;

/// Runs the demo until it is told to stop.
pub(super) fn run(listen: &str, link: Option<&str>) -> Result<(), Failure> {
    let ready = |address, key: &ApiKey| {
        // The demo runs on for whoever asks it, even where nobody reads this.
        let _ = print(&welcome(address, key, link));
    };
    block_on(app::demo(listen, link, ready))?.map_err(Failure::from)
}

fn welcome(address: SocketAddr, key: &ApiKey, link: Option<&str>) -> Zeroizing<String> {
    let ports = app::FRONT_END_PORTS.map(|port| port.to_string()).join(", ");
    let leads = match link {
        None => {
            "--link 'http://localhost:5173/#{token}' lets the links of mails lead there.".to_owned()
        }
        Some(link) => format!("{link} is where links of mails lead, and may call it, too."),
    };
    Zeroizing::new(format!(
        "Regain's demo is ready. Nothing leaves this machine, and nothing is kept.

  http://{address}/a/default/reset     ask for a link
  http://{address}/a/default/login     ask for a link that logs you in
  http://{address}/demo/outbox         read the mail it sent
  http://{address}/docs                try the API

Accounts:
  ada@example.com            (username ada, id 1)
  grace@example.com          (id 2)
  disabled@example.com       disabled: gets no mail
  unconfirmed@example.com    address not confirmed: gets a link to confirm it, if asked for at
                             http://{address}/a/default/confirm-email
  nopassword@example.com     has no password: gets no mail
  shared@example.com         two accounts: a link for each

Pages that you write on this machine may call it from localhost at the ports {ports}.
{leads}

The API key of this run, which may do everything:
  {key}

Each account gets three mails at once and then one every 20 minutes, as it would by default.

Ctrl-C stops it.
",
        key = key.expose(),
    ))
}
