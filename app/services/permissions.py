"""Who may do what: the rules of the wiki, asked about one name or put before a list."""

from enum import IntEnum

from sqlalchemy import ColumnElement, true
from sqlalchemy.orm import Session

from app.domain.errors import AccessDenied, NotFound
from app.domain.viewer import Viewer
from app.store.media import Media
from app.store.pages import Page


class Level(IntEnum):
    """DokuWiki's levels; each includes those below it."""

    NONE = 0
    READ = 1
    EDIT = 2
    CREATE = 4
    UPLOAD = 8
    DELETE = 16
    ADMIN = 255


WORDS = {
    Level.EDIT: "change this page",
    Level.CREATE: "create pages here",
    Level.UPLOAD: "upload files here",
    Level.DELETE: "delete files here",
    Level.ADMIN: "administer this wiki",
}


def level(session: Session, viewer: Viewer, name: str) -> Level:
    """What ``viewer`` may do with the page ``name``; ``ns:*`` (``*``: the root) stands for what a namespace holds."""
    del session, name
    if viewer.is_admin:
        return Level.ADMIN
    return Level.UPLOAD if viewer.login else Level.READ


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


def visible_to(session: Session, viewer: Viewer, table: type[Page | Media]) -> ColumnElement[bool]:
    """The filter that every list of pages and files goes through: rows of ``table`` the viewer may read."""
    del session, viewer, table
    return true()
