"""The rules of the wiki as they stand, read once and remembered for as long as nobody changes them.

A rulebook is known by a random key that every change of rules or scopes replaces. Whoever asks reads the key, and the
rules only where it is another one; a change that was rolled back can therefore never be taken for one that came after.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.access import READ, Rights, Rule, rights
from app.domain.scopes import Scopes, scopes_of
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.store.rules import AclRule, AclScope
from app.store.state import WikiState

SHELF = "rulebooks"  # a session is told by whoever opened the wiki where its process keeps the last rulebook
_OF_SESSION = "rulebook"
MOST_PEOPLE = 500  # whose rights are remembered


@dataclass(frozen=True, slots=True)
class Reach:
    """The scopes that one person may read, by key. Keys above ``newest`` are not known yet, so they are not read."""

    seen: frozenset[int]
    unseen: frozenset[int]
    newest: int

    def has(self, scope_id: int) -> bool:
        return scope_id in self.seen

    def hidden_of(self, scope_ids: frozenset[int]) -> frozenset[int]:
        return scope_ids - self.seen

    def where(self, column: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Rows whose scope is read, by the shorter list. The addition keeps SQLite from choosing an index for it."""
        value = column + 0
        if len(self.seen) <= len(self.unseen):
            return value.in_(sorted(self.seen))
        known = value <= self.newest
        return and_(known, value.not_in(sorted(self.unseen))) if self.unseen else known


@dataclass(slots=True)
class Rulebook:
    """``ids``: the key of every scope that pages or files may lie in."""

    key: str
    rules: tuple[Rule, ...]
    scopes: Scopes
    ids: Mapping[str, int]
    _people: dict[tuple[object, ...], tuple[Rights, Reach]] = field(default_factory=dict)

    def of(self, viewer: Viewer, settings: WikiSettings) -> tuple[Rights, Reach]:
        """What the rules alone give this person: who administers is known before they are asked."""
        person = (viewer.login, viewer.groups, settings.sepchar, settings.useslash, settings.deaccent)
        known = self._people.get(person)
        if known is None:
            held = rights(self.rules, viewer.login, sorted(viewer.groups), replace(settings, superuser=""))
            if len(self._people) >= MOST_PEOPLE:
                self._people.clear()
            known = self._people[person] = (held, self._reach(held))
        return known

    def _reach(self, held: Rights) -> Reach:
        seen = frozenset(number for scope, number in self.ids.items() if held.level(scope) >= READ)
        numbers = frozenset(self.ids.values())
        return Reach(seen, numbers - seen, max(numbers, default=0))


@dataclass(slots=True)
class Shelf:
    """Where a process keeps the rulebook it read last."""

    last: Rulebook | None = None


def rulebook(session: Session, *, fresh: bool = False) -> Rulebook:
    """The rulebook in force: one small query a transaction. ``fresh``: asked again within it."""
    remembered: tuple[object, Rulebook] | None = session.info.get(_OF_SESSION)
    if remembered is not None and remembered[0] is session.get_transaction() and not fresh:
        return remembered[1]
    shelf: Shelf = session.info.setdefault(SHELF, Shelf())
    key = session.execute(select(WikiState.rules_key).where(WikiState.id == 1)).scalar_one_or_none() or ""
    last = shelf.last
    found = last if last is not None and last.key == key else _read(session, key)
    shelf.last = found
    session.info[_OF_SESSION] = (session.get_transaction(), found)
    return found


def renew(session: Session) -> None:
    """Rules or scopes changed: whoever asks next reads them. Inside the transaction that changed them."""
    key = secrets.token_hex(16)
    session.execute(update(WikiState).where(WikiState.id == 1).values(rules_key=key))
    session.info.pop(_OF_SESSION, None)


def _read(session: Session, key: str) -> Rulebook:
    rows = session.execute(select(AclRule.scope, AclRule.who, AclRule.level).order_by(AclRule.scope, AclRule.who))
    rules = tuple(Rule(*row) for row in rows)
    ids = dict(session.execute(select(AclScope.name, AclScope.id)).all())
    return Rulebook(key, rules, scopes_of(rules), ids)
