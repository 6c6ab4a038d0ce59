#!/usr/bin/env python3
"""Resets ada@example.com's forgotten password by the service at $REGAIN_TEST_URL, whose mails come to the SMTP server that
keeps them in $REGAIN_TEST_MAILS, and whose users are in the database $REGAIN_TEST_USERS."""

import json
import os
import sys
import time
import urllib.error
import urllib.request
from email import policy
from email.parser import BytesParser
from pathlib import Path

import argon2
import psycopg

URL = os.environ["REGAIN_TEST_URL"]
MAILS = Path(os.environ["REGAIN_TEST_MAILS"])
PATIENCE_S = 30
PASSWORD = "stapled otter in the rain"


def main():
    steps = [ask, mail_with_link, page, inspect, refused_password, complete, second_use, notice, row]
    known = {}
    for step in steps:
        try:
            step(known)
        except Exception as error:
            sys.exit(f'image journey, "{step.__name__}": {error!r}')
    print(f"image journey: {len(steps)} steps passed")


def ask(_):
    status, _ = post("password-resets", {"identifier": "ada@example.com"})
    expect(status, 202)


def mail_with_link(known):
    mail, facts = mail_number(1)
    expect(facts["rcpt_tos"], ["ada@example.com"])
    expect((facts["tls"], facts["authenticated"]), (True, "mailer"))
    links = [word for word in body(mail).split() if "/a/default/reset/" in word]
    expect(len(links), 1)
    known["token"] = links[0].rsplit("/", 1)[1]


def page(_):
    with urllib.request.urlopen(f"{URL}/a/default/reset", timeout=PATIENCE_S) as answer:
        expect('name="identifier"' in answer.read().decode(), True)


def inspect(known):
    status, answer = post("tokens/inspect", {"token": known["token"], "purpose": "password-reset"})
    expect((status, answer.get("purpose")), (200, "password-reset"))


def refused_password(known):
    status, answer = post("password-resets/complete", {"token": known["token"], "new_password": "short"})
    expect((status, answer["code"]), (422, "password-rejected"))


def complete(known):
    status, answer = post("password-resets/complete", {"token": known["token"], "new_password": PASSWORD})
    expect((status, answer), (200, {}))


def second_use(known):
    status, answer = post("password-resets/complete", {"token": known["token"], "new_password": PASSWORD + "!"})
    expect((status, answer["code"]), (400, "token-invalid"))


def notice(_):
    mail, facts = mail_number(2)
    expect(facts["rcpt_tos"], ["ada@example.com"])
    expect("/a/default/reset/" in body(mail), False)


def row(_):
    with psycopg.connect(os.environ["REGAIN_TEST_USERS"]) as database:
        [(stored,)] = database.execute("SELECT password FROM users WHERE email = 'ada@example.com'").fetchall()
    argon2.PasswordHasher().verify(stored, PASSWORD)


def post(path, body):
    request = urllib.request.Request(f"{URL}/v1/apps/default/{path}", data=json.dumps(body).encode(),
                                     headers={"content-type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        return problem.code, json.load(problem)


def mail_number(number):
    file = MAILS / f"{number:04}.eml"
    deadline = time.monotonic() + PATIENCE_S
    while not file.exists():
        if time.monotonic() > deadline:
            raise TimeoutError(f"no mail {number} within {PATIENCE_S} s")
        time.sleep(0.05)
    mail = BytesParser(policy=policy.SMTP).parsebytes(file.read_bytes())
    return mail, json.loads(file.with_suffix(".json").read_bytes())


def body(mail):
    return mail.get_body(preferencelist=("plain",)).get_content()


def expect(seen, wanted):
    if seen != wanted:
        raise AssertionError(f"{seen!r} is not {wanted!r}")


if __name__ == "__main__":
    main()
