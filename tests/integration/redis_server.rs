//! Redis for a test: the one that all share, under a prefix of its own, or a server of its own that
//! it may kill.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use redis::{FromRedisValue, cmd};
use regain::config::{RedisSettings, SecretSource};
use regain::random::Random;

use crate::databases::left_out;
use crate::harness::Folder;
use crate::process::free_port;

/// A place in Redis that nobody else uses.
pub struct Keys {
    pub url: String,
    pub prefix: String,
}

/// A prefix of the shared server; `None` where Redis is left out.
pub fn keys() -> Option<Keys> {
    let Ok(url) = std::env::var("REGAIN_TEST_REDIS") else {
        left_out("Redis", "REGAIN_TEST_REDIS");
        return None;
    };
    Some(Keys::at(url))
}

impl Keys {
    /// A new prefix of the server at this URL.
    pub fn at(url: String) -> Self {
        let prefix = format!("test:{:016x}", u64::from_be_bytes(Random::system().bytes()));
        Self { url, prefix }
    }

    /// Settings that lead there.
    pub fn settings(&self) -> RedisSettings {
        RedisSettings {
            url: Some(SecretSource::Inline(self.url.clone().into())),
            prefix: self.prefix.clone(),
            ..RedisSettings::default()
        }
    }

    /// Runs a command.
    pub async fn run<T: FromRedisValue>(&self, words: &[&str]) -> T {
        let client = redis::Client::open(self.url.as_str()).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut command = cmd(words[0]);
        command.arg(&words[1..]);
        command.query_async(&mut connection).await.unwrap()
    }

    /// The names of all keys under the prefix.
    pub async fn names(&self) -> Vec<String> {
        self.run(&["KEYS", &format!("{}:*", self.prefix)]).await
    }
}

impl Drop for Keys {
    /// As well as can be: the server goes with the run.
    fn drop(&mut self) {
        let Ok(client) = redis::Client::open(self.url.as_str()) else { return };
        let Ok(mut connection) = client.get_connection_with_timeout(Duration::from_secs(1)) else {
            return;
        };
        let names = cmd("KEYS").arg(format!("{}:*", self.prefix)).query(&mut connection);
        for name in names.unwrap_or_else(|_| Vec::<String>::new()) {
            let _ = cmd("DEL").arg(name).exec(&mut connection);
        }
    }
}

/// A server of a test's own, ended with it. What it holds outlives a kill.
pub struct RedisServer {
    pub port: u16,
    folder: Folder,
    options: Vec<String>,
    password: String,
    process: Option<Child>,
}

impl RedisServer {
    /// Starts one that syncs every write, with more options; `None` where Redis is left out.
    pub async fn start(options: &[&str]) -> Option<Self> {
        Self::start_locked(options, "").await
    }

    /// The same where the options ask for this password.
    pub async fn start_locked(options: &[&str], password: &str) -> Option<Self> {
        keys()?;
        let options = options.iter().map(|&option| option.to_owned()).collect();
        let (port, folder) = (free_port(), Folder::new());
        let password = password.to_owned();
        let mut server = Self { port, folder, options, password, process: None };
        server.start_again().await;
        Some(server)
    }

    /// Starts it where it was, with what it held.
    pub async fn start_again(&mut self) {
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", ""])
            .args(["--appendonly", "yes", "--appendfsync", "always"])
            .args(["--maxmemory-policy", "noeviction"])
            .arg("--dir")
            .arg(&self.folder.0)
            .args(&self.options)
            .stdout(Stdio::null())
            .spawn()
            .expect("redis-server starts");
        self.process = Some(process);
        for _attempt in 0..400 {
            let address = ("127.0.0.1", self.port);
            if tokio::net::TcpStream::connect(address).await.is_ok() && self.answers() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("redis-server does not answer");
    }

    fn answers(&self) -> bool {
        let client = redis::Client::open(self.url()).unwrap();
        let connection = client.get_connection_with_timeout(Duration::from_secs(1));
        connection.is_ok_and(|mut connection| cmd("PING").exec(&mut connection).is_ok())
    }

    pub fn url(&self) -> String {
        let login =
            if self.password.is_empty() { String::new() } else { format!(":{}@", self.password) };
        format!("redis://{login}127.0.0.1:{}", self.port)
    }

    /// A prefix in it.
    pub fn keys(&self) -> Keys {
        Keys::at(self.url())
    }

    /// Kills it as the kernel does when there is no memory.
    pub fn kill(&mut self) {
        let mut process = self.process.take().expect("it runs");
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// Everything that it was ever told, byte by byte, as its own log on disk has it.
    pub fn everything_written(&self) -> Vec<u8> {
        fn read(folder: &Path, bytes: &mut Vec<u8>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    read(&path, bytes);
                } else {
                    bytes.extend(std::fs::read(path).unwrap());
                }
            }
        }
        let mut bytes = vec![];
        read(&self.folder.0, &mut bytes);
        bytes
    }

    /// Sends a signal by name.
    pub fn signal(&self, name: &str) {
        let id = self.process.as_ref().expect("it runs").id().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}
