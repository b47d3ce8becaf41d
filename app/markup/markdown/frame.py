"""The frame that Python-Markdown gives: an instance whose parser is ours and reads line by line.

The library's own preprocessors, block processors and inline patterns are not used; decision 9 says why.
"""

from collections.abc import Iterable
from typing import Self
from xml.etree.ElementTree import Element, ElementTree, SubElement

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.util import Registry

from app.markup.markdown.blocks import CONSTRUCTS, Document, IndentedCode, Paragraph
from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.inline.references import References
from app.markup.markdown.lines import Line

DEEPEST = 50  # containers inside each other; what would go deeper is text


class Blocks(BlockParser):
    """Reads a page into the library's element tree.

    ``open``: the blocks that the last line left open, outermost first: the page, containers, at most one leaf.
    ``depth``: how many of them go on with the line being read.
    """

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.line = Line()
        self.open: list[Block] = []
        self.depth = 0
        self.references = References()
        self.parted = False  # the line before was blank where blank lines part items
        self.empty_cells = 0  # added to short rows of tables so far
        self._document = Document(self)
        self._paragraph = Paragraph(self)
        self._indented = IndentedCode(self)
        for number, (name, make) in enumerate(CONSTRUCTS.items()):
            self.blockprocessors.register(make(self), name, 100 - number)

    def parseDocument(self, lines: Iterable[str]) -> ElementTree:  # noqa: N802 the library's name
        """The tree of the page of these lines; ``references`` holds what it defines."""
        self.root = Element(self.md.doc_tag)
        self.parseBlocks(self.root, list(lines))
        return ElementTree(self.root)

    def parseBlocks(self, parent: Element, blocks: list[str]) -> None:  # noqa: N802 the library's name
        """``blocks`` are lines."""
        self.references = References(sum(map(len, blocks)))
        self.open = [Block(self._document, parent, 0)]
        starts = self._starts()
        at = 0
        for text in blocks:
            self.line.start(text, at)
            at += len(text) + 1
            self._read(starts, blocks)
        self._close_from(0)

    def _starts(self) -> dict[str, list[Construct]]:
        """Which constructs may begin with a character, most important first."""
        starts: dict[str, list[Construct]] = {}
        for construct in self.blockprocessors:
            assert isinstance(construct, Construct)  # noqa: S101 no others are registered
            for sign in construct.starts:
                starts.setdefault(sign, []).append(construct)
        return starts

    @property
    def within(self) -> Block:
        """The innermost block that goes on with the line."""
        return self.open[self.depth - 1]

    def _read(self, starts: dict[str, list[Construct]], blocks: list[str]) -> None:
        line, parted = self.line, False
        if self._go_on():
            return
        within = self.within
        if within.construct.raw:
            within.construct.add(within)
            self.parted = line.blank and within.construct.parts
            return
        begun = False
        while not line.blank and (construct := self._beginning(starts, blocks, begun=begun)):
            begun = True
            if not construct.holds:
                self.parted = False
                return
        if line.blank:
            parted = not begun and self.within.construct.parts
            self.close_unmatched()
        else:
            self._text(begun=begun)
        self.parted = parted

    def _go_on(self) -> bool:
        """Ask the open blocks, outermost first, whether the line is theirs. True: it was read."""
        count, self.depth = len(self.open), 1
        while self.depth < count:
            block = self.open[self.depth]
            goes = block.construct.goes_on(block)
            if goes is Goes.NOT:
                break
            self.depth += 1
            if goes is Goes.DONE:
                self._close_from(self.depth - 1)
                self.parted = False
                return True
        return False

    def _beginning(self, starts: dict[str, list[Construct]], blocks: list[str], *, begun: bool) -> Construct | None:
        """Begin the block that the rest of the line begins, if it begins one."""
        line = self.line
        if line.indent >= 4:
            if not begun and isinstance(self.open[-1].construct, Paragraph):
                return None
            self._indented.run(self.parent, blocks)
            return self._indented
        full = self.depth > DEEPEST
        for construct in starts.get(line.text[line.first], ()):
            if full and construct.holds:
                continue
            if construct.test(self.parent, line.text) and construct.run(self.parent, blocks) is not False:
                return construct
        return None

    def _text(self, *, begun: bool) -> None:
        tip = self.open[-1]
        lazy = not begun and self.depth < len(self.open) and isinstance(tip.construct, Paragraph)
        if lazy:
            tip.construct.add(tip)
            return
        within = self.within
        if within.construct.holds:
            within = self.begin(self._paragraph, "p")
        within.construct.add(within)

    @property
    def parent(self) -> Element:
        """Where a block that begins now would stand."""
        within = self.within
        return within.element if within.construct.holds else self.open[self.depth - 2].element

    def leaf(self, tag: str) -> Element:
        """An element of one line, now in its place."""
        if not self.within.construct.holds:
            self.depth -= 1
        self.close_unmatched()
        parent = self.within
        if self.parted and len(parent.element):
            parent.construct.part(parent)
        return SubElement(parent.element, tag)

    def begin(self, construct: Construct, tag: str) -> Block:
        """A block that later lines may go on with."""
        block = Block(construct, self.leaf(tag), self.line.at + self.line.pos)
        self.push(block)
        return block

    def push(self, block: Block) -> None:
        self.open.append(block)
        self.depth = len(self.open)

    def close_last(self) -> None:
        """The line ends the innermost block."""
        self._close_from(len(self.open) - 1)

    def close_unmatched(self) -> None:
        """The line ends what does not go on with it."""
        self._close_from(self.depth)

    def _close_from(self, depth: int) -> None:
        """Close all open blocks from that depth on, innermost first."""
        while len(self.open) > depth:
            block = self.open.pop()
            block.construct.close(block)


class _Frame(Markdown):
    """The library without its steps: what they are made of would cost every page more than its reading."""

    def build_parser(self) -> Self:
        self.preprocessors = Registry()
        self.inlinePatterns = Registry()
        self.treeprocessors = Registry()
        self.postprocessors = Registry()
        self.parser = Blocks(self)
        return self


def read_blocks(source: str) -> tuple[Element, References]:
    """The tree of a page, and what it defines for its links and notes. Leaves hold text not yet read."""
    parser = _Frame().parser
    assert isinstance(parser, Blocks)  # noqa: S101 ``build_parser`` says so
    root = parser.parseDocument(source.split("\n")).getroot()
    assert root is not None  # noqa: S101 the parser has made one
    return root, parser.references
