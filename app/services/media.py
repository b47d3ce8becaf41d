"""Files beside pages."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import BadValue, NotFound, StorageFailed
from app.domain.names import namespace_of, natural_key, page_name
from app.domain.tables import FileType
from app.domain.texts import clean_summary
from app.domain.viewer import Viewer
from app.domain.wiki_tables import file_types, is_shown
from app.services.askers import forget_media_askers
from app.services.paging import Slice, bounded, cut
from app.services.permissions import Level, level, listed_to, require, visible_to
from app.services.scopes import place
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.store.blobs import BlobStore, BlobTooLarge
from app.store.database import transaction
from app.store.links import Link
from app.store.media import Media, MediaRevision
from app.store.pages import Page

Types = Mapping[str, FileType]
OTHER = FileType("application/octet-stream", download=True)
MAX_PIXELS = 100_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "ICO")


@dataclass(frozen=True, slots=True)
class MediaView:
    """A file as it stands. ``width`` and ``height`` in pixels, None for what is no picture."""

    name: str
    size: int
    mime: str
    download: bool
    width: int | None
    height: int | None
    sha256: str
    changed_at: int
    author: str
    summary: str


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody wants a file to be; ``limit`` in bytes.

    ``any_type``: an operator's word for types that people may not upload; they are only ever downloaded.
    """

    name: str
    stream: BinaryIO
    summary: str = ""
    limit: int = 50 * 1024 * 1024
    any_type: bool = False


def put_media(session: Session, blobs: BlobStore, upload: Upload, *, viewer: Viewer, now: int) -> MediaView:
    """Store a file, or replace the one of that name. The bytes are safe before the row names them.

    Raises:
        BadPageName: the name cannot be one.
        BadValue: field ``file``: the type is not allowed, the content is not what the name says, or it is too large.
        AccessDenied, NotFound, StorageFailed.
    """
    types = file_types(load_settings(session))
    name = page_name(upload.name, load_settings(session))
    require(session, viewer, media_scope(name), Level.UPLOAD)
    kind = type_of(name, types) if upload.any_type else _allowed_type(name, types)
    try:
        blob = blobs.put(upload.stream, limit=upload.limit)
    except BlobTooLarge as error:
        limit = error.limit // (1024 * 1024)
        raise BadValue(field="file", reason=f"The file is larger than {limit} MiB. Choose a smaller one.") from error
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error
    size = _pixels(blobs.path(blob.sha256), kind) or (None, None)
    new = MediaRevision(
        time=now,
        author=viewer.login or "",
        address=viewer.address,
        summary=clean_summary(upload.summary),
        sha256=blob.sha256,
        size=blob.size,
        mime=kind.mime,
        width=size[0],
        height=size[1],
    )
    with transaction(session):
        hold(session)
        _write(session, name, new)
    return find_media(session, name, viewer=viewer)


def find_media(session: Session, name: str, *, viewer: Viewer) -> MediaView:
    """Raises: NotFound: no such file, or the viewer may not see it."""
    _may_see(session, name, viewer)
    row = session.execute(
        select(Media, MediaRevision).join(MediaRevision, MediaRevision.id == Media.current_id).where(Media.name == name)
    ).first()
    if row is None:
        raise NotFound(name=name)
    return _view(row[0], row[1], file_types(load_settings(session)))


def delete_media(session: Session, name: str, *, summary: str = "", viewer: Viewer, now: int) -> None:
    """Raises: NotFound, AccessDenied."""
    _may_see(session, name, viewer)
    require(session, viewer, media_scope(name), Level.DELETE)
    with transaction(session):
        hold(session)
        row = session.execute(select(Media).where(Media.name == name)).scalar_one_or_none()
        if row is None or row.current_id is None:
            raise NotFound(name=name)
        before = session.get_one(MediaRevision, row.current_id)
        gone = MediaRevision(
            time=now,
            kind="delete",
            author=viewer.login or "",
            address=viewer.address,
            summary=clean_summary(summary),
            size_change=-before.size,
        )
        _append(session, row, gone)
        row.current_id = None
        forget_media_askers(session, name)
        touch(session)


def list_media(
    session: Session, namespace: str, *, viewer: Viewer, after: str | None = None, limit: int = 50
) -> Slice[MediaView]:
    """Files directly in ``namespace``; ``after``: the sort key where the next stretch begins."""
    query = select(Media, MediaRevision).where(Media.namespace == namespace)
    return _listed(session, query, viewer=viewer, after=after, limit=limit)


def all_media(session: Session, *, viewer: Viewer) -> Iterator[MediaView]:
    """Every file in natural order, read in stretches."""
    after: str | None = None
    while True:
        found = _listed(session, select(Media, MediaRevision), viewer=viewer, after=after, limit=200)
        yield from found.items
        if not found.more:
            return
        after = natural_key(found.items[-1].name)


def used_on(session: Session, name: str, *, viewer: Viewer, limit: int = 100) -> tuple[tuple[str, str], ...]:
    """Name and title of the pages that show or link this file."""
    rows = session.execute(
        select(Page.name, Page.title)
        .join(Link, Link.source_id == Page.id)
        .where(Link.kind == "media", Link.target == name, listed_to(session, viewer, Page))
        .order_by(Page.sort_key)
        .limit(bounded(limit))
    )
    return tuple((page, title) for page, title in rows)


def _may_see(session: Session, name: str, viewer: Viewer) -> None:
    """Raises: NotFound: by the name of the file, as one that is not there."""
    if level(session, viewer, media_scope(name)) < Level.READ:
        raise NotFound(name=name)


def _write(session: Session, name: str, new: MediaRevision) -> None:
    row = session.execute(select(Media).where(Media.name == name)).scalar_one_or_none()
    if row is None:
        row = Media(name=name, namespace=namespace_of(name), sort_key=natural_key(name), changed_at=0)
        place(session, row)
        session.add(row)
        session.flush()
    before = session.get(MediaRevision, row.current_id) if row.current_id is not None else None
    if before is not None and before.sha256 == new.sha256:
        return
    new.kind = "edit" if before else "create"
    new.size_change = new.size - (before.size if before else 0)
    _append(session, row, new)
    row.current_id = new.id
    forget_media_askers(session, name)
    touch(session)


def _append(session: Session, row: Media, new: MediaRevision) -> None:
    """Make ``new`` the newest revision; as with pages, time never runs backwards."""
    new.media_id, new.time = row.id, max(new.time, row.changed_at)
    newest = select(func.max(MediaRevision.seq)).where(MediaRevision.media_id == row.id, MediaRevision.time == new.time)
    last = session.execute(newest).scalar_one()
    new.seq = 0 if last is None else last + 1
    session.add(new)
    session.flush()
    row.changed_at = new.time


def type_of(name: str, types: Types) -> FileType:
    return types.get(name.rpartition(".")[2], OTHER) if "." in name else OTHER


def _allowed_type(name: str, types: Types) -> FileType:
    kind = type_of(name, types)
    if kind is OTHER:
        known = ", ".join(sorted(types))
        raise BadValue(field="file", reason=f"Files of this type are not taken. Known endings: {known}.")
    return kind


def _pixels(path: Path, kind: FileType) -> tuple[int, int] | None:
    """Width and height; only the head of the file is read, so that a picture bomb stays packed."""
    if not kind.mime.startswith("image/") or kind.mime == "image/svg+xml":
        return None
    try:
        with Image.open(path, formats=FORMATS) as picture:
            width, height = picture.size
            found = Image.MIME.get(picture.format or "", "")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise BadValue(
            field="file", reason="This file is no picture that can be read. Save it anew and try again."
        ) from error
    except Image.DecompressionBombWarning as error:
        raise BadValue(field="file", reason="This picture has too many pixels. Make it smaller.") from error
    if width * height > MAX_PIXELS:
        raise BadValue(field="file", reason="This picture has too many pixels. Make it smaller.")
    if kind.mime not in (found, "image/vnd.microsoft.icon"):
        raise BadValue(field="file", reason=f"The name says {kind.mime}, the content is {found}. Rename the file.")
    return width, height


def _listed(session: Session, query: object, *, viewer: Viewer, after: str | None, limit: int) -> Slice[MediaView]:
    limit = bounded(limit)
    chosen = query.join(MediaRevision, MediaRevision.id == Media.current_id).where(visible_to(session, viewer, Media))  # type: ignore[attr-defined]  # a select of the two tables
    if after is not None:
        chosen = chosen.where(Media.sort_key > after)
    rows = session.execute(chosen.order_by(Media.sort_key).limit(limit + 1))
    types = file_types(load_settings(session))
    return cut([_view(media, revision, types) for media, revision in rows], limit)


def _view(row: Media, revision: MediaRevision, types: Types) -> MediaView:
    """``download`` by today's table, and by the type that was noted when the file came: one must not undo the other."""
    return MediaView(
        name=row.name,
        size=revision.size,
        mime=revision.mime,
        download=type_of(row.name, types).download or not is_shown(revision.mime),
        width=revision.width,
        height=revision.height,
        sha256=revision.sha256 or "",
        changed_at=row.changed_at,
        author=revision.author,
        summary=revision.summary,
    )
