"""The settings of an old wiki: ``local.php``, over what it ships; and, by ``store_tables``, its own tables."""

import re
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any, get_type_hints

from sqlalchemy.orm import Session

from app.domain.names import clean_login
from app.domain.options import settings_with
from app.domain.wiki_settings import WikiSettings
from app.exchange.dokuwiki.bringing import Bringing
from app.exchange.dokuwiki.changelog import as_text
from app.exchange.dokuwiki.model import Note, Sorted
from app.exchange.dokuwiki.php_source import read_config
from app.exchange.dokuwiki.settings_met import OURS, why_left
from app.exchange.dokuwiki.settling import Run, all_read, is_on, line_of, one_transaction, remember, remembered
from app.exchange.dokuwiki.store_powers import bring_powers
from app.exchange.dokuwiki.store_style import bring_style
from app.exchange.dokuwiki.store_tables import bring_tables
from app.services.setting_checks import RANGES

LOCAL = ("local.php", "local.protected.php")
LICENCES = "license.local.php"
Where = tuple[str, int | None]  # file and line
NAMES_FIRST = ("sepchar", "deaccent", "useslash", "defaultgroup")  # what the values of others are read by
POWERS = ("superuser", "manager")
UNSAID = {"useheading": "0", "license": "cc-by-nc-sa"}  # what the old wiki does by itself, and this one does otherwise
MARKUPS = {"dw": "dokuwiki", "md": "markdown", "dw+md": "dokuwiki", "md+dw": "dokuwiki"}
MIXED = "Pages were in both markups at once (“{value}”); they come as DokuWiki pages, and each can be changed."
OUT_OF_RANGE = "“{name}” was {value}; here it is {taken}, the nearest that there is."
NO_TAGS = "“{name}” held tags of HTML; here it is plain text."
NONE_HERE = "“{name}”: {reason}"
NOT_ONE_VALUE = "it holds a list where one value belongs."
WAS_OPEN = "People could make accounts by themselves there. Here that is closed: open it under Settings, People."
CLOSED = "Nobody could write in the old wiki, nor can anybody here. Take “edit” and “save” out under Settings, Rights."
CLOSED_FOR_MOVE = "The old wiki is closed for writing since the last import, as for a move; this one stays open."
NO_RESET = "Passwords could not be had anew by mail; “resendpwd” is among the actions that nobody may do."
OTHER_DOOR = "People signed in by “{door}”, which is asked by the server of this wiki, see docs/signing-in.md."
_KINDS = get_type_hints(WikiSettings)


def bring(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store the settings that there are here, each with its value checked; a note for every other one.

    The people must be stored before: who administers is refused where nobody would.
    """
    last = remembered(session, run, "settings")
    bringing = Bringing(session, run, files, last, again=bool(last))
    _settings(bringing)
    bring_tables(bringing)
    bring_style(bringing)
    if not run.dry_run:
        with one_transaction(session, dry_run=False):
            remember(session, run, "settings", bringing.last)
    return bringing.notes


def markup_of(config: Mapping[Any, Any]) -> str:
    """What all pages of the old wiki are written in."""
    return MARKUPS.get(str(config.get("syntax", "dw")), "dokuwiki")


def _settings(bringing: Bringing) -> None:
    layout = bringing.run.layout
    where = _said(bringing)
    values = dict(_flat(layout.config))
    usual = layout.conf_path(LOCAL[0])
    if usual:
        values = UNSAID | values
    for name in sorted(values, key=lambda name: (name not in NAMES_FIRST, name in POWERS)):
        path, line = where.get(name, ("", None))
        if name in OURS:
            _one(bringing, name, values[name], path or usual or LOCAL[0], line)
        elif path:
            bringing.tell(path, NONE_HERE.format(name=name, reason=why_left(name)), line)
    _people(bringing, values, where)
    if usual and all_read(bringing.run, bringing.files):
        _forget(bringing, values, usual)


def _forget(bringing: Bringing, values: Mapping[str, Any], path: str) -> None:
    """What the old wiki said the last time, and says no more: it is again as it begins in both."""
    for name, own in OURS.items():
        if own not in bringing.last or name in values or (own == "disableactions" and "resendpasswd" in values):
            continue
        if own in POWERS:
            bring_powers(bringing, own, "", path, None)
        else:
            bringing.bring(own, getattr(WikiSettings(), own), path)


def _one(bringing: Bringing, name: str, value: object, path: str, line: int | None) -> None:
    """A setting that there is here, in our spelling."""
    own = OURS[name]
    if isinstance(value, list):
        bringing.tell(path, NONE_HERE.format(name=name, reason=NOT_ONE_VALUE), line)
    elif own in POWERS:
        bring_powers(bringing, own, str(value or ""), path, line)
    elif name == "syntax":
        if "+" in str(value):
            bringing.tell(path, MIXED.format(value=value), line)
        bringing.bring(own, MARKUPS.get(str(value), value), path, line)
    elif name == "disableactions":
        _switch_off(bringing, str(value or ""), path, line)
    elif name == "license":
        bringing.bring(own, _licence(bringing, _plain(own, value)), path, line)
    else:
        bringing.bring(own, _ours(bringing, own, _plain(own, value), path, line), path, line)


def _plain(own: str, value: object) -> object:
    """What PHP makes of on, off and nothing where a text belongs."""
    if _KINDS[own] is str and (value is None or isinstance(value, bool)):
        return "1" if value else ""
    return value


def _ours(bringing: Bringing, own: str, value: object, path: str, line: int | None) -> object:
    try:
        taken = getattr(settings_with(WikiSettings(), {own: value}), own)
    except (TypeError, ValueError):
        return value
    if own == "defaultgroup":
        return clean_login(taken, bringing.run.layout.settings)
    if own in RANGES:
        low, high = RANGES[own]
        if not low <= taken <= high:
            value, taken = taken, min(max(taken, low), high)
            bringing.tell(path, OUT_OF_RANGE.format(name=own, value=value, taken=taken), line)
    if own == "title" and re.search(r"<[^<>]*>", taken):
        bringing.tell(path, NO_TAGS.format(name=own), line)
        taken = " ".join(unescape(re.sub(r"<[^<>]*>", "", taken)).split())
    return taken


def _licence(bringing: Bringing, value: object) -> object:
    """The name of a licence that the old wiki added to its list."""
    found = bringing.file(LICENCES)
    if found is None:
        return value
    own = read_config(as_text(found.data), name="license")[0].get(value)
    return str(own["name"]) if isinstance(own, Mapping) and own.get("name") else value


def _switch_off(bringing: Bringing, names: str, path: str, line: int | None) -> None:
    """Actions that nobody may do. A wiki that was open the last time is closed for the move: this one stays open."""
    before = bringing.last.get("disableactions", [""])[0]
    if bringing.again and _is_closed(names) and not _is_closed(before):
        bringing.tell(path, CLOSED_FOR_MOVE, line)
        return
    if _is_closed(names):
        bringing.tell(path, CLOSED, line)
    bringing.bring("disableactions", names, path, line)


def _is_closed(names: str) -> bool:
    return not {"edit", "save"}.isdisjoint(name.strip() for name in names.split(","))


def _people(bringing: Bringing, values: Mapping[str, Any], where: Mapping[str, Where]) -> None:
    """What is said otherwise there: who may make an account, have a new password, and by which door people come."""
    usual = (bringing.run.layout.conf_path(LOCAL[0]) or LOCAL[0], 1)
    door = str(values.get("authtype", "authplain"))
    if "authtype" in where and door not in ("plain", "authplain"):
        bringing.tell(*where["authtype"][:1], OTHER_DOOR.format(door=door), where["authtype"][1])
    names = [name.strip() for name in str(values.get("disableactions") or "").split(",") if name.strip()]
    if not is_on(values.get("resendpasswd", 1)) and "resendpwd" not in names:
        path, line = where.get("resendpasswd", usual)
        bringing.tell(path, NO_RESET, line)
        _switch_off(bringing, ",".join([*names, "resendpwd"]), path, line)
    is_open = is_on(values.get("openregister", 1)) and "register" not in names
    if is_on(values.get("useacl") or "") and is_open:
        path, line = where.get("disableactions", where.get("useacl", usual))
        bringing.tell(path, WAS_OPEN, line)


def _said(bringing: Bringing) -> dict[str, Where]:
    """Which line of the old wiki's own files says which setting; what is wrong with its lines is noted."""
    where: dict[str, Where] = {}
    for name in LOCAL:
        found = bringing.file(name)
        if found is None:
            continue
        text = as_text(found.data)
        values, problems = read_config(text)
        bringing.notes += [Note(found.path, "left", one.reason, one.line) for one in problems]
        where |= {key: (found.path, line_of(text, "conf", key) or 1) for key, _ in _flat(values)}
    return where


def _flat(values: Mapping[Any, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{above}{key}.")
        else:
            yield f"{above}{key}", value
