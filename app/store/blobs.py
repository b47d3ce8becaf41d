"""Bytes of media files, named by their SHA-256. Written before the row that names them; never changed."""

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Blob:
    """``size`` in bytes."""

    sha256: str
    size: int


class BlobTooLarge(Exception):
    """More bytes came than ``limit``; nothing was kept."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


class BlobStore(Protocol):
    """Where bytes lie. Local files now; object storage is to be a second implementation."""

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        """Keep all bytes of ``stream``; durable when it returns. Raises: BlobTooLarge, OSError."""

    def path(self, sha256: str) -> Path:
        """The file that holds them. Raises: FileNotFoundError."""

    def all(self) -> Iterator[str]:
        """Every hash that is there."""

    def remove(self, sha256: str) -> None:
        """Forget it, if it is there."""


class LocalBlobs:
    """Files ``ab/cd/abcd…`` under ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, stream: BinaryIO, *, limit: int) -> Blob:
        waiting = self._root / "incoming"
        waiting.mkdir(parents=True, exist_ok=True)
        temporary = waiting / secrets.token_hex(16)
        try:
            blob = _copy(stream, temporary, limit)
            place = self._place(blob.sha256)
            place.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(place)
            for folder in (place.parent, place.parent.parent, self._root):
                _sync_folder(folder)
        finally:
            temporary.unlink(missing_ok=True)
        return blob

    def path(self, sha256: str) -> Path:
        place = self._place(sha256)
        if not place.is_file():
            raise FileNotFoundError(sha256)
        return place

    def all(self) -> Iterator[str]:
        for file in self._root.glob("??/??/*"):
            yield file.name

    def remove(self, sha256: str) -> None:
        self._place(sha256).unlink(missing_ok=True)

    def _place(self, sha256: str) -> Path:
        if len(sha256) != 64 or not sha256.isalnum():
            raise FileNotFoundError(sha256)
        return self._root / sha256[:2] / sha256[2:4] / sha256


def _copy(stream: BinaryIO, target: Path, limit: int) -> Blob:
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > limit:
                raise BlobTooLarge(limit)
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return Blob(digest.hexdigest(), size)


def _sync_folder(folder: Path) -> None:
    # The rename is durable only when the folder is; some file systems know no such thing.
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)
