"""The parts of a page that can be edited alone, and the ids of its headings and tables."""

from collections.abc import Iterator
from typing import NamedTuple

from app.domain.anchors import SectionIds
from app.domain.wiki_settings import WikiSettings
from app.markup.nodes import LINKS, Document, Event, Heading, Label, Nest, Note, NoteText, TableClose, TableOpen


class Section(NamedTuple):
    """``source[start:end]`` of the page, in characters. ``kind`` is ``section`` or ``table``; a table has no title."""

    kind: str
    title: str
    anchor: str
    start: int
    end: int

    def byte_range(self, source: str) -> tuple[int, int | None]:
        """First and last byte as the old wiki counts them, from 1; None: to the end of the page."""
        first = len(source[: self.start].encode("utf-8", "surrogatepass")) + 1
        if self.kind == "section" and self.end >= len(source):
            return first, None
        return first, first + len(source[self.start : self.end].encode("utf-8", "surrogatepass"))


class Sections:
    """Follows the headings and tables of one page of ``size`` characters and notes each part when it ends.

    Sections are flat: a heading ends the section before it, whatever their levels; but headings deeper than
    ``maxseclevel`` neither begin nor end one.
    """

    def __init__(self, settings: WikiSettings, size: int) -> None:
        self._deepest = settings.maxseclevel
        self._ids = SectionIds(settings)
        self._size = size
        self._section: Section | None = None
        self._tables: list[Section] = []
        self.ended: list[Section] = []
        self.begun = 0

    def heading(self, heading: Heading) -> str:
        """The heading's id, "" where it has no title."""
        anchor = self._ids.unique(heading.title) if heading.title else ""
        if heading.level <= self._deepest:
            self._end_section(heading.at - 1)
            self.begun += 1
            self._section = Section("section", heading.title, anchor, heading.at, -1)
        return anchor

    def table(self, table: TableOpen) -> None:
        self.begun += 1
        self._tables.append(Section("table", "", self._ids.reserve("table"), table.at, -1))

    def table_end(self, table: TableClose) -> None:
        self._note(self._tables.pop(), table.at)

    def finish(self) -> None:
        """End of the page. A section that is the whole page is no part of it."""
        if self._section and self._section.start > 0:
            self._end_section(self._size)

    def _end_section(self, end: int) -> None:
        section, self._section = self._section, None
        if section:
            self._note(section, end)

    def _note(self, section: Section, end: int) -> None:
        if end > section.start:
            self.ended.append(section._replace(end=end))


def sections(document: Document, settings: WikiSettings) -> tuple[Section, ...]:
    """All parts in the order in which they end; as in ``Rendered.sections``."""
    follow = Sections(settings, len(document.source))
    for event in everything(document.events):
        kind = type(event)
        if kind is Heading:
            follow.heading(event)  # type: ignore[arg-type] # the line above says so
        elif kind is TableOpen:
            follow.table(event)  # type: ignore[arg-type]
        elif kind is TableClose:
            follow.table_end(event)  # type: ignore[arg-type]
    follow.finish()
    return tuple(follow.ended)


_HOLDERS: frozenset[type] = frozenset({Note, NoteText, Nest, Heading})


def everything(events: tuple[Event, ...]) -> Iterator[Event]:
    """``events`` and those inside notes, quotes, headings and the texts of links, in reading order."""
    for event in events:
        yield event
        kind = type(event)
        if kind in _HOLDERS:
            yield from everything(event.events)  # type: ignore[union-attr] # all of these have events
        elif kind in LINKS and type(event.title) is Label:  # type: ignore[union-attr] # LINKS have a title
            yield from everything(event.title.events)  # type: ignore[union-attr]
