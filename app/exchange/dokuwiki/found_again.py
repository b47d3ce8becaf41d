"""Changes that stand in no log, and need not: DokuWiki finds them by itself, as it did in the wiki they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.exchange.dokuwiki.changelog import LETTER_OF
from app.exchange.dokuwiki.histories import Current, Words, found_change
from app.exchange.dokuwiki.model import LogLine
from app.exchange.dokuwiki.writing import Change


@dataclass(frozen=True, slots=True)
class Untold:
    """``places``: which changes no line tells of. ``rev``: the time of the current file that lets the last be found."""

    places: frozenset[int] = frozenset()
    rev: int | None = None


def untold(changes: Sequence[Change], times: Sequence[int], words: Words) -> Untold:
    """``times``: of the changes in the export. All others are told by a line, also such that nobody logged."""
    logged = [at for at, change in enumerate(changes) if not change.external]
    last = len(changes) - 1
    newest = times[logged[-1]] if logged else None
    alone = {
        at
        for at, change in enumerate(changes[:-1])
        if _is_of_the_attic(change, times[at]) and (newest is None or change.time <= newest or changes[last].external)
    }
    if not changes[last].external or times[last] != changes[last].time:
        return Untold(frozenset(alone if logged else ()))
    line = _line(changes[logged[-1]], times[logged[-1]]) if logged else None
    if line is None and changes[last].kind == "delete":
        found = len(alone) == last > 0
        return Untold(frozenset(range(len(changes))) if found else frozenset())
    rev = next(_revs(changes[last], line, words), None)
    return Untold(frozenset(alone | {last}), rev) if rev is not None else Untold(frozenset(alone))


def _is_of_the_attic(change: Change, time: int) -> bool:
    """An older text alone: a change of the current file would have told how much it became longer."""
    return change.external and change.kind == "edit" and change.size_change is None and change.time == time


def _revs(change: Change, last: LogLine | None, words: Words) -> Iterator[int]:
    """Times of the current file by which DokuWiki finds this very change; of a deletion, which has none, its own."""
    wanted = (change.time, LETTER_OF.get(change.kind), change.author, change.address, change.summary, change.extra)
    before = (last.time, last.time - 1) if last else ()
    for rev in (change.time, *before):
        current = None if change.kind == "delete" else Current(rev, 0, is_last=False)
        found = found_change("", last, 0, current, words=words, now=change.time + 1)
        if found and (found.time, found.kind, found.user, found.address, found.summary, found.extra) == wanted:
            yield rev


def _line(change: Change, time: int) -> LogLine:
    return LogLine(time, "", LETTER_OF.get(change.kind, "E"), "", "", "", "", None)
