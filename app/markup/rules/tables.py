"""Tables: lines that begin with ``^`` (heading cells) or ``|``. Here rows and cells are read.

``^ Height |  30 m |`` gives::

    <div class="table sectionedit1"><table class="inline">
    <tr class="row0"><th class="col0"> Height </th><td class="col1 rightalign">  30 m </td></tr>
    </table></div>
"""

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Event
from app.markup.rules.table_layout import Cell, Row, lay_out
from app.markup.scanner import Scanner

_BLANKS = " \t"


class _Table:
    """What was read of a table. ``header``: kind of the cell being read."""

    __slots__ = ("header", "rows", "start")

    def __init__(self, start: int) -> None:
        self.start = start
        self.rows: list[Row] = []
        self.header = False

    def begin_row(self, sign: str) -> None:
        self.rows.append(Row())
        self.begin_cell(sign)

    def begin_cell(self, sign: str) -> None:
        self.header = sign == "^"
        self.rows[-1].signs.append(sign)

    def end_cell(self, events: list[Event]) -> None:
        self.rows[-1].cells.append(Cell(events, header=self.header))


def _begin(scan: Scanner, start: int, end: int) -> int:
    before = scan.flush(start, strip=_BLANKS)
    table = _Table(start - len(before))
    scan.enter("table", _finish, state=table, collect=True)
    table.begin_row(scan.text[end - 1])
    return end


def _row(scan: Scanner, start: int, end: int) -> int:
    """What stands behind the last border of a row is dropped, as it always was."""
    del start
    scan.drop(end)
    scan.out.clear()
    _state(scan).begin_row(scan.text[end - 1])
    return end


def _border(scan: Scanner, start: int, end: int) -> int:
    scan.flush(start)
    table = _state(scan)
    table.end_cell(scan.out)
    scan.out = []
    table.begin_cell(scan.text[start])
    return end


def _finish(scan: Scanner, start: int, end: int) -> int:
    scan.drop(end)
    table = _state(scan)
    scan.leave()
    scan.out += lay_out(table.rows, table.start, start - 1)
    return end


def _state(scan: Scanner) -> _Table:
    state = scan.state()
    assert isinstance(state, _Table)  # noqa: S101 only ``_begin`` enters this mode
    return state


TABLE = Rule(
    "table",
    "container",
    (Trigger("\n", r"[\^|]"),),
    _begin,
    examples=("^ Name ^ Size ^\n| one |  12 |\n| two || \n| ::: | 3  |",),
)
ROW = Rule("row", "container", (Trigger("\n", r"[\^|]"),), _row)
BORDER = Rule("border", "container", (Trigger("|", ""), Trigger("^", "")), _border)
TABLE_END = Rule("table end", "container", (Trigger("\n", ""),), _finish)
