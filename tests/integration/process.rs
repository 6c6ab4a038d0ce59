//! The program itself: started, killed, read.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use regain::random::Random;
use serde_json::{Value, json};
use tokio::io::AsyncReadExt as _;
use tokio::process::{Child, Command};

use crate::harness::{Answer, Folder, answer, client, configuration};

/// A running process of the built program.
pub struct Process {
    pub url: String,
    pub config: PathBuf,
    child: Child,
    log: tokio::task::JoinHandle<String>,
    http: reqwest::Client,
}

impl Process {
    /// Writes a configuration into `folder` and serves on it; mails become files there.
    pub async fn start(folder: &Folder, database: &str, more: &str) -> Self {
        Self::start_on(folder, database, more, "").await
    }

    /// The same with more lines in the users section.
    pub async fn start_on(folder: &Folder, database: &str, more: &str, users: &str) -> Self {
        Self::start_told(folder, database, more, users, &[]).await
    }

    /// The same where variables of the environment say more, by their names without `REGAIN_`.
    pub async fn start_told(
        folder: &Folder,
        database: &str,
        more: &str,
        users: &str,
        variables: &[(&str, &str)],
    ) -> Self {
        let (url, config) = configured(folder, database, more, users);
        Self::run(serve(&mut program(), &config, variables), url, config).await
    }

    /// The same where the environment says more beside, by whole names.
    pub async fn start_amid(
        folder: &Folder,
        database: &str,
        more: &str,
        variables: &[(&str, &str)],
        environment: &[(&str, &str)],
    ) -> Self {
        let (url, config) = configured(folder, database, more, "");
        let amid = &mut program();
        amid.envs(environment.iter().copied());
        Self::run(serve(amid, &config, variables), url, config).await
    }

    /// The same where everything is logged that can be.
    pub async fn start_talkative(
        folder: &Folder,
        database: &str,
        (more, users): (&str, &str),
        variables: &[(&str, &str)],
    ) -> Self {
        let (url, config) = configured(folder, database, more, users);
        let talkative = &mut program();
        talkative.env("RUST_LOG", "trace");
        Self::run(serve(talkative, &config, variables), url, config).await
    }

    /// Stops it, changes its configuration and starts it again.
    pub async fn restarted(self, change: impl FnOnce(String) -> String) -> Self {
        let (url, config) = (self.url.clone(), self.config.clone());
        self.signal("-TERM");
        self.ended().await;
        let text = std::fs::read_to_string(&config).unwrap();
        std::fs::write(&config, change(text)).unwrap();
        Self::run(serve(&mut program(), &config, &[]), url, config).await
    }

    /// A `regain demo` of the built program.
    pub async fn demo() -> Self {
        let listen = format!("127.0.0.1:{}", free_port());
        let url = format!("http://{listen}");
        let demo = &mut program();
        demo.args(["demo", "--listen", &listen]).stdout(Stdio::null());
        Self::run(demo, url, PathBuf::new()).await
    }

    async fn run(program: &mut Command, url: String, config: PathBuf) -> Self {
        let mut child =
            program.stderr(Stdio::piped()).kill_on_drop(true).spawn().expect("the program starts");
        let mut stderr = child.stderr.take().unwrap();
        let log = tokio::spawn(async move {
            let mut text = String::new();
            let _ = stderr.read_to_string(&mut text).await;
            text
        });
        let http = client();
        Self { url, config, child, log, http }.answering().await
    }

    /// The process once it answers; its log where it ends instead.
    async fn answering(mut self) -> Self {
        for _attempt in 0..1200 {
            if self.http.get(format!("{}/healthz", self.url)).send().await.is_ok() {
                return self;
            }
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("it ended with {status}: {}", self.log.await.unwrap());
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("{} does not answer", self.url);
    }

    /// A GET that is not sent yet.
    pub fn request(&self, path: &str) -> reqwest::RequestBuilder {
        self.http.get(format!("{}{path}", self.url))
    }

    /// Gets a path.
    pub async fn get(&self, path: &str) -> Answer {
        answer(self.request(path)).await
    }

    /// Posts JSON; `None` when the connection broke.
    pub async fn try_post(&self, path: &str, body: &Value) -> Option<Answer> {
        let request = self.http.post(format!("{}/v1/apps/default/{path}", self.url));
        let request = request.header("content-type", "application/json").body(body.to_string());
        let response = request.send().await.ok()?;
        let status = response.status().as_u16();
        Some(Answer { status, headers: vec![], body: response.text().await.ok()? })
    }

    /// Posts JSON.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.http.post(format!("{}/v1/apps/default/{path}", self.url));
        answer(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// Completes a reset; `None` when the connection broke.
    pub async fn complete(&self, token: &str, new_password: &str) -> Option<Answer> {
        let body = json!({ "token": token, "new_password": new_password });
        self.try_post("password-resets/complete", &body).await
    }

    /// Its number.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let id = self.id().to_string();
        let sent = std::process::Command::new("kill").args([name, &id]).status().unwrap();
        assert!(sent.success());
    }

    /// Waits for the end: the exit code and the log.
    pub async fn ended(mut self) -> (Option<i32>, String) {
        let ended = tokio::time::timeout(Duration::from_mins(2), self.child.wait());
        let status = ended.await.expect("it ends in time").unwrap();
        (status.code(), self.log.await.unwrap())
    }
}

/// Writes a configuration into `folder`: where it will be reached, and the file.
fn configured(folder: &Folder, database: &str, more: &str, users: &str) -> (String, PathBuf) {
    let port = free_port();
    let url = format!("http://127.0.0.1:{port}");
    let config = folder.0.join(format!("regain-{port}.toml"));
    let head = format!(
        r#"
        listen = "127.0.0.1:{port}"
        public_url = "{url}"
        limits = {{ per_client = "100000/h", mails_per_account = "100000/h" }}
        {more}
        "#
    );
    std::fs::write(&config, configuration(database, &folder.0, &head) + users).unwrap();
    (url, config)
}

/// Has the program serve by a configuration and what variables say beside it.
fn serve<'a>(
    program: &'a mut Command,
    config: &Path,
    variables: &[(&str, &str)],
) -> &'a mut Command {
    let variables = variables.iter().map(|(name, value)| (format!("REGAIN_{name}"), value));
    program.arg("serve").arg("--config").arg(config).envs(variables)
}

/// Runs a command of the program to its end: exit code, output, error output.
pub async fn command(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = program().args(arguments).output().await.expect("the program runs");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code(), text(output.stdout), text(output.stderr))
}

/// The built program, which is told nothing by the environment of the tests.
fn program() -> Command {
    told_nothing(env!("CARGO_BIN_EXE_regain"))
}

/// A command that is told nothing by the environment of the tests.
pub fn told_nothing(program: &str) -> Command {
    let mut program = Command::new(program);
    let ours = |(name, _): &(OsString, OsString)| name.to_string_lossy().starts_with("REGAIN_");
    for (name, _) in std::env::vars_os().filter(ours) {
        program.env_remove(name);
    }
    program
}

/// A port that nobody listens on, and that no outgoing connection is given: else one may hold it
/// while the server that a test kills is away, or even connect to itself there.
pub fn free_port() -> u16 {
    let random = Random::system();
    loop {
        let port = 10_000 + u16::from_be_bytes(random.bytes()) % 10_000;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
