"""Storing a file of people, once it was looked at: see ``people_csv`` for what it holds."""

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.stretches import stretches
from app.domain.viewer import Viewer
from app.services import audit
from app.services.accounts import AccountInfo, audited
from app.services.groups import made_groups
from app.services.passwords import hash_password
from app.services.people_csv import CHUNK, Bringing, Entry, look_at
from app.services.permissions import Level, require
from app.services.revoking import forget_letters
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.services.superusers import check_administrators, hold_administrators
from app.store.accounts import Account, LoginSession, Membership
from app.store.database import transaction

CHANGED_MEANWHILE = "Somebody changed people meanwhile, so this comes to something else now. Look at it again."
SOMETHING_WRONG = "Lines of this file cannot be taken. Mend them first."
Hashes = dict[str, str]  # login to hash


def bring_people(session: Session, text: str, key: str, *, by: Viewer, now: int) -> Bringing:
    """Store the file as it was looked at (``key``: of that ``Bringing``), all of it or nothing; what was done.

    Passwords are hashed before anybody else has to wait.

    Raises:
        AccessDenied.
        BadValue: field ``text``: it cannot be read, or comes to something else than what was looked at.
        LastAdministrator: nobody would be left to administer.
    """
    require(session, by, "*", Level.ADMIN)
    seen = look_at(session, text, by=by)
    _check(seen, key)
    hashes = _hashes(seen)
    with transaction(session):
        hold_administrators(session)
        found = look_at(session, text, by=by)
        _check(found, key)
        default = load_settings(session).defaultgroup
        _add(session, found.added, hashes, default, now)
        _edit(session, found.changed, hashes)
        session.expire_all()
        check_administrators(session, by.login or "")
        _note(session, found, default, by=by, now=now)
        touch(session)  # histories show names
    return found


def _check(found: Bringing, key: str) -> None:
    if found.wrong:
        raise BadValue(field="text", reason=SOMETHING_WRONG)
    if found.key != key:
        raise BadValue(field="text", reason=CHANGED_MEANWHILE)


def _hashes(found: Bringing) -> Hashes:
    entries = (*found.added, *(after for _, after in found.changed))
    return {entry.login: hash_password(entry.password) for entry in entries if entry.password}


def _add(session: Session, entries: Sequence[Entry], hashes: Hashes, default: str, now: int) -> None:
    if not entries:
        return
    rows = [
        {
            "login": entry.login,
            "name": entry.name or entry.login,
            "mail": entry.mail or "",
            "password": hashes.get(entry.login, ""),
            "created_at": now,
        }
        for entry in entries
    ]
    session.execute(insert(Account), rows)
    groups: dict[int, tuple[str, ...]] = {}
    for few in stretches(entries, CHUNK):
        some = {entry.login: entry for entry in few}
        keys = session.execute(select(Account.id, Account.login).where(Account.login.in_(some)))
        groups |= {key: _groups_of_new(some[login], default) for key, login in keys}
    _join(session, groups)


def _edit(session: Session, changed: Sequence[tuple[AccountInfo, Entry]], hashes: Hashes) -> None:
    rows = [
        {"id": before.id}
        | {
            "name": before.name if entry.name is None else entry.name or before.login,
            "mail": before.mail if entry.mail is None else entry.mail,
        }
        for before, entry in changed
    ]
    if rows:
        session.execute(update(Account), rows)
    other = [before.id for before, entry in changed if entry.mail not in (None, before.mail)]
    for some in stretches(other, CHUNK):  # nobody showed that the new address is theirs
        session.execute(update(Account).where(Account.id.in_(some)).values(mail_confirmed=False))
        forget_letters(session, some)
    for before, entry in changed:
        if entry.password:  # few: ``MOST_PASSWORDS``
            session.execute(update(Account).where(Account.id == before.id).values(password=hashes[entry.login]))
            session.execute(delete(LoginSession).where(LoginSession.account_id == before.id))
            forget_letters(session, [before.id])
    groups = {
        before.id: entry.groups
        for before, entry in changed
        if entry.groups is not None and set(entry.groups) != set(before.groups)
    }
    for some in stretches(groups, CHUNK):
        session.execute(delete(Membership).where(Membership.account_id.in_(some)))
    _join(session, groups)


def _join(session: Session, groups: dict[int, tuple[str, ...]]) -> None:
    names = sorted({name for of_one in groups.values() for name in of_one})
    known: dict[str, int] = {}
    for some in stretches(names, CHUNK):
        known |= made_groups(session, some)
    rows = [{"account_id": account, "group_id": known[name]} for account, of_one in groups.items() for name in of_one]
    if rows:
        session.execute(insert(Membership), rows)


def _note(session: Session, found: Bringing, default: str, *, by: Viewer, now: int) -> None:
    audit.record_many(session, by, _acts(found, default), now=now)


def _acts(found: Bringing, default: str) -> Iterator[tuple[str, str, audit.Change]]:
    for entry in found.added:
        groups = _groups_of_new(entry, default)
        shown = {"login": entry.login, "name": entry.name or entry.login, "mail": entry.mail or "", "groups": groups}
        yield f"account:{entry.login}", "account.add", audit.Change(after=shown)
    for before, entry in found.changed:
        was = audited(before)
        told = {"name": entry.name, "mail": entry.mail, "groups": entry.groups}
        becomes = was | {name: value for name, value in told.items() if value is not None}
        if becomes != was:
            yield f"account:{entry.login}", "account.edit", audit.Change(was, becomes)
        if entry.password:
            yield f"account:{entry.login}", "account.password", audit.Change()


def _groups_of_new(entry: Entry, default: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys((default, *(entry.groups or ()))))
