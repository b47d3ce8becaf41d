"""What a file says of itself: changed by people as a new version of the file, and read anew where it never was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import BadValue, StorageFailed
from app.domain.file_errors import NoFields
from app.domain.jpeg_parts import join
from app.domain.picture_fields import EDITABLE, NO_DATE, change_fields, clean_field, read_fields, without_place
from app.domain.viewer import Viewer
from app.services import words
from app.services.askers import forget_media_askers
from app.services.media import MediaView, Upload, find_media, put_media
from app.services.permissions import Level, require
from app.services.picture_fields import JPEG, read_parts, written_fields
from app.services.state import hold, touch
from app.store.blobs import Blobs
from app.store.database import transaction
from app.store.media import Media, MediaRevision
from app.store.objects import CHUNK

AT_ONCE = 100
READABLE = (JPEG, "image/png", "image/webp")


@dataclass(frozen=True, slots=True)
class FieldsEdit:
    """``changes``: by field, "" removes it. ``placeless``: where the picture was taken is taken out.

    ``based_on``: the id of the version that was looked at.
    """

    name: str
    changes: Mapping[str, str]
    placeless: bool = False
    based_on: int | None = None


def edit_fields(session: Session, blobs: Blobs, edit: FieldsEdit, *, limit: int, viewer: Viewer, now: int) -> MediaView:
    """Write the fields into the file, which becomes a new version; the picture itself stays as it is, byte for byte.

    ``limit``: of the file in bytes. Where nothing changes, nothing is stored.

    Raises:
        NotFound, AccessDenied, StorageFailed.
        NoFields: this is no JPEG, or none that reads.
        BadValue: a field that cannot be taken.
        FileChanged: there is a newer version.
        FileRefused: as with any file.
    """
    file = find_media(session, edit.name, viewer=viewer)
    require(session, viewer, media_scope(file.name), Level.UPLOAD)
    wanted = _clean(edit.changes)
    if file.mime != JPEG:
        raise NoFields(name=file.name)
    try:
        with blobs.at_hand(file.sha256) as path, blobs.temporary() as made:
            if not _rewrite(path, made, wanted, placeless=edit.placeless):
                return file
            with made.open("rb") as stream:
                based_on = file.revision.id if edit.based_on is None else edit.based_on
                upload = Upload(file.name, stream, words.FIELDS_CHANGED, limit, based_on=based_on)
                return put_media(session, blobs, upload, viewer=viewer, now=now)
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the file does not read") from error
    except ValueError as error:
        raise NoFields(name=file.name) from error


def count_unread(session: Session) -> int:
    """How many versions of pictures say nothing of themselves, be it that they were never asked."""
    return session.execute(select(func.count()).select_from(MediaRevision).where(*_UNREAD)).scalar_one()


def read_unread(session: Session, blobs: Blobs) -> Iterator[int]:
    """Ask them; of each stretch how many it had. The bytes are read before the wiki is held."""
    last = 0
    while True:
        found = session.execute(
            select(MediaRevision.id, MediaRevision.sha256, MediaRevision.mime, Media.name)
            .join(Media, Media.id == MediaRevision.media_id)
            .where(*_UNREAD, MediaRevision.id > last)
            .order_by(MediaRevision.id)
            .limit(AT_ONCE)
        ).all()
        session.rollback()
        if not found:
            return
        last = found[-1].id
        _store(session, {row.id: (row.name, read) for row in found if (read := _read(blobs, row.sha256, row.mime))})
        yield len(found)


_UNREAD = (
    MediaRevision.fields == "{}",
    MediaRevision.mime.in_(READABLE),
    MediaRevision.sha256.is_not(None),
    MediaRevision.kind != "delete",
)


def _rewrite(path: Path, made: Path, wanted: Mapping[str, str], *, placeless: bool) -> bool:
    """Whether ``made`` is another file now. Raises: ValueError: nothing can be written into this one."""
    parts, rest = read_parts(path)
    now = read_fields(parts)
    changes = {key: value for key, value in wanted.items() if value != now.get(key, "")}
    placeless = placeless and "place" in now
    if not changes and not placeless:
        return False
    written = change_fields(parts, changes) if changes else parts
    with path.open("rb") as old, made.open("wb") as new:
        new.write(join(without_place(written) if placeless else written))
        old.seek(rest)
        while chunk := old.read(CHUNK):
            new.write(chunk)
    return True


def _clean(changes: Mapping[str, str]) -> dict[str, str]:
    """Raises: BadValue."""
    clean: dict[str, str] = {}
    for key in EDITABLE:
        if key in changes:
            try:
                clean[key] = clean_field(key, changes[key])
            except ValueError as error:
                raise BadValue(field=key, reason=NO_DATE) from error  # the one that can fail
    return clean


def _read(blobs: Blobs, sha256: str, mime: str) -> str:
    """ "" where the bytes are not to be had, or say nothing."""
    try:
        with blobs.at_hand(sha256) as path:
            fields = written_fields(path, mime)
    except OSError:
        return ""
    return "" if fields == "{}" else fields


def _store(session: Session, read: Mapping[int, tuple[str, str]]) -> None:
    if not read:
        return
    with transaction(session):
        hold(session)
        for key, (name, fields) in read.items():
            session.execute(update(MediaRevision).where(MediaRevision.id == key).values(fields=fields))
            forget_media_askers(session, name)
        touch(session)
