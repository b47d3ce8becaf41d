"""What a change of a file looks like from outside, and the one function that writes one."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.domain.names import namespace_of, natural_key
from app.services.askers import forget_media_askers
from app.services.scopes import count, place
from app.services.state import touch
from app.store.accounts import Account
from app.store.media import Media, MediaRedirect, MediaRevision

# The join that brings the name of a revision's author along.
UPLOADED_BY = Account.login == MediaRevision.author
MediaKind = Literal["create", "edit", "minor", "delete", "revert"]  # minor: the name alone is another


@dataclass(frozen=True, slots=True)
class MediaInfo:
    """One change of a file; as ``RevisionInfo``. Of a deletion, size and content are those that were there.

    ``sha256`` "": the bytes are not known. ``fields``: what the file says of itself, see ``media_fields``.
    """

    id: int
    time: int
    seq: int
    author: str
    author_name: str
    address: str
    kind: str
    external: bool
    summary: str
    size_change: int | None
    current: bool
    sha256: str
    size: int
    mime: str
    width: int | None
    height: int | None
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NewMedia:
    """What ``write_media`` stores; everything is explicit, so that an importer can use it too.

    ``fields``: JSON. ``sha256`` None: the bytes were never kept.
    """

    time: int
    kind: MediaKind
    author: str
    address: str
    summary: str
    size_change: int | None
    sha256: str | None
    size: int
    mime: str
    width: int | None = None
    height: int | None = None
    fields: str = "{}"
    external: bool = False


def find_row(session: Session, name: str) -> Media | None:
    return session.execute(select(Media).where(Media.name == name)).scalar_one_or_none()


def new_row(session: Session, name: str) -> Media:
    """A file of that name without any revision; inside the transaction that writes its first one.

    Where a file was renamed away from this name, its old address leads to the new file from now on.
    """
    session.execute(delete(MediaRedirect).where(MediaRedirect.name == name))
    row = Media(name=name, namespace=namespace_of(name), sort_key=natural_key(name), changed_at=0, size=0)
    place(session, row)
    session.add(row)
    session.flush()
    return row


def write_media(session: Session, row: Media, new: NewMedia) -> MediaRevision:
    """Append ``new`` to ``row`` and make it the newest; inside a transaction that holds the wiki.

    Counts of namespaces and kept renderings are brought in step. As with pages, time never runs backwards.
    """
    existed = row.current_id is not None
    revision = _append(session, row, new)
    exists = new.kind != "delete"
    row.latest_id = revision.id
    row.current_id = revision.id if exists else None
    row.changed_at = revision.time
    row.size = new.size if exists else 0
    if exists != existed:
        count(session, row, 1 if exists else -1)
    forget_media_askers(session, row.name)
    touch(session)
    return revision


def _append(session: Session, row: Media, new: NewMedia) -> MediaRevision:
    time = max(new.time, row.changed_at)
    newest = select(func.max(MediaRevision.seq)).where(MediaRevision.media_id == row.id, MediaRevision.time == time)
    last = session.execute(newest).scalar_one()
    revision = MediaRevision(
        media_id=row.id,
        time=time,
        seq=0 if last is None else last + 1,
        author=new.author,
        address=new.address,
        kind=new.kind,
        external=new.external,
        summary=new.summary,
        size_change=new.size_change,
        sha256=new.sha256,
        size=new.size,
        mime=new.mime,
        width=new.width,
        height=new.height,
        fields=new.fields,
    )
    session.add(revision)
    session.flush()
    return revision


def media_info(row: MediaRevision, author_name: str | None, latest_id: int | None) -> MediaInfo:
    return MediaInfo(
        id=row.id,
        time=row.time,
        seq=row.seq,
        author=row.author,
        author_name=author_name or "",
        address=row.address,
        kind=row.kind,
        external=row.external,
        summary=row.summary,
        size_change=row.size_change,
        current=row.id == latest_id,
        sha256=row.sha256 or "",
        size=row.size,
        mime=row.mime,
        width=row.width,
        height=row.height,
        fields=json.loads(row.fields),
    )
