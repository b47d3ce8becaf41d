"""Who may do what: the rules of the wiki, asked about one name or put before a list."""

from dataclasses import dataclass
from enum import IntEnum

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from app.domain.access import Rights, is_named
from app.domain.errors import AccessDenied, NotFound
from app.domain.viewer import NO_LIMITS, Viewer
from app.services.rulebook import Reach, rulebook
from app.services.setting_rows import load_settings
from app.store.media import Media, MediaSpace
from app.store.pages import Namespace, Page
from app.store.rules import SpaceCount


class Level(IntEnum):
    """DokuWiki's levels; each includes those below it. A rule may hold any number between them."""

    NONE = 0
    READ = 1
    EDIT = 2
    CREATE = 4
    UPLOAD = 8
    DELETE = 16
    ADMIN = 255


_Placed = Page | Media | Namespace | MediaSpace
WORDS = {
    Level.EDIT: "change this page",
    Level.CREATE: "create pages here",
    Level.UPLOAD: "upload files here",
    Level.DELETE: "delete files here",
    Level.ADMIN: "administer this wiki",
}


@dataclass(frozen=True, slots=True)
class Sight:
    """What one viewer may read, for what is filtered outside of a query. ``reach`` None: every scope."""

    viewer: Viewer
    reach: Reach | None

    @property
    def is_limited(self) -> bool:
        """Whether names decide beside scopes."""
        return bool(self.viewer.limits.namespaces)

    def has(self, name: str, scope_id: int) -> bool:
        return (self.reach is None or self.reach.has(scope_id)) and self.viewer.limits.open_to(name)

    def hidden_of(self, scope_ids: frozenset[int]) -> frozenset[int]:
        return frozenset() if self.reach is None else self.reach.hidden_of(scope_ids)


def level(session: Session, viewer: Viewer, name: str) -> int:
    """What ``viewer`` may do with the page ``name``; ``ns:*`` (``*``: the root) stands for what a namespace holds.

    Files have no rights of their own: ask about ``media_scope(name)``.
    """
    held: int = Level.ADMIN if viewer.is_admin else rights_of(session, viewer).level(name)
    limits = viewer.limits
    if limits == NO_LIMITS:
        return held
    return min(held, Level.DELETE if limits.may_write else Level.READ) if limits.open_to(name) else Level.NONE


def require(session: Session, viewer: Viewer, name: str, wanted: Level) -> None:
    """Return if ``viewer`` has ``wanted`` on ``name``.

    Raises:
        NotFound: the viewer may not even read it, so it must look as if it were not there.
        AccessDenied: it may be read, but not this.
    """
    held = level(session, viewer, name)
    if held < Level.READ and wanted < Level.ADMIN:
        raise NotFound(name=name)
    if held < wanted:
        raise AccessDenied(what=WORDS[wanted])


def is_manager(session: Session, viewer: Viewer) -> bool:
    """Whether ``viewer`` administers or is named by the setting ``manager``; nobody is through a token."""
    if viewer.is_admin:
        return viewer.limits == NO_LIMITS
    settings = load_settings(session)
    signed_in = viewer.login is not None and viewer.limits == NO_LIMITS
    return signed_in and is_named(settings.manager, viewer.login, viewer.groups, settings)


def rights_of(session: Session, viewer: Viewer) -> Rights:
    """What the rules give ``viewer``, administration and limits apart."""
    return rulebook(session).of(viewer, load_settings(session))[0]


def sight_of(session: Session, viewer: Viewer) -> Sight:
    return Sight(viewer, None if viewer.is_admin else rulebook(session).of(viewer, load_settings(session))[1])


def visible_to(session: Session, viewer: Viewer, table: type[Page | Media]) -> ColumnElement[bool]:
    """The filter that every list of pages and files goes through: rows of ``table`` the viewer may read."""
    return _readable(session, viewer, table, table.scope_id)


def listed_to(session: Session, viewer: Viewer, table: type[Page | Media]) -> ColumnElement[bool]:
    """The same without what the setting ``hidepages`` keeps out of lists, for administrators too."""
    return and_(visible_to(session, viewer, table), ~table.hidden)


def counted_for(
    session: Session, viewer: Viewer, counted: type[SpaceCount | MediaSpace] = SpaceCount
) -> ColumnElement[bool]:
    """The same filter before the counts of namespaces: those of scopes the viewer may read."""
    return _readable(session, viewer, MediaSpace if counted is MediaSpace else Namespace, counted.scope_id)


def _readable(
    session: Session, viewer: Viewer, table: type[_Placed], scope_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    sight = sight_of(session, viewer)
    open_scopes = true() if sight.reach is None else sight.reach.where(scope_id)
    return and_(open_scopes, _inside(viewer, table)) if sight.is_limited else open_scopes


def _inside(viewer: Viewer, table: type[_Placed]) -> ColumnElement[bool]:
    spaces = viewer.limits.namespaces
    name = table.namespace if issubclass(table, MediaSpace) else table.name
    inside = [name.startswith(f"{space}:", autoescape=True) for space in spaces]
    is_space = issubclass(table, Namespace | MediaSpace)
    return or_(false(), *inside, name.in_(spaces)) if is_space else or_(false(), *inside)
