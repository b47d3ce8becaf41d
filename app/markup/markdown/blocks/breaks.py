"""Rulers: three or more equal signs alone on a line.

* * *                <hr />
"""

from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Construct


class ThematicBreak(Construct):
    """Blanks may stand between the signs."""

    starts = "*-_"

    def test(self, parent: Element, block: str) -> bool:
        del parent
        first = self.parser.line.first
        sign = block[first]
        return block.count(sign, first) >= 3 and not block[first:].strip(f"{sign} \t")

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        self.parser.leaf("hr")
        return True
