#!/usr/bin/env python3
"""A real SMTP server, driven by the tests as a child process.

    smtp_server.py --dir DIR --mode starttls --user mailer --password secret

It listens on a free port of 127.0.0.1 and prints one line of JSON once it does:

    {"port": 2525, "ca": "DIR/ca.pem", "mail": "DIR/mail"}

Every accepted message becomes two files in DIR/mail: `0001.json` with the envelope
({"mail_from", "rcpt_tos", "tls", "authenticated"}), and `0001.eml` with the bytes as they came.
The `.eml` is renamed into place last, so whoever sees it can read both.

Every option can also come as one line of JSON on the standard input: `--options-from-stdin`, and
then {"dir": "…", "mode": "tls", "reject_rcpt": 550, …}. The server ends with its parent.
"""

import argparse
import asyncio
import json
import logging
import os
import signal
import ssl
import sys
import warnings
from pathlib import Path

from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

from certificates import certify, write_whole


def main():
    options = read_options()
    warnings.filterwarnings("ignore", category=UserWarning, module="aiosmtpd")
    logging.getLogger("mail.log").setLevel(logging.ERROR)
    asyncio.run(serve(options))


def read_options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--options-from-stdin", action="store_true", help="read one line of JSON")
    parser.add_argument("--dir", type=Path, help="where certificates and mail are written")
    parser.add_argument("--mode", choices=["starttls", "tls", "plain"], default="starttls")
    parser.add_argument("--user", help="who must log in; nobody has to without it")
    parser.add_argument("--password", default="")
    parser.add_argument("--reject-rcpt", type=int, metavar="CODE", help="refuse every recipient")
    parser.add_argument("--reject-data", type=int, metavar="CODE", help="refuse every message")
    parser.add_argument("--refusals", type=int, default=-1, metavar="N",
                        help="refuse so many times only, and take everything after that")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS")
    parser.add_argument("--delay-at", choices=["connect", "data"], default="data",
                        help="wait before the greeting, or before answering a message")
    parser.add_argument("--stall-at", choices=["EHLO", "MAIL", "RCPT", "DATA", "message"],
                        help="never answer this, so many times as --refusals says")
    parser.add_argument("--drop-at", choices=["EHLO", "MAIL", "RCPT", "DATA", "message", "taken"],
                        help="close the connection instead of answering this; `taken` keeps the "
                             "message first")
    parser.add_argument("--client-certificates", action="store_true",
                        help="take no connection without a certificate under the same authority")
    parser.add_argument("--no-starttls", action="store_true",
                        help="offer no STARTTLS and take everything in clear, as a downgrade does")
    parser.add_argument("--behind-starttls", metavar="TEXT",
                        help="say this in clear behind the answer to STARTTLS, as somebody on the "
                             "way would")
    parser.add_argument("--data-answer", metavar="TEXT",
                        help="answer DATA by this and take no message, so many times as "
                             "--refusals says")
    parser.add_argument("--more-said", metavar="TEXT",
                        help="say this behind the answer to a message that is kept, so many times "
                             "as --refusals says")
    parser.add_argument("--wrong-host", action="store_true",
                        help="show a certificate for another host")
    options = parser.parse_args()
    if options.options_from_stdin:
        for name, value in json.loads(sys.stdin.readline()).items():
            if not hasattr(options, name):
                parser.error(f"unknown option {name!r} on the standard input")
            setattr(options, name, Path(value) if name == "dir" else value)
    if options.dir is None:
        parser.error("--dir is needed")
    return options


async def serve(options):
    loop = asyncio.get_running_loop()
    mail = options.dir / "mail"
    mail.mkdir(parents=True, exist_ok=True)
    context = make_tls_context(options)
    handler = Handler(options, mail)

    listener = await loop.create_server(
        lambda: make_session(options, handler, context),
        host="127.0.0.1", port=0, backlog=512,
        ssl=context if options.mode == "tls" else None,
    )
    port = listener.sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "ca": str(options.dir / "ca.pem"), "mail": str(mail)}),
          flush=True)

    stop = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    parent = os.getppid()
    while not stop.is_set() and os.getppid() == parent:
        try:
            await asyncio.wait_for(stop.wait(), timeout=0.5)
        except asyncio.TimeoutError:
            pass
    listener.close()


def make_session(options, handler, context):
    starttls = options.mode == "starttls" and not options.no_starttls
    return SlowToGreet(
        handler,
        behind_starttls=options.behind_starttls,
        greeting_delay=options.delay if options.delay_at == "connect" else 0.0,
        hostname="localhost",
        enable_SMTPUTF8=True,
        tls_context=context if starttls else None,
        require_starttls=starttls,
        auth_required=options.user is not None,
        auth_require_tls=starttls,
        authenticator=handler.authenticate,
    )


class SlowToGreet(SMTP):
    def __init__(self, *args, greeting_delay, behind_starttls, **kwargs):
        super().__init__(*args, **kwargs)
        self.greeting_delay = greeting_delay
        self.behind_starttls = behind_starttls

    async def _handle_client(self):
        await asyncio.sleep(self.greeting_delay)
        await super()._handle_client()

    async def push(self, status):
        if self.behind_starttls and isinstance(status, str) and status.startswith("220 Ready to start TLS"):
            status = f"{status}\r\n{self.behind_starttls}"
        await super().push(status)

    async def smtp_DATA(self, arg):
        await self.event_handler.fault(self, "DATA")
        answer = self.event_handler.options.data_answer
        if answer and self.event_handler.refuses():
            await self.push(answer)
        else:
            await super().smtp_DATA(arg)


class Handler:
    """What the server answers, and where it writes what it was sent."""

    def __init__(self, options, mail):
        self.options = options
        self.mail = mail
        self.count = 0
        self.refusals = 0

    def authenticate(self, _server, _session, _envelope, _mechanism, data):
        right = (
            isinstance(data, LoginPassword)
            and self.options.user is not None
            and data.login == self.options.user.encode()
            and data.password == self.options.password.encode()
        )
        return AuthResult(success=right, handled=False, auth_data=data.login.decode(errors="replace"))

    async def fault(self, server, place):
        """What goes wrong at this place, if anything."""
        if place == self.options.stall_at and self.refuses():
            await asyncio.sleep(3600)
        if place == self.options.drop_at and self.refuses():
            server.transport.abort()
            await asyncio.sleep(3600)

    async def handle_EHLO(self, server, session, _envelope, hostname, responses):
        await self.fault(server, "EHLO")
        session.host_name = hostname
        if self.options.user is None:
            return [line for line in responses if not line.startswith("250-AUTH")]
        return responses

    async def handle_MAIL(self, server, _session, envelope, address, mail_options):
        await self.fault(server, "MAIL")
        envelope.mail_from = address
        envelope.mail_options.extend(mail_options)
        return "250 2.1.0 Sender accepted"

    async def handle_RCPT(self, server, _session, envelope, address, _rcpt_options):
        await self.fault(server, "RCPT")
        if self.options.reject_rcpt and self.refuses():
            code = self.options.reject_rcpt
            return f"{code} {enhanced(code)} <{address}>: Recipient refused"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Recipient accepted"

    async def handle_DATA(self, server, session, envelope):
        if self.options.delay_at == "data":
            await asyncio.sleep(self.options.delay)
        await self.fault(server, "message")
        if self.options.reject_data and self.refuses():
            return f"{self.options.reject_data} {enhanced(self.options.reject_data)} Message refused"
        self.keep(envelope, {
            "mail_from": envelope.mail_from,
            "rcpt_tos": envelope.rcpt_tos,
            "tls": server.transport.get_extra_info("ssl_object") is not None,
            "authenticated": session.auth_data if session.authenticated else None,
        })
        await self.fault(server, "taken")
        more = self.options.more_said if self.options.more_said and self.refuses() else None
        return "250 2.0.0 Message accepted" + (f"\r\n{more}" if more else "")

    def refuses(self):
        self.refusals += 1
        return self.options.refusals < 0 or self.refusals <= self.options.refusals

    def keep(self, envelope, facts):
        self.count += 1
        name = f"{self.count:04}"
        write_whole(self.mail / f"{name}.json", json.dumps(facts).encode())
        write_whole(self.mail / f"{name}.eml", envelope.original_content)


def enhanced(code):
    return "4.3.0" if code < 500 else "5.1.1"


def make_tls_context(options):
    folder = options.dir
    certify(folder, "another-host.test" if options.wrong_host else None)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(folder / "server.pem", folder / "server.key")
    if options.client_certificates:
        context.load_verify_locations(folder / "ca.pem")
        context.verify_mode = ssl.CERT_REQUIRED
    return context


if __name__ == "__main__":
    main()
