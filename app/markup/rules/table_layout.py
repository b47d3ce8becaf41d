"""From the cells as read to the table as shown: spans, alignment, head, padding.

``| wide ||`` gives ``<td class="col0" colspan="2"> wide </td>``; ``| ::: |`` lengthens the cell above by ``rowspan``.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.markup.nodes import Align, CellOpen, Close, Event, Open, TableClose, TableOpen

_SPAN = re.compile(r"[ \t]*+:::[ \t]*+")
_SPAN_END = re.compile(r":::[ \t]*+\Z")  # the blanks belong to the sign and align nothing
_ROW, _ROW_CLOSE = Open("row"), Close("row")
_HEAD, _HEAD_CLOSE = Open("thead"), Close("thead")


@dataclass(slots=True)
class Cell:
    """A cell while spans are worked out. ``gone``: swallowed by the cell it extends."""

    events: list[Event]
    header: bool = False
    colspan: int = 1
    rowspan: int = 1
    gone: bool = False


@dataclass(slots=True)
class Row:
    """``signs``: the borders, one more than closed cells."""

    cells: list[Cell] = field(default_factory=list)
    signs: list[str] = field(default_factory=list)


def lay_out(rows: list[Row], start: int, end: int) -> Iterator[Event]:
    """The events of a table that stands at ``start`` to ``end``."""
    head = _head_rows(rows)
    columns = max(len(row.signs) for row in rows) - 1
    _span_columns(rows)
    _span_rows(rows[:head])
    _span_rows(rows[head:])
    yield TableOpen(start)
    if head:
        yield _HEAD
    for number, row in enumerate(rows):
        if head and number == head:
            yield _HEAD_CLOSE
        yield from _row(row, columns)
    yield TableClose(end)


def _head_rows(rows: list[Row]) -> int:
    """How many leading rows are the head; none when all qualify."""
    for number, row in enumerate(rows):
        carets = row.signs.count("^")
        bars = len(row.signs) - carets
        if not (carets and bars <= 2 and 2 * bars <= carets):
            return number
    return 0


def _span_columns(rows: list[Row]) -> None:
    """A cell with nothing in it, not even a blank, widens the one before it; at the start of a row it is just gone."""
    for row in rows:
        kept: Cell | None = None
        for cell in row.cells:
            if cell.events:
                kept = cell
            else:
                cell.gone = True
                if kept:
                    kept.colspan += 1


def _span_rows(rows: list[Row]) -> None:
    """A cell of ``:::`` lengthens the cell above it that reaches down to it. In the first row it is an empty cell.

    ``above`` remembers for each place the last cell that is shown there and its row, so nothing is searched.
    """
    above: dict[int, tuple[Cell, int]] = {}
    for number, row in enumerate(rows):
        for place, cell in enumerate(row.cells):
            if cell.gone:
                continue
            if _is_span(cell):
                upper, at = above.get(place, (cell, number))
                if number:
                    cell.gone = True
                    upper.rowspan += at + upper.rowspan == number
                    continue
                cell.events.clear()
            elif not number and _ends_in_span(cell):
                cell.events.pop()
            above[place] = (cell, number)


def _is_span(cell: Cell) -> bool:
    return len(cell.events) == 1 and _ends_in_span(cell)


def _ends_in_span(cell: Cell) -> bool:
    """Whether nothing else stands behind what is no text. The sign is not seen in the first row: nothing is above."""
    last = cell.events[-1]
    return isinstance(last, str) and bool(_SPAN.fullmatch(last))


def _row(row: Row, columns: int) -> Iterator[Event]:
    yield _ROW
    column = 0
    for cell in row.cells:
        if not cell.gone:
            yield CellOpen(cell.header, column, _align(cell.events), cell.colspan, cell.rowspan)
            yield from cell.events
            yield Close("th" if cell.header else "td")
            column += cell.colspan
    for _ in range(columns - len(row.signs) + 1):
        yield CellOpen(header=False, column=column, align="", colspan=1, rowspan=1)
        yield Close("td")
        column += 1
    yield _ROW_CLOSE


def _align(events: list[Event]) -> Align:
    """By the runs of blanks (two or more, or with a tab) beside the borders."""
    if not events:
        return ""
    first, last = events[0], events[-1]
    left = isinstance(first, str) and _is_mark(first[: len(first) - len(first.lstrip(" \t"))])
    right = isinstance(last, str) and _is_mark(last[len(last.rstrip(" \t")) :]) and not _SPAN_END.search(last)
    if left and right:
        alone = len(events) == 1 and isinstance(first, str) and not first.strip(" \t")
        return "left" if alone else "center"
    return "right" if left else "left" if right else ""


def _is_mark(blanks: str) -> bool:
    return len(blanks) >= 2 or blanks == "\t"
