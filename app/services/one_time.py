"""Secrets sent by mail: random, good once and for some hours. The table holds their hashes alone."""

import secrets
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.services.sessions import stored_id
from app.store import credentials
from app.store.credentials import OneTime

CONFIRM, RESET, MAIL = credentials.SENT
HOURS = {CONFIRM: 48, RESET: 2, MAIL: 48}


@dataclass(frozen=True, slots=True)
class Spent:
    """What a secret was for."""

    account_id: int
    payload: str


def issue(session: Session, kind: str, account_id: int, payload: str = "", *, now: int) -> str:
    """A new secret, inside a transaction; those of before stay good."""
    session.execute(delete(OneTime).where(OneTime.expires_at <= now))
    secret = secrets.token_urlsafe(32)
    until = now + HOURS[kind] * 3600
    session.add(
        OneTime(
            id=stored_id(secret), kind=kind, account_id=account_id, payload=payload, created_at=now, expires_at=until
        )
    )
    session.flush()
    return secret


def find(session: Session, kind: str, secret: str, now: int) -> Spent | None:
    """What the secret is for, while it is good; it stays so."""
    which = select(OneTime.account_id, OneTime.payload).where(*_good(kind, secret, now))
    row = session.execute(which).one_or_none()
    return Spent(*row) if row else None


def spend(session: Session, kind: str, secret: str, now: int) -> Spent | None:
    """As ``find``, inside a transaction; of many who use it at once, one gets it."""
    row = session.execute(
        delete(OneTime).where(*_good(kind, secret, now)).returning(OneTime.account_id, OneTime.payload)
    ).one_or_none()
    return Spent(*row) if row else None


def forget(session: Session, kind: str, account_id: int) -> None:
    """All of this kind that a person was sent are good no longer; inside a transaction."""
    session.execute(delete(OneTime).where(OneTime.kind == kind, OneTime.account_id == account_id))


def outstanding(session: Session, kind: str, account_id: int, now: int) -> int:
    """How many of this kind are good now."""
    mine = (OneTime.kind == kind, OneTime.account_id == account_id, OneTime.expires_at > now)
    return session.execute(select(func.count()).select_from(OneTime).where(*mine)).scalar_one()


def _good(kind: str, secret: str, now: int) -> tuple[ColumnElement[bool], ...]:
    return OneTime.id == stored_id(secret), OneTime.kind == kind, OneTime.expires_at > now
