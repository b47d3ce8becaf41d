"""Patterns that an administrator types, judged before they are used: they must mean something, and end soon.

Names are short (255 signs at most), so a pattern that tries a few stretches against each other is quick enough; one
that repeats a repetition is not, whatever it is tried on.
"""

import re
from dataclasses import dataclass
from typing import Literal

LONGEST = 500
MOST_REPEATS = 3  # in a row; each may be tried at every place of a name
MOST_WAYS = 500  # that choices and options leave, multiplied

Fault = Literal["long", "broken", "flags", "nested", "many", ""]
REASONS: dict[Fault, str] = {
    "long": "A pattern has 500 signs at most.",
    "broken": "This is no pattern: a bracket is not closed, or a sign that repeats has nothing to repeat.",
    "flags": "Leave out (?i) and other switches: capital and small letters are the same already.",
    "nested": "This pattern repeats a part that holds a choice or repeats something itself, which could take for ever. "
    "Write the parts one after the other, or several signs in square brackets.",
    "many": "This pattern holds too many repetitions or choices in a row and could take for ever. Use three at most.",
}

_COUNTED = re.compile(r"\{(\d*)(,?)(\d*)\}")
_FLAGS = re.compile(r"\(\?[aiLmsux-]+[:)]")
_CLASS = re.compile(r"\[\^?\]?(?:[^\]\\]|\\.)*\]", re.DOTALL)
_FEW = 4  # a part that comes so often at most is written out rather than repeated


@dataclass(slots=True)
class _Part:
    """A group, or the whole, while it is read. ``repeats``: of its longest branch; ``ways``: to go through it."""

    repeats: int = 0
    ways: int = 0
    branch_repeats: int = 0
    branch_ways: int = 1

    def add(self, repeats: int, ways: int) -> None:
        self.branch_repeats += repeats
        self.branch_ways = min(self.branch_ways * ways, MOST_WAYS + 1)

    def end_branch(self) -> None:
        self.repeats = max(self.repeats, self.branch_repeats)
        self.ways = min(self.ways + self.branch_ways, MOST_WAYS + 1)
        self.branch_repeats, self.branch_ways = 0, 1

    @property
    def is_plain(self) -> bool:
        return self.repeats == 0 and self.ways == 1


def fault_of(pattern: str) -> Fault:
    """Why ``pattern`` cannot be taken; "" where it can."""
    if len(pattern) > LONGEST:
        return "long"
    if _FLAGS.search(pattern):
        return "flags"
    try:
        re.compile(pattern, re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return "broken"
    return _slowness(pattern)


def _slowness(pattern: str) -> Fault:
    """Of a pattern that compiles: one walk over its signs."""
    parts = [_Part()]
    last = _Part(ways=1)  # what stands just before: a group that ended here, or one sign
    place = 0
    while place < len(pattern):
        found = _often(pattern, place)
        if found is None:
            last = _step(pattern[place], parts)
            place = _after(pattern, place)
            continue
        place, most = found
        if most > _FEW and not last.is_plain:
            return "nested"
        parts[-1].add(*_repeated(last, most))
        last = _Part(ways=1)
    parts[0].end_branch()
    return "many" if parts[0].repeats > MOST_REPEATS or parts[0].ways > MOST_WAYS else ""


def _repeated(part: _Part, most: int) -> tuple[int, int]:
    """Repeats and ways that come on top of the part's own, which are counted already."""
    if most > _FEW:
        return 1, 1
    return part.repeats * max(most - 1, 0), part.ways ** max(most - 1, 0) * (most + 1)


def _step(sign: str, parts: list[_Part]) -> _Part:
    """Take note of a sign that repeats nothing; the part that a repetition just behind it would be about."""
    if sign == "(":
        parts.append(_Part())
    elif sign == "|":
        parts[-1].end_branch()
    elif sign == ")":
        part = parts.pop()
        part.end_branch()
        parts[-1].add(part.repeats, part.ways)
        return part
    return _Part(ways=1)


def _after(pattern: str, place: int) -> int:
    """Where the sign, escape, class or beginning of a group at ``place`` ends."""
    if pattern[place] == "\\":
        return place + 2
    if pattern[place] == "[":
        found = _CLASS.match(pattern, place)
        return found.end() if found else place + 1
    if pattern.startswith("(?", place):  # the question mark is no quantifier
        return place + 2
    return place + 1


def _often(pattern: str, place: int) -> tuple[int, int] | None:
    """Where a quantifier at ``place`` ends, and how often it repeats at most; None: there is none."""
    sign = pattern[place]
    if sign in "*+":
        end, most = place + 1, LONGEST
    elif sign == "?":
        end, most = place + 1, 1
    elif sign == "{" and (found := _COUNTED.match(pattern, place)) and found[0] not in ("{}", "{,}"):
        low, comma, high = found.groups()
        end, most = found.end(), int(high or LONGEST) if comma else int(low)
    else:
        return None
    return end + (pattern[end : end + 1] in ("?", "+")), most
