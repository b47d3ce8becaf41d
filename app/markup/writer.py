"""What the writers of single nodes share: where HTML goes, what is known of the wiki, what was counted so far."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from app.domain import interwiki
from app.domain.resolve import PageTarget, page_target, resolve_media
from app.domain.wiki_settings import WikiSettings
from app.domain.wiki_tables import Tables, tables_of
from app.markup.facts import Facts
from app.markup.languages import Quotes, quotes_of
from app.markup.nodes import Event
from app.markup.sections import Sections


class Live(NamedTuple):
    """A place in the HTML that is filled each time it is shown.

    ``kind`` is the name of the syntax that fills it, or ``section_edit``: ``number`` of an entry of
    ``Rendered.sections``, to be left empty where nothing can be edited. ``fresh``: for how many seconds its content
    holds; None: as long as nothing in the wiki changes.
    """

    kind: str
    args: dict[str, str]
    fresh: int | None = None


class TocEntry(NamedTuple):
    """``level`` from 1, whatever the highest heading of the page is."""

    level: int
    anchor: str
    title: str


@dataclass(frozen=True, slots=True)
class Known:
    """All that rendering depends on beside the document. ``secret`` signs the sizes of pictures.

    ``wide``: pictures name larger ones of themselves, for screens that show more pixels.
    """

    page_id: str
    facts: Facts
    settings: WikiSettings
    secret: bytes = b""
    wide: bool = False

    def target(self, raw: str) -> PageTarget:
        return page_target(raw, self.page_id, self.settings)

    def page(self, raw: str) -> tuple[str, bool]:
        """Id of the page that ``raw`` (without query) leads to, and whether it exists."""
        target = self.target(raw)
        pages = self.facts.pages
        for name in target.candidates:
            if name in pages:
                return name, True
        return target.fallback, False

    def media(self, raw: str) -> str:
        return resolve_media(raw, self.page_id, self.settings)


@dataclass(slots=True)
class Writer:
    """``out`` collects finished HTML and live places. ``size``: of the page's text.

    ``notes``: what each note says, in the order of their numbers, or the label under which ``note_texts`` has it.
    ``tracks``: see ``media``. ``told``: characters of what the wiki said of itself.
    """

    known: Known
    table: Mapping[type, Callable[["Writer", Any], None]]
    size: int
    out: list[str | Live] = field(default_factory=list)
    toc: list[TocEntry] = field(default_factory=list)
    flags: set[str] = field(default_factory=set)
    notes: list[str | tuple[str | Live, ...]] = field(default_factory=list)
    note_texts: dict[str, tuple[str | Live, ...]] = field(default_factory=dict)
    code_blocks: int = 0
    code_size: int = 0
    edits_marked: int = 0
    paragraph: int = -1
    rows: list[int] = field(default_factory=list)
    quotes_open: int = 0
    sections: Sections = field(init=False)
    quotes: Quotes = field(init=False)
    tables: Tables = field(init=False)
    pages: dict[str, tuple[str, bool]] = field(default_factory=dict)
    tracks: dict[str, list[tuple[str, str, str]]] | None = None
    told: int = 0

    def __post_init__(self) -> None:
        self.sections = Sections(self.known.settings, self.size)
        self.quotes = quotes_of(self.known.settings.lang)
        self.tables = tables_of(self.known.settings)

    def page(self, raw: str) -> tuple[str, bool]:
        """As ``Known.page``; each spelling is resolved once."""
        found = self.pages.get(raw)
        if found is None:
            found = self.pages[raw] = self.known.page(raw)
        return found

    def interwiki(self, shortcut: str, reference: str) -> interwiki.Interwiki:
        return interwiki.resolve(shortcut, reference, self.tables.interwiki, self.known.settings)

    def apart(self, events: "tuple[Event, ...]") -> str:
        """The HTML of ``events``, not written to the page; live places are left out."""
        out, self.out = self.out, []
        self.events(events)
        out, self.out = self.out, out
        return "".join(piece for piece in out if isinstance(piece, str))

    def events(self, events: "tuple[Event, ...]") -> None:
        """Write ``events``. Only notes and parts of quotes lead in here again, and those hold few levels."""
        table = self.table
        for event in events:
            table[type(event)](self, event)
