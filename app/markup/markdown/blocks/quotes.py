"""Quotes and callouts.

> once               <blockquote>
> > twice            … <blockquote>
and again            of the same paragraph

> [!TIP]             <div class="callout callout_tip">
> Water it.
"""

import re
from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Block, Construct, Goes

_KIND = re.compile(r"\[!(note|tip|important|warning|caution)\]", re.IGNORECASE)


class Quote(Construct):
    """Lines that begin with ``>``; text of a paragraph may do without."""

    starts = ">"
    holds = True
    parts = False

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        self.parser.begin(self, "blockquote")
        self._take_sign()
        return True

    def goes_on(self, block: Block) -> Goes:
        del block
        line = self.parser.line
        if line.indent >= 4 or not line.text.startswith(">", line.first):
            return Goes.NOT
        self._take_sign()
        return Goes.ON

    def _take_sign(self) -> None:
        line = self.parser.line
        line.move(line.first + 1)
        line.take(1)

    def close(self, block: Block) -> None:
        """A quote of the page itself that begins with a line ``[!KIND]``, and holds more, is a callout."""
        quote = block.element
        first = quote[0] if len(quote) else None
        if len(self.parser.open) != 1 or first is None or first.tag != "p":
            return
        head, _, rest = (first.text or "").partition("\n")
        kind = _KIND.fullmatch(head.rstrip(" \t"))
        if kind and (rest or len(quote) > 1):
            quote.set("kind", kind[1].lower())
            first.text = rest
            if not rest:
                quote.remove(first)
