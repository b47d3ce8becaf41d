"""PHP cut into tokens, as far as settings need it: in one pass, each character looked at a fixed number of times."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

MOST_CHARACTERS = 2 * 1024 * 1024
LONGEST_TEXT = 120  # characters of a statement that are shown to people
Kind = Literal["text", "quoted", "number", "name", "word", "sign", "broken"]

# An end that is missing is the end of the file: no part is tried again from its second character on.
_TOKEN = re.compile(
    r"""
    (?P<space> \s++ | (?://|\#(?!\[))(?:(?!\?>)[^\r\n])*+ | /\*(?:[^*]|\*(?!/))*+(?:\*/|\Z) )
  | (?P<text> '(?:[^'\\]++|\\.)*+(?P<text_end>'?)\\?+ )
  | (?P<quoted> "(?:[^"\\]++|\\.)*+(?P<quoted_end>"?)\\?+ )
  | (?P<broken> <<<[ \t]*+(?P<mark>['"]?)(?P<label>\w++)(?P=mark)\r?\n(?:(?![ \t]*+(?P=label)\b)[^\n]*+\n)*+
                (?:[ \t]*+(?P=label)\b|[^\n]*+)
              | `[^`]*+`?+ )
  | (?P<outside> \?>.*?(?:<\?(?:php\b|=)?|\Z) )
  | (?P<number> 0[xX][0-9a-fA-F_]++ | 0[bB][01_]++ | 0[oO][0-7_]++
              | (?:[0-9][0-9_]*+(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?+[0-9]++)?+ )
  | (?P<name> \$[A-Za-z_\x80-\U0010ffff][\w\x80-\U0010ffff]*+ )
  | (?P<word> [A-Za-z_\\\x80-\U0010ffff][\w\\\x80-\U0010ffff]*+ )
  | (?P<sign> => | [-+*/.%]= | . )
    """,
    re.VERBOSE | re.DOTALL,
)
_OPENING = re.compile(r"<\?(?:php\b|=)?")
_ESCAPE = re.compile(r"\\(?:([nrtvef\\$\"])|([0-7]{1,3})|x([0-9A-Fa-f]{1,2})|u\{([0-9A-Fa-f]{1,6})\})")
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", "v": "\v", "e": "\x1b", "f": "\f"}


@dataclass(frozen=True, slots=True)
class Token:
    """``text`` of quoted ones is what they mean, of others what stands there. ``line`` from 1."""

    kind: Kind
    text: str
    line: int


def tokens(text: str) -> list[Token]:
    """What stands between ``<?php`` and ``?>``; whatever is outside of that ends a statement."""
    opening = _OPENING.search(text)
    return list(_cut(text, opening.end())) if opening else []


def _cut(text: str, begin: int) -> Iterator[Token]:
    ends = [found.start() for found in re.finditer("\n", text)]
    for found in _TOKEN.finditer(text, begin):
        line = bisect_right(ends, found.start() - 1) + 1
        kind, raw = found.lastgroup, found[0]
        if found["space"] is not None:
            continue
        if found["outside"] is not None:
            yield Token("sign", ";", line)
        elif found["text"] is not None:
            yield _plain(raw, line) if found["text_end"] else Token("broken", raw, line)
        elif found["quoted"] is not None:
            yield _double(raw, line) if found["quoted_end"] else Token("broken", raw, line)
        else:
            yield Token(_kind(kind), raw, line)


def _kind(group: str | None) -> Kind:
    match group:
        case "number" | "name" | "word" | "sign":
            return group
        case _:
            return "broken"


def _plain(raw: str, line: int) -> Token:
    return Token("text", re.sub(r"\\([\\'])", r"\1", raw[1:-1]), line)


def _double(raw: str, line: int) -> Token:
    """A text in double quotes; one that names a variable is no plain value."""
    inner = raw[1:-1]
    if re.search(r"(?<!\\)(?:\\\\)*+(?:\$[A-Za-z_{]|\{\$)", inner):
        return Token("broken", raw, line)
    return Token("text", _ESCAPE.sub(_meant, inner), line)


def _meant(found: re.Match[str]) -> str:
    letter, octal, hexadecimal, point = found.groups()
    if letter:
        return _LETTERS.get(letter, letter)
    number = int(octal, 8) & 0xFF if octal else int(hexadecimal or point, 16)
    fine = number < 0xD800 or 0xDFFF < number <= 0x10FFFF
    return chr(number) if fine else found[0]


def first_words(given: Sequence[Token], at: int) -> str:
    """How a statement begins, up to its value."""
    shown: list[str] = []
    for token in given[at : at + 24]:
        if token.kind == "sign" and (token.text in ("(", ";", "{") or token.text.endswith("=")):
            break
        shown.append(f"'{token.text}'" if token.kind == "text" else token.text)
    text = " ".join(shown).replace(" [ ", "[").replace(" ]", "]")
    return text[:LONGEST_TEXT]
