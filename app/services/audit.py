"""Who did which administrative act, with what before and after."""

import json
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.services.paging import bounded
from app.services.permissions import Level, require
from app.store.accounts import Audit


@dataclass(frozen=True, slots=True)
class Change:
    """JSON-able values without secrets; None: nothing there."""

    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the record. ``actor``: login, or "lierre" for the command line; ``target``: as ``account:bob``."""

    time: int
    actor: str
    action: str
    target: str


def record(session: Session, actor: Viewer, target: str, action: str, change: Change, *, now: int) -> None:
    """Write one line, inside the transaction of the act. Without a login the actor is the command line."""
    session.add(
        Audit(
            time=now,
            actor=actor.login or "lierre",
            address=actor.address,
            action=action,
            object=target,
            before=_shown(change.before),
            after=_shown(change.after),
        )
    )


def latest(session: Session, *, viewer: Viewer, limit: int = 20) -> tuple[Act, ...]:
    """The newest acts first. Raises: AccessDenied."""
    require(session, viewer, "*", Level.ADMIN)
    rows = session.execute(
        select(Audit.time, Audit.actor, Audit.action, Audit.object)
        .order_by(Audit.time.desc(), Audit.id.desc())
        .limit(bounded(limit))
    )
    return tuple(Act(*row) for row in rows)


def _shown(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
