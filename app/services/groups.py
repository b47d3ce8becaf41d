"""Groups of people: which there are, what they are for, who is in them. Renaming and deleting is in ``group_names``."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, delete, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.access import encode_name
from app.domain.errors import BadValue, NotFound
from app.domain.names import clean_login
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import audit
from app.services.fields import checked_group, checked_line
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.rules import all_rules
from app.services.setting_rows import load_settings
from app.store.accounts import Group, Membership
from app.store.database import transaction

NAMING = ("superuser", "manager", "defaultgroup")  # settings that name groups
TAKEN = "There is a group of this name already. Open it in the list, or choose another name."


@dataclass(frozen=True, slots=True)
class GroupInfo:
    """``rules``: how many access rules name it; ``settings``: which of ``NAMING`` do."""

    name: str
    note: str
    second_step: bool
    members: int
    rules: int
    settings: tuple[str, ...]


def all_groups(session: Session) -> tuple[str, ...]:
    return tuple(session.execute(select(Group.name).order_by(Group.name)).scalars())


def groups_of(session: Session, account_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Group names of each account, in one query."""
    rows = session.execute(
        select(Membership.account_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.account_id.in_(list(account_ids)))
        .order_by(Group.name)
    )
    found: dict[int, list[str]] = {}
    for account_id, name in rows:
        found.setdefault(account_id, []).append(name)
    return {account_id: tuple(names) for account_id, names in found.items()}


def set_groups(session: Session, account_id: int, names: Iterable[str]) -> None:
    """Make these the account's groups; new ones are made. Inside a transaction."""
    wanted = tuple(dict.fromkeys(checked_group(name) for name in names))
    known = made_groups(session, wanted)
    session.execute(delete(Membership).where(Membership.account_id == account_id))
    session.add_all(Membership(account_id=account_id, group_id=known[name]) for name in wanted)
    session.flush()


def made_groups(session: Session, names: Sequence[str]) -> dict[str, int]:
    """The keys of these groups; those that are not there are made. Inside a transaction."""
    known = dict(iter(session.execute(select(Group.name, Group.id).where(Group.name.in_(names)))))
    new = [Group(name=name) for name in names if name not in known]
    session.add_all(new)
    session.flush()
    return known | {group.name: group.id for group in new}


def made_group(session: Session, name: str) -> int:
    """As ``made_groups``, of one."""
    return made_groups(session, [name])[name]


def id_of_group(name: str) -> Select[int]:
    return select(Group.id).where(Group.name == name)


def list_groups(session: Session, *, by: Viewer, words: str = "", start: int = 0, limit: int = 50) -> Slice[GroupInfo]:
    """Groups by name, those whose name or note holds ``words``. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    limit = bounded(limit)
    query = _with_members()
    if words and words.isprintable():
        found = Group.name.icontains(words, autoescape=True) | Group.note.icontains(words, autoescape=True)
        query = query.where(found)
    rows = session.execute(query.order_by(Group.name).offset(start).limit(limit + 1)).all()
    return cut(_group_infos(session, [(row[0], row[1]) for row in rows]), limit, start)


def find_group(session: Session, name: str, *, by: Viewer) -> GroupInfo:
    """Raises: AccessDenied, NotFound."""
    require(session, by, "*", Level.ADMIN)
    row = session.execute(_with_members().where(Group.name == _printable(name))).one_or_none()
    if row is None:
        raise NotFound(name=name)
    return _group_infos(session, [(row[0], row[1])])[0]


def add_group(session: Session, name: str, note: str = "", *, by: Viewer, now: int) -> str:
    """A group without members; its name as it is stored.

    Raises:
        AccessDenied.
        BadValue: field ``name`` or ``note``.
    """
    require(session, by, "*", Level.ADMIN)
    clean, words = checked_group_name("name", name), checked_line("note", note)
    try:
        with transaction(session):
            session.add(Group(name=clean, note=words))
            session.flush()
            audit.record(session, by, f"group:{clean}", "group.add", audit.Change(after={"note": words}), now=now)
    except IntegrityError as error:
        raise BadValue(field="name", reason=TAKEN) from error
    return clean


def edit_group(session: Session, name: str, note: str, *, by: Viewer, now: int) -> None:
    """Say what a group is for. Raises: AccessDenied, NotFound, BadValue."""
    require(session, by, "*", Level.ADMIN)
    words = checked_line("note", note)
    with transaction(session):
        row = group_row(session, name)
        if row.note != words:
            change = audit.Change({"note": row.note}, {"note": words})
            row.note = words
            audit.record(session, by, f"group:{row.name}", "group.edit", change, now=now)


def group_row(session: Session, name: str) -> Group:
    """Raises: NotFound."""
    row = session.execute(select(Group).where(Group.name == _printable(name))).scalar_one_or_none()
    if row is None:
        raise NotFound(name=name)
    return row


def checked_group_name(field: str, raw: str) -> str:
    """Raises: BadValue: of ``field``."""
    try:
        return checked_group(raw)
    except BadValue as error:
        raise BadValue(field=field, reason=str(error.facts["reason"])) from error


def named_in_rules(name: str, settings: WikiSettings) -> str:
    """How access rules write a group."""
    return f"@{encode_name(clean_login(name, settings))}"


def settings_naming(name: str, settings: WikiSettings) -> tuple[str, ...]:
    """Which of ``NAMING`` mean this group."""
    clean = clean_login(name, settings)
    people = {
        setting: [entry.strip() for entry in getattr(settings, setting).split(",")]
        for setting in ("superuser", "manager")
    }
    named = [
        setting
        for setting, entries in people.items()
        if any(entry.startswith("@") and clean_login(entry[1:], settings) == clean for entry in entries)
    ]
    return (*named, *(("defaultgroup",) if clean_login(settings.defaultgroup, settings) == clean else ()))


def administers(session: Session, name: str) -> bool:
    """Whether members of this group administer the wiki."""
    return "superuser" in settings_naming(name, load_settings(session))


def _with_members() -> Select[Group, int]:
    members = select(func.count()).where(Membership.group_id == Group.id).scalar_subquery()
    return select(Group, members)


def _group_infos(session: Session, rows: Sequence[tuple[Group, int]]) -> list[GroupInfo]:
    settings = load_settings(session)
    rules = Counter(rule.who for rule in all_rules(session))
    return [
        GroupInfo(
            name=group.name,
            note=group.note,
            second_step=group.second_step,
            members=members,
            rules=rules[named_in_rules(group.name, settings)],
            settings=settings_naming(group.name, settings),
        )
        for group, members in rows
    ]


def _printable(name: str) -> str:
    """A zero byte in a question is an error of PostgreSQL's own; there is no such group either way."""
    return name if name.isprintable() else ""
