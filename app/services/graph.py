"""The link graph: what a page names, what rendering it asks about, and whose renderings a change makes wrong.

A page's rendering depends on its text and on the answers to its questions (does X exist, what is it called). Both are
kept as rows, so that creating, deleting or renaming X reaches exactly the pages that asked about X.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Row as SqlRow
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.markups import Markup, stored_markup
from app.domain.names import MAX_BYTES, namespace_of, namespaces_above, natural_key
from app.domain.wiki_settings import WikiSettings
from app.markup import Document, Metadata, Questions, metadata, parse, questions
from app.services import texts
from app.services.askers import ASKED_CHOICE, ASKED_MEDIA, ASKED_PAGE, ASKED_PREFIX, forget_page_askers
from app.services.facts import load_facts
from app.services.rows import Row, replace_rows
from app.services.scopes import count
from app.services.setting_rows import load_settings
from app.store.base import Base
from app.store.links import Dependency, Link, Rendered
from app.store.pages import Namespace, Page, Revision, Text

MAX_TARGET = 500  # characters kept of an address; PostgreSQL bounds what an index takes
CHUNK = 200  # pages linked anew together
_LINKS = Base.metadata.tables[Link.__tablename__]
_DEPENDENCIES = Base.metadata.tables[Dependency.__tablename__]


@dataclass(frozen=True, slots=True)
class Read:
    """A text, read: what can be known of it without the database."""

    document: Document
    asks: Questions


def read(name: str, text: str, settings: WikiSettings, markup: Markup) -> Read:
    return read_document(name, parse(text, settings, markup), settings)


def read_document(name: str, document: Document, settings: WikiSettings) -> Read:
    return Read(document, questions(document, name, settings))


def store(session: Session, page: Page, new: Read, *, existed: bool) -> None:
    """Bring links, title, namespaces and kept renderings in step with a write; inside its transaction."""
    exists = page.current_id is not None
    title_before = page.title
    session.execute(delete(Rendered).where(Rendered.page_id == page.id))
    if exists:
        _connect(session, page, new)
    else:
        page.title = ""
        session.execute(delete(Link).where(Link.source_id == page.id))
        session.execute(delete(Dependency).where(Dependency.page_id == page.id))
    session.flush()
    if exists != existed or page.title != title_before:
        forget_page_askers(session, [page.name])  # first: linking anew asks anew
    if exists != existed:
        _count_in_namespaces(session, page.name, 1 if exists else -1)
        count(session, page, 1 if exists else -1)
        _relink(session, page)


def store_many(session: Session, pages: Sequence[tuple[Page, Read]]) -> None:
    """The same for pages that were there before and still are, with as many statements as for one."""
    settings = load_settings(session)
    facts = load_facts(session, _together(new.asks for _, new in pages))
    links: dict[Row, Row] = {}
    asked: dict[Row, Row] = {}
    retitled: list[str] = []
    for page, new in pages:
        known = metadata(new.document, page.name, facts, settings)
        if page.title != known.title:
            page.title = known.title
            retitled.append(page.name)
        links |= _links(page.id, known)
        asked |= {(page.id, *question): () for question in _asked(new.asks)}
    ids = [page.id for page, _ in pages]
    session.execute(delete(Rendered).where(Rendered.page_id.in_(ids)))
    replace_rows(session, _LINKS, ids, links)
    replace_rows(session, _DEPENDENCIES, ids, asked)
    session.flush()
    if retitled:
        forget_page_askers(session, retitled)


def note_questions(session: Session, page_id: int, asks: Questions) -> None:
    """Record what a rendering asked, where other settings made it ask other things than the save did."""
    replace_rows(session, _DEPENDENCIES, [page_id], {(page_id, *asked): () for asked in _asked(asks)})


def _connect(session: Session, page: Page, new: Read) -> None:
    settings = load_settings(session)
    known = metadata(new.document, page.name, load_facts(session, new.asks), settings)
    page.title = known.title or ""
    replace_rows(session, _LINKS, [page.id], _links(page.id, known))
    note_questions(session, page.id, new.asks)


def _asked(asks: Questions) -> Iterator[tuple[str, str]]:
    """Kind and target of each question. What is longer than any name will never come or go."""
    for name in _possible(asks.pages):
        yield ASKED_CHOICE if name in asks.choices else ASKED_PAGE, name
    for name in _possible(asks.media):
        yield ASKED_MEDIA, name
    for prefix in _possible(asks.media_prefixes | {f"{folder}:" for folder in asks.folders}):
        yield ASKED_PREFIX, prefix


def _possible(names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if len(name) <= MAX_BYTES)


def _links(page_id: int, known: Metadata) -> dict[Row, Row]:
    """Rows of ``link``: each target once, where it comes first."""
    rows: dict[Row, Row] = {}
    for reference in known.references:
        key = (page_id, reference.kind, reference.target[:MAX_TARGET])
        rows.setdefault(key, (len(rows), reference.excerpt))
    return rows


def _relink(session: Session, changed: Page) -> None:
    """Pages whose links may mean ``changed`` or something else: let them choose again, now that it came or went."""
    asked = (Dependency.kind == ASKED_CHOICE) & (Dependency.target == changed.name) & (Page.id != changed.id)
    query = (
        select(Page.id, Page.name, Revision.markup, Text.packed)
        .join(Dependency, Dependency.page_id == Page.id)
        .join(Revision, Revision.id == Page.current_id)
        .join(Text, Text.id == Revision.text_id)
        .where(asked)
        .order_by(Page.id)
        .limit(CHUNK)
    )
    rows = session.execute(query).all()
    while rows:
        _choose_again(session, rows)
        rows = session.execute(query.where(Page.id > rows[-1].id)).all() if len(rows) == CHUNK else []


def _choose_again(session: Session, rows: Sequence[SqlRow[int, str, str, bytes]]) -> None:
    """Links of many pages (key, name, markup, packed text), with as many statements as for one."""
    settings = load_settings(session)
    names = {row.id: row.name for row in rows}
    known = {row.id: read(row.name, texts.unpack(row.packed), settings, stored_markup(row.markup)) for row in rows}
    facts = load_facts(session, _together(new.asks for new in known.values()))
    links: dict[Row, Row] = {}
    for page_id, new in known.items():
        links |= _links(page_id, metadata(new.document, names[page_id], facts, settings))
    replace_rows(session, _LINKS, list(names), links)


def _together(asks: Iterable[Questions]) -> Questions:
    several = list(asks)
    return Questions(
        pages=frozenset().union(*(one.pages for one in several)),
        media=frozenset().union(*(one.media for one in several)),
        media_prefixes=frozenset().union(*(one.media_prefixes for one in several)),
        folders=frozenset().union(*(one.folders for one in several)),
    )


def _count_in_namespaces(session: Session, name: str, change: int) -> None:
    """One page more or less in each namespace above it."""
    for space in namespaces_above(name):
        row = session.get(Namespace, space)
        if row is None:
            row = Namespace(name=space, parent=namespace_of(space), sort_key=natural_key(space), pages=0)
            session.add(row)
        row.pages += change
        if row.pages <= 0:
            session.delete(row)
        session.flush()
