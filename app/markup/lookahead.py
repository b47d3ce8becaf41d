"""Whether an opener finds its closer."""

from app.markup.grammar import Alternatives, Reach, bounds, closes
from app.markup.source import Source


class Lookahead:
    """Finds the closer of one kind of span, from places that only ever move forward.

    It remembers the stretches that the last look passed through: from a place inside a stretch the same token comes
    next, hence the same answer. Each token is therefore met once, and 10,000 unclosed openers cost one pass.
    """

    __slots__ = ("_answer", "_guard", "_source", "_stretches")

    def __init__(self, source: Source, guard: Alternatives[Reach]) -> None:
        self._source = source
        self._guard = guard
        self._stretches: list[tuple[int, int]] = []  # (from, to): nearest last
        self._answer = -1

    def closer(self, at: int) -> int:
        """Where the first valid closer behind ``at`` begins; -1 where a boundary or the end of the text comes first."""
        fresh: list[tuple[int, int]] = []
        while not self._known(at):
            start, end = self._next(at)
            fresh.append((at, start))
            if end <= 0:
                self._stretches.clear()
                self._answer = start if end == 0 else -1
                break
            at = end
        self._stretches += reversed(fresh)
        return self._answer

    def _known(self, at: int) -> bool:
        stretches = self._stretches
        while stretches and stretches[-1][1] < at:
            stretches.pop()
        return bool(stretches) and stretches[-1][0] <= at

    def _next(self, at: int) -> tuple[int, int]:
        """Start of the next token and its end; 0 for the closer, -1 for a boundary or the end of the text."""
        guard, text, first = self._guard, self._source.text, at
        while match := guard.search(text, at):
            place = match.start()
            number = match.lastindex or 0
            start = place - guard.before[number]
            end = self._reach(guard.values[number], start, match.end()) if start >= first else _NOT_IT
            if end == _NOT_IT:
                start, end = self._others(number, place, first)
            if end != _NOT_IT:
                return start, end
            at = place + 1
        return len(text), -1

    def _others(self, number: int, place: int, first: int) -> tuple[int, int]:
        for pattern, reach, before in self._guard.others[number]:
            start = place - before
            match = pattern.match(self._source.text, place) if start >= first else None
            end = self._reach(reach, start, match.end()) if match else _NOT_IT
            if end != _NOT_IT:
                return start, end
        return place, _NOT_IT

    def _reach(self, reach: Reach, start: int, trigger_end: int) -> int:
        if reach is closes:
            return 0
        if reach is bounds:
            return -1
        return reach(self._source, start, trigger_end) or _NOT_IT


_NOT_IT = -2
