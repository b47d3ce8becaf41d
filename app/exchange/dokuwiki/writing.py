"""What the parts of an export to DokuWiki share: where they write, what they tell, the newest changes."""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, Protocol

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.exchange.dokuwiki.changelog import LETTER_OF, write_line
from app.exchange.dokuwiki.file_names import encode
from app.exchange.dokuwiki.histories import Words
from app.exchange.dokuwiki.model import LogLine
from app.exchange.export_report import ExportReport
from app.exchange.exported import write_or_tell
from app.exchange.new_folder import NewFolder
from app.store.blobs import Blobs

DAY = 24 * 3600
MOST_RECENT = 5000  # lines of a log of all pages or files
BATCH = 200  # pages or files that are looked up at once
MOVED = "Two changes of the same second had texts of their own; the later one is dated a second later."


class Change(Protocol):
    """What revisions of pages and files have in common."""

    @property
    def time(self) -> int: ...

    @property
    def author(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def kind(self) -> str: ...

    @property
    def summary(self) -> str: ...

    @property
    def extra(self) -> str: ...

    @property
    def size_change(self) -> int | None: ...

    @property
    def logged(self) -> str | None: ...

    @property
    def external(self) -> bool: ...


@dataclass(slots=True)
class Recent:
    """The newest lines of all logs, no more than ``MOST_RECENT``."""

    heap: list[tuple[int, str]] = field(default_factory=list)

    def add(self, time: int, line: str) -> None:
        if len(self.heap) < MOST_RECENT:
            heapq.heappush(self.heap, (time, line))
        else:
            heapq.heappushpop(self.heap, (time, line))

    def lines(self, since: int, least: int) -> list[tuple[int, str]]:
        """Oldest first: those since then, and at least so many."""
        newest = sorted(self.heap)
        return [each for at, each in enumerate(newest) if each[0] >= since or len(newest) - at <= least]


@dataclass(slots=True)
class Writing:
    """``names``: the full names of the people by login. ``words``: what DokuWiki will write of changes that it finds.

    ``markup``: of which pages DokuWiki shows as they are meant. ``pictures``: where pictures of smileys lie there, by
    their names as files. ``now``: the time of files that have none of their own. ``step``: is told after each page
    and file.
    """

    folder: NewFolder
    report: ExportReport
    names: Mapping[str, str]
    words: Words
    markup: str
    pictures: Mapping[str, str]
    now: int
    step: Callable[[], None]

    def file(self, path: str, content: bytes, at: int | None = None) -> bool:
        """Write one file; False, and a line in the report, where its name does not allow it."""
        return self.files(path, (content,), at)

    def files(self, path: str, content: Iterable[bytes], at: int | None = None) -> bool:
        return write_or_tell(self.folder, self.report, path, content, self.now if at is None else at)


def path_of(name: str) -> str:
    return encode(name, "url")


def by_id(session: Session, key: InstrumentedAttribute[int], *columns: InstrumentedAttribute[Any]) -> Iterator[Any]:
    """These columns of all rows of a table, ``key`` among them, a stretch at a time."""
    after = 0
    while rows := session.execute(select(key, *columns).where(key > after).order_by(key).limit(BATCH)).all():
        yield from rows
        after = rows[-1].id


@contextmanager
def by_owner(
    session: Session, owner: InstrumentedAttribute[int], *columns: Any
) -> Iterator[Callable[[int], list[Any]]]:
    """The changes of one page or file after the other, oldest first, by one query that is read as far as it is asked.

    ``columns``: by the first two they are ordered. The keys of owners are to be asked for in ascending order.
    """
    query = select(owner, *columns).order_by(owner, *columns[:2])
    rows = session.execute(query.execution_options(yield_per=1000))
    groups = groupby(rows, key=lambda row: row[0])
    waiting: tuple[int, list[Any]] | None = None

    def changes(key: int) -> list[Any]:
        nonlocal waiting
        while waiting is None or waiting[0] < key:
            found = next(groups, None)
            if found is None:
                return []
            waiting = (found[0], list(found[1]))
        return waiting[1] if waiting[0] == key else []

    try:
        yield changes
    finally:
        rows.close()


def lazily(blobs: Blobs, sha256: str) -> Iterator[bytes]:
    """Bytes that are missed only when they are written, see ``Writing.files``."""
    yield from blobs.read(sha256)


def write_log(writing: Writing, path: str, name: str, told: Sequence[tuple[Change, int]], recent: Recent) -> bool:
    """The history of a page or file, where there is one; False where no file can be called so.

    ``told``: changes that get a line, with their times in the export, oldest first.
    """
    if not told:
        return True
    moved = {change.time: time for change, time in told}
    if any(change.time != time for change, time in told):
        writing.report.changed.append((name, MOVED))
    lines = [(time, _line(name, change, time, moved)) for change, time in told]
    if not writing.file(path, "".join(f"{line}\n" for _, line in lines).encode(), lines[-1][0]):
        return False
    for time, line in lines:
        recent.add(time, line)
    return True


def _line(name: str, change: Change, time: int, moved: Mapping[int, int]) -> str:
    """``time``: of the change in the export. ``moved``: times in the wiki to those in the export."""
    extra = change.extra
    if extra.isdecimal() and len(extra) < 16 and int(extra) in moved:
        extra = str(moved[int(extra)])
    raw = change.logged if time == change.time else None
    kind = LETTER_OF.get(change.kind, "E")
    line = LogLine(time, change.address, kind, name, change.author, change.summary, extra, change.size_change)
    return write_line(replace(line, raw=raw))


def distinct_times(times: Sequence[int], fits: Callable[[int, int], bool]) -> list[int]:
    """The times in the export, oldest first. ``fits(start, stop)``: whether changes of one second may stay so."""
    found: list[int] = []
    start = 0
    while start < len(times):
        stop = start + 1
        while stop < len(times) and times[stop] == times[start]:
            stop += 1
        is_free = not found or found[-1] < times[start]
        if is_free and (stop - start == 1 or fits(start, stop)):
            found += [times[start]] * (stop - start)
        else:
            for _ in range(start, stop):
                found.append(max(times[start], found[-1] + 1 if found else times[start]))
        start = stop
    return found
