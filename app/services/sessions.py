"""Signing in and out. The cookie holds a random id; the table holds its hash, and can be emptied at any time."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.errors import SignInFailed, StorageFailed
from app.domain.names import clean_login
from app.services import throttle
from app.services.accounts import AccountInfo, info, infos
from app.services.passwords import fits, hash_password, is_outdated
from app.services.revoking import forget_sessions
from app.services.setting_rows import load_settings
from app.store.accounts import Account, Group, LoginSession, Membership
from app.store.database import transaction

SHORT_SECONDS = 24 * 3600  # a session that ends with the browser, at the latest
REMEMBERED_SECONDS = 365 * 24 * 3600
SEEN_EVERY = 300  # how exactly "last seen" is kept
PATIENCE = 0.2  # seconds that a reader waits for a writer, only to be noted


@dataclass(frozen=True, slots=True)
class SessionInfo:
    """One device that is signed in; ``id`` is no secret: it is the hash, fit for "sign out there"."""

    id: str
    created_at: int
    seen_at: int
    address: str
    agent: str
    current: bool


def sign_in(  # noqa: PLR0913 what is known of a device comes along
    session: Session, login: str, password: str, *, address: str, agent: str, now: int, remember: bool = False
) -> tuple[str, AccountInfo]:
    """A new session and whose it is; the answer and its time are the same for names that do not exist.

    Raises:
        SignInFailed: wrong name or password, or disabled.
        TooManyTries: wait first.
    """
    name = clean_login(login, load_settings(session))
    keys = throttle.keys_of(name, address)
    throttle.begin(session, keys, now)
    row = session.execute(select(Account).where(Account.login == name)).scalar_one_or_none()
    stored = row.password if row is not None and row.active else ""
    if not fits(password, stored) or row is None:
        raise SignInFailed
    better = hash_password(password) if is_outdated(stored) else ""
    cookie_id = secrets.token_urlsafe(32)
    seconds = REMEMBERED_SECONDS if remember else SHORT_SECONDS
    with transaction(session):
        throttle.succeed(session, keys, now)
        session.execute(delete(LoginSession).where(LoginSession.expires_at <= now))
        account = session.get(Account, row.id, with_for_update=True)
        if account is None or not account.active or account.password != stored:  # changed while the hash was computed
            raise SignInFailed
        account.seen_at, account.password = now, better or stored
        session.add(
            LoginSession(
                id=stored_id(cookie_id),
                account_id=account.id,
                created_at=now,
                seen_at=now,
                expires_at=now + seconds,
                address=address[:64],
                agent=agent[:255],
            )
        )
    return cookie_id, infos(session, [account])[0]


def load_session(session: Session, cookie_id: str, now: int) -> AccountInfo | None:
    """Whose session this is; None when it ended. One query, groups included."""
    rows = session.execute(
        select(LoginSession, Account, Group.name)
        .join(Account, Account.id == LoginSession.account_id)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(LoginSession.id == stored_id(cookie_id), LoginSession.expires_at > now, Account.active)
        .order_by(Group.name)
    ).all()
    if not rows:
        return None
    device, account = rows[0][0], rows[0][1]
    person = info(account, tuple(name for _, _, name in rows if name), load_settings(session))
    if now - device.seen_at >= SEEN_EVERY:
        _note_seen(session, device.id, now)
    return person


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
        .where(Account.login == login, LoginSession.expires_at > now)
        .order_by(LoginSession.seen_at.desc())
    ).scalars()
    current = stored_id(cookie_id)
    return tuple(
        SessionInfo(row.id, row.created_at, row.seen_at, row.address, row.agent, row.id == current) for row in rows
    )


def stored_id(cookie_id: str) -> str:
    """What the table holds: a copy of the database opens no session."""
    return hashlib.sha256(cookie_id.encode("utf-8", "replace")).hexdigest()


def _note_seen(session: Session, session_id: str, now: int) -> None:
    # Reading goes on where nothing can be stored, and does not wait for a long write.
    with suppress(StorageFailed), transaction(session, wait=PATIENCE):
        device = session.get(LoginSession, session_id)
        if device is not None:
            device.seen_at = now
