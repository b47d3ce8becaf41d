"""The wiki's settings, as an administrator sees and changes them."""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, get_args, get_origin

from sqlalchemy.orm import Session

from app.domain import table_text
from app.domain.errors import BadValue
from app.domain.internet import not_hosts
from app.domain.markups import as_markup
from app.domain.names import clean_id
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services import audit
from app.services.permissions import Level, require
from app.services.setting_rows import BASE_URL, TYPES, forget_settings, load_settings, write_setting
from app.services.state import hold, touch
from app.store.database import transaction

RANGES = {
    "toptoclevel": (1, 5),
    "tocminheads": (0, 20),
    "maxtoclevel": (0, 5),
    "maxseclevel": (0, 5),
    "recent": (1, 200),
}


def save_setting(session: Session, name: str, value: object, *, by: Viewer, now: int) -> None:
    """As ``save_settings``, of one."""
    save_settings(session, {name: value}, by=by, now=now)


def save_settings(session: Session, values: Mapping[str, object], *, by: Viewer, now: int) -> None:
    """Change settings, all or none; the default's value removes the row, the present value changes nothing.

    Raises:
        AccessDenied: ``by`` is no administrator.
        BadValue: no such setting, or a value it cannot have.
    """
    require(session, by, "*", Level.ADMIN)
    checked = {name: checked_value(name, value) for name, value in values.items()}
    present, defaults = load_settings(session), WikiSettings()
    changed = {name: value for name, value in checked.items() if value != getattr(present, name)}
    if not changed:
        return
    with transaction(session):
        hold(session)
        for name, value in changed.items():
            write_setting(session, name, None if value == getattr(defaults, name) else value)
            change = audit.Change(before=getattr(present, name), after=value)
            audit.record(session, by, f"setting:{name}", "setting.change", change, now=now)
        touch(session)
    forget_settings(session)


def checked_value(name: str, value: object) -> object:
    """``value`` as setting ``name`` holds it.

    Raises:
        BadValue: no such setting, or a value it cannot have.
    """
    if name not in TYPES or name == BASE_URL:
        raise BadValue(field=name, reason=f"There is no setting “{name}”. See the list of settings.")
    wanted = TYPES[name]
    if get_origin(wanted) is dict:
        _check_table(name, value)
    elif get_args(wanted):
        _check_choice(name, value, get_args(wanted))
    else:
        _check_plain(name, value, wanted)
    if name == "feedhosts" and (wrong := not_hosts(str(value))):
        reason = f"“{wrong[0]}” is no host name. Example: news.example.org, *.example.com"
        raise BadValue(field=name, reason=reason)
    if name == "markups":
        _check_markups(value)
    if name == "start" and (not value or value != clean_id(str(value), WikiSettings())):
        raise BadValue(field=name, reason=f"“{value}” is no page name. Use small letters, digits and _.")
    return value


def as_values(settings: WikiSettings) -> dict[str, Any]:
    return asdict(settings)


def names() -> tuple[str, ...]:
    return tuple(field.name for field in fields(WikiSettings))


def _check_plain(name: str, value: object, wanted: type) -> None:
    if wanted is int:
        low, high = RANGES[name]
        if type(value) is not int or not low <= value <= high:
            raise BadValue(field=name, reason=f"“{name}” takes a whole number from {low} to {high}.")
    elif not isinstance(value, wanted):
        raise BadValue(field=name, reason=f"“{name}” takes {'yes or no' if wanted is bool else 'a text'}.")


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices or isinstance(value, bool):  # True equals 1
        shown = ", ".join(str(choice) for choice in choices)
        raise BadValue(field=name, reason=f"“{name}” takes one of: {shown}.")


def _check_markups(rules: Any) -> None:
    for space, markup in rules.items():
        if as_markup(markup) is None or not space or space != clean_id(space, WikiSettings()):
            raise BadValue(field="markups", reason=f"“{space} {markup}” is no namespace and its markup.")


def _check_table(name: str, value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise BadValue(field=name, reason=f"“{name}” takes a table of texts.")
    if name not in table_text.NAMES:
        return
    own = table_text.read_own(name, table_text.text_of(name, value))
    if own.problems:
        raise own.problems[0].error(name)
    if own.entries != value:
        raise BadValue(field=name, reason=f"“{name}” holds an entry that no line of a table can say.")
