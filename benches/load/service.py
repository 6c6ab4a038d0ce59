"""The program and the floor beside it, started and stopped."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import machine
from users import SECRET

ROOT = Path(__file__).resolve().parents[2]


def build(options, folder):
    """The program and the floor, each by a command of its own: in one, the tests' dependencies would change how
    those of the program are built. Copies, which nobody else builds anew or runs meanwhile: memory that two
    processes of one file share counts half for each."""
    program = options.binary or built("--bin", "regain")
    made = (program, built("--bench", "floor"))
    return tuple(Path(shutil.copy2(binary, folder)) for binary in made)


def built(*target):
    command = ["cargo", "build", "--release", *target, "--message-format=json-render-diagnostics"]
    told = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    made = [json.loads(line) for line in told.splitlines()]
    return next(Path(it["executable"]) for it in made if it.get("executable") and it["target"]["name"] == target[1])


CONFIG = """
listen = "127.0.0.1:{port}"
public_url = "http://127.0.0.1:{port}"
queue.capacity = {capacity}
hashing.stand_back = "idle"
{head}
[metrics]
listen = "127.0.0.1:{metrics}"
[limits]
store = "{store}"
per_client = "1000000/s"
mails_per_account = "1000000/s"
[keys]
signing = "bench"
secrets = {{ bench = "{secret}" }}
[mail.providers.main]
url = "{mail}"
connections = {connections}
timeout = "10m"
[apps.default]
name = "Bench"
mail = {{ provider = "main", from = "Bench <no-reply@example.com>", per_hour = 4000000000 }}
[apps.default.users]
database = "{database}"
active = ["active"]
"""


class Process:
    """Something that answers on a port, from when it does."""

    def __init__(self, command, port, alive):
        self.port, self.base = port, f"http://127.0.0.1:{port}"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("REGAIN_")}
        began = time.perf_counter()
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while True:
            try:
                with urllib.request.urlopen(self.base + alive, timeout=1):
                    break
            except OSError:
                if self.process.poll() is not None or time.perf_counter() - began > 10:
                    self.stop(signal.SIGKILL)
                    raise SystemExit(f"{command[0]} did not start: run it by hand") from None
                time.sleep(0.0002)
        self.started_in = time.perf_counter() - began

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        return machine.cpu(self.pid)

    def pss(self):
        return machine.pss(self.pid)

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
            self.process.wait(60)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # What waits in the queue is of no use any more.
        self.stop(signal.SIGKILL)


class Floor(Process):
    def __init__(self, binary, database):
        port = free_port()
        super().__init__([binary, "serve", f"127.0.0.1:{port}", database], port, "/bare")


class Regain(Process):
    """`regain serve` on a users table. Its limits are on, and so high that nobody meets them; what is mailed
    goes to files in memory unless `mail` says where."""

    def __init__(self, binary, folder, database, mail=None, connections=4, capacity=10_000_000, redis=None, head=""):
        port, metrics = free_port(), free_port()
        mails = folder / f"mails-{port}"
        if redis:
            head += f'\nredis.url = "{redis}"\nredis.prefix = "load{port}"\nqueue.store = "redis"'
        config = folder / f"regain-{port}.toml"
        config.write_text(CONFIG.format(
            port=port, metrics=metrics, capacity=capacity, head=head, store="redis" if redis else "memory",
            secret=SECRET, mail=mail or f"file://{mails}", connections=connections, database=database))
        self.operators = f"http://127.0.0.1:{metrics}"
        super().__init__([binary, "serve", "--config", config], port, "/healthz")
        api = f"{self.base}/v1/apps/default"
        self.ask, self.inspect = f"{api}/password-resets", f"{api}/tokens/inspect"
        self.complete, self.health = f"{api}/password-resets/complete", f"{self.base}/healthz"

    def waiting(self):
        """Jobs that wait in its queue."""
        with urllib.request.urlopen(f"{self.operators}/metrics", timeout=10) as metrics:
            text = metrics.read().decode()
        return int(float(re.search(r"^regain_queue_depth (\S+)", text, re.M)[1]))

    def settled(self):
        """Its time of the processor once nothing is left to do: it grows no more."""
        before = self.cpu()
        while True:
            time.sleep(0.3)
            now = self.cpu()
            if now - before < 0.003:
                return now
            before = now


def post(url, body):
    """The status of an answer."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
