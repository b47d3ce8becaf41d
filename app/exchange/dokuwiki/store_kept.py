"""Files of an old wiki that nothing here reads, kept byte for byte for the way back."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.errors import StorageFailed
from app.domain.stretches import stretches
from app.exchange.dokuwiki.model import Note, Sorted, Unreadable
from app.exchange.dokuwiki.settling import Run, one_transaction
from app.store.blobs import BlobTooLarge
from app.store.exchange import KeptFile

AT_ONCE = 8  # files kept at the same time
TOGETHER = 200  # rows of one transaction
MOST = 1024 * 1024 * 1024  # bytes
LONGEST_PATH = 1000
SCRIPT = "Scripts of the old wiki are never run here; it is kept as it is for the way back."
LESS = "This style needs DokuWiki's program to become one; it is kept as it is. Write it in CSS under Settings."
KEPT = "Nothing here reads this file; it is kept as it is for the way back."
WHY = {f"user{part}.js": SCRIPT for part in ("script", "all")}
WHY |= {f"user{part}.less": LESS for part in ("style", "all", "print", "feed")}
NO_NAME = "Its name cannot be kept."
TOO_LARGE = "This file is larger than a gigabyte, and nothing here reads it."


def keep_files(session: Session, run: Run, files: Sequence[Sorted]) -> list[Note]:
    """Store them, those apart that are here as they are there; a note for each."""
    notes: list[Note] = []
    for some in stretches(files, TOGETHER):
        here = _here(session, some)
        fresh = [one for one in some if here.get(one.file.path) != _state(one)]
        with ThreadPoolExecutor(AT_ONCE) as pool:  # most of the time goes into waiting for the disk
            kept = list(pool.map(lambda one: _bytes(run, one), fresh))
        rows = [one for one in kept if isinstance(one, KeptFile)]
        if rows and not run.dry_run:
            with one_transaction(session, dry_run=False):
                for row in rows:
                    run.blobs.require(row.sha256)
                    session.merge(row)
        left = [one for one in kept if isinstance(one, Note)]
        gone = {note.path for note in left}
        notes += [*left, *(_told(one) for one in some if one.file.path not in gone)]
    return notes


def _here(session: Session, files: Sequence[Sorted]) -> dict[str, tuple[int, int]]:
    query = select(KeptFile.path, KeptFile.size, KeptFile.changed_at)
    rows = session.execute(query.where(KeptFile.path.in_([one.file.path for one in files if _has_name(one)])))
    return {path: (size, changed_at) for path, size, changed_at in rows}


def _state(one: Sorted) -> tuple[int, int]:
    return one.file.size, one.file.changed_at // 1_000_000_000


def _has_name(one: Sorted) -> bool:
    return len(one.file.path) <= LONGEST_PATH and one.file.path.isprintable()


def _told(one: Sorted) -> Note:
    return Note(one.file.path, "stored", WHY.get(one.file.path.rpartition("/")[2], KEPT))


def _bytes(run: Run, one: Sorted) -> KeptFile | Note:
    """The row of a file whose bytes are in the store now; a note where they are not. Raises: StorageFailed."""
    path = one.file.path
    if not _has_name(one):
        return Note(path, "left", NO_NAME)
    try:
        with run.source.open(path) as stream, run.blobs.receive(stream, limit=MOST) as received:
            if not run.dry_run:
                run.blobs.keep(received)
            changed_at = _state(one)[1]
            return KeptFile(path=path, sha256=received.sha256, size=received.size, changed_at=changed_at)
    except Unreadable as error:
        return Note(path, "left", error.reason)
    except BlobTooLarge:
        return Note(path, "left", TOO_LARGE)
    except OSError as error:
        raise StorageFailed(reason=str(error)) from error
