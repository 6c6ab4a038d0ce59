"""itsdangerous at the other end of a pipe: one JSON object in, one out, line by line.

    {"op": "dumps", "payload": …, "now": 1795000000, "compress": false, …} -> {"token": "…"}
    {"op": "sign", "message": "<base64url>.<base64url>", …}                -> {"token": "…"}
    {"op": "loads", "token": "…", "now": …, "max_age": 1800, …}
        -> {"ok": true, "payload": …, "timestamp": 1795000000}
        -> {"ok": false, "error": "SignatureExpired"}

Each carries `secrets` (texts, oldest first, the last one signing) and `salt`.
"""

import hashlib
import json
import sys

import itsdangerous
from itsdangerous.encoding import base64_encode


class At(itsdangerous.TimestampSigner):
    """Signs at a time that is given, so that nothing depends on the hour of the test."""

    now = 0

    def get_timestamp(self):
        return self.now


class Compressing(itsdangerous.URLSafeTimedSerializer):
    default_signer = At


class Plain(Compressing):
    """What the documentation gives to those who mint links for Regain: it never compresses."""

    def dump_payload(self, obj):
        return base64_encode(super(itsdangerous.url_safe.URLSafeSerializerMixin, self).dump_payload(obj))


def serializer(ask, kind=Plain):
    return kind(
        ask["secrets"],
        salt=ask["salt"],
        signer_kwargs={"digest_method": hashlib.sha256, "key_derivation": "hmac"},
    )


def dumps(ask):
    payload = {name: ask["payload"][name] for name in "uftr" if name in ask["payload"]}
    return {"token": serializer(ask, Compressing if ask["compress"] else Plain).dumps(payload)}


def sign(ask):
    signer = serializer(ask).make_signer(ask["salt"])
    return {"token": itsdangerous.Signer.sign(signer, ask["message"]).decode()}


def loads(ask):
    try:
        payload, when = serializer(ask).loads(
            ask["token"], max_age=ask["max_age"], return_timestamp=True
        )
    except (itsdangerous.BadData, ValueError, OverflowError, OSError) as error:
        # Beside its own errors, 2.2 lets those of datetime through for a year that is out of range.
        return {"ok": False, "error": type(error).__name__}
    return {"ok": True, "payload": payload, "timestamp": int(when.timestamp())}


OPERATIONS = {"dumps": dumps, "sign": sign, "loads": loads}

for line in sys.stdin:
    ask = json.loads(line)
    At.now = ask["now"]
    print(json.dumps(OPERATIONS[ask["op"]](ask)), flush=True)
