#!/usr/bin/env python3
"""Reads every message (.eml) of a preview as a strict mail program would.

    read.py FOLDER    where `regain mail preview` wrote

The first defect ends it. What Python's parser finds is one (`raise_on_defect`), and so is what
RFC 5322 forbids and that parser forgives, and what differs from the text and the HTML beside the
message.
"""

import html
import re
import sys
from base64 import b64decode
from email import policy
from email.parser import BytesParser
from email.utils import parsedate_to_datetime
from pathlib import Path

STRICT = policy.SMTP.clone(raise_on_defect=True)
LONGEST_LINE = 78  # octets without CRLF that RFC 5322 §2.1.1 asks for; 998 is what it forbids
ENCODINGS = {"7bit", "quoted-printable", "base64"}
VALUES = {
    "From": "Example <no-reply@example.com>",
    "To": "ada@example.com",
    "Date": "Wed, 25 Nov 2026 14:00:00 +0000",
    "MIME-Version": "1.0",
    "Auto-Submitted": "auto-generated",
    "X-Auto-Response-Suppress": "All",
}
OTHERS = ["Subject", "Message-ID", "Content-Language", "Content-Type"]


def main():
    folder = Path(sys.argv[1])
    files = sorted(folder.glob("*/*.eml"))
    kinds = {path.stem for path in files}
    languages = {path.parent.name for path in files}
    expect(len(files), len(kinds) * len(languages), "how many there are")
    seen = set()
    for path in files:
        try:
            check(path, seen)
        except Exception as error:
            sys.exit(f"{path.relative_to(folder)}: {type(error).__name__}: {error}")
    print(f"mails: {len(files)} messages, {len(kinds)} kinds in {len(languages)} languages, no defect")


def check(path, seen):
    raw = path.read_bytes()
    check_transport(raw)
    check_encoded_words(raw.split(b"\r\n\r\n", 1)[0].decode())
    message = BytesParser(policy=STRICT).parsebytes(raw)
    check_headers(message, path.parent.name, seen)

    expect(message.get_content_type(), "multipart/alternative", "content type")
    parts = list(message.iter_parts())
    kinds = [part.get_content_type() for part in parts]
    expect(kinds, ["text/plain", "text/html"], "parts, the better one last")
    text, markup = (read(part) for part in parts)
    expect(text, path.with_suffix(".txt").read_text("utf-8"), "text")
    expect(markup, path.with_suffix(".html").read_text("utf-8"), "HTML")

    title = html.unescape(re.search("<title>(.*)</title>", markup)[1])
    expect(str(message["Subject"]), title, "subject")
    links = re.findall(r"^https?://\S+$", text, re.MULTILINE)
    hrefs = [html.unescape(href) for href in re.findall('href="([^"]*)"', markup)]
    expect(hrefs, [link for link in links for _ in ("button", "bare")], "links of text and HTML")


def check_transport(raw):
    expect(raw.isascii(), True, "bytes are ASCII")
    expect(raw.endswith(b"\r\n"), True, "it ends with CRLF")
    rest = raw.replace(b"\r\n", b"")
    expect(b"\r" in rest or b"\n" in rest or b"\0" in rest, False, "a line break that is not CRLF")
    longest = max(raw.split(b"\r\n"), key=len)
    expect(len(longest) <= LONGEST_LINE, True, f"short enough: {longest}")


def check_encoded_words(head):
    for word in re.findall(r"=\?\S*\?=", head):
        expect(len(word) <= 75, True, f"{word} is short enough (RFC 2047 §2)")
        encoded = re.fullmatch(r"=\?utf-8\?b\?(.*)\?=", word)
        # Each holds whole characters (§5), and Python forgives what is no base64 in it.
        b64decode(encoded[1], validate=True).decode("utf-8")


def check_headers(message, language, seen):
    expect(sorted(message.keys()), sorted([*VALUES, *OTHERS]), "headers, each once")
    for part in message.walk():
        for name, value in part.items():
            expect(list(value.defects), [], f"defects of {name}")
    for name, value in VALUES.items():
        expect(str(message[name]), value, name)
    expect(message["Content-Language"], language, "Content-Language")
    expect(parsedate_to_datetime(message["Date"]).tzinfo is not None, True, "the date has a zone")
    identity = str(message["Message-ID"])
    expect(re.fullmatch(r"<[A-Za-z0-9._-]+@example\.com>", identity) is not None, True, identity)
    expect(identity in seen, False, "a Message-ID that another message has")
    seen.add(identity)


def read(part):
    expect(part.get_content_charset(), "utf-8", "charset")
    expect(part["Content-Transfer-Encoding"].cte in ENCODINGS, True, "transfer encoding")
    return part.get_content(errors="strict").replace("\r\n", "\n")


def expect(found, wanted, what):
    if found != wanted:
        raise ValueError(f"{what}: {found!r} and not {wanted!r}")


if __name__ == "__main__":
    main()
