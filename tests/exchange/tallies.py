"""Counts of a report that no database holds."""

from collections.abc import Iterable

from app.exchange.dokuwiki.model import Outcome
from app.exchange.dokuwiki.report import OUTCOMES, FileLine


def counted(files: Iterable[FileLine]) -> dict[str, dict[Outcome, int]]:
    """Kind -> outcome -> number."""
    found: dict[str, dict[Outcome, int]] = {}
    for file in files:
        row = found.setdefault(file.kind, dict.fromkeys(OUTCOMES, 0))
        row[file.outcome] += 1
    return found


def lines_left(files: Iterable[FileLine]) -> int:
    """Of files that came themselves."""
    return sum(outcome == "left" for file in files if file.outcome != "left" for _, outcome, _ in file.lines)
