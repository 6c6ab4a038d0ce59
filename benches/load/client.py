"""Clients that wrk is not: one that asks exactly so often, one that keeps to a rate whatever is answered,
and one that looks how long single requests take."""

import asyncio
import json
import multiprocessing
import threading
import time
import urllib.parse

import wrk


def ask_all(url, bodies, connections=4):
    """Posts every body once, as fast as answers come, and gives the bytes that went both ways. None is refused."""
    return asyncio.run(_ask_all(url, bodies, connections))


async def _ask_all(url, bodies, connections):
    parts = (bodies[n::connections] for n in range(connections))
    return sum(await asyncio.gather(*(_post_each(url, part) for part in parts)))


async def _post_each(url, bodies):
    link, moved = await Link.to(url), 0
    for body in bodies:
        status, length = await link.post(body)
        moved += length
        if status >= 300:
            raise SystemExit(f"refused by {status}: {url}")
    link.close()
    return moved


class Link:
    """A connection that stays open, for one request at a time."""

    @classmethod
    async def to(cls, url):
        link, at = cls(), urllib.parse.urlsplit(url)
        link.head = f"POST {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\nContent-Type: application/json\r\n"
        link.get = f"GET {at.path} HTTP/1.1\r\nHost: {at.netloc}\r\n\r\n".encode()
        link.reader, link.writer = await asyncio.open_connection(at.hostname, at.port)
        return link

    async def post(self, body):
        """The status, and the bytes that went both ways."""
        text = body if isinstance(body, str) else json.dumps(body)
        request = f"{self.head}Content-Length: {len(text)}\r\n\r\n{text}".encode() if text else self.get
        self.writer.write(request)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await self.reader.readexactly(length)
        return int(head[9:12]), len(request) + len(head) + length

    def close(self):
        self.writer.close()


class Probe:
    """Sends a request every `interval` seconds over a connection of its own, from a thread of a process of its
    own that runs before others (nice -10), until it is stopped: `latencies()` are in ms."""

    def __init__(self, url, body, interval=0.01):
        self.out, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.get_context("fork").Process(
            target=_probe, args=(theirs, url, body, interval), daemon=True)
        self.process.start()

    def latencies(self):
        self.out.send(None)
        taken = self.out.recv()
        self.process.join()
        return taken


def _probe(pipe, url, body, interval):
    wrk.favoured()

    async def run():
        link, taken = await Link.to(url), []
        while not pipe.poll():
            began = time.perf_counter()
            await link.post(json.dumps(body) if body else "")
            taken.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(max(0.0, interval - (time.perf_counter() - began)))
        return taken

    pipe.send(asyncio.run(run()))


class OpenLoop:
    """Requests at times that are fixed beforehand, whether or not earlier ones are answered. `phases` are pairs
    of seconds and requests a second; of each request it keeps when it was due, the status and how long after
    that it was answered, in seconds. Where no answer came in 30 s, or the connection was closed without one, the
    status is CLOSED; where MOST connections wait for an answer already, it is not sent: CROWDED."""

    MOST, CLOSED, CROWDED = 4000, 0, -1

    def __init__(self, url, bodies, phases):
        self.url, self.bodies, self.phases = url, iter(bodies), phases
        self.idle, self.open, self.kept = [], 0, []

    def run(self):
        asyncio.run(self._run())
        return self.kept

    def times(self):
        at = 0.0
        for seconds, rate in self.phases:
            yield from (at + n / rate for n in range(int(seconds * rate)))
            at += seconds

    async def _run(self):
        began, tasks = time.perf_counter(), set()
        for due, body in zip(self.times(), self.bodies):
            wait = due - (time.perf_counter() - began)
            if wait > 0:
                await asyncio.sleep(wait)
            task = asyncio.create_task(self._one(began, due, body))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        await asyncio.gather(*tasks)

    async def _one(self, began, due, body):
        status = self.CROWDED
        if self.idle or self.open < self.MOST:
            status = await self._send(body)
        self.kept.append((due, status, time.perf_counter() - began - due))

    async def _send(self, body):
        """The status. A connection that rested may be closed by now, as it may to any client: then another one."""
        while self.idle:
            link = self.idle.pop()
            if status := await self._post(link, body):
                return status
        try:
            self.open += 1
            link = await asyncio.wait_for(Link.to(self.url), 30)
        except (OSError, asyncio.TimeoutError):
            self.open -= 1
            return self.CLOSED
        return await self._post(link, body)

    async def _post(self, link, body):
        try:
            status, _ = await asyncio.wait_for(link.post(body), 30)
            self.idle.append(link)
            return status
        except (OSError, EOFError, asyncio.TimeoutError):
            self.open -= 1
            link.close()
            return self.CLOSED


class Sampler:
    """Looks at something every so many seconds, in a thread, until it is left."""

    def __init__(self, look, interval=0.25):
        self.look, self.interval, self.seen, self.over = look, interval, [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        began = time.perf_counter()
        while not self.over.is_set():
            self.seen.append((round(time.perf_counter() - began, 2), self.look()))
            self.over.wait(self.interval)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
