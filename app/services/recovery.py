"""A new password for whoever lost theirs: by a letter to the address of the account.

What is asked for is only noted, the same for names that exist and names that do not; the search is done later.
"""

from collections.abc import Mapping

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.actions import is_disabled
from app.domain.errors import ActionDisabled, BadValue, LinkOver
from app.domain.names import clean_login
from app.domain.wiki_settings import WikiSettings
from app.services import jobs, mail, one_time, throttle
from app.services.fields import LONGEST
from app.services.passwords import check_new, hash_password
from app.services.revoking import forget_letters, forget_sessions
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.database import transaction

ACTION = "resendpwd"
JOB = "reset"
MOST_ACCOUNTS = 5  # of one mail address
MOST_LETTERS = 3  # that are good at the same time
NOTHING = "Type your login or your mail address."


def can_reset(session: Session) -> bool:
    """Whether it is offered: it is not switched off, and letters can be sent."""
    return not is_disabled(ACTION, load_settings(session)) and mail.can_send(session)


def check_reset(session: Session) -> None:
    """Raises: ActionDisabled."""
    if not can_reset(session):
        raise ActionDisabled(action=ACTION)


def request_reset(session: Session, who: str, *, address: str, now: int) -> None:
    """Somebody wants a new password for the login or mail address ``who``. What follows tells nobody who is known.

    Raises:
        ActionDisabled: also where no letter can be sent.
        BadValue: field ``who``: nothing was typed.
        TooManyTries: for this name, or from this address.
    """
    check_reset(session)
    wanted = who.strip().lower()[:LONGEST]
    if not wanted or not wanted.isprintable():
        raise BadValue(field="who", reason=NOTHING)
    throttle.begin(session, throttle.reset_keys(wanted, address), now)
    with transaction(session):
        jobs.add(session, JOB, {"who": wanted}, now=now)


def send_links(session: Session, payload: Mapping[str, str], *, now: int) -> None:
    """The job: letters to all accounts that are meant, if any. Inside a transaction of the worker."""
    for row in _meant(session, payload["who"], load_settings(session)):
        if one_time.outstanding(session, one_time.RESET, row.id, now) >= MOST_LETTERS:
            continue
        secret = one_time.issue(session, one_time.RESET, row.id, row.mail, now=now)
        values = {
            "login": row.login,
            "name": row.name,
            "link": f"{load_settings(session).base_url}/_reset/{secret}",
            "hours": str(one_time.HOURS[one_time.RESET]),
        }
        mail.queue(session, mail.Letter("reset", row.mail, row.language, values), now=now)


def login_of(session: Session, secret: str, *, now: int) -> str:
    """Whose new password ``secret`` is for.

    Raises:
        LinkOver: used, too late, never sent, or overtaken by another change.
    """
    spent = one_time.find(session, one_time.RESET, secret, now)
    row = session.get(Account, spent.account_id) if spent else None
    if spent is None or row is None or not _is_good(row, spent):
        raise LinkOver
    return row.login


def set_new_password(session: Session, secret: str, password: str, *, now: int) -> None:
    """Once: the new password counts, all sessions end, and no other letter is good. The second step stays.

    Raises:
        LinkOver: as ``login_of``; of two who use a secret at once, the second.
        BadValue: field ``password``; the secret stays good.
    """
    check_new(password, login_of(session, secret, now=now), load_settings(session).title)
    stored = hash_password(password)
    with transaction(session):
        spent = one_time.spend(session, one_time.RESET, secret, now)
        row = session.get(Account, spent.account_id, with_for_update=True) if spent else None
        if spent is None or row is None or not _is_good(row, spent):
            raise LinkOver
        row.password, row.mail_confirmed = stored, True
        forget_sessions(session, row.id)
        forget_letters(session, [row.id])
        throttle.forget(session, throttle.keys_of(row.login), now)
        tell_password_changed(session, row, now=now)


def tell_password_changed(session: Session, row: Account, *, now: int) -> None:
    """The letter that lets no thief change a password unseen; inside the transaction of the change."""
    if row.mail and mail.can_send(session):
        link = f"{load_settings(session).base_url}/_reset" if can_reset(session) else ""
        values = {"login": row.login, "name": row.name, "link": link}
        mail.queue(session, mail.Letter("password_changed", row.mail, row.language, values), now=now)


def _meant(session: Session, who: str, settings: WikiSettings) -> list[Account]:
    """People whose password is kept here, by login or mail address."""
    ours = or_(Account.password != "", Account.door == "")
    named = Account.login == clean_login(who, settings)
    if "@" in who:
        named = or_(named, func.lower(Account.mail) == who)
    which = (Account.active, Account.mail != "", ours, named)
    rows = session.execute(select(Account).where(*which).order_by(Account.login).limit(MOST_ACCOUNTS))
    return list(rows.scalars())


def _is_good(row: Account, spent: one_time.Spent) -> bool:
    """The letter went to the address that is still the account's."""
    return row.active and row.mail == spent.payload
