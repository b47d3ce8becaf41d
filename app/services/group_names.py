"""Renaming, merging and deleting groups: members, access rules, settings and invitations follow in one transaction.

A group that is renamed to the name of another one is merged into it.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from app.domain.access import Rule
from app.domain.errors import BadValue
from app.domain.names import clean_login
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import audit
from app.services.groups import (
    all_groups,
    checked_group_name,
    group_row,
    named_in_rules,
    settings_naming,
)
from app.services.permissions import Level, require
from app.services.rules import RuleChange, all_rules, write_rules
from app.services.setting_rows import forget_settings, load_settings, write_setting
from app.services.state import hold
from app.services.superusers import are_all, check_administrators, hold_administrators
from app.store.accounts import Group, Membership
from app.store.credentials import Invitation
from app.store.database import transaction

SAME = "The group is called like this already. Type another name."
NAMED = "A setting names this group. Change the setting first, under “This wiki”."
GIVES_RIGHTS = "The setting “superuser” names this group: all members would administer the wiki. Choose another name."
GIVES_ADMIN = "The default group would administer this wiki, with everybody in it. Choose another name."
RISING = ("superuser", "manager")  # settings that make people more than they are
PLACEHOLDER = "%GROUP%"


@dataclass(frozen=True, slots=True)
class NameChange:
    """What renaming or deleting comes to. ``new`` "": the group goes.

    ``removed`` and ``added``: rules; ``waiting``: rules that name ``new`` already, and would hold for the members;
    ``settings``: those that follow; ``gives``: those that name ``new`` and would make its members more than they are;
    ``by_place``: there are rules about the namespaces that are called like groups.
    """

    name: str
    new: str
    members: int
    merges: bool
    removed: tuple[Rule, ...]
    added: tuple[Rule, ...]
    waiting: tuple[Rule, ...]
    settings: tuple[str, ...]
    gives: tuple[str, ...]
    by_place: bool


def look_at(session: Session, name: str, new: str, *, by: Viewer) -> NameChange:
    """What ``rename_group``, or with ``new`` "" ``delete_group``, would do.

    Raises:
        AccessDenied, NotFound.
        BadValue: field ``new``, or ``name`` where a setting names the group.
    """
    require(session, by, "*", Level.ADMIN)
    settings = load_settings(session)
    group = group_row(session, name)
    target = checked_group_name("new", new) if new else ""
    if target == group.name:
        raise BadValue(field="new", reason=SAME)
    groups = set(all_groups(session))
    named = settings_naming(group.name, settings)
    if named and (not target or target in groups):
        raise BadValue(field="name", reason=NAMED)
    new_ones = settings_naming(target, settings) if target else ()
    gives = tuple(setting for setting in new_ones if setting in RISING and setting not in named)
    if "superuser" in gives:
        raise BadValue(field="new", reason=GIVES_RIGHTS)
    removed, added, waiting = _rules(session, group.name, target, groups, settings)
    members = select(func.count()).where(Membership.group_id == group.id)
    return NameChange(
        name=group.name,
        new=target,
        members=session.execute(members).scalar_one(),
        merges=target in groups,
        removed=removed,
        added=added,
        waiting=waiting,
        settings=named,
        gives=gives,
        by_place=any(PLACEHOLDER in rule.scope + rule.who for rule in all_rules(session)),
    )


def rename_group(session: Session, name: str, new: str, *, by: Viewer, now: int) -> NameChange:
    """Give a group another name, or, where that is another group's, all its members to that one.

    Raises:
        AccessDenied, NotFound, BadValue: as ``look_at``.
        LastAdministrator: nobody would be left to administer.
    """
    if not new.strip():
        raise BadValue(field="new", reason=SAME)
    return _change(session, name, new, _rename, by=by, now=now)


def delete_group(session: Session, name: str, *, by: Viewer, now: int) -> NameChange:
    """Remove a group and the rules that name it; its members stay as people.

    Raises:
        AccessDenied, NotFound.
        BadValue: a setting names the group.
    """
    return _change(session, name, "", _delete, by=by, now=now)


def _change(
    session: Session,
    name: str,
    new: str,
    write: Callable[[Session, NameChange], tuple[str, audit.Change]],
    *,
    by: Viewer,
    now: int,
) -> NameChange:
    require(session, by, "*", Level.ADMIN)
    try:
        with transaction(session):
            hold(session)
            hold_administrators(session)
            forget_settings(session)  # whoever came before may have changed them
            change = look_at(session, name, new, by=by)
            action, shown = write(session, change)
            audit.record(session, by, f"group:{change.name}", action, shown, now=now)
            _follow(session, change, by=by, now=now)
            check_administrators(session, by.login or "")
    finally:
        forget_settings(session)
    return change


def _rename(session: Session, change: NameChange) -> tuple[str, audit.Change]:
    group = group_row(session, change.name)
    shown = audit.Change({"name": change.name, "members": change.members}, {"name": change.new})
    if not change.merges:
        group.name = change.new
        session.flush()
        return "group.rename", shown
    target = group_row(session, change.new)
    present = select(Membership.account_id).where(Membership.group_id == target.id)
    moved = select(Membership.account_id, literal(target.id)).where(
        Membership.group_id == group.id, Membership.account_id.not_in(present)
    )
    session.execute(insert(Membership).from_select(["account_id", "group_id"], moved))
    target.second_step = target.second_step or group.second_step
    session.flush()
    session.execute(delete(Group).where(Group.id == group.id))
    return "group.merge", shown


def _delete(session: Session, change: NameChange) -> tuple[str, audit.Change]:
    group = group_row(session, change.name)
    shown = audit.Change({"name": group.name, "note": group.note, "members": change.members})
    session.execute(delete(Group).where(Group.id == group.id))
    return "group.delete", shown


def _follow(session: Session, change: NameChange, *, by: Viewer, now: int) -> None:
    """Settings, invitations and rules."""
    before = load_settings(session)
    for setting in change.settings:
        old = getattr(before, setting)
        new = change.new if setting == "defaultgroup" else _replaced(old, change, before)
        write_setting(session, setting, None if new == getattr(WikiSettings(), setting) else new)
        audit.record(session, by, f"setting:{setting}", "setting.change", audit.Change(old, new), now=now)
    after = load_settings(session)
    if are_all(after):
        raise BadValue(field="new", reason=GIVES_ADMIN)
    _follow_invitations(session, change)
    summary = f"{change.name} → {change.new}" if change.new else f"{change.name} †"
    write_rules(session, RuleChange(change.removed, change.added, summary), by=by, now=now)


def _follow_invitations(session: Session, change: NameChange) -> None:
    """Those not used yet give the group under its new name, or no more."""
    holding = Invitation.groups.contains(change.name, autoescape=True)
    rows = session.execute(select(Invitation.id, Invitation.groups).where(Invitation.used_at.is_(None), holding)).all()
    for key, groups in rows:
        names = [change.new if name == change.name else name for name in groups.split(",")]
        kept = ",".join(dict.fromkeys(name for name in names if name))
        session.execute(update(Invitation).where(Invitation.id == key).values(groups=kept))


def _replaced(people: str, change: NameChange, settings: WikiSettings) -> str:
    """``people`` (logins and ``@groups``, commas between) with the group's new name in it."""
    clean = clean_login(change.name, settings)
    entries = (entry.strip() for entry in people.split(","))
    return ",".join(
        f"@{change.new}" if entry.startswith("@") and clean_login(entry[1:], settings) == clean else entry
        for entry in entries
    )


def _rules(
    session: Session, name: str, new: str, groups: set[str], settings: WikiSettings
) -> tuple[tuple[Rule, ...], tuple[Rule, ...], tuple[Rule, ...]]:
    """Those to be removed, those to be added, and those that name ``new`` already.

    Two groups may be one to the rules (``a b`` and ``a_b``): then these stay for the other one. Where both groups
    have a rule for the same place, the higher level holds for whoever is in both, so it stays.
    """
    was, becomes = named_in_rules(name, settings), named_in_rules(new, settings) if new else ""
    mine = tuple(rule for rule in all_rules(session) if rule.who == was)
    if was == becomes:
        return (), (), ()
    shared = any(named_in_rules(other, settings) == was for other in groups - {name})
    waiting = {rule.scope: rule for rule in all_rules(session) if becomes and rule.who == becomes}
    added = tuple(
        replace(rule, who=becomes, level=max(rule.level, waiting[rule.scope].level if rule.scope in waiting else 0))
        for rule in mine
        if becomes
    )
    return () if shared else mine, added, tuple(waiting.values())
