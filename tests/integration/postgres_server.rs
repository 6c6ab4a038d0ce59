//! A PostgreSQL of a test's own, which can be stopped and started again.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use regain::random::Random;
use tokio::process::Command;

use crate::databases::Engine;
use crate::process::free_port;

const PROGRAMS: &str = "/usr/lib/postgresql/15/bin";
const PASSWORD: &str = "s3cret";

/// A server that asks for a password, ended with the test.
pub struct PostgresServer {
    pub port: u16,
    folder: PathBuf,
    /// Whether it runs by a user of its own, as PostgreSQL insists where root starts it.
    as_postgres: bool,
}

impl PostgresServer {
    /// Starts one; `None` where PostgreSQL is left out.
    pub async fn start() -> Option<Self> {
        if !Engine::Postgres.is_there() {
            return None;
        }
        // Not where other tests keep their files: its own user must be able to reach it.
        let place = std::env::var("REGAIN_TEST_SERVERS").unwrap_or_else(|_| "/tmp".to_owned());
        let name = u64::from_be_bytes(Random::system().bytes());
        let folder = Path::new(&place).join(format!("regain-postgres-{name:016x}"));
        std::fs::create_dir(&folder).unwrap();
        let may_all_pass = std::fs::Permissions::from_mode(0o711);
        std::fs::set_permissions(&folder, may_all_pass).unwrap();
        let me = Command::new("id").arg("-u").output().await.unwrap();
        let as_postgres = String::from_utf8(me.stdout).unwrap().trim() == "0";
        let server = Self { port: free_port(), folder, as_postgres };
        server.make().await;
        server.start_again().await;
        Some(server)
    }

    async fn make(&self) {
        let password = self.folder.join("password");
        std::fs::write(&password, PASSWORD).unwrap();
        std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o644)).unwrap();
        let data = self.data();
        std::fs::create_dir(&data).unwrap();
        if self.as_postgres {
            let mut give = Command::new("chown");
            assert!(give.arg("postgres").arg(&data).status().await.unwrap().success());
        }
        let mut initdb = self.program("initdb");
        initdb.arg("--pgdata").arg(&data).arg("--pwfile").arg(&password);
        initdb.args(["--username=postgres", "--auth=scram-sha-256", "--encoding=UTF8"]);
        initdb.args(["--locale=C.UTF-8", "--no-sync"]);
        let made = initdb.output().await.unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// Starts it where it was, with what it held.
    pub async fn start_again(&self) {
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c max_connections=100 -c fsync=off",
            self.port
        );
        let mut start = self.program("pg_ctl");
        start.args(["start", "--wait", "--timeout=60", "--options", &options]);
        start.arg("--log").arg(self.data().join("log")).arg("--pgdata").arg(self.data());
        // Else it would hold on to what the test writes to.
        start.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        assert!(start.status().await.unwrap().success(), "PostgreSQL does not start");
    }

    /// Stops it: `fast` ends connections in order, `immediate` as a crash does.
    pub async fn stop(&self, mode: &str) {
        let mut stop = self.program("pg_ctl");
        stop.args(["stop", "--wait", "--timeout=60", "--mode", mode]);
        stop.arg("--pgdata").arg(self.data()).stdout(Stdio::null());
        assert!(stop.status().await.unwrap().success(), "PostgreSQL does not stop");
    }

    /// Where its administrator gets in.
    pub fn url(&self) -> String {
        format!("postgres://postgres:{PASSWORD}@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn program(&self, name: &str) -> Command {
        let program = format!("{PROGRAMS}/{name}");
        let mut command = if self.as_postgres {
            let mut other = Command::new("runuser");
            other.args(["-u", "postgres", "--", &program]);
            other
        } else {
            Command::new(program)
        };
        command.current_dir("/");
        command
    }
}

impl Drop for PostgresServer {
    /// As well as can be; it also ends by itself once its files are gone.
    fn drop(&mut self) {
        let mut stop = self.program("pg_ctl").into_std();
        stop.args(["stop", "--mode=immediate"]).arg("--pgdata").arg(self.data());
        let _ = stop.stdout(Stdio::null()).stderr(Stdio::null()).status();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}
