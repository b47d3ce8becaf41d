"""All that a syntax installed beside the wiki needs, in one place: docs/extending.md tells how."""

from app.domain.wiki_settings import WikiSettings
from app.markup.elements import Piece, element
from app.markup.escape import escape
from app.markup.grammar import Trigger, at_trigger
from app.markup.nodes import ExternalLink, InterwikiLink, Media, PageLink
from app.markup.syntax import LiveWiki, Syntax, until
from app.markup.writer import Live, Writer

__all__ = [
    "ExternalLink",
    "InterwikiLink",
    "Live",
    "LiveWiki",
    "Media",
    "PageLink",
    "Piece",
    "Syntax",
    "Trigger",
    "WikiSettings",
    "Writer",
    "at_trigger",
    "element",
    "escape",
    "until",
]
