"""Answers to what a rendering asks, few queries whatever the number of questions."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, exists, literal, or_, select, union_all
from sqlalchemy.orm import Session

from app.markup import FOLDER_SIZE, Facts, MediaFact, PageFact, Questions
from app.store.media import Media, MediaRevision
from app.store.pages import Page

LAST = "\U0010ffff"  # names that begin alike are a range of the index; LIKE would read every name for each prefix
CHUNK = 10_000  # names in one query; SQLite takes 32,766 values


def load_facts(session: Session, asks: Questions, *, hidden: frozenset[str] = frozenset()) -> Facts:
    """What is there of all that was asked; ``hidden`` names count as missing."""
    pages: dict[str, PageFact] = {}
    for names in _chunks(asks.pages):
        rows = session.execute(select(Page.name, Page.title).where(Page.name.in_(names), Page.current_id.is_not(None)))
        pages.update({name: PageFact(title or None) for name, title in rows if name not in hidden})
    media: dict[str, MediaFact] = {}
    for names in _chunks(asks.media):
        media.update(_media(session, Media.name.in_(names)))
    for prefixes in _chunks(asks.media_prefixes, 200):
        media.update(_media(session, or_(*(Media.name.between(p, p + LAST) for p in prefixes))))
    for names in _chunks(asks.folders - media.keys(), 200):
        media.update(dict.fromkeys(_folders(session, names), MediaFact(FOLDER_SIZE)))
    return Facts(pages, media)


def _folders(session: Session, names: Sequence[str]) -> Iterator[str]:
    """Those of ``names`` that files stand in: a look into the index for each, all in one statement."""
    inside = (
        select(literal(name)).where(
            exists().where(Media.name.between(f"{name}:", f"{name}:{LAST}"), Media.current_id.is_not(None))
        )
        for name in names
    )
    yield from session.scalars(union_all(*inside))


def _media(session: Session, which: ColumnElement[bool]) -> Iterator[tuple[str, MediaFact]]:
    rows = session.execute(
        select(Media.name, MediaRevision.size, MediaRevision.width, MediaRevision.height)
        .join(MediaRevision, MediaRevision.id == Media.current_id)
        .where(which)
    )
    for name, size, width, height in rows:
        yield name, MediaFact(size=size, width=width, height=height)


def _chunks(names: Iterable[str], size: int = CHUNK) -> Iterator[Sequence[str]]:
    ordered = sorted(names)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]
