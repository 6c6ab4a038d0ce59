"""Tokens, fingerprints and subkeys in plain Python, from the description and from no other code.

Run it and it prints the vectors that the tests of `src/token` hold:

    python3 tests/python/token_reference.py

It needs nothing but the standard library and shares nothing with the Rust it is compared with.
"""

import base64
import hashlib
import hmac
import json

SALTS = {
    "password-reset": "recover-key",
    "email-confirmation": "email-confirm-key",
    "login": "login-key",
    "session": "session-key",
}

FIELDS = {
    "password-reset": ("user_id", "email", "password", "recovery_stamp"),
    "email-confirmation": ("user_id", "email"),
    "login": ("user_id", "email", "password", "recovery_stamp", "last_login"),
    "session": ("user_id", "email", "password", "recovery_stamp"),
    "password-changed": ("user_id", "email", "password", "recovery_stamp"),
    "invitation": ("user_id", "email", "password", "recovery_stamp"),
}


def mac(key, message):
    return hmac.new(key, message, hashlib.sha256).digest()


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def subkey(secret, name, app):
    """The key of everything that is no token: fingerprint, seal, csrf, limit."""
    return mac(secret, f"regain/v1/{name}/{app}".encode())


def derived(secret, app, purpose):
    """What itsdangerous derives with key_derivation="hmac"."""
    return mac(secret, f"{app}/{SALTS[purpose]}".encode())


def field(value):
    if value is None:
        return b"\x00"
    data = value.encode()
    return b"\x01" + len(data).to_bytes(4, "big") + data


def fingerprint(secret, app, purpose, marks):
    fields = ["1", purpose, *(marks[name] for name in FIELDS[purpose])]
    message = b"".join(map(field, fields))
    return b64(mac(subkey(secret, "fingerprint", app), message)[:16])


def payload(user_id, fingerprint, lifetime=None, return_to=None):
    claims = {"u": user_id, "f": fingerprint}
    if lifetime is not None:
        claims["t"] = lifetime
    if return_to is not None:
        claims["r"] = return_to
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()


def token(secret, app, purpose, issued_at, body):
    stamp = issued_at.to_bytes((issued_at.bit_length() + 7) // 8, "big")
    message = f"{b64(body)}.{b64(stamp)}"
    return f"{message}.{b64(mac(derived(secret, app, purpose), message.encode()))}"


# What the vectors are made of.
SECRET = b"Hq2x7LwZ0dKfN4tVbY8mRc5sJpGu1eA9oQ3"
APP = "default"
ISSUED_AT = 1_795_000_000
MARKS = {
    "user_id": "42",
    "email": "Ada@example.com",
    "password": "pbkdf2_sha256$1000000$c2FsdA$aGFzaA==",
    "recovery_stamp": None,
    "last_login": "2026-11-01 09:30:00",
}


def vectors():
    for purpose in SALTS:
        yield f"derived {purpose}", derived(SECRET, APP, purpose).hex()
    for name in ("fingerprint", "seal", "csrf", "limit"):
        yield f"subkey {name}", subkey(SECRET, name, APP).hex()
    for purpose in FIELDS:
        yield f"fingerprint {purpose}", fingerprint(SECRET, APP, purpose, MARKS)
    without = MARKS | {"password": None}
    yield "fingerprint null-password", fingerprint(SECRET, APP, "password-reset", without)
    yield "fingerprint invitation null-password", fingerprint(SECRET, APP, "invitation", without)
    empty = MARKS | {"password": ""}
    yield "fingerprint empty-password", fingerprint(SECRET, APP, "password-reset", empty)
    stamped = MARKS | {"recovery_stamp": "7"}
    yield "fingerprint stamped", fingerprint(SECRET, APP, "password-reset", stamped)
    for purpose in SALTS:
        body = payload("42", fingerprint(SECRET, APP, purpose, MARKS))
        yield f"token {purpose}", token(SECRET, APP, purpose, ISSUED_AT, body)
    body = payload("zoë", "AAAA", 259_200, "https://app.example.com/é?a=1&b=<2>")
    yield "token full", token(SECRET, APP, "password-reset", ISSUED_AT, body)
    yield "csrf", b64(mac(subkey(SECRET, "csrf", APP), b"message"))
    yield "limit", mac(subkey(SECRET, "limit", APP), b"message").hex()


if __name__ == "__main__":
    for name, value in vectors():
        print(f"{name}: {value}")
