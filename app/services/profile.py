"""What people change about themselves."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from app.domain.errors import SignInFailed
from app.services import throttle
from app.services.accounts import AccountInfo, account_row, infos
from app.services.fields import checked_line, checked_mail
from app.services.passwords import check_new, fits, hash_password
from app.services.revoking import forget_sessions
from app.services.setting_rows import load_settings
from app.services.state import touch
from app.store.database import transaction


@dataclass(frozen=True, slots=True)
class Profile:
    """What people change about themselves."""

    name: str
    mail: str
    language: str
    theme: str
    timezone: str


def edit_profile(session: Session, login: str, profile: Profile) -> AccountInfo:
    """People change themselves. Raises: NotFound, BadValue."""
    with transaction(session):
        row = account_row(session, login)
        before = row.name
        row.name = checked_line("name", profile.name) or row.login
        row.mail = checked_mail(profile.mail)
        row.language = checked_line("language", profile.language, 12)
        row.theme = checked_line("theme", profile.theme, 8)
        row.timezone = checked_line("timezone", profile.timezone, 64)
        if row.name != before:  # all that others see: a switch of the theme must not empty every cache
            touch(session)
    return infos(session, [row])[0]


def change_password(session: Session, login: str, *, old: str, new: str, now: int) -> None:
    """People change their own password; all their sessions end, this one included.

    Raises:
        SignInFailed: ``old`` is not their password.
        TooManyTries: as at sign-in, so that nobody guesses it on a device left open.
        BadValue: field ``password``.
    """
    check_new(new, login, load_settings(session).title)
    tries = throttle.keys_of(login)
    throttle.begin(session, tries, now)
    if not fits(old, account_row(session, login).password):
        raise SignInFailed
    stored = hash_password(new)
    with transaction(session):
        throttle.succeed(session, tries, now)
        row = account_row(session, login)
        row.password = stored
        forget_sessions(session, row.id)
