"""Signing in and out. The cookie holds a random id; the table holds its hash, and can be emptied at any time.

Every way in ends in ``open_session``, which says what is still to be done: see ``stages``. Until then the session is
nobody's, and short.
"""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import AccountWaits, SignInFailed, StorageFailed
from app.domain.names import clean_login
from app.services import throttle
from app.services.accounts import AccountInfo, info, infos
from app.services.passwords import fits, hash_password, is_outdated
from app.services.revoking import forget_sessions
from app.services.setting_rows import load_settings
from app.services.stages import DONE, first_stage, has_step, present_stage
from app.store.accounts import CONFIRM, Account, Group, LoginSession, Membership
from app.store.database import transaction

SHORT_SECONDS = 24 * 3600  # a session that ends with the browser, at the latest
REMEMBERED_SECONDS = 365 * 24 * 3600
HALF_SECONDS = 10 * 60  # to show the second step, or to set one up
MOST_SESSIONS = 100  # devices of one person
SEEN_EVERY = 300  # how exactly "last seen" is kept
PATIENCE = 0.2  # seconds that a reader waits for a writer, only to be noted
CONFIRM_FIRST = "This account is not open yet: its mail address is not confirmed. Open the link in the letter to it."
APPROVAL_FIRST = "This account is not open yet: an administrator has to approve it. Try again later."


@dataclass(frozen=True, slots=True)
class Device:
    """What is known of where somebody signs in. ``remember``: for a year instead of a day."""

    address: str = ""
    agent: str = ""
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. ``stage``: what is still to be done, "" for nothing; until then it is nobody's."""

    cookie_id: str
    account: AccountInfo
    stage: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whose session a cookie names, and what is still to be done in it."""

    account: AccountInfo
    stage: str
    created_at: int


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One device that is signed in; ``id`` is no secret: it is the hash, fit for "sign out there"."""

    id: str
    created_at: int
    seen_at: int
    address: str
    agent: str
    current: bool


def sign_in(session: Session, login: str, password: str, device: Device, *, now: int) -> Opened:
    """By name and password; the answer and its time are the same for names that do not exist.

    Raises:
        SignInFailed: wrong name or password, or disabled.
        AccountWaits: right, but the account is not open yet.
        TooManyTries: wait first.
    """
    name = clean_login(login, load_settings(session))
    keys = throttle.keys_of(name, device.address)
    throttle.begin(session, keys, now)
    row = session.execute(select(Account).where(Account.login == name)).scalar_one_or_none()
    stored = row.password if row is not None and (row.active or row.waits_for) else ""
    if not fits(password, stored) or row is None:
        raise SignInFailed
    if not row.active:
        with transaction(session):
            throttle.succeed(session, keys, now)  # nobody was guessing
        raise AccountWaits(reason=CONFIRM_FIRST if row.waits_for == CONFIRM else APPROVAL_FIRST)
    better = hash_password(password) if is_outdated(stored) else ""
    with transaction(session):
        throttle.succeed(session, keys, now)
        account = _held(session, row.id)
        if account.password != stored:  # changed while the hash was computed
            raise SignInFailed
        account.password = better or stored
        return _opened(session, account, device, first_stage(session, account.id, ""), now=now)


def open_session(
    session: Session, account_id: int, device: Device, *, door: str = "", done: bool = False, now: int
) -> Opened:
    """Where every door ends. ``done``: the second step was given already, in the session that this one follows.

    Raises:
        SignInFailed: there is no such account, or it is disabled.
    """
    with transaction(session):
        return start_session(session, account_id, device, door=door, done=done, now=now)


def start_session(
    session: Session, account_id: int, device: Device, *, door: str = "", done: bool = False, now: int
) -> Opened:
    """As ``open_session``, inside the transaction that let them in."""
    account = _held(session, account_id)
    stage = DONE if done else first_stage(session, account_id, door)
    return _opened(session, account, device, stage, door=door, now=now)


def complete_session(session: Session, cookie_id: str, *, remember: bool, now: int) -> Opened:
    """Put a full session in the place of a half one, inside the transaction that took the second step.

    Its id is new: whoever saw the old one has nothing.

    Raises:
        SignInFailed: it ended meanwhile, or two came at once.
    """
    old = delete(LoginSession).where(LoginSession.id == stored_id(cookie_id), LoginSession.expires_at > now)
    half = session.execute(
        old.returning(LoginSession.account_id, LoginSession.address, LoginSession.agent, LoginSession.door)
    ).one_or_none()
    if half is None:
        raise SignInFailed
    account = _held(session, half.account_id)
    return _opened(session, account, Device(half.address, half.agent, remember), DONE, door=half.door, now=now)


def load_session(session: Session, cookie_id: str, now: int) -> AccountInfo | None:
    """Whose session this is; None when it ended, or while something is still to be done. One query."""
    found = find_session(session, cookie_id, now)
    return found.account if found is not None and found.stage == DONE else None


def find_session(session: Session, cookie_id: str, now: int) -> Found | None:
    """As ``load_session``, half sessions too: nobody may be let in by what this finds unless its stage is ``""``."""
    rows = session.execute(
        select(LoginSession, Account, Group.name, Group.second_step, has_step())
        .join(Account, Account.id == LoginSession.account_id)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(LoginSession.id == stored_id(cookie_id), LoginSession.expires_at > now, Account.active)
        .order_by(Group.name)
    ).all()
    if not rows:
        return None
    device, account, _, _, has = rows[0]
    groups = tuple(name for _, _, name, _, _ in rows if name)
    demanded = any(demands for _, _, _, demands, _ in rows)
    stage = present_stage(device.stage, device.door, has=bool(has), demanded=demanded)
    person = info(account, groups, load_settings(session))
    found = Found(person, stage, device.created_at)
    if now - device.seen_at >= SEEN_EVERY:
        _note_seen(session, device.id, now)
    return found


def sign_out(session: Session, cookie_id: str) -> None:
    with transaction(session):
        session.execute(delete(LoginSession).where(LoginSession.id == stored_id(cookie_id)))


def sign_out_one(session: Session, login: str, session_id: str) -> None:
    """End one session of this person by its shown id; another person's is left alone."""
    if not session_id.isalnum():  # a zero byte, for one, is an error of PostgreSQL's own
        return
    with transaction(session):
        own = select(Account.id).where(Account.login == login).scalar_subquery()
        session.execute(delete(LoginSession).where(LoginSession.id == session_id, LoginSession.account_id == own))


def sign_out_elsewhere(session: Session, login: str, cookie_id: str) -> None:
    """End all sessions of this person but the one at hand."""
    with transaction(session):
        account_id = session.execute(select(Account.id).where(Account.login == login)).scalar_one()
        forget_sessions(session, account_id, but=stored_id(cookie_id))


def list_sessions(session: Session, login: str, cookie_id: str, now: int) -> tuple[SessionInfo, ...]:
    """A person's sessions, the last seen first."""
    rows = session.execute(
        select(LoginSession)
        .join(Account, Account.id == LoginSession.account_id)
        .where(Account.login == login, LoginSession.expires_at > now, LoginSession.stage == DONE)
        .order_by(LoginSession.seen_at.desc())
    ).scalars()
    current = stored_id(cookie_id)
    return tuple(
        SessionInfo(row.id, row.created_at, row.seen_at, row.address, row.agent, row.id == current) for row in rows
    )


def stored_id(cookie_id: str) -> str:
    """What the table holds: a copy of the database opens no session."""
    return hashlib.sha256(cookie_id.encode("utf-8", "replace")).hexdigest()


def _held(session: Session, account_id: int) -> Account:
    account = session.get(Account, account_id, with_for_update=True)
    if account is None or not account.active:
        raise SignInFailed
    return account


def _opened(session: Session, account: Account, device: Device, stage: str, *, door: str = "", now: int) -> Opened:
    """Write the row, inside the transaction of the door."""
    session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
    _keep_newest(session, account.id)
    cookie_id = secrets.token_urlsafe(32)
    seconds = REMEMBERED_SECONDS if device.remember else SHORT_SECONDS
    if stage == DONE:
        account.seen_at = now
    session.add(
        LoginSession(
            id=stored_id(cookie_id),
            account_id=account.id,
            created_at=now,
            seen_at=now,
            expires_at=now + (seconds if stage == DONE else HALF_SECONDS),
            address=device.address[:64],
            agent=device.agent[:255],
            stage=stage,
            door=door,
        )
    )
    session.flush()
    return Opened(cookie_id, infos(session, [account])[0], stage)


def _keep_newest(session: Session, account_id: int) -> None:
    """Somebody who signs in without end must not fill the table: the oldest devices go."""
    own = LoginSession.account_id == account_id
    newest = select(LoginSession.id).where(own).order_by(LoginSession.created_at.desc()).limit(MOST_SESSIONS - 1)
    session.execute(delete(LoginSession).where(own, LoginSession.id.not_in(newest)))


def _note_seen(session: Session, session_id: str, now: int) -> None:
    # Reading goes on where nothing can be stored, and does not wait for a long write.
    with suppress(StorageFailed), transaction(session, wait=PATIENCE):
        device = session.get(LoginSession, session_id)
        if device is not None:
            device.seen_at = now
