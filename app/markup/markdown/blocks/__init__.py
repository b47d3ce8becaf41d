"""The block structure, one module a construct, in the order in which they are tried where a block may begin."""

from collections.abc import Mapping

from app.markup.markdown.blocks.base import Construct
from app.markup.markdown.blocks.breaks import ThematicBreak
from app.markup.markdown.blocks.fences import FencedCode
from app.markup.markdown.blocks.headings import AtxHeading
from app.markup.markdown.blocks.html import HtmlBlock
from app.markup.markdown.blocks.indented import IndentedCode
from app.markup.markdown.blocks.lists import ListItem
from app.markup.markdown.blocks.notes import NoteDefinition
from app.markup.markdown.blocks.paragraphs import Document, Paragraph
from app.markup.markdown.blocks.quotes import Quote
from app.markup.markdown.blocks.setext import SetextHeading
from app.markup.markdown.blocks.tables import Table

CONSTRUCTS: Mapping[str, type[Construct]] = {
    "quote": Quote,
    "heading": AtxHeading,
    "fence": FencedCode,
    "html": HtmlBlock,
    "setext": SetextHeading,
    "break": ThematicBreak,
    "note": NoteDefinition,
    "item": ListItem,
    "table": Table,
}

__all__ = ["CONSTRUCTS", "Document", "IndentedCode", "Paragraph"]
