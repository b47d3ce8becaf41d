"""Small replacements: dashes and arrows, smileys, acronyms, sizes, quotation marks."""

import re
from collections.abc import Iterable, Iterator
from typing import Literal

from app.domain.tables import ACRONYMS, ENTITIES, SMILEYS
from app.markup.grammar import Read, Rule, Trigger, at_trigger
from app.markup.nodes import Acronym, Entity, Multiply, PageLink, Quote, Smiley
from app.markup.scanner import Scanner

# Acronyms stand between ASCII characters that are neither letter nor digit.
_EDGE = r"[\x00-/:-@\[-`{-\x7f]"
# Characters that an opening quotation mark may follow, and those besides that a word cannot begin with.
_BEFORE = r"""\s/\#~:+=&%@\-()\[\]{}<>"'*_"""
_PUNCTUATION = ";,.?!"


def _between(before: str, words: Iterable[str], after: str) -> Iterator[Trigger]:
    """``before`` is a look-behind for the character in front, as a function of the first one."""
    for word in words:
        first = re.escape(word[0])
        yield Trigger(word[0], before.replace("FIRST", first) + re.escape(word[1:]) + after)


def _smiley(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, Smiley(scan.text[start:end]))
    return end


def _acronym(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, Acronym(scan.text[start:end]))
    return end


def _entity(scan: Scanner, start: int, end: int) -> int:
    source = scan.text[start:end]
    scan.put(start, Entity(ENTITIES[source], source))
    return end


def _multiply(scan: Scanner, start: int, end: int) -> int:
    left, _, right = scan.text[start:end].lower().partition("x")
    scan.put(start, Multiply(left, right))
    return end


def _camelcase(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, PageLink(scan.text[start:end], None))
    return end


QuoteName = Literal["double_open", "double_close", "single_open", "single_close", "apostrophe"]


def _quote(name: QuoteName) -> Read:
    event = Quote(name)

    def read(scan: Scanner, start: int, end: int) -> int:
        scan.put(start, event)
        return end

    return read


def _quote_rule(name: QuoteName, sign: str, *rests: str) -> Rule:
    return Rule("quotes", "substitution", tuple(Trigger(sign, rest) for rest in rests), _quote(name), at_trigger)


SMILEY = Rule(
    "smiley",
    "substitution",
    tuple(_between(r"(?<!\wFIRST)", SMILEYS, r"(?!\w)")),
    _smiley,
    at_trigger,
    ("a smile :-) and a wink ;-)",),
)
ACRONYM = Rule(
    "acronym",
    "substitution",
    tuple(_between(f"(?<={_EDGE}FIRST)", sorted(ACRONYMS, key=len, reverse=True), f"(?={_EDGE})")),
    _acronym,
    at_trigger,
    ("HTML is not a language of programming",),
)
ENTITY = Rule(
    "entity",
    "substitution",
    tuple(Trigger(sign[0], re.escape(sign[1:])) for sign in ENTITIES),
    _entity,
    at_trigger,
    ("here -> there -- or not...",),
)
MULTIPLY = Rule(
    "multiply",
    "substitution",
    (
        *(Trigger(digit, rf"(?<!\w{digit})\d*+[xX]\d++\b") for digit in "123456789"),
        Trigger("0", r"(?<!\w0)\d++[xX]\d++\b"),
    ),
    _multiply,
    at_trigger,
    ("640x480",),
)
DOUBLE_OPEN = _quote_rule("double_open", '"', rf'(?<=[{_BEFORE}]")(?![{_BEFORE}{_PUNCTUATION}])')
DOUBLE_CLOSE = _quote_rule("double_close", '"', "")
SINGLE_OPEN = _quote_rule("single_open", "'", rf"(?<=[{_BEFORE}]')(?![{_BEFORE}{_PUNCTUATION}])")
SINGLE_CLOSE = _quote_rule(
    "single_close",
    "'",
    rf"(?<=\n')(?=[{_BEFORE}{_PUNCTUATION}])",
    rf"(?<![{_BEFORE}]')(?=[{_BEFORE}{_PUNCTUATION}])",
)
APOSTROPHE = _quote_rule(
    "apostrophe",
    "'",
    rf"(?<=\n')(?![{_BEFORE}{_PUNCTUATION}])",
    rf"(?<![{_BEFORE}{_PUNCTUATION}]')(?![{_BEFORE}{_PUNCTUATION}])",
)
CAMELCASE = Rule(
    "camelcase",
    "substitution",
    tuple(
        Trigger(letter, rf"(?<!\w{letter})[A-Z]*+[a-z]++[A-Z][A-Za-z]*+\b") for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    ),
    _camelcase,
    at_trigger,
)
