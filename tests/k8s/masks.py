#!/usr/bin/env python3
"""Sends links through nginx with what the manifests put into ingress-nginx' ConfigMap, and looks for their tokens in
its logs: tests/k8s/masks.py RENDERED. Nobody answers behind it, so that it has an error to log of each request, too.
Then it asks what arrives behind it of the headers that clients write."""

import http.client
import pathlib
import subprocess
import sys
import tempfile
import time

import yaml

TOKEN = "eyJ1IjoiMSIsImYiOiJ4In0.aRx0Dg.c2lnbmF0dXJl"
# What is asked for, and what the log may tell of it.
PATHS = {
    f"/a/shop/reset/{TOKEN}": "/a/shop/reset/***",
    f"/a/shop/confirm-email/{TOKEN}": "/a/shop/confirm-email/***",
    f"/a/shop/login/{TOKEN}?lang=de": "/a/shop/login/***",
    f"//a/sh%6Fp/r%65set//{TOKEN}": "/a/shop/reset/***",
    f"/a/./shop/reset/{TOKEN}/": "/a/shop/reset/***",
    f"/reset-password?key={TOKEN}&target=x": "/reset-password",
    f"/pub/applications/1/requests/resetpassword/{TOKEN}/commit": "/pub/applications/1/requests/resetpassword/***",
    "/a/shop/reset": "/a/shop/reset",
    "/a/shop/new-password": "/a/shop/new-password",
    "/v1/apps/shop/password-resets/complete": "/v1/apps/shop/password-resets/complete",
}


# What clients may not say of a trace, and a header that shows that others arrive.
OF_TRACES = ("traceparent", "tracestate", "baggage")
ORDINARY = "x-request-id"


def main() -> None:
    maps = {it["metadata"]["name"]: it["data"] for it in yaml.safe_load_all(pathlib.Path(sys.argv[1]).read_text())}
    data = maps["ingress-nginx-controller"]
    headers = maps[data["proxy-set-headers"].removeprefix("ingress-nginx/")]
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        socket = work / "socket"
        (work / "nginx.conf").write_text(configuration(data, headers, work, socket))
        running = subprocess.Popen(["nginx", "-p", folder, "-c", str(work / "nginx.conf")], stderr=subprocess.DEVNULL)
        try:
            wait_for(socket, running)
            for path in PATHS:
                ask(socket, path)
            arrived = ask(socket, "/arrives", 200, {name: name for name in (*OF_TRACES, ORDINARY)})
        finally:
            running.terminate()
            running.wait()
        lines = [line for line in (work / "access.log").read_text().splitlines() if "/arrives" not in line]
        logged = [line.split('"')[1].split()[1] for line in lines]
        everything = "".join((work / log).read_text() for log in ("access.log", "error.log"))
    if logged != list(PATHS.values()):
        sys.exit("error: the log has\n" + "\n".join(logged))
    if TOKEN in everything:
        sys.exit(f"error: a token is in the logs:\n{everything}")
    if arrived != ORDINARY:
        sys.exit(f"error: of {OF_TRACES} and {ORDINARY} there arrives {arrived}")
    print(f"masks: {len(PATHS)} paths logged, without their tokens; no client says what trace it is part of")


def configuration(data: dict, headers: dict, work: pathlib.Path, socket: pathlib.Path) -> str:
    set_headers = "\n".join(f'proxy_set_header {name} "{value}";' for name, value in headers.items())
    told = "".join(f"$http_{name.replace('-', '_')}" for name in (*OF_TRACES, ORDINARY))
    temporary = "\n".join(f"{it}_temp_path {work}/{it};" for it in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"""
        daemon off;
        master_process off;
        pid {work}/pid;
        error_log {work}/error.log {data["error-log-level"]};
        events {{}}
        http {{
            {temporary}
            {data["http-snippet"]}
            log_format upstreaminfo '{data["log-format-upstream"]}';
            access_log {work}/access.log upstreaminfo;
            server {{
                listen unix:{socket};
                {set_headers}
                location / {{ proxy_pass http://unix:{work}/nobody; }}
                location = /arrives {{ proxy_pass http://unix:{work}/somebody; }}
            }}
            server {{
                listen unix:{work}/somebody;
                access_log off;
                location / {{ return 200 "{told}"; }}
            }}
        }}
    """


def ask(socket: pathlib.Path, path: str, expected: int = 502, headers: dict | None = None) -> str:
    connection = Connection(socket)
    referrer = f"https://accounts.example.com/a/shop/reset/{TOKEN}"
    connection.request("GET", path, headers={"Host": "shop", "Referer": referrer, **(headers or {})})
    response = connection.getresponse()
    if response.status != expected:
        sys.exit(f"error: {path} is answered by {response.status}")
    return response.read().decode()


class Connection(http.client.HTTPConnection):
    """HTTP over a socket of the file system."""

    def __init__(self, path: pathlib.Path) -> None:
        super().__init__("localhost", timeout=10)
        self.path = path

    def connect(self) -> None:
        import socket

        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def wait_for(socket: pathlib.Path, running: subprocess.Popen) -> None:
    for _ in range(100):
        if socket.exists():
            return
        if running.poll() is not None:
            break
        time.sleep(0.1)
    sys.exit("error: nginx did not start")


main()
