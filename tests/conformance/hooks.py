"""What the document cannot say: which tokens and credentials are good, and what may come of what has the documented shape.

REGAIN_TEST_RUN says which run this is: `with` credentials, `without` any, `limited`, where no limit is raised and the
credentials are nobody's, or `compat`, of other systems' calls with credentials.
"""

import itertools
import json
import os
import time
from urllib.parse import quote

import requests
import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation import GenerationMode

SERVER = os.environ["REGAIN_TEST_URL"]
RUN = os.environ["REGAIN_TEST_RUN"]
# Of the application that does everything, and of the one that does nothing but what it must.
KEY, BARE_KEY = os.environ["REGAIN_TEST_KEYS"].split()
NOBODYS = "regain_nobodys"

PURPOSES = ["password-reset", "email-confirmation", "login", "session"]
USED_FOR = {
    "completePasswordReset": "password-reset",
    "completeEmailConfirmation": "email-confirmation",
    "completeLogin": "login",
}

CLIENT = "Regain-Client-Address"

# A value of the documented shape that is refused by 422 all the same: nothing but these, and passwords.
REFUSED = {
    (CLIENT, "invalid"),
    ("identifier", "invalid"),
    ("return_to", "not_allowed"),
    ("user_id", "ineligible"),
    ("email_address", "invalid"),
    ("eMail", "invalid"),
    ("principal", "invalid"),
    ("email", "too_long"),
}
FORM = "application/x-www-form-urlencoded"

http = requests.Session()
# As users.sql has them. Each is taken when no link to log in can be under way of them any more.
people, newcomers = itertools.cycle(range(1, 4001)), iter(range(4001, 24001))
turns = {}


def ask(path, body):
    """What an operation answers to a call that must succeed."""
    headers = {"Authorization": f"Bearer {KEY}"}
    answer = http.post(f"{SERVER}{path}", json=body, headers=headers, timeout=10)
    answer.raise_for_status()
    return answer.json()


def mint(purpose, **more):
    """A token that is good now, as an operator has it made; a session as somebody gets it who uses a link to log in."""
    if purpose == "session":
        return ask("/v1/apps/default/login-links/complete", {"token": mint("login")})["session"]
    whose = next(newcomers if purpose == "email-confirmation" else people)
    return ask(f"/v1/apps/default/users/{whose}/tokens", {"purpose": purpose, **more})["token"]


def prepared():
    """A request of Cloud CMS' that is to be sent."""
    path = "/pub/applications/default/requests/resetpassword"
    return ask(path, {"principal": f"person{next(people)}@example.com"})["_doc"]


expired = {}
if RUN != "limited":
    expired = {purpose: mint(purpose, lifetime_seconds=1) for purpose in PURPOSES[:3]}
    time.sleep(2.1)


def turn(name):
    """How often it was called before."""
    turns[name] = turns.get(name, -1) + 1
    return turns[name]


def id_of(case):
    return case.operation.definition.raw["operationId"]


def responses(case):
    return case.operation.definition.raw["responses"]


@schemathesis.hook
def before_call(context, case, kwargs):
    """Puts what is good in place of what was made up but has the documented shape, so that what is wrong is wrong alone."""
    count = turn(id_of(case))
    for name, value in (case.query or {}).items():
        # What is longer than the head of a request may be meets the HTTP parser and no operation: 431 without a body.
        if isinstance(value, str) and len(quote(value)) > 16_000:
            case.query[name] = "x" * 3000
    if RUN == "limited" and count == 0:
        use_up(case.operation)
    if not case.meta.is_negative_at(ParameterLocation.PATH):
        choose_path(case, count)
    if RUN == "compat" and count % 4 != 3:
        if case.query and not case.meta.is_negative_at(ParameterLocation.QUERY):
            case.query["key"] = mint("login")
        if CLIENT in case.headers and not case.meta.is_negative_at(ParameterLocation.HEADER):
            case.headers[CLIENT] = "203.0.113.9"
    if case.media_type == FORM and not case.meta.is_negative_at(ParameterLocation.BODY):
        # What the document cannot say: which texts are JSON, and of which object.
        body = dict(example_of(case.operation))
        choose_body(id_of(case), body, count)
        case.body = json.dumps(body)
    elif RUN != "limited" and isinstance(case.body, dict) and count % 4 != 3:
        choose_body(id_of(case), case.body, count)


def example_of(operation):
    body = operation.definition.raw.get("requestBody", {"content": {"application/json": {}}})
    return body["content"]["application/json"].get("example")


def use_up(operation):
    """As many calls as one client may make in an hour by default, so that those that follow are refused."""
    url = SERVER + operation.path.format(app="default", user_id=1)
    headers = {"Authorization": f"Bearer {NOBODYS}"} if operation.definition.raw["security"] else {}
    for _ in range(30):
        http.request(operation.method, url, headers=headers, json=example_of(operation), timeout=10)


def choose_path(case, count):
    """An application that is there nearly always, and mostly an account that is."""
    if "app" in case.path_parameters and count % 16 != 7:
        case.path_parameters["app"] = "bare" if count % 16 == 15 else "default"
        if count % 16 == 15 and case.headers.get("Authorization") == f"Bearer {KEY}":
            case.headers["Authorization"] = f"Bearer {BARE_KEY}"
    if "user_id" in case.path_parameters and count % 8 != 3:
        case.path_parameters["user_id"] = str(next(people))
    if "application" in case.path_parameters and count % 16 != 7:
        case.path_parameters["application"] = "default"
    if "doc" in case.path_parameters and count % 4 != 3:
        case.path_parameters["doc"] = prepared()
    if "hash" in case.path_parameters and count % 4 != 3:
        case.path_parameters["hash"] = mint("password-reset")


def choose_body(operation, body, count):
    if fits(body.get("token"), 1, 2880):
        purpose = body.get("purpose", USED_FOR.get(operation))
        if purpose in PURPOSES:
            body["token"] = expired[purpose] if count % 16 == 4 and purpose in expired else mint(purpose)
    if fits(body.get("session"), 1, 2880):
        body["session"] = mint("session")
    if fits(body.get("new_password"), 1, None):
        body["new_password"] = f"correct horse battery staple {count}"
        if fits(body.get("confirm_password"), 0, None):
            body["confirm_password"] = body["new_password"]
    if fits(body.get("password"), 1, None):
        body["password"] = f"correct horse battery staple {count}"
    if fits(body.get("inputToken"), 1, 2880):
        body["inputToken"] = mint("password-reset")
    if fits(body.get("identifier"), 1, 254) and count % 2:
        body["identifier"] = f"person{next(people)}@example.com"
    for name in ("email_address", "eMail", "principal"):
        if fits(body.get(name), 1, 254):
            body[name] = f"person{next(people)}@example.com"
    if fits(body.get("return_to"), 0, 1024) and count % 8 != 5:
        body["return_to"] = "https://app.example.com/welcome"
    if operation == "issueToken" and count % 4 == 2:
        body["send_mail"] = True


def fits(value, least, most):
    return isinstance(value, str) and least <= len(value) <= (most or len(value))


if RUN != "without":

    @schemathesis.auth(refresh_interval=None, retry_on=[])
    class Credentials:
        """A session or a key where one is wanted, and a key every other time where it is not."""

        def get(self, case, context):
            security = context.operation.definition.raw["security"]
            if RUN == "limited":
                return NOBODYS if security else None
            if security and "session" in security[0]:
                return mint("session")
            return KEY if security or turn(f"key of {id_of(case)}") % 2 else None

        def set(self, case, data, context):
            if data:
                case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.check
def what_has_the_shape_is_well_formed(ctx, response, case):
    """400 is said of a token alone, and 422 of nothing that the document could tell."""
    if case.meta.generation.mode is not GenerationMode.POSITIVE or response.status_code not in (400, 422):
        return
    if response.headers["content-type"][0].startswith("text/html"):
        return  # Of a page the code is not to be read.
    problem = response.json()
    if response.status_code == 400:
        assert problem["code"] == "token-invalid", "a request of the documented shape is called malformed"
    elif problem["code"] != "password-rejected":
        told = {(error["field"], error["reason"]) for error in problem["errors"]}
        assert told <= REFUSED, f"a value of the documented shape is refused: {told - REFUSED}"


@schemathesis.check
class EverySuccessIsSeen:
    """No operation hides behind its problems: each answered every success that it declares, where it may."""

    def __init__(self):
        self.wanted, self.seen = set(), set()

    def after_response(self, ctx, response, case):
        if RUN in ("with", "compat") or not case.operation.definition.raw["security"]:
            self.wanted |= {(id_of(case), int(status)) for status in responses(case) if status[0] in "23"}
        self.seen.add((id_of(case), response.status_code))

    def after_run(self, ctx):
        assert self.wanted <= self.seen, f"never answered: {sorted(self.wanted - self.seen)}"


@schemathesis.check
class EveryLimitIsSeen:
    """Each operation that declares a limit came up against it, where nothing is raised for the tests."""

    def __init__(self):
        self.wanted, self.seen = set(), set()

    def after_response(self, ctx, response, case):
        if RUN == "limited" and "429" in responses(case):
            self.wanted.add(id_of(case))
        if response.status_code == 429:
            self.seen.add(id_of(case))

    def after_run(self, ctx):
        assert self.wanted == self.seen, f"answered 429: {sorted(self.seen)}; should: {sorted(self.wanted)}"
