"""What a footnote says.

Tea[^1] is warm.     Tea<sup>1)</sup> is warm.

[^1]: from leaves,   and the note at the end of the page
    or herbs.
"""

import re
from xml.etree.ElementTree import Element

from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.inline.references import label_key

_LABEL = re.compile(r"\[\^([^\]\s\0]++)\]:[ \t]*+")


class NoteDefinition(Construct):
    """More paragraphs and blocks of the note are indented by four columns."""

    starts = "["
    holds = True

    def run(self, parent: Element, blocks: list[str]) -> bool:
        del parent, blocks
        line = self.parser.line
        label = _LABEL.match(line.text, line.first)
        if not label:
            return False
        note = self.parser.begin(self, "note")
        if self.parser.references.define_note(label[1]):
            note.element.set("key", label_key(label[1]))
        line.move(label.end())
        return True

    def goes_on(self, block: Block) -> Goes:
        line = self.parser.line
        if line.indent >= 4:
            line.take(4)
            return Goes.ON
        if line.blank and len(block.element):
            line.move(line.first)
            return Goes.ON
        return Goes.NOT
