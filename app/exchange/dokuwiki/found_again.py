"""Changes that stand in no log, and need not: DokuWiki finds them by itself, as it did in the wiki they came from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from app.exchange.dokuwiki.changelog import LETTER_OF
from app.exchange.dokuwiki.histories import Current, Words, found_change
from app.exchange.dokuwiki.model import LogLine
from app.exchange.dokuwiki.writing import Change


@dataclass(frozen=True, slots=True)
class Untold:
    """``places``: which changes no line tells of. ``rev``: the time of the current file that lets the last be found.

    ``is_bare``: the last would not be found if the attic had its text.
    """

    places: frozenset[int] = frozenset()
    rev: int | None = None
    is_bare: bool = False


def untold(changes: Sequence[Change], times: Sequence[int], words: Words, *, with_copy: bool) -> Untold:
    """``times``: of the changes in the export. All others are told by a line, also such that nobody logged.

    ``with_copy``: the attic has what is there now, too, as it has of pages.
    """
    logged = [at for at, change in enumerate(changes) if not change.external]
    last = len(changes) - 1
    is_found = changes[last].external and times[last] == changes[last].time
    newest = times[logged[-1]] if logged else None
    alone = frozenset(
        at
        for at, change in enumerate(changes[:-1])
        if _is_of_the_attic(change, times[at]) and (newest is None or change.time <= newest or changes[last].external)
    )
    if not logged:
        is_whole = is_found and len(alone) == last
        return _without_log(changes, words, with_copy=with_copy) if is_whole else Untold()
    rev = next(_revs(changes[last], _line(changes[logged[-1]], times[logged[-1]]), words), None) if is_found else None
    return Untold(alone, None) if rev is None else Untold(alone | {last}, rev)


def _without_log(changes: Sequence[Change], words: Words, *, with_copy: bool) -> Untold:
    """What is told by nothing but the attic and the file as it lies there now; only the last may be of the file."""
    everything = frozenset(range(len(changes)))
    change = changes[-1]
    if change.kind == "delete":
        return Untold(everything if len(changes) > 1 else frozenset())
    if with_copy and _is_of_the_attic(change, change.time):
        return Untold(everything, change.time - 1)  # the attic is newer than the file, and holds the same
    rev = next(_revs(change, None, words), None)
    if rev is not None or len(changes) == 1:
        return Untold(everything, rev) if rev is not None else Untold()
    before = changes[-2]
    rev = next((rev for rev in _revs(change, _line(before, before.time), words) if rev < before.time), None)
    return Untold() if rev is None else Untold(everything, rev, is_bare=True)


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
