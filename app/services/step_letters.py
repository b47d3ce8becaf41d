"""The letter that says that a person's second step was changed, so that a thief cannot do it unseen."""

from sqlalchemy.orm import Session

from app.services.mail import Letter, can_send, queue
from app.services.setting_rows import load_settings
from app.store.accounts import Account


def tell_changed(session: Session, account: Account, *, now: int) -> None:
    """Inside the transaction of the change; nothing where letters cannot be sent, or the person has no address."""
    if account.mail and can_send(session):
        link = f"{load_settings(session).base_url}/_account/second-step"
        values = {"login": account.login, "name": account.name, "link": link}
        queue(session, Letter("second_step_changed", account.mail, account.language, values), now=now)
