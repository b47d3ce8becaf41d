"""Name and password at the form: the wiki's own passwords first, then the directory, if there is one."""

from typing import Protocol

from sqlalchemy.orm import Session

from app.domain.errors import SignInFailed
from app.domain.names import clean_login
from app.services import throttle
from app.services.doors import LDAP, Outsider, Rules, let_in
from app.services.sessions import Device, Opened, open_session, sign_in
from app.services.setting_rows import load_settings
from app.store.database import transaction


class Asked(Protocol):
    """A directory that knows passwords; see ``ldap``."""

    @property
    def settings(self) -> Rules: ...

    def ask(self, login: str, password: str) -> Outsider | None: ...


def prove(session: Session, login: str, password: str, address: str, *, directory: Asked, now: int) -> Outsider:
    """Whose name and password of the directory these are. Tries count as those of signing in.

    Raises:
        SignInFailed, TooManyTries, DoorUnreachable.
    """
    keys = throttle.keys_of(clean_login(login, load_settings(session)), address)
    throttle.begin(session, keys, now)
    session.rollback()
    outsider = directory.ask(login.strip(), password)
    if outsider is None:
        raise SignInFailed
    with transaction(session):
        throttle.succeed(session, keys, now)
    return outsider


def sign_in_anywhere(
    session: Session, login: str, password: str, device: Device, *, directory: Asked | None, now: int
) -> Opened:
    """Whatever the wiki does not let in itself is asked of the directory, known here or not: so neither answer nor
    time says who is. The try counts as failed until one of the two says otherwise.

    Raises:
        SignInFailed, TooManyTries.
        DoorUnreachable, DoorTaken, DoorClosed, BadValue: the directory's part.
    """
    try:
        return sign_in(session, login, password, device, now=now)
    except SignInFailed as error:
        # One of its children has something of its own to say to whoever knows the password.
        if directory is None or type(error) is not SignInFailed:
            raise
    session.rollback()  # nothing is held while another server thinks
    outsider = directory.ask(login.strip(), password)
    if outsider is None:
        raise SignInFailed
    account_id = let_in(session, outsider, LDAP, directory.settings, now=now)
    with transaction(session):
        throttle.succeed(session, throttle.keys_of(clean_login(login, load_settings(session)), device.address), now)
    return open_session(session, account_id, device, door=LDAP, now=now)
