"""People: who there is, and what an administrator may change. What they change themselves is in ``profile``."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.errors import NameTaken, NotFound
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import audit
from app.services.fields import checked_line, checked_login, checked_mail
from app.services.groups import groups_of, set_groups
from app.services.passwords import check_new, hash_password
from app.services.permissions import Level, require
from app.services.revoking import forget_letters, forget_sessions
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.services.superusers import check_administrators, hold_administrators, is_superuser
from app.store.accounts import Account
from app.store.database import transaction


@dataclass(frozen=True, slots=True)
class AccountInfo:
    """A person. ``seen_at``: last sign-in, None for never.

    ``waits_for``: confirm, approval or "", while it is not open yet; ``door``: that made it, "" for our own.
    """

    id: int
    login: str
    name: str
    mail: str
    groups: tuple[str, ...]
    active: bool
    language: str
    theme: str
    timezone: str
    created_at: int
    seen_at: int | None
    is_admin: bool
    waits_for: str
    door: str

    @property
    def state(self) -> str:
        """active, disabled or waiting."""
        return "active" if self.active else "waiting" if self.waits_for else "disabled"


@dataclass(frozen=True, slots=True)
class NewAccount:
    login: str
    name: str
    mail: str
    groups: tuple[str, ...]
    password: str


@dataclass(frozen=True, slots=True)
class AccountEdit:
    """What an administrator changes; None leaves a thing as it is."""

    name: str | None = None
    mail: str | None = None
    groups: tuple[str, ...] | None = None
    active: bool | None = None


def find_account(session: Session, login: str) -> AccountInfo:
    """Raises: NotFound."""
    return infos(session, [account_row(session, login)])[0]


def find_accounts(session: Session, logins: Sequence[str]) -> list[AccountInfo]:
    """Those of ``logins`` that exist, sorted; two queries for all."""
    named = [login for login in logins if login.isprintable()]
    rows = session.execute(select(Account).where(Account.login.in_(named)).order_by(Account.login))
    return infos(session, rows.scalars().all())


def add_account(session: Session, new: NewAccount, *, by: Viewer, now: int) -> AccountInfo:
    """Raises: AccessDenied, BadValue, NameTaken."""
    require(session, by, "*", Level.ADMIN)
    check_new(new.password, new.login, load_settings(session).title)
    stored = hash_password(new.password)  # slow, so before the lock
    with transaction(session):
        row = write_account(session, new, stored, now=now)
        audit.record(session, by, f"account:{row.login}", "account.add", audit.Change(after=audited(new)), now=now)
    return find_account(session, row.login)


def write_account(session: Session, new: NewAccount, stored: str, *, now: int) -> Account:
    """Inside a transaction: the row of a new account with the password hash ``stored``.

    Raises:
        BadValue: field ``login``, ``name`` or ``mail``.
        NameTaken: somebody has this login.
    """
    login = checked_login(new.login, load_settings(session))
    if session.execute(select(Account.id).where(Account.login == login)).first():
        raise NameTaken(name=login)
    name = checked_line("name", new.name) or login
    row = Account(login=login, name=name, mail=checked_mail(new.mail), password=stored, created_at=now)
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:  # somebody took it a moment ago
        raise NameTaken(name=login) from error
    set_groups(session, row.id, (load_settings(session).defaultgroup, *new.groups))
    touch(session)  # the login may stand in an older history, without its name until now
    return row


def edit_account(session: Session, login: str, edit: AccountEdit, *, by: Viewer, now: int) -> AccountInfo:
    """Change a person; disabling signs them out everywhere.

    Raises:
        AccessDenied, NotFound, BadValue.
        LastAdministrator: nobody would be left to administer.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        hold_administrators(session)
        row = account_row(session, login)
        before = infos(session, [row])[0]
        _describe(session, row, edit)
        if edit.groups is not None:
            set_groups(session, row.id, edit.groups)
        if edit.active is not None:
            row.active = edit.active
            if edit.active:
                row.waits_for = ""
            else:
                forget_sessions(session, row.id)
        session.flush()
        check_administrators(session, row.login)
        after = infos(session, [row])[0]
        change = audit.Change(before=audited(before), after=audited(after))
        audit.record(session, by, f"account:{login}", "account.edit", change, now=now)
        touch(session)  # histories show names
    return after


def _describe(session: Session, row: Account, edit: AccountEdit) -> None:
    if edit.name is not None:
        row.name = checked_line("name", edit.name) or row.login
    if edit.mail is not None:
        mail = checked_mail(edit.mail)
        if mail != row.mail:  # nobody showed that the new one is theirs
            row.mail_confirmed = False
            forget_letters(session, [row.id])
        row.mail = mail


def set_password(session: Session, login: str, password: str, *, by: Viewer, now: int) -> None:
    """An administrator gives a person a new password; all their sessions end.

    Raises: AccessDenied, NotFound, BadValue.
    """
    require(session, by, "*", Level.ADMIN)
    check_new(password, login, load_settings(session).title)
    stored = hash_password(password)
    with transaction(session):
        row = account_row(session, login)
        row.password = stored
        forget_sessions(session, row.id)
        forget_letters(session, [row.id])
        audit.record(session, by, f"account:{login}", "account.password", audit.Change(), now=now)


def end_sessions(session: Session, login: str, *, by: Viewer, now: int) -> int:
    """Sign a person out everywhere; how many sessions there were.

    Raises: AccessDenied, NotFound.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        ended = forget_sessions(session, account_row(session, login).id)
        audit.record(session, by, f"account:{login}", "account.sessions", audit.Change({"sessions": ended}), now=now)
    return ended


def delete_account(session: Session, login: str, *, by: Viewer, now: int) -> None:
    """Remove a person; what they wrote keeps their login.

    Raises: AccessDenied, NotFound, LastAdministrator.
    """
    require(session, by, "*", Level.ADMIN)
    with transaction(session):
        hold_administrators(session)
        row = account_row(session, login)
        change = audit.Change(before=audited(infos(session, [row])[0]))
        session.delete(row)
        session.flush()
        check_administrators(session, login)
        audit.record(session, by, f"account:{login}", "account.delete", change, now=now)
        touch(session)


def infos(session: Session, rows: Sequence[Account]) -> list[AccountInfo]:
    """Rows with their groups, one query for all."""
    groups = groups_of(session, [row.id for row in rows])
    settings = load_settings(session)
    return [info(row, groups.get(row.id, ()), settings) for row in rows]


def info(row: Account, groups: tuple[str, ...], settings: WikiSettings) -> AccountInfo:
    return AccountInfo(
        id=row.id,
        login=row.login,
        name=row.name,
        mail=row.mail,
        groups=groups,
        active=row.active,
        language=row.language,
        theme=row.theme,
        timezone=row.timezone,
        created_at=row.created_at,
        seen_at=row.seen_at,
        is_admin=is_superuser(row.login, groups, settings),
        waits_for=row.waits_for,
        door=row.door,
    )


def account_row(session: Session, login: str) -> Account:
    """Raises: NotFound."""
    found = select(Account).where(Account.login == login)
    # A zero byte in a question is an error of PostgreSQL's own; there is no such login either way.
    row = session.execute(found).scalar_one_or_none() if login.isprintable() else None
    if row is None:
        raise NotFound(name=login)
    return row


def audited(person: NewAccount | AccountInfo) -> dict[str, object]:
    """What the record of acts tells of a person."""
    shown = {"login": person.login, "name": person.name, "mail": person.mail, "groups": person.groups}
    return shown | ({"active": person.active} if isinstance(person, AccountInfo) else {})
