"""The link graph: what a page names, what rendering it asks about, and whose renderings a change makes wrong.

A page's rendering depends on its text and on the answers to its questions (does X exist, what is it called). Both are
kept as rows, so that creating, deleting or renaming X reaches exactly the pages that asked about X.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, delete, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from app.domain.names import namespace_of, natural_key
from app.domain.wiki_settings import WikiSettings
from app.markup import Document, Questions, metadata, parse, questions
from app.services import texts
from app.services.config import load_settings
from app.services.facts import load_facts
from app.store.links import Dependency, Link, Rendered
from app.store.pages import Namespace, Page, Revision

MAX_TARGET = 500  # characters kept of an address; PostgreSQL bounds what an index takes
ASKED_PAGE = "page"
ASKED_CHOICE = "choice"  # asked as one of several names that a link may mean
ASKED_MEDIA = "media"
ASKED_PREFIX = "prefix"  # asked for all files whose name begins so
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Read:
    """A text, read: what can be known of it without the database."""

    document: Document
    asks: Questions


def read(name: str, text: str, settings: WikiSettings) -> Read:
    document = parse(text, settings)
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
        forget_askers(session, page.name, (ASKED_PAGE, ASKED_CHOICE))  # first: linking anew asks anew
    if exists != existed:
        _count_in_namespaces(session, page.name, 1 if exists else -1)
        _relink(session, page)


def note_questions(session: Session, page_id: int, asks: Questions) -> None:
    """Record what a rendering asked, where other settings made it ask other things than the save did."""
    _replace_dependencies(session, page_id, _asked(asks))


def forget_askers(session: Session, target: str, kinds: Iterable[str]) -> None:
    """Drop the kept renderings of exactly the pages that asked about ``target``; inside a transaction."""
    askers = select(Dependency.page_id).where(Dependency.kind.in_(list(kinds)), Dependency.target == target)
    session.execute(delete(Rendered).where(Rendered.page_id.in_(askers)))


def forget_media_askers(session: Session, name: str) -> None:
    """The same for a media file: those that asked for it by name, or for names that begin as it does."""
    prefixes = [name[:length] for length in range(1, len(name) + 1)]
    asked = or_(
        (Dependency.kind == ASKED_MEDIA) & (Dependency.target == name),
        (Dependency.kind == ASKED_PREFIX) & Dependency.target.in_(prefixes),
    )
    session.execute(delete(Rendered).where(Rendered.page_id.in_(select(Dependency.page_id).where(asked))))


def _connect(session: Session, page: Page, new: Read) -> None:
    settings = load_settings(session)
    known = metadata(new.document, page.name, load_facts(session, new.asks), settings)
    page.title = known.title or ""
    _replace_links(session, page.id, {(r.kind, r.target[:MAX_TARGET]): r.excerpt for r in reversed(known.references)})
    _replace_dependencies(session, page.id, _asked(new.asks))


def _asked(asks: Questions) -> set[tuple[str, str]]:
    return (
        {(ASKED_CHOICE if name in asks.choices else ASKED_PAGE, name) for name in asks.pages}
        | {(ASKED_MEDIA, name) for name in asks.media}
        | {(ASKED_PREFIX, prefix) for prefix in asks.media_prefixes}
    )


def _replace_links(session: Session, page_id: int, excerpts: dict[tuple[str, str], str]) -> None:
    """Write the difference only: most saves change few of a page's links."""
    new = {key: (position, excerpt) for position, (key, excerpt) in enumerate(reversed(excerpts.items()))}
    rows = session.execute(select(Link.kind, Link.target, Link.position, Link.excerpt).where(Link.source_id == page_id))
    old = {(kind, target): (position, excerpt) for kind, target, position, excerpt in rows}
    _delete_many(session, Link.source_id == page_id, Link, old.keys() - new.keys())
    added = [
        {"source_id": page_id, "kind": kind, "target": target, "position": position, "excerpt": excerpt}
        for (kind, target), (position, excerpt) in new.items()
        if (kind, target) not in old
    ]
    if added:
        session.execute(insert(Link), added)
    moved = [
        {"source_id": page_id, "kind": kind, "target": target, "position": position, "excerpt": excerpt}
        for (kind, target), (position, excerpt) in new.items()
        if (kind, target) in old and old[kind, target] != (position, excerpt)
    ]
    if moved:
        session.execute(update(Link), moved)


def _replace_dependencies(session: Session, page_id: int, new: set[tuple[str, str]]) -> None:
    rows = session.execute(select(Dependency.kind, Dependency.target).where(Dependency.page_id == page_id))
    old = {(kind, target) for kind, target in rows}
    _delete_many(session, Dependency.page_id == page_id, Dependency, old - new)
    if new - old:
        added = [{"page_id": page_id, "kind": kind, "target": target} for kind, target in sorted(new - old)]
        session.execute(insert(Dependency), added)


def _delete_many(
    session: Session, of_page: ColumnElement[bool], table: type[Link | Dependency], keys: Iterable[tuple[str, str]]
) -> None:
    """Delete by kind and target, some hundreds at a time."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        some = tuple_(table.kind, table.target).in_(ordered[start : start + CHUNK])
        session.execute(delete(table).where(of_page, some))


def _relink(session: Session, changed: Page) -> None:
    """Pages whose links may mean ``changed`` or something else: let them choose again, now that it came or went."""
    settings = load_settings(session)
    asked = (Dependency.kind == ASKED_CHOICE) & (Dependency.target == changed.name) & (Page.id != changed.id)
    rows = session.execute(
        select(Page, Revision.text_id)
        .join(Dependency, Dependency.page_id == Page.id)
        .join(Revision, Revision.id == Page.current_id)
        .where(asked)
    ).all()
    for page, text_id in rows:
        _connect(session, page, read(page.name, texts.load_text(session, text_id), settings))


def _count_in_namespaces(session: Session, name: str, change: int) -> None:
    """One page more or less in each namespace above it."""
    space = namespace_of(name)
    while space:
        row = session.get(Namespace, space)
        if row is None:
            row = Namespace(name=space, parent=namespace_of(space), sort_key=natural_key(space), pages=0)
            session.add(row)
        row.pages += change
        if row.pages <= 0:
            session.delete(row)
        session.flush()
        space = namespace_of(space)
