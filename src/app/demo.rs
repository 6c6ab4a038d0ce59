//! Everything embedded, on loopback: a SQLite table, an outbox, a page to come home to, Swagger UI.

mod front_end;
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
use crate::token::{ApiKey, Scope};

pub use front_end::PORTS as FRONT_END_PORTS;

/// How long the demo goes on sending into its own memory once it was told to stop.
const DRAIN: Duration = Duration::from_secs(2);

/// What Swagger UI says above the operations.
const DOCS_HINT: &str = "Each operation is filled in so that it can be tried as it stands, but for tokens: those are in \
                         the mails of the <a href=\"/demo/outbox\" target=\"_blank\">outbox</a>. The API key is where the demo was \
                         started; a session is what completeLogin answers. Both go into Authorize.";

/// Runs the demo until it is told to stop; `ready` is called with its address and an API key that may do
/// everything, once it answers. Links that set a password lead to `link`, or to Regain's own pages.
///
/// # Errors
/// [`StartError`] when the address cannot be had, is not on loopback, nor is the link, or the table not be made.
pub async fn demo(
    listen: &str,
    link: Option<&str>,
    ready: impl FnOnce(SocketAddr, &ApiKey),
) -> Result<(), StartError> {
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
    let key = ApiKey::generate(&random);
    let mut settings = settings(listening.address, &folder, &key, &random)?;
    for app in settings.apps.values_mut() {
        app.cors = front_end::origins(link)?;
        app.links.password_reset = link.map(str::to_owned);
    }
    table::make(&folder.database(), &random).await?;
    let service = Service::build(&settings, Clock::system(), random)?.hinting(DOCS_HINT);
    let service = service.beside(|routes, service| home::routes(outbox::routes(routes, service)));
    let (stop, outbox) = (stop_signal()?, service.outbox.clone());
    let stop = async move {
        stop.await;
        // Readers that wait for news would hold up the end.
        outbox.iter().for_each(Outbox::close);
    };
    ready(listening.address, &key);
    listening.run(service, DRAIN, stop).await;
    Ok(())
}

fn settings(
    address: SocketAddr,
    folder: &Folder,
    api_key: &ApiKey,
    random: &Random,
) -> Result<Settings, StartError> {
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
        return_to = ["http://{address}/", "https://app.example.com/"]
        login_links = true
        login_to = "http://{address}/demo/home"
        lifetimes = {{ login = "30m" }}
        api_keys = [{{ name = "demo", sha256 = "{sha256}", scopes = {scopes:?} }}]
        [apps.default.users]
        database = "{database}"
        username = "username"
        display_name = "name"
        last_login = "last_login"
        recovery_stamp = "recovery_stamp"
        active = ["is_active"]
        confirmed = {{ column = "email_confirmed_at", is = "not-null" }}
        "#,
        key = crate::token::base64url::encode(&random.bytes::<32>()),
        sha256 = api_key.digest().to_hex(),
        scopes = Scope::names(),
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
