"""The part of a link behind its text: ``(target "hint")``, read from the text as it stands."""

import re
from typing import NamedTuple

from app.markup.markdown.characters import decoded

_BLANKS = re.compile(r"[ \t]*+(?:\n[ \t]*+)?")
_POINTED = re.compile(r"<((?:[^<>\\\n]|\\[^\n])*+)>")
_PIECE = re.compile(r"(?:[^\\()\x00-\x20\x7f]|\\[^\x00-\x20\x7f])++|\\|\(|\)")
_TITLES = {
    '"': re.compile(r'"((?:[^"\\]|\\.)*+)"', re.DOTALL),
    "'": re.compile(r"'((?:[^'\\]|\\.)*+)'", re.DOTALL),
    "(": re.compile(r"\(((?:[^()\\]|\\.)*+)\)", re.DOTALL),
}
_MOST_NESTED = 10  # parentheses in an address; each costs a look at what follows


class Target(NamedTuple):
    """``raw`` as written, ``hint`` decoded; ``end``: behind the last character."""

    raw: str
    hint: str
    end: int


class Hint(NamedTuple):
    text: str
    end: int


def read_target(text: str, at: int) -> Target | None:
    """An address: in ``<…>``, or up to the first blank with its parentheses in pairs. It may be empty."""
    if text.startswith("<", at):
        match = _POINTED.match(text, at)
        return Target(match[1], "", match.end()) if match else None
    end, open_ones = at, 0
    while match := _PIECE.match(text, end):
        piece = match[0]
        if piece == "(":
            open_ones += 1
            if open_ones > _MOST_NESTED:
                return None
        elif piece == ")":
            if not open_ones:
                break
            open_ones -= 1
        end = match.end()
    return None if open_ones else Target(text[at:end], "", end)


def read_title(text: str, at: int) -> Hint | None:
    pattern = _TITLES.get(text[at : at + 1])
    match = pattern.match(text, at) if pattern else None
    return Hint(decoded(match[1]), match.end()) if match else None


def read_tail(text: str, at: int) -> Target | None:
    """``(target "hint")``, where ``at`` is its opening parenthesis."""
    if not text.startswith("(", at):
        return None
    found = read_target(text, _behind_blanks(text, at + 1))
    if not found:
        return None
    end = _behind_blanks(text, found.end)
    title = read_title(text, end) if end > found.end else None
    if title:
        end = _behind_blanks(text, title.end)
    return Target(found.raw, title.text if title else "", end + 1) if text.startswith(")", end) else None


def _behind_blanks(text: str, at: int) -> int:
    match = _BLANKS.match(text, at)
    return match.end() if match else at
