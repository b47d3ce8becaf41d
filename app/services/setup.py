"""The first administrator: by a random address that is printed at start, stored hashed, and good for one use."""

import hmac
import json
import secrets
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.viewer import Viewer
from app.services import audit
from app.services.accounts import AccountInfo, NewAccount, find_account, write_account
from app.services.passwords import check_new, hash_password
from app.services.sessions import stored_id
from app.services.setting_rows import load_settings, write_setting
from app.services.superusers import administrators, superuser_groups
from app.store.database import transaction
from app.store.state import Setting

_NAME = "_setup_token"


def needs_setup(session: Session) -> bool:
    """Whether nobody can administer this wiki yet."""
    return administrators(session) == 0


def new_setup_token(session: Session) -> str:
    """A new one-time token; the one before is good no longer."""
    token = secrets.token_urlsafe(24)
    with transaction(session):
        write_setting(session, _NAME, stored_id(token))
    return token


def check_token(session: Session, token: str, *, lock: bool = False) -> None:
    """``lock``: of two who use it at once, the second waits for the first.

    Raises:
        NotFound: used, replaced, or never given out.
    """
    query = select(Setting.value).where(Setting.name == _NAME)
    stored = session.execute(query.with_for_update() if lock else query).scalar_one_or_none()
    if stored is None or not hmac.compare_digest(json.loads(stored), stored_id(token)) or not needs_setup(session):
        raise NotFound(name="setup")


def claim(session: Session, token: str, new: NewAccount, *, now: int) -> AccountInfo:
    """Make the first administrator.

    Raises:
        NotFound: as ``check_token``; of two who use a token at once, the second.
        BadValue, NameTaken: the token stays good.
    """
    check_token(session, token)
    check_new(new.password, new.login, load_settings(session).title)
    stored = hash_password(new.password)
    with transaction(session):
        check_token(session, token, lock=True)
        groups = tuple(sorted(superuser_groups(load_settings(session)))[:1])
        row = write_account(session, replace(new, groups=groups), stored, now=now)
        write_setting(session, _NAME, None)
        audit.record(session, Viewer(login=row.login), f"account:{row.login}", "setup", audit.Change(), now=now)
    return find_account(session, row.login)
