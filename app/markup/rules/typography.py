"""Small replacements: dashes and arrows, smileys, acronyms, sizes, quotation marks.

``HTML -> 640x480`` gives ``<abbr title="HyperText Markup Language">HTML</abbr> → 640&times;480``.
Which words and signs there are is the wiki's to say: these rules are made for its tables.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from app.markup.dialect import Dialect
from app.markup.grammar import Read, Rule, Trigger, at_trigger
from app.markup.nodes import Acronym, Entity, Multiply, PageLink, Quote, Smiley
from app.markup.scanner import Scanner

# Acronyms stand between ASCII characters that are neither letter nor digit.
_EDGE = r"[\x00-/:-@\[-`{-\x7f]"
# Characters that an opening quotation mark may follow, and those besides that a word cannot begin with.
_BEFORE = r"""\s/\#~:+=&%@\-()\[\]{}<>"'*_"""
_PUNCTUATION = ";,.?!"


def _between(before: str, words: Iterable[str], after: str) -> Iterator[Trigger]:
    """``before`` is a look-behind for the character in front, as a function of the first one.

    Words that begin alike share a trigger: the places around a word are looked at once, however many there are.
    """
    by_first: dict[str, list[str]] = {}
    for word in words:
        by_first.setdefault(word[0], []).append(re.escape(word[1:]))
    for sign, rests in by_first.items():
        yield Trigger(sign, before.replace("FIRST", re.escape(sign)) + f"(?:{'|'.join(rests)})" + after)


def _smiley(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, Smiley(scan.text[start:end]))
    return end


def _acronym(scan: Scanner, start: int, end: int) -> int:
    scan.put(start, Acronym(scan.text[start:end]))
    return end


def _replacing(signs: Mapping[str, str]) -> Read:
    def read(scan: Scanner, start: int, end: int) -> int:
        source = scan.text[start:end]
        scan.put(start, Entity(signs[source], source))
        return end

    return read


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


def smileys(dialect: Dialect) -> tuple[Rule, ...]:
    """``:-)`` to a picture."""
    return (
        Rule(
            "smiley",
            "substitution",
            tuple(_between(r"(?<!\wFIRST)", dialect.smileys, r"(?!\w)")),
            _smiley,
            at_trigger,
            ("a smile :-) and a wink ;-)",),
        ),
    )


def acronyms(dialect: Dialect) -> tuple[Rule, ...]:
    """``HTML`` to a word that explains itself; the longest that fits."""
    words = sorted(dialect.acronyms, key=len, reverse=True)
    return (
        Rule(
            "acronym",
            "substitution",
            tuple(_between(f"(?<={_EDGE}FIRST)", words, f"(?={_EDGE})")),
            _acronym,
            at_trigger,
            ("HTML is not a language of programming",),
        ),
    )


def entities(dialect: Dialect) -> tuple[Rule, ...]:
    """``->`` to ``→``; the first of the table that fits."""
    return (
        Rule(
            "entity",
            "substitution",
            tuple(Trigger(signs[0], re.escape(signs[1:])) for signs, _ in dialect.entities),
            _replacing(dict(dialect.entities)),
            at_trigger,
            ("here -> there -- or not...",),
        ),
    )


def sizes(dialect: Dialect) -> tuple[Rule, ...]:
    """``640x480`` with the sign for times, from level 1 on."""
    return (MULTIPLY,) if dialect.typography else ()


def quotes(dialect: Dialect) -> tuple[Rule, ...]:
    """Double marks from level 1 on, single ones and apostrophes at level 2."""
    return (DOUBLE_OPEN, DOUBLE_CLOSE, SINGLE_OPEN, SINGLE_CLOSE, APOSTROPHE)[: (0, 2, 5)[dialect.typography]]


def camelcase(dialect: Dialect) -> tuple[Rule, ...]:
    """``CamelCase`` to a link, where the wiki wants that."""
    return (CAMELCASE,) if dialect.camelcase else ()


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
