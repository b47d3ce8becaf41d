"""A table in Markdown: one head row, one alignment a column, no spans.

| Name | Size |
| :--- | ---: |
| one  | 12   |
"""

from collections import Counter
from typing import NamedTuple

from app.markup.conversion.losses import Losses
from app.markup.nodes import CellOpen

_RULES = {"left": ":--", "right": "--:", "center": ":-:", "": "---"}


class _Cell(NamedTuple):
    text: str
    align: str
    header: bool


_WIDEST = 1000
_EMPTY = _Cell("", "", header=False)


class Table:
    """The table being read. ``heads``: how many of its first rows are the head.

    ``_below``: column to the number of cells that are to be left free in it.
    """

    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = []
        self.heads = 0
        self._below: dict[int, int] = {}

    def begin_row(self) -> None:
        self.rows.append([])

    def end_head(self) -> None:
        self.heads = len(self.rows)

    def add(self, cell: CellOpen, text: str, losses: Losses) -> None:
        """The next cell of the row. What spans is written once, the places it took are left empty."""
        if not self.rows:
            self.begin_row()
        row = self.rows[-1]
        self._leave_free(row)
        for number in range(min(cell.colspan, _WIDEST)):
            if cell.rowspan > 1:
                self._below[len(row)] = cell.rowspan - 1
            row.append(_EMPTY if number else _Cell(text, cell.align, cell.header))
        if cell.colspan > 1:
            losses.add("column span", text)
        if cell.rowspan > 1:
            losses.add("row span", text)

    def _leave_free(self, row: list[_Cell]) -> None:
        while left := self._below.get(len(row), 0):
            self._below[len(row)] = left - 1
            row.append(_EMPTY)

    def lines(self, losses: Losses) -> list[str]:
        """The finished table."""
        columns = max((len(row) for row in self.rows), default=0)
        if not columns:
            return []
        head, body = self._parted(losses)
        aligns = _aligns([head, *body], columns, losses)
        rule = " | ".join(_RULES[align] for align in aligns)
        return [_line(head, columns), f"| {rule} |", *(_line(row, columns) for row in body)]

    def _parted(self, losses: Losses) -> tuple[list[_Cell], list[list[_Cell]]]:
        """The head row and the others; a table without head gets an empty one."""
        rows, heads = self.rows, self.heads
        head = rows[0]
        columns = max(len(row) for row in rows)
        if heads != 1 or len(head) < columns or not all(cell.header or cell is _EMPTY for cell in head):
            losses.add("head row", _words(head))
        if not heads and head and all(cell.header for cell in head):
            heads = 1
        body = rows[1:] if heads else rows
        named = [cell for row in body for cell in row if cell.header]
        if named:
            losses.add("heading cell", _words(named))
        return (rows[0] if heads else []), body


def _words(cells: list[_Cell]) -> str:
    return " | ".join(cell.text for cell in cells[:12])


def _line(row: list[_Cell], columns: int) -> str:
    texts = [cell.text for cell in row] + [""] * (columns - len(row))
    return f"| {' | '.join(texts)} |"


def _aligns(rows: list[list[_Cell]], columns: int, losses: Losses) -> list[str]:
    """Of each column, that of most of its cells."""
    counted = [Counter[str]() for _ in range(columns)]
    for row in rows:
        for counter, cell in zip(counted, row, strict=False):
            if cell.text:
                counter[cell.align] += 1
    mixed = next((number for number, counter in enumerate(counted) if len(counter) > 1), None)
    if mixed is not None:
        losses.add("cell alignment", _words([row[mixed] for row in rows if len(row) > mixed]))
    return [counter.most_common(1)[0][0] if counter else "" for counter in counted]
