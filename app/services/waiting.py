"""Accounts that are not open yet: administrators let them in or turn them away."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import NotFound
from app.domain.viewer import Viewer
from app.services import audit, mail, one_time
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.store.accounts import Account
from app.store.database import transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """``waits_for``: confirm (the mail address) or approval."""

    login: str
    name: str
    mail: str
    waits_for: str
    created_at: int


def list_waiting(session: Session, *, by: Viewer, start: int = 0, limit: int = 50) -> Slice[Waiting]:
    """Who waits longest comes first. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    limit = bounded(limit)
    columns = (Account.login, Account.name, Account.mail, Account.waits_for, Account.created_at)
    query = select(*columns).where(Account.waits_for != "").order_by(Account.created_at, Account.id)
    rows = session.execute(query.offset(start).limit(limit + 1)).all()
    return cut([Waiting(*row) for row in rows], limit, start)


def approve(session: Session, login: str, *, by: Viewer, now: int) -> None:
    """Open an account, whatever it waits for; a letter tells its owner.

    Raises:
        AccessDenied.
        NotFound: it does not wait, or not any more.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        row = _held(session, login)
        change = audit.Change(before={"waits_for": row.waits_for}, after={"login": row.login, "mail": row.mail})
        row.active, row.waits_for = True, ""
        one_time.forget(session, one_time.CONFIRM, row.id)
        if row.mail and mail.can_send(session):
            values = {"login": row.login, "name": row.name, "link": f"{load_settings(session).base_url}/_login"}
            mail.queue(session, mail.Letter("approved", row.mail, row.language, values), now=now)
        audit.record(session, by, f"account:{login}", "account.approve", change, now=now)


def refuse(session: Session, login: str, *, by: Viewer, now: int) -> None:
    """Take an account away that was never open; its login is free again.

    Raises: AccessDenied, NotFound, as ``approve``.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        hold(session)
        row = _held(session, login)
        change = audit.Change(before={"login": row.login, "mail": row.mail, "waits_for": row.waits_for})
        session.delete(row)
        audit.record(session, by, f"account:{login}", "account.refuse", change, now=now)
        touch(session)


def _held(session: Session, login: str) -> Account:
    waits = select(Account).where(Account.login == login, Account.waits_for != "")
    # As in ``account_row``: a zero byte in a question is an error of PostgreSQL's own.
    row = session.execute(waits.with_for_update()).scalar_one_or_none() if login.isprintable() else None
    if row is None:
        raise NotFound(name=login)
    return row
