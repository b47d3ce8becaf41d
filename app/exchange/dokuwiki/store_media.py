"""Files of an old wiki and their versions, stored as they are: bytes first, then the rows that name them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, BinaryIO, Protocol, cast

from sqlalchemy import Row, delete, insert, select
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.names import namespace_of, natural_key
from app.domain.wiki_tables import file_types
from app.exchange.dokuwiki.changelog import KIND_OF, write_line
from app.exchange.dokuwiki.model import LogLine, Note, OldMedia, OldMediaRevision, Unreadable
from app.exchange.dokuwiki.named_rows import named_rows
from app.services.askers import forget_all_media_askers
from app.services.media_checks import Checked, Types, check, type_of
from app.services.scopes import count_all
from app.services.setting_rows import load_settings
from app.services.state import hold, touch
from app.store.blobs import Blobs, BlobTooLarge
from app.store.database import transaction
from app.store.media import Media, MediaRedirect, MediaRevision

AT_ONCE = 8  # files kept at the same time
MOST = 64 * 1024**3  # bytes of one file
OURS = "This file was changed here since it was imported: what is new in the old wiki is left out."
Known = Row[str, int, int, bool, str]  # name, time, seq, external, kind
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


@dataclass(frozen=True, slots=True)
class _Ready:
    """A file whose ``missing`` versions, by second and place in it, are in the store, by their paths in the source."""

    name: str
    missing: Mapping[tuple[int, int], OldMediaRevision]
    kept: Mapping[str, Kept]


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
    here = _here(session, [one.name for one in media])
    missing = {one.name: _missing(here.get(one.name, ()), one, notes) for one in media}
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
        ready = [_Ready(one.name, missing[one.name], found) for one, (found, _) in zip(todo, kept, strict=True)]
        _require(blobs, ready)
        _store(session, ready, types)
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


def _here(session: Session, names: Sequence[str]) -> dict[str, list[Known]]:
    """The versions of each file that are here, oldest first."""
    found: dict[str, list[Known]] = {}
    query = select(Media.name, MediaRevision.time, MediaRevision.seq, MediaRevision.external, MediaRevision.kind)
    query = query.join(Media, Media.id == MediaRevision.media_id).where(Media.name.in_(names))
    for row in session.execute(query.order_by(MediaRevision.time, MediaRevision.seq)):
        found.setdefault(row.name, []).append(row)
    return found


def _missing(known: Sequence[Known], one: OldMedia, notes: list[Note]) -> dict[tuple[int, int], OldMediaRevision]:
    """The versions that are not here yet."""
    there = _numbered(one)
    here = {(row.time, row.seq): row.external for row in known}
    missing = {key: revision for key, revision in there.items() if key not in here}
    if any(key not in there and not external for key, external in here.items()):
        if missing:
            notes.append(Note(one.name, "left", OURS))
        return {}
    if here and all(revision.external and revision.deleted for revision in missing.values()):
        newest = known[-1]
        if (newest.time, newest.seq) not in there and newest.kind == "delete":
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


def _require(blobs: Blobs, media: Sequence[_Ready]) -> None:
    """Bytes that nothing names yet may be swept at any time until now. Raises: StorageFailed."""
    try:
        for sha256 in {kept.sha256 for each in media for kept in each.kept.values() if kept.sha256}:
            blobs.require(sha256)
    except OSError as error:
        raise StorageFailed(reason=error.strerror or str(error)) from error


def _keep(source: Opens, blobs: Blobs, path: str, name: str, types: Types) -> Kept:
    """Raises: Unreadable, BlobTooLarge, OSError."""
    with source.open(path) as file, blobs.receive(cast("BinaryIO", _Reading(file)), limit=MOST) as received:
        checked = check(received, name, types, any_type=True)
        blobs.keep(received)
        return Kept(received.sha256, received.size, checked)


def _store(session: Session, media: Sequence[_Ready], types: Types) -> None:
    """All of them with as many statements as for one; inside the transaction that holds the wiki."""
    rows = _rows(session, [each.name for each in media])
    new: list[dict[str, Any]] = []
    for each in media:
        before = unknown = Kept(None, 0, Checked(type_of(each.name, types).mime))
        for (time, seq), old in sorted(each.missing.items(), key=lambda one: one[0]):
            found = each.kept.get(old.path or "", before if old.deleted else unknown)
            before = found
            new.append({"media_id": rows[each.name].id, "time": time, "seq": seq} | _values(old, found))
    session.execute(insert(MediaRevision), new)
    _point(session, list(rows.values()))


def _rows(session: Session, names: Sequence[str]) -> dict[str, Media]:
    """The rows of these files; those that were not there are made, and addresses that led elsewhere lead to them."""
    session.execute(delete(MediaRedirect).where(MediaRedirect.name.in_(names)))
    return named_rows(session, Media, names, _place_in_lists)


def _place_in_lists(name: str) -> dict[str, Any]:
    return {"namespace": namespace_of(name), "sort_key": natural_key(name), "changed_at": 0, "size": 0}


def _point(session: Session, media: Sequence[Media]) -> None:
    """Let the files be what their newest versions say, and count those that came or went."""
    what = (MediaRevision.media_id, MediaRevision.id, MediaRevision.time, MediaRevision.kind)
    query = select(*what, MediaRevision.sha256, MediaRevision.size)
    query = query.where(MediaRevision.media_id.in_([row.id for row in media]))
    newest = {row.media_id: row for row in session.execute(query.order_by(MediaRevision.time, MediaRevision.seq))}
    changes: list[tuple[Media, int]] = []
    for row in media:
        last, existed = newest[row.id], row.current_id is not None
        exists = last.kind != "delete" and last.sha256 is not None
        row.latest_id, row.changed_at = last.id, last.time
        row.current_id, row.size = (last.id, last.size) if exists else (None, 0)
        if exists != existed:
            changes.append((row, 1 if exists else -1))
    session.flush()
    count_all(session, Media, changes)


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
