"""Who changed which file, when, and what two of its versions differ in."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, tuple_
from sqlalchemy.orm import Session

from app.domain.errors import NoSuchRevision, NotFound
from app.domain.viewer import Viewer
from app.services.history import Mark
from app.services.media import require_sight
from app.services.media_revisions import UPLOADED_BY, MediaInfo, media_info
from app.services.paging import Slice, bounded, cut
from app.store.accounts import Account
from app.store.media import Media, MediaRevision


@dataclass(frozen=True, slots=True)
class MediaComparison:
    """Two versions of a file; ``older`` None: before it was."""

    name: str
    older: MediaInfo | None
    newer: MediaInfo


def media_history(
    session: Session, name: str, *, viewer: Viewer, before: Mark | None = None, limit: int = 50
) -> Slice[MediaInfo]:
    """The file's changes, newest first; ``before``: (time, seq) of the last one of the stretch before.

    Raises:
        NotFound: the viewer may not see the file, or it never was.
    """
    require_sight(session, name, viewer)
    limit = bounded(limit)
    query = (
        select(MediaRevision, Account.name, Media.latest_id)
        .join(Media, Media.id == MediaRevision.media_id)
        .outerjoin(Account, UPLOADED_BY)
        .where(Media.name == name)
        .order_by(MediaRevision.time.desc(), MediaRevision.seq.desc())
        .limit(limit + 1)
    )
    if before is not None:
        query = query.where(tuple_(MediaRevision.time, MediaRevision.seq) < before)
    rows = [media_info(revision, author, latest) for revision, author, latest in session.execute(query)]
    if not rows and before is None:
        raise NotFound(name=name)
    return cut(rows, limit)


def compare_media(
    session: Session, name: str, *, older: int | None = None, newer: int | None = None, viewer: Viewer
) -> MediaComparison:
    """The versions made at ``older`` and ``newer`` (seconds UTC), the older first.

    Without ``newer`` the newest, without ``older`` the one before ``newer``.

    Raises:
        NotFound: there is no such file, or the viewer may not see it.
        NoSuchRevision: the file has none of that time.
    """
    require_sight(session, name, viewer)
    new = _one(session, (Media.name == name) & _at(newer))
    if new is None:
        known = newer is not None and _one(session, (Media.name == name) & _at(None)) is not None
        raise NoSuchRevision(name=name) if known else NotFound(name=name)
    place = tuple_(MediaRevision.time, MediaRevision.seq)
    which = place < (new.time, new.seq) if older is None else _at(older)
    old = _one(session, (Media.name == name) & which)
    if old is None and older is not None:
        raise NoSuchRevision(name=name)
    if old is not None and (old.time, old.seq) > (new.time, new.seq):
        old, new = new, old
    return MediaComparison(name, old, new)


def _at(time: int | None) -> ColumnElement[bool]:
    return MediaRevision.id == Media.latest_id if time is None else MediaRevision.time == time


def _one(session: Session, which: ColumnElement[bool]) -> MediaInfo | None:
    row = session.execute(
        select(MediaRevision, Account.name, Media.latest_id)
        .join(Media, Media.id == MediaRevision.media_id)
        .outerjoin(Account, UPLOADED_BY)
        .where(which)
        .order_by(MediaRevision.time.desc(), MediaRevision.seq.desc())
        .limit(1)
    ).first()
    return None if row is None else media_info(row[0], row[1], row[2])
