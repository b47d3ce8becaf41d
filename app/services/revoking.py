"""Ending sessions: used when a password changes or a person is shut out."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.store.accounts import LoginSession


def forget_sessions(session: Session, account_id: int, *, but: str = "") -> int:
    """End all of a person's sessions, except the one whose stored id is ``but``; inside a transaction. How many."""
    which = delete(LoginSession).where(LoginSession.account_id == account_id, LoginSession.id != but)
    return len(session.execute(which.returning(LoginSession.id)).all())
