#!/usr/bin/env python3
"""Hashes and checks passwords by the code of the applications whose formats Regain writes.

Reads {"verify": [{"family": "django-pbkdf2", "hash": …, "password": …}, …],
       "make": [{"family": …, "password": …}, …]} from the standard input, prints
{"verified": [true, …], "made": ["pbkdf2_sha256$…", …]}.
"""

import json
import sys

import argon2
import bcrypt
import django
from django.conf import settings
from django.contrib.auth import hashers
from passlib.hash import pbkdf2_sha256, pbkdf2_sha512, scrypt
from werkzeug.security import check_password_hash, generate_password_hash

NAMES = ["PBKDF2", "Argon2", "BCryptSHA256", "BCrypt", "Scrypt"]
settings.configure(
    PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{name}PasswordHasher" for name in NAMES]
)
django.setup()


class Django:
    def __init__(self, algorithm):
        self.algorithm = algorithm

    def verify(self, password, stored):
        return hashers.identify_hasher(
            stored
        ).algorithm == self.algorithm and hashers.check_password(password, stored)

    def make(self, password):
        return hashers.make_password(password, hasher=self.algorithm)


class Werkzeug:
    def __init__(self, method):
        self.method = method

    def verify(self, password, stored):
        return check_password_hash(stored, password)

    def make(self, password):
        return generate_password_hash(password, self.method)


class Bcrypt:
    def __init__(self, prefix):
        self.prefix = prefix

    def verify(self, password, stored):
        return stored.startswith(f"${self.prefix}$") and bcrypt.checkpw(
            password.encode(), stored.encode()
        )

    def make(self, password):
        # Python's own writes no 2y, which is 2b by another name, but verifies it.
        salt = bcrypt.gensalt(4, b"2a" if self.prefix == "2a" else b"2b")
        return f"${self.prefix}$" + bcrypt.hashpw(password.encode(), salt).decode()[4:]


class Argon2:
    hasher = argon2.PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1)

    def verify(self, password, stored):
        try:
            return self.hasher.verify(stored, password)
        except argon2.exceptions.VerifyMismatchError:
            return False

    def make(self, password):
        return self.hasher.hash(password)


class Passlib:
    def __init__(self, kind, rounds):
        self.kind = kind.using(rounds=rounds)

    def verify(self, password, stored):
        return self.kind.verify(password, stored)

    def make(self, password):
        return self.kind.hash(password)


FAMILIES = {
    "argon2id": Argon2(),
    "bcrypt": Bcrypt("2b"),
    "bcrypt-2y": Bcrypt("2y"),
    "bcrypt-2a": Bcrypt("2a"),
    "pbkdf2-sha256": Passlib(pbkdf2_sha256, 1000),
    "pbkdf2-sha512": Passlib(pbkdf2_sha512, 1000),
    "scrypt": Passlib(scrypt, 10),
    "django-pbkdf2": Django("pbkdf2_sha256"),
    "django-argon2": Django("argon2"),
    "django-bcrypt-sha256": Django("bcrypt_sha256"),
    "django-bcrypt": Django("bcrypt"),
    "django-scrypt": Django("scrypt"),
    "werkzeug-scrypt": Werkzeug("scrypt"),
    "werkzeug-pbkdf2": Werkzeug("pbkdf2:sha256"),
}


def main():
    asked = json.load(sys.stdin)
    verified = [
        FAMILIES[ask["family"]].verify(ask["password"], ask["hash"]) for ask in asked["verify"]
    ]
    made = [FAMILIES[ask["family"]].make(ask["password"]) for ask in asked["make"]]
    json.dump({"verified": verified, "made": made}, sys.stdout)


if __name__ == "__main__":
    main()
