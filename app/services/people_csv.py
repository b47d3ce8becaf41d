"""People as CSV: the list to take along, and a file of people to bring in.

Columns: login, name, mail, groups (commas between) and, to bring in only, password. The first line names them, in any
order; without such a line they stand in this one. Cells are as ``csv_cells`` writes them. What is stored is all of a
file or nothing; people who are there already are changed to what the file says of them, and nobody is deleted.
"""

import csv
import hashlib
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from app.domain.errors import BadValue
from app.domain.stretches import stretches
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.accounts import AccountInfo, find_accounts
from app.services.csv_cells import csv_line, plain_cell
from app.services.fields import checked_group, checked_line, checked_login, checked_mail
from app.services.passwords import check_new
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.services.superusers import is_superuser

COLUMNS = ("login", "name", "mail", "groups")
ALL_COLUMNS = (*COLUMNS, "password")
OTHER_NAMES = {"user": "login", "user_id": "login", "real name": "name", "email": "mail"}  # of the old wiki's file
LONGEST_FILE = 2 * 1024 * 1024
MOST_LINES = 10_000
MOST_PASSWORDS = 200  # 20 ms each: four seconds
MOST_GROUPS = 100
CHUNK = 500
NO_FILE = "Choose a file, or paste its lines."
TOO_BIG = "This is more than 2 MiB. Divide it."
TOO_MANY = "These are more than 10,000 lines. Divide the file."
TOO_MANY_PASSWORDS = "This file holds more than 200 passwords. Leave the others empty, or divide the file."
NO_CSV = "This is no CSV: look for a quotation mark that is not closed, or signs that are not text."
NO_LOGIN = "The first line must name the column “login”, beside any of name, mail, groups, password."
UNKNOWN_COLUMN = "The first line names a column that is none of login, name, mail, groups, password, or one twice."
TOO_LONG_LINE = "This line has more cells than there are columns. Put names with commas in quotation marks."
TWICE = "This login stands further up already."
TOO_MANY_GROUPS = "These are more groups than one person needs. Name 100 at most."
NOT_YOURSELF = "You would no longer administer this wiki. Ask another administrator to change this."


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the file, checked. None: there is no such column, so it stays as it is."""

    line: int
    login: str
    name: str | None
    mail: str | None
    groups: tuple[str, ...] | None
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Wrong:
    """``line`` counts from 1, where the entry begins; ``reason`` is a whole sentence."""

    line: int
    reason: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Bringing:
    """What storing a file comes to: who is new, who is changed (before, after), who is so already; or what is wrong."""

    added: tuple[Entry, ...] = ()
    changed: tuple[tuple[AccountInfo, Entry], ...] = ()
    unchanged: tuple[str, ...] = ()
    wrong: tuple[Wrong, ...] = ()

    @property
    def key(self) -> str:
        """Another one whenever it comes to something else."""
        parts = (
            [entry.login for entry in self.added],
            [(before.login, before.name, before.mail, before.groups) for before, _ in self.changed],
            self.unchanged,
        )
        return hashlib.sha256(repr(parts).encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def passwords(self) -> int:
        return sum(1 for entry in (*self.added, *(after for _, after in self.changed)) if entry.password)


def lines_of(people: Iterable[AccountInfo]) -> Iterator[str]:
    """The file of ``people``, line by line; never with passwords."""
    yield csv_line(COLUMNS)
    for person in people:
        yield csv_line((person.login, person.name, person.mail, ",".join(person.groups)))


def look_at(session: Session, text: str, *, by: Viewer) -> Bringing:
    """What the file would change; nothing is stored and no password is hashed.

    Raises:
        AccessDenied.
        BadValue: field ``text``: it cannot be read as a whole.
    """
    require(session, by, "*", Level.ADMIN)
    settings = load_settings(session)
    entries, wrong = _read(session, text, settings)
    if sum(1 for entry in entries if entry.password) > MOST_PASSWORDS:
        raise BadValue(field="text", reason=TOO_MANY_PASSWORDS)
    if wrong:
        return Bringing(wrong=wrong)
    present = _present(session, [entry.login for entry in entries])
    mine = _my_loss(entries, present, settings, by)
    if mine:
        return Bringing(wrong=(mine,))
    known = [(present[entry.login], entry) for entry in entries if entry.login in present]
    changed = tuple((before, entry) for before, entry in known if differs(before, entry))
    return Bringing(
        added=tuple(entry for entry in entries if entry.login not in present),
        changed=changed,
        unchanged=tuple(before.login for before, entry in known if not differs(before, entry)),
    )


def differs(before: AccountInfo, entry: Entry) -> bool:
    """Whether a person is anything else than the file says."""
    name = None if entry.name is None else entry.name or before.login
    return (
        bool(entry.password)
        or (name is not None and name != before.name)
        or (entry.mail is not None and entry.mail != before.mail)
        or (entry.groups is not None and set(entry.groups) != set(before.groups))
    )


def _read(session: Session, text: str, settings: WikiSettings) -> tuple[list[Entry], tuple[Wrong, ...]]:
    entries: list[Entry] = []
    wrong: list[Wrong] = []
    seen: set[str] = set()
    rows = _rows(text)
    columns = _columns(rows)
    lines = [(line, dict(zip(columns, cells, strict=False)), len(cells)) for line, cells in rows]
    present = _present(session, [given.get("login", "").strip() for _, given, _ in lines])
    for line, given, length in lines:
        login = given.get("login", "").strip()
        try:
            entry = _entry(line, given, present.get(login), settings)
        except BadValue as error:
            reason = str(error.facts["reason"])
        else:
            reason = TOO_LONG_LINE if length > len(columns) else TWICE if entry.login in seen else ""
            seen.add(entry.login)
            entries.append(entry)
        if reason:
            wrong.append(Wrong(line, reason, login[:40]))
    return entries, tuple(wrong)


def _rows(text: str) -> list[tuple[int, list[str]]]:
    """Each with the number of the line that it begins in; empty ones are left out."""
    if not text.strip():
        raise BadValue(field="text", reason=NO_FILE)
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_FILE:
        raise BadValue(field="text", reason=TOO_BIG)
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    rows: list[tuple[int, list[str]]] = []
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((begins, [plain_cell(cell) for cell in cells]))
            begins = reader.line_num + 1
    except csv.Error as error:
        raise BadValue(field="text", reason=NO_CSV) from error
    if len(rows) > MOST_LINES + 1:
        raise BadValue(field="text", reason=TOO_MANY)
    return rows


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[str, ...]:
    """What the first line names, which is taken off then; without such a line the columns in their order."""
    names = [cell.strip().lower() for cell in rows[0][1]]
    names = [OTHER_NAMES.get(name, name) for name in names]
    if names[0] not in ALL_COLUMNS and "login" not in names:
        return ALL_COLUMNS
    if "login" not in names:
        raise BadValue(field="text", reason=NO_LOGIN)
    if len(set(names)) < len(names) or set(names) - set(ALL_COLUMNS):
        raise BadValue(field="text", reason=UNKNOWN_COLUMN)
    rows.pop(0)
    return tuple(names)


def _entry(line: int, given: Mapping[str, str], before: AccountInfo | None, settings: WikiSettings) -> Entry:
    """``before``: whoever has this login as it stands; what they have may stay, even if nobody could type it today."""
    login = before.login if before else checked_login(given.get("login", ""), settings)
    password = given.get("password", "")
    if password:
        check_new(password, login, settings.title)
    name, mail, groups = given.get("name"), given.get("mail"), given.get("groups")
    return Entry(
        line=line,
        login=login,
        name=name if name is None or (before and name == before.name) else checked_line("name", name),
        mail=mail if mail is None or (before and mail == before.mail) else checked_mail(mail),
        groups=groups if groups is None else _groups(groups, before.groups if before else ()),
        password=password,
    )


def _groups(cell: str, before: Sequence[str]) -> tuple[str, ...]:
    names = [name for name in cell.split(",") if name.strip()]
    if len(names) > MOST_GROUPS:
        raise BadValue(field="groups", reason=TOO_MANY_GROUPS)
    return tuple(dict.fromkeys(name if name in before else checked_group(name) for name in names))


def _present(session: Session, logins: Sequence[str]) -> dict[str, AccountInfo]:
    found: dict[str, AccountInfo] = {}
    for some in stretches(logins, CHUNK):
        found |= {person.login: person for person in find_accounts(session, some)}
    return found


def _my_loss(
    entries: Sequence[Entry], present: dict[str, AccountInfo], settings: WikiSettings, by: Viewer
) -> Wrong | None:
    """The line by which the administrator at work would administer no more."""
    for entry in entries:
        before = present.get(entry.login)
        if before is not None and entry.login == by.login and before.is_admin and entry.groups is not None:
            return None if is_superuser(entry.login, entry.groups, settings) else Wrong(entry.line, NOT_YOURSELF)
    return None
