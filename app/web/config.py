"""Every setting of the wiki on one page, for administrators: what it is for, what it is, what it was to begin with."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.errors import BadValue
from app.domain.setting_about import EFFECTS, GROUPS, About
from app.domain.setting_texts import ABOUT
from app.domain.wiki_settings import WikiSettings
from app.services.config import excludes, names, save_setting, save_settings
from app.services.deployment import deployment
from app.services.setting_checks import LENGTHS, LINES, LONGEST, RANGES, choices_of, is_table, text_of, value_of
from app.services.setting_rows import BASE_URL, TYPES
from app.web.addresses import with_query
from app.web.admin import only_administrators
from app.web.context import current_session, current_settings, current_viewer, current_wiki, now
from app.web.forms import NOT_OFFERED, Problems, ticked
from app.web.i18n import gettext, language_names

bp = Blueprint("config", __name__)
bp.before_request(only_administrators)

ADDRESS = "/_admin/wiki"
LONGEST_QUERY = 100
SAVED = "The settings are changed, for everybody."
SAME = "Nothing was changed, so nothing was stored."
BACK = "“%(title)s” is again as in the beginning."
REST = "What else you changed below is not stored yet."
YES = "yes"
NO = "no"
EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Shown:
    """One setting in the form. ``text``: as typed, or as it is; ``was``: as it is; ``default`` in words.

    ``kind``: switch, number, choice, lines, line, table or fixed. ``choices``: values and words.
    """

    name: str
    about: About
    kind: str
    text: str
    was: str
    default: str
    changed: bool
    choices: dict[str, str]

    @property
    def longest(self) -> int:
        return LENGTHS.get(self.name, LONGEST)

    @property
    def range(self) -> tuple[int, int]:
        return RANGES.get(self.name, (0, 0))


@bp.get(ADDRESS)
def form() -> ResponseReturnValue:
    return _form(Problems(), {})


@bp.post(ADDRESS)
def save() -> ResponseReturnValue:
    """Store what was changed, all of it or nothing; ``default=NAME`` is the button that takes one setting back."""
    typed = _typed()
    if _can_change(request.form.get("default", "")):
        return _take_back(request.form["default"], typed)
    problems, values = Problems(), {}
    for name, text in typed.items():
        with problems:
            values[name] = _value(name, text)
    if not problems and _is_grave(values) and not ticked("sure"):
        problems.status = 409
        return _form(problems, typed, grave=True)
    if not problems:
        with problems:
            save_settings(current_session(), values, by=current_viewer(), now=now())
            flash(gettext(SAVED if values else SAME), "ok" if values else "info")
            return redirect(_address(), 303)
    return _form(problems, typed)


def _value(name: str, text: str) -> object:
    if name == "lang" and text not in _choices(name):
        raise BadValue(field=name, reason=NOT_OFFERED)
    return value_of(name, text, current_settings())


def _take_back(name: str, typed: dict[str, str]) -> ResponseReturnValue:
    """One setting as in the beginning; what else was typed is kept in the form."""
    problems, default = Problems(), getattr(WikiSettings(), name)
    typed.pop(name, None)
    if _is_grave({name: default}) and not ticked("sure"):
        problems.status = 409
        return _form(problems, typed | {name: text_of(name, default)}, grave=True)
    with problems:
        save_setting(current_session(), name, default, by=current_viewer(), now=now())
        flash(gettext(BACK) % {"title": gettext(ABOUT[name].title)}, "ok")
        if not typed:
            return redirect(_address(), 303)
        flash(gettext(REST), "info")
    return _form(problems, typed)


def _can_change(name: str) -> bool:
    return name in TYPES and name != BASE_URL and not is_table(name)


def _typed() -> dict[str, str]:
    """What the form changed: a setting that still reads as it was shown is left alone, whoever changed it since."""
    sent = [name for name in names() if _can_change(name) and (name in request.form or name in _switches())]
    texts = {name: request.form.get(name, "").replace("\r\n", "\n") for name in sent}
    shown = {name: request.form.get(f"was-{name}", "\0").replace("\r\n", "\n") for name in sent}
    return {name: text for name, text in texts.items() if text.strip() != shown[name].strip()}


def _switches() -> list[str]:
    """Switches that the form held: one that is off sends nothing else."""
    return request.form.getlist("switch")


def _is_grave(values: dict[str, object]) -> bool:
    """Whether whoever saves would not administer the wiki any more."""
    return "superuser" in values and excludes(current_settings(), values["superuser"], current_viewer())


def _form(problems: Problems, typed: dict[str, str], *, grave: bool = False) -> ResponseReturnValue:
    shown = [_shown(name, typed) for name in ABOUT if name in TYPES]
    found = [one for one in shown if _fits(one) or problems.of(one.name) or one.name in typed]
    page = render_template(
        "admin/wiki.html",
        address=_address(),
        query=_query(),
        only_changed=_only_changed(),
        groups=[(key, gettext(title), _of(key, found)) for key, title in GROUPS.items() if _of(key, found)],
        effects={key: gettext(words) for key, words in EFFECTS.items()},
        variables=deployment(current_wiki().settings, os.environ),
        problems=problems,
        grave=grave,
    )
    return page, problems.status


def _of(group: str, found: Iterable[Shown]) -> list[Shown]:
    return [one for one in found if one.about.group == group]


def _shown(name: str, typed: dict[str, str]) -> Shown:
    value, default = getattr(current_settings(), name), getattr(WikiSettings(), name)
    return Shown(
        name=name,
        about=ABOUT[name],
        kind=_kind(name),
        text=typed.get(name, text_of(name, value)),
        was=text_of(name, value),
        default=_in_words(name, default),
        changed=value != default,
        choices=_choices(name),
    )


def _kind(name: str) -> str:
    if name == BASE_URL:
        return "fixed"
    if is_table(name):
        return "table"
    if name == "markups" or name in LINES:
        return "lines"
    if _choices(name):
        return "choice"
    return {bool: "switch", int: "number"}.get(TYPES[name], "line")


def _choices(name: str) -> dict[str, str]:
    if name == "lang":  # the interface's, and the one in force: a wiki that moved in may be written in another
        present = current_settings().lang
        return {present: present} | language_names()
    return {value: gettext(ABOUT[name].words.get(value, value)) for value in choices_of(name)}


def _in_words(name: str, value: object) -> str:
    if isinstance(value, bool):
        return gettext(YES) if value else gettext(NO)
    text = text_of(name, value) if not is_table(name) else ""
    return _choices(name).get(text, text) or gettext(EMPTY)


def _query() -> str:
    return request.args.get("q", "").strip()[:LONGEST_QUERY]


def _only_changed() -> bool:
    return request.args.get("changed") == "1"


def _address() -> str:
    return with_query(ADDRESS, {"q": _query(), "changed": "1" if _only_changed() else ""})


def _fits(one: Shown) -> bool:
    """Whether the setting is looked for: all words of the query stand in what is said of it."""
    if _only_changed() and not one.changed:
        return False
    about = one.about
    said = [one.name, about.dokuwiki, gettext(about.title), gettext(about.help), gettext(GROUPS[about.group])]
    text = " ".join([*said, *one.choices.values()]).casefold()
    return all(word in text for word in _query().casefold().split())
