"""What rendering a page will want to know."""

from collections.abc import Iterator

from app.domain import interwiki
from app.domain.wiki_settings import WikiSettings
from app.markup.facts import Facts, Questions
from app.markup.html import media as media_html
from app.markup.nodes import (
    LINKS,
    Code,
    Document,
    Event,
    Extra,
    Heading,
    InterwikiLink,
    Label,
    Link,
    Media,
    Nest,
    Note,
    NoteText,
    PageLink,
)
from app.markup.sections import everything
from app.markup.syntax import pointers_of
from app.markup.writer import Known

_HOLDERS: frozenset[type] = frozenset({Note, NoteText, Nest, Heading})


def pointers(events: tuple[Event, ...]) -> Iterator[Link | Media]:
    """Every link and embedded file in order of appearance, inner pieces included; a picture after its link."""
    for event in events:
        kind = type(event)
        if kind in LINKS:
            yield event  # type: ignore[misc] # LINKS are these types
            title = event.title  # type: ignore[union-attr] # all of them have one
            if type(title) is Media:
                yield title
            elif type(title) is Label:
                yield from pointers(title.events)
        elif kind is Media:
            yield event  # type: ignore[misc] # the line above says so
        elif kind is Extra:
            yield from pointers_of(event)  # type: ignore[arg-type] # the line above says so
        elif kind in _HOLDERS:
            yield from pointers(event.events)  # type: ignore[union-attr] # all of these have events


def questions(document: Document, page_id: str, settings: WikiSettings) -> Questions:
    """All ids that ``render`` and ``metadata`` will look for in their facts."""
    known = Known(page_id, Facts(), settings)
    pages: set[str] = set()
    choices: set[str] = set()
    media: set[str] = set()
    prefixes: set[str] = set()
    folders: set[str] = set()
    table = interwiki.table(settings)
    for pointer in pointers(document.events):
        if type(pointer) is PageLink:
            candidates = known.target(pointer.target.partition("?")[0]).candidates
            pages.update(candidates)
            if len(candidates) > 1:
                choices.update(candidates)
        elif type(pointer) is InterwikiLink:
            found = interwiki.resolve(pointer.shortcut, pointer.reference, table, settings)
            pages.update(() if found.page_id is None else (found.page_id,))
        elif type(pointer) is Media and not pointer.external:
            name = known.media(pointer.source.partition("#")[0])
            asked, prefix = media_html.related(name)
            media.update(asked)
            prefixes.update(prefix)
            folders.update(() if "." in name else (name,))
    for names in (pages, choices, media, folders):
        names.discard("")
    return Questions(frozenset(pages), frozenset(media), frozenset(prefixes), frozenset(choices), frozenset(folders))


def code_blocks(document: Document) -> tuple[Code, ...]:
    """The blocks of code in the order in which the download links count them."""
    return tuple(event for event in everything(document.events) if type(event) is Code)
