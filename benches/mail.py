#!/usr/bin/env python3
"""How fast mail leaves on this machine, and what a full queue weighs. Loopback only, bounded.

    cargo build --release && benches/mail.py [target/release/regain]

It starts `regain serve` on a SQLite file of its own with limits off, before a mail sink of its own
in a process of its own, and asks once for each of some thousand people: a look-up, a token, a mail
in text and HTML, and SMTP, every mail counted in the sink. Then it fills the queue before a sink
that says nothing.
"""

import asyncio
import json
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import load

# How many mails over how many connections: some seconds each.
ROUNDS = {1: 6000, 10: 12_000, 50: 12_000}
QUEUED = 100_000


def main():
    binary = Path(sys.argv[1] if len(sys.argv) > 1 else "target/release/regain").resolve()
    for connections, mails in ROUNDS.items():
        with tempfile.TemporaryDirectory() as folder:
            send_all(binary, Path(folder), connections, mails)
    with tempfile.TemporaryDirectory() as folder:
        queue_all(binary, Path(folder))


def send_all(binary, folder, connections, mails):
    sink = Sink(silent=False)
    process, api = serve(binary, folder, sink.port, connections, people=mails)
    try:
        warm_up(api, sink)
        before, began = sink.count(), time.perf_counter()
        cpu, of_sink = load.cpu_seconds(process), load.cpu_seconds(sink.process)
        ask_all(api, [f"p{n}@example.com" for n in range(mails)])
        while sink.count() - before < mails:
            if time.perf_counter() - began > 120:
                sys.exit(f"only {sink.count() - before} of {mails} mails came")
            time.sleep(0.005)
        seconds, cpu = time.perf_counter() - began, load.cpu_seconds(process) - cpu
        of_sink = load.cpu_seconds(sink.process) - of_sink
        print(f"{connections:2} connections: {mails / seconds:8.0f} mails/s, "
              f"{cpu / mails * 1e6:6.0f} µs CPU a mail (asking, look-up and SMTP included), "
              f"{mails / cpu:6.0f} mails per second of it; {of_sink / mails * 1e6:4.0f} µs of the sink", flush=True)
    finally:
        stop(process)
        sink.stop()


def queue_all(binary, folder):
    sink = Sink(silent=True)
    process, api = serve(binary, folder, sink.port, 4, people=10)
    try:
        time.sleep(1)
        idle = load.pss(process)
        ask_all(api, [f"p{n % 10}@example.com" for n in range(QUEUED)])
        full = load.pss(process)
        print(f"{QUEUED} jobs queued: {full - idle:6.1f} MiB more than idle ({idle:.1f} MiB)")
    finally:
        process.kill()
        process.wait()
        sink.stop()


def serve(binary, folder, sink, connections, people):
    port = load.free_port()
    base = f"http://127.0.0.1:{port}"
    load.PEOPLE = people
    load.make_users(folder / "users.sqlite")
    config = folder / "regain.toml"
    text = load.CONFIG.format(port=port, folder=folder)
    config.write_text(text.replace(
        f'url = "file://{folder}/mail"',
        f'url = "smtp://127.0.0.1:{sink}"\nconnections = {connections}'))
    _, process = load.start(binary, config, base)
    return process, f"{base}/v1/apps/default/password-resets"


def stop(process):
    process.send_signal(signal.SIGTERM)
    process.wait(30)


def warm_up(api, sink):
    ask_all(api, [f"p{n}@example.com" for n in range(100)])
    while sink.count() < 100:
        time.sleep(0.01)


def ask_all(api, addresses):
    """Asks over four connections that stay open, as fast as the answers come."""
    host, _, path = api.removeprefix("http://").partition("/")
    host, _, port = host.partition(":")

    async def ask(part):
        reader, writer = await asyncio.open_connection(host, int(port))
        for address in part:
            body = json.dumps({"identifier": address})
            writer.write((f"POST /{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json"
                          f"\r\nContent-Length: {len(body)}\r\n\r\n{body}").encode())
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 202 " not in head.split(b"\r\n", 1)[0]:
                sys.exit(f"refused: {head[:60]}")
            length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            await reader.readexactly(length)
        writer.close()

    async def all_of_them():
        await asyncio.gather(*(ask(addresses[n::4]) for n in range(4)))

    asyncio.run(all_of_them())


class Sink:
    """A mail server that takes everything and keeps nothing, in a process of its own."""

    def __init__(self, silent):
        self.taken = multiprocessing.Value("q", 0, lock=False)
        ports = multiprocessing.Queue()
        self.process = multiprocessing.Process(
            target=run_sink, args=(self.taken, ports, silent), daemon=True)
        self.process.start()
        self.port = ports.get()

    def count(self):
        return self.taken.value

    def stop(self):
        self.process.kill()


def run_sink(taken, ports, silent):
    class Session(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.buffer, self.in_mail = transport, b"", False
            if not silent:
                transport.write(b"220 sink\r\n")

        def data_received(self, data):
            self.buffer += data
            answers = b""
            while True:
                end = b"\r\n.\r\n" if self.in_mail else b"\r\n"
                at = self.buffer.find(end)
                if at < 0:
                    break
                command, self.buffer = self.buffer[:4], self.buffer[at + len(end):]
                if self.in_mail:
                    taken.value += 1
                    answers += b"250 taken\r\n"
                elif command == b"EHLO":
                    answers += b"250-sink\r\n250 PIPELINING\r\n"
                else:
                    answers += b"354 go on\r\n" if command == b"DATA" else b"250 sink\r\n"
                self.in_mail = not self.in_mail and command == b"DATA"
            if answers and not silent:
                self.transport.write(answers)

    async def listen():
        server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    os.setsid()
    threading.Thread(target=leave_with_parent, daemon=True).start()
    asyncio.run(listen())


def leave_with_parent():
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)


if __name__ == "__main__":
    main()
