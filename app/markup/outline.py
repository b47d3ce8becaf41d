"""HTML taken apart into blocks and what stands in them, for ``sanitize``: whatever comes in, in linear time.

Blocks and the parts of tables are cleaned by their tags, one by one. What stands in a block is a piece of its own, in
which signs stand for runs of text, for inner blocks and for live places: ``\\ufdd00\\ufdd0<em>\\ufdd01\\ufdd0</em>``.
A run of text begins and ends no tag, so what it says changes nothing; and no page can write the sign, a noncharacter
that is taken out first.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from app.markup.allowed import BLOCKS, TABLE_PARTS, VOID
from app.markup.writer import Live

Rope = str | Live | list["Rope"]

SIGN = "\ufdd0"
STAND_IN = re.compile(f"{SIGN}([0-9]+){SIGN}")
# A tag as our writers write it. Anything else that begins with "<" is text.
TAG = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9]*+)((?:\s++[A-Za-z][A-Za-z0-9-]*+(?:="[^"<>]*+")?){0,40}+)\s*+/?>')
DEEPEST = 100  # inline elements in one another; deeper ones lose their tags

_BOX = ' type="checkbox" '  # of a task; without its type it would be a field to type in
_UNSEEN = re.compile(rf"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff{SIGN}]")
_AMPERSAND = re.compile(r"&(?![A-Za-z0-9#]++;)")
_VOID = VOID | {"input", "track"}
_BLOCKS = BLOCKS | TABLE_PARTS
_ROWS = frozenset({"table", "tbody", "tfoot", "thead", "tr"})
# An item outside its list ends the item around it, the elements of the wiki between them too: browsers do that, so what
# follows would stand outside the page's own element.
_LISTS = {"li": frozenset({"ol", "ul"}), "dt": frozenset({"dl"}), "dd": frozenset({"dl"})}
_PLACES = dict.fromkeys(TABLE_PARTS, _ROWS) | _LISTS
# The end of any heading ends all that are open, and what is in them.
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})


class Cleaning(Protocol):
    def piece(self, shape: str, size: int, held: Sequence[Rope]) -> Rope:
        """The piece ``shape`` of ``size`` tags, balanced, made safe, with ``held`` in place of its signs."""

    def tag(self, name: str, tag: str) -> str:
        """An opening tag made safe; what it opens will be closed."""


class _Piece:
    """``run``: text and finished blocks since the last tag, not yet behind a sign. ``size`` counts tags."""

    __slots__ = ("depth", "held", "run", "shape", "size")

    def __init__(self) -> None:
        self.shape: list[str] = []
        self.held: list[Rope] = []
        self.run: list[Rope] = []
        self.size = 0
        self.depth = 0

    def tag(self, tag: str) -> None:
        self._settle()
        self.shape.append(tag)
        self.size += 1

    def _settle(self) -> None:
        if self.run:
            self.shape.append(f"{SIGN}{len(self.held)}{SIGN}")
            self.held.append(self.run)
            self.run = []

    def finished(self, cleaning: Cleaning) -> Rope:
        if not self.size:
            return self.run
        self._settle()
        return cleaning.piece("".join(self.shape), self.size, self.held)


class _Element(NamedTuple):
    """An open element. ``around``: of a block, its own tag. ``inside``: of what kept element its content will be."""

    name: str
    piece: _Piece
    inside: str
    kept: bool
    around: str = ""


class Outline:
    """Takes a page in parts, gives all of it as ``cleaning`` made it, well-formed."""

    def __init__(self, cleaning: Cleaning) -> None:
        self._cleaning = cleaning
        self._open = [_Element("", _Piece(), "", kept=True)]
        self._names: dict[str, int] = {}

    def put(self, live: Live) -> None:
        self._open[-1].piece.run.append(live)

    def feed(self, html: str) -> None:
        html = _UNSEEN.sub("\ufffd", html)
        at = 0
        for match in TAG.finditer(html):
            name = match[2].lower()
            if name == "input" and not match[3].startswith(_BOX):
                continue
            start = match.start()
            if start > at:
                self._text(html[at:start])
            at = match.end()
            if match[1]:
                self._close(name)
            else:
                self._begin(name, f"<{name}{match[3]}>")
        if at < len(html):
            self._text(html[at:])

    def finish(self) -> Rope:
        while len(self._open) > 1:
            self._close(self._open[-1].name)
        return self._open[0].piece.finished(self._cleaning)

    def _text(self, text: str) -> None:
        if "&" in text:
            text = _AMPERSAND.sub("&amp;", text)
        self._open[-1].piece.run.append(text.replace("<", "&lt;").replace(">", "&gt;"))

    def _begin(self, name: str, tag: str) -> None:
        """Tags are dropped where browsers would not nest them as they are nested here."""
        outer = self._open[-1]
        if self._may_stand(name, outer.inside):
            self._enter(_Element(name, _Piece(), name, kept=True, around=self._cleaning.tag(name, tag)))
            return
        piece = outer.piece
        kept = self._may_begin(name, outer.inside) and piece.depth < DEEPEST
        if kept:
            piece.tag(tag)
        if name not in _VOID:
            piece.depth += kept
            self._enter(_Element(name, piece, name if kept else outer.inside, kept))

    def _may_stand(self, name: str, inside: str) -> bool:
        """Whether ``name`` is a block, or a part of one, and may begin in an element ``inside``."""
        if name in _PLACES:
            return inside in _PLACES[name]
        if name in _HEADINGS and any(self._names.get(heading) for heading in _HEADINGS):
            return False
        return name in _BLOCKS and inside not in _ROWS  # a table in a row ends the one around it

    def _may_begin(self, name: str, inside: str) -> bool:
        """Whether ``name`` is no block and may begin in an element ``inside``."""
        if name == "a" and self._names.get("a"):  # it ends the one around it, and may take blocks along
            return False
        return name not in _BLOCKS and inside not in _ROWS

    def _enter(self, element: _Element) -> None:
        self._open.append(element)
        self._names[element.name] = self._names.get(element.name, 0) + 1

    def _close(self, name: str) -> None:
        """Close ``name`` and all in it; nothing where it is not open."""
        while self._names.get(name):
            element = self._open.pop()
            self._names[element.name] -= 1
            if element.around:
                whole: list[Rope] = [element.around, element.piece.finished(self._cleaning), f"</{element.name}>"]
                self._open[-1].piece.run.append(whole)
            elif element.kept:
                element.piece.tag(f"</{element.name}>")
                element.piece.depth -= 1
            if element.name == name:
                return
