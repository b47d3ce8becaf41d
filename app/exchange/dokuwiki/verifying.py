"""What was stored, read back whole and compared with the bytes that the source holds."""

import hashlib
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from app.exchange.dokuwiki.ledger import path_key
from app.exchange.dokuwiki.model import Sorted, Unreadable
from app.exchange.dokuwiki.old_texts import unpacked
from app.exchange.dokuwiki.report import Difference, Verified
from app.store.blobs import Blobs
from app.store.exchange import ImportedFile, KeptFile
from app.store.media import Media, MediaRevision
from app.store.pages import Page, Revision, Text

CHUNK = 1024 * 1024  # bytes read at a time
MOST_NAMED = 1000  # differences that are named; of more, the number is told
COMPARED = frozenset({"page", "attic", "media", "media_attic", "kept"})
MISSING = "it is not in the wiki"
OTHER = "the wiki holds other bytes"
DAMAGED = "what the wiki holds of it is damaged"
GONE = "it can no longer be read in the source"


@dataclass
class _Tally:
    checked: int = 0
    wrong: int = 0
    named: list[Difference] | None = None

    def note(self, path: str, why: str) -> None:
        self.checked += 1
        if why:
            self.wrong += 1
            self.named = self.named or []
            if len(self.named) < MOST_NAMED:
                self.named.append(Difference(path, why))


class Opens(Protocol):
    """What the files of an old wiki are read from."""

    def open(self, path: str) -> BinaryIO:
        """Raises: Unreadable, OSError."""
        ...


def verify(
    sessions: sessionmaker[Session], blobs: Blobs, source: Opens, files: Iterable[Sorted], wiki: str
) -> Verified:
    """Compare each text and file of ``files`` that the import of ``wiki`` took with what is stored now."""
    tally = _Tally()
    with sessions() as session:
        back = _Back(session, blobs)
        for which in files:
            if which.kind in COMPARED and _was_taken(session, wiki, which.file.path):
                tally.note(which.file.path, _compare(back, source, which))
    return Verified(tally.checked, tally.wrong, tuple(tally.named or ()))


def _was_taken(session: Session, wiki: str, path: str) -> bool:
    query = select(ImportedFile.outcome).where(ImportedFile.wiki == wiki, ImportedFile.path_key == path_key(path))
    outcome = session.execute(query).scalar_one_or_none()
    return outcome is not None and outcome != "left"


def _compare(back: "_Back", source: Opens, which: Sorted) -> str:
    """What differs, "" for nothing."""
    try:
        with source.open(which.file.path) as raw, _as_told(raw, which) as stream:
            there = _digest(iter(lambda: stream.read(CHUNK), b""))
    except (OSError, EOFError, zlib.error, Unreadable):
        return GONE
    stored = back.hash_of(which)
    if stored is None:
        return MISSING
    if there != stored.named and not (which.kind == "attic" and there == stored.text):
        return OTHER
    return "" if stored.is_whole() else DAMAGED


def _as_told(raw: BinaryIO, which: Sorted) -> BinaryIO:
    """Old texts are kept as they are when they are unpacked, files as they lie there."""
    return unpacked(raw, which.file.path) if which.kind == "attic" else raw


@dataclass(frozen=True, slots=True)
class _Stored:
    """``named``: the hash that rows name it by; ``is_whole`` reads it and looks whether it is that.

    ``text``: the hash of the text where other bytes are kept for it. The old wiki's copy of it may be either.
    """

    named: str
    is_whole: Callable[[], bool]
    text: str = ""


class _Back:
    """What the wiki holds. The hashes of one page or file are read at once: files of a source lie together."""

    def __init__(self, session: Session, blobs: Blobs) -> None:
        self._session = session
        self._blobs = blobs
        self._of: tuple[str, str] = ("", "")
        self._rows: dict[int | None, _Stored] = {}

    def hash_of(self, which: Sorted) -> _Stored | None:
        """None: the wiki holds nothing of this file."""
        if which.kind == "kept":
            kept = self._session.get(KeptFile, which.file.path)
            return self._blob(kept.sha256) if kept else None
        table = "page" if which.kind in ("page", "attic") else "media"
        if self._of != (table, which.name):
            rows = self._page(which.name) if table == "page" else self._media(which.name)
            self._of, self._rows = (table, which.name), dict(rows)
        return self._rows.get(which.rev)

    def _page(self, name: str) -> Iterator[tuple[int | None, _Stored]]:
        """By time; by None the current one."""
        query = select(Revision, Text.sha256, Page.current_id).join(Page, Revision.page_id == Page.id)
        query = query.join(Text, Revision.text_id == Text.id).where(Page.name == name)
        for row, sha256, current in self._session.execute(query.order_by(Revision.time, Revision.seq)):
            stored = self._blob(row.original, sha256) if row.original else self._text(row.text_id, sha256)
            yield row.time, stored
            if row.id == current:
                yield None, stored

    def _media(self, name: str) -> Iterator[tuple[int | None, _Stored]]:
        query = select(MediaRevision, Media.current_id).join(Media, MediaRevision.media_id == Media.id)
        query = query.where(Media.name == name, MediaRevision.sha256.is_not(None))
        for row, current in self._session.execute(query.order_by(MediaRevision.time, MediaRevision.seq)):
            stored = self._blob(row.sha256 or "")
            yield row.time, stored
            if row.id == current:
                yield None, stored

    def _text(self, text_id: int | None, sha256: str) -> _Stored:
        def is_whole() -> bool:
            packed = self._session.execute(select(Text.packed).where(Text.id == text_id)).scalar_one()
            try:
                return hashlib.sha256(zlib.decompress(packed)).hexdigest() == sha256
            except zlib.error:
                return False

        return _Stored(sha256, is_whole)

    def _blob(self, sha256: str, text: str = "") -> _Stored:
        def is_whole() -> bool:
            try:
                return _digest(self._blobs.read(sha256)) == sha256
            except OSError:
                return False

        return _Stored(sha256, is_whole, text)


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
