"""Answers to what a rendering asks, few queries whatever the number of questions."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import ColumnElement, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.domain.stretches import stretches
from app.markup import FOLDER_SIZE, Facts, MediaFact, PageFact, Questions
from app.store.media import Media, MediaRevision
from app.store.pages import Page

LAST = "\U0010ffff"  # names that begin alike are a range of the index; LIKE would read every name for each prefix
CHUNK = 10_000  # names in one query; SQLite takes 32,766 values


class Sees(Protocol):
    """What a reader may know of, by name and scope."""

    def has(self, name: str, scope_id: int) -> bool: ...


@dataclass(frozen=True, slots=True)
class Without:
    """Whoever sees all but some scopes."""

    hidden: frozenset[int]

    def has(self, name: str, scope_id: int) -> bool:
        del name
        return scope_id not in self.hidden


@dataclass(frozen=True, slots=True)
class Found:
    """``scopes``: where all that was asked about and exists lies, what is hidden included."""

    facts: Facts
    scopes: frozenset[int]


EVERYTHING = Without(frozenset())


def load_facts(session: Session, asks: Questions, sees: Sees = EVERYTHING) -> Facts:
    """What is there of all that was asked; what the reader does not see counts as missing."""
    return find_facts(session, asks, sees).facts


def find_facts(session: Session, asks: Questions, sees: Sees = EVERYTHING) -> Found:
    """The same, with the scopes that the answers rest on."""
    pages: dict[str, PageFact] = {}
    gone: dict[str, str] = {}
    scopes: set[int] = set()
    for name, scope_id, title, current_id in _pages(session, asks):
        scopes.add(scope_id)
        if not sees.has(name, scope_id):
            continue
        if current_id is None:
            gone[name] = title
        else:
            pages[name] = PageFact(title or None)
    media: dict[str, MediaFact] = {}
    for name, scope_id, fact in _files(session, asks):
        scopes.add(scope_id)
        if sees.has(name, scope_id):
            media[name] = fact
    for name, scope_id in _folders(session, asks.folders - media.keys()):
        scopes.add(scope_id)
        if sees.has(f"{name}:", scope_id):
            media[name] = MediaFact(FOLDER_SIZE)
    return Found(Facts(pages, media, gone), frozenset(scopes))


def _pages(session: Session, asks: Questions) -> Iterator[tuple[str, int, str, int | None]]:
    """Those that are there, and those that went and are still called something."""
    query = select(Page.name, Page.scope_id, Page.title, Page.current_id)
    for names in stretches(sorted(asks.pages), CHUNK):
        which = Page.name.in_(names), or_(Page.current_id.is_not(None), Page.title != "")
        yield from session.execute(query.where(*which))


def _files(session: Session, asks: Questions) -> Iterator[tuple[str, int, MediaFact]]:
    for names in stretches(sorted(asks.media), CHUNK):
        yield from _media(session, Media.name.in_(names))
    for prefixes in stretches(sorted(asks.media_prefixes), 200):
        yield from _media(session, or_(*(Media.name.between(p, p + LAST) for p in prefixes)))


def _folders(session: Session, asked: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Those of ``asked`` that files stand in, with each scope of these: ranges of the index, few statements."""
    for names in stretches(sorted(asked), 200):
        inside = (
            select(literal(name), Media.scope_id)
            .where(Media.name.between(f"{name}:", f"{name}:{LAST}"), Media.current_id.is_not(None))
            .distinct()
            for name in names
        )
        yield from session.execute(union_all(*inside))


def _media(session: Session, which: ColumnElement[bool]) -> Iterator[tuple[str, int, MediaFact]]:
    rows = session.execute(
        select(
            Media.name,
            Media.scope_id,
            MediaRevision.size,
            MediaRevision.width,
            MediaRevision.height,
            MediaRevision.fields,
        )
        .join(MediaRevision, MediaRevision.id == Media.current_id)
        .where(which)
    )
    for name, scope_id, size, width, height, fields in rows:
        yield name, scope_id, MediaFact(size=size, width=width, height=height, caption=_caption(fields))


def _caption(fields: str) -> str | None:
    """What a picture is called by itself, on one line."""
    if fields == "{}":
        return None
    said = json.loads(fields)
    return " ".join((said.get("title") or said.get("caption") or "").split()) or None
