"""A Flask application with Flask-Security at the other end of a pipe: JSON in, JSON out, by lines.

    {"op": "make", "database": "postgres://…", "salt": SECURITY_PASSWORD_SALT,
     "hasher": "argon2" or "bcrypt"}
    {"op": "create", "email": …, "password": …}
    {"op": "login", "email": …}                    -> {"session": what the session remembers}
    {"op": "alive", "session": …}                  -> {"alive": true}
    {"op": "accepts", "email": …, "password": …}   -> {"accepts": true}
    {"op": "stored", "email": …}                   -> {"stored": hash}
    {"op": "werkzeug", "password": …, "method": …} -> {"hash": …}
    {"op": "checks", "password": …, "hash": …}     -> {"checks": true}

Everything is Flask-Security's and Werkzeug's own.
"""

import json
import sys
import warnings

from flask import Flask
from werkzeug.security import check_password_hash, generate_password_hash

warnings.filterwarnings("ignore")
app = Flask(__name__)


def make(url, salt, hasher):
    global store
    from flask_security import Security, SQLAlchemyUserDatastore
    from flask_security.models import fsqla_v3 as models
    from flask_sqlalchemy import SQLAlchemy

    scheme, rest = url.split("://", 1)
    driver = {"postgres": "postgresql+psycopg", "mysql": "mysql+pymysql", "sqlite": "sqlite"}
    slashes = ":///" if scheme == "sqlite" else "://"
    app.config |= {
        "SECRET_KEY": "only for tests, and long enough for them to pass",
        "SECURITY_PASSWORD_SALT": salt,
        "SECURITY_PASSWORD_HASH": hasher,
        "SQLALCHEMY_DATABASE_URI": driver[scheme] + slashes + rest.split("?")[0],
    }
    database = SQLAlchemy(app)
    models.FsModels.set_db_info(database)

    class Role(database.Model, models.FsRoleMixin):
        pass

    class User(database.Model, models.FsUserMixin):
        pass

    store = SQLAlchemyUserDatastore(database, User, Role)
    Security(app, store)
    with app.app_context():
        database.create_all()


def answer(ask):
    from flask_security import hash_password, verify_password

    match ask["op"]:
        case "make":
            make(ask["database"], ask["salt"], ask["hasher"])
            return {}
        case "create":
            store.create_user(email=ask["email"], password=hash_password(ask["password"]))
            store.commit()
            return {}
        case "login":
            return {"session": store.find_user(email=ask["email"]).fs_uniquifier}
        case "alive":
            # What Flask-Login does with the session's user id.
            return {"alive": app.login_manager._user_callback(ask["session"]) is not None}
        case "accepts":
            user = store.find_user(email=ask["email"])
            return {"accepts": verify_password(ask["password"], user.password)}
        case "stored":
            return {"stored": store.find_user(email=ask["email"]).password}
        case "werkzeug":
            return {"hash": generate_password_hash(ask["password"], ask["method"])}
        case "checks":
            return {"checks": check_password_hash(ask["hash"], ask["password"])}


for line in sys.stdin:
    with app.test_request_context():
        print(json.dumps(answer(json.loads(line))), flush=True)
