#!/usr/bin/env python3
"""What the program costs on this machine: start, memory, CPU a request. Loopback only, bounded.

    cargo build --release && benches/load.py [target/release/regain]

It starts `regain serve` on a SQLite file of its own with limits off, loads it by wrk (Debian's
package of that name) for some seconds each, and prints a table. CPU is the process' own user and
system time over the requests that were answered.
"""

import json
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

SECONDS = 5
CONNECTIONS = 16
PEOPLE = 1000


def main():
    binary = sys.argv[1] if len(sys.argv) > 1 else "target/release/regain"
    if shutil.which("wrk") is None:
        sys.exit("wrk is missing: apt-get install wrk")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(binary).resolve(), Path(folder))


def measure(binary, folder):
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    config = folder / "regain.toml"
    config.write_text(CONFIG.format(port=port, folder=folder))
    make_users(folder / "users.sqlite")

    starts = [start(binary, config, base, stop=True) for _ in range(10)]
    seconds, process = start(binary, config, base)
    try:
        print(f"binary                           {binary.stat().st_size / 1e6:8.1f} MB")
        print(f"start to first 200, median of 10 {sorted(starts)[5] * 1000:8.1f} ms")
        time.sleep(1)
        print(f"memory idle (PSS)                {pss(process):8.1f} MiB")
        api = f"{base}/v1/apps/default"
        report(process, "health", f"{base}/healthz", None)
        report(process, "ask for nobody, with the look-up", f"{api}/password-resets",
               {"identifier": "nobody@example.com"}, drain=True)
        token = mailed_token(api, folder / "mail")
        inspect = {"token": token, "purpose": "password-reset"}
        report(process, "inspect, with the row", f"{api}/tokens/inspect", inspect)
        forged = {**inspect, "token": "f" + token[1:]}
        report(process, "inspect, forged", f"{api}/tokens/inspect", forged)
        print(f"memory after load (PSS)          {pss(process):8.1f} MiB")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


CONFIG = """
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
limits.enabled = false
queue.capacity = 10000000
[keys]
signing = "bench"
secrets = {{ bench = "bench-only-3f9c1d7a5b2e8046c9d1e7f3a5b8c2d4" }}
[mail.providers.files]
url = "file://{folder}/mail"
[apps.default]
name = "Bench"
mail = {{ provider = "files", from = "Bench <no-reply@example.com>" }}
users.database = "sqlite://{folder}/users.sqlite"
"""


def make_users(path):
    users = sqlite3.connect(path)
    users.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT, password TEXT)")
    users.execute("CREATE INDEX users_email ON users (email)")
    hash_of_nothing = "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$" + "A" * 43
    rows = [(f"p{n}@example.com", hash_of_nothing) for n in range(PEOPLE)]
    users.executemany("INSERT INTO users (email, password) VALUES (?, ?)", rows)
    users.commit()
    users.close()


def start(binary, config, base, stop=False):
    """The seconds until the first 200, and the process unless it is stopped again."""
    began = time.perf_counter()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("REGAIN_")}
    process = subprocess.Popen([binary, "serve", "--config", config], env=environment,
                               stderr=subprocess.DEVNULL)
    while time.perf_counter() - began < 10:
        try:
            with urllib.request.urlopen(f"{base}/healthz", timeout=1):
                break
        except OSError:
            time.sleep(0.0005)
    seconds = time.perf_counter() - began
    if not stop:
        return seconds, process
    process.send_signal(signal.SIGTERM)
    process.wait(30)
    return seconds


def report(process, name, url, body, drain=False):
    script = Path(tempfile.gettempdir()) / f"regain-load-{os.getpid()}.lua"
    if body is not None:
        script.write_text('wrk.method = "POST"\n'
                          'wrk.headers["Content-Type"] = "application/json"\n'
                          f"wrk.body = {json.dumps(json.dumps(body))}\n")
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", "--latency"]
    command += ["-s", str(script)] if body is not None else []
    subprocess.run([*command, "-d1s", url], check=True, capture_output=True)
    before = settled(process) if drain else cpu_seconds(process)
    output = subprocess.run([*command, f"-d{SECONDS}s", url], check=True, capture_output=True,
                            text=True).stdout
    spent = (settled(process) if drain else cpu_seconds(process)) - before
    script.unlink(missing_ok=True)
    requests = int(re.search(r"(\d+) requests in", output)[1])
    p99 = re.search(r"99%\s+(\S+)", output)[1]
    print(f"{name:<32} {spent / requests * 1e6:8.1f} µs CPU a request, "
          f"{requests / SECONDS:8.0f} a second, p99 {p99}")


def settled(process):
    """The CPU time once what waits in the queue is done: it grows no more."""
    before = cpu_seconds(process)
    while True:
        time.sleep(0.5)
        now = cpu_seconds(process)
        if now - before < 0.02:
            return now
        before = now


def mailed_token(api, mail):
    body = json.dumps({"identifier": "p1@example.com"}).encode()
    request = urllib.request.Request(f"{api}/password-resets", body,
                                     {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()
    for _ in range(200):
        for path in mail.glob("*.eml"):
            text = path.read_bytes().replace(b"=\r\n", b"").decode()
            return re.search(r"/a/default/reset/([\w.-]+)", text)[1]
        time.sleep(0.05)
    sys.exit("no mail came")


def cpu_seconds(process):
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def pss(process):
    rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    return int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    main()
