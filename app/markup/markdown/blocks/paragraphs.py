"""Paragraphs, and the definitions of references that they begin with; the page that holds it all.

one                  <p>one
two                  two</p>

[lierre]: start "The wiki's first page"
"""

from app.markup.markdown.blocks.base import Block, Construct, Goes
from app.markup.markdown.inline.references import read_reference

NOTHING = "nothing"  # tag of what was no more than definitions


class Document(Construct):
    """The page."""

    holds = True

    def goes_on(self, block: Block) -> Goes:
        del block
        return Goes.ON


class Paragraph(Construct):
    """Text, up to a blank line or another block."""

    def goes_on(self, block: Block) -> Goes:
        del block
        return Goes.NOT if self.parser.line.blank else Goes.ON

    def add(self, block: Block) -> None:
        line = self.parser.line
        block.lines.append(line.text[line.first :])
        block.ats.append(line.at + line.pos)

    def close(self, block: Block) -> None:
        if block.element.tag == "p":
            self.define(block)
        if block.lines:
            block.element.text = "\n".join(block.lines).rstrip(" \t")
        else:
            block.element.tag = NOTHING

    def define(self, block: Block) -> None:
        """Take off the definitions in front."""
        if not block.lines or not block.lines[0].startswith("["):
            return
        text, at = "\n".join(block.lines), 0
        links = self.parser.references.links
        while at < len(text) and (found := read_reference(text, at)):
            links.setdefault(found.label, (found.target, found.hint))
            at = found.end
        if at:
            gone = text.count("\n", 0, at) if at < len(text) else len(block.lines)
            del block.lines[:gone], block.ats[:gone]
