"""How much room files may take, of each person and of each namespace."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.errors import FileRefused, NoRoomHere, NoRoomLeft
from app.domain.names import namespace_of
from app.domain.viewer import Viewer
from app.services.setting_rows import load_settings
from app.store.media import Media, MediaRevision

MIB = 1024 * 1024
BROUGHT = MediaRevision.kind.in_(["create", "edit"])  # going back to old bytes takes no room


def require_room(session: Session, name: str, size: int, *, viewer: Viewer) -> None:
    """Return if ``size`` bytes more may be kept as ``name`` by ``viewer``; a limit of 0 is none.

    Whoever is not signed in has the same room as everybody else who is not.

    Raises: NoRoomLeft, NoRoomHere.
    """
    settings = load_settings(session)
    if settings.mediaquota:
        theirs = select(func.sum(MediaRevision.size)).where(BROUGHT, MediaRevision.author == (viewer.login or ""))
        _within(session.execute(theirs).scalar_one() or 0, size, settings.mediaquota, NoRoomLeft)
    if settings.mediaspacequota:
        there = (
            select(func.sum(MediaRevision.size))
            .join(Media, Media.id == MediaRevision.media_id)
            .where(BROUGHT, Media.namespace == namespace_of(name))
        )
        _within(session.execute(there).scalar_one() or 0, size, settings.mediaspacequota, NoRoomHere)


def _within(taken: int, size: int, limit: int, refusal: type[FileRefused]) -> None:
    if taken + size > limit * MIB:
        raise refusal(limit=limit)
