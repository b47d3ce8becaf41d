"""A wiki's own tables as people type them: the form of the old wiki's ``*.local.conf``.

``wp  https://en.wikipedia.org/wiki/{NAME}`` puts an entry in, ``wp`` alone takes it away; schemes stand one a line,
``!irc`` takes one away. ``#`` begins a remark, ``\\#`` is the sign itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal
from unicodedata import category

from app.domain.errors import BadValue
from app.domain.tables import ACRONYMS, ENTITIES, INTERWIKI, MIME, SCHEMES, SMILEYS, numbered_lines, split_row
from app.domain.wiki_tables import REFUSED_SCHEMES, is_scheme, is_type

NAMES = ("interwiki", "acronyms", "smileys", "entities", "schemes", "mime")
MOST_ENTRIES = 2000
LONGEST_KEY = 100
LONGEST_VALUE = 1000
WIDEST = 20  # keys are padded to this at most

What = Literal["many", "long", "signs", "script", "scheme", "shortcut", "ending", "type", ""]
REASONS = {
    "many": "A table holds 2,000 lines at most.",
    "long": "This line is too long.",
    "signs": "This line holds signs that are not text.",
    "script": "Such a link would run as a script in the browser of whoever opens it. Take the line out.",
    "scheme": "A scheme is small letters, digits, +, - and dots, and begins with a letter.",
    "shortcut": "A shortcut is letters, digits and dots.",
    "ending": "An ending is letters and digits, without the dot in front.",
    "type": "A type reads like image/png, or like !application/zip for what is only to be saved.",
}

_SHORTCUT = re.compile(r"[a-z0-9.]+", re.ASCII)
_ENDING = re.compile(r"[a-z0-9]+", re.ASCII)
_SIGN = re.compile(r"(?<!&)#")


@dataclass(frozen=True, slots=True)
class Problem:
    """A line, from 1, that cannot be taken; ``what`` is wrong with it is a key of ``REASONS``."""

    line: int
    what: What

    def error(self, table: str) -> BadValue:
        return BadValue(field=table, reason=REASONS[self.what])


@dataclass(frozen=True, slots=True)
class OwnTable:
    """``entries`` without the lines that have problems."""

    entries: dict[str, str]
    problems: tuple[Problem, ...]


def read_own(name: str, text: str) -> OwnTable:
    """The wiki's own entries of the table ``name``; one whose value is "" takes a shipped one away."""
    entries: dict[str, str] = {}
    problems: list[Problem] = []
    for line, row in numbered_lines(text):
        key, value = _switch(row) if name == "schemes" else split_row(row)
        if name in ("interwiki", "mime", "schemes"):
            key = key.lower()
        what = _basic_problem(key, value) or _CHECKS.get(name, _no_problem)(key, value)
        if what:
            problems.append(Problem(line, what))
        else:
            entries[key] = "" if name == "mime" and value == "0" else value
    if len(entries) > MOST_ENTRIES:
        problems.append(Problem(MOST_ENTRIES, "many"))
    return OwnTable(entries, tuple(problems))


def text_of(name: str, entries: dict[str, str]) -> str:
    """The text that ``read_own`` reads as ``entries``."""
    if name == "schemes":
        return "".join(f"{key}\n" if switch else f"!{key}\n" for key, switch in entries.items())
    width = min(WIDEST, max(map(len, entries), default=0))
    rows = (f"{_marked(key):<{width}}  {_marked(value)}".rstrip(" ") for key, value in entries.items())
    return "".join(f"{row}\n" for row in rows)


def shipped_text(name: str) -> str:
    """What the wiki comes with, in the same form."""
    return text_of(name, _SHIPPED[name])


def _marked(text: str) -> str:
    return _SIGN.sub(r"\\#", text)


def _switch(row: str) -> tuple[str, str]:
    return (row[1:].strip(), "") if row.startswith("!") else (row, "on")


def _basic_problem(key: str, value: str) -> What:
    if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
        return "long"
    return "signs" if any(category(sign) in ("Cc", "Cs") for sign in (key + value).replace("\t", "")) else ""


def _no_problem(_key: str, _value: str) -> What:
    return ""


def _scheme_problem(key: str, value: str) -> What:
    if key in REFUSED_SCHEMES:
        return "script" if value else ""
    return "" if is_scheme(key) else "scheme"


def _interwiki_problem(key: str, value: str) -> What:
    if not _SHORTCUT.fullmatch(key):
        return "shortcut"
    # Browsers overlook blanks and control characters in front of and inside a scheme.
    scheme = "".join(character for character in value.partition(":")[0] if character > " ")
    return "script" if ":" in value and scheme.lower() in REFUSED_SCHEMES else ""


def _type_problem(key: str, value: str) -> What:
    if not _ENDING.fullmatch(key):
        return "ending"
    return "" if value in ("", "0") or is_type(value) else "type"


_SHIPPED: dict[str, dict[str, str]] = {
    "interwiki": INTERWIKI,
    "acronyms": ACRONYMS,
    "smileys": SMILEYS,
    "entities": ENTITIES,
    "schemes": dict.fromkeys(SCHEMES, "on"),
    "mime": {ending: f"{'!' if kind.download else ''}{kind.mime}" for ending, kind in MIME.items()},
}
_CHECKS: dict[str, Callable[[str, str], What]] = {
    "schemes": _scheme_problem,
    "interwiki": _interwiki_problem,
    "mime": _type_problem,
}
