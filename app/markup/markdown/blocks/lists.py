"""Lists.

- one                <ul><li>one</li>
- two                <li>two
  1. first             <ol><li>first</li></ol></li></ul>
- [x] done           <li><input type="checkbox" checked>
"""

import re
from xml.etree.ElementTree import Element, SubElement

from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.blocks.paragraphs import Paragraph

_MARKER = re.compile(r"(?:[*+-]|([0-9]{1,9})[.)])(?=[ \t]|$)")


class _Item(Block):
    """``width``: columns that its lines are indented by; ``list``: the element around it."""

    __slots__ = ("list", "width")
    list: Element
    width: int


class ListItem(Construct):
    """What stands below an item belongs to it when it is indented as far as its text."""

    starts = "*+-0123456789"
    holds = True

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del blocks
        line = self.parser.line
        marker = _MARKER.match(line.text, line.first)
        if not marker or not self._may_begin(marker):
            return False
        width = line.indent + len(marker[0])
        around = self._list(parent, marker)
        item = _Item(self, SubElement(around, "li"), line.at)
        item.list = around
        self.parser.push(item)
        line.move(marker.end())
        blanks = 1 if line.blank or line.indent > 4 else line.indent
        line.take(blanks)
        item.width = width + blanks
        return True

    def _may_begin(self, marker: re.Match[str]) -> bool:
        """Only an item with text, which counts from 1, may stand right below the text of a paragraph."""
        if not isinstance(self.parser.within.construct, Paragraph):
            return True
        empty = not marker.string[marker.end() :].strip(" \t")
        return not empty and (marker[1] is None or int(marker[1]) == 1)

    def _list(self, parent: Element, marker: re.Match[str]) -> Element:
        """The list before where that has the same signs, or a new one."""
        sign = marker[0][-1]
        last = parent[-1] if len(parent) else None
        if last is not None and last.get("sign") == sign:
            self.parser.close_unmatched()
            if self.parser.parted:
                last.set("loose", "loose")
            return last
        around = self.parser.leaf("ul" if marker[1] is None else "ol")
        around.set("sign", sign)
        if marker[1] is not None:
            around.set("start", str(int(marker[1])))
        return around

    def goes_on(self, block: Block) -> Goes:
        assert isinstance(block, _Item)  # noqa: S101 ``run`` made it
        line = self.parser.line
        if line.indent >= block.width:
            line.take(block.width)
            return Goes.ON
        if line.blank and len(block.element):
            line.move(line.first)
            return Goes.ON
        return Goes.NOT

    def part(self, block: Block) -> None:
        """One item with parted blocks is enough: all of the list has paragraphs."""
        assert isinstance(block, _Item)  # noqa: S101 ``run`` made it
        block.list.set("loose", "loose")
