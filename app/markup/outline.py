"""HTML cut into small balanced pieces, for ``sanitize``: whatever comes in, in linear time.

Each block is a piece of its own, inner blocks first. In a piece, signs stand for runs of text, for blocks that are
done and for live places: ``<p>\\ufdd00\\ufdd0 <em>\\ufdd01\\ufdd0</em></p>``. A run of text begins and ends no tag,
so what it says changes nothing; and no page can write the sign, a noncharacter that is taken out first.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from app.markup.allowed import BLOCKS, TABLE_PARTS, VOID
from app.markup.writer import Live

Rope = str | Live | list["Rope"]
Clean = Callable[[str, int, Sequence[Rope]], Rope]

SIGN = "\ufdd0"
STAND_IN = re.compile(f"{SIGN}([0-9]+){SIGN}")
# A tag as our writers write it. Anything else that begins with "<" is text.
TAG = re.compile(r'<(/?)([A-Za-z][A-Za-z0-9]*+)((?:\s++[A-Za-z][A-Za-z0-9-]*+(?:="[^"<>]*+")?){0,40}+)\s*+/?>')
DEEPEST = 100  # inline elements in one another; deeper ones lose their tags

_BOX = ' type="checkbox" '  # of a task; without its type it would be a field to type in
_UNSEEN = re.compile(rf"[\x00-\x08\x0b\x0e-\x1f\ud800-\udfff{SIGN}]")
_AMPERSAND = re.compile(r"&(?![A-Za-z0-9#]++;)")
_VOID = VOID | {"input", "track"}
_ROWS = frozenset({"table", "tbody", "tfoot", "thead", "tr"})


class _Piece:
    """``run``: text and finished blocks since the last tag, not yet behind a sign. ``size`` counts tags."""

    __slots__ = ("depth", "exact", "held", "run", "shape", "size")

    def __init__(self, *, exact: bool) -> None:
        self.exact = exact
        self.shape: list[str] = []
        self.held: list[Rope] = []
        self.run: list[Rope] = []
        self.size = 0
        self.depth = 0

    def tag(self, tag: str) -> None:
        self.settle()
        self.shape.append(tag)
        self.size += 1

    def settle(self) -> None:
        """Put the run behind a sign. Blanks alone stay, as tables have them between rows, but not in ``<pre>``."""
        run, self.run = self.run, []
        if len(run) == 1 and isinstance(run[0], str) and not self.exact and not run[0].strip(" \t\n"):
            self.shape.append(run[0])
        elif run:
            self.shape.append(f"{SIGN}{len(self.held)}{SIGN}")
            self.held.append(run)

    def finished(self, clean: Clean) -> Rope:
        self.settle()
        return clean("".join(self.shape), self.size, self.held)


class _Element(NamedTuple):
    """An open element. ``inside``: of what kept element its content will be; ``kept``: its own tags are."""

    name: str
    piece: _Piece
    inside: str
    kept: bool


class Outline:
    """Takes a page in parts, gives all of it with each piece as ``clean`` made it."""

    def __init__(self, clean: Clean) -> None:
        self._clean = clean
        self._open = [_Element("", _Piece(exact=False), "", kept=True)]
        self._names: dict[str, int] = {}

    def put(self, live: Live) -> None:
        self._open[-1].piece.run.append(live)

    def feed(self, html: str) -> None:
        html = _UNSEEN.sub("\ufffd", html)
        at = 0
        for match in TAG.finditer(html):
            if match[2].lower() == "input" and not match[3].startswith(_BOX):
                continue
            self._text(html[at : match.start()])
            at = match.end()
            name = match[2].lower()
            if match[1]:
                self._close(name)
            else:
                self._begin(name, f"<{name}{match[3]}>")
        self._text(html[at:])

    def finish(self) -> Rope:
        while len(self._open) > 1:
            self._close(self._open[-1].name)
        return self._open[0].piece.finished(self._clean)

    def _text(self, text: str) -> None:
        if text:
            text = _AMPERSAND.sub("&amp;", text).replace("<", "&lt;").replace(">", "&gt;")
            self._open[-1].piece.run.append(text)

    def _begin(self, name: str, tag: str) -> None:
        around = self._open[-1]
        if name in BLOCKS:
            piece = _Piece(exact=name == "pre")
            piece.tag(tag)
            self._enter(_Element(name, piece, name, kept=True))
            return
        piece = around.piece
        kept = piece.depth < DEEPEST and (around.inside not in _ROWS or name in TABLE_PARTS)
        if kept:
            piece.tag(tag)
        if name not in _VOID:
            piece.depth += kept
            self._enter(_Element(name, piece, name if kept else around.inside, kept))

    def _enter(self, element: _Element) -> None:
        self._open.append(element)
        self._names[element.name] = self._names.get(element.name, 0) + 1

    def _close(self, name: str) -> None:
        """Close ``name`` and all in it; nothing where it is not open."""
        while self._names.get(name):
            element = self._open.pop()
            self._names[element.name] -= 1
            if element.name in BLOCKS:
                element.piece.tag(f"</{element.name}>")
                self._open[-1].piece.run.append(element.piece.finished(self._clean))
            elif element.kept:
                element.piece.tag(f"</{element.name}>")
                element.piece.depth -= 1
            if element.name == name:
                return
