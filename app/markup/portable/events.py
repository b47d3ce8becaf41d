"""A page of DokuWiki before it becomes Markdown: what only a wiki can follow is spelled out here."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from app.markup.conversion.losses import shortened
from app.markup.conversion.markdown_spans import code_span
from app.markup.nodes import (
    LINKS,
    Code,
    CodeOptions,
    Document,
    Event,
    Extra,
    Heading,
    Mark,
    Media,
    Nest,
    Note,
    NoteText,
)
from app.markup.portable.leads import Lead, link_mark, media_mark

_HOLDERS: frozenset[type] = frozenset({Note, NoteText, Nest, Heading})
_ORDERS = ("notoc", "nocache")  # to the wiki, about the page


class _Written(NamedTuple):
    """In place of a syntax: what has it for its own is Markdown already, or code."""

    block: bool = False


def without_wiki(document: Document, lead: Lead, lost: list[str]) -> Document:
    """``document`` with links and files as Markdown. What a wiki makes anew each time is code, told in ``lost``."""
    return document._replace(events=tuple(_events(document.events, lead, lost)))


def _events(events: tuple[Event, ...], lead: Lead, lost: list[str]) -> Iterator[Event]:
    for event in events:
        kind = type(event)
        if kind in LINKS:
            yield _mark(link_mark(event, lead))  # type: ignore[arg-type] # LINKS are these types
        elif kind is Media:
            yield _mark(media_mark(event, lead))  # type: ignore[arg-type] # the line above says so
        elif isinstance(event, Extra):
            lost.append(f"{event.syntax.name}: {shortened(event.source)}")
            yield _code(event.syntax, event.source)
        elif kind in _HOLDERS:
            inside = tuple(_events(event.events, lead, lost))  # type: ignore[union-attr] # all of these have events
            yield event._replace(events=inside)  # type: ignore[union-attr,call-arg]
        elif not (isinstance(event, Mark) and event.name in _ORDERS):
            yield event


def _mark(text: str) -> Extra:
    return Extra(_Written(), None, text)


def _code(syntax: Any, source: str) -> Event:
    if syntax.block:
        return Code("code", source, "", "", CodeOptions())
    return _mark(code_span(source))
