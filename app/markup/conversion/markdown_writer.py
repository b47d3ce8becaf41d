"""A page in Markdown in the making: paragraphs, items, quotes, notes."""

from collections.abc import Callable, Iterable
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.conversion.canvas import Canvas, finished
from app.markup.conversion.flat import flat, typed
from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_links import spell_addresses
from app.markup.conversion.markdown_small import parted
from app.markup.conversion.markdown_spans import code_span, spelled
from app.markup.conversion.markdown_tables import Table
from app.markup.conversion.markdown_text import Place, alarms, escaped
from app.markup.conversion.runs import BREAK, Piece, Run, tidied
from app.markup.nodes import CellOpen, Event

Handle = Callable[["MarkdownWriter", Any], None]


class List:
    """An open list: ``number`` of its next item, None for none; ``sign`` behind or instead of it."""

    __slots__ = ("level", "number", "sign")

    def __init__(self, number: int | None, sign: str, level: int) -> None:
        self.number = number
        self.sign = sign
        self.level = level

    def marker(self) -> str:
        if self.number is None:
            return f"{self.sign} "
        self.number += 1
        return f"{self.number - 1}{self.sign} "


class _Frame:
    """A text being written: the page, or a note. ``entered``: whether each open quote or item is on the canvas."""

    def __init__(self) -> None:
        self.canvas = Canvas()
        self.run = Run()
        self.table: Table | None = None
        self.cell: CellOpen | None = None
        self.lists: list[List] = []
        self.entered: list[bool] = []
        self.kinds: set[str] = set()
        self.blocks = 0
        self.segments = 0  # parts of quotes around what comes next


class MarkdownWriter:
    """``notes``: the text of each note to its label."""

    def __init__(self, settings: WikiSettings, losses: Losses) -> None:
        self.known = alarms(settings)
        self.losses = losses
        self.frame = _Frame()
        self.outer: list[_Frame] = []
        self.notes: dict[str, str] = {}

    def write(self, events: Iterable[Event], handle: Handle) -> str:
        for event in flat(events):
            handle(self, event)
        while self.outer:
            self.end_note()
        self.flush()
        lines = self.frame.canvas.lines
        for text, label in self.notes.items():
            lines += ["", *_definition(label, text.split("\n"))]
        return finished(lines)

    def inline(self, pieces: list[Piece], place: Place) -> str:
        """The text of ``pieces``, without blanks at its ends."""
        one_line_ = place in ("cell", "heading")
        whole = spell_addresses(spelled(parted(tidied(pieces, one_line=one_line_))), one_line=one_line_)
        text = escaped(_with_breaks(whole, one_line=one_line_), place, self.known)
        # A tag alone on the line of an item would be a block, and what stands below it a part of that.
        return "<br><!-- -->" if text == "<br>" and place == "item" else text

    def flush(self) -> None:
        """Write what was collected as a paragraph."""
        frame = self.frame
        if frame.cell is not None:
            return
        if not frame.run:
            frame.run.drop_text()
            return
        pieces = frame.run.take()
        inner = frame.canvas.inner
        place: Place = "item" if inner.tight and not inner.used else "paragraph"
        text = self.inline(_without_outer_breaks(pieces) if frame.segments else pieces, place)
        if text:
            self.block(text.split("\n"), "paragraph")

    def block(self, lines: list[str], kind: str) -> None:
        self.frame.canvas.block(lines, kind)
        self.frame.kinds.add(kind)
        self.frame.blocks += 1

    def stands_alone(self, event: Event, lines: list[str], kind: str) -> None:
        """A block; in a cell, where none can be, its words."""
        if self.frame.cell is None:
            self.flush()
            self.block(lines, kind)
        else:
            words = typed(event)
            self.losses.add("block in a cell", words)
            self.frame.run.mark(code_span(words.strip("\n")))

    def enter(self, first: str, rest: str, kind: str) -> None:
        """Go into a quote or an item, where that is not too deep."""
        self.flush()
        frame = self.frame
        frame.kinds.add(kind)
        deep = frame.canvas.full or frame.cell is not None
        if deep:
            self.losses.add("nesting", kind)
            frame.canvas.inner.tight = False
        else:
            frame.canvas.push(first, rest, item=kind == "item")
        frame.entered.append(not deep)

    def leave(self, kind: str) -> None:
        self.flush()
        frame = self.frame
        if frame.entered and frame.entered.pop():
            frame.canvas.pop(kind)

    def begin_note(self) -> None:
        self.outer.append(self.frame)
        self.frame = _Frame()

    def end_note(self) -> None:
        self.flush()
        frame, self.frame = self.frame, self.outer.pop()
        text = "\n".join(frame.canvas.lines).strip("\n")
        if not text:
            self.losses.add("empty note", self.frame.run.words())
            return
        if frame.blocks > 1 or frame.kinds != {"paragraph"}:
            self.losses.add("blocks in a note", text)
        label = self.notes.setdefault(text, str(len(self.notes) + 1))
        self.frame.run.mark(f"[^{label}]")


def _definition(label: str, lines: list[str]) -> list[str]:
    """Indented text begins below the label, where its blanks count."""
    first = [] if lines[0].startswith(" ") else [f" {lines.pop(0)}"]
    return [f"[^{label}]:{''.join(first)}", *(f"    {line}" if line else "" for line in lines)]


def _with_breaks(pieces: list[Piece], *, one_line: bool) -> list[Piece]:
    """Line breaks spelled: a backslash at a line's end, a tag where that would not be read."""
    seen = [number for number, piece in enumerate(pieces) if piece.kind != "break" and piece.text.strip()]
    first, last = (seen[0], seen[-1]) if seen else (len(pieces), -1)
    out = []
    for number, piece in enumerate(pieces):
        if piece.kind != "break":
            out.append(piece)
        else:
            out.append(Piece("mark", "<br>" if one_line or not first < number < last else "\\\n"))
    return out


def _without_outer_breaks(pieces: list[Piece]) -> list[Piece]:
    start, end = 0, len(pieces)
    while start < end and pieces[start] is BREAK:
        start += 1
    while end > start and pieces[end - 1] is BREAK:
        end -= 1
    return pieces[start:end]
