"""From page text to document."""

from app.domain.wiki_settings import WikiSettings
from app.markup.markdown import read_markdown
from app.markup.nodes import Close, Document, Event, Heading, Markup
from app.markup.paragraphs import with_paragraphs
from app.markup.rules import grammar
from app.markup.scanner import Scanner
from app.markup.source import Source

_SECTION_CLOSE = Close("section")


def parse(text: str, settings: WikiSettings, markup: Markup = "dokuwiki") -> Document:
    """Read a page. Any text has a document; none raises."""
    source = text.replace("\r\n", "\n")
    if markup == "markdown":
        return Document(source, tuple(_with_section_ends(read_markdown(source, settings))), markup)
    scanner = Scanner(Source(f"\n{source}\n"), grammar(settings), "base")
    events = with_paragraphs(_with_section_ends(scanner.run()))
    return Document(source, tuple(events))


def _with_section_ends(events: list[Event]) -> list[Event]:
    """Sections are flat: each heading ends the one before, whatever their levels."""
    out: list[Event] = []
    within = False
    for event in events:
        if type(event) is Heading:
            if within:
                out.append(_SECTION_CLOSE)
            within = True
        out.append(event)
    if within:
        out.append(_SECTION_CLOSE)
    return out
