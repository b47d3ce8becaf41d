"""A page in DokuWiki's markup in the making: paragraphs, items, quotes, notes."""

from collections.abc import Callable, Iterable
from typing import Any

from app.domain.wiki_settings import WikiSettings
from app.markup.conversion.canvas import MOST_DEPTH, Canvas, finished
from app.markup.conversion.dokuwiki_blocks import Table
from app.markup.conversion.dokuwiki_links import spell_addresses
from app.markup.conversion.dokuwiki_spans import spelled
from app.markup.conversion.dokuwiki_text import Around, Place, alarms, escaped
from app.markup.conversion.flat import flat, words_of
from app.markup.conversion.losses import Losses
from app.markup.conversion.runs import BREAK, Piece, Run, tidied
from app.markup.nodes import CellOpen, Event, Html, Note, NoteText

BREAKS = "\\\\ \\\\ "  # an empty line where none can be


Handle = Callable[["DokuWikiWriter", Any], None]


class Lists:
    """The lists open inside each other. ``marked``: the item's sign is written.

    ``parts``: of its text, so far, and whether each is a block of code.
    """

    def __init__(self) -> None:
        self.signs: list[str] = []
        self.ended = ""
        self.marked: list[bool] = []
        self.parts: list[tuple[str, bool]] = []


class Frame:
    """A text being written: the page, or a note in it. ``outer``: lists around each open quote."""

    def __init__(self, *, note: bool = False, spans: frozenset[str] = frozenset()) -> None:
        self.canvas = Canvas()
        self.run = Run()
        self.note = note
        self.spans = spans
        self.table: Table | None = None
        self.cell: CellOpen | None = None
        self.lists = Lists()
        self.outer: list[Lists] = []
        self.entered: list[bool] = []
        self.tags: list[tuple[Html, int]] = []  # links opened by raw HTML, and where among the pieces
        self.skipped: list[str] = []  # spans that cannot be opened where they would be

    @property
    def in_item(self) -> bool:
        return bool(self.lists.marked)


class DokuWikiWriter:
    """``texts``: what notes of each label say; ``words``: the same without markup."""

    def __init__(self, settings: WikiSettings, losses: Losses, size: int) -> None:
        self.lang = settings.lang
        self.known = alarms(settings)
        self.losses = losses
        self.frame = Frame()
        self.outer: list[Frame] = []
        self.texts: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.budget = 4 * size + 10_000  # characters that notes named again may come to

    def collect(self, events: Iterable[Event], handle: Handle) -> str:
        for event in flat(events):
            handle(self, event)
        while self.outer:
            self.end_note()
        self.flush()
        self.end_item()
        return finished(self.frame.canvas.lines)

    def write(self, events: tuple[Event, ...], handle: Handle) -> str:
        """The page. Notes that are told of by label are written first."""
        notes = [event for event in events if isinstance(event, NoteText)]
        self.words = {note.label: words_of(note.events) for note in notes}
        for note in notes:
            self._write_note_text(note, handle)
        return self.collect((event for event in events if not isinstance(event, NoteText)), handle)

    def _write_note_text(self, note: NoteText, handle: Handle) -> None:
        page, self.frame = self.frame, Frame()
        self.begin_note()
        for event in flat(note.events):
            handle(self, event)
        while len(self.outer) > 1:
            self.end_note()
        self.texts[note.label] = self.note_text()
        self.frame = page

    def inline(self, pieces: list[Piece], place: Place) -> str:
        """The text of ``pieces``, without blanks at its ends."""
        one_line = place != "paragraph"
        frame = self.frame
        whole = spell_addresses(spelled(tidied(pieces, one_line=one_line)), self.known)
        broken = [_line_break(whole, number, one_line=one_line) for number in range(len(whole))]
        return escaped(broken, Around(place, frame.spans, frame.note), self.known)

    @property
    def place(self) -> Place:
        frame = self.frame
        return "item" if frame.in_item else "quote" if frame.outer else "paragraph"

    def flush(self) -> None:
        """Write what was collected: a paragraph, or a part of an item's text."""
        frame = self.frame
        if frame.cell is not None:
            return
        if not frame.run:
            frame.run.drop_text()
            return
        frame.tags.clear()
        text = self.inline(frame.run.take(), self.place)
        if text:
            self.paragraph(text)

    def paragraph(self, text: str) -> None:
        frame = self.frame
        if frame.in_item:
            if frame.lists.parts or frame.lists.marked[-1]:
                self.losses.add("paragraph in an item", text)
            frame.lists.parts.append((text, False))
            return
        if frame.note and frame.canvas.inner.last == "paragraph":
            frame.canvas.extend((BREAKS + text).split("\n"))
        else:
            frame.canvas.block(text.split("\n"), "paragraph")

    def end_item(self) -> None:
        """Write what an item holds so far, on a line of its own: behind its sign, or where that is written below it."""
        lists, canvas = self.frame.lists, self.frame.canvas
        if not lists.marked:
            return
        text = _joined(lists.parts)
        lists.parts = []
        if lists.marked[-1]:
            if text:
                canvas.block(text.split("\n"), "paragraph")
            return
        lists.marked[-1] = True
        depth = min(len(lists.signs), MOST_DEPTH)
        if len(lists.signs) > MOST_DEPTH:
            self.losses.add("nesting", text)
        line = f"{'  ' * depth}{lists.signs[-1]} {text}".rstrip(" ")
        canvas.block(line.split("\n"), "item", joins=True)

    def block(self, lines: list[str], kind: str) -> None:
        """A block that stands alone, even if that takes an item apart."""
        self.flush()
        if self.frame.in_item:
            self.losses.add("block in an item", " ".join(lines[:3]))
            self.end_item()
        self.frame.canvas.block(lines, kind)

    def enter_quote(self) -> None:
        self.flush()
        frame = self.frame
        if frame.in_item:
            self.losses.add("block in an item", "> …")
            self.end_item()
        deep = frame.canvas.full or frame.cell is not None
        if deep:
            self.losses.add("nesting", "> …")
        else:
            frame.canvas.push("> ", "> ")
        frame.entered.append(not deep)
        frame.outer.append(frame.lists)
        frame.lists = Lists()

    def leave_quote(self) -> None:
        self.flush()
        self.end_item()
        frame = self.frame
        if not frame.outer:
            return
        frame.lists = frame.outer.pop()
        if frame.entered.pop():
            frame.canvas.pop("quote")

    def open_span(self, name: str) -> None:
        """Open a span, unless one of its kind is open, here or around the note."""
        frame = self.frame
        if name in frame.spans or any(frame.run.pieces[number].text == name for number in frame.run.opened):
            frame.skipped.append(name)
            self.losses.add("nesting", name)
        else:
            frame.run.open(name)

    def close_span(self, name: str) -> None:
        skipped = self.frame.skipped
        if skipped and skipped[-1] == name:
            skipped.pop()
        else:
            self.frame.run.close(name)

    def text_of(self, label: str) -> str:
        """What notes of ``label`` say; "" where the page would grow out of all measure."""
        text = self.texts.get(label, "")
        if self.spent(text):
            return text
        self.losses.add("note repeated", text)
        return ""

    def spent(self, text: str) -> bool:
        """Whether ``text`` may be said once more."""
        self.budget -= len(text)
        return self.budget >= 0

    def begin_note(self) -> None:
        frame = self.frame
        spans = frame.spans | {frame.run.pieces[number].text for number in frame.run.opened}
        self.outer.append(frame)
        self.frame = Frame(note=True, spans=spans)

    def note_text(self) -> str:
        """The note last begun, done."""
        self.flush()
        self.end_item()
        lines = self.frame.canvas.lines
        plain = self.frame.canvas.inner.last in ("", "paragraph")
        starts = "" if not lines or not lines[0].startswith((" ", ">", "|", "^", "-")) else "\n"
        self.frame = self.outer.pop()
        return starts + "\n".join(lines) + ("" if plain else "\n")

    def end_note(self, note: Note | None = None) -> None:
        """The note where it stands; in another note, its words between parentheses."""
        text, frame = self.note_text(), self.frame
        label = note.label if note and not note.events else ""
        if not frame.note:
            frame.run.mark(f"(({self.text_of(label) if label else text}))")
            return
        words = self.words.get(label, "")
        self.losses.add("note in a note", words if label else text)
        frame.run.text(" (")
        if not label:
            frame.run.mark(text.strip())
        elif self.spent(words):
            frame.run.text(words)
        frame.run.text(")")


def _line_break(pieces: list[Piece], number: int, *, one_line: bool) -> Piece:
    """A break as it is spelled: at a line's end, or with a blank behind it."""
    piece = pieces[number]
    if piece is not BREAK:
        return piece
    last = number + 1 == len(pieces) or pieces[number + 1] is BREAK
    return Piece("mark", "\\\\ " if one_line or last else "\\\\\n")


def _joined(parts: list[tuple[str, bool]]) -> str:
    """The parts of an item on one line; blocks of code bring line ends of their own."""
    out: list[str] = []
    before = True
    for text, block in parts:
        if out:
            out.append(" " if block or before else BREAKS)
        out.append(text)
        before = block
    return "".join(out)
