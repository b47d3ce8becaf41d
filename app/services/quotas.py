"""How much room files may take, of each person and of each namespace."""

from collections.abc import Collection

from sqlalchemy import Select, func, select
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
        _within(_sum(session, _of_person(viewer)), size, settings.mediaquota, NoRoomLeft)
    require_space(session, name, size)


def require_space(session: Session, name: str, size: int) -> None:
    """Return if ``size`` bytes more may lie in the namespace of ``name``, whoever brought them.

    Raises: NoRoomHere.
    """
    settings = load_settings(session)
    if settings.mediaspacequota:
        _within(_sum(session, _of_space(namespace_of(name))), size, settings.mediaspacequota, NoRoomHere)


def space_taken(session: Session, media_ids: Collection[int]) -> int:
    """Bytes that these files take with all their versions."""
    return _sum(session, select(func.sum(MediaRevision.size)).where(BROUGHT, MediaRevision.media_id.in_(media_ids)))


def room_left(session: Session, namespace: str, *, viewer: Viewer) -> int | None:
    """Bytes that ``viewer`` may still put into ``namespace``; None: nothing limits it."""
    settings = load_settings(session)
    left = []
    if settings.mediaquota:
        left.append(settings.mediaquota * MIB - _sum(session, _of_person(viewer)))
    if settings.mediaspacequota:
        left.append(settings.mediaspacequota * MIB - _sum(session, _of_space(namespace)))
    return max(0, min(left)) if left else None


def _of_person(viewer: Viewer) -> Select[int]:
    return select(func.sum(MediaRevision.size)).where(BROUGHT, MediaRevision.author == (viewer.login or ""))


def _of_space(namespace: str) -> Select[int]:
    return (
        select(func.sum(MediaRevision.size))
        .join(Media, Media.id == MediaRevision.media_id)
        .where(BROUGHT, Media.namespace == namespace)
    )


def _sum(session: Session, query: Select[int]) -> int:
    return session.execute(query).scalar_one() or 0


def _within(taken: int, size: int, limit: int, refusal: type[FileRefused]) -> None:
    if taken + size > limit * MIB:
        raise refusal(limit=limit)
