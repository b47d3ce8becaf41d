"""People who delete their own accounts. What they wrote stays, under a name that says nothing of them."""

import secrets

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.access import decode_name
from app.domain.actions import is_disabled
from app.domain.errors import ActionDisabled, BadValue
from app.domain.names import clean_login
from app.domain.viewer import Viewer
from app.services import audit
from app.services.accounts import account_row
from app.services.profile import Proof, check_proof
from app.services.reserved import GONE, wrote
from app.services.rules import RuleChange, all_rules, write_rules
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.services.superusers import check_administrators, hold_administrators
from app.store.accounts import Account
from app.store.credentials import Invitation
from app.store.database import transaction
from app.store.media import MediaRevision
from app.store.pages import Revision

ACTION = "profile_delete"
NOT_SURE = "Tick the box, if you are sure."


def check_may_leave(session: Session) -> None:
    """Raises: ActionDisabled."""
    if is_disabled(ACTION, load_settings(session)):
        raise ActionDisabled(action=ACTION)


def leave(session: Session, login: str, proof: Proof, *, sure: bool, now: int) -> str:
    """Delete one's own account; the name under which the history goes on.

    The login is free again, and whoever takes it inherits neither history nor rights.

    Raises:
        ActionDisabled, NotFound.
        BadValue: field ``old`` or ``sure``.
        TooManyTries: as at sign-in.
        LastAdministrator: nobody would be left to administer.
    """
    check_may_leave(session)
    if not sure:
        raise BadValue(field="sure", reason=NOT_SURE)
    check_proof(session, login, proof, now=now)
    with transaction(session):
        hold(session)
        hold_administrators(session)
        row = account_row(session, login)
        gone = _neutral_name(session)
        for table in (Revision, MediaRevision):
            session.execute(update(table).where(table.author == login).values(author=gone))
        session.execute(delete(Invitation).where(Invitation.invited_by == login, Invitation.used_at.is_(None)))
        session.execute(update(Invitation).where(Invitation.used_by == login).values(used_by=gone))
        session.delete(row)  # sessions, tokens, passkeys and all that was sent to them go with it
        session.flush()
        check_administrators(session, login)
        _drop_rules(session, login, gone, now=now)
        audit.record(session, Viewer(login=gone), f"account:{gone}", "account.leave", audit.Change(), now=now)
        touch(session)
    return gone


def _neutral_name(session: Session) -> str:
    """Random: a number that counts would say when they came, or might be given twice."""
    while True:
        name = f"{GONE}{secrets.randbelow(10**8):08d}"
        known = session.execute(select(Account.id).where(Account.login == name)).first()
        if known is None and not wrote(session, name):
            return name


def _drop_rules(session: Session, login: str, gone: str, *, now: int) -> None:
    settings = load_settings(session)
    named = tuple(
        rule
        for rule in all_rules(session)
        if not rule.who.startswith("@") and clean_login(decode_name(rule.who), settings) == login
    )
    if named:
        change = RuleChange(remove=named, summary=f"{gone} deleted their account")
        write_rules(session, change, by=Viewer(login=gone), now=now)
