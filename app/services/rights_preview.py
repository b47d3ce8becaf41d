"""What a change of rules would do: who gains and who loses, before anything is stored."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.domain.access import EDIT, READ, Rights, Rule, decode_name, rights
from app.domain.explaining import Reason, explain
from app.domain.scopes import Scopes, scopes_of
from app.domain.viewer import Viewer
from app.services import audit
from app.services.groups import all_groups, groups_of
from app.services.permissions import Level, require
from app.services.rulebook import rulebook
from app.services.rules import RuleChange, applied, rules_key
from app.services.scopes import touched
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.database import transaction
from app.store.pages import Page

STAND_IN = "any-member-of-a-group"  # a login for questions about a group as such
MOST_READERS = 300
MOST_EFFECTS = 200
SHOWN_SCOPES = 5
LONGEST_NAME = 100
CHUNK = 5000


@dataclass(frozen=True, slots=True)
class Reader:
    """``kind``: anonymous, group or person; a group's member is in the group of all people, too."""

    kind: str
    name: str
    login: str | None = None
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Effect:
    """One kind of change for one reader: how many pages, in which scopes (the first few of ``count``)."""

    reader: Reader
    before: int
    after: int
    pages: int
    scopes: tuple[str, ...]
    count: int

    @property
    def gains(self) -> bool:
        return self.after > self.before


@dataclass(frozen=True, slots=True)
class Preview:
    """``effects``: the largest first. ``key``: the rules it was made for. ``complete``: no reader was left out."""

    removed: tuple[Rule, ...]
    added: tuple[Rule, ...]
    effects: tuple[Effect, ...]
    key: str
    complete: bool
    start_is_lost: bool
    nobody_edits: tuple[str, ...]


Cells = Mapping[tuple[str, str], int]  # scope before, scope after: pages


def preview(session: Session, change: RuleChange, *, viewer: Viewer) -> Preview:
    """Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    before = rulebook(session).rules
    removed, added, after = applied(before, change)
    cells = _cells(session, before, after, {rule.scope for rule in (*removed, *added)})
    readers, complete = _readers(session, (*before, *added))
    settings = load_settings(session)
    held = [(reader, _rights(session, before, reader), _rights(session, after, reader)) for reader in readers]
    effects = sorted(
        (effect for reader, old, new in held for effect in _effects(reader, old, new, cells)),
        key=lambda effect: (-effect.pages, effect.gains, effect.reader.kind, effect.reader.name),
    )
    anonymous = held[0]
    lost = anonymous[1].level(settings.start) >= READ > anonymous[2].level(settings.start)
    then, now = [row[2] for row in held], [row[1] for row in held]
    closed = sorted({new for old, new in cells if _edits(now, old) and not _edits(then, new)})
    complete = complete and len(effects) <= MOST_EFFECTS
    return Preview(
        removed, added, tuple(effects[:MOST_EFFECTS]), rules_key(session), complete, lost, tuple(closed[:SHOWN_SCOPES])
    )


def why(session: Session, reader: Reader, name: str, *, viewer: Viewer) -> Reason:
    """The right of ``reader`` on a page or scope, with the rules that gave it. Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    return explain(rulebook(session).rules, reader.login, reader.groups, name, load_settings(session))


def reader_named(session: Session, name: str) -> Reader | None:
    """``@group``, a login, or "" for whoever is not signed in; None: there is nobody of that login."""
    if not name.isprintable() or len(name) > LONGEST_NAME or name == "@":
        return None
    if not name:
        return Reader("anonymous", "")
    if name.startswith("@"):
        return _group(name[1:], load_settings(session).defaultgroup)
    people = _people(session, [name])
    return people[0] if people else None


def begin_looking(session: Session, who: str, *, by: Viewer, now: int) -> None:
    """Note that an administrator looks at the wiki as ``who``. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        audit.record(session, by, f"view-as:{who}", "view_as.begin", audit.Change(), now=now)


def _cells(session: Session, before: Sequence[Rule], after: Sequence[Rule], changed: set[str]) -> Cells:
    """Where pages of the changed scopes lie now and would lie then; the scopes themselves, too: pages may come."""
    old, new = scopes_of(before), scopes_of(after)
    cells: Counter[tuple[str, str]] = Counter()
    for scope in changed:
        cells[_cell(old, new, scope)] += 0
    for name in _names(session, changed):
        cells[old.of_page(name), new.of_page(name)] += 1
    return cells


def _cell(old: Scopes, new: Scopes, scope: str) -> tuple[str, str]:
    if not scope.endswith("*"):
        return old.of_page(scope), new.of_page(scope)
    inside = f"{scope.removesuffix('*')}\0"  # a page that cannot be: no rule names it
    return old.of_page(inside), new.of_page(inside)


def _names(session: Session, changed: set[str]) -> Iterator[str]:
    query = select(Page.id, Page.name).where(Page.current_id.is_not(None)).order_by(Page.id).limit(CHUNK)
    which = touched(Page, changed)
    if which is not None:
        query = query.where(which)
    last = 0
    while True:
        rows: Sequence[Row[int, str]] = session.execute(query.where(Page.id > last)).all()
        yield from (name for _, name in rows)
        if len(rows) < CHUNK:
            return
        last = rows[-1].id


def _effects(reader: Reader, old: Rights, new: Rights, cells: Cells) -> Iterator[Effect]:
    found: dict[tuple[int, int], list[tuple[str, int]]] = {}
    for (before, after), pages in cells.items():
        levels = old.level(before), new.level(after)
        if levels[0] != levels[1]:
            found.setdefault(levels, []).append((max(before, after, key=_depth), pages))
    for (was, becomes), places in found.items():
        scopes = sorted({scope for scope, _ in places})
        pages = sum(number for _, number in places)
        yield Effect(reader, was, becomes, pages, tuple(scopes[:SHOWN_SCOPES]), len(scopes))


def _depth(scope: str) -> tuple[int, bool]:
    """Of two scopes on one way to the root, the nearer one has more of it."""
    return scope.count(":"), not scope.endswith("*")


def _edits(held: Iterable[Rights], scope: str) -> bool:
    return any(one.level(scope) >= EDIT for one in held if not one.is_superuser)


def _rights(session: Session, rules: Iterable[Rule], reader: Reader) -> Rights:
    return rights(rules, reader.login, reader.groups, load_settings(session))


def _readers(session: Session, rules: Iterable[Rule]) -> tuple[list[Reader], bool]:
    """Who is looked at: nobody signed in, every group, every person that rules name; and whether these are all."""
    default = load_settings(session).defaultgroup
    named = {rule.who for rule in rules}
    groups = {decode_name(who[1:]) for who in named if who.startswith("@") and who != "@ALL"} | {*all_groups(session)}
    logins = sorted(decode_name(who) for who in named if not who.startswith(("@", "%")))
    people = _people(session, logins[:MOST_READERS])
    found = [Reader("anonymous", ""), *(_group(group, default) for group in sorted(groups)), *people]
    return found[:MOST_READERS], len(found) <= MOST_READERS and len(logins) <= MOST_READERS


def _group(name: str, default: str) -> Reader:
    return Reader("group", name, STAND_IN, tuple(sorted({name, default})))


def _people(session: Session, logins: Sequence[str]) -> list[Reader]:
    named = [login for login in logins if login.isprintable()]
    query = select(Account.id, Account.login).where(Account.login.in_(named)).order_by(Account.login)
    rows = session.execute(query).all()
    groups = groups_of(session, [row.id for row in rows])
    return [Reader("person", row.login, row.login, groups.get(row.id, ())) for row in rows]
