"""Before somebody changes how they sign in, the password is asked for again: the device may have been left open.

That it was given is noted beside the session, for a while, and ends with it.
"""

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, NotConfirmed, SignInFailed
from app.services import throttle
from app.services.passwords import fits
from app.services.sessions import find_session, stored_id
from app.services.stages import CODE, DONE, ENROL, has_step
from app.store.accounts import Account, LoginSession
from app.store.credentials import OneTime
from app.store.database import transaction

CONFIRMED_SECONDS = 10 * 60
KIND = "sudo"
WHAT = "change how you sign in without being signed in"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Whether the person is known to sit there now. ``by_password`` false: only a new sign-in can tell."""

    fresh: bool
    by_password: bool


@dataclass(frozen=True, slots=True)
class Self:
    """Somebody who may change how they sign in. ``enrols``: in a session that is good for nothing else yet."""

    cookie_id: str
    account_id: int
    login: str
    enrols: bool


def confirmation(session: Session, cookie_id: str, now: int) -> Confirmation:
    """What is known of the session at hand."""
    key = stored_id(cookie_id)
    noted = exists().where(OneTime.id == _mark(key), OneTime.kind == KIND, OneTime.expires_at > now)
    row = session.execute(
        select(LoginSession.created_at, LoginSession.stage, Account.password, noted)
        .join(Account, Account.id == LoginSession.account_id)
        .where(LoginSession.id == key)
    ).one_or_none()
    if row is None:
        return Confirmation(fresh=False, by_password=False)
    created_at, stage, password, given = row
    # Whoever has no password here, or was just let in to set up a step, has shown themselves by coming in.
    came_in = (stage == ENROL or not password) and created_at > now - CONFIRMED_SECONDS
    return Confirmation(fresh=bool(given) or came_in, by_password=bool(password))


def confirm(session: Session, cookie_id: str, password: str, *, address: str, now: int) -> None:
    """Take the password for the session at hand.

    Raises:
        SignInFailed: it is another one.
        TooManyTries: as at sign-in.
        AccessDenied: there is no session, or its second step is outstanding.
    """
    me = _who(session, cookie_id, now)
    tries = throttle.keys_of(me.login, address)
    throttle.begin(session, tries, now)
    stored = session.execute(select(Account.password).where(Account.id == me.account_id)).scalar_one()
    if not fits(password, stored):
        raise SignInFailed
    with transaction(session):
        throttle.succeed(session, tries, now)
        mark = _mark(stored_id(cookie_id))
        session.execute(delete(OneTime).where(OneTime.kind == KIND, (OneTime.id == mark) | (OneTime.expires_at <= now)))
        until = now + CONFIRMED_SECONDS
        session.add(OneTime(id=mark, kind=KIND, account_id=me.account_id, created_at=now, expires_at=until))


def confirmed_self(session: Session, cookie_id: str, now: int) -> Self:
    """Who may change how they sign in, by this session.

    Raises:
        AccessDenied: there is no session, or its second step is outstanding.
        NotConfirmed: the password is to be asked for.
    """
    me = _who(session, cookie_id, now)
    if not confirmation(session, cookie_id, now).fresh:
        raise NotConfirmed
    return me


def held_account(session: Session, me: Self) -> Account:
    """The account at the beginning of the transaction that changes it; nobody else changes it meanwhile.

    Raises:
        AccessDenied: it went away, or a first step was set up in another session, which only that step opens now.
    """
    account = session.get(Account, me.account_id, with_for_update=True)
    if account is None or not account.active:
        raise AccessDenied(what=WHAT)
    if me.enrols and session.execute(select(has_step()).where(Account.id == me.account_id)).scalar_one():
        raise AccessDenied(what=WHAT)
    return account


def _who(session: Session, cookie_id: str, now: int) -> Self:
    found = find_session(session, cookie_id, now)
    if found is None or found.stage == CODE:
        raise AccessDenied(what=WHAT)
    return Self(cookie_id, found.account.id, found.account.login, enrols=found.stage != DONE)


def _mark(session_key: str) -> str:
    return hashlib.sha256(f"{KIND}:{session_key}".encode()).hexdigest()
