"""Who may do what. One fixed policy for now, in one place: everybody reads, whoever signed in edits and uploads."""

from enum import IntEnum

from sqlalchemy import ColumnElement, true

from app.domain.errors import AccessDenied, NotFound
from app.domain.viewer import Viewer


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


def level(viewer: Viewer, name: str) -> Level:
    """What ``viewer`` may do with the page or file ``name``; ``ns:*`` stands for what a namespace may come to hold."""
    del name  # rules by name replace this policy
    if viewer.is_admin:
        return Level.ADMIN
    return Level.UPLOAD if viewer.login else Level.READ


def require(viewer: Viewer, name: str, wanted: Level) -> None:
    """Return if ``viewer`` has ``wanted`` on ``name``.

    Raises:
        NotFound: the viewer may not even read it, so it must look as if it were not there.
        AccessDenied: it may be read, but not this.
    """
    held = level(viewer, name)
    if held < Level.READ:
        raise NotFound(name=name)
    if held < wanted:
        raise AccessDenied(what=WORDS[wanted])


def visible_to(viewer: Viewer) -> ColumnElement[bool]:
    """The filter that every list of pages and files goes through: rows of ``page`` or ``media`` the viewer may read."""
    del viewer
    return true()
