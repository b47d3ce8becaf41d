"""Who did which administrative act, with what before and after."""

import json
from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.viewer import Viewer
from app.store.accounts import Audit


@dataclass(frozen=True, slots=True)
class Change:
    """JSON-able values without secrets; None: nothing there."""

    before: object = None
    after: object = None


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


def _shown(value: object) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, default=str)
