"""A wiki's own tables as people type them: the form of the old wiki's ``*.local.conf``.

``wp  https://en.wikipedia.org/wiki/{NAME}`` puts an entry in, ``wp`` alone takes it away; schemes stand one a line,
``!irc`` takes one away. ``#`` begins a remark, ``\\#`` is the sign itself.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from unicodedata import category

from app.domain.tables import numbered_lines, split_row
from app.domain.wiki_tables import REFUSED_SCHEMES, is_scheme, is_type

NAMES = ("interwiki", "acronyms", "smileys", "entities", "schemes", "mime")
MOST_ENTRIES = 2000
LONGEST_KEY = 100
LONGEST_VALUE = 1000
WIDEST = 20  # keys are padded to this at most

TOO_MANY = "A table holds 2,000 lines at most."
TOO_LONG = "This line is too long."
NOT_TEXT = "This line holds signs that are not text."
SCRIPT = "Such a link would run as a script in the browser of whoever opens it. Take the line out."
NO_SCHEME = "A scheme is small letters, digits, +, - and dots, and begins with a letter."
NO_SHORTCUT = "A shortcut is letters, digits and dots."
NO_ENDING = "An ending is letters and digits, without the dot in front."
NO_TYPE = "A type reads like image/png, or like !application/zip for what is only to be saved."

_SHORTCUT = re.compile(r"[a-z0-9.]+", re.ASCII)
_ENDING = re.compile(r"[a-z0-9]+", re.ASCII)
_SIGN = re.compile(r"(?<!&)#")


@dataclass(frozen=True, slots=True)
class Problem:
    """A line, from 1, that cannot be taken; ``reason`` is a sentence."""

    line: int
    reason: str


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
        reason = _basic_problem(key, value) or _CHECKS.get(name, _no_problem)(key, value)
        if reason:
            problems.append(Problem(line, reason))
        else:
            entries[key] = "" if name == "mime" and value == "0" else value
    if len(entries) > MOST_ENTRIES:
        problems.append(Problem(MOST_ENTRIES, TOO_MANY))
    return OwnTable(entries, tuple(problems))


def text_of(name: str, entries: dict[str, str]) -> str:
    """The text that ``read_own`` reads as ``entries``."""
    if name == "schemes":
        return "".join(f"{key}\n" if switch else f"!{key}\n" for key, switch in entries.items())
    width = min(WIDEST, max(map(len, entries), default=0))
    rows = (f"{_marked(key):<{width}}  {_marked(value)}".rstrip(" ") for key, value in entries.items())
    return "".join(f"{row}\n" for row in rows)


def _marked(text: str) -> str:
    return _SIGN.sub(r"\\#", text)


def _switch(row: str) -> tuple[str, str]:
    return (row[1:].strip(), "") if row.startswith("!") else (row, "on")


def _basic_problem(key: str, value: str) -> str:
    if len(key) > LONGEST_KEY or len(value) > LONGEST_VALUE:
        return TOO_LONG
    return NOT_TEXT if any(category(sign) in ("Cc", "Cs") for sign in (key + value).replace("\t", "")) else ""


def _no_problem(_key: str, _value: str) -> str:
    return ""


def _scheme_problem(key: str, value: str) -> str:
    if key in REFUSED_SCHEMES:
        return SCRIPT if value else ""
    return "" if is_scheme(key) else NO_SCHEME


def _interwiki_problem(key: str, value: str) -> str:
    if not _SHORTCUT.fullmatch(key):
        return NO_SHORTCUT
    # Browsers overlook blanks and control characters in front of and inside a scheme.
    scheme = "".join(character for character in value.partition(":")[0] if character > " ")
    return SCRIPT if ":" in value and scheme.lower() in REFUSED_SCHEMES else ""


def _type_problem(key: str, value: str) -> str:
    if not _ENDING.fullmatch(key):
        return NO_ENDING
    return "" if value in ("", "0") or is_type(value) else NO_TYPE


_CHECKS: dict[str, Callable[[str, str], str]] = {
    "schemes": _scheme_problem,
    "interwiki": _interwiki_problem,
    "mime": _type_problem,
}
