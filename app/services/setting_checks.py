"""Which values a setting can have, and how each is written as text in a form."""

import re
from collections.abc import Callable
from typing import Any, get_args, get_origin

from app.domain import site_style, table_text
from app.domain.access import EVERYBODY
from app.domain.blocked import fault_in
from app.domain.errors import BadPart, BadValue, NotInRange, NotOffered
from app.domain.internet import not_hosts
from app.domain.markups import as_lines, as_markup, read_rules
from app.domain.names import clean_id
from app.domain.patterns import REASONS, fault_of
from app.domain.wiki_settings import WikiSettings
from app.services.setting_rows import BASE_URL, TYPES

RANGES = {
    "toptoclevel": (1, 5),
    "tocminheads": (0, 20),
    "maxtoclevel": (0, 5),
    "maxseclevel": (0, 5),
    "recent": (1, 200),
    "mediaquota": (0, 10_000_000),
    "mediaspacequota": (0, 10_000_000),
}
LONGEST = 255
LENGTHS = {  # of texts that may be longer
    "feedhosts": 2000,
    "picturehosts": 2000,
    "hidepages": 1000,
    "superuser": 2000,
    "manager": 2000,
    "registerdomains": 2000,
    "disableactions": 2000,
    "wordblock": 50_000,
    "sitestyle": site_style.LONGEST,
}
LONGEST_RULES = 100_000
LINES = ("wordblock", "sitestyle")  # texts of several lines
UNKNOWN = "There is no such setting. See the list of settings."
TOO_LONG = "This is too long. Make it shorter."
NOT_TEXT = "This holds signs that are not text. Type it again."
NO_TITLE = "A wiki needs a name."
NO_PAGE = "it is no page name. Use small letters, digits and _."
NO_HOST = "it is no host name, such as news.example.org or *.example.org."
NO_RULE = "it is not a namespace, a blank, and dokuwiki or markdown."
NO_TABLE = "This takes a table of texts."
NO_TEXT = "This takes a text."
NO_SWITCH = "This takes yes or no."
LEADS_OUT = "it leads to another site. Send the picture or the font to this wiki, and name it as /_media/…"
NO_WINDOW = "it is no name of a window. Use letters, digits and _, such as _blank."
NO_LANGUAGE = "it is no code of a language, such as en or pt-br."
NO_GROUP = "it is no name of a group. Use letters, digits, - and _, and no @ in front."
EVERYBODY_ADMINISTERS = "everybody would administer this wiki, readers without an account too."


def checked_value(name: str, value: Any) -> object:
    """``value`` as setting ``name`` holds it.

    Raises:
        BadValue: no such setting, or a value it cannot have.
    """
    if name not in TYPES or name == BASE_URL:
        raise BadValue(field=name, reason=UNKNOWN)
    wanted = TYPES[name]
    if get_origin(wanted) is dict:
        _check_table(name, value)
    elif get_args(wanted):
        _check_choice(name, value, get_args(wanted))
    else:
        _check_plain(name, value, wanted)
    if name in CHECKS:
        CHECKS[name](name, value)
    return value


def value_of(name: str, text: str, settings: WikiSettings) -> object:
    """What ``text``, as ``text_of`` writes it and people change it, means; names are cleaned as ``settings`` say.

    Raises: BadValue.
    """
    wanted = TYPES.get(name)
    if wanted is bool:
        return checked_value(name, bool(text))
    if wanted is int:
        text = text.strip()
        return checked_value(name, int(text) if re.fullmatch(r"-?[0-9]{1,9}", text) else text)
    if name == "markups":
        return checked_value(name, _rules(text, settings))
    by_text = {str(choice): choice for choice in get_args(wanted)}
    if name in LINES:
        text = text.replace("\r\n", "\n")
    return checked_value(name, by_text.get(text, text) if by_text else text.strip())


def text_of(name: str, value: Any) -> str:
    if name == "markups":
        return as_lines(value)
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value)


def is_table(name: str) -> bool:
    """Whether its values are written on a page of their own."""
    return get_origin(TYPES[name]) is dict and name != "markups"


def choices_of(name: str) -> tuple[str, ...]:
    """The values of a choice as text; () for what is none."""
    return () if is_table(name) or name == "markups" else tuple(str(choice) for choice in get_args(TYPES[name]))


def _rules(text: str, settings: WikiSettings) -> dict[str, str]:
    """Namespaces and their markups, names cleaned as those of pages are."""
    if len(text) > LONGEST_RULES:
        raise BadValue(field="markups", reason=TOO_LONG)
    rules, wrong = read_rules(text)
    clean = {clean_id(space, settings): markup for space, markup in rules.items()}
    if wrong or "" in clean:
        raise BadPart(field="markups", part=wrong or text.strip().splitlines()[0], reason=NO_RULE)
    return clean


def _check_plain(name: str, value: object, wanted: type) -> None:
    if wanted is int:
        low, high = RANGES[name]
        if type(value) is not int or not low <= value <= high:
            raise NotInRange(field=name, low=low, high=high)
    elif wanted is bool:
        if not isinstance(value, bool):
            raise BadValue(field=name, reason=NO_SWITCH)
    elif not isinstance(value, str):
        raise BadValue(field=name, reason=NO_TEXT)
    elif len(value) > LENGTHS.get(name, LONGEST):
        raise BadValue(field=name, reason=TOO_LONG)
    elif not _one_line(name, value).isprintable():  # control characters and lone surrogates among them
        raise BadValue(field=name, reason=NOT_TEXT)


def _one_line(name: str, value: str) -> str:
    return value.replace("\n", "").replace("\t", "") if name in LINES else value


def _check_choice(name: str, value: object, choices: tuple[object, ...]) -> None:
    if value not in choices or isinstance(value, bool):  # True equals 1
        raise NotOffered(field=name, choices=", ".join(str(choice) for choice in choices))


def _check_table(name: str, value: object) -> None:
    if not isinstance(value, dict) or not all(isinstance(part, str) for pair in value.items() for part in pair):
        raise BadValue(field=name, reason=NO_TABLE)
    if name not in table_text.NAMES:
        return
    own = table_text.read_own(name, table_text.text_of(name, value))
    if own.problems:
        raise own.problems[0].error(name)
    if own.entries != value:
        raise BadValue(field=name, reason="This table holds an entry that no line of a table can say.")


def _check_title(name: str, value: str) -> None:
    if not value.strip():
        raise BadValue(field=name, reason=NO_TITLE)


def _check_page(name: str, value: str) -> None:
    if value != clean_id(value, WikiSettings()) or not (value or name == "sidebar"):
        raise BadPart(field=name, part=value, reason=NO_PAGE)


def _check_hosts(name: str, value: str) -> None:
    if wrong := not_hosts(value):
        raise BadPart(field=name, part=wrong[0], reason=NO_HOST)


def _check_markups(name: str, rules: dict[str, str]) -> None:
    for space, markup in rules.items():
        if as_markup(markup) is None or not space or space != clean_id(space, WikiSettings()):
            raise BadPart(field=name, part=f"{space} {markup}", reason=NO_RULE)


def _check_pattern(name: str, value: str) -> None:
    fault = fault_of(value)
    if fault:
        raise BadValue(field=name, reason=REASONS[fault])


def _check_blocked(name: str, value: str) -> None:
    pattern, fault = fault_in(value)
    if fault:
        raise BadPart(field=name, part=pattern, reason=REASONS[fault])


def _check_style(name: str, value: str) -> None:
    fault = site_style.fault_in(value)
    if fault:
        raise BadPart(field=name, part=fault, reason=LEADS_OUT)


def _check_window(name: str, value: str) -> None:
    if not re.fullmatch(r"[A-Za-z0-9_-]*", value):
        raise BadPart(field=name, part=value, reason=NO_WINDOW)


def _check_language(name: str, value: str) -> None:
    if not re.fullmatch(r"[a-z]{2,3}(-[a-z0-9]+)*", value):
        raise BadPart(field=name, part=value, reason=NO_LANGUAGE)


def _check_group(name: str, value: str) -> None:
    if not value or value != value.strip().lower() or any(sign in value for sign in ",@|\\"):
        raise BadPart(field=name, part=value, reason=NO_GROUP)


def _check_administrators(name: str, value: str) -> None:
    if EVERYBODY in (entry.strip() for entry in value.split(",")):
        raise BadPart(field=name, part=EVERYBODY, reason=EVERYBODY_ADMINISTERS)


CHECKS: dict[str, Callable[[str, Any], None]] = {
    "title": _check_title,
    "lang": _check_language,
    "start": _check_page,
    "sidebar": _check_page,
    "feedhosts": _check_hosts,
    "picturehosts": _check_hosts,
    "registerdomains": _check_hosts,
    "markups": _check_markups,
    "hidepages": _check_pattern,
    "wordblock": _check_blocked,
    "sitestyle": _check_style,
    "defaultgroup": _check_group,
    "superuser": _check_administrators,
    **{name: _check_window for name in TYPES if name.startswith("target_")},
}
