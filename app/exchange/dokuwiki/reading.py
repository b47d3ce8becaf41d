"""Files of an old wiki that goes on: what was read is known by its hash, what changed meanwhile is read again."""

import hashlib
import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import BinaryIO, TypeVar, cast

from app.exchange.dokuwiki.model import Note, Sorted, Unreadable
from app.exchange.dokuwiki.sources import Source

BUFFER = 64 * 1024
TRIES = 4  # at reading a page that somebody writes to
WRITTEN = frozenset({"page", "page_log", "page_meta", "media", "media_log"})  # files that are written over
GOING_ON = "It changed each time it was read; the next run looks again."
Read = TypeVar("Read")


class Reading:
    """A source whose files are remembered by the SHA-256 of their bytes, once they were read to their ends."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._hashes: dict[str, str] = {}

    def is_file(self, path: str) -> bool:
        return self._source.is_file(path)

    def read(self, path: str, most: int) -> bytes:
        """Raises: Unreadable."""
        data = self._source.read(path, most)
        self._hashes[path] = hashlib.sha256(data).hexdigest()
        return data

    def open(self, path: str) -> BinaryIO:
        """Raises: Unreadable."""
        file = _Hashed(self._source.open(path), lambda sha256: self._hashes.update({path: sha256}))
        return cast("BinaryIO", io.BufferedReader(file, BUFFER))

    def hashes(self, files: Iterable[Sorted]) -> dict[str, str]:
        """By path, of those of ``files`` that were read; they are told once."""
        paths = (one.file.path for one in files)
        return {path: self._hashes.pop(path) for path in paths if path in self._hashes}

    def digest(self, path: str) -> str | None:
        """Of the bytes that lie there now; None: they cannot be read."""
        try:
            with self._source.open(path) as file:
                return hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # it is one
        except (Unreadable, OSError):
            return None

    def steady(self, files: Sequence[Sorted], read: Callable[[Sequence[Sorted]], Read]) -> tuple[Read, list[Note]]:
        """``read(files)`` at a moment when nobody wrote: else a text would stand at the change before its own."""
        for _ in range(TRIES):
            before = self._as_now(files)
            found = read(before)
            if self._as_now(files) == before:
                return found, []
        return found, [Note(one.file.path, "left", GOING_ON) for one in files if one.kind in ("page", "media")]

    def _as_now(self, files: Sequence[Sorted]) -> list[Sorted]:
        """Without those that are gone."""
        now = [(one, self._source.now(one.file) if one.kind in WRITTEN else one.file) for one in files]
        return [replace(one, file=file) if file is not one.file else one for one, file in now if file is not None]


class _Hashed(io.RawIOBase):
    """A file whose hash is told when it is closed, if all of it was read."""

    def __init__(self, file: BinaryIO, tell: Callable[[str], None]) -> None:
        self._file = file
        self._tell = tell
        self._digest = hashlib.sha256()
        self._size = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # type: ignore[override]  # what a buffered reader gives
        count = self._file.readinto(buffer)  # type: ignore[attr-defined]  # a buffered file has it
        self._digest.update(buffer[:count])
        self._size += count
        return int(count)

    def close(self) -> None:
        if not self.closed:
            if self._size == os.fstat(self._file.fileno()).st_size:
                self._tell(self._digest.hexdigest())
            self._file.close()
        super().close()
