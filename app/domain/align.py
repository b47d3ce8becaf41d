"""Which items of two sequences correspond.

Items that stand once on both sides come first (they mark what a reader would call the same place); what lies between
them is compared item by item. Work is bounded: where it runs out, the rest counts as replaced.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import isqrt

WORK = 2_000_000  # steps; about a second
_MOST_EDITS = 700  # between two places; what is kept for the way back grows with its square


@dataclass(frozen=True, slots=True)
class Run:
    """``length`` equal items from ``old`` and from ``new`` on."""

    old: int
    new: int
    length: int


@dataclass(frozen=True, slots=True)
class Alignment:
    """``runs`` in order, apart from each other; not ``complete`` where work ran out. ``cost`` in steps."""

    runs: tuple[Run, ...]
    complete: bool
    cost: int


def align(old: Sequence[str], new: Sequence[str], work: int = WORK) -> Alignment:
    """The equal runs of two sequences."""
    numbers: dict[str, int] = {}
    search = _Search(
        [numbers.setdefault(item, len(numbers)) for item in old],
        [numbers.setdefault(item, len(numbers)) for item in new],
        work,
    )
    search.everything()
    return Alignment(tuple(_joined(sorted(search.runs))), search.complete, work - search.left)


class _Search:
    """One comparison under way."""

    __slots__ = ("complete", "left", "new", "old", "runs")

    def __init__(self, old: list[int], new: list[int], work: int) -> None:
        self.old = old
        self.new = new
        self.left = work
        self.complete = True
        self.runs: list[tuple[int, int, int]] = []

    def everything(self) -> None:
        ranges = [(0, len(self.old), 0, len(self.new))]
        while ranges:
            inner = self._trimmed(*ranges.pop())
            start, end, new_start, new_end = inner
            if start == end or new_start == new_end:
                continue
            self.left -= end - start + new_end - new_start
            if self.left < 0:
                self.complete = False
                continue
            places = self._landmarks(inner)
            if not places:
                self._step_by_step(inner)
                continue
            # Each range begins with its landmark, which trimming takes as an equal item.
            edges = [(start, new_start), *places, (end, new_end)]
            ranges.extend((a, b, c, d) for (a, c), (b, d) in pairwise(edges))

    def _trimmed(self, start: int, end: int, new_start: int, new_end: int) -> tuple[int, int, int, int]:
        """The range without what is equal at its ends; that is noted."""
        old, new = self.old, self.new
        first = (start, new_start)
        while start < end and new_start < new_end and old[start] == new[new_start]:
            start += 1
            new_start += 1
        self._note(*first, start - first[0])
        last = end
        while start < end and new_start < new_end and old[end - 1] == new[new_end - 1]:
            end -= 1
            new_end -= 1
        self._note(end, new_end, last - end)
        return start, end, new_start, new_end

    def _note(self, old: int, new: int, length: int) -> None:
        if length:
            self.runs.append((old, new, length))

    def _landmarks(self, span: tuple[int, int, int, int]) -> list[tuple[int, int]]:
        """Places of items that stand once on both sides of the range, as many as keep their order."""
        start, end, new_start, new_end = span
        there = _once(self.new, new_start, new_end)
        here = _once(self.old, start, end)
        return _rising([(at, there[item]) for item, at in here.items() if item in there])

    def _step_by_step(self, span: tuple[int, int, int, int]) -> None:
        """The shortest way from one side to the other (E. Myers, 1986), unless it is too long."""
        start, end, new_start, new_end = span
        old, new = self.old[start:end], self.new[new_start:new_end]
        goal = len(old) - len(new)
        reached: list[list[int]] = []
        for edits in range(min(len(old) + len(new), _MOST_EDITS, isqrt(self.left)) + 1):
            front = _front(reached[-1] if reached else [], old, new)
            reached.append(front)
            self.left -= edits + 1
            at = (goal + edits) // 2
            if (goal + edits) % 2 == 0 and 0 <= at <= edits and front[at] >= len(old):
                self._way_back(reached, (len(old), len(new)), (start, new_start))
                return
        self.complete = False

    def _way_back(self, reached: list[list[int]], end: tuple[int, int], origin: tuple[int, int]) -> None:
        x, diagonal = end[0], end[0] - end[1]
        for edits in range(len(reached) - 1, -1, -1):
            down, right = _arrivals(reached[edits - 1] if edits else [], (diagonal + edits) // 2)
            begun = max(down, right)
            self._note(origin[0] + begun, origin[1] + begun - diagonal, x - begun)
            x, diagonal = (down, diagonal + 1) if down >= right else (right - 1, diagonal - 1)


def _front(before: list[int], old: list[int], new: list[int]) -> list[int]:
    """How far one edit more leads on each diagonal."""
    edits = len(before)
    front = []
    for at in range(edits + 1):
        x = max(_arrivals(before, at))
        y = x - (2 * at - edits)
        while x < len(old) and y < len(new) and old[x] == new[y]:
            x += 1
            y += 1
        front.append(x)
    return front


def _arrivals(before: list[int], at: int) -> tuple[int, int]:
    """Where one adds an item of ``new`` to, and where one leaves out an item of ``old``; -1 for no way."""
    if not before:
        return 0, -1
    return (before[at] if at < len(before) else -1, before[at - 1] + 1 if at > 0 else -1)


def _once(items: list[int], start: int, end: int) -> dict[int, int]:
    """Items that stand once between two places, in order, and where."""
    seen: dict[int, int] = {}
    twice: set[int] = set()
    for at in range(start, end):
        item = items[at]
        if item in seen:
            twice.add(item)
        else:
            seen[item] = at
    return {item: at for item, at in seen.items() if item not in twice}


def _rising(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest choice of ``pairs`` (in order of the first) in which the second rises too."""
    tops: list[int] = []
    ends: list[int] = []
    before: list[int] = []
    for number, (_, there) in enumerate(pairs):
        at = bisect_left(tops, there)
        tops[at : at + 1] = [there]
        ends[at : at + 1] = [number]
        before.append(ends[at - 1] if at else -1)
    chosen = []
    number = ends[-1] if ends else -1
    while number >= 0:
        chosen.append(pairs[number])
        number = before[number]
    return chosen[::-1]


def _joined(runs: Iterable[tuple[int, int, int]]) -> Iterator[Run]:
    """Runs that touch on both sides made one."""
    open_run: Run | None = None
    for old, new, length in runs:
        if open_run and open_run.old + open_run.length == old and open_run.new + open_run.length == new:
            open_run = Run(open_run.old, open_run.new, open_run.length + length)
            continue
        if open_run:
            yield open_run
        open_run = Run(old, new, length)
    if open_run:
        yield open_run
