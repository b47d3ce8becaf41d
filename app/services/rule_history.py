"""Every change of the rules, and what would take it back."""

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import NotFound
from app.domain.viewer import Viewer
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.rules import RuleChange, all_rules
from app.store.rules import AclChange


@dataclass(frozen=True, slots=True)
class PastChange:
    """``actor``: login, or "lierre" for the command line."""

    id: int
    time: int
    actor: str
    summary: str
    removed: tuple[Rule, ...]
    added: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Inverse:
    """``stale``: rules of the change that are others by now; what became of them is left as it is."""

    change: RuleChange
    stale: tuple[Rule, ...]


def rule_changes(session: Session, *, viewer: Viewer, start: int = 0, limit: int = 50) -> Slice[PastChange]:
    """The newest first. Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    limit = bounded(limit)
    query = select(AclChange).order_by(AclChange.time.desc(), AclChange.id.desc()).offset(start).limit(limit + 1)
    return cut([_past(row) for row in session.execute(query).scalars()], limit, start)


def inverse(session: Session, change_id: int, *, summary: str, viewer: Viewer) -> Inverse:
    """What takes a change back from the rules as they are now.

    Raises: AccessDenied, NotFound.
    """
    require(session, viewer, "*", Level.ADMIN)
    row = session.get(AclChange, change_id)
    if row is None:
        raise NotFound(name=str(change_id))
    past = _past(row)
    now = {(rule.scope, rule.who): rule for rule in all_rules(session)}
    made = {(rule.scope, rule.who): rule for rule in past.added}
    before = {(rule.scope, rule.who): rule for rule in past.removed}
    stale = tuple(rule for place, rule in (before | made).items() if now.get(place) != made.get(place))
    untouched = {(rule.scope, rule.who) for rule in stale}
    remove = [rule for place, rule in made.items() if place not in untouched]
    add = [rule for place, rule in before.items() if place not in untouched]
    return Inverse(RuleChange(remove, add, summary), stale)


def _past(row: AclChange) -> PastChange:
    return PastChange(row.id, row.time, row.actor, row.summary, _rules(row.removed), _rules(row.added))


def _rules(text: str) -> tuple[Rule, ...]:
    return tuple(Rule(scope, who, level) for scope, who, level in json.loads(text))
