"""The wiki's settings, as an administrator sees and changes them."""

from collections.abc import Mapping
from dataclasses import fields, replace

from sqlalchemy.orm import Session

from app.domain.errors import BadPart, NobodyLeft
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import audit
from app.services.permissions import Level, require
from app.services.scopes import place_again
from app.services.setting_checks import checked_value
from app.services.setting_rows import forget_settings, load_settings, write_setting
from app.services.state import hold, touch
from app.services.superusers import administrators, are_all, hold_administrators, is_superuser
from app.store.database import transaction

GIVEN_TO_ALL = "everybody who makes an account would administer this wiki."


def save_setting(session: Session, name: str, value: object, *, by: Viewer, now: int) -> None:
    """As ``save_settings``, of one."""
    save_settings(session, {name: value}, by=by, now=now)


def save_settings(session: Session, values: Mapping[str, object], *, by: Viewer, now: int) -> None:
    """Change settings, all or none; the default's value removes the row, the present value changes nothing.

    Raises:
        AccessDenied: ``by`` is no administrator.
        BadValue: no such setting, or a value it cannot have.
        NobodyLeft: nobody who can sign in would administer the wiki.
    """
    require(session, by, "*", Level.ADMIN)
    checked = {name: checked_value(name, value) for name, value in values.items()}
    try:
        with transaction(session):
            hold(session)
            forget_settings(session)  # whoever came before may have changed them
            _change(session, checked, by, now)
    finally:
        forget_settings(session)


def _names_more(before: str, after: str) -> bool:
    """Whether everybody who is named still is: nobody stops administering."""
    entries = {entry.strip() for entry in after.split(",")}
    return all(entry.strip() in entries for entry in before.split(","))


def excludes(settings: WikiSettings, superuser: object, person: Viewer) -> bool:
    """Whether ``person``, who administers, would not any more with this value of the setting ``superuser``."""
    new = replace(settings, superuser=str(superuser))
    return person.login is not None and not is_superuser(person.login, person.groups, new)


def names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(WikiSettings))


def _change(session: Session, checked: Mapping[str, object], by: Viewer, now: int) -> None:
    present, defaults = load_settings(session), WikiSettings()
    changed = {name: value for name, value in checked.items() if value != getattr(present, name)}
    if not changed:
        return
    for name, value in changed.items():
        write_setting(session, name, None if value == getattr(defaults, name) else value)
        change = audit.Change(before=getattr(present, name), after=value)
        audit.record(session, by, f"setting:{name}", "setting.change", change, now=now)
    _follow(session, changed, present)
    touch(session)


def _follow(session: Session, changed: Mapping[str, object], before: WikiSettings) -> None:
    """What has to be true, or to be done, where these settings changed."""
    if "superuser" in changed or "defaultgroup" in changed:
        settings = load_settings(session)
        if are_all(settings):
            field = "defaultgroup" if "defaultgroup" in changed else "superuser"
            raise BadPart(field=field, part=settings.defaultgroup, reason=GIVEN_TO_ALL)
    if "superuser" in changed:
        hold_administrators(session)
        if administrators(session) == 0 and not _names_more(before.superuser, str(changed["superuser"])):
            raise NobodyLeft(field="superuser")
    if "hidepages" in changed:
        place_again(session, None, load_settings(session))
