"""Access tokens: what a program shows to act in a person's name, within limits.

A token is shown once; the table holds its hash. It ends when it is revoked or expires, or when the account does.
A new password does not end it: programs would stop for no reason of theirs.
"""

import hashlib
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from app.domain.errors import BadPageName, BadValue, NotFound, StorageFailed, TokenRefused
from app.domain.names import page_name
from app.domain.viewer import Limits, Viewer
from app.services import audit, throttle
from app.services.accounts import AccountInfo, info
from app.services.fields import checked_line
from app.services.mail import Letter, can_send, queue
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.store.accounts import Account, Group, Membership
from app.store.credentials import AccessToken
from app.store.database import transaction

PREFIX = "lierre_"  # so that a token left lying in a text is recognised as one
SECRET_BYTES = 32
LENGTH = len(PREFIX) + 43  # of 32 bytes in the letters of an address
DAY = 24 * 3600
MOST_DAYS = 3650
MOST_TOKENS = 50  # of one person
MOST_NAMESPACES = 20
LONGEST_NAME = 100
USED_EVERY = 300  # seconds: how exactly "last use" is kept
PATIENCE = 0.2  # seconds that a request waits for a writer, only to be noted

NO_NAME = "Give the token a name that tells you which program it is for."
BAD_DAYS = "Give a number of days from 1 to 3650, or leave this empty."
TOO_MANY = "You have 50 access tokens already. Revoke those that are not needed any more."
TOO_MANY_SPACES = "A token can be limited to 20 namespaces. Name one that lies above several of them."
NO_SPACE = "One of these cannot be the name of a namespace. Write names such as “projects” or “projects:2026”."


@dataclass(frozen=True, slots=True)
class NewToken:
    """What is asked for. ``namespaces``: names as typed, () for all; ``days``: until it ends, None for never."""

    name: str
    may_write: bool = False
    namespaces: tuple[str, ...] = ()
    days: int | None = None


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """A token as lists show it. ``expires_at`` None: never; ``used_at``: to five minutes, None for never."""

    id: int
    name: str
    may_write: bool
    namespaces: tuple[str, ...]
    created_at: int
    expires_at: int | None
    used_at: int | None

    def has_expired(self, now: int) -> bool:
        return self.expires_at is not None and self.expires_at <= now


@dataclass(frozen=True, slots=True)
class Program:
    """Who acts through a token: ``account`` never administers, whoever it belongs to."""

    account: AccountInfo
    limits: Limits


def make_token(session: Session, login: str, new: NewToken, *, now: int) -> tuple[str, TokenInfo]:
    """The token, which nobody can ever read again, and what is kept of it.

    Raises:
        BadValue: field ``name``, ``days`` or ``namespaces``.
        NotFound: no such person.
    """
    spaces = _checked_spaces(session, new.namespaces)
    name = checked_line("name", new.name, LONGEST_NAME)
    if not name:
        raise BadValue(field="name", reason=NO_NAME)
    if new.days is not None and not 1 <= new.days <= MOST_DAYS:
        raise BadValue(field="days", reason=BAD_DAYS)
    token = PREFIX + secrets.token_urlsafe(SECRET_BYTES)
    with transaction(session):
        account = session.execute(_account(login).with_for_update()).scalar_one_or_none()
        if account is None:
            raise NotFound(name=login)
        held = select(func.count()).select_from(AccessToken).where(AccessToken.account_id == account.id)
        if session.execute(held).scalar_one() >= MOST_TOKENS:
            raise BadValue(field="name", reason=TOO_MANY)
        row = AccessToken(
            account_id=account.id,
            name=name,
            hash=stored_hash(token),
            may_write=new.may_write,
            namespaces=",".join(spaces),
            created_at=now,
            expires_at=None if new.days is None else now + new.days * DAY,
        )
        session.add(row)
        session.flush()
        _tell(session, account, name, now)
        shown = _info(row)
    return token, shown


def load_token(session: Session, token: str, *, address: str, now: int) -> Program:
    """Who acts through ``token``. One query, groups included; a good token is never made to wait.

    Raises:
        TokenRefused: there is none such, it expired, or its owner cannot sign in: never says which.
        TooManyTries: the same, and too often from this address.
    """
    rows = session.execute(
        select(AccessToken, Account, Group.name)
        .join(Account, Account.id == AccessToken.account_id)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(AccessToken.hash == stored_hash(token), Account.active)
        .where(or_(AccessToken.expires_at.is_(None), AccessToken.expires_at > now))
        .order_by(Group.name)
    ).all()
    if not rows:
        if address:
            throttle.begin(session, throttle.token_keys(address), now)
        raise TokenRefused
    row, account = rows[0][0], rows[0][1]
    person = info(account, tuple(name for _, _, name in rows if name), load_settings(session))
    limits = Limits(may_write=row.may_write, namespaces=_info(row).namespaces, by_program=True)
    if row.used_at is None or now - row.used_at >= USED_EVERY:
        _note_used(session, row.id, now)
    return Program(replace(person, is_admin=False), limits)


def own_tokens(session: Session, login: str) -> tuple[TokenInfo, ...]:
    """A person's tokens, the newest first, expired ones included."""
    owner = _account(login).with_only_columns(Account.id).scalar_subquery()
    rows = session.execute(
        select(AccessToken).where(AccessToken.account_id == owner).order_by(AccessToken.created_at.desc())
    ).scalars()
    return tuple(map(_info, rows))


def revoke_own(session: Session, login: str, token_id: int | None) -> None:
    """End one of a person's own tokens at once, or all (None); another person's is left alone."""
    with transaction(session):
        _revoke(session, login, token_id)


def tokens_of(session: Session, login: str, *, by: Viewer) -> tuple[TokenInfo, ...]:
    """As ``own_tokens``, for an administrator. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    return own_tokens(session, login)


def revoke_of(session: Session, login: str, token_id: int | None, *, by: Viewer, now: int) -> int:
    """An administrator ends one token of a person, or all (None). How many there were. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        names = _revoke(session, login, token_id)
        if names:
            change = audit.Change(before={"programs": names})
            audit.record(session, by, f"account:{login}", "token.revoke", change, now=now)
    return len(names)


def stored_hash(token: str) -> str:
    """What the table holds: a copy of the database lets nobody in."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _tell(session: Session, account: Account, name: str, now: int) -> None:
    """A letter to the owner, so that nobody makes a token unseen; nothing where letters cannot be sent."""
    if account.mail and can_send(session):
        link = f"{load_settings(session).base_url}/_account/tokens"
        values = {"login": account.login, "name": account.name, "token": name, "link": link}
        queue(session, Letter("token_added", account.mail, account.language, values), now=now)


def _revoke(session: Session, login: str, token_id: int | None) -> list[str]:
    """The names of those that were there; inside a transaction."""
    owner = _account(login).with_only_columns(Account.id).scalar_subquery()
    which = [AccessToken.account_id == owner]
    if token_id is not None:
        which.append(AccessToken.id == token_id)
    names = session.execute(delete(AccessToken).where(*which).returning(AccessToken.name)).scalars()
    return sorted(names)


def _checked_spaces(session: Session, typed: Sequence[str]) -> tuple[str, ...]:
    """Clean names, each once; what lies inside another says nothing more than that other."""
    settings = load_settings(session)
    try:
        names = sorted({page_name(name.strip().strip(":"), settings) for name in typed})
    except BadPageName as error:
        raise BadValue(field="namespaces", reason=NO_SPACE) from error
    wide = tuple(name for name in names if not any(name.startswith(f"{other}:") for other in names))
    if len(wide) > MOST_NAMESPACES:
        raise BadValue(field="namespaces", reason=TOO_MANY_SPACES)
    return wide


def _note_used(session: Session, token_id: int, now: int) -> None:
    # Reading goes on where nothing can be stored, and does not wait for a long write.
    with suppress(StorageFailed), transaction(session, wait=PATIENCE):
        row = session.get(AccessToken, token_id)
        if row is not None:
            row.used_at = now


def _account(login: str) -> Select[Account]:
    # A zero byte in a question is an error of PostgreSQL's own; there is no such login either way.
    return select(Account).where(Account.login == (login if login.isprintable() else ""))


def _info(row: AccessToken) -> TokenInfo:
    spaces = tuple(row.namespaces.split(",")) if row.namespaces else ()
    return TokenInfo(row.id, row.name, row.may_write, spaces, row.created_at, row.expires_at, row.used_at)
