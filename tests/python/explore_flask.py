"""A Flask application that recovers passwords as "Explore Flask" does, beside Regain on one table,
at the other end of a pipe: JSON in, JSON out, by lines. The first line makes it:

    {"database": "postgres://…", "secret": the signing key, "code": that of docs/attaching.md}

and then

    {"op": "create", "email": …, "password": …}
    {"op": "forgot", "email": …}                     -> {"link": the one in the mail}
    {"op": "choose", "link": …, "password": …}       -> {"status": of the page, or of its form}
        with "pause": true -> {"paused": true} before it writes, and {"status": …} after one more line
    {"op": "accepts", "email": …, "password": …}     -> {"accepts": true}
    {"op": "stored", "email": …}                     -> {"stored": hash}
    {"op": "old", "email": …}                        -> {"tokens": links that carry no fingerprint}

What docs/attaching.md changes of the recipe stands here word for word.
"""

import hmac
import json
import sys
import types
from html.parser import HTMLParser
from urllib.parse import urlsplit

import bcrypt
from flask import Flask, abort, redirect, render_template_string, url_for
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import FlaskForm
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy import event
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm.exc import StaleDataError
from wtforms import EmailField, PasswordField
from wtforms.validators import DataRequired, Email

made = json.loads(sys.stdin.readline())
scheme, rest = made["database"].split("://", 1)
driver = {"postgres": "postgresql+psycopg://", "mysql": "mysql+pymysql://", "sqlite": "sqlite:///"}

# The file recovery.py that the documentation asks for.
sys.modules["recovery"] = types.ModuleType("recovery")
sys.modules["recovery"].__dict__.update(secret=made["secret"].encode(), app="default")
exec(made["code"], sys.modules["recovery"].__dict__)

app = Flask(__name__)
app.config |= {
    "SECRET_KEY": "only for tests, and long enough for them to pass",
    "SQLALCHEMY_DATABASE_URI": driver[scheme] + rest.split("?")[0],
}
db = SQLAlchemy(app)
outbox = []

import recovery

ts = recovery.serializer


def mark(user):
    row = (str(user.id), user.email, user._password)
    return recovery.fingerprint(recovery.secret, recovery.app, *row)


class User(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    email = db.Column(db.String(64), unique=True)
    email_confirmed = db.Column(db.Boolean)
    _password = db.Column(db.String(128))
    __mapper_args__ = {"version_id_col": _password, "version_id_generator": False}

    @hybrid_property
    def password(self):
        return self._password

    @password.inplace.setter
    def _set_password(self, plaintext):
        self._password = bcrypt.hashpw(plaintext.encode(), bcrypt.gensalt()).decode()

    def is_correct_password(self, plaintext):
        return bcrypt.checkpw(plaintext.encode(), self._password.encode())


class AddressForm(FlaskForm):
    email = EmailField(validators=[DataRequired(), Email()])


class PasswordForm(FlaskForm):
    password = PasswordField(validators=[DataRequired()])


PAGE = """<form action="{{ request.path }}" method="post">
{% for field in form %}{{ field }}{% endfor %}<button>Go on</button></form>"""


@app.route("/")
def index():
    return "Home"


@app.route("/reset", methods=["GET", "POST"])
def reset():
    form = AddressForm()
    if not form.validate_on_submit():
        return render_template_string(PAGE, form=form)
    user = User.query.filter_by(email=form.email.data).first_or_404()
    token = ts.dumps({"u": str(user.id), "f": mark(user)})
    outbox.append((user.email, url_for("reset_with_token", token=token, _external=True)))
    return redirect(url_for("index"))


@app.route("/reset/<token>", methods=["GET", "POST"])
def reset_with_token(token):
    try:
        claims = ts.loads(token, max_age=1800)
        user = User.query.filter_by(id=int(claims["u"])).first_or_404()
        if not hmac.compare_digest(claims["f"], mark(user)):
            abort(404)
    except (BadData, KeyError, TypeError):
        abort(404)
    form = PasswordForm()
    if not form.validate_on_submit():
        return render_template_string(PAGE, form=form)
    user.password = form.password.data
    try:
        db.session.commit()
    except StaleDataError:
        abort(404)
    return redirect(url_for("index"))


class Form(HTMLParser):
    """The form of a page as a browser has it."""

    def __init__(self, page):
        super().__init__()
        self.fields = {}
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input":
            self.fields[attributes["name"]] = attributes.get("value", "")


def fill_in(path, typed):
    """Opens a page, fills its form in, sends it: the last status."""
    browser = app.test_client()
    page = browser.get(path)
    if page.status_code != 200:
        return page.status_code
    form = Form(page.text)
    assert typed.keys() < form.fields.keys(), "and a token against cross-site requests"
    return browser.post(form.action, data=form.fields | typed).status_code


def pause(*_):
    print(json.dumps({"paused": True}), flush=True)
    sys.stdin.readline()


def answer(ask):
    match ask["op"]:
        case "create":
            with app.app_context():
                user = User(email=ask["email"], password=ask["password"], email_confirmed=True)
                db.session.add(user)
                db.session.commit()
            return {}
        case "forgot":
            assert fill_in("/reset", {"email": ask["email"]}) == 302
            to, link = outbox[-1]
            assert to == ask["email"]
            return {"link": link}
        case "choose":
            if ask.get("pause"):
                event.listen(db.session, "before_flush", pause, once=True)
            path = urlsplit(ask["link"]).path
            return {"status": fill_in(path, {"password": ask["password"]})}
        case "old":
            old = URLSafeTimedSerializer(made["secret"]).dumps(ask["email"], salt="recover-key")
            half = [ask["email"], {"u": "1"}, {"u": "1", "f": ""}]
            return {"tokens": [old, *map(ts.dumps, half)]}
    with app.app_context():
        user = User.query.filter_by(email=ask["email"]).one()
        match ask["op"]:
            case "accepts":
                return {"accepts": user.is_correct_password(ask["password"])}
            case "stored":
                return {"stored": user.password}


with app.app_context():
    db.create_all()
print("{}", flush=True)
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))), flush=True)
