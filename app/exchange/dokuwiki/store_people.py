"""The people of an old wiki, with their passwords as they stand: ``users.auth.php``.

Nobody who is here already with other data is overwritten, and nobody becomes an administrator who was none.
"""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.names import clean_login
from app.domain.stretches import stretches
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.conf_files import UNUSABLE, read_people
from app.exchange.dokuwiki.model import Note, OldPerson, Sorted
from app.exchange.dokuwiki.settling import (
    ConfFile,
    Run,
    conf_file,
    mark,
    one_transaction,
    remember,
    remembered,
)
from app.exchange.dokuwiki.store_gone import OFF, switch_off_gone
from app.exchange.dokuwiki.store_powers import superuser_of
from app.services import audit
from app.services.fields import checked_group, checked_line, checked_login, checked_mail
from app.services.groups import groups_of, made_groups, set_groups
from app.services.old_passwords import FORMATS, LONGEST_HASH
from app.services.reserved import GONE
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.services.superusers import is_superuser, superuser_groups
from app.store.accounts import Account, Membership

FILE = "users.auth.php"
BATCH = 500
READS_FILE = re.compile("plain|chained|split")  # ways of signing in that ask this file, names of years ago among them
OTHER_DOOR = (
    "People signed in to the old wiki by “{door}”, and this file let nobody in: those in it are left out. Open the "
    "same door here, or invite them."
)
BAD_LOGIN = "The login “{login}” is none here, nor could anybody sign in with it before; its changes keep it."
TAKEN_LOGIN = "The login “{login}” means something else here. Add this person under another one."
ADMINISTERS = "Who is called “{login}” administers this wiki, and did not administer the old one. Add them by hand."
OTHER = "“{login}” has an account here with other data, which stays as it is."
BAD_NAME = "The name of “{login}” is too long or no text; the login stands in its place."
BAD_MAIL = "The mail address of “{login}” is none; there is none here."
BAD_GROUP = "“{login}” belongs to a group that cannot be called so here; it is left out."
POWER_GROUP = "“{login}” was in a group that administers this wiki, and did not administer the old one; it is left out."
GONE_HERE = "“{login}” came from the old wiki before, and was deleted here since."
UNKNOWN_HASH = "The password of “{login}” is of no kind that is known; it is kept, and a new one opens the account."


@dataclass(slots=True)
class _Bringing:
    """``source``: settings as those of the old wiki, for names; ``power``: groups that would give more than before."""

    source: WikiSettings
    ours: WikiSettings
    path: str
    known: dict[str, list[str]]
    power: frozenset[str] = frozenset()
    notes: list[Note] = field(default_factory=list)
    acts: list[tuple[str, str, audit.Change]] = field(default_factory=list)

    def note(self, person: OldPerson, why: str, *, left: bool = False) -> None:
        why = why.format(login=person.login)
        self.notes.append(Note(self.path, "left" if left else "changed", why, person.line))


def bring(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store the people in one transaction; the notes of lines that were not stored as they stand."""
    notes: list[Note] = []
    found = conf_file(run, FILE, files, notes)
    if found is None:
        return notes
    door = str(run.layout.config.get("authtype") or "authplain")
    if not READS_FILE.search(door):
        return [Note(found.path, "left", OTHER_DOOR.format(door=door))]
    known, there = remembered(session, run, "people"), set[str]()
    with one_transaction(session, dry_run=run.dry_run):
        notes += _store(session, run, found, known, there)
    return notes + switch_off_gone(session, run, found.path, there, known)


def _store(session: Session, run: Run, found: ConfFile, known: dict[str, list[str]], there: set[str]) -> list[Note]:
    """``known``: marks of the last run, which become those of this one. ``there``: is told who stands in the file."""
    ours = load_settings(session)
    old = replace(run.layout.settings, superuser=superuser_of(run.layout))
    bringing = _Bringing(old, ours, found.path, known, superuser_groups(ours) - superuser_groups(old))
    people: list[OldPerson] = []
    for one in read_people(found.data, found.path):
        if isinstance(one, Note):
            bringing.notes.append(one)
            continue
        there.add(one.login)
        if (person := _fitting(one, bringing)) is not None:
            people.append(person)
    touched = False
    for some in stretches(people, BATCH):
        _store_some(session, some, bringing, run.now)
        audit.record_many(session, run.operator, bringing.acts, now=run.now)
        touched = touched or bool(bringing.acts)
        bringing.acts.clear()
        session.flush()
        session.expunge_all()
    remember(session, run, "people", known)
    if touched:
        touch(session)  # histories show names
    return bringing.notes


def _fitting(person: OldPerson, bringing: _Bringing) -> OldPerson | None:
    """``person`` as the wiki can hold them; None, and a note, where it cannot."""
    try:
        login = checked_login(person.login, bringing.source)
    except BadValue:
        login = ""
    if not login or login != person.login or login != clean_login(person.login, bringing.source):
        refused = person.login.startswith(GONE) or person.login.lower() in ("all", "lierre")
        bringing.note(person, TAKEN_LOGIN if refused else BAD_LOGIN, left=True)
        return None
    if login.startswith(GONE):
        bringing.note(person, TAKEN_LOGIN, left=True)
        return None
    if is_superuser(login, (), bringing.ours) and not is_superuser(login, person.groups, bringing.source):
        bringing.note(person, ADMINISTERS, left=True)
        return None
    name, mail = _name(person, bringing) or login, _mail(person, bringing)
    return replace(person, name=name, mail=mail, hash=_hash(person, bringing), groups=_groups(person, bringing))


def _name(person: OldPerson, bringing: _Bringing) -> str:
    try:
        return checked_line("name", person.name)
    except BadValue:
        bringing.note(person, BAD_NAME)
        return ""


def _mail(person: OldPerson, bringing: _Bringing) -> str:
    try:
        return checked_mail(person.mail)
    except BadValue:
        bringing.note(person, BAD_MAIL)
        return ""


def _hash(person: OldPerson, bringing: _Bringing) -> str:
    kept = person.hash if len(person.hash) <= LONGEST_HASH and person.hash.isprintable() else ""
    known = kept == UNUSABLE or kept.startswith(("$argon2", "U$")) or any(one.known.fullmatch(kept) for one in FORMATS)
    if not known:
        bringing.note(person, UNKNOWN_HASH)
    return kept


def _groups(person: OldPerson, bringing: _Bringing) -> tuple[str, ...]:
    found: list[str] = []
    for raw in person.groups:
        group = _group(raw, bringing.source)
        if not group:
            bringing.note(person, BAD_GROUP)
            continue
        if clean_login(group, bringing.ours) in bringing.power or group in bringing.power:
            bringing.note(person, POWER_GROUP)
        elif group not in found:
            found.append(group)
    return tuple(found)


def _group(raw: str, source: WikiSettings) -> str:
    """Its name, or what rules make of it; "" where neither can be one."""
    for name in (raw, clean_login(raw, source)):
        with suppress(BadValue):
            return checked_group(name)
    return ""


def _store_some(session: Session, people: Sequence[OldPerson], bringing: _Bringing, now: int) -> None:
    by_login = {person.login: person for person in people}
    query = select(Account).where(Account.login.in_(by_login))
    there = {row.login: row for row in session.execute(query).scalars()}
    groups = groups_of(session, [row.id for row in there.values()])
    for login, row in there.items():
        _again(session, by_login[login], row, groups.get(row.id, ()), bringing)
    _add(session, [person for person in people if person.login not in there], bringing, now)


def _again(session: Session, person: OldPerson, row: Account, groups: tuple[str, ...], bringing: _Bringing) -> None:
    """Somebody who is here. Changed only where they came from there and nobody changed them here since."""
    wanted, wanted_hash = _mark(person.name, person.mail, person.groups), mark(person.hash)
    here = _mark(row.name, row.mail, groups)
    before = bringing.known.get(row.login)
    if before is not None and before[2:] == [OFF]:
        before, row.active = before[:2], True
    if before == [wanted, wanted_hash] or (here == wanted and (before is None and row.password == person.hash)):
        bringing.known[row.login] = [wanted, wanted_hash]
        return
    hash_changed = before is not None and before[1] != wanted_hash
    if before is None or before[0] != here or (hash_changed and mark(row.password) != before[1]):
        bringing.note(person, OTHER, left=True)
        return
    told = audit.Change({"name": row.name, "mail": row.mail, "groups": groups}, _shown(person))
    row.name, row.mail = person.name, person.mail
    if hash_changed:
        row.password = person.hash
    set_groups(session, row.id, person.groups)
    bringing.known[row.login] = [wanted, wanted_hash]
    bringing.acts.append((f"account:{row.login}", "account.edit", told))


def _add(session: Session, people: Sequence[OldPerson], bringing: _Bringing, now: int) -> None:
    if not people:
        return
    fresh = [person for person in people if person.login not in bringing.known]
    for person in people:
        if person.login in bringing.known:  # an administrator deleted them here
            bringing.note(person, GONE_HERE, left=True)
    rows = [
        {"login": one.login, "name": one.name, "mail": one.mail, "password": one.hash, "created_at": now}
        for one in fresh
    ]
    if not rows:
        return
    session.execute(insert(Account), rows)
    logins = [one.login for one in fresh]
    ids = dict(iter(session.execute(select(Account.login, Account.id).where(Account.login.in_(logins)))))
    known = made_groups(session, sorted({group for one in fresh for group in one.groups}))
    members = [{"account_id": ids[one.login], "group_id": known[group]} for one in fresh for group in one.groups]
    if members:
        session.execute(insert(Membership), members)
    for one in fresh:
        bringing.known[one.login] = [_mark(one.name, one.mail, one.groups), mark(one.hash)]
        bringing.acts.append((f"account:{one.login}", "account.add", audit.Change(after=_shown(one))))


def _mark(name: str, mail: str, groups: Sequence[str]) -> str:
    return mark(name, mail, sorted(groups))


def _shown(person: OldPerson) -> dict[str, object]:
    return {"login": person.login, "name": person.name, "mail": person.mail, "groups": person.groups}
