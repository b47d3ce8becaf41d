"""Headings with a line below.

Fruit                <h1>Fruit</h1>
=====
Apples               <h2>Apples</h2>
---
"""

from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Construct
from app.markup.markdown.blocks.paragraphs import Paragraph


class SetextHeading(Construct):
    """All of the paragraph above is the title, but for definitions it begins with."""

    starts = "=-"

    def test(self, parent: Element, block: str) -> bool:
        del parent
        first = self.parser.line.first
        if not isinstance(self.parser.within.construct, Paragraph):
            return False
        return not block[first:].rstrip(" \t").strip(block[first])

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        paragraph = self.parser.within
        assert isinstance(paragraph.construct, Paragraph)  # noqa: S101 ``test`` said so
        paragraph.construct.define(paragraph)
        if not paragraph.lines:
            paragraph.construct.add(paragraph)
            return True
        line = self.parser.line
        heading = paragraph.element
        heading.tag = "h1" if line.text[line.first] == "=" else "h2"
        heading.set("at", str(paragraph.ats[0]))
        self.parser.close_last()
        return True
