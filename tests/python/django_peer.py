"""A Django project at the other end of a pipe: one JSON object in, one out, line by line.

    {"op": "migrate", "database": "postgres://…", "hasher": the one that is preferred}
    {"op": "create", "username": …, "email": …, "password": … or null, "hasher": "argon2"}
    {"op": "login", "username": …, "password": …}    -> {"session": key}
    {"op": "alive", "session": key}                  -> {"alive": true}
    {"op": "accepts", "username": …, "password": …}  -> {"accepts": true}
    {"op": "stored", "username": …}                  -> {"stored": hash}

Everything is Django's own: its migrations make the table, its code makes users and says who may
log in.
"""

import json
import sys
import urllib.parse

import django
import pymysql
from django.conf import settings

pymysql.version_info = (2, 2, 7, "final", 0)  # what Django wants of mysqlclient, PyMySQL does
pymysql.install_as_MySQLdb()

HASHERS = {"pbkdf2_sha256": "PBKDF2PasswordHasher", "argon2": "Argon2PasswordHasher",
           "bcrypt_sha256": "BCryptSHA256PasswordHasher", "scrypt": "ScryptPasswordHasher"}


def configure(url, preferred):
    parts = urllib.parse.urlsplit(url)
    kind = {"postgres": "postgresql", "mysql": "mysql", "sqlite": "sqlite3"}[parts.scheme]
    database = {"ENGINE": f"django.db.backends.{kind}"}
    if kind == "sqlite3":
        database["NAME"] = url.removeprefix("sqlite://").split("?")[0]
    else:
        database |= {"NAME": parts.path[1:], "USER": parts.username, "HOST": parts.hostname,
                     "PORT": parts.port, "PASSWORD": parts.password or ""}
    settings.configure(
        SECRET_KEY="only for tests, and long enough for them to pass",
        DATABASES={"default": database},
        INSTALLED_APPS=["django.contrib.auth", "django.contrib.contenttypes",
                        "django.contrib.sessions"],
        MIDDLEWARE=["django.contrib.sessions.middleware.SessionMiddleware",
                    "django.contrib.auth.middleware.AuthenticationMiddleware"],
        PASSWORD_HASHERS=[f"django.contrib.auth.hashers.{HASHERS[name]}"
                          for name in sorted(HASHERS, key=lambda name: name != preferred)],
        USE_TZ=True,
    )
    django.setup()
    from django.core.management import call_command
    call_command("migrate", verbosity=0)


def answer(ask):
    if ask["op"] == "migrate":
        configure(ask["database"], ask["hasher"])
        return {}
    from django.contrib.auth import authenticate, get_user
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.http import HttpRequest
    from django.test import Client
    from django.conf import settings as live
    from importlib import import_module

    match ask["op"]:
        case "create":
            user = User(username=ask["username"], email=ask["email"])
            user.password = make_password(ask["password"], hasher=ask["hasher"])
            user.save()
            return {}
        case "login":
            client = Client()
            assert client.login(username=ask["username"], password=ask["password"])
            return {"session": client.session.session_key}
        case "alive":
            request = HttpRequest()
            store = import_module(live.SESSION_ENGINE).SessionStore
            request.session = store(session_key=ask["session"])
            return {"alive": get_user(request).is_authenticated}
        case "accepts":
            user = authenticate(username=ask["username"], password=ask["password"])
            return {"accepts": user is not None}
        case "stored":
            return {"stored": User.objects.get(username=ask["username"]).password}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
