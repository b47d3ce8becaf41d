"""Files beside pages: store, replace, read, delete, bring back."""

from dataclasses import dataclass
from typing import BinaryIO, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.access import media_scope
from app.domain.errors import FileInUse, FileTooLarge, NameTaken, NoSuchRevision, NotFound, StorageFailed
from app.domain.file_errors import FileChanged
from app.domain.names import page_name
from app.domain.texts import clean_summary
from app.domain.viewer import Viewer
from app.domain.wiki_tables import file_types, is_shown
from app.services import words
from app.services.media_checks import Checked, Types, check, to_keep, type_of
from app.services.media_revisions import (
    UPLOADED_BY,
    MediaInfo,
    NewMedia,
    find_row,
    media_info,
    new_row,
    write_media,
)
from app.services.permissions import Level, level, require
from app.services.quotas import require_room
from app.services.setting_rows import load_settings
from app.services.state import hold
from app.store.accounts import Account
from app.store.blobs import Blobs, BlobTooLarge, Received
from app.store.database import transaction
from app.store.links import Link
from app.store.media import Media, MediaRedirect, MediaRevision

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class MediaView:
    """A file as it stands, or stood at ``revision``. ``width`` and ``height`` in pixels, None for what is no picture.

    ``download``: never shown in a browser. ``changed_at``: the time of ``revision``, seconds UTC.
    """

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
    revision: MediaInfo
    media_id: int

    @property
    def is_old(self) -> bool:
        return not self.revision.current

    @property
    def is_picture(self) -> bool:
        """Whether a browser shows it inside a page."""
        return self.mime.startswith("image/") and not self.download


@dataclass(frozen=True, slots=True)
class Upload:
    """What somebody wants a file to be; ``limit`` in bytes. ``replace``: whether one of that name may give way.

    ``any_type``: an operator's word for types that people may not upload; they are only ever downloaded.
    ``based_on``: the version (its id) that this one was made from; a newer one must not be lost sight of.
    """

    name: str
    stream: BinaryIO
    summary: str = ""
    limit: int = 50 * MIB
    any_type: bool = False
    replace: bool = True
    based_on: int | None = None


def put_media(session: Session, blobs: Blobs, upload: Upload, *, viewer: Viewer, now: int) -> MediaView:
    """Store a file, or replace the one of that name. The bytes are safe before the row names them.

    Raises:
        BadPageName: the name cannot be one.
        FileRefused: the type is not taken, the content is not what the name says, it is too large, or there is no room.
        NameTaken: there is one, and ``replace`` is not set.
        FileChanged: there is a newer one than ``based_on``.
        AccessDenied, NotFound, StorageFailed.
    """
    settings = load_settings(session)
    types = file_types(settings)
    name = page_name(upload.name, settings)
    require(session, viewer, media_scope(name), Level.UPLOAD)
    if not upload.replace:
        _require_free(session, name)
    try:
        with blobs.receive(upload.stream, limit=upload.limit) as came:
            checked = check(came, name, types, any_type=upload.any_type)
            with to_keep(blobs, came, checked) as received:
                if not upload.any_type:
                    require_room(session, name, received.size, viewer=viewer)
                blobs.keep(received)
                _store(session, blobs, name, upload, received, checked, viewer, now)
    except BlobTooLarge as error:
        raise FileTooLarge(limit=error.limit // MIB) from error
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error
    return find_media(session, name, viewer=viewer)


def find_media(session: Session, name: str, *, viewer: Viewer, rev: int | None = None) -> MediaView:
    """The file ``name`` (a clean one), now or as of the revision made at ``rev`` (seconds UTC).

    A name that was moved away answers with the file it leads to; its ``name`` is another then.

    Raises:
        NotFound: no such file, or the viewer may not see it.
        NoSuchRevision: the file has none of that time, or was deleted then.
    """
    require_sight(session, name, viewer)
    which = MediaRevision.id == Media.current_id if rev is None else MediaRevision.time == rev
    row = session.execute(
        select(Media, MediaRevision, Account.name)
        .join(MediaRevision, (MediaRevision.media_id == Media.id) & which)
        .outerjoin(Account, UPLOADED_BY)
        .where(Media.name == name)
        .order_by(MediaRevision.seq.desc())
        .limit(1)
    ).first()
    if row is None:
        return _follow(session, name, viewer, rev)
    if row[1].kind == "delete":
        raise NoSuchRevision(name=name)
    return media_view(row[0], row[1], row[2], file_types(load_settings(session)))


def delete_media(
    session: Session, name: str, *, summary: str = "", although_used: bool = False, viewer: Viewer, now: int
) -> None:
    """Delete the file; its history and bytes stay.

    Raises:
        NotFound, AccessDenied.
        FileInUse: a page, readable or not, shows or links it, and ``although_used`` is not set.
    """
    require_sight(session, name, viewer)
    require(session, viewer, media_scope(name), Level.DELETE)
    with transaction(session):
        hold(session)
        row = find_row(session, name)
        if row is None or row.current_id is None:
            raise NotFound(name=name)
        if not although_used and load_settings(session).refcheck and is_used(session, name):
            raise FileInUse(name=name)
        before = session.get_one(MediaRevision, row.current_id)
        note = clean_summary(summary) or words.summary_for("delete")
        write_media(session, row, _change(before, "delete", note, -before.size, viewer, now))


def revert_media(session: Session, name: str, rev: int, *, summary: str = "", viewer: Viewer, now: int) -> MediaView:
    """Make the file what it was at ``rev`` (seconds UTC); a deleted one comes back.

    Raises:
        NotFound, AccessDenied.
        NoSuchRevision: none of that time, or its bytes are not known.
    """
    require_sight(session, name, viewer)
    require(session, viewer, media_scope(name), Level.UPLOAD)
    with transaction(session):
        hold(session)
        old = _revision_of(session, name, rev)
        if old is None or old.sha256 is None or old.kind == "delete":
            raise NoSuchRevision(name=name)
        row = session.get_one(Media, old.media_id)
        current = session.get(MediaRevision, row.current_id) if row.current_id is not None else None
        if current is None or current.sha256 != old.sha256:
            change = old.size - (current.size if current else 0)
            note = clean_summary(summary) or words.revert_summary(rev)
            write_media(session, row, _change(old, "revert", note, change, viewer, now))
    return find_media(session, name, viewer=viewer)


def is_used(session: Session, name: str) -> bool:
    """Whether any page shows or links it, open to the viewer or not: what is deleted is missed there, too."""
    used = select(Link.source_id).where(Link.kind == "media", Link.target == name).limit(1)
    return session.execute(used).first() is not None


def require_sight(session: Session, name: str, viewer: Viewer) -> None:
    """Raises: NotFound: by the name of the file, as one that is not there."""
    if level(session, viewer, media_scope(name)) < Level.READ:
        raise NotFound(name=name)


def media_view(row: Media, revision: MediaRevision, author_name: str | None, types: Types) -> MediaView:
    """``download`` by today's table, and by the type that was noted when the file came: one must not undo the other."""
    return MediaView(
        name=row.name,
        size=revision.size,
        mime=revision.mime,
        download=type_of(row.name, types).download or not is_shown(revision.mime),
        width=revision.width,
        height=revision.height,
        sha256=revision.sha256 or "",
        changed_at=revision.time,
        author=revision.author,
        summary=revision.summary,
        revision=media_info(revision, author_name, row.latest_id),
        media_id=row.id,
    )


def _store(  # noqa: PLR0913, PLR0917 the parts of one upload
    session: Session,
    blobs: Blobs,
    name: str,
    upload: Upload,
    received: Received,
    checked: Checked,
    viewer: Viewer,
    now: int,
) -> None:
    with transaction(session):
        hold(session)
        blobs.require(received.sha256)
        row = find_row(session, name) or new_row(session, name)
        before = session.get(MediaRevision, row.current_id) if row.current_id is not None else None
        if before is not None and not upload.replace:  # it came while this one was on its way
            raise NameTaken(name=name)
        if upload.based_on not in (None, row.current_id):
            raise FileChanged(name=name)
        if before is not None and before.sha256 == received.sha256:
            return
        if not upload.any_type:  # others may have taken the room while this one was on its way
            require_room(session, name, received.size, viewer=viewer)
        new = NewMedia(
            time=now,
            kind="edit" if before else "create",
            author=viewer.login or "",
            address=viewer.address,
            summary=clean_summary(upload.summary) or ("" if before else words.summary_for("create")),
            size_change=received.size - (before.size if before else 0),
            sha256=received.sha256,
            size=received.size,
            mime=checked.mime,
            width=checked.width,
            height=checked.height,
            fields=checked.fields,
        )
        write_media(session, row, new)


def _require_free(session: Session, name: str) -> None:
    there = select(Media.id).where(Media.name == name, Media.current_id.is_not(None))
    if session.execute(there).first():
        raise NameTaken(name=name)


def _change(
    of: MediaRevision, kind: Literal["delete", "revert"], summary: str, size_change: int, viewer: Viewer, now: int
) -> NewMedia:
    return NewMedia(
        time=now,
        kind=kind,
        author=viewer.login or "",
        address=viewer.address,
        summary=summary,
        size_change=size_change,
        sha256=of.sha256,
        size=of.size,
        mime=of.mime,
        width=of.width,
        height=of.height,
        fields=of.fields,
    )


def _revision_of(session: Session, name: str, rev: int) -> MediaRevision | None:
    return session.execute(
        select(MediaRevision)
        .join(Media, Media.id == MediaRevision.media_id)
        .where(Media.name == name, MediaRevision.time == rev)
        .order_by(MediaRevision.seq.desc())
        .limit(1)
    ).scalar_one_or_none()


def _follow(session: Session, name: str, viewer: Viewer, rev: int | None) -> MediaView:
    """Raises: NotFound, NoSuchRevision."""
    leads_to = session.execute(
        select(Media.name).join(MediaRedirect, MediaRedirect.media_id == Media.id).where(MediaRedirect.name == name)
    ).scalar_one_or_none()
    if leads_to not in (None, name) and level(session, viewer, media_scope(leads_to)) >= Level.READ:
        return find_media(session, leads_to, viewer=viewer, rev=rev)
    if rev is not None and find_row(session, name) is not None:
        raise NoSuchRevision(name=name)
    raise NotFound(name=name)
