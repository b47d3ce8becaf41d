"""Invitations: a right to make an account, good once. Administrators alone make them, with the groups they give.

The secret is sent by mail, or shown once; the table holds its hash.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, BadValue, LinkOver, NotFound
from app.domain.viewer import Viewer
from app.services import audit, mail
from app.services.accounts import infos
from app.services.fields import checked_group, checked_line, checked_mail
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, require
from app.services.sessions import stored_id
from app.services.setting_rows import load_settings
from app.store.accounts import Account
from app.store.credentials import Invitation
from app.store.database import transaction

MOST_DAYS = 90
KEPT_SECONDS = 365 * 24 * 3600  # what is over stays in the list for a year
MOST_GROUPS = 50
DAY = 24 * 3600
# How the secret came to whoever has it is told by its first letter: only a letter proves who has the mail address.
MAILED, SHOWN = "m", "s"
OPEN, USED, OVER, VOID = "open", "used", "over", "void"
BAD_DAYS = "An invitation is good for 1 to 90 days."
TOO_MANY_GROUPS = "These are more groups than one person needs. Name 50 at most."


@dataclass(frozen=True, slots=True)
class Wanted:
    """``mail`` "": whoever has the address may use it. ``note``: to whoever is invited."""

    mail: str
    groups: tuple[str, ...]
    note: str
    days: int


@dataclass(frozen=True, slots=True)
class InvitationInfo:
    """``id`` is no secret: it is the hash.

    ``state``: open, used, over (too late) or void (whoever invited does not administer any more).
    """

    id: str
    mail: str
    groups: tuple[str, ...]
    note: str
    invited_by: str
    created_at: int
    expires_at: int
    used_at: int | None
    used_by: str
    state: str


@dataclass(frozen=True, slots=True)
class Made:
    """``secret`` is told once; "" where it went by mail, and nobody else shall know it."""

    invitation: InvitationInfo
    secret: str


def invite(session: Session, wanted: Wanted, *, by: Viewer, now: int) -> Made:
    """Make an invitation; with a mail address it is sent there where letters can be sent.

    Raises:
        AccessDenied: ``by`` does not administer.
        BadValue: field ``mail``, ``groups``, ``note`` or ``days``.
    """
    require(session, by, "*", Level.ADMIN)
    row = _checked(wanted, by, now)
    with transaction(session):
        sent = bool(row.mail) and mail.can_send(session)
        secret = (MAILED if sent else SHOWN) + secrets.token_urlsafe(32)
        row.id = stored_id(secret)
        session.execute(delete(Invitation).where(Invitation.expires_at < now - KEPT_SECONDS))
        session.add(row)
        if sent:
            _send(session, row, secret, wanted.days, now)
        change = audit.Change(after={"mail": row.mail, "groups": wanted.groups, "days": wanted.days})
        audit.record(session, by, _target(row), "invitation.add", change, now=now)
        made = _infos(session, [row], now)[0]
    return Made(made, "" if sent else secret)


def list_invitations(
    session: Session, *, by: Viewer, now: int, start: int = 0, limit: int = 50
) -> Slice[InvitationInfo]:
    """The newest first. Raises: AccessDenied."""
    require(session, by, "*", Level.ADMIN)
    limit = bounded(limit)
    newest = select(Invitation).order_by(Invitation.created_at.desc(), Invitation.id).offset(start).limit(limit + 1)
    return cut(_infos(session, session.execute(newest).scalars().all(), now), limit, start)


def withdraw(session: Session, invitation_id: str, *, by: Viewer, now: int) -> None:
    """Take an invitation away, or what is over out of the list.

    Raises: AccessDenied, NotFound.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        which = Invitation.id == (invitation_id if invitation_id.isalnum() else "")
        row = session.execute(select(Invitation).where(which).with_for_update()).scalar_one_or_none()
        if row is None:
            raise NotFound(name="invitation")
        change = audit.Change(before={"mail": row.mail, "groups": _groups(row), "used_by": row.used_by})
        audit.record(session, by, _target(row), "invitation.withdraw", change, now=now)
        session.delete(row)


def find_open(session: Session, secret: str, now: int) -> InvitationInfo:
    """What an invitation gives, while it is good.

    Raises:
        LinkOver: used, withdrawn, too late, void, or never made.
    """
    row = session.execute(select(Invitation).where(Invitation.id == stored_id(secret))).scalar_one_or_none()
    found = _infos(session, [row], now)[0] if row is not None else None
    if found is None or found.state != OPEN:
        raise LinkOver
    return found


def proves_mail(secret: str, given: str, invitation: InvitationInfo) -> bool:
    """Whether ``secret`` shows that its holder reads the mail of ``given``."""
    return secret.startswith(MAILED) and bool(invitation.mail) and given.lower() == invitation.mail.lower()


def use(session: Session, secret: str, login: str, now: int) -> tuple[str, ...]:
    """Inside the transaction that makes the account: the groups it gets. Of two at once, one gets it.

    Raises:
        LinkOver: as ``find_open``.
    """
    good = (Invitation.id == stored_id(secret), Invitation.used_at.is_(None), Invitation.expires_at > now)
    taken = update(Invitation).where(*good).values(used_at=now, used_by=login).returning(Invitation.invited_by)
    inviter = session.execute(taken).scalar_one_or_none()
    if inviter is None or inviter not in _administering(session, [inviter]):
        raise LinkOver
    row = session.execute(select(Invitation.groups).where(Invitation.id == stored_id(secret))).scalar_one()
    return _split(row)


def _checked(wanted: Wanted, by: Viewer, now: int) -> Invitation:
    if by.login is None:
        raise AccessDenied(what="invite without being signed in")
    if not 1 <= wanted.days <= MOST_DAYS:
        raise BadValue(field="days", reason=BAD_DAYS)
    groups = tuple(dict.fromkeys(checked_group(name) for name in wanted.groups))
    if len(groups) > MOST_GROUPS:
        raise BadValue(field="groups", reason=TOO_MANY_GROUPS)
    return Invitation(
        mail=checked_mail(wanted.mail),
        groups=",".join(groups),
        note=checked_line("note", wanted.note),
        invited_by=by.login,
        created_at=now,
        expires_at=now + wanted.days * DAY,
        used_by="",
    )


def _send(session: Session, row: Invitation, secret: str, days: int, now: int) -> None:
    settings = load_settings(session)
    name = session.execute(select(Account.name).where(Account.login == row.invited_by)).scalar_one_or_none()
    values = {
        "by": name or row.invited_by,
        "note": row.note,
        "link": f"{settings.base_url}/_invitation/{secret}",
        "days": str(days),
    }
    mail.queue(session, mail.Letter("invitation", row.mail, settings.lang, values), now=now)


def _infos(session: Session, rows: Iterable[Invitation], now: int) -> list[InvitationInfo]:
    rows = list(rows)
    may_invite = _administering(session, {row.invited_by for row in rows if row.used_at is None})
    return [
        InvitationInfo(
            id=row.id,
            mail=row.mail,
            groups=_groups(row),
            note=row.note,
            invited_by=row.invited_by,
            created_at=row.created_at,
            expires_at=row.expires_at,
            used_at=row.used_at,
            used_by=row.used_by,
            state=_state(row, now, may_invite),
        )
        for row in rows
    ]


def _state(row: Invitation, now: int, may_invite: set[str]) -> str:
    if row.used_at is not None:
        return USED
    if row.expires_at <= now:
        return OVER
    return OPEN if row.invited_by in may_invite else VOID


def _administering(session: Session, logins: Iterable[str]) -> set[str]:
    """Which of ``logins`` administer now: whoever lost that leaves no door behind."""
    found = select(Account).where(Account.login.in_(list(logins)), Account.active)
    return {person.login for person in infos(session, session.execute(found).scalars().all()) if person.is_admin}


def _groups(row: Invitation) -> tuple[str, ...]:
    return _split(row.groups)


def _split(groups: str) -> tuple[str, ...]:
    return tuple(name for name in groups.split(",") if name)


def _target(row: Invitation) -> str:
    return f"invitation:{row.mail or row.id[:12]}"
