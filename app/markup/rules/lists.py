"""Lists: lines of two or more blanks (or tabs), then ``*`` or ``-``.

The lines ``  * one`` and ``    - first`` give::

    <ul>
    <li class="level1 node"><div class="li"> one</div>
    <ol>
    <li class="level2"><div class="li"> first</div></li>
    </ol>
    </li>
    </ul>
"""

from app.markup.grammar import Rule, Trigger
from app.markup.nodes import Close, ItemOpen, Open
from app.markup.scanner import Scanner

_BLANKS = " \t"
_MARKER = r"(?: {2,}+|\t++)[*-]"
_KINDS = {"*": "ulist", "-": "olist"}
_CONTENT, _CONTENT_CLOSE, _ITEM_CLOSE = Open("content"), Close("content"), Close("item")


class _List:
    """An open list. ``item``: index of its current item among the events; ``open``: its content may still grow."""

    __slots__ = ("depth", "item", "kind", "open")

    def __init__(self, depth: int, kind: str) -> None:
        self.depth = depth
        self.kind = kind
        self.item = -1
        self.open = False


class _Lists:
    """The lists open inside each other; ``first``: the depth of the block's first item."""

    __slots__ = ("first", "open", "scan")

    def __init__(self, scan: Scanner, first: int) -> None:
        self.scan = scan
        self.first = first
        self.open: list[_List] = []

    def add(self, depth: int, kind: str) -> None:
        depth = max(depth, self.first)
        deeper = bool(self.open) and depth > self.open[-1].depth
        while len(self.open) > 1 and self.open[-1].depth > depth:
            self._close_list()
        top = self.open[-1] if self.open else None
        if top and deeper:
            self._close_content()
            self.scan.out[top.item] = ItemOpen(top.depth - self.first + 1, parent=True)
        elif top and top.kind == kind:
            self._close_item()
            self._open_item()
            return
        elif top:
            depth = top.depth
            self._close_list()
        self.scan.out.append(Open(kind))
        self.open.append(_List(depth, kind))
        self._open_item()

    def close(self) -> None:
        while self.open:
            self._close_list()

    def _open_item(self) -> None:
        top, out = self.open[-1], self.scan.out
        top.item, top.open = len(out), True
        out += (ItemOpen(top.depth - self.first + 1, parent=False), _CONTENT)

    def _close_content(self) -> None:
        top = self.open[-1]
        if top.open:
            self.scan.out.append(_CONTENT_CLOSE)
            top.open = False

    def _close_item(self) -> None:
        self._close_content()
        self.scan.out.append(_ITEM_CLOSE)

    def _close_list(self) -> None:
        self._close_item()
        self.scan.out.append(Close(self.open.pop().kind))


def _depth(marker: str) -> int:
    """Pairs of blanks, a tab counting as a pair."""
    return marker.replace("\t", "  ").count("  ") + 1


def _begin(scan: Scanner, start: int, end: int) -> int:
    """Blanks at the end of the line before are part of the marker; they count, as they always did."""
    before = scan.flush(start, strip=_BLANKS)
    marker = scan.text[start:end]
    lists = _Lists(scan, _depth(before) + _depth(marker) - 1)
    scan.enter("list", _finish, state=lists)
    lists.add(lists.first, _KINDS[marker[-1]])
    return end


def _item(scan: Scanner, start: int, end: int) -> int:
    scan.flush(start)
    marker = scan.text[start:end]
    _state(scan).add(_depth(marker), _KINDS[marker[-1]])
    return end


def _finish(scan: Scanner, start: int, end: int) -> int:
    scan.flush(start)
    _state(scan).close()
    scan.leave()
    return end


def _state(scan: Scanner) -> _Lists:
    state = scan.state()
    assert isinstance(state, _Lists)  # noqa: S101 only ``_begin`` enters this mode
    return state


LIST = Rule(
    "list",
    "container",
    (Trigger("\n", _MARKER),),
    _begin,
    examples=("  * one\n    - first\n    - second\n  * two",),
)
ITEM = Rule("item", "container", (Trigger("\n", _MARKER),), _item)
LIST_END = Rule("list end", "container", (Trigger("\n", ""),), _finish)
