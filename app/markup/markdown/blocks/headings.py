"""Headings with signs in front.

## Fruit ##          <h2>Fruit</h2>
#hashtag             text
"""

import re
from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Construct

_SIGNS = re.compile(r"#{1,6}(?=[ \t]|$)")


class AtxHeading(Construct):
    """A closing run of signs behind a blank is no part of the title."""

    starts = "#"

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        line = self.parser.line
        signs = _SIGNS.match(line.text, line.first)
        if not signs:
            return False
        title = line.text[signs.end() :].strip(" \t")
        shorter = title.rstrip("#")
        if not shorter or shorter[-1] in " \t":
            title = shorter.rstrip(" \t")
        heading = self.parser.leaf(f"h{len(signs[0])}")
        heading.text = title
        heading.set("at", str(line.at))
        return True
