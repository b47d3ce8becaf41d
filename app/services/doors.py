"""Whose account somebody has whom another server knows; accounts and groups that follow what it says.

What counts is the pair of issuer and subject, never the name: a login that is there already is nobody's for the taking.
Somebody signed in connects their own account to what the other server says; or an administrator lets the next one of
this name through one door have it, once.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.access import is_named
from app.domain.errors import BadValue, DoorClosed, DoorRefused, DoorShut, DoorTaken, NotFound
from app.domain.viewer import Viewer
from app.door_settings import GroupMap
from app.services import audit
from app.services.accounts import NewAccount, account_row, write_account
from app.services.fields import checked_line, checked_login, checked_mail
from app.services.groups import groups_of, set_groups
from app.services.permissions import Level, require
from app.services.reserved import GONE, is_reserved
from app.services.setting_rows import load_settings
from app.services.step_letters import tell_changed
from app.services.superusers import administrators, hold_administrators
from app.store.accounts import Account, LoginSession
from app.store.credentials import AWAITED, Identity
from app.store.database import transaction

OIDC, LDAP, HEADER = "oidc", "ldap", "header"
LONGEST = 255
NO_SUCH_DOOR = "Choose one of the ways to sign in that this wiki has."
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody as another server knows them. ``mail``: only where that server vouches for it; ``groups``: theirs."""

    issuer: str
    subject: str
    login: str
    name: str = ""
    mail: str = ""
    groups: tuple[str, ...] = ()


class Rules(Protocol):
    """What the settings of each door say about people."""

    @property
    def groups(self) -> GroupMap: ...

    @property
    def creates(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Known:
    """A way in that is connected to an account. ``awaited``: whoever comes first by this name gets it."""

    door: str
    issuer: str
    subject: str
    created_at: int
    awaited: bool = False


def let_in(session: Session, outsider: Outsider, door: str, rules: Rules, *, now: int) -> int:
    """The account of ``outsider``, its groups as the door says they are; made where the door may.

    Raises:
        DoorTaken, DoorClosed, BadValue: there is none for them.
        DoorShut: it is disabled.
    """
    _check(outsider)
    try:
        with transaction(session):
            hold_administrators(session)
            row = _known(session, outsider) or _awaited(session, outsider, door, now)
            row = row or _made(session, outsider, door, rules, now)
            if not row.active:
                raise DoorShut
            _bring_groups(session, row, outsider, rules, now)
            return row.id
    except IntegrityError as error:  # two came at once as the same new person: the other one was first
        raise DoorRefused from error


def ours(groups: Iterable[str], rules: Rules) -> frozenset[str]:
    """What ``groups`` of theirs are called here; those that nobody named are none of ours."""
    return frozenset(rules.groups[group] for group in groups if group in rules.groups)


def connect(session: Session, login: str, outsider: Outsider, *, by: Viewer, now: int) -> None:
    """Whoever is signed in as ``login`` proved elsewhere to be ``outsider``: from now on that opens the account too.

    Raises:
        DoorTaken: it opens another account.
        NotFound.
    """
    _check(outsider)
    with transaction(session):
        row = account_row(session, login)
        known = _identity(session, outsider)
        if known is not None:
            if known.account_id != row.id:
                raise DoorTaken(name=outsider.login)
            return
        _connect(session, row, outsider, now)
        tell_changed(session, row, now=now)
        audit.record(session, by, f"account:{login}", "door.connect", audit.Change(after=_shown(outsider)), now=now)


def disconnect(session: Session, login: str, issuer: str, subject: str, *, by: Viewer, now: int) -> None:
    """Take a way in from an account: its own person, or an administrator.

    Raises:
        AccessDenied, NotFound.
        BadValue: it is the last one, and there is no password.
    """
    if by.login != login:
        require(session, by, "*", Level.ADMIN)
    with transaction(session):
        row = account_row(session, login)
        # Two of the last two at once could both leave otherwise.
        session.execute(select(Account.id).where(Account.id == row.id).with_for_update()).all()
        doors = {(known.issuer, known.subject): known for known in doors_of(session, login)}
        if (issuer, subject) not in doors:
            raise NotFound(name=subject)
        ways = [known for known in doors.values() if not known.awaited]
        if by.login == login and len(ways) == 1 and not row.password:
            raise BadValue(field="", reason="This is the only way into your account. Give yourself a password first.")
        which = (Identity.issuer == issuer, Identity.subject == subject, Identity.account_id == row.id)
        session.execute(delete(Identity).where(*which))
        if by.login != login:  # who came in that way is out
            came = (LoginSession.account_id == row.id, LoginSession.door == door_named(issuer))
            session.execute(delete(LoginSession).where(*came))
        change = audit.Change(before={"issuer": issuer, "subject": subject})
        audit.record(session, by, f"account:{login}", "door.disconnect", change, now=now)


def await_at(session: Session, login: str, door: str, *, by: Viewer, now: int) -> None:
    """Let the next one who comes through ``door`` under the name of ``login`` have this account, once.

    Raises: AccessDenied, NotFound, BadValue.
    """
    require(session, by, "*", Level.ADMIN)
    if door not in (OIDC, LDAP, HEADER):
        raise BadValue(field="door", reason=NO_SUCH_DOOR)
    with transaction(session):
        row = account_row(session, login)
        if session.get(Identity, (f"{AWAITED}{door}", login)) is not None:
            return
        session.add(Identity(issuer=f"{AWAITED}{door}", subject=login, account_id=row.id, created_at=now))
        audit.record(session, by, f"account:{login}", "door.await", audit.Change(after={"door": door}), now=now)


def doors_of(session: Session, login: str) -> tuple[Known, ...]:
    """The ways in, besides the password, that are connected to this account."""
    which = select(Identity).join(Account, Account.id == Identity.account_id).where(Account.login == login)
    rows = session.execute(which.order_by(Identity.created_at, Identity.issuer)).scalars()
    return tuple(
        Known(door_named(row.issuer), row.issuer, row.subject, row.created_at, awaited=row.issuer.startswith(AWAITED))
        for row in rows
    )


def door_named(issuer: str) -> str:
    """Which door an issuer belongs to."""
    name = issuer.removeprefix(AWAITED)
    return name if name in (LDAP, HEADER) else OIDC


def _check(outsider: Outsider) -> None:
    """Raises: DoorRefused: what the other server says cannot be kept."""
    for value in (outsider.issuer, outsider.subject):
        if not value or len(value) > LONGEST or not value.isprintable():
            raise DoorRefused


def _identity(session: Session, outsider: Outsider) -> Identity | None:
    return session.get(Identity, (outsider.issuer, outsider.subject))


def _known(session: Session, outsider: Outsider) -> Account | None:
    found = _identity(session, outsider)
    return session.get(Account, found.account_id, with_for_update=True) if found is not None else None


def _awaited(session: Session, outsider: Outsider, door: str, now: int) -> Account | None:
    login = checked_login(outsider.login, load_settings(session))
    which = (Identity.issuer == f"{AWAITED}{door}", Identity.subject == login)
    account_id = session.execute(delete(Identity).where(*which).returning(Identity.account_id)).scalar_one_or_none()
    if account_id is None:
        return None
    row = session.get_one(Account, account_id, with_for_update=True)
    _connect(session, row, outsider, now)
    change = audit.Change(before={"door": door}, after=_shown(outsider))
    audit.record(session, Viewer(login=row.login), f"account:{row.login}", "door.connect", change, now=now)
    return row


def _made(session: Session, outsider: Outsider, door: str, rules: Rules, now: int) -> Account:
    settings = load_settings(session)
    login = checked_login(outsider.login, settings)
    people = (settings.superuser, settings.manager)
    # Whom the settings name is somebody the wiki trusts; another server must not be able to make that person up.
    if _is_taken(session, login) or any(is_named(names, login, (), settings) for names in people):
        raise DoorTaken(name=login)
    # At a provider people choose their names themselves: nobody shall inherit what one gone left behind. A directory's
    # names are given by its operator, who may be moving the same people here.
    if is_reserved(session, login, settings) if door == OIDC else login.startswith(GONE):
        raise DoorTaken(name=login)
    if not rules.creates:
        raise DoorClosed
    mail = _mail(outsider.mail)
    new = NewAccount(login, _name(outsider.name), mail, (), "")
    row = write_account(session, new, "", now=now)
    row.door, row.mail_confirmed = door, bool(mail)
    _connect(session, row, outsider, now)
    change = audit.Change(after=_shown(outsider) | {"login": row.login, "door": door})
    audit.record(session, Viewer(login=row.login), f"account:{row.login}", "account.add", change, now=now)
    return row


def _is_taken(session: Session, login: str) -> bool:
    return session.execute(select(Account.id).where(Account.login == login)).first() is not None


def _connect(session: Session, row: Account, outsider: Outsider, now: int) -> None:
    session.add(Identity(issuer=outsider.issuer, subject=outsider.subject, account_id=row.id, created_at=now))
    session.flush()


def _bring_groups(session: Session, row: Account, outsider: Outsider, rules: Rules, now: int) -> None:
    """Groups that the door may give are as the door says; all others stay."""
    if not rules.groups:
        return
    before = set(groups_of(session, [row.id]).get(row.id, ()))
    after = (before - set(rules.groups.values())) | ours(outsider.groups, rules)
    if before == after:
        return
    could = administrators(session)
    set_groups(session, row.id, sorted(after))
    if could and not administrators(session):
        # The last one with a password of the wiki's own: without them nobody gets in when the other server is away.
        _log.warning("%s stays in their groups, though the door %s says otherwise", row.login, outsider.issuer)
        set_groups(session, row.id, sorted(before | after))
        return
    change = audit.Change(before={"groups": sorted(before)}, after={"groups": sorted(after)})
    audit.record(session, Viewer(login=row.login), f"account:{row.login}", "door.groups", change, now=now)


def _mail(raw: str) -> str:
    try:
        return checked_mail(raw)
    except BadValue:  # a good person may come with a bad address
        return ""


def _name(raw: str) -> str:
    try:
        return checked_line("name", raw[:LONGEST])
    except BadValue:
        return ""


def _shown(outsider: Outsider) -> dict[str, object]:
    return {"issuer": outsider.issuer, "subject": outsider.subject}


def said(error: Exception) -> str:
    """What another server made of a question, in one printable line, whoever had a say in it."""
    return "".join(sign if sign.isprintable() else " " for sign in str(error)[:300])
