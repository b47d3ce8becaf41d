"""Who did which administrative act, with what before and after."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, insert, select, tuple_
from sqlalchemy.orm import Session

from app.domain.changes import HIDDEN, Line, differences
from app.domain.viewer import Viewer
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.store.accounts import Audit

Mark = tuple[int, int]  # where a stretch begins: (time, id)
KINDS = ("account", "setting", "group", "page", "media", "invitation", "job")  # of objects, before the colon
BATCH = 500
COMMAND_LINE = "lierre"
# Acts tell what they changed and never a secret; should one slip in, it is not written down.
SECRETS = {"password", "repeated", "secret", "token", "code", "codes", "recovery", "cookie", "hash", "key"}
_SECRET_NAME = re.compile(r"(?:.*_)?(?:" + "|".join(sorted(SECRETS)) + ")", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"\$[a-z0-9-]{1,20}\$.{8,}|[0-9a-f]{64}|lierre_[A-Za-z0-9_-]{16,}", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """JSON-able values without secrets; None: nothing there."""

    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the record. ``actor``: login, or "lierre" for the command line; ``target``: as ``account:bob``.

    ``before`` and ``after``: JSON, None for nothing.
    """

    id: int
    time: int
    actor: str
    address: str
    action: str
    target: str
    before: str | None
    after: str | None

    @property
    def lines(self) -> tuple[Line, ...]:
        """What changed."""
        return differences(value_of(self.before), value_of(self.after))


@dataclass(frozen=True, slots=True)
class ActFilter:
    """Which acts; "" and None: all. ``target``: an object, with its kind or without. ``since`` <= time < ``until``."""

    actor: str = ""
    action: str = ""
    target: str = ""
    since: int | None = None
    until: int | None = None


def record(session: Session, actor: Viewer, target: str, action: str, change: Change, *, now: int) -> None:
    """Write one line, inside the transaction of the act. Without a login the actor is the command line."""
    session.add(Audit(**_columns(actor, target, action, change, now)))


def record_many(session: Session, actor: Viewer, acts: Iterable[tuple[str, str, Change]], *, now: int) -> None:
    """As ``record``, for each of (target, action, change), by one statement."""
    rows = [_columns(actor, target, action, change, now) for target, action, change in acts]
    if rows:
        session.execute(insert(Audit), rows)


def latest(session: Session, *, viewer: Viewer, limit: int = 20) -> tuple[Act, ...]:
    """The newest acts first. Raises: AccessDenied."""
    return find_acts(session, ActFilter(), viewer=viewer, limit=limit).items


def find_acts(
    session: Session, which: ActFilter, *, viewer: Viewer, before: Mark | None = None, limit: int = 50
) -> Slice[Act]:
    """The newest first; ``before``: (time, id) of the last one of the stretch before. Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    limit = bounded(limit)
    return cut(_stretch(session, which, before, limit + 1), limit)


def all_acts(session: Session, which: ActFilter, *, viewer: Viewer) -> Iterator[Act]:
    """The same without end, some at a time. Raises: AccessDenied, at once."""
    require(session, viewer, "*", Level.ADMIN)
    return _batches(session, which)


def _batches(session: Session, which: ActFilter) -> Iterator[Act]:
    before: Mark | None = None
    while acts := _stretch(session, which, before, BATCH):
        yield from acts
        before = (acts[-1].time, acts[-1].id)


def _stretch(session: Session, which: ActFilter, before: Mark | None, limit: int) -> list[Act]:
    query: Select[*tuple[Any, ...]] = select(
        Audit.id, Audit.time, Audit.actor, Audit.address, Audit.action, Audit.object, Audit.before, Audit.after
    )
    if which.actor:
        query = query.where(Audit.actor == which.actor)
    if which.action:
        query = query.where(Audit.action == which.action)
    if which.target:
        query = query.where(Audit.object.in_([which.target, *(f"{kind}:{which.target}" for kind in KINDS)]))
    if which.since is not None:
        query = query.where(Audit.time >= which.since)
    if which.until is not None:
        query = query.where(Audit.time < which.until)
    if before is not None:
        query = query.where(tuple_(Audit.time, Audit.id) < before)
    rows = session.execute(query.order_by(Audit.time.desc(), Audit.id.desc()).limit(limit))
    return [Act(*row) for row in rows]


def _columns(actor: Viewer, target: str, action: str, change: Change, now: int) -> dict[str, object]:
    return {
        "time": now,
        "actor": actor.login or COMMAND_LINE,
        "address": actor.address,
        "action": action,
        "object": target[:255],
        "before": _shown(change.before),
        "after": _shown(change.after),
    }


def value_of(text: str | None) -> Any:
    """What ``before`` or ``after`` of an act holds."""
    return None if text is None else json.loads(text)


def _shown(value: object) -> str | None:
    return None if value is None else json.dumps(_without_secrets(value), ensure_ascii=False, default=str)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            str(key): HIDDEN if _SECRET_NAME.fullmatch(str(key)) else _without_secrets(part)
            for key, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(part) for part in value]
    return HIDDEN if isinstance(value, str) and _SECRET_VALUE.fullmatch(value) else value
