"""Deleting many files at once: what it comes to is shown first."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import FileInUse, NotFound
from app.domain.viewer import Viewer
from app.services.media import delete_media
from app.services.permissions import Level, level, listed_to, visible_to
from app.services.setting_rows import load_settings
from app.store.links import Link
from app.store.media import Media
from app.store.pages import Page

MOST = 200  # files deleted at once
MOST_PAGES = 200  # named in all


@dataclass(frozen=True, slots=True)
class Doomed:
    """A file that may be deleted. ``used``: pages need it, those in ``pages`` (name, title) and maybe closed ones."""

    name: str
    size: int
    used: bool
    pages: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Deleted:
    """Names: of what is gone, and of what stays since pages use it."""

    gone: tuple[str, ...]
    used: tuple[str, ...]


def plan_deletion(session: Session, names: Iterable[str], *, viewer: Viewer) -> tuple[Doomed, ...]:
    """Those of ``names`` that exist and that the viewer may delete, in natural order; of others nothing is said.

    The number of queries does not grow with the files. ``used`` is False throughout where ``refcheck`` is off.
    """
    files = _deletable(session, names, viewer)
    if not files:
        return ()
    targets = [name for name, _ in files]
    used, pages = _used(session, targets), _pages(session, targets, viewer)
    return tuple(Doomed(name, size, name in used, tuple(pages[name])) for name, size in files)


def delete_many(
    session: Session, names: Iterable[str], *, summary: str = "", although_used: bool = False, viewer: Viewer, now: int
) -> Deleted:
    """Delete each file in a change of its own: one that is in use, or gone by now, keeps no other back.

    Raises: StorageFailed.
    """
    gone, used = [], []
    for name, _ in _deletable(session, names, viewer):
        try:
            delete_media(session, name, summary=summary, although_used=although_used, viewer=viewer, now=now)
            gone.append(name)
        except FileInUse:
            used.append(name)
        except NotFound:  # somebody else was quicker
            continue
    return Deleted(tuple(gone), tuple(used))


def _deletable(session: Session, names: Iterable[str], viewer: Viewer) -> list[tuple[str, int]]:
    wanted = list(dict.fromkeys(names))[:MOST]
    query = (
        select(Media.name, Media.size)
        .where(Media.name.in_(wanted), Media.current_id.is_not(None), visible_to(session, viewer, Media))
        .order_by(Media.sort_key)
    )
    found = session.execute(query).all()
    return [(name, size) for name, size in found if level(session, viewer, media_scope(name)) >= Level.DELETE]


def _used(session: Session, names: Sequence[str]) -> frozenset[str]:
    if not load_settings(session).refcheck:
        return frozenset()
    query = select(Link.target).where(Link.kind == "media", Link.target.in_(names)).distinct()
    return frozenset(session.execute(query).scalars())


def _pages(session: Session, names: Sequence[str], viewer: Viewer) -> defaultdict[str, list[tuple[str, str]]]:
    query = (
        select(Link.target, Page.name, Page.title)
        .join(Page, Page.id == Link.source_id)
        .where(Link.kind == "media", Link.target.in_(names), listed_to(session, viewer, Page))
        .order_by(Page.sort_key)
        .limit(MOST_PAGES)
    )
    found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for target, page, title in session.execute(query):
        found[target].append((page, title))
    return found
