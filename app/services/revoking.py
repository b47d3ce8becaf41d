"""Ending sessions, and letters on their way: used when a password changes or a person is shut out."""

from collections.abc import Sequence

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.store.accounts import LoginSession
from app.store.credentials import SENT, OneTime


def forget_sessions(session: Session, account_id: int, *, but: str = "") -> int:
    """End all of a person's sessions, except the one whose stored id is ``but``; inside a transaction. How many."""
    which = delete(LoginSession).where(LoginSession.account_id == account_id, LoginSession.id != but)
    return len(session.execute(which.returning(LoginSession.id)).all())


def forget_letters(session: Session, account_ids: Sequence[int]) -> None:
    """Letters on their way for a new account, password or address are good no more; inside a transaction.

    Whoever changes one of the two closes the door that a thief may have left ajar by the other.
    """
    session.execute(delete(OneTime).where(OneTime.account_id.in_(account_ids), OneTime.kind.in_(SENT)))
