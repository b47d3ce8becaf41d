"""The number that tells every cache whether the wiki changed."""

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.store.state import WikiState


def wiki_version(session: Session) -> int:
    return session.execute(select(WikiState.version).where(WikiState.id == 1)).scalar_one()


def hold(session: Session) -> None:
    """First statement of a transaction that changes pages, files or settings: wait for those who began before.

    Such changes reach into each other's rows (links that choose anew, texts stored once, kept bodies), in an order
    nobody can foresee. SQLite knows one writer anyway; PostgreSQL would answer with deadlocks.
    """
    session.execute(select(WikiState.version).where(WikiState.id == 1).with_for_update())


def still_at(session: Session, version: int) -> bool:
    """Whether the wiki stands at ``version`` and stays there until this transaction ends.

    False, too, where somebody is changing it at this moment: nobody is waited for.
    """
    held = select(WikiState.version).where(WikiState.id == 1).with_for_update(read=True, skip_locked=True)
    return session.execute(held).scalar_one_or_none() == version


def touch(session: Session) -> None:
    """Raise the version. Called inside every transaction that changes what a reader without an account can see."""
    session.execute(update(WikiState).where(WikiState.id == 1).values(version=WikiState.version + 1))
