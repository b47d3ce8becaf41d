"""Tables.

| fruit  | weight |   <th>fruit</th><th class="rightalign">weight</th>
|--------|-------:|
| apple  |    120 |   <td>apple</td><td class="rightalign">120</td>
"""

import re
from xml.etree.ElementTree import Element, SubElement

from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.blocks.paragraphs import Paragraph

_DELIMITER = r"[ \t]*+:?+-++:?+[ \t]*+"
_DELIMITERS = re.compile(rf"\|?+{_DELIMITER}(?:\|{_DELIMITER})*+\|?+[ \t]*+")
_BORDER = re.compile(r"(?<!\\)\|")
MOST_EMPTY_CELLS = 100_000  # added to short rows of one page: a wide head would make any number of them


class _Table(Block):
    """``columns``: how many the head has."""

    __slots__ = ("columns",)
    columns: int


class Table(Construct):
    """A line of heads, one of dashes with as many cells, then rows up to a blank line or another block.

    A border behind a backslash belongs to the cell. Rows are filled up or cut to the head's number of cells.
    """

    starts = "|-:"

    def test(self, parent: Element, block: str) -> bool:
        del parent
        within = self.parser.within
        first = self.parser.line.first
        return isinstance(within.construct, Paragraph) and bool(_DELIMITERS.fullmatch(block, first))

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        line, paragraph = self.parser.line, self.parser.within
        head = split_row(paragraph.lines[-1])
        aligns = [_align(cell) for cell in split_row(line.text[line.first :])]
        if len(head) != len(aligns):
            return False
        paragraph.lines.pop()
        columns = len(aligns)
        table = _Table(self, self.parser.leaf("table"), paragraph.ats.pop())
        table.columns = columns
        table.element.set("at", str(table.at))
        table.element.set("align", " ".join(aligns))
        _add_row(SubElement(table.element, "thead"), "th", head)
        self.parser.push(table)
        self._ends(table)
        return True

    def goes_on(self, block: Block) -> Goes:
        del block
        line = self.parser.line
        return Goes.NOT if line.text[line.first :].rstrip(" \t") in ("", "|") else Goes.ON

    def add(self, block: Block) -> None:
        assert isinstance(block, _Table)  # noqa: S101 ``run`` made it
        line, table = self.parser.line, block.element
        cells = split_row(line.text[line.first :])[: block.columns]
        body = table[1] if len(table) > 1 else SubElement(table, "tbody")
        row = _add_row(body, "td", cells)
        missing = block.columns - len(cells)
        self.parser.empty_cells += missing
        if self.parser.empty_cells <= MOST_EMPTY_CELLS:
            for _ in range(missing):
                SubElement(row, "td")
        self._ends(block)

    def _ends(self, block: Block) -> None:
        line = self.parser.line
        block.element.set("end", str(line.at + len(line.text)))


def split_row(text: str) -> list[str]:
    """The cells of a line, a border at its beginning and one at its end left out; a border alone has none."""
    text = text.strip(" \t")
    if text == "|":
        return []
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip(" \t").replace("\\|", "|") for cell in _BORDER.split(text)]


def _add_row(around: Element, tag: str, cells: list[str]) -> Element:
    row = SubElement(around, "tr")
    for cell in cells:
        SubElement(row, tag).text = cell
    return row


def _align(delimiter: str) -> str:
    left, right = delimiter.startswith(":"), delimiter.endswith(":")
    return "center" if left and right else "left" if left else "right" if right else "-"
