"""Tables of users in the three databases, and tokens for the people in them."""

import os
import sqlite3
import subprocess
import sys
import time
import urllib.parse
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests/python"))
import token_reference  # noqa: E402  the description of tokens, in plain Python

SECRET = "bench-only-3f9c1d7a5b2e8046c9d1e7f3a5b8c2d4"
# Nobody's: no password has it.
HASH = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
ACTIVE, INACTIVE = 1, 0


def email(n):
    return f"p{n}@example.com"


def token(n):
    """The token of a reset for person `n`, while the hash in the row is still HASH."""
    marks = {"user_id": str(n), "email": email(n), "password": HASH, "recovery_stamp": None}
    secret = SECRET.encode()
    mark = token_reference.fingerprint(secret, "default", "password-reset", marks)
    body = token_reference.payload(str(n), mark)
    return token_reference.token(secret, "default", "password-reset", int(time.time()), body)


def completion(n):
    return {"token": token(n), "new_password": f"correct horse {n} battery staple"}


class Table:
    """`users` with persons 1 to `people`, all of them active, or those with odd numbers only."""

    def __init__(self, url, people, all_active=True):
        self.url, self.people = url, people
        self.engine = urllib.parse.urlsplit(url).scheme
        active = "1" if all_active else "n % 2"
        getattr(self, f"fill_{self.engine}")(people, active)

    def again(self):
        """Gives everybody the hash back that tokens are made for."""
        self.statement(f"UPDATE users SET password = '{HASH}' WHERE password <> '{HASH}'")

    def warm(self):
        """Has PostgreSQL read it into its buffers, as it is where it is long in use."""
        self.statement("CREATE EXTENSION IF NOT EXISTS pg_prewarm; "
                       "SELECT pg_prewarm(relation::regclass) FROM unnest('{users,users_email,users_pkey}'::text[]) AS relation")

    def statement(self, sql):
        if self.engine == "sqlite":
            connection = sqlite3.connect(self.path, timeout=30)
            connection.executescript(sql)
            connection.close()
            return ""
        return (psql if self.engine == "postgres" else mariadb)(self.url, sql)

    @property
    def path(self):
        return self.url.removeprefix("sqlite://")

    def fill_sqlite(self, people, active):
        self.statement(f"""
            PRAGMA journal_mode = WAL;
            CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, password TEXT, active BOOLEAN);
            WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {people})
            INSERT INTO users SELECT n, 'p' || n || '@example.com', '{HASH}', {active} FROM numbers;
            CREATE INDEX users_email ON users (email)""")

    def fill_postgres(self, people, active):
        self.statement(f"""
            CREATE TABLE users (id BIGINT, email TEXT, password TEXT, active BOOLEAN);
            INSERT INTO users SELECT n, 'p' || n || '@example.com', '{HASH}', ({active}) = 1
                FROM generate_series(1, {people}) AS n;
            ALTER TABLE users ADD PRIMARY KEY (id);
            CREATE INDEX users_email ON users (email);
            VACUUM ANALYZE users;""")

    def fill_mysql(self, people, active):
        self.statement(f"""
            CREATE TABLE users (id BIGINT PRIMARY KEY, email VARCHAR(255), password VARCHAR(255),
                active BOOLEAN, KEY users_email (email));
            INSERT INTO users SELECT seq, CONCAT('p', seq, '@example.com'), '{HASH}', {active.replace('n', 'seq')}
                FROM seq_1_to_{people};
            ANALYZE TABLE users""")


def psql(url, sql):
    command = ["psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-d", url]
    return told(subprocess.run(command, input=sql, capture_output=True, text=True))


def mariadb(url, sql):
    at = urllib.parse.urlsplit(url)
    command = ["mariadb", "--no-defaults", "--protocol=tcp", f"--host={at.hostname}", f"--port={at.port}",
               f"--user={at.username}", "-N", at.path.strip("/")]
    environment = os.environ | {"MYSQL_PWD": urllib.parse.unquote(at.password or "")}
    return told(subprocess.run(command, input=sql, capture_output=True, text=True, env=environment))


def told(ended):
    if ended.returncode:
        raise SystemExit(ended.stderr)
    return ended.stdout.strip()
