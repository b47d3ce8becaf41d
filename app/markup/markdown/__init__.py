"""Markdown as GitHub reads it, with wiki links, into the events of ``app.markup.nodes``.

    # Ivy               Heading(1, "Ivy", 0), SectionOpen(1),
    climbs *walls*      Open("p"), "climbs ", Open("emphasis"), "walls", Close("emphasis"), Close("p")

``frame`` reads blocks (one module each in ``blocks``) into an element tree, ``tree`` reads that into events, ``inline``
reads the text in it.
"""

from app.domain.wiki_settings import WikiSettings
from app.markup.markdown.frame import read_blocks
from app.markup.markdown.tree import events_of
from app.markup.nodes import Event


def read_markdown(source: str, settings: WikiSettings) -> list[Event]:
    """The events of a page; headings come with ``SectionOpen``, the ends of sections are the caller's."""
    root, references = read_blocks(source)
    return events_of(root, references, settings)
