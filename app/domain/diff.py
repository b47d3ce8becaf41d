"""What changed between two texts: lines, and words within lines that changed.

Both a view with two columns and a view in one can be drawn from the rows. Work is bounded whatever the texts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import Literal

from app.domain.align import Alignment, Run, align

CONTEXT = 3
MAX_ROWS = 10_000
_WORK = 2_000_000
_LIKE = 0.4  # share of words that two lines must have in common to be two states of one line
_MAX_WORDS = 40_000  # in the two states of a line; nobody reads the marks of more
_CELLS = 900  # pairs of lines tried in one place
# One word, one sign of a script that does not part its words, one stretch of blanks, or one other character.
_UNPARTED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_TOKENS = re.compile(rf"[{_UNPARTED}]|[^\W{_UNPARTED}]+|\s+|[^\w\s]")
_WORDS = re.compile(rf"[{_UNPARTED}]|[^\W{_UNPARTED}]+")

Kind = Literal["same", "removed", "added", "changed"]


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line; ``marked`` where it differs from the other side."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line on both sides; a side that has no such line has no number and no pieces. Numbers count from 1."""

    kind: Kind
    old_number: int | None = None
    old: tuple[Piece, ...] = ()
    new_number: int | None = None
    new: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Fold:
    """Unchanged lines out of sight; the first has these numbers."""

    old_number: int
    new_number: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextDiff:
    """``added`` and ``removed`` in lines. Not ``complete``: too different to be compared line by line throughout.

    ``cut``: rows end before the texts do.
    """

    rows: tuple[Row | Fold, ...]
    added: int
    removed: int
    complete: bool
    cut: bool


def compare(old: str, new: str, context: int = CONTEXT, limit: int = MAX_ROWS) -> TextDiff:
    """At most ``limit`` rows from ``old`` to ``new``, with ``context`` unchanged lines in sight around each change."""
    lines, new_lines = _lines(old), _lines(new)
    alignment = align(lines, new_lines)
    kept = sum(run.length for run in alignment.runs)
    rows = tuple(islice(_Writer(lines, new_lines, context).rows(alignment), limit + 1))
    return TextDiff(
        rows=rows[:limit],
        added=len(new_lines) - kept,
        removed=len(lines) - kept,
        complete=alignment.complete,
        cut=len(rows) > limit,
    )


def _lines(text: str) -> list[str]:
    return text.split("\n") if text else []


class _Writer:
    """Turns equal runs and what lies between them into rows."""

    __slots__ = ("_context", "_left", "_new", "_old")

    def __init__(self, old: list[str], new: list[str], context: int) -> None:
        self._old = old
        self._new = new
        self._context = context
        self._left = _WORK

    def rows(self, alignment: Alignment) -> Iterator[Row | Fold]:
        old = new = 0
        for run in alignment.runs:
            yield from self._between(old, run.old, new, run.new)
            yield from self._same(run)
            old, new = run.old + run.length, run.new + run.length
        yield from self._between(old, len(self._old), new, len(self._new))

    def _same(self, run: Run) -> Iterator[Row | Fold]:
        """Equal lines, the middle of them folded; a single line is shown rather than counted."""
        end, new_end = run.old + run.length, run.new + run.length
        first = run.old + (self._context if run.old or run.new else 0)
        last = end - (self._context if (end, new_end) != (len(self._old), len(self._new)) else 0)
        if last - first < 2:
            first = last = end
        shift = run.new - run.old
        yield from (self._kept(at, at + shift) for at in range(run.old, first))
        if first < last:
            yield Fold(first + 1, first + shift + 1, tuple(self._old[first:last]))
        yield from (self._kept(at, at + shift) for at in range(last, end))

    def _kept(self, old: int, new: int) -> Row:
        both = (Piece(self._old[old]),)
        return Row("same", old + 1, both, new + 1, both)

    def _between(self, start: int, end: int, new_start: int, new_end: int) -> Iterator[Row]:
        pairs = _pairs(self._old[start:end], self._new[new_start:new_end])
        old, new = start, new_start
        for one, other in (*pairs, (end - start, new_end - new_start)):
            yield from (self._removed(at) for at in range(old, start + one))
            yield from (self._added(at) for at in range(new, new_start + other))
            old, new = start + one, new_start + other
            if old < end and new < new_end:
                yield from self._changed(old, new)
                old, new = old + 1, new + 1

    def _removed(self, at: int) -> Row:
        return Row("removed", old_number=at + 1, old=(Piece(self._old[at], marked=True),))

    def _added(self, at: int) -> Row:
        return Row("added", new_number=at + 1, new=(Piece(self._new[at], marked=True),))

    def _changed(self, old: int, new: int) -> Iterator[Row]:
        words, new_words = _TOKENS.findall(self._old[old]), _TOKENS.findall(self._new[new])
        few = len(words) + len(new_words) <= _MAX_WORDS
        alignment = align(words, new_words, max(0, self._left)) if few else Alignment((), complete=False, cost=0)
        self._left -= alignment.cost
        if not alignment.runs:
            yield from (self._removed(old), self._added(new))
            return
        kept = [(run.old, run.length) for run in alignment.runs]
        new_kept = [(run.new, run.length) for run in alignment.runs]
        yield Row("changed", old + 1, _pieces(words, kept), new + 1, _pieces(new_words, new_kept))


def _pieces(words: list[str], kept: list[tuple[int, int]]) -> tuple[Piece, ...]:
    """A line in pieces; blanks between two marked words are marked with them."""
    marks = [True] * len(words)
    for start, length in kept:
        marks[start : start + length] = [False] * length
    for at in range(1, len(words) - 1):
        if words[at].isspace() and marks[at - 1] and marks[at + 1]:
            marks[at] = True
    spans = groupby(zip(words, marks, strict=True), key=lambda pair: pair[1])
    return tuple(Piece("".join(word for word, _ in span), marked) for marked, span in spans)


def _pairs(old: list[str], new: list[str]) -> list[tuple[int, int]]:
    """Which of the lines that were replaced are states of one line, in order, as offsets."""
    if not old or not new:
        return []
    if len(old) * len(new) > _CELLS:
        same_place = islice(zip(old, new, strict=False), MAX_ROWS)
        return [(at, at) for at, (one, other) in enumerate(same_place) if _likeness(_bag(one), _bag(other)) >= _LIKE]
    return _best_pairs([_bag(line) for line in old], [_bag(line) for line in new])


def _best_pairs(old: list[frozenset[str]], new: list[frozenset[str]]) -> list[tuple[int, int]]:
    """The pairs, in order, that have most in common altogether."""
    like = [[_likeness(one, other) for other in new] for one in old]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for at in range(len(old) - 1, -1, -1):
        for there in range(len(new) - 1, -1, -1):
            paired = best[at + 1][there + 1] + like[at][there]
            best[at][there] = max(paired, best[at + 1][there], best[at][there + 1])
    pairs = []
    at = there = 0
    while at < len(old) and there < len(new):
        if best[at][there] == best[at + 1][there]:
            at += 1
        elif best[at][there] == best[at][there + 1]:
            there += 1
        else:
            pairs.append((at, there))
            at, there = at + 1, there + 1
    return pairs


def _bag(line: str) -> frozenset[str]:
    return frozenset(_WORDS.findall(line))


def _likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of words in common, 0 below what makes two lines states of one."""
    if not one or not other:
        return 0.0
    share = 2 * len(one & other) / (len(one) + len(other))
    return share if share >= _LIKE else 0.0
