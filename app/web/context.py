"""What a view may ask about its request: the wiki, a database session, who asks, the clock, the settings.

Everything is made on first use, once a request. ``forget_database`` is for error pages: from then on the request
is answered without asking the database again.
"""

import time

from flask import Flask, Request, current_app, g, request
from flask_login import current_user
from sqlalchemy.orm import Session

from app.domain.viewer import ANYONE, NO_LIMITS, Viewer
from app.domain.wiki_settings import WikiSettings
from app.opening_doors import OpenDoors
from app.services.accounts import AccountInfo
from app.services.setting_rows import load_settings
from app.services.tokens import Program
from app.wiki import Wiki


def current_wiki() -> Wiki:
    wiki: Wiki = current_app.extensions["lierre"]
    return wiki


def current_doors() -> OpenDoors:
    doors: OpenDoors = current_app.extensions["lierre.doors"]
    return doors


def current_session() -> Session:
    """One session a request; what is not committed by a service is rolled back at its end."""
    if "session" not in g:
        g.session = current_wiki().sessions()
    session: Session = g.session
    return session


def current_settings() -> WikiSettings:
    if database_is_forgotten():
        return WikiSettings()
    return load_settings(current_session())


def shows_token(asked: Request) -> bool:
    """Whether a request comes with an access token, good or bad: then cookies say nothing about it."""
    return asked.headers.get("Authorization", "").partition(" ")[0].lower() == "bearer"


def current_program() -> Program | None:
    """Who acts through an access token; None for browsers."""
    program: Program | None = g.get("program")
    return program


def current_account() -> AccountInfo | None:
    """The account that is signed in on this device or by a proxy in front, or that a program acts for."""
    if database_is_forgotten():
        return None
    program = current_program()
    if program is not None:
        return program.account
    by_header: AccountInfo | None = g.get("header_account")
    if by_header is not None:
        return by_header
    if not current_user.is_authenticated:
        return None
    account: AccountInfo = current_user.account
    return account


def own_login() -> str:
    """Of whoever really asks, whomever they look at the wiki as; "" for whoever is not signed in."""
    account = current_account()
    return account.login if account is not None else ""


def current_viewer() -> Viewer:
    """Who the wiki is shown to: an administrator may look at it as somebody else."""
    seen_as: Viewer | None = g.get("seen_as")
    return own_viewer() if seen_as is None else seen_as


def own_viewer() -> Viewer:
    """Who really asks."""
    account = current_account()
    if account is None:
        return Viewer(address=client_address()) if client_address() else ANYONE
    program = current_program()
    return Viewer(
        login=account.login,
        groups=frozenset(account.groups),
        is_admin=account.is_admin,
        address=client_address(),
        limits=program.limits if program else NO_LIMITS,
    )


def client_address() -> str:
    return request.remote_addr or ""


def now() -> int:
    """Whole seconds, UTC."""
    return int(time.time())


def forget_database() -> None:
    g.database_forgotten = True


def database_is_forgotten() -> bool:
    return bool(g.get("database_forgotten", False))


def close_session(_error: BaseException | None = None) -> None:
    session: Session | None = g.pop("session", None)
    if session is not None:
        session.close()


def init_context(app: Flask) -> None:
    app.teardown_appcontext(close_session)
