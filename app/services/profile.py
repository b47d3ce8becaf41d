"""What people change about themselves."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actions import is_disabled
from app.domain.errors import ActionDisabled, BadValue, LinkOver, SignInFailed
from app.services import mail, one_time, throttle
from app.services.accounts import AccountInfo, account_row, infos
from app.services.fields import checked_line, checked_mail
from app.services.passwords import check_new, fits, hash_password
from app.services.recovery import tell_password_changed
from app.services.revoking import forget_letters, forget_sessions
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.store.accounts import Account
from app.store.credentials import OneTime
from app.store.database import transaction

ACTION = "profile"
WRONG_PASSWORD = "This is not your present password. Type it again."  # noqa: S105  a sentence
PASSWORD_FIRST = "Give your present password for this change."  # noqa: S105  a sentence
COME_IN_AGAIN = "You have no password here, so only a new sign-in shows that it is you. Sign out, sign in, try again."


@dataclass(frozen=True, slots=True)
class Profile:
    """What people change about themselves."""

    name: str
    mail: str
    language: str
    theme: str
    timezone: str


@dataclass(frozen=True, slots=True)
class Proof:
    """That it is them. ``came_in``: they signed in a moment ago, which counts for whoever has no password here."""

    password: str = ""
    came_in: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """``mail_waits``: the new address, which counts once the letter to it is opened; "" where nothing waits."""

    account: AccountInfo
    mail_waits: str = ""


def edit_profile(session: Session, login: str, profile: Profile, proof: Proof, *, now: int) -> Saved:
    """People change themselves. A new mail address wants the password always, a new name if the wiki says so.

    Raises:
        ActionDisabled, NotFound, BadValue.
        TooManyTries: passwords, or letters to new addresses.
    """
    settings = load_settings(session)
    if is_disabled(ACTION, settings):
        raise ActionDisabled(action=ACTION)
    checked = _checked(profile, login)
    present = account_row(session, login)
    new_mail = checked.mail != present.mail
    if new_mail or (settings.profileconfirm and checked.name != present.name):
        check_proof(session, login, proof, now=now)
    if new_mail:
        throttle.begin(session, throttle.mail_keys(login), now)
    with transaction(session):
        row = account_row(session, login)
        named, before = row.name, row.mail
        for field in ("name", "language", "theme", "timezone"):
            setattr(row, field, getattr(checked, field))
        waits = _change_mail(session, row, checked.mail, now=now) if checked.mail != before else ""
        if row.name != named:  # all that others see: a switch of the theme must not empty every cache
            touch(session)
    return Saved(infos(session, [row])[0], waits)


def edit_preferences(session: Session, login: str, *, language: str | None = None, theme: str | None = None) -> None:
    """What changes nothing but one's own view; None stays. Raises: NotFound, BadValue."""
    with transaction(session):
        row = account_row(session, login)
        if language is not None:
            row.language = checked_line("language", language, 12)
        if theme is not None:
            row.theme = checked_line("theme", theme, 8)


def waiting_mail(session: Session, login: str, now: int) -> str:
    """The new address that is not confirmed yet; "" for none."""
    mine = select(Account.id).where(Account.login == login).scalar_subquery()
    which = (OneTime.kind == one_time.MAIL, OneTime.account_id == mine, OneTime.expires_at > now)
    return session.execute(select(OneTime.payload).where(*which)).scalars().first() or ""


def keep_mail(session: Session, login: str) -> None:
    """Think better of a new address. Raises: NotFound."""
    with transaction(session):
        one_time.forget(session, one_time.MAIL, account_row(session, login).id)


def check_mail(session: Session, secret: str, *, now: int) -> str:
    """The address that ``secret`` was sent to.

    Raises:
        LinkOver: used, too late, never sent, or another address was named since.
    """
    spent = one_time.find(session, one_time.MAIL, secret, now)
    if spent is None:
        raise LinkOver
    return spent.payload


def confirm_mail(session: Session, secret: str, *, now: int) -> str:
    """The new address counts from now on; a letter tells the old one.

    Raises: LinkOver, as ``check_mail``; of two who use a secret at once, the second.
    """
    with transaction(session):
        spent = one_time.spend(session, one_time.MAIL, secret, now)
        row = session.get(Account, spent.account_id, with_for_update=True) if spent else None
        if spent is None or row is None or not row.active:
            raise LinkOver
        _set_mail(session, row, spent.payload, confirmed=True, now=now)
    return spent.payload


def change_password(session: Session, login: str, *, old: str, new: str, came_in: bool = False, now: int) -> None:
    """People change their own password; all their sessions end, this one included.

    ``came_in``: they signed in a moment ago; then whoever has no password here may give themselves one.

    Raises:
        ActionDisabled, NotFound.
        SignInFailed: ``old`` is not their password.
        TooManyTries: as at sign-in, so that nobody guesses it on a device left open.
        BadValue: field ``password``.
    """
    settings = load_settings(session)
    if is_disabled(ACTION, settings):
        raise ActionDisabled(action=ACTION)
    check_new(new, login, settings.title)
    present = account_row(session, login).password
    tries = throttle.keys_of(login)
    throttle.begin(session, tries, now)
    if not (came_in and not present) and not fits(old, present):
        raise SignInFailed
    stored = hash_password(new)
    with transaction(session):
        throttle.succeed(session, tries, now)
        row = account_row(session, login)
        row.password = stored
        forget_sessions(session, row.id)
        forget_letters(session, [row.id])
        tell_password_changed(session, row, now=now)


def check_proof(session: Session, login: str, proof: Proof, *, now: int) -> None:
    """Whether it is them, and not somebody at a device left open.

    Raises:
        BadValue: field ``old``.
        TooManyTries: as at sign-in.
    """
    stored = account_row(session, login).password
    if not stored:
        if not proof.came_in:
            raise BadValue(field="old", reason=COME_IN_AGAIN)
        return
    if not proof.password:
        raise BadValue(field="old", reason=PASSWORD_FIRST)
    tries = throttle.keys_of(login)
    throttle.begin(session, tries, now)
    if not fits(proof.password, stored):
        raise BadValue(field="old", reason=WRONG_PASSWORD)
    with transaction(session):
        throttle.succeed(session, tries, now)


def _checked(profile: Profile, login: str) -> Profile:
    return Profile(
        name=checked_line("name", profile.name) or login,
        mail=checked_mail(profile.mail),
        language=checked_line("language", profile.language, 12),
        theme=checked_line("theme", profile.theme, 8),
        timezone=checked_line("timezone", profile.timezone, 64),
    )


def _change_mail(session: Session, row: Account, address: str, *, now: int) -> str:
    """The address that waits for its letter to be opened; "" where the new one counts at once."""
    one_time.forget(session, one_time.MAIL, row.id)
    if not address or not mail.can_send(session):
        _set_mail(session, row, address, confirmed=False, now=now)
        return ""
    secret = one_time.issue(session, one_time.MAIL, row.id, address, now=now)
    values = {
        "login": row.login,
        "name": row.name,
        "link": f"{load_settings(session).base_url}/_mail/{secret}",
        "hours": str(one_time.HOURS[one_time.MAIL]),
    }
    mail.queue(session, mail.Letter("mail_change", address, row.language, values), now=now)
    return address


def _set_mail(session: Session, row: Account, address: str, *, confirmed: bool, now: int) -> None:
    before, row.mail, row.mail_confirmed = row.mail, address, confirmed
    one_time.forget(session, one_time.RESET, row.id)  # they went to the old address
    if before and before != address and mail.can_send(session):
        values = {"login": row.login, "name": row.name, "mail": address}
        mail.queue(session, mail.Letter("mail_changed", before, row.language, values), now=now)
