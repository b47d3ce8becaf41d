"""Escapes and character references in Markdown: ``\\*`` and ``&copy;``."""

import html
import re
from html.entities import html5

PUNCTUATION = r"!-/:-@\[-`{-~"  # inside a set: what a backslash can escape
CHARACTER = r"(?:#[xX][0-9a-fA-F]{1,6}+|#[0-9]{1,7}+|[A-Za-z][A-Za-z0-9]{1,31}+);"  # behind ``&``
_EITHER = re.compile(rf"\\([{PUNCTUATION}])|&{CHARACTER}")
_CHARACTERS = re.compile(f"&{CHARACTER}")


def character_of(source: str) -> str | None:
    """What ``&name;`` or ``&#number;`` stands for; None for a name that nobody knows."""
    if source[1] == "#" or source[1:] in html5:
        return html.unescape(source)
    return None


def decoded(text: str) -> str:
    """``text`` without escapes and with its characters decoded, as addresses and hints are read."""
    return _EITHER.sub(_replacement, text) if "\\" in text or "&" in text else text


def without_references(text: str) -> str:
    """``text`` with its characters decoded and its backslashes kept, as raw HTML is read."""
    return _CHARACTERS.sub(_replacement, text) if "&" in text else text


def _replacement(match: re.Match[str]) -> str:
    source = match[0]
    if source.startswith("\\"):
        return source[1]
    found = character_of(source)
    return source if found is None else found
