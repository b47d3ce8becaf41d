"""Groups of people, by name."""

from collections.abc import Iterable

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.services.fields import checked_group
from app.store.accounts import Group, Membership


def all_groups(session: Session) -> tuple[str, ...]:
    return tuple(session.execute(select(Group.name).order_by(Group.name)).scalars())


def groups_of(session: Session, account_ids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """Group names of each account, in one query."""
    rows = session.execute(
        select(Membership.account_id, Group.name)
        .join(Group, Group.id == Membership.group_id)
        .where(Membership.account_id.in_(list(account_ids)))
        .order_by(Group.name)
    )
    found: dict[int, list[str]] = {}
    for account_id, name in rows:
        found.setdefault(account_id, []).append(name)
    return {account_id: tuple(names) for account_id, names in found.items()}


def set_groups(session: Session, account_id: int, names: Iterable[str]) -> None:
    """Make these the account's groups; new ones are made. Inside a transaction."""
    wanted = tuple(dict.fromkeys(checked_group(name) for name in names))
    known = dict(iter(session.execute(select(Group.name, Group.id).where(Group.name.in_(wanted)))))
    for name in wanted:
        if name not in known:
            group = Group(name=name)
            session.add(group)
            session.flush()
            known[name] = group.id
    session.execute(delete(Membership).where(Membership.account_id == account_id))
    session.add_all(Membership(account_id=account_id, group_id=known[name]) for name in wanted)
    session.flush()
