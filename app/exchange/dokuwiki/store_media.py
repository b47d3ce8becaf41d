"""Files of an old wiki and their versions, stored as they are: bytes first, then the rows that name them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.wiki_tables import file_types
from app.exchange.dokuwiki.changelog import KIND_OF, write_line
from app.exchange.dokuwiki.model import LogLine, Note, OldMedia, OldMediaRevision, Unreadable
from app.services.askers import forget_all_media_askers
from app.services.media_checks import Checked, Types, check, type_of
from app.services.media_revisions import find_row, new_row
from app.services.scopes import count
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.store.blobs import Blobs, BlobTooLarge
from app.store.database import transaction
from app.store.media import Media, MediaRevision

AT_ONCE = 8  # files kept at the same time
MOST = 64 * 1024**3  # bytes of one file
OURS = "This file was changed here since it was imported: what is new in the old wiki is left out."
TOO_LARGE = "This file is larger than 64 gigabytes."


class Opens(Protocol):
    """Raises: Unreadable."""

    def open(self, path: str) -> BinaryIO: ...


@dataclass(frozen=True, slots=True)
class Kept:
    """Bytes that lie in the store, and what is known of them."""

    sha256: str | None
    size: int
    checked: Checked


class _Reading:
    """A file of the source whose errors are told from those of the disk that is written."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except OSError as error:
            raise Unreadable(f"It cannot be read: {error.strerror}.") from error


def store_media(session: Session, source: Opens, media: Sequence[OldMedia], *, blobs: Blobs) -> list[Note]:
    """Store these files with their histories in one transaction; what is there already is not stored again.

    Raises: StorageFailed.
    """
    types = file_types(load_settings(session))
    notes: list[Note] = []
    missing = {one.name: _missing(session, one, notes) for one in media}
    todo = [one for one in media if missing[one.name]]

    def keep(one: OldMedia) -> tuple[dict[str, Kept], list[Note]]:
        return _keep_all(source, blobs, one.name, types, missing[one.name])

    with ThreadPoolExecutor(AT_ONCE) as pool:  # most of the time goes into waiting for the disk
        kept = list(pool.map(keep, todo))
    notes += (note for _, told in kept for note in told)
    if not todo:
        return notes
    with transaction(session):
        hold(session)
        for one, (found, _) in zip(todo, kept, strict=True):
            _write(session, one, missing[one.name], found, type_of(one.name, types).mime)
        forget_all_media_askers(session)
        touch(session)
    return notes


def _numbered(one: OldMedia) -> dict[tuple[int, int], OldMediaRevision]:
    """By second, and place among those of one second."""
    found: dict[tuple[int, int], OldMediaRevision] = {}
    times: Counter[int] = Counter()
    for revision in one.revisions:
        found[revision.line.time, times[revision.line.time]] = revision
        times[revision.line.time] += 1
    return found


def _missing(session: Session, one: OldMedia, notes: list[Note]) -> dict[tuple[int, int], OldMediaRevision]:
    """The versions that are not here yet."""
    there = _numbered(one)
    query = select(MediaRevision.time, MediaRevision.seq, MediaRevision.external)
    query = query.join(Media, Media.id == MediaRevision.media_id).where(Media.name == one.name)
    here = {(time, seq): external for time, seq, external in session.execute(query)}
    missing = {key: revision for key, revision in there.items() if key not in here}
    if any(key not in there and not external for key, external in here.items()):
        if missing:
            notes.append(Note(one.name, "left", OURS))
        return {}
    if here and all(revision.external and revision.deleted for revision in missing.values()):
        newest = max(here)
        latest = select(MediaRevision.kind).join(Media, Media.latest_id == MediaRevision.id)
        if newest not in there and session.execute(latest.where(Media.name == one.name)).scalar() == "delete":
            return {}  # a deletion that nobody logged has no time of its own
    return missing


def _keep_all(
    source: Opens,
    blobs: Blobs,
    name: str,
    types: Types,
    missing: Mapping[tuple[int, int], OldMediaRevision],
) -> tuple[dict[str, Kept], list[Note]]:
    """Paths to what was kept of them; nothing of the database is asked, so that many are kept at once."""
    kept: dict[str, Kept] = {}
    notes: list[Note] = []
    for revision in missing.values():
        if revision.path is None or revision.path in kept:
            continue
        try:
            kept[revision.path] = _keep(source, blobs, revision.path, name, types)
        except Unreadable as error:
            notes.append(Note(revision.path, "left", error.reason))
        except BlobTooLarge:
            notes.append(Note(revision.path, "left", TOO_LARGE))
        except OSError as error:
            raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error
    return kept, notes


def _keep(source: Opens, blobs: Blobs, path: str, name: str, types: Types) -> Kept:
    """Raises: Unreadable, BlobTooLarge, OSError."""
    with source.open(path) as file, blobs.receive(cast("BinaryIO", _Reading(file)), limit=MOST) as received:
        checked = check(received, name, types, any_type=True)
        blobs.keep(received)
        return Kept(received.sha256, received.size, checked)


def _write(
    session: Session,
    one: OldMedia,
    missing: Mapping[tuple[int, int], OldMediaRevision],
    kept: Mapping[str, Kept],
    mime: str,
) -> None:
    row = find_row(session, one.name) or new_row(session, one.name)
    existed = row.current_id is not None
    before = Kept(None, 0, Checked(mime))
    newest = session.get(MediaRevision, row.latest_id) if row.latest_id is not None else None
    for (time, seq), old in sorted(missing.items(), key=lambda each: each[0]):
        found = kept.get(old.path or "", before if old.deleted else Kept(None, 0, Checked(mime)))
        before = found
        new = MediaRevision(media_id=row.id, time=time, seq=seq, **_values(old, found))
        session.add(new)
        newest = new if newest is None or (time, seq) > (newest.time, newest.seq) else newest
    session.flush()
    if newest is None:
        return
    exists = newest.kind != "delete" and newest.sha256 is not None
    row.latest_id, row.changed_at = newest.id, newest.time
    row.current_id, row.size = (newest.id, newest.size) if exists else (None, 0)
    if exists != existed:
        count(session, row, 1 if exists else -1)


def _values(old: OldMediaRevision, found: Kept) -> dict[str, Any]:
    line = old.line
    return {
        "kind": "delete" if old.deleted else KIND_OF.get(line.kind, "edit"),
        "author": line.user[:255],
        "address": line.address[:64],
        "summary": line.summary,
        "size_change": line.size_change,
        "extra": line.extra,
        "logged": _logged(line),
        "external": old.external,
        "sha256": found.sha256,
        "size": found.size,
        "mime": found.checked.mime,
        "width": found.checked.width,
        "height": found.checked.height,
        "fields": found.checked.fields,
    }


def _logged(line: LogLine) -> str | None:
    """The line as it stood where the row alone would not give it back."""
    if line.raw is None and (len(line.user) > 255 or len(line.address) > 64):
        return write_line(line)
    return line.raw
