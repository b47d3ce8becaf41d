"""The access rules: read as they stand, changed as a whole, every change kept."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, insert
from sqlalchemy.orm import Session

from app.domain.access import DELETE, Rule
from app.domain.errors import BadValue
from app.domain.texts import clean_summary
from app.domain.viewer import Viewer
from app.services import audit
from app.services.permissions import Level, require
from app.services.rulebook import renew, rulebook
from app.services.scopes import place_again
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.store.base import Base
from app.store.database import transaction
from app.store.rules import AclChange, AclRule

_RULES = Base.metadata.tables[AclRule.__tablename__]
_DELETE = delete(_RULES).where(_RULES.c.scope == bindparam("at"), _RULES.c.who == bindparam("whose"))
LONGEST_SCOPE = 300
LONGEST_WHO = 400
MOST_RULES = 20_000
Rules = tuple[Rule, ...]
Both = tuple[Rules, Rules]  # removed, added


@dataclass(frozen=True, slots=True)
class RuleChange:
    """``remove`` names rules by scope and who; ``add`` replaces what stands there for the same two."""

    remove: Sequence[Rule] = ()
    add: Sequence[Rule] = ()
    summary: str = ""


class StaleRules(BadValue):
    """The rules are no longer those that the change was made for."""

    def __init__(self) -> None:
        super().__init__(field="rules", reason="The rules changed meanwhile. Look at the change again, then store it.")


def all_rules(session: Session) -> tuple[Rule, ...]:
    """Every rule, by scope and who."""
    return rulebook(session).rules


def rules_key(session: Session) -> str:
    """What the rules are known by: another one after each change."""
    return rulebook(session).key


def change_rules(session: Session, change: RuleChange, *, by: Viewer, now: int, key: str | None = None) -> Both:
    """Change the rules, all or nothing; what was removed and what was added of it.

    ``key``: what ``rules_key`` said when the change was looked at; None: whatever they are now.

    Raises:
        AccessDenied: ``by`` does not administer.
        BadValue: a rule that cannot be one, or too many.
        StaleRules: they changed since ``key``.
    """
    require(session, by, "*", Level.ADMIN)
    for rule in change.add:
        _check(rule)
    with transaction(session):
        hold(session)
        if key is not None and rulebook(session, fresh=True).key != key:
            raise StaleRules
        return write_rules(session, change, by=by, now=now)


def write_rules(session: Session, change: RuleChange, *, by: Viewer, now: int) -> Both:
    """Inside a transaction that holds the wiki: as ``change_rules``, without asking who."""
    present = rulebook(session, fresh=True).rules
    removed, added, after = applied(present, change)
    if len(after) > MOST_RULES:
        raise BadValue(field="rules", reason="These are too many rules. Give rights to groups instead of people.")
    if not removed and not added:
        return (), ()
    if removed:
        places = [{"at": rule.scope, "whose": rule.who} for rule in removed]
        session.connection().execute(_DELETE, places)
    if added:
        session.execute(insert(AclRule), [_columns(rule) for rule in added])
    renew(session)
    place_again(session, {rule.scope for rule in present} ^ {rule.scope for rule in after}, load_settings(session))
    _note(session, removed, added, change.summary, by=by, now=now)
    touch(session)
    return removed, added


def applied(present: Sequence[Rule], change: RuleChange) -> tuple[Rules, Rules, Rules]:
    """What ``change`` takes from the ``present`` rules, what it adds to them, and all that hold then."""
    before = {(rule.scope, rule.who): rule for rule in present}
    named = {(rule.scope, rule.who) for rule in change.remove}
    wanted = {(rule.scope, rule.who): rule for rule in change.add}
    after = {place: rule for place, rule in before.items() if place not in named} | wanted
    removed = tuple(rule for place, rule in before.items() if after.get(place) != rule)
    added = tuple(rule for place, rule in after.items() if before.get(place) != rule)
    return removed, added, tuple(after.values())


def _note(
    session: Session, removed: Sequence[Rule], added: Sequence[Rule], summary: str, *, by: Viewer, now: int
) -> None:
    before, after = _shown(removed), _shown(added)
    session.add(
        AclChange(
            time=now,
            actor=by.login or "lierre",
            summary=clean_summary(summary),
            removed=json.dumps(before, ensure_ascii=False),
            added=json.dumps(after, ensure_ascii=False),
        )
    )
    audit.record(session, by, "rules", "rules.change", audit.Change(before, after), now=now)


def _shown(rules: Sequence[Rule]) -> list[list[object]]:
    return [[rule.scope, rule.who, rule.level] for rule in rules]


def _columns(rule: Rule) -> dict[str, object]:
    return {"scope": rule.scope, "who": rule.who, "level": rule.level}


def _check(rule: Rule) -> None:
    """What an old wiki's file may hold passes, even where it can never match; what no file could hold does not."""
    for text, longest in ((rule.scope, LONGEST_SCOPE), (rule.who, LONGEST_WHO)):
        if not text or len(text) > longest or not text.isprintable() or " " in text or text.startswith("#"):
            raise BadValue(field="rules", reason="A rule names a page or namespace, then who: without blanks in them.")
    if not 0 <= rule.level <= DELETE:
        raise BadValue(field="rules", reason="A level is a number from 0 (none) to 16 (delete).")
