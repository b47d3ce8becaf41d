"""Who administers: the setting ``superuser`` names logins and ``@groups``, commas between, as in DokuWiki."""

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from app.domain.access import EVERYBODY, is_named
from app.domain.errors import LastAdministrator
from app.domain.names import clean_login
from app.domain.wiki_settings import WikiSettings
from app.services.setting_rows import forget_settings, load_settings
from app.store.accounts import Account, Group, Membership
from app.store.credentials import AWAITED, Identity, Passkey
from app.store.state import WikiState


def is_superuser(login: str, groups: Iterable[str], settings: WikiSettings) -> bool:
    """Whether the setting means this person."""
    return is_named(settings.superuser, login, groups, settings)


def superuser_groups(settings: WikiSettings) -> frozenset[str]:
    """Names of groups, cleaned as those of accounts are before they are compared."""
    return frozenset(clean_login(part[1:], settings) for part in _parts(settings) if part.startswith("@"))


def are_all(settings: WikiSettings) -> bool:
    """Whether everybody who has an account administers: a slip, never a wish."""
    return EVERYBODY in _parts(settings) or clean_login(settings.defaultgroup, settings) in superuser_groups(settings)


def administrators(session: Session) -> int:
    """How many people can administer this wiki now."""
    return session.execute(select(func.count()).select_from(Account).where(_administers(session))).scalar_one()


def reachable_administrators(session: Session, most: int = 20) -> Sequence[Account]:
    """Some of them, who have a mail address: those who signed in last."""
    which = select(Account).where(_administers(session), Account.mail != "")
    return (
        session.execute(which.order_by(Account.seen_at.is_(None), Account.seen_at.desc()).limit(most)).scalars().all()
    )


def hold_administrators(session: Session) -> None:
    """Let one transaction at a time change who administers: two of the last two could both leave otherwise."""
    session.execute(select(WikiState.id).with_for_update()).all()
    forget_settings(session)  # whoever held it before may have changed whom the setting names


def check_administrators(session: Session, login: str) -> None:
    """Raises: LastAdministrator: after what was done to ``login`` nobody would be left."""
    if administrators(session) == 0:
        raise LastAdministrator(login=login)


def _administers(session: Session) -> ColumnElement[bool]:
    settings = load_settings(session)
    wanted = superuser_groups(settings)
    # Every group is looked at: only cleaning tells whether it is meant, and there are hundreds at most.
    groups = [name for name in session.execute(select(Group.name)).scalars() if clean_login(name, settings) in wanted]
    member = select(Membership.account_id).join(Group, Group.id == Membership.group_id).where(Group.name.in_(groups))
    named = or_(Account.login.in_(sorted(_logins(settings))), Account.id.in_(member))
    known = ~Identity.issuer.startswith(AWAITED)  # nobody came by those yet
    other_way = or_(
        exists().where(Identity.account_id == Account.id, known), exists().where(Passkey.account_id == Account.id)
    )
    return Account.active & or_(Account.password != "", other_way) & named


def _parts(settings: WikiSettings) -> list[str]:
    return [part.strip() for part in settings.superuser.split(",") if part.strip()]


def _logins(settings: WikiSettings) -> frozenset[str]:
    return frozenset(clean_login(part, settings) for part in _parts(settings) if not part.startswith("@"))
