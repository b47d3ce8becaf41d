"""A run of inline text on its way into the other markup.

It is collected in pieces; only when all are known it is decided how each is spelled, because what must be escaped
depends on its neighbours.
"""

from collections.abc import Iterator
from typing import Literal, NamedTuple

from app.markup.conversion.losses import shortened

# text: stands for itself, to be escaped; mark: markup, spelled out; sign: a replacement as typed, ``other`` being what
# it is replaced by; url: an address that stands in the text; open and close: a span, ``text`` its name; break.
Kind = Literal["text", "mark", "sign", "url", "open", "close", "break"]


class Piece(NamedTuple):
    """``other`` of a mark: "small" where no letter may stand beside it, else what kind of span it begins or ends."""

    kind: Kind
    text: str
    other: str = ""


BREAK = Piece("break", "")
_BLANKS = " \t\n\r"


class Run:
    """``opened``: where, among ``pieces``, the spans begin that are open."""

    __slots__ = ("opened", "pieces")

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.opened: list[int] = []

    def __bool__(self) -> bool:
        """Whether there is anything to see."""
        return any(piece.kind != "text" or piece.text.strip(_BLANKS) for piece in self.pieces)

    def text(self, text: str) -> None:
        if text:
            self.pieces.append(Piece("text", text))

    def mark(self, text: str, other: str = "") -> None:
        if text:
            self.pieces.append(Piece("mark", text, other))

    def small(self, text: str) -> None:
        """A word or sign that is replaced where no letter stands beside it."""
        self.mark(text, "small")

    def open(self, name: str) -> None:
        self.opened.append(len(self.pieces))
        self.pieces.append(Piece("open", name))

    def close(self, name: str) -> str:
        """End the span last opened, where it is of this name; its words."""
        if not self.opened or self.pieces[self.opened[-1]].text != name:
            return ""
        start = self.opened.pop()
        words = self.words(start + 1)
        self.pieces.append(Piece("close", name))
        return words

    def line_break(self) -> None:
        self.pieces.append(BREAK)

    def words(self, start: int = 0) -> str:
        """The beginning of what stands from piece ``start`` on."""
        found, size = [], 0
        for piece in self.pieces[start : start + 40]:
            found.append(" " if piece.kind == "break" else "" if piece.kind in ("open", "close") else piece.text)
            size += len(piece.text)
            if size > 200:
                break
        return shortened("".join(found))

    def drop_text(self) -> None:
        """Forget blanks that nobody will see; spans stay open."""
        self.pieces = [piece for piece in self.pieces if piece.kind == "open"]
        self.opened = list(range(len(self.pieces)))

    def take(self) -> list[Piece]:
        """All pieces; the run is empty then. Spans that are still open end, and go on in what comes next."""
        names = [self.pieces[number].text for number in self.opened]
        pieces = self.pieces + [Piece("close", name) for name in reversed(names)]
        self.pieces, self.opened = [], []
        for name in names:
            self.open(name)
        return pieces


def tidied(pieces: list[Piece], *, one_line: bool) -> list[Piece]:
    """Blanks taken off at both ends and around line ends, of which no two follow each other.

    ``one_line``: a line's end is a blank. Breaks at the ends stay.
    """
    out: list[Piece] = []
    fresh = True  # a line begins
    for piece in pieces:
        if piece.kind == "text":
            text = _lines(piece.text, one_line=one_line)
            if fresh:
                text = text.lstrip(" \t\n")
            if text.startswith("\n"):
                _strip_end(out)
            if text:
                out.append(piece._replace(text=text))
                fresh = text.endswith("\n")
        elif piece.kind in ("open", "close"):
            out.append(piece)
        else:
            if piece.kind == "break":
                _strip_end(out)
            out.append(piece)
            fresh = piece.kind == "break"
    _strip_end(out)
    return out


def _lines(text: str, *, one_line: bool) -> str:
    if "\n" not in text and "\r" not in text:
        return text
    lines = text.replace("\r", " ").split("\n")
    if len(lines) == 1:
        return lines[0]
    inner = [line.strip(" \t") for line in lines[1:-1]]
    kept = [lines[0].rstrip(" \t"), *(line for line in inner if line), lines[-1].lstrip(" \t")]
    return (" " if one_line else "\n").join(kept)


def _strip_end(pieces: list[Piece]) -> None:
    """Take blanks and line ends off the end, spans that close there or not."""
    number = len(pieces) - 1
    while number >= 0 and pieces[number].kind in ("open", "close", "text"):
        piece = pieces[number]
        if piece.kind == "text":
            text = piece.text.rstrip(_BLANKS)
            pieces[number] = piece._replace(text=text)
            if text:
                return
        number -= 1


def pairs(pieces: list[Piece]) -> Iterator[tuple[int, int]]:
    """Where each span opens and closes, inner ones first."""
    opened: list[int] = []
    for number, piece in enumerate(pieces):
        if piece.kind == "open":
            opened.append(number)
        elif piece.kind == "close" and opened:
            yield opened.pop(), number
