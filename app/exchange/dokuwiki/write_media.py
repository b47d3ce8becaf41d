"""Files as DokuWiki keeps them: the current bytes, older ones beside them, and the log."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from app.exchange.dokuwiki.writing import BATCH, MOVED, Recent, Writing, distinct_times, log_line, path_of
from app.store.blobs import Blobs
from app.store.media import Media, MediaRevision

NO_ENDING = "DokuWiki keeps no older versions of files without an ending; that of {time} is not there."
NO_CURRENT = "The file is there, but its bytes are not known."
_COLUMNS = (
    MediaRevision.id,
    MediaRevision.time,
    MediaRevision.author,
    MediaRevision.address,
    MediaRevision.kind,
    MediaRevision.summary,
    MediaRevision.size_change,
    MediaRevision.sha256,
    MediaRevision.extra,
    MediaRevision.logged,
)


def write_media(session: Session, blobs: Blobs, writing: Writing) -> Recent:
    """Every file, a stretch of its bytes at a time. Returns the newest changes."""
    recent = Recent()
    for media in _media(session):
        changes = session.execute(
            select(*_COLUMNS).where(MediaRevision.media_id == media.id).order_by(MediaRevision.time, MediaRevision.seq)
        ).all()
        if changes:
            _write_one(blobs, writing, media, changes, recent)
        writing.step()
    return recent


def _media(session: Session) -> Iterator[Row[*tuple[Any, ...]]]:
    after = 0
    columns = (Media.id, Media.name, Media.current_id)
    while rows := session.execute(select(*columns).where(Media.id > after).order_by(Media.id).limit(BATCH)).all():
        yield from rows
        after = rows[-1].id


def _write_one(
    blobs: Blobs,
    writing: Writing,
    media: Row[*tuple[Any, ...]],
    changes: Sequence[Row[*tuple[Any, ...]]],
    recent: Recent,
) -> None:
    path = path_of(media.name)
    times = _times(media, changes)
    moved = {change.time: time for change, time in zip(changes, times, strict=True)}
    if any(change.time != time for change, time in zip(changes, times, strict=True)):
        writing.report.changed.append((media.name, MOVED))
    lines = [log_line(media.name, change, time, moved) for change, time in zip(changes, times, strict=True)]
    log = "".join(f"{line}\n" for line in lines).encode()
    if not writing.file(f"data/media_meta/{path}.changes", log, times[-1]):
        return
    for change, time, line in zip(changes, times, lines, strict=True):
        recent.add(time, line)
        _write_version(blobs, writing, media, path, change, time)
    if media.current_id is not None:
        writing.report.count("files")


def _times(media: Row[*tuple[Any, ...]], changes: Sequence[Row[*tuple[Any, ...]]]) -> list[int]:
    def fits(start: int, stop: int) -> bool:
        """One older file for all of a second, and that of its last change that was no deletion."""
        old = [one for one in changes[start:stop] if one.kind != "delete" and one.id != media.current_id]
        return not any(one.sha256 for one in old[:-1])

    return distinct_times([change.time for change in changes], fits)


def _write_version(
    blobs: Blobs, writing: Writing, media: Row[*tuple[Any, ...]], path: str, change: Row[*tuple[Any, ...]], time: int
) -> None:
    writing.report.count("file versions")
    if change.id == media.current_id:
        if change.sha256 is None:
            writing.report.left.append((media.name, NO_CURRENT))
        else:
            writing.files(f"data/media/{path}", _stretches(blobs, change.sha256), time)
    elif change.kind != "delete" and change.sha256 is not None:
        stem, dot, ending = path.rpartition(".")
        if not dot or "/" in ending:
            writing.report.left.append((media.name, NO_ENDING.format(time=time)))
        else:
            writing.files(f"data/media_attic/{stem}.{time}.{ending}", _stretches(blobs, change.sha256), time)


def _stretches(blobs: Blobs, sha256: str) -> Iterator[bytes]:
    yield from blobs.read(sha256)
