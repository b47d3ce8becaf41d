"""What every construct of the block structure shares."""

from enum import Enum
from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element

from markdown.blockprocessors import BlockProcessor

if TYPE_CHECKING:
    from app.markup.markdown.frame import Blocks


class Goes(Enum):
    """Whether an open block goes on with a line. ``DONE``: it does, and the line is its last and read."""

    ON = 1
    NOT = 2
    DONE = 3


class Block:
    """A block that is still open. ``at``: where its first line begins.

    ``lines``: of a leaf, so far; ``ats``: where each of a paragraph's begins.
    """

    __slots__ = ("at", "ats", "construct", "element", "lines")

    def __init__(self, construct: "Construct", element: Element, at: int) -> None:
        self.construct = construct
        self.element = element
        self.at = at
        self.lines: list[str] = []
        self.ats: list[int] = []


class Construct(BlockProcessor):
    """One construct, registered in the library's registry.

    The library's way: ``test`` says whether the line may begin such a block, ``run`` begins it (False: it is not one
    after all). Blocks are lines here: where in the line we stand is in ``self.parser.line``, and what comes after it
    is the parser's business. ``parent`` is where the block would stand, ``block`` the whole line.
    """

    parser: "Blocks"
    starts = ""  # characters that such a block can begin with
    holds = False  # other blocks
    raw = False  # lines belong to it as they are: nothing begins inside
    parts = True  # a blank line at its end parts the items of a list

    def test(self, parent: Element, block: str) -> bool:
        """``starts`` has said enough."""
        del parent, block
        return True

    def goes_on(self, block: Block) -> Goes:
        """Whether ``block`` goes on with the parser's line. Takes what marks that from the line."""
        raise NotImplementedError

    def add(self, block: Block) -> None:
        """Take the rest of the line."""
        block.lines.append(self.parser.line.rest())

    def part(self, block: Block) -> None:
        """A blank line stood between two blocks in ``block``."""

    def close(self, block: Block) -> None:
        """Nothing more comes: settle ``block.element``."""
