"""The throwaway servers of tests/servers, a database in them for each measurement, and what they count."""

import os
import re
import shlex
import subprocess
import urllib.parse
from pathlib import Path

from users import mariadb, psql

ROOT = Path(__file__).resolve().parents[2]


class Servers:
    def __init__(self):
        self.environment, self.databases = None, 0

    def start(self):
        """Starts them, unless they run already."""
        if self.environment is None:
            told = subprocess.run([ROOT / "tests/servers", "start"], check=True, stdout=subprocess.PIPE, text=True)
            words = shlex.split(told.stdout)
            self.environment = dict(word.split("=", 1) for word in words if "=" in word)
            self.tune()

    def stop(self):
        if self.environment is not None:
            subprocess.run([ROOT / "tests/servers", "stop"], env=os.environ | self.environment, check=True)
            self.environment = None

    def url(self, engine, folder):
        """The URL of a new, empty database."""
        self.databases += 1
        name = f"load{self.databases}"
        if engine == "sqlite":
            return f"sqlite://{folder}/{name}.sqlite"
        self.start()
        server = self.environment[f"REGAIN_TEST_{engine.upper()}"]
        make = {"postgres": psql, "mariadb": mariadb}[engine]
        make(server, f"CREATE DATABASE {name}")
        return server.rsplit("/", 1)[0] + f"/{name}"

    @property
    def folder(self):
        return Path(self.environment["REGAIN_TEST_SERVERS"])

    @property
    def redis(self):
        self.start()
        return self.environment["REGAIN_TEST_REDIS"]

    def pid(self, server):
        if server == "postgres":
            return int((self.folder / "postgres/postmaster.pid").read_text().split()[0])
        return int((self.folder / server / "server.pid").read_text())

    def pids(self):
        return [self.pid(server) for server in ("postgres", "mariadb", "redis")] if self.environment else []

    def tune(self):
        """Has PostgreSQL count statements, where Debian's postgresql-15 has what that takes, and gives it a quarter
        of the memory for its buffers, as its manual advises (20.4.1). Restarted, since it reads both at the start."""
        url, data = self.environment["REGAIN_TEST_POSTGRES"], self.folder / "postgres"
        quarter = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20
        psql(url, "ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'")
        psql(url, f"ALTER SYSTEM SET shared_buffers = '{quarter}MB'")
        as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        log = self.folder / "postgres.log"
        subprocess.run([*as_owner, "/usr/lib/postgresql/15/bin/pg_ctl", "restart", "--wait", f"--pgdata={data}",
                        f"--log={log}"], check=True, stdout=subprocess.DEVNULL, cwd="/")
        psql(url, "CREATE EXTENSION pg_stat_statements")

    def statements(self, url):
        """Statements so far in a database of PostgreSQL."""
        name = url.rsplit("/", 1)[1]
        counted = "SELECT coalesce(sum(calls), 0) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
        return int(psql(self.environment["REGAIN_TEST_POSTGRES"], f"{counted} WHERE datname = '{name}'"))

    def connections(self, url):
        name = url.rsplit("/", 1)[1]
        counted = f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}'"
        return int(psql(self.environment["REGAIN_TEST_POSTGRES"], counted))

    def redis_counts(self):
        """Commands so far, and bytes that went in and out."""
        info = subprocess.run(["redis-cli", "-u", self.redis, "INFO", "everything"], check=True,
                              capture_output=True, text=True).stdout
        commands = sum(int(calls) for calls in re.findall(r"^cmdstat_\S+:calls=(\d+)", info, re.M))
        number = lambda name: int(re.search(rf"^{name}:(\d+)", info, re.M)[1])  # noqa: E731
        return commands, number("total_net_input_bytes") + number("total_net_output_bytes")


def bytes_to(port):
    """Bytes sent and received so far by connections to a port of ours, of those that are open."""
    told = subprocess.run(["ss", "-tinH", "dst", f"127.0.0.1:{port}"], capture_output=True, text=True).stdout
    return sum(map(int, re.findall(r"bytes_(?:acked|received):(\d+)", told)))


def port_of(url):
    return urllib.parse.urlsplit(url).port
