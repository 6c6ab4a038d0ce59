#!/usr/bin/env python3
"""Runs what the manifests configure: tests/k8s/live.py REGAIN DEMO PRODUCTION, the last two as kustomize renders them.

The demo, by its arguments, until its probes are content. Then production, looked at through the dashboard:

Redis with its file, its users and TLS, held to by the manifest's own probe; Regain with its file and its environment,
files and ports aside; then people who ask and set passwords, a backend that is told and a breach service that is asked,
while Prometheus scrapes and is asked every query of the dashboard.
"""

import base64
import contextlib
import email
import http.server
import json
import os
import pathlib
import re
import secrets
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

import argon2
import yaml

HERE = pathlib.Path(__file__).parent
PEOPLE = 40


def main() -> None:
    demo, objects = (list(yaml.safe_load_all(pathlib.Path(path).read_text())) for path in sys.argv[2:4])
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        run_demo(stack, demo, pathlib.Path(folder))
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        work = pathlib.Path(folder)
        redis_port, port, metrics_port = free_port(), free_port(), free_port()
        password = secrets.token_hex(16)
        make_certificates(work)
        run_redis(stack, objects, work, redis_port, password)
        receiver = Receiver(("127.0.0.1", 0), Backend)
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        stack.callback(receiver.shutdown)
        secret(work, "regain-redis/url", f"rediss://regain:{password}@localhost:{redis_port}/0")
        run_regain(stack, objects, work, port, metrics_port, receiver.server_address[1])
        threading.Thread(target=people, args=(port, work / "mails"), daemon=True).start()
        command = [sys.executable, str(HERE / "dashboard.py"), "--scrape", f"127.0.0.1:{metrics_port}", "--data"]
        if subprocess.run(command).returncode:
            sys.exit((work / "regain.log").read_text()[-4000:] + "error: the dashboard lacks something")


def run_demo(stack, objects: list, work: pathlib.Path) -> None:
    """As the pod does, with its folder for files."""
    port = str(free_port())
    container = find(objects, "Deployment", "regain")["spec"]["template"]["spec"]["containers"][0]
    arguments = [word.replace("8080", port) for word in container["args"]]
    start(stack, [sys.argv[1], *arguments], work / "log", {"TMPDIR": folder_at(work / "tmp")})
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        words = [word.replace("8080", port) for word in container[probe]["exec"]["command"]]
        if words[0] != "/regain":
            sys.exit(f"error: {words[0]} is not in the image")
        until(f"the demo's {probe}", lambda: subprocess.run([sys.argv[1], *words[1:]], capture_output=True).returncode == 0)
    print("demo: its probes are content")


def run_redis(stack, objects: list, work: pathlib.Path, port: int, password: str) -> None:
    """As the StatefulSet does, and asks its probe."""
    conf = find(objects, "ConfigMap", "regain-redis")["data"]["redis.conf"]
    users = (HERE / "../../k8s/components/redis-server/users.acl").read_text().replace("PASSWORD", password)
    secret(work, "redis/users.acl", users)
    data = folder_at(work / "data")
    conf = conf.replace("tls-port 6379", f"tls-port {port}").replace("dir /data", f"dir {data}")
    (work / "redis.conf").write_text(conf.replace("/run/secrets", f"{work}/secrets") + "\nbind 127.0.0.1\n")
    start(stack, ["redis-server", str(work / "redis.conf")], work / "redis.log")
    container = find(objects, "StatefulSet", "regain-redis")["spec"]["template"]["spec"]["containers"][0]
    probe = container["readinessProbe"]["exec"]["command"]
    probe = [word.replace("/run/secrets", f"{work}/secrets") for word in probe]
    probe = [probe[0], "-p", str(port), *probe[1:]]
    until("the probe of Redis", lambda: subprocess.run(probe, capture_output=True, text=True).stdout == "PONG\n")


def run_regain(stack, objects: list, work: pathlib.Path, port: int, metrics_port: int, receiver: int) -> None:
    """As the Deployment does, with a table and a folder of mails that are here."""
    make_table(work / "users.sqlite")
    mails = folder_at(work / "mails")
    secret(work, "regain-database/url", f"sqlite://{work}/users.sqlite")
    secret(work, "regain-keys/2026-11", subprocess.check_output([sys.argv[1], "key", "new"], text=True))
    secret(work, "regain-smtp/password", "not used")
    secret(work, "regain-redis-ca/ca.crt", (work / "secrets/tls/ca.crt").read_text())
    container = find(objects, "Deployment", "regain")["spec"]["template"]["spec"]["containers"][0]
    mounted = next(it for it in objects if it["kind"] == "ConfigMap" and "regain.toml" in it["data"])
    toml = mounted["data"]["regain.toml"].replace("/run/secrets", f"{work}/secrets")
    toml = toml.replace("/etc/regain-log", folder_at(work / "log"))
    # A folder of mails has no password.
    toml = re.sub(r"(?m)^password = .*$", "", toml)
    (work / "regain.toml").write_text(toml)
    environment = {it["name"]: it["value"].replace("/run/secrets", f"{work}/secrets") for it in container["env"]}
    here = {
        "REGAIN_LISTEN": f"127.0.0.1:{port}",
        "REGAIN_METRICS__LISTEN": f"127.0.0.1:{metrics_port}",
        "REGAIN_MAIL__PROVIDERS__MAIN__URL": f"file://{mails}",
        "REGAIN_READ_AGAIN": "1s",
        "REGAIN_LIMITS__PER_CLIENT": "100000/h",
        "REGAIN_APPS__DEFAULT__WEBHOOK__URL": f"http://127.0.0.1:{receiver}/hooks",
        "REGAIN_APPS__DEFAULT__WEBHOOK__SECRET": f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}",
        "REGAIN_APPS__DEFAULT__WEBHOOK__EVENTS": '["password.changed"]',
        "REGAIN_APPS__DEFAULT__PASSWORD__BREACHES__URL": f"http://127.0.0.1:{receiver}/range/",
    }
    environment = {"PATH": os.environ["PATH"], **environment, **here}
    check_redis(work / "regain.toml", environment)
    command = [sys.argv[1], *container["args"][:-1], str(work / "regain.toml")]
    start(stack, command, work / "regain.log", environment)
    until("Regain", lambda: get(f"http://127.0.0.1:{port}/readyz") and True)
    change_level(work)


def change_level(work: pathlib.Path) -> None:
    """As the kubelet does where `regain-log` is made, whose key is the file's name."""
    (work / "log/level").write_text("warn,regain=debug")
    until("the log", lambda: "what is logged has changed" in (work / "regain.log").read_text())
    print("log: its level changes while Regain runs")


def check_redis(toml: pathlib.Path, environment: dict) -> None:
    """What Regain itself finds out about a Redis: whether it keeps what it is given, and may do what is needed."""
    command = [sys.argv[1], "check", "--json", "--config", str(toml)]
    found = json.loads(subprocess.run(command, env=environment, capture_output=True, text=True).stdout)
    found = [it for it in found if "redis" in it["what"].lower()]
    if not found or any(it["level"] != "ok" for it in found):
        sys.exit(f"error: regain check says of Redis {found}")
    print(f"redis: {len(found)} findings of regain check, all of them ok")


def people(port: int, mails: pathlib.Path) -> None:
    """Each asks, some moments apart, and sets a password by the mail that came."""
    api = f"http://127.0.0.1:{port}/v1/apps/default"
    read = set()
    for number in range(PEOPLE):
        post(f"{api}/password-resets", {"identifier": f"user{number}@example.com"})
        time.sleep(0.3)
        for path in set(mails.glob("*.eml")) - read:
            read.add(path)
            message = email.message_from_bytes(path.read_bytes())
            texts = [part.get_payload(decode=True).decode() for part in message.walk() if part.get_content_type() == "text/plain"]
            for token in re.findall(r"/reset/(\S+)", "".join(texts)):
                post(f"{api}/password-resets/complete", {"token": token, "new_password": secrets.token_hex(12)})


class Receiver(http.server.ThreadingHTTPServer):
    daemon_threads = True


class Backend(http.server.BaseHTTPRequestHandler):
    """A webhook, and a breach service that knows of nothing."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.answer(204, b"")

    def do_GET(self) -> None:
        self.answer(200, b"0" * 35 + b":1\r\n")

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        if body:
            self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def make_table(path: pathlib.Path) -> None:
    hashed = argon2.PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1).hash("old")
    with contextlib.closing(sqlite3.connect(path)) as table:
        table.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT UNIQUE, password TEXT)")
        table.executemany("INSERT INTO users VALUES (?, ?, ?)", [(it, f"user{it}@example.com", hashed) for it in range(PEOPLE)])
        table.commit()


def make_certificates(work: pathlib.Path) -> None:
    tls = work / "secrets/tls"
    tls.mkdir(parents=True)
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-subj", "/CN=test", "-keyout", tls / "ca.key", "-out", tls / "ca.crt")
    extension = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=CA:FALSE"]
    ca = ["-CA", tls / "ca.crt", "-CAkey", tls / "ca.key"]
    openssl("req", "-x509", *key, *extension, *ca, "-keyout", tls / "tls.key", "-out", tls / "tls.crt")


def openssl(*words) -> None:
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def folder_at(path: pathlib.Path) -> str:
    path.mkdir()
    return str(path)


def secret(work: pathlib.Path, name: str, content: str) -> None:
    path = work / "secrets" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    path.chmod(0o440)


def start(stack, command: list, log: pathlib.Path, environment: dict | None = None) -> None:
    output = stack.enter_context(log.open("w"))
    running = subprocess.Popen(command, stdout=output, stderr=output, env=environment)
    stack.callback(running.wait)
    stack.callback(running.terminate)


def until(what: str, holds) -> None:
    error = None
    for _ in range(100):
        try:
            if holds():
                return
        except OSError as problem:
            error = problem
        time.sleep(0.1)
    sys.exit(f"error: {what} did not answer: {error}")


def post(url: str, body: dict) -> None:
    request = urllib.request.Request(url, json.dumps(body).encode(), {"content-type": "application/json"})
    # Refusals are part of it, and at the end nobody is there any more.
    with contextlib.suppress(OSError):
        urllib.request.urlopen(request, timeout=10).close()


def get(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as response:
        return response.read()


def find(objects: list, kind: str, called: str) -> dict:
    """One of that name, or of that name and the hash that kustomize adds."""
    return next(it for it in objects if it["kind"] == kind and re.fullmatch(rf"{called}(-[a-z0-9]{{10}})?", it["metadata"]["name"]))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


main()
