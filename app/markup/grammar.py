"""How rules become modes: a mode is one pattern that finds the next place where any of its rules may apply.

The alternatives are factored by their first character. The regular expression engine then skips, without Python, to the
next character that can matter, and tries only the rules that begin with it. So the fewer characters begin anything, and
the rarer these are in text, the better: a token may name a rare one from its middle, and what stands only at the
beginning of a line is tried nowhere else.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

if TYPE_CHECKING:
    from app.markup.scanner import Scanner
    from app.markup.source import Source

Category = Literal["container", "baseonly", "formatting", "substitution", "protected", "disabled", "paragraphs"]
T = TypeVar("T")

# Reads what begins at ``start`` (the trigger ended at ``end``) and returns where scanning goes on; 0: this is not it.
Read = Callable[["Scanner", int, int], int]
# Says where the token that begins at ``start`` ends, without reading it; 0: this is not it.
Reach = Callable[["Source", int, int], int]


class Trigger(NamedTuple):
    """Where a rule may apply: the character ``first``, then the regular expression ``rest``.

    ``first`` "": at the beginning of a line, where a token before it took the line's end. ``before``: how many of the
    token's characters stand before ``first``; nothing else may begin among them.

    ``rest`` must not backtrack over the text: literals, sets, look-around of fixed width, possessive runs. What needs a
    search (a closing tag somewhere later) is asked of ``Source``, which remembers.
    """

    first: str
    rest: str
    before: int = 0


def at_trigger(source: "Source", start: int, end: int) -> int:
    """The reach of a token that its trigger matches as a whole."""
    del source, start
    return end


@dataclass(frozen=True, slots=True)
class Rule:
    """One syntax. ``reach`` is set for whatever an unclosed span must skip as a whole; ``examples`` are page source."""

    name: str
    category: Category
    triggers: tuple[Trigger, ...]
    read: Read
    reach: Reach | None = None
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Alternatives(Generic[T]):
    """``values[n]`` belongs to group n of the pattern, as does ``before[n]``; ``others[n]`` are tried when it declines.

    ``line``: what stands at the beginning of a line; its ``search`` looks there alone.
    """

    search: Callable[[str, int], "re.Match[str] | None"]
    values: tuple[T, ...]
    before: tuple[int, ...]
    others: tuple[tuple["Other[T]", ...], ...]
    line: "Alternatives[T] | None" = None


class Other(NamedTuple, Generic[T]):
    """One alternative alone."""

    pattern: "re.Pattern[str]"
    value: T
    before: int


def alternatives(entries: Iterable[tuple[Trigger, T]], nothing: T) -> Alternatives[T]:
    """One pattern for all ``entries``; at one place the earlier entry wins. ``nothing`` fills the unused group 0."""
    by_first: dict[str, list[tuple[Trigger, T]]] = {}
    for trigger, value in entries:
        by_first.setdefault(trigger.first, []).append((trigger, value))
    at_line = by_first.pop("", None)
    line = _factored({"": at_line}, nothing, None) if at_line else None
    return _factored(by_first, nothing, line)


def _factored(
    by_first: dict[str, list[tuple[Trigger, T]]], nothing: T, line: Alternatives[T] | None
) -> Alternatives[T]:
    parts = []
    every = [Other(re.compile(""), nothing, 0)]
    others: list[tuple[Other[T], ...]] = [()]
    for first, entries in by_first.items():
        # Whoever began before this character began before the others.
        group = sorted(entries, key=lambda entry: -entry[0].before)
        parts.append(f"{re.escape(first)}(?:{'|'.join(trigger.rest + '()' for trigger, _ in group)})")
        singles = tuple(
            Other(re.compile(re.escape(first) + trigger.rest, re.ASCII), value, trigger.before)
            for trigger, value in group
        )
        every += singles
        others.extend(singles[number + 1 :] for number in range(len(group)))
    pattern = re.compile("|".join(parts), re.ASCII)
    return Alternatives(
        pattern.match if "" in by_first else pattern.search,
        tuple(other.value for other in every),
        tuple(other.before for other in every),
        tuple(others),
        line,
    )


def decline(scan: "Scanner", start: int, end: int) -> int:
    """Reads nothing."""
    del scan, start, end
    return 0


def mode(rules: Sequence[Rule]) -> Alternatives[Read]:
    """The mode in which ``rules`` apply, tried in this order."""
    return alternatives([(trigger, rule.read) for rule in rules for trigger in rule.triggers], decline)


@dataclass(frozen=True, slots=True)
class Span:
    """What an opener must find to be one: ``closer`` before ``boundary``, whatever is ``opaque`` skipped."""

    closer: Trigger
    boundary: tuple[Trigger, ...]
    opaque: tuple[Rule, ...]


def bounds(source: "Source", start: int, end: int) -> int:
    """Stands for the boundary in a guard's alternatives."""
    del source, start, end
    return 0


def closes(source: "Source", start: int, end: int) -> int:
    """Stands for the closer in a guard's alternatives."""
    del source, start, end
    return 0


def guard(span: Span) -> Alternatives[Reach]:
    """The pattern by which an opener looks ahead: boundary, closer, then all that is skipped as a whole."""
    entries: list[tuple[Trigger, Reach]] = [(trigger, bounds) for trigger in span.boundary]
    entries.append((span.closer, closes))
    entries += [(trigger, rule.reach) for rule in span.opaque if rule.reach for trigger in rule.triggers]
    return alternatives(entries, bounds)


@dataclass(frozen=True, slots=True)
class Grammar:
    """All modes by name, and for the guarded ones how they look ahead."""

    modes: dict[str, Alternatives[Read]]
    guards: dict[str, Alternatives[Reach]]
