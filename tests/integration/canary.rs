//! A6, the canary run: secrets that anybody would know again go through every journey, every route and
//! every error of the program, which logs all that it can; then they are looked for wherever it writes.

mod planted;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::browser::between;
use crate::databases::{Engine, TestDatabase, engines};
use crate::harness::{Answer, Folder, answer, client, read_mails};
use crate::operations::{self, Operation};
use crate::people::{Person, database, person};
use crate::process::{Process, free_port};
use crate::redis_server::RedisServer;
use crate::traces::collector::Collector;
use crate::webhooks::receiver::{self, Receiver, Say};
use planted::{ADA, ANYBODY, LIN, PASSWORD, Planted, UNA};

#[tokio::test]
async fn a6_no_canary_is_found_wherever_it_went_in() {
    for engine in engines() {
        let Some(redis) = RedisServer::start(&[]).await else { return };
        let scene = Scene::set(engine, &redis).await;
        let planted = scene.plant().await;
        let document = scene.process.get("/openapi.json").await.json();
        let operations = operations::all(&document);
        for operation in &operations {
            // What routes say is the same on each; on one of them all of it is tried.
            for secret in planted.all().step_by(if engine == Engine::Sqlite { 1 } else { 4 }) {
                scene.try_at(operation, secret, &planted).await;
            }
        }
        scene.go_all_the_way(&planted).await;
        scene.lose_the_table(&planted).await;
        scene.look_everywhere(&planted, &redis, &operations).await;
    }
}

/// A program that serves everything it can, and all that it writes to.
struct Scene {
    users: TestDatabase,
    process: Process,
    folder: Folder,
    receiver: Receiver,
    metrics: String,
    collector: Collector,
    http: reqwest::Client,
    key: String,
}

impl Scene {
    async fn set(engine: Engine, redis: &RedisServer) -> Self {
        let ada = Person { username: Some("canaryname".to_owned()), ..person(ADA) };
        let una = Person { confirmed: false, ..person(UNA) };
        let users = database(engine, &[ada, una, person(LIN)]).await;
        let folder = Folder::new();
        let receiver = Receiver::plain([Say::Status(500)]).await;
        let collector = Collector::start().await;
        let metrics = format!("127.0.0.1:{}", free_port());
        let scopes = regain::token::Scope::names();
        let (key, known) = crate::operators::new_key("canary", &scopes);
        let head = format!(
            "hashing = {{ argon2 = {{ memory_kib = 64, iterations = 1, parallelism = 1 }} }}\n\
             metrics = {{ listen = \"{metrics}\" }}\n\
             redis = {{ url = \"{}\" }}",
            redis.url()
        );
        let more = format!(
            "last_login = \"last_login\"\n\
             [[apps.default.api_keys]]\nname = \"desk\"\nsha256 = \"{}\"\nscopes = {scopes:?}\n\
             [apps.default.webhook]\nurl = \"{}\"\nsecret = \"{}\"\nallow_private_network = true\n\
             events = [\"password.changed\", \"email.confirmed\", \"login.completed\", \"recovery.requested\"]\n",
            known.sha256,
            receiver.url,
            receiver::SECRET,
        );
        let variables = [
            ("APPS__DEFAULT__COMPAT", "[\"betty-blocks\", \"cloud-cms\", \"structr\"]"),
            ("APPS__DEFAULT__LOGIN_LINKS", "true"),
            ("APPS__DEFAULT__NEWEST_LINK_WINS", "true"),
            ("APPS__DEFAULT__CORS", "[\"https://app.example.com\"]"),
            ("APPS__DEFAULT__RETURN_TO", "[\"https://app.example.com/\"]"),
            ("APPS__DEFAULT__STRUCTR__RESET_PASSWORD_TARGET_PAGE", "https://app.example.com/in"),
            ("LIMITS__PER_KEY", "100000/m"),
            ("LIMITS__STORE", "redis"),
            ("QUEUE__STORE", "redis"),
            ("TRACES__URL", &collector.url),
        ];
        let said = (head.as_str(), more.as_str());
        let process = Process::start_talkative(&folder, &users.url, said, &variables).await;
        Self { users, process, folder, receiver, metrics, collector, http: client(), key }
    }

    fn request(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.process.url))
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        let request = self.request(reqwest::Method::POST, path).bearer_auth(&self.key);
        answer(request.header("content-type", "application/json").body(body.to_string())).await
    }

    /// The token in the mail that an ask of this kind brings, once it works.
    async fn mailed(&self, kind: &str, who: &str) -> String {
        let token = self.arrived(kind, who).await;
        let purpose = match kind {
            "password-resets" => "password-reset",
            "email-confirmations" => "email-confirmation",
            _ => "login",
        };
        let wish = json!({ "token": token, "purpose": purpose });
        // Of several links the newest works, as soon as it is noted that its mail was taken.
        for _look in 0..20 {
            if self.process.post("tokens/inspect", &wish).await.status == 200 {
                return token;
            }
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        panic!("the link of {kind} does not work");
    }

    /// The token in the mail that comes.
    async fn arrived(&self, kind: &str, who: &str) -> String {
        let before = read_mails(&self.folder.0).len();
        let asked = self.process.post(kind, &json!({ "identifier": who })).await;
        assert_eq!(asked.status, 202, "{asked:?}");
        loop {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            for mail in read_mails(&self.folder.0).iter().skip(before) {
                // Structr's link has it in the middle. What tells of a change has none.
                let of_structr = between(&mail.text, "?key=", "&").map(str::to_owned);
                if let Some(token) = of_structr.or_else(|| mail.link().map(|_| mail.token())) {
                    return token;
                }
            }
        }
    }

    /// Has every kind of secret made that there is, each as good as new.
    async fn plant(&self) -> Planted {
        let reset = self.mailed("password-resets", ADA).await;
        let confirmation = self.mailed("email-confirmations", UNA).await;
        let login = self.mailed("login-links", LIN).await;
        let used = self.mailed("login-links", LIN).await;
        let done = self.process.post("login-links/complete", &json!({ "token": used })).await;
        assert_eq!(done.status, 200, "{done:?}");
        let session = done.json()["session"].as_str().unwrap().to_owned();
        let wish = json!({ "purpose": "password-reset" });
        let issued = self.post("/v1/apps/default/users/1/tokens", &wish).await;
        let issued = issued.json()["token"].as_str().unwrap().to_owned();
        let request = "/pub/applications/default/requests/resetpassword";
        let made = self.post(request, &json!({ "principal": ADA })).await;
        let doc = made.json()["_doc"].as_str().unwrap().to_owned();
        Planted::of([reset, confirmation, login, used, session, issued, doc], &self.key)
    }

    /// Puts a secret wherever an operation takes anything, and where it takes nothing.
    async fn try_at(&self, operation: &Operation, secret: &str, planted: &Planted) {
        for (path, body) in operation.said("default", secret) {
            let send = |path: &str, body: String| {
                let request = self.request(operation.method.clone(), path).body(body);
                request.header("content-type", operation.media_type())
            };
            let body = planted::refused(&body, secret);
            let (open, join) = (path.clone(), if path.contains('?') { '&' } else { '?' });
            let query = planted::encoded(secret);
            let path = format!("{path}{join}token={query}&key={query}&{query}");
            let torn = format!("{{\"{secret}\":\"{secret}\",\"token\":[\"{secret}\",");
            for request in [
                send(&open, body.clone()),
                send(&open, body.clone()).bearer_auth(&self.key),
                planted::everywhere(send(&path, body.clone()), secret),
                planted::everywhere(send(&path, torn), secret),
            ] {
                planted.assert_told_to_nobody(operation, &answer(request).await);
            }
        }
    }

    /// Every journey to its end, and each once more when its link is spent.
    async fn go_all_the_way(&self, planted: &Planted) {
        let reset = self.mailed("password-resets", ADA).await;
        let login = self.mailed("login-links", LIN).await;
        for status in [200, 400] {
            let done = self.process.complete(&reset, PASSWORD).await.unwrap();
            assert_eq!(done.status, status, "{done:?}");
            let done = self.process.post("login-links/complete", &json!({ "token": login })).await;
            assert_eq!(done.status, status, "{}", done.body.len());
            if let Some(session) = done.json()["session"].as_str() {
                let path = "/v1/apps/default/me/password";
                let change = self.request(reqwest::Method::PUT, path).bearer_auth(session);
                let body = json!({ "new_password": PASSWORD }).to_string();
                let change = change.header("content-type", "application/json").body(body);
                assert_eq!(answer(change).await.status, 204);
            }
        }
        let heard = self.receiver.has_heard(4).await;
        for call in heard {
            planted.assert_not_in("a webhook's body", call.body.as_bytes());
            planted.assert_not_in("a webhook's headers", format!("{:?}", call.headers).as_bytes());
        }
    }

    /// What a request and a worker say when the database fails them.
    async fn lose_the_table(&self, planted: &Planted) {
        let reset = self.mailed("password-resets", ADA).await;
        self.users.execute("ALTER TABLE users RENAME TO gone").await;
        let failed = self.process.complete(&reset, PASSWORD).await.unwrap();
        assert_eq!(failed.status, 503, "{failed:?}");
        planted.assert_not_in("a failure", failed.body.as_bytes());
        self.process.post("password-resets", &json!({ "identifier": ADA })).await;
        self.users.execute("ALTER TABLE gone RENAME TO users").await;
    }

    async fn look_everywhere(
        self,
        planted: &Planted,
        redis: &RedisServer,
        operations: &[Operation],
    ) {
        let figures = answer(self.http.get(format!("http://{}/metrics", self.metrics))).await;
        assert!(figures.body.contains("regain_mails_total"), "{figures:?}");
        planted.assert_not_in("the metrics", figures.body.as_bytes());
        self.process.signal("-TERM");
        let (_, log) = self.process.ended().await;
        for operation in operations {
            assert!(log.contains(operation.template), "{operation:?} was tried");
        }
        planted.assert_not_in("the log", log.as_bytes());
        let spans = self.collector.spans().len();
        assert!(spans > 1_000, "{spans}");
        planted.assert_not_in("the traces", &self.collector.bytes());
        let told = redis.everything_written();
        assert!(told.len() > 50_000, "{}", told.len());
        planted.assert_not_in("what Redis was told", &told);
        for id in 1..=3 {
            for column in ["username", "name", "recovery_stamp", "last_login"] {
                let cell = format!("SELECT CAST({column} AS CHAR(250)) FROM users WHERE id = {id}");
                let cell = self.users.text(&cell).await.unwrap_or_default();
                let cell = cell.replace("canaryname", "");
                planted.assert_not_in("the users table", cell.as_bytes());
            }
        }
        // The control: in the mails all of it is found that was mailed.
        let mails: String = read_mails(&self.folder.0).into_iter().map(|mail| mail.raw).collect();
        assert!(ANYBODY.iter().all(|who| mails.contains(who)));
        assert!(planted.mailed().all(|token| mails.replace("=\r\n", "").contains(token)));
    }
}
