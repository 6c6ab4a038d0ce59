#!/usr/bin/env python3
"""Reads one message (.eml) from the standard input as a strict mail program would.

Prints {"from", "to", "subject", "headers": [[name, value]], "text", "html", "defects": […]}.
`from` and `to` are lists of bare addresses. `defects` is empty for a message without fault: it
names what Python's parser found, and what RFC 5322 forbids and that parser forgives.
"""

import json
import sys
from email import policy
from email.parser import BytesParser

LONGEST_LINE = 998  # octets without CRLF, RFC 5322 §2.1.1
NEEDED_ONCE = ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version"]


def main():
    raw = sys.stdin.buffer.read()
    message = BytesParser(policy=policy.SMTP).parsebytes(raw)
    answer = {
        "from": addresses(message, "From"),
        "to": addresses(message, "To"),
        "subject": str(message["Subject"]) if message["Subject"] is not None else None,
        "headers": [[name, str(value)] for name, value in message.items()],
        "text": body(message, "plain"),
        "html": body(message, "html"),
    }
    # Decoding the bodies finds further defects, so they are collected last.
    answer["defects"] = list(defects(raw, message))
    print(json.dumps(answer, ensure_ascii=False))


def addresses(message, name):
    return [address.addr_spec
            for header in message.get_all(name, [])
            for address in header.addresses]


def body(message, kind):
    part = message.get_body(preferencelist=(kind,))
    return None if part is None else part.get_content()


def defects(raw, message):
    for part in message.walk():
        for defect in part.defects:
            yield describe(defect)
        for name, value in part.items():
            for defect in value.defects:
                yield f"{name}: {describe(defect)}"
    for name in NEEDED_ONCE:
        count = len(message.get_all(name, []))
        if count != 1:
            yield f"{name}: there are {count} of it instead of one"
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        yield "a line does not end in CRLF"
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        yield f"a line is longer than {LONGEST_LINE} octets"
    head = raw.split(b"\r\n\r\n", 1)[0]
    if any(byte > 127 for byte in head):
        yield "a header is not ASCII"


def describe(defect):
    return f"{type(defect).__name__}: {defect}"


if __name__ == "__main__":
    main()
