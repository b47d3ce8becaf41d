"""People whom a proxy in front has signed in: each request says who, and is theirs without a session."""

from contextlib import suppress
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import DoorRefused, DoorShut, StorageFailed
from app.services.accounts import AccountInfo, info
from app.services.doors import HEADER, Outsider, Rules, let_in, ours
from app.services.setting_rows import load_settings
from app.services.stages import CODE, DONE, has_step
from app.store.accounts import Account, Group, Membership
from app.store.credentials import Identity
from app.store.database import transaction

SEEN_EVERY = 24 * 3600  # how exactly "last sign-in" is kept of people who never sign in
PATIENCE = 0.2  # seconds that a reader waits for a writer, only to be noted


@dataclass(frozen=True, slots=True)
class Visit:
    """Whose request it is, once ``stage`` is ``""``; else they must sign in for a session, and show a second step."""

    account: AccountInfo
    stage: str


def visit(session: Session, outsider: Outsider, rules: Rules, *, now: int) -> Visit:
    """One query, unless the proxy says something new.

    Raises:
        DoorShut: disabled.
        DoorTaken, DoorClosed, BadValue: as ``let_in``.
    """
    found = _find(session, outsider, rules)
    if found is None:
        let_in(session, outsider, HEADER, rules, now=now)
        found = _find(session, outsider, rules)
        if found is None:
            raise DoorRefused  # gone again at once
    said, stored = found
    # Where nothing can be stored it holds for this request all the same: what the proxy takes away is taken away.
    with suppress(StorageFailed):
        if said.account.groups != stored.account.groups:
            let_in(session, outsider, HEADER, rules, now=now)
            again = _find(session, outsider, rules)
            said = again[1] if again else said
        if now - (stored.account.seen_at or 0) >= SEEN_EVERY:
            _note_seen(session, stored.account.id, now)
    return said


def _find(session: Session, outsider: Outsider, rules: Rules) -> tuple[Visit, Visit] | None:
    """As the proxy says, and as it is stored. Raises: DoorShut."""
    rows = session.execute(
        select(Account, Group.name, Group.second_step, has_step())
        .join(Identity, Identity.account_id == Account.id)
        .outerjoin(Membership, Membership.account_id == Account.id)
        .outerjoin(Group, Group.id == Membership.group_id)
        .where(Identity.issuer == outsider.issuer, Identity.subject == outsider.subject)
        .order_by(Group.name)
    ).all()
    if not rows:
        return None
    account = rows[0][0]
    if not account.active:
        raise DoorShut
    groups = tuple(name for _, name, _, _ in rows if name)
    demanded = any(demands for _, _, demands, _ in rows)
    stage = CODE if demanded and bool(rows[0][3]) else DONE
    settings = load_settings(session)
    stored = Visit(info(account, groups, settings), stage)
    if not rules.groups:
        return stored, stored
    told = (set(groups) - set(rules.groups.values())) | ours(outsider.groups, rules)
    return Visit(info(account, tuple(sorted(told)), settings), stage), stored


def _note_seen(session: Session, account_id: int, now: int) -> None:
    with transaction(session, wait=PATIENCE):
        account = session.get(Account, account_id)
        if account is not None:
            account.seen_at = now
