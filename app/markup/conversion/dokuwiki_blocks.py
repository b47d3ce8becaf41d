"""Tables and blocks of code in DokuWiki's markup.

^ Name  ^  Size ^
| one   |    12 |
"""

from typing import NamedTuple

from app.markup.conversion.losses import Losses
from app.markup.conversion.markdown_code import options_of
from app.markup.nodes import CellOpen, Code
from app.markup.rules.code import code_block

_PADS = {"left": (" ", "  "), "right": ("  ", " "), "center": ("  ", "  "), "": (" ", " ")}
_WIDEST = 1000


class _Cell(NamedTuple):
    text: str
    sign: str


class Table:
    """The table being read."""

    def __init__(self) -> None:
        self.rows: list[list[_Cell]] = []

    def begin_row(self) -> None:
        self.rows.append([])

    def add(self, cell: CellOpen, text: str) -> None:
        """The next cell of the row. Cells of a span are empty ones behind it; a blank keeps others from being that."""
        if not self.rows:
            self.begin_row()
        before, behind = _PADS[cell.align]
        if not text:
            before, behind = ("  " if cell.align == "left" else " "), ""
        sign = "^" if cell.header else "|"
        text = "%%:::%%" if text == ":::" else text
        self.rows[-1] += [_Cell(before + text + behind, sign), *[_Cell("", sign)] * (min(cell.colspan, _WIDEST) - 1)]

    def lines(self, losses: Losses) -> list[str]:
        """The finished table; a cell may hold line ends of its own. Where all rows are heads, none is the head."""
        if all(cell.sign == "^" for row in self.rows for cell in row):
            losses.add("head row", " ".join(cell.text for cell in self.rows[0][:12]) if self.rows else "")
        return [line for row in self.rows if row for line in _line(row).split("\n")]


def _line(row: list[_Cell]) -> str:
    return "".join(cell.sign + cell.text for cell in row) + row[-1].sign


def tagged(block: Code, losses: Losses) -> str:
    """A block of code between its tags; a closing tag inside it is broken."""
    text = block.text.removeprefix("\n").removesuffix("\n")
    closer = f"</{block.kind}>"
    if closer in text:
        losses.add("code", closer)
        text = text.replace(closer, f"</ {block.kind}>")
    return f"<{block.kind}{_attributes(block, losses)}>\n{text}\n{closer}"


def _attributes(block: Code, losses: Losses) -> str:
    language = "html" if block.language == "html4strict" else "".join(block.language.split())
    words = [language or "-", block.filename] if block.filename else [language]
    whole = " ".join(word for word in (*words, options_of(block)) if word)
    safe = " ".join(whole.split()).replace(">", "")
    if code_block(block.kind, safe, block.text)[2:] != block[2:]:
        losses.add("code", whole)
    return f" {safe}" if safe else ""


def indented(text: str) -> list[str] | None:
    """The lines of ``text`` indented; None where its first line would make a list of it."""
    lines = text.strip("\r\n").split("\n")
    return None if lines[0].startswith(("*", "-")) else [f"  {line}" for line in lines]
