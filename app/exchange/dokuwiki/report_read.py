"""The report of an import as it was written for programs, read again a stretch at a time: it may be very long."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from app.exchange.dokuwiki.model import Outcome
from app.exchange.dokuwiki.report import ON_PURPOSE
from app.services.paging import Slice, cut

END_OF_HEAD = ', "files": ['
NEEDED = {"place", "begun_at", "ended_at", "dry_run", "exit_status", "walked", "accounted", "left", "counts"}
LATER: Mapping[str, object] = {"left_lines": 0, "plugins": (), "verified": None}  # what not every version wrote


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one file of the source, or of one line in it (from 1; 0: the file)."""

    path: str
    line: int
    kind: str
    outcome: Outcome
    why: str

    @property
    def lost(self) -> bool:
        """Whether it should have come and did not."""
        return self.outcome == "left" and self.kind != ON_PURPOSE


@dataclass(frozen=True, slots=True)
class Asked:
    """Which: ``outcome`` "left" (what should have come), "changed", "unneeded" or "" for all; with ``words`` in it."""

    outcome: str = ""
    words: str = ""
    start: int = 0

    def fits(self, told: Told) -> bool:
        match self.outcome:
            case "left":
                wanted = told.lost
            case "unneeded":
                wanted = told.kind == ON_PURPOSE
            case "":
                wanted = True
            case outcome:
                wanted = told.outcome == outcome
        return wanted and self.words.casefold() in f"{told.path} {told.why}".casefold()


def head_of(path: Path) -> Mapping[str, Any] | None:
    """All but the files, as ``write_json`` writes it. None: this is no such report."""
    try:
        with path.open(encoding="utf-8") as file:
            head: dict[str, Any] = json.loads(file.readline().rstrip("\n").removesuffix(END_OF_HEAD) + "}")
    except (OSError, ValueError):
        return None
    return {**LATER, **head} if head.keys() >= NEEDED else None


def stretch(path: Path, asked: Asked, limit: int) -> Slice[Told]:
    """At most ``limit`` files and lines that fit, after the first ``asked.start`` of them."""
    with path.open(encoding="utf-8") as file:
        next(file, None)
        fitting = (told for told in _told(file) if asked.fits(told))
        return cut(list(islice(fitting, asked.start, asked.start + limit + 1)), limit, asked.start)


def _told(lines: Iterable[str]) -> Iterator[Told]:
    for line in lines:
        if not line.startswith("{"):
            continue
        row = json.loads(line.rstrip().removesuffix(","))
        yield Told(row["path"], 0, row["kind"], row["outcome"], row["why"])
        yield from (Told(row["path"], number, row["kind"], outcome, why) for number, outcome, why in row["lines"])
