"""Files that come in parts, so that a line that breaks costs one part only.

Whoever begins is told a random id; the table holds its hash. Each part is kept as a blob that begins with ``SALT``
random bytes: no other file can have the same hash, so the parts can be removed at once when the upload ends.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, BinaryIO, cast

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import BadValue, FileRefused, FileTooLarge, NameTaken, StorageFailed
from app.domain.file_errors import TooManyUploads, UploadOver
from app.domain.names import namespace_of, page_name
from app.domain.upload_names import numbered
from app.domain.viewer import Viewer
from app.domain.wiki_tables import file_types
from app.services import jobs
from app.services.media import MIB, MediaView, Upload, find_media, put_media
from app.services.media_checks import allowed_type
from app.services.permissions import Level, require, rights_of
from app.services.quotas import require_room
from app.services.sessions import stored_id
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.store.blobs import Blob, Blobs, BlobTooLarge
from app.store.database import transaction
from app.store.media import Incoming, IncomingPart, Media
from app.store.objects import CHUNK
from app.store.state import Job

PART = 8 * MIB  # bytes that a part may have
LEAST = MIB // 4  # and has to have, unless it is the last one: each is a row, and written to the disk by itself
MOST_OPEN = 20  # uploads of one person that are not finished
FORGOTTEN = 24 * 3600  # seconds after which an upload that nothing came for is nobody's
SALT = 32
BLOBS = "blobs"  # in the notes of a session: where parts lie, for the job that sweeps
SWEEP = "uploads.sweep"
LOOKED_AT = 1000  # names that are read to find a free one
NO_ORDER = "Parts come one after the other. Ask how much has arrived and go on from there."
TOO_MUCH = "This part is longer than what is missing. Ask how much has arrived and go on from there."
NOTHING = "This part is empty. Send the bytes that are missing."
NOT_WHOLE = "The file has not arrived whole. Send what is missing first."
TOO_SHORT = "Only the last part may be so short. Send at least 256 KiB at once."
NOT_TAKEN = "the disk did not take the file"
NO_SIZE = "A file has at least one byte. Choose another one."


@dataclass(frozen=True, slots=True)
class Wanted:
    """What shall come: ``size`` in bytes, at most ``limit``. ``replace``: whether a file of that name may give way."""

    name: str
    size: int
    limit: int
    replace: bool = False


@dataclass(frozen=True, slots=True)
class Coming:
    """How far an upload is: the next part begins at byte ``received``. ``id`` is known to its sender alone."""

    id: str
    name: str
    size: int
    received: int


def may_upload(session: Session, viewer: Viewer) -> bool:
    """Whether there is any place where ``viewer`` may; which, is asked by the name of each file."""
    held = max(rights_of(session, viewer).levels.values(), default=0)
    return viewer.limits.may_write and (viewer.is_admin or held >= Level.UPLOAD)


def begin(session: Session, wanted: Wanted, *, viewer: Viewer, now: int) -> Coming:
    """Everything that can be refused before the bytes come is refused here.

    Raises:
        BadPageName, AccessDenied, NotFound: as ``put_media``.
        FileRefused: type, size, room; TooManyUploads: finish others first.
        NameTaken: there is one, and ``replace`` is not set.
    """
    settings = load_settings(session)
    name = page_name(wanted.name, settings)
    require(session, viewer, media_scope(name), Level.UPLOAD)
    allowed_type(name, file_types(settings))
    if wanted.size < 1:
        raise FileRefused(reason=NO_SIZE)
    if wanted.size > wanted.limit:
        raise FileTooLarge(limit=wanted.limit // MIB)
    if not wanted.replace and _is_there(session, name):
        raise NameTaken(name=name)
    secret = secrets.token_urlsafe(32)
    with transaction(session):
        hold(session)
        waiting, size = _waiting(session, viewer)
        if waiting >= MOST_OPEN:
            raise TooManyUploads(limit=MOST_OPEN)
        require_room(session, name, wanted.size + size, viewer=viewer)
        login, address = viewer.login or "", viewer.address[:64]
        session.add(
            Incoming(
                id=stored_id(secret),
                login=login,
                address=address,
                name=name,
                size=wanted.size,
                begun_at=now,
                touched_at=now,
            )
        )
        _plan_sweep(session, now)
    return Coming(secret, name, wanted.size, 0)


def state(session: Session, secret: str, *, viewer: Viewer) -> Coming:
    """Raises: UploadOver."""
    return _coming(session, _own(session, secret, viewer), secret)


def send_part(  # noqa: PLR0913 which part of what, for whom, when
    session: Session, blobs: Blobs, secret: str, start: int, stream: BinaryIO, *, viewer: Viewer, now: int
) -> Coming:
    """Keep the part that begins at byte ``start``. One that is there already changes nothing.

    Raises:
        UploadOver.
        BadValue: it is not the next one, is empty, too long, or too short and not the last one.
        StorageFailed.
    """
    before = _coming(session, _own(session, secret, viewer), secret)
    if start < before.received:
        return before
    if start > before.received:
        raise BadValue(field="start", reason=NO_ORDER)
    session.rollback()  # the bytes may take their time: no connection waits for them
    blob = _keep_part(blobs, stream, min(PART, before.size - start))
    size = blob.size - SALT
    if size < LEAST and start + size < before.size:
        _remove(blobs, [blob.sha256])
        raise BadValue(field="file", reason=TOO_SHORT)
    try:
        with transaction(session):
            hold(session)
            row = _own(session, secret, viewer, locked=True)
            kept = _received(session, row) == start
            if kept:  # else the same part came twice at once, and the other was first
                blobs.require(blob.sha256)
                session.add(IncomingPart(incoming_id=row.id, start=start, size=size, sha256=blob.sha256))
                row.touched_at = now
    except OSError as error:
        raise StorageFailed(reason=error.strerror or NOT_TAKEN) from error
    if not kept:
        _remove(blobs, [blob.sha256])
    return state(session, secret, viewer=viewer)


def finish(session: Session, blobs: Blobs, secret: str, upload: Upload, *, viewer: Viewer, now: int) -> MediaView:
    """Make the file of its parts. Asked again, it answers the same. ``upload``: all but ``name`` and ``stream`` counts.

    Raises:
        UploadOver.
        BadValue: parts are missing.
        NameTaken: the parts stay: it may be finished with ``replace``.
        FileRefused: what came is not taken; the parts are gone. The rest as ``put_media``.
    """
    row = _own(session, secret, viewer)
    if row.finished_at is not None:
        return find_media(session, row.name, viewer=viewer)
    if _received(session, row) < row.size:
        raise BadValue(field="size", reason=NOT_WHOLE)
    of_it = IncomingPart.incoming_id == row.id
    parts = session.execute(select(IncomingPart.sha256).where(of_it).order_by(IncomingPart.start)).scalars().all()
    whole = _Stream(chain.from_iterable(blobs.read(part, SALT) for part in parts))
    try:
        file = put_media(session, blobs, replace(upload, name=row.name, stream=whole.as_file()), viewer=viewer, now=now)
    except FileRefused:
        cancel(session, blobs, secret, viewer=viewer)
        raise
    with transaction(session):
        row = _own(session, secret, viewer, locked=True)
        row.finished_at = row.touched_at = now
        session.execute(delete(IncomingPart).where(of_it))
    _remove(blobs, parts)
    return file


def cancel(session: Session, blobs: Blobs, secret: str, *, viewer: Viewer) -> None:
    """Raises: UploadOver."""
    with transaction(session):
        row = _own(session, secret, viewer, locked=True)
        parts = _forget(session, [row.id])
    _remove(blobs, parts)


def sweep(session: Session, _payload: object = None, *, now: int) -> None:
    """Forget what nothing came for in ``FORGOTTEN`` seconds; a job. It plans the next one while there are uploads."""
    blobs: Blobs = session.info[BLOBS]
    with transaction(session):
        old = session.execute(select(Incoming.id).where(Incoming.touched_at <= now - FORGOTTEN)).scalars().all()
        parts = _forget(session, list(old))
        if session.execute(select(Incoming.id).limit(1)).first() is not None:
            jobs.add(session, SWEEP, {}, now=now, due_at=now + FORGOTTEN)
    _remove(blobs, parts)


def free_name(session: Session, name: str) -> str:
    """A name like the clean ``name`` that no file has: ``x_2.png`` for ``x.png``. Nobody keeps it free."""
    begin_of = numbered(name, 0).rpartition("_0")[0]
    like = Media.name.startswith(f"{begin_of}_", autoescape=True)
    query = select(Media.name).where(Media.namespace == namespace_of(name), like, Media.current_id.is_not(None))
    taken = set(session.execute(query.limit(LOOKED_AT)).scalars())
    return next(free for number in range(2, LOOKED_AT + 3) if (free := numbered(name, number)) not in taken)


class _Stream:
    """Chunks as a file that is read once, from its beginning to its end."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = b""

    def read(self, size: int) -> bytes:
        if not self._left:
            self._left = next(self._chunks, b"")
        given, self._left = self._left[:size], self._left[size:]
        return given

    def as_file(self) -> BinaryIO:
        return cast("BinaryIO", self)


def _keep_part(blobs: Blobs, stream: BinaryIO, limit: int) -> Blob:
    """Raises: BadValue, StorageFailed."""
    salted = _Stream(chain([secrets.token_bytes(SALT)], iter(lambda: stream.read(CHUNK), b"")))
    try:
        blob = blobs.put(salted.as_file(), limit=SALT + limit)
    except BlobTooLarge as error:
        raise BadValue(field="file", reason=TOO_MUCH) from error
    except OSError as error:
        raise StorageFailed(reason=error.strerror or NOT_TAKEN) from error
    if blob.size == SALT:
        _remove(blobs, [blob.sha256])
        raise BadValue(field="file", reason=NOTHING)
    return blob


def _remove(blobs: Blobs, parts: Sequence[str]) -> None:
    for part in parts:
        with suppress(OSError):  # a store that is away: nothing names it, so it is swept one day
            blobs.remove(part)


def _own(session: Session, secret: str, viewer: Viewer, *, locked: bool = False) -> Incoming:
    """Raises: UploadOver: to whoever is not its sender, too."""
    row = session.get(Incoming, stored_id(secret), with_for_update=locked or None, populate_existing=True)
    if row is None or row.login != (viewer.login or "") or (not row.login and row.address != viewer.address[:64]):
        raise UploadOver
    return row


def _received(session: Session, row: Incoming) -> int:
    """Parts are in order and without gaps, so their sizes say where the next one begins."""
    if row.finished_at is not None:
        return row.size
    whole = select(func.sum(IncomingPart.size)).where(IncomingPart.incoming_id == row.id)
    return session.execute(whole).scalar_one() or 0


def _coming(session: Session, row: Incoming, secret: str) -> Coming:
    return Coming(secret, row.name, row.size, _received(session, row))


def _waiting(session: Session, viewer: Viewer) -> tuple[int, int]:
    """How many uploads this sender has not finished, and how many bytes they will take."""
    theirs: list[ColumnElement[bool]] = [Incoming.login == (viewer.login or ""), Incoming.finished_at.is_(None)]
    if not viewer.login:
        theirs.append(Incoming.address == viewer.address[:64])
    found: Any = session.execute(select(func.count(), func.sum(Incoming.size)).where(*theirs)).one()
    return found[0], found[1] or 0


def _is_there(session: Session, name: str) -> bool:
    there = select(Media.id).where(Media.name == name, Media.current_id.is_not(None))
    return session.execute(there).first() is not None


def _forget(session: Session, ids: list[str]) -> list[str]:
    """Inside a transaction; the blobs that are nobody's once it is over."""
    of_them = IncomingPart.incoming_id.in_(ids)
    parts = session.execute(select(IncomingPart.sha256).where(of_them)).scalars().all()
    session.execute(delete(IncomingPart).where(of_them))
    session.execute(delete(Incoming).where(Incoming.id.in_(ids)))
    return list(parts)


def _plan_sweep(session: Session, now: int) -> None:
    if session.execute(select(Job.id).where(Job.kind == SWEEP, Job.failed.is_(False)).limit(1)).first() is None:
        jobs.add(session, SWEEP, {}, now=now, due_at=now + FORGOTTEN)
