"""Finding pages by their place and name: the tree of namespaces, sidebars, names that are near."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.domain.names import name_of, namespace_of, namespaces_above
from app.domain.viewer import Viewer
from app.domain.wiki_settings import WikiSettings
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, counted_for, level, listed_to, visible_to
from app.services.setting_rows import load_settings
from app.store.pages import Namespace, Page
from app.store.rules import SpaceCount


@dataclass(frozen=True, slots=True)
class PageEntry:
    """``title`` is "" where the page has no heading."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class SpaceEntry:
    """A namespace below another; ``pages``: how many that the viewer may read lie in it at any depth."""

    name: str
    pages: int


@dataclass(frozen=True, slots=True)
class Branch:
    """What lies directly in ``namespace`` ("": the root). ``pages`` is a stretch; ``spaces`` is bounded at 1,000."""

    namespace: str
    spaces: tuple[SpaceEntry, ...]
    pages: Slice[PageEntry]


MAX_SPACES = 1000


def branch(session: Session, namespace: str, *, viewer: Viewer, after: str | None = None, limit: int = 200) -> Branch:
    """The namespaces and pages directly in ``namespace``; ``after``: the sort key where the next stretch begins."""
    limit = bounded(limit)
    inside = (SpaceCount.namespace == Namespace.name) & counted_for(session, viewer)
    readable = select(func.sum(SpaceCount.pages)).where(inside).scalar_subquery()
    spaces = session.execute(
        select(Namespace.name, readable)
        .where(Namespace.parent == namespace, readable > 0)
        .order_by(Namespace.sort_key)
        .limit(MAX_SPACES)
    )
    query = (
        select(Page.name, Page.title)
        .where(Page.namespace == namespace, Page.current_id.is_not(None), listed_to(session, viewer, Page))
        .order_by(Page.sort_key)
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(Page.sort_key > after)
    pages = [PageEntry(*row) for row in session.execute(query)]
    found = (SpaceEntry(*row) for row in spaces)
    return Branch(namespace, tuple(entry for entry in found if _is_shown(session, viewer, entry)), cut(pages, limit))


def _is_shown(session: Session, viewer: Viewer, space: SpaceEntry) -> bool:
    """With the setting ``sneaky_index`` a namespace closed to the viewer closes what is open in it."""
    return not load_settings(session).sneaky_index or level(session, viewer, f"{space.name}:*") >= Level.READ


def path_of(name: str) -> tuple[str, ...]:
    """The namespaces above ``name``, from the root down: ``("", "a", "a:b")`` for ``a:b:c``."""
    return ("", *reversed(list(namespaces_above(name))))


def sidebar_of(session: Session, name: str, settings: WikiSettings, *, viewer: Viewer) -> str | None:
    """The sidebar page of the nearest namespace that has one; one query."""
    if not settings.sidebar:
        return None
    names = [f"{space}:{settings.sidebar}" if space else settings.sidebar for space in path_of(name)]
    found = session.execute(
        select(Page.name).where(Page.name.in_(names), Page.current_id.is_not(None), visible_to(session, viewer, Page))
    ).scalars()
    return max(found, key=len, default=None)


def near_names(session: Session, name: str, *, viewer: Viewer, limit: int = 8) -> tuple[PageEntry, ...]:
    """Existing pages that somebody who asked for ``name`` may have meant: same last part, plural, or beginning."""
    last = name_of(name)
    singular = last[:-1] if last.endswith("s") and len(last) > 1 else last
    query = (
        select(Page.name, Page.title)
        .where(
            Page.current_id.is_not(None),
            Page.name != name,
            listed_to(session, viewer, Page),
            or_(
                Page.leaf.in_([last, singular, f"{singular}s"]),
                Page.namespace.in_([name, namespace_of(name)]) & Page.name.contains(singular, autoescape=True),
            ),
        )
        .order_by(Page.sort_key)
        .limit(limit)
    )
    return tuple(PageEntry(*row) for row in session.execute(query))


def find_names(session: Session, words: str, *, viewer: Viewer, limit: int = 50) -> Slice[PageEntry]:
    """Pages whose name or title holds all of ``words`` (split at blanks), in natural order of names."""
    limit = bounded(limit)
    query = select(Page.name, Page.title).where(Page.current_id.is_not(None), listed_to(session, viewer, Page))
    for word in words.split()[:8]:
        lower = word.lower()
        query = query.where(
            or_(Page.name.contains(lower, autoescape=True), Page.title.icontains(word, autoescape=True))
        )
    rows = session.execute(query.order_by(Page.sort_key).limit(limit + 1))
    return cut([PageEntry(*row) for row in rows], limit)


@dataclass(frozen=True, slots=True)
class ListedPage:
    """``changed_at``: seconds UTC."""

    name: str
    title: str
    changed_at: int
    markup: str


def all_pages(session: Session, *, viewer: Viewer) -> Iterator[ListedPage]:
    """Every page in natural order, read in stretches: memory stays bounded however many there are."""
    after = ""
    while True:
        rows = session.execute(
            select(Page.name, Page.title, Page.changed_at, Page.markup, Page.sort_key)
            .where(Page.current_id.is_not(None), Page.sort_key > after, visible_to(session, viewer, Page))
            .order_by(Page.sort_key)
            .limit(1000)
        ).all()
        for name, title, changed_at, markup, _ in rows:
            yield ListedPage(name, title, changed_at, markup)
        if not rows:
            return
        after = rows[-1].sort_key
