//! The service that is measured, as it serves, with a mail server in one of its moods; and one that
//! works harder for who has an account.

use std::sync::Arc;

use poem::http::StatusCode;
use poem::{Endpoint, Request, Response};
use regain::account::{Identifier, Needs};
use regain::app::{Listening, Service};
use regain::clock::Clock;
use regain::config::ProviderSettings;
use regain::random::Random;
use regain::recovery::{Ask, Caller, Languages, Recovery};
use regain::token::Purpose;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::harness::{Folder, settings};
use crate::process::free_port;
use crate::smtp::MailServer;

/// What the mail server does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    Up,
    Slow,
    Down,
}

/// A running service.
pub struct Measurable {
    pub address: String,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
    _server: Option<MailServer>,
    _folder: Folder,
}

impl Measurable {
    /// Starts one; `None` where Python, which the mail server is made with, is left out.
    pub async fn start(database: &str, mood: Mood) -> Option<Self> {
        let server = match mood {
            Mood::Up => Some(MailServer::start(&json!({}))?),
            Mood::Slow => Some(MailServer::start(&json!({ "delay": 0.3 }))?),
            Mood::Down => None,
        };
        let provider = server.as_ref().map_or_else(nobody, |it| it.provider("smtp+starttls"));
        let folder = Folder::new();
        let listening = Listening::on("127.0.0.1:0").await.unwrap();
        let address = listening.address.to_string();
        let mut settings = settings(database, &folder.0);
        settings.public_url = format!("http://{address}");
        // Nobody is refused at the door, and nobody's mail but that of who is over budget waits.
        settings.limits.per_client = "100000000/h".parse().unwrap();
        settings.queue.capacity = 1_000_000;
        settings.queue.drain = "1ms".parse().unwrap();
        settings.mail.providers.insert("files".to_owned(), provider);
        settings.apps.get_mut("default").unwrap().mail.per_hour = 100_000_000;
        let service = Service::build(&settings, Clock::system(), Random::system()).unwrap();
        let service = service.beside(|routes, service| {
            routes.at(HARDER, poem::post(WorksHarder(service.recovery.clone())))
        });
        let (stop, stopped) = oneshot::channel();
        let drain = settings.queue.drain.0;
        let running = listening.run(service, drain, async {
            let _ = stopped.await;
        });
        let task = tokio::spawn(running);
        Some(Self { address, stop, task, _server: server, _folder: folder })
    }

    pub async fn stop(self) {
        drop(self.stop);
        self.task.await.unwrap();
    }
}

/// A mail server that is down.
fn nobody() -> ProviderSettings {
    toml::from_str(&format!("url = \"smtp://127.0.0.1:{}\"\ntimeout = \"2s\"", free_port()))
        .unwrap()
}

/// Where the handler is that works harder.
pub const HARDER: &str = "/asks-the-table-first";

/// What Regain must never become: it looks whether there is such an account before it answers, and
/// reads the row of one that there is.
struct WorksHarder(Arc<Recovery>);

impl Endpoint for WorksHarder {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let body: Value = request.take_body().into_json().await?;
        let identifier = Identifier::parse(body["identifier"].as_str().unwrap()).unwrap();
        let app = self.0.application("default").unwrap();
        let needs = Needs::to_use(Purpose::PasswordReset).to_be_sent();
        for account in app.accounts.find(&identifier, &needs, 5).await.unwrap() {
            let _row = app.accounts.read(&account.id).await.unwrap();
        }
        let ask = Ask {
            purpose: Purpose::PasswordReset,
            identifier,
            languages: Languages::default(),
            return_to: None,
            disputed: false,
            wording: None,
            client: Caller::from("127.0.0.1".to_owned()),
            reference: "harder".to_owned(),
        };
        self.0.ask(app, ask).await.unwrap();
        Ok(Response::builder().status(StatusCode::ACCEPTED).body("{}"))
    }
}
