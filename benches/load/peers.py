"""What people use instead, on the same work: `--peers FOLDER` has their `run.sh NAME PORT`, which starts one on a
table of 10,000 people, `run.sh sink`, a mail server, and `adapters.py`, which says what their routes look like.
All take turns, round by round."""

import http.client
import importlib.util
import itertools
import json
import os
import re
import signal
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import machine
import wrk
from report import progress
from run import Figure
from service import free_port

NAMES = ("regain", "flask", "django", "fastapi-users", "better-auth", "loco")
PASSWORD = "New-correct-horse-7-battery"
SINK = "http://127.0.0.1:2526"
# Those that look a token up without an index find these at once, and those all over the table late.
FIRST, SPREAD = range(100), range(150, 10_000, 100)


class Sink:
    def __init__(self, folder):
        self.process = subprocess.Popen([folder / "run.sh", "sink"], stderr=subprocess.DEVNULL)

    def __enter__(self):
        until(lambda: fetch(f"{SINK}/count"), "the mail server")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)

    @staticmethod
    def taken():
        return json.loads(fetch(f"{SINK}/count"))["mails"]

    @staticmethod
    def mails():
        return json.loads(fetch(f"{SINK}/mails?prefix=user"))


class Peer:
    """One that runs, its processes taken together."""

    def __init__(self, run, name, adapter):
        self.adapter = adapter
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        environment = os.environ | {"REGAIN_BIN": str(without_its_name(run))}
        began = time.perf_counter()
        self.process = subprocess.Popen([run.options.peers / "run.sh", name, str(port)], env=environment,
                                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(lambda: fetch(self.base + adapter["health"]), name)
        self.started_in = time.perf_counter() - began
        # Workers that start one after another.
        time.sleep(1.5)

    def pids(self):
        yield self.process.pid
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        yield from (int(child) for task in tasks for child in task.read_text().split())

    def cpu(self):
        return machine.cpu_of_tree(self.process.pid)

    def pss(self):
        return sum(machine.pss(pid) for pid in self.pids())

    def settled(self):
        before = -1.0
        while (now := self.cpu()) - before > 0.02:
            before = now
            time.sleep(0.5)
        return now

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pids = list(self.pids())
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        for pid in pids[1:]:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def each(self, what, all_fields, connections=16):
        """Sends one request for each, and gives the statuses. Some close the connection after each."""
        left, statuses, lock = iter(all_fields), [], threading.Lock()

        def work():
            link = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc, timeout=60)
            while True:
                with lock:
                    fields = next(left, None)
                if fields is None:
                    return
                status, _ = self.send(link, what, fields)
                statuses.append(status)

        threads = [threading.Thread(target=work) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return statuses

    def send(self, link, what, fields):
        method, path, body = self.adapter[what]
        data = None if body is None else json.dumps(filled(body, fields))
        try:
            link.request(method, filled(path, fields), data, {"content-type": "application/json"} if data else {})
            answer = link.getresponse()
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            link.close()  # it was closed while it rested
            link.request(method, filled(path, fields), data, {"content-type": "application/json"} if data else {})
            answer = link.getresponse()
        text = answer.read()
        return answer.status, (answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)

    def accepts(self, fields):
        link = http.client.HTTPConnection(urllib.parse.urlsplit(self.base).netloc, timeout=60)
        return bool(self.adapter["valid"](*self.send(link, "verify", fields)[1]))

    def load(self, what, all_fields, seconds):
        method, path, body = self.adapter[what]
        requests = [(filled(path, fields), None if body is None else filled(body, fields)) for fields in all_fields]
        return wrk.start(self.base, requests=requests, method=method, seconds=seconds).wait()


def peers(run):
    adapters = adapters_of(run.options.peers)
    seen = {name: Seen() for name in NAMES}
    with Sink(run.options.peers) as sink:
        for n in range(run.rounds):
            for name in NAMES:
                progress(f"{name}, {n + 1}")
                with Peer(run, name, adapters[name]) as peer:
                    seen[name].take(run, peer, sink)
    run.report.section("Beside what people use instead", "SQLite, 10,000 people, Argon2id with 19 MiB and two passes, a "
                       "mail server in Python, nothing limited and nothing refused; the processes of each taken together. "
                       "All take turns. Every mail was seen at the mail server, and a forged token was refused.")
    run.report.table(("what", "inspect, ms CPU", "answers a second", "p99 ms", "inspect, one of the first rows, ms CPU",
                      "ask + look-up + mail, ms CPU", "mails a second", "reset, ms CPU", "resets a second",
                      "start, ms", "idle, MiB", "after load, MiB", "others"),
                     [(name, *it.cells()) for name, it in seen.items()])
    ours = seen["regain"]
    for what, series, name, least in (
            ("inspect", "inspected", "django", 9), ("inspect, its best case", "first", "loco", 2.5),
            ("ask + look-up + mail", "mailed", "django", 5), ("ask + look-up + mail", "mailed", "loco", 2)):
        pairs = zip(getattr(seen[name], series), getattr(ours, series))
        run.report.goal(f"{what}: CPU of {name}, times ours", Figure([b / a for b, a in pairs]).median, least=least,
                        digits=1)


class Seen:
    """What was seen of one of them, round by round."""

    def __init__(self):
        self.inspected, self.rates, self.p99, self.first, self.mailed, self.mails = [], [], [], [], [], []
        self.reset, self.resets, self.started, self.idle, self.loaded, self.others = [], [], [], [], [], []

    def take(self, run, peer, sink):
        self.started.append(peer.started_in * 1000)
        self.idle.append(peer.pss())
        spread, first = minted(peer, sink, SPREAD), minted(peer, sink, FIRST)
        good = spread[0]
        forged = good | {"token": good["token"][:-3] + ("AAA" if good["token"][-3:] != "AAA" else "BBB")}
        if not peer.accepts(good) or peer.accepts(forged):
            raise SystemExit("a token is taken for what it is not")
        peer.load("verify", spread, 1)
        micros, loaded = self.inspect(run, peer, spread)
        self.inspected.append(micros)
        self.rates.append(loaded.rate)
        self.p99.append(loaded.latency[99.0])
        self.first.append(self.inspect(run, peer, first)[0])
        self.mail(run, peer, sink)
        self.complete(run, peer, minted(peer, sink, range(5000, 5200)))
        self.loaded.append(peer.pss())

    def inspect(self, run, peer, tokens):
        run.quiet()
        window, before = machine.Window(list(peer.pids())), peer.cpu()
        loaded = peer.load("verify", tokens, run.seconds)
        if loaded.refused or loaded.broken:
            raise SystemExit(f"{loaded.refused} refused and {loaded.broken} broken")
        self.had(run, window)
        return (peer.cpu() - before) / loaded.requests * 1000, loaded

    def mail(self, run, peer, sink):
        """Bounded: everybody asks once, and what counts is over when the mail server has every mail."""
        asks = [{"email": f"user{n}@example.com"} for n in range(1000, 2000 if run.options.quick else 3000)]
        peer.settled()
        run.quiet()
        window, before, already, began = machine.Window(list(peer.pids())), peer.cpu(), sink.taken(), time.perf_counter()
        refused = [status for status in peer.each("request", asks) if status >= 300]
        if refused:
            raise SystemExit(f"{len(refused)} asks were refused")
        until(lambda: sink.taken() >= already + len(asks), "every mail")
        self.mails.append(len(asks) / (time.perf_counter() - began))
        self.mailed.append((peer.settled() - before) / len(asks) * 1000)
        self.had(run, window)

    def complete(self, run, peer, tokens):
        run.quiet()
        before, began = peer.cpu(), time.perf_counter()
        fields = [token | {"password": PASSWORD} for token in tokens]
        done = sum(status < 300 for status in peer.each("reset", fields, 2 * machine.CORES))
        self.resets.append(done / (time.perf_counter() - began))
        self.reset.append((peer.cpu() - before) / max(done, 1) * 1000)

    def had(self, run, window):
        self.others.append(window.others())
        run.report.had(self.others[-1])

    def cells(self):
        return (Figure(self.inspected, 3), Figure(self.rates, 0), Figure(self.p99), Figure(self.first, 3),
                Figure(self.mailed, 3), Figure(self.mails, 0), Figure(self.reset), Figure(self.resets),
                Figure(self.started, 0), Figure(self.idle), Figure(self.loaded), f"{max(self.others):.2f}")


def without_its_name(run):
    """Starts the program without the variable that named it, which is no setting and so refused."""
    script = run.folder / "regain"
    if not script.exists():
        script.write_text(f'#!/bin/sh\nunset REGAIN_BIN\nexec {run.binary} "$@"\n')
        script.chmod(0o755)
    return script


def minted(peer, sink, people):
    """The fields of what was mailed to these."""
    addresses = [f"user{n}@example.com" for n in people]
    already = sink.taken()
    peer.each("request", [{"email": address} for address in addresses], 4)
    until(lambda: sink.taken() >= already + len(addresses), "every mail")
    box = sink.mails()
    return [re.search(peer.adapter["mail"], box[address]).groupdict() for address in addresses]


def adapters_of(folder):
    spec = importlib.util.spec_from_file_location("adapters", folder / "adapters.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ADAPTERS


def filled(what, fields):
    if isinstance(what, str):
        return re.sub(r"\{(\w+)\}", lambda name: fields[name[1]], what)
    return {name: filled(value, fields) for name, value in what.items()}


def fetch(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def until(holds, what, seconds=90):
    ends = time.monotonic() + seconds
    for wait in itertools.chain([0.002] * 1000, itertools.repeat(0.05)):
        try:
            if holds():
                return
        except OSError:
            pass
        if time.monotonic() > ends:
            raise SystemExit(f"{what}: not there in {seconds} s")
        time.sleep(wait)
