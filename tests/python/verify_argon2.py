#!/usr/bin/env python3
"""Asks argon2-cffi whether a password fits an Argon2 hash.

Reads {"hash": "$argon2id$…", "password": "…"} from the standard input. Prints "ok" and ends with
0, or prints "no" and ends with 1; what is no Argon2 hash at all is "no" too, and told on stderr.
"""

import json
import sys

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError


def main():
    question = json.load(sys.stdin)
    fits = verify(question["hash"], question["password"])
    print("ok" if fits else "no")
    return 0 if fits else 1


def verify(stored, password):
    try:
        return PasswordHasher().verify(stored, password)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        print(f"not a hash argon2-cffi can verify: {error}", file=sys.stderr)
        return False


if __name__ == "__main__":
    sys.exit(main())
