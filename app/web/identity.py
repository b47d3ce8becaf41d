"""Who is signed in: Flask-Login on top of our own revocable session rows.

The signed cookie carries the random id of a ``login_session`` row and the form token, nothing else. A request of
somebody signed in costs one query for the row, the account and its groups together.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Request, Response, g, redirect, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user

from app.services.accounts import AccountInfo
from app.services.sessions import REMEMBERED_SECONDS, Device, Found, Opened, find_session
from app.services.stages import CODE, DONE
from app.web.context import client_address, current_session, database_is_forgotten, now, shows_token
from app.web.redirects import inside

BACK = "back"  # in the cookie of a half session


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What Flask-Login calls a user. ``cookie_id``: the random id that only this device's cookie knows."""

    cookie_id: str
    account: AccountInfo
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        return self.cookie_id


class Cookies(SecureCookieSessionInterface):
    """``Secure`` follows the request unless the settings demand it always. A program's cookies are never looked at."""

    digest_method = staticmethod(hashlib.sha256)

    def get_cookie_secure(self, app: Flask) -> bool:
        return bool(app.config["SESSION_COOKIE_SECURE"]) or request.is_secure

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        return self.session_class() if shows_token(request) else super().open_session(app, request)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        if not shows_token(request):
            super().save_session(app, session, response)


def load_user(cookie_id: str) -> SignedIn | None:
    """Nobody, while a second step is outstanding: ``half_session`` tells who that is, to its own pages alone."""
    found = find_session(current_session(), cookie_id, now())
    g.half = found if found is not None and found.stage != DONE else None
    return SignedIn(cookie_id, found.account) if found is not None and found.stage == DONE else None


def half_session() -> Found | None:
    """Who began to sign in on this device and has something still to do. They may nothing that eve may not."""
    if database_is_forgotten() or current_user.is_authenticated:  # asking is what finds it
        return None
    half: Found | None = g.get("half")
    return half


def this_device(*, remember: bool = False) -> Device:
    return Device(client_address(), request.user_agent.string[:255], remember)


def begin_session(opened: Opened, *, remember: bool) -> None:
    """Nothing of the time before sign-in survives in the cookie, the form token included."""
    session.clear()
    session.permanent = remember
    if opened.stage == DONE:
        login_user(SignedIn(opened.cookie_id, opened.account))
        g.half = None
        return
    session["_user_id"] = opened.cookie_id
    g.half = Found(opened.account, opened.stage, now())


def welcome(opened: Opened, back: str, *, remember: bool = False) -> ResponseReturnValue:
    """Where every door ends: the session begins, and leads to ``back`` or first to what is still to be done."""
    begin_session(opened, remember=remember)
    if opened.stage != DONE:
        session[BACK] = back
    return redirect(next_place(opened.stage, back), 303)


def place_to_return() -> str:
    """Where somebody wanted to go before they were asked for a second step."""
    return inside(session.get(BACK))


def next_place(stage: str, back: str) -> str:
    """Where whoever has a session of this stage goes on; ``back``: where to in the end, an address of this wiki."""
    if stage == DONE:
        return back
    return url_for("second_step.ask" if stage == CODE else "second_step.show")


def end_session() -> None:
    logout_user()
    session.clear()


def current_cookie_id() -> str:
    """The id in this device's cookie; "" when it holds none, or another's than that of whoever a proxy names.

    What was proved in a session (a password typed again) must not count for somebody else's account.
    """
    named: AccountInfo | None = g.get("header_account")
    if named is not None and not (current_user.is_authenticated and current_user.account.id == named.id):
        return ""
    return str(session.get("_user_id", ""))


def init_identity(app: Flask) -> None:
    app.session_interface = Cookies()
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(seconds=REMEMBERED_SECONDS),
    )
    manager: Any = LoginManager()
    # Phones change their address and browsers their version; the row can be revoked, which is what protects.
    manager.session_protection = None
    manager.user_loader(load_user)
    # Its context processor would ask the database on every page, error pages included.
    manager.init_app(app, add_context_processor=False)
