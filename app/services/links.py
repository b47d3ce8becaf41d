"""Who links here: one index range, whatever the size of the wiki."""

from dataclasses import dataclass
from itertools import islice

from sqlalchemy import ColumnElement, func, not_, select
from sqlalchemy.orm import Session, aliased

from app.domain.access import media_scope
from app.domain.viewer import Viewer
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, level, listed_to, visible_to
from app.store.links import Link
from app.store.pages import Page


@dataclass(frozen=True, slots=True)
class Backlink:
    """A page that links here; ``excerpt``: the words around its link. ``title`` is "" where it has no heading."""

    name: str
    title: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A page that is linked to and does not exist."""

    name: str
    links: int


def backlinks(
    session: Session, name: str, *, viewer: Viewer, after: str | None = None, limit: int = 50
) -> Slice[Backlink]:
    """Pages that link to ``name`` and that the viewer may read, in natural order of their names.

    ``after``: the sort key of the last one of the stretch before, see ``natural_key``. The target need not exist.
    Of one that the viewer may not read nothing is told: which of several names a link chose shows which of them exists.
    """
    if level(session, viewer, name) < Level.READ:
        return cut([], bounded(limit))
    return _linking(session, "page", name, viewer, after, bounded(limit))


def file_backlinks(
    session: Session, name: str, *, viewer: Viewer, after: str | None = None, limit: int = 50
) -> Slice[Backlink]:
    """The same of the file ``name``: pages that show or link it."""
    if level(session, viewer, media_scope(name)) < Level.READ:
        return cut([], bounded(limit))
    return _linking(session, "media", name, viewer, after, bounded(limit))


def count_backlinks(session: Session, name: str, *, viewer: Viewer) -> int:
    """How many ``backlinks`` are in all."""
    if level(session, viewer, name) < Level.READ:
        return 0
    query = (
        select(func.count())
        .select_from(Link)
        .join(Page, Page.id == Link.source_id)
        .where(Link.kind == "page", Link.target == name, listed_to(session, viewer, Page))
    )
    return session.execute(query).scalar_one()


def listed_backlinks(
    session: Session, pattern: str, *, only: str, without: bool, viewer: Viewer, limit: int | None = None
) -> list[tuple[str, str]]:
    """All (name, title), or the first ``limit``, for the list inside a page: ``pattern`` may begin and end with ``*``.

    ``only``: a prefix that the linking page's name must have, or, ``without`` set, must not have; "" for none.
    """
    if "*" not in pattern and level(session, viewer, pattern) < Level.READ:
        return []
    query = (
        select(Page.name, Page.title, Link.target)
        .join(Link, Link.source_id == Page.id)
        .where(Link.kind == "page", _matches(pattern), listed_to(session, viewer, Page))
        .order_by(Page.sort_key)
    )
    if only or without:
        has = Page.name.startswith(only.lower(), autoescape=True)
        query = query.where(not_(has) if without else has)
    found: dict[str, str] = {}
    for name, title, target in session.execute(query):
        if limit is not None and len(found) >= limit:
            break
        if name not in found and level(session, viewer, target) >= Level.READ:
            found[name] = title
    return list(found.items())


def wanted(session: Session, *, viewer: Viewer, start: int = 0, limit: int = 50) -> Slice[Wanted]:
    """Names that readable pages link to and that nobody wrote yet, most wanted first; none in closed places."""
    limit = bounded(limit)
    target = aliased(Page)
    # A page that the viewer may not read is as wanted as one that is not there.
    there = target.current_id.is_not(None) & visible_to(session, viewer, target)
    query = (
        select(Link.target, func.count().label("links"))
        .join(Page, Page.id == Link.source_id)
        .outerjoin(target, (target.name == Link.target) & there)
        .where(Link.kind == "page", target.id.is_(None), listed_to(session, viewer, Page))
        .group_by(Link.target)
        .order_by(func.count().desc(), Link.target)
    )
    readable = (Wanted(*row) for row in session.execute(query) if level(session, viewer, row[0]) >= Level.READ)
    return cut(list(islice(readable, start, start + limit + 1)), limit, start)


def _matches(pattern: str) -> ColumnElement[bool]:
    inner = pattern.strip("*")
    before, after = pattern.startswith("*"), pattern.endswith("*")
    if before and after:
        return Link.target.contains(inner, autoescape=True)
    if before:
        return Link.target.endswith(inner, autoescape=True)
    if after:
        return Link.target.startswith(inner, autoescape=True)
    return Link.target == pattern


def _linking(session: Session, kind: str, name: str, viewer: Viewer, after: str | None, limit: int) -> Slice[Backlink]:
    query = (
        select(Page.name, Page.title, Link.excerpt)
        .join(Link, Link.source_id == Page.id)
        .where(Link.kind == kind, Link.target == name, listed_to(session, viewer, Page))
        .order_by(Page.sort_key)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Page.sort_key > after)
    return cut([Backlink(*row) for row in session.execute(query)], limit)
