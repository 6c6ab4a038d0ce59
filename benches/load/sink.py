"""A mail server that takes everything and keeps nothing, in a process of its own. While it is held it says
nothing at all: workers that have a mail for it wait, and so does what is in the queue behind them."""

import asyncio
import multiprocessing
import os
import threading
import time

import machine


class Sink:
    def __init__(self, held=False, delay=0.0):
        """`delay` is how long it takes a mail, in seconds, for as many connections as come."""
        shared = multiprocessing.get_context("fork")
        self.taken, self.bytes = shared.Value("q", 0, lock=False), shared.Value("q", 0, lock=False)
        self.held = shared.Value("b", held, lock=False)
        ports = shared.Queue()
        self.process = shared.Process(target=serve, args=(self, ports, delay), daemon=True)
        self.process.start()
        self.url = f"smtp://127.0.0.1:{ports.get()}"

    @property
    def pid(self):
        return self.process.pid

    def cpu(self):
        return machine.cpu(self.pid)

    def release(self):
        self.held.value = False

    def wait_for(self, mails, patience=120):
        """Waits until so many came, in all."""
        ends = time.monotonic() + patience
        while self.taken.value < mails:
            if time.monotonic() > ends:
                raise SystemExit(f"only {self.taken.value} of {mails} mails came")
            time.sleep(0.002)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.join()


def serve(sink, ports, delay):
    class Session(asyncio.Protocol):
        def connection_made(self, transport):
            self.transport, self.buffer, self.in_mail = transport, b"", False
            self.greet()

        def greet(self):
            if sink.held.value:
                asyncio.get_running_loop().call_later(0.005, self.greet)
            else:
                self.transport.write(b"220 sink\r\n")

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
                    sink.bytes.value += at
                    self.in_mail = False
                    answers += self.take()
                elif command == b"EHLO":
                    answers += b"250-sink\r\n250 PIPELINING\r\n"
                elif command == b"DATA":
                    self.in_mail = True
                    answers += b"354 go on\r\n"
                else:
                    answers += b"250 sink\r\n"
            if answers:
                self.transport.write(answers)

        def take(self):
            if not delay:
                sink.taken.value += 1
                return b"250 taken\r\n"
            asyncio.get_running_loop().call_later(delay, self.took)
            return b""

        def took(self):
            sink.taken.value += 1
            self.transport.write(b"250 taken\r\n")

    async def listen():
        server = await asyncio.get_running_loop().create_server(Session, "127.0.0.1", 0)
        ports.put(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    threading.Thread(target=leave_with_parent, daemon=True).start()
    asyncio.run(listen())


def leave_with_parent():
    parent = os.getppid()
    while os.getppid() == parent:
        time.sleep(0.5)
    os._exit(0)
