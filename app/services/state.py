"""The number that tells every cache whether the wiki changed."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.store.state import WikiState


def wiki_version(session: Session) -> int:
    return session.execute(select(WikiState.version).where(WikiState.id == 1)).scalar_one()


def touch(session: Session) -> None:
    """Raise the version. Called inside every transaction that changes what a reader without an account can see."""
    session.execute(update(WikiState).where(WikiState.id == 1).values(version=WikiState.version + 1))
