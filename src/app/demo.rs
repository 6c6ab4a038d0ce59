//! Everything embedded, on loopback: a SQLite table, an outbox, a page to come home to, Swagger UI.

mod home;
mod outbox;
mod table;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use super::run::{Listening, stop_signal};
use super::{Service, StartError, logging};
use crate::clock::Clock;
use crate::config::{LogFormat, Settings};
use crate::mail::Outbox;
use crate::random::Random;

/// How long the demo goes on sending into its own memory once it was told to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// Runs the demo until it is told to stop; `ready` is called with its address once it answers.
///
/// # Errors
/// [`StartError`] when the address cannot be had, is not on loopback, or the table not be made.
pub async fn demo(listen: &str, ready: impl FnOnce(SocketAddr)) -> Result<(), StartError> {
    logging::start(LogFormat::Pretty);
    let listening = Listening::on(listen).await?;
    if !listening.address.ip().is_loopback() {
        return Err(StartError::setting(
            "--listen",
            "the demo shows every mail to everybody, so it stays on loopback",
            "use 127.0.0.1, or `regain serve` for others to reach it",
        ));
    }
    let random = Random::system();
    let folder = Folder::make(&random)?;
    let settings = settings(listening.address, &folder, &random)?;
    table::make(&folder.database(), &random).await?;
    let service = Service::build(&settings, Clock::system(), random)?;
    let service = service.beside(|routes, service| home::routes(outbox::routes(routes, service)));
    let (stop, outbox) = (stop_signal()?, service.outbox.clone());
    let stop = async move {
        stop.await;
        // Readers that wait for news would hold up the end.
        outbox.iter().for_each(Outbox::close);
    };
    ready(listening.address);
    listening.run(service, DRAIN, stop).await;
    Ok(())
}

fn settings(address: SocketAddr, folder: &Folder, random: &Random) -> Result<Settings, StartError> {
    let text = format!(
        r#"
        listen = "{address}"
        public_url = "http://{address}"
        docs = true
        log = "pretty"
        keys = {{ signing = "demo", secrets = {{ demo = "{key}" }} }}
        [mail.providers.outbox]
        url = "outbox:"
        [apps.default]
        name = "Regain demo"
        mail = {{ provider = "outbox", from = "Regain demo <no-reply@demo.example>" }}
        return_to = ["http://{address}/"]
        login_links = true
        login_to = "http://{address}/demo/home"
        lifetimes = {{ login = "30m" }}
        [apps.default.users]
        database = "{database}"
        username = "username"
        display_name = "name"
        last_login = "last_login"
        active = ["is_active"]
        confirmed = {{ column = "email_confirmed_at", is = "not-null" }}
        "#,
        key = crate::token::base64url::encode(&random.bytes::<32>()),
        database = folder.database(),
    );
    toml::from_str(&text).map_err(|error| StartError::Failed(error.to_string()))
}

/// A folder of its own for the database, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn make(random: &Random) -> Result<Self, StartError> {
        let name = format!("regain-demo-{}", crate::token::base64url::encode(&random.bytes::<9>()));
        let path = std::env::temp_dir().join(name);
        let failed = |error| StartError::Failed(format!("cannot make {}: {error}", path.display()));
        std::fs::create_dir(&path).map_err(failed)?;
        Ok(Self(path))
    }

    fn database(&self) -> String {
        format!("sqlite://{}?mode=rwc", self.0.join("users.sqlite").display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What cannot be removed now, the system's cleaning of its temporary folder removes.
        let _left_behind = std::fs::remove_dir_all(&self.0);
    }
}
