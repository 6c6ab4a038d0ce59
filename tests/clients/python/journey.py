"""Resets a forgotten password by the client of openapi-python-client and the lines of openapi/README.md."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx

from forgotten import ask, set_password
from regain import AuthenticatedClient, Client
from regain.api.one_time_login import get_me
from regain.api.password_reset import request_password_reset
from regain.api.tokens import inspect_token
from regain.models import (
    InspectedToken,
    LinkRequest,
    Problem,
    ProblemCode,
    Purpose,
    TokenInspection,
)

PATIENCE_SECONDS = 15
URL = os.environ["REGAIN_TEST_URL"]
IDENTIFIER = "ada@example.com"
client = Client(URL, raise_on_unexpected_status=True)
steps = 0


def main() -> None:
    with step("ask for a link"):
        answer = ask(IDENTIFIER)
        assert isinstance(answer, str) and "on its way" in answer

    with step("take the token out of the mail"):
        token = token_from_outbox()

    with step("inspect the token"):
        inspection = TokenInspection(token=token, purpose=Purpose.PASSWORD_RESET)
        inspected = inspect_token.sync("default", client=client, body=inspection)
        assert isinstance(inspected, InspectedToken), inspected
        assert inspected.purpose == Purpose.PASSWORD_RESET
        assert (inspected.expires_at - inspected.issued_at).total_seconds() == 30 * 60

    with step("be refused a weak password"):
        problem = set_password(token, "x")
        assert problem and problem.code == ProblemCode.PASSWORD_REJECTED, problem
        assert problem.errors, problem
        assert problem.errors[0].field == "new_password"
        assert problem.errors[0].reason == "too_short"

    with step("be told that there is no such application"):
        body = LinkRequest(identifier=IDENTIFIER)
        asked = request_password_reset.sync("nobody", client=client, body=body)
        assert isinstance(asked, Problem), asked
        assert (asked.status, asked.code) == (404, ProblemCode.NOT_FOUND)

    with step("be refused without a session"):
        me = get_me.sync("default", client=AuthenticatedClient(URL, token="none"))
        assert isinstance(me, Problem), me
        assert (me.status, me.code) == (401, ProblemCode.UNAUTHORIZED)

    with step("set a good password"):
        assert set_password(token, "stapled otter in the rain") is None

    with step("find the link spent"):
        problem = set_password(token, "another otter in the rain")
        assert problem and problem.code == ProblemCode.TOKEN_INVALID, problem

    print(f"client python: {steps} steps passed")


@contextmanager
def step(name: str) -> Iterator[None]:
    """Counts what is done in it, and names it where it fails."""
    global steps
    try:
        yield
    except Exception as error:
        raise AssertionError(name) from error
    steps += 1


def token_from_outbox() -> str:
    """The outbox belongs to `regain demo` and not to the API, so it is read without the client."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for mail in httpx.get(f"{URL}/demo/outbox.json").raise_for_status().json():
            for link in mail["links"] if IDENTIFIER in mail["to"] else []:
                if found := re.search(r"/a/default/reset/([\w.-]+)$", link):
                    return found[1]
        time.sleep(0.1)
    raise AssertionError(f"no mail with a link to {IDENTIFIER} within {PATIENCE_SECONDS} s")


main()
