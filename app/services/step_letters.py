"""The letter that says that a person's second step was changed, so that a thief cannot do it unseen."""

from sqlalchemy.orm import Session

from app.store.accounts import Account


def tell_changed(session: Session, account: Account, *, now: int) -> None:
    """Inside the transaction of the change; nothing where letters cannot be sent."""
