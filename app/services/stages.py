"""Whether a sign-in is complete: who has a second step, whose groups demand one, and what is still to be done.

The ways to a session are called doors: ``""`` the password, ``ldap`` a password that another server knows, ``oidc`` and
``header`` somebody else's sign-in, ``passkey`` a key that asked for the person as well.
"""

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from app.store.accounts import Account, Group, Membership
from app.store.credentials import Passkey

DONE, CODE, ENROL = "", "code", "enrol"
BOTH_STEPS = "passkey"
ELSEWHERE = {"oidc", "header"}  # what they ask for is theirs to say


def has_step() -> ColumnElement[bool]:
    """Of rows of ``account``: a second step is set up."""
    return or_(Account.totp_secret != "", exists().where(Passkey.account_id == Account.id))


def must_have_step() -> ColumnElement[bool]:
    """Of rows of ``account``: one of their groups demands a second step."""
    group = Membership.group_id == Group.id
    return exists().where(Membership.account_id == Account.id, group, Group.second_step)


def first_stage(session: Session, account_id: int, door: str) -> str:
    """What whoever came in by ``door`` must still do."""
    found = session.execute(select(has_step(), must_have_step()).where(Account.id == account_id)).one()
    has, demanded = bool(found[0]), bool(found[1])
    if door == BOTH_STEPS:
        return DONE
    if door in ELSEWHERE:
        return CODE if has and demanded else DONE
    if has:
        return CODE
    return ENROL if demanded else DONE


def present_stage(stored: str, door: str, *, has: bool, demanded: bool) -> str:
    """What a session still lacks, by what changed since it began.

    A demand that came later holds for those already in. And whoever began to set up a first step, with the password
    alone, must show the step that was set up in another session meanwhile.
    """
    if stored == ENROL and has:
        return CODE
    if stored == DONE and demanded and not has and door not in ELSEWHERE:
        return ENROL
    return stored
