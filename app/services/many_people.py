"""Changing many people at once: looked at first, then all of it or nothing, each noted in the record of acts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.domain.errors import BadPart, BadValue
from app.domain.viewer import Viewer
from app.services import audit
from app.services.accounts import AccountInfo, audited, find_accounts
from app.services.fields import checked_group
from app.services.groups import id_of_group, made_group
from app.services.permissions import Level, require
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.services.superusers import check_administrators, hold_administrators, is_superuser
from app.store.accounts import Account, LoginSession, Membership
from app.store.database import transaction

MOST = 200
ENABLE, DISABLE, DELETE, JOIN, LEAVE = "enable", "disable", "delete", "join", "leave"
KINDS = (ENABLE, DISABLE, DELETE, JOIN, LEAVE)
NOT_YOURSELF = "You cannot disable or delete your own account here. Ask another administrator."
NOT_YOUR_GROUP = "You would no longer administer this wiki. Ask another administrator to take you out of this group."
UNKNOWN_ACT = "This list can enable, disable, delete, and change groups. Choose one of these."
NOBODY = "Nobody has this login. Look it up in the list of people."
TOO_MANY = "These are more people than can be changed at once. Name 200 at most."


@dataclass(frozen=True, slots=True)
class ManyEdit:
    """``kind`` as in ``KINDS``; ``group``: of join and leave."""

    kind: str
    group: str = ""

    def of(self, person: AccountInfo) -> AccountInfo:
        """The person as they are after it; one who is deleted is as before."""
        match self.kind:
            case "enable":
                return replace(person, active=True, waits_for="")
            case "disable":
                return replace(person, active=False)
            case "join":
                return replace(person, groups=tuple(sorted({*person.groups, self.group})))
            case "leave":
                return replace(person, groups=tuple(name for name in person.groups if name != self.group))
        return person


@dataclass(frozen=True, slots=True)
class Plan:
    """Who is changed, and who is so already."""

    edit: ManyEdit
    changed: tuple[AccountInfo, ...]
    unchanged: tuple[AccountInfo, ...]


def plan_edit(session: Session, logins: Sequence[str], edit: ManyEdit, *, by: Viewer) -> Plan:
    """What ``edit_many`` would do; nothing is changed.

    Raises:
        AccessDenied: ``by`` does not administer.
        BadPart: nobody has one of ``logins``.
        BadValue: no such act, too many people, or the administrator themselves.
    """
    require(session, by, "*", Level.ADMIN)
    if edit.kind not in KINDS:
        raise BadValue(field="do", reason=UNKNOWN_ACT)
    if edit.kind in (JOIN, LEAVE):
        edit = replace(edit, group=_checked(edit.group))
    named = dict.fromkeys(logins)
    if len(named) > MOST:
        raise BadValue(field="logins", reason=TOO_MANY)
    people = find_accounts(session, tuple(named))
    for missing in sorted(named.keys() - {person.login for person in people}):
        raise BadPart(field="logins", part=missing, reason=NOBODY)
    changed = tuple(person for person in people if edit.kind == DELETE or edit.of(person) != person)
    _keep_oneself(session, changed, edit, by)
    return Plan(edit, changed, tuple(person for person in people if person not in changed))


def edit_many(session: Session, logins: Sequence[str], edit: ManyEdit, *, by: Viewer, now: int) -> Plan:
    """Do it to all of ``logins``, or to nobody; what was done.

    Raises:
        AccessDenied, BadPart, BadValue: as ``plan_edit``.
        LastAdministrator: nobody would be left to administer.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        hold_administrators(session)
        plan = plan_edit(session, logins, edit, by=by)
        if plan.changed:
            _write(session, plan)
            session.expire_all()
            check_administrators(session, _administrator(plan.changed))
            _note(session, plan, by=by, now=now)
            touch(session)  # histories show names
    return plan


def _write(session: Session, plan: Plan) -> None:
    ids = [person.id for person in plan.changed]
    these = Account.id.in_(ids)
    match plan.edit.kind:
        case "enable":
            session.execute(update(Account).where(these).values(active=True, waits_for=""))
        case "disable":
            session.execute(update(Account).where(these).values(active=False))
            session.execute(delete(LoginSession).where(LoginSession.account_id.in_(ids)))
        case "delete":
            session.execute(delete(Account).where(these))
        case "join":
            group = made_group(session, plan.edit.group)
            session.add_all(Membership(account_id=key, group_id=group) for key in ids)
            session.flush()
        case "leave":
            left = id_of_group(plan.edit.group).scalar_subquery()
            session.execute(delete(Membership).where(Membership.group_id == left, Membership.account_id.in_(ids)))


def _note(session: Session, plan: Plan, *, by: Viewer, now: int) -> None:
    deleted = plan.edit.kind == DELETE
    action = "account.delete" if deleted else "account.edit"
    changes = (
        (person, audit.Change(audited(person), None if deleted else audited(plan.edit.of(person))))
        for person in plan.changed
    )
    acts = ((f"account:{person.login}", action, change) for person, change in changes)
    audit.record_many(session, by, acts, now=now)


def _keep_oneself(session: Session, changed: Sequence[AccountInfo], edit: ManyEdit, by: Viewer) -> None:
    me = next((person for person in changed if person.login == by.login), None)
    if me is None:
        return
    if edit.kind in (DISABLE, DELETE):
        raise BadValue(field="login", reason=NOT_YOURSELF)
    if me.is_admin and not is_superuser(me.login, edit.of(me).groups, load_settings(session)):
        raise BadValue(field="login", reason=NOT_YOUR_GROUP)


def _administrator(people: Sequence[AccountInfo]) -> str:
    """Whose name is told where the last one would go."""
    return next((person.login for person in people if person.is_admin), people[0].login)


def _checked(group: str) -> str:
    try:
        return checked_group(group)
    except BadValue as error:  # the field of this form is called otherwise
        raise BadValue(field="group", reason=str(error.facts["reason"])) from error
