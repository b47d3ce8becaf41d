"""People who came from an old wiki and are in it no more: nobody signs in as them until somebody says so."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.stretches import stretches
from app.exchange.dokuwiki.model import Note
from app.exchange.dokuwiki.settling import Run, mark, one_transaction, remember
from app.services import audit
from app.services.groups import groups_of
from app.services.revoking import forget_sessions
from app.services.superusers import administrators, hold_administrators
from app.store.accounts import Account

BATCH = 500
OFF = "off"  # the third mark of somebody whose account was switched off so
SWITCHED_OFF = "“{login}” is gone from the old wiki; the account is switched off here."
CHANGED_HERE = "“{login}” is gone from the old wiki; the account was changed here since, and stays as it is."
LAST = "“{login}” is gone from the old wiki, and is the last who administers this one; the account stays as it is."


def switch_off_gone(
    session: Session, run: Run, path: str, there: Collection[str], known: dict[str, list[str]]
) -> list[Note]:
    """Of ``known`` (login to marks of the last run) whoever is not ``there``; a file without people tells nothing."""
    gone = [login for login in known if login not in there and known[login][2:] != [OFF]] if there else []
    notes = [
        Note(path, "changed", _switch_off(session, run, row, groups, known), 1)
        for some in stretches(sorted(gone), BATCH)
        for row, groups in _active(session, some)
    ]
    if notes and not run.dry_run:
        with one_transaction(session, dry_run=False):
            remember(session, run, "people", known)
    return notes


def _active(session: Session, logins: Sequence[str]) -> list[tuple[Account, tuple[str, ...]]]:
    rows = list(session.execute(select(Account).where(Account.login.in_(logins), Account.active)).scalars())
    groups = groups_of(session, [row.id for row in rows])
    return [(row, groups.get(row.id, ())) for row in rows]


def _switch_off(session: Session, run: Run, row: Account, groups: Sequence[str], known: dict[str, list[str]]) -> str:
    """What is said of it."""
    login = row.login
    if known[login][:2] != [mark(row.name, row.mail, sorted(groups)), mark(row.password)]:
        return CHANGED_HERE.format(login=login)
    if not run.dry_run and not _done(session, run, row):
        return LAST.format(login=login)
    known[login] = [*known[login][:2], OFF]
    return SWITCHED_OFF.format(login=login)


def _done(session: Session, run: Run, row: Account) -> bool:
    """Not done: nobody would be left who administers, where somebody does."""
    with one_transaction(session, dry_run=False):
        hold_administrators(session)
        before = administrators(session)
        row.active = False
        session.flush()
        if before and not administrators(session):
            row.active = True
            return False
        forget_sessions(session, row.id)
        change = audit.Change(before={"active": True}, after={"active": False})
        audit.record(session, run.operator, f"account:{row.login}", "account.edit", change, now=run.now)
    return True
