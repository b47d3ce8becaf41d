"""What the wiki keeps of a page beside its text: title, links, files, headings, beginning.

Source: docs/formats/names.md, references and metadata.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from app.domain.anchors import SectionIds
from app.domain.wiki_settings import WikiSettings
from app.markup.abstract import Abstract
from app.markup.facts import Facts
from app.markup.nodes import (
    Document,
    Event,
    ExternalLink,
    Extra,
    Heading,
    InterwikiLink,
    Link,
    Mark,
    Media,
    PageLink,
    TableOpen,
)
from app.markup.plain import Plain
from app.markup.rules.feeds import RSS
from app.markup.sections import everything
from app.markup.writer import Known, TocEntry

_PICTURES = ("jpg", "jpeg", "gif", "png", "webp", "svg")
_AROUND = 80


@dataclass(frozen=True, slots=True)
class Reference:
    """One target, once, where it is named first. ``target``: page or file id, ``shortcut>reference``, or address.

    ``exists`` is None for what lies outside the wiki. ``excerpt``: plain text, up to 80 characters either side.
    """

    kind: Literal["page", "media", "interwiki", "external"]
    target: str
    exists: bool | None
    excerpt: str


@dataclass(frozen=True, slots=True)
class Metadata:
    """``title`` "": the page has no heading. ``headings``: those that a table of contents may list, however few."""

    title: str
    abstract: str
    first_image: str
    references: tuple[Reference, ...]
    headings: tuple[TocEntry, ...]
    feeds: tuple[str, ...]
    notoc: bool
    nocache: bool

    def targets(self, kind: str) -> tuple[str, ...]:
        """All targets of one kind, in order of appearance."""
        return tuple(each.target for each in self.references if each.kind == kind)


def metadata(document: Document, page_id: str, facts: Facts, settings: WikiSettings) -> Metadata:
    """Read ``document``, standing on page ``page_id``, in a wiki of which ``facts`` are true."""
    known = Known(page_id, facts, settings)
    headings = [event for event in document.events if type(event) is Heading]
    abstract = Abstract(known)
    abstract.walk(document.events)
    nodes = list(everything(document.events))
    flags = {node.name for node in nodes if type(node) is Mark}
    return Metadata(
        title=headings[0].title if headings else "",
        abstract=abstract.text(),
        first_image=_first_image(nodes, known),
        references=tuple(_references(document, known)),
        headings=tuple(_headings(nodes, settings)),
        feeds=tuple(dict.fromkeys(node.value.url for node in nodes if type(node) is Extra and node.syntax is RSS)),
        notoc="notoc" in flags,
        nocache="nocache" in flags,
    )


def _headings(nodes: list[Event], settings: WikiSettings) -> Iterator[TocEntry]:
    ids = SectionIds(settings)
    for node in nodes:
        if type(node) is Heading and node.title:
            anchor = ids.unique(node.title)
            if settings.toptoclevel <= node.level <= settings.maxtoclevel:
                yield TocEntry(node.level - settings.toptoclevel + 1, anchor, node.title)
        elif type(node) is TableOpen:
            ids.reserve("table")


def _first_image(nodes: list[Event], known: Known) -> str:
    for node in nodes:
        media = node if type(node) is Media else getattr(node, "title", None)
        if type(media) is not Media:
            continue
        target = media.source.partition("#")[0]
        if not media.external:
            target = known.media(target)
        if target.rpartition(".")[2].lower() in _PICTURES:
            return target
    return ""


def _references(document: Document, known: Known) -> Iterator[Reference]:
    plain = Plain(document.events)
    text = plain.text()
    seen: set[tuple[str, str]] = set()
    for pointer, start, end in plain.marks:
        found = _target(pointer, known)
        if found and found[:2] not in seen:
            seen.add(found[:2])
            yield Reference(*found, excerpt=_excerpt(text, start, end))


def _target(
    pointer: Link | Media, known: Known
) -> tuple[Literal["page", "media", "interwiki", "external"], str, bool | None] | None:
    match pointer:
        case PageLink(target):
            page, exists = known.page(target.partition("?")[0])
            return "page", page, exists
        case Media(source, external=False):
            name = known.media(source.partition("#")[0])
            return "media", name, name in known.facts.media
        case Media(source) if "://" in source:
            return "external", source, None
        case ExternalLink(url):
            return "external", url, None
        case InterwikiLink(shortcut, reference):
            return "interwiki", f"{shortcut}>{reference}", None
    return None


def _excerpt(text: str, start: int, end: int) -> str:
    """The words around a link, on one line, whole ones as far as that goes."""
    first, last = max(0, start - _AROUND), min(len(text), end + _AROUND)
    before, behind = text[first:start], text[end:last]
    if first and " " in before:
        before = "… " + before.partition(" ")[2]
    if last < len(text) and " " in behind:
        behind = behind.rpartition(" ")[0] + " …"
    return " ".join(f"{before}{text[start:end]}{behind}".split())
