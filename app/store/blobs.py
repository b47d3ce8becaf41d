"""Bytes of media files, named by their SHA-256. Written before the row that names them; never changed."""

import errno
import hashlib
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, BinaryIO

from app.store.objects import CHUNK, Entry, LocalObjects, Objects

INCOMING = "incoming"
TURN = "turn-"  # begins the names of locks, see ``turns``
FETCHED = "fetched"  # pictures of other sites, see ``remote_pictures``
FETCHED_FOR = 7 * 24 * 3600  # seconds that one of them is kept at most
DERIVED = "derived"  # what can be made again: pictures of other sizes, see ``thumbnails``
ABANDONED = 24 * 3600  # seconds after which what came in and was never kept belongs to nobody


@dataclass(frozen=True, slots=True)
class Blob:
    """``size`` in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Received:
    """Bytes that came in whole, in a file of this machine, and are not kept yet."""

    path: Path
    sha256: str
    size: int


class BlobTooLarge(Exception):
    """More bytes came than ``limit``; nothing was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class Blobs:
    """Objects ``ab/cd/abcd…``. ``incoming``: a folder where bytes wait until they are whole and looked at.

    Where ``objects`` are files, it must lie on the same file system.
    """

    def __init__(self, objects: Objects, incoming: Path) -> None:
        self.objects = objects
        self.incoming = incoming

    @contextmanager
    def receive(self, stream: BinaryIO, *, limit: int) -> Iterator[Received]:
        """All bytes of ``stream`` in a file that is gone afterwards, unless ``keep`` took it. Memory stays small.

        Raises: BlobTooLarge, OSError.
        """
        self.incoming.mkdir(parents=True, exist_ok=True)
        temporary = self.incoming / secrets.token_hex(16)
        try:
            yield _copy(stream, temporary, limit)
        finally:
            temporary.unlink(missing_ok=True)

    def keep(self, received: Received) -> Blob:
        """Durable when it returns. Raises: OSError."""
        key = key_of(received.sha256)
        # Always written: a copy that is there may be about to be swept, as nothing names it yet.
        self.objects.put(key, received.path)
        return Blob(received.sha256, received.size)

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        """Receive and keep. Raises: BlobTooLarge, OSError."""
        with self.receive(stream, limit=limit) as received:
            return self.keep(received)

    def has(self, sha256: str) -> bool:
        try:
            self.objects.find(key_of(sha256))
        except FileNotFoundError:
            return False
        return True

    def is_older(self, sha256: str, before: float) -> bool:
        """Whether the bytes are there, and were written before then (seconds UTC)."""
        try:
            return self.objects.find(key_of(sha256)).written_at < before
        except FileNotFoundError:
            return False

    def require(self, sha256: str) -> None:
        """Return if the bytes are there. Asked in the transaction that names them, once it holds the wiki.

        What nothing names is swept by whoever holds the wiki: bytes that are there now stay. Raises: OSError.
        """
        if not self.has(sha256):
            raise OSError(errno.ESTALE, "the bytes were swept in the same moment; send the file again")

    def read(self, sha256: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Bytes from ``start`` up to ``stop``, a stretch at a time. Raises: FileNotFoundError, before the first."""
        return self.objects.read(key_of(sha256), start, stop)

    def path(self, sha256: str) -> Path | None:
        """The file that holds them, where it is one of this machine. Raises: FileNotFoundError."""
        return self.objects.path(key_of(sha256))

    @contextmanager
    def at_hand(self, sha256: str) -> Iterator[Path]:
        """A file of this machine with these bytes, to be read only. Raises: FileNotFoundError, OSError."""
        path = self.path(sha256)
        if path is not None:
            yield path
            return
        with self.temporary() as copy:
            with copy.open("wb") as file:
                for chunk in self.read(sha256):
                    file.write(chunk)
            yield copy

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A name for a file among what comes in; gone afterwards."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        path = self.incoming / secrets.token_hex(16)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def spool(self) -> IO[bytes]:
        """An empty file without a name among what comes in; its bytes are gone when it is closed."""
        self.incoming.mkdir(parents=True, exist_ok=True)
        return TemporaryFile(dir=self.incoming)

    def all(self) -> Iterator[Entry]:
        """Every blob that is there; the last part of its key is its hash."""
        for entry in self.objects.all():
            if is_blob(entry.key):
                yield entry

    def remove(self, sha256: str) -> None:
        """Forget it, if it is there."""
        self.objects.remove(key_of(sha256))

    def sweep_incoming(self, *, now: float | None = None) -> int:
        """Remove what a process that was killed left among the incoming; returns how many files.

        Files that say whose turn it is stay: a lock on one that was removed would lock nothing.
        """
        before = (time.time() if now is None else now) - ABANDONED
        swept = 0
        for file in self.incoming.glob("*") if self.incoming.is_dir() else ():
            with suppress(FileNotFoundError):
                if not file.name.startswith(TURN) and file.stat().st_mtime < before:
                    file.unlink()
                    swept += 1
        return swept


def local_blobs(root: Path) -> Blobs:
    """Files under ``root``."""
    return Blobs(LocalObjects(root), root / INCOMING)


def key_of(sha256: str) -> str:
    """Raises: FileNotFoundError: this is no hash."""
    if len(sha256) != 64 or not frozenset("0123456789abcdef").issuperset(sha256):
        raise FileNotFoundError(sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


def is_blob(key: str) -> bool:
    name = key.rpartition("/")[2]
    return len(name) == 64 and key == f"{name[:2]}/{name[2:4]}/{name}"


def _copy(stream: BinaryIO, target: Path, limit: int) -> Received:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise BlobTooLarge(limit)
            digest.update(chunk)
            file.write(chunk)
    return Received(target, digest.hexdigest(), size)
