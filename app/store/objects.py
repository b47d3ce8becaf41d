"""Where bytes lie, by key: a folder of this machine, or a store of objects elsewhere."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Entry:
    """One object: ``size`` in bytes, ``written_at`` in seconds UTC."""

    key: str
    size: int
    written_at: float


class Objects(Protocol):
    """Keys are relative paths of small ASCII letters, digits, ``-``, ``.`` and ``/``; see ``is_key``.

    All of them raise OSError where the store does not answer or is full.
    """

    def put(self, key: str, file: Path) -> None:
        """Keep the bytes of ``file``, in place of what was there; durable when it returns. The file may be moved."""

    def find(self, key: str) -> Entry:
        """Raises: FileNotFoundError."""

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        """Bytes from ``start`` up to ``stop``, a stretch at a time. Raises: FileNotFoundError, before the first."""

    def path(self, key: str) -> Path | None:
        """The file that holds it, where it is one of this machine; None: it is not. Raises: FileNotFoundError."""

    def all(self, prefix: str = "") -> Iterator[Entry]:
        """Every object whose key begins with ``prefix``, which is "" or ends with a slash."""

    def remove(self, key: str) -> None:
        """Forget it, if it is there."""


class LocalObjects:
    """Files under ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, file: Path) -> None:
        """``file`` must lie on the same file system, and is renamed. It is synced first, its new folder after."""
        place = self._place(key)
        with file.open("rb") as stream:
            os.fsync(stream.fileno())
        place.parent.mkdir(parents=True, exist_ok=True)
        file.replace(place)
        for folder in (place.parent, *place.parent.parents):
            _sync_folder(folder)
            if folder == self._root:
                break

    def find(self, key: str) -> Entry:
        return _entry(key, self._place(key).stat())

    def read(self, key: str, start: int = 0, stop: int | None = None) -> Iterator[bytes]:
        file = self._place(key).open("rb")
        return _stretches(file, start, stop)

    def path(self, key: str) -> Path | None:
        place = self._place(key)
        if not place.is_file():
            raise FileNotFoundError(key)
        return place

    def all(self, prefix: str = "") -> Iterator[Entry]:
        top = self._place(prefix + "x").parent
        for folder, folders, files in os.walk(top):
            folders.sort()
            for name in sorted(files):
                place = Path(folder, name)
                with suppress(FileNotFoundError):  # gone meanwhile
                    yield _entry(place.relative_to(self._root).as_posix(), place.stat())

    def remove(self, key: str) -> None:
        self._place(key).unlink(missing_ok=True)

    def _place(self, key: str) -> Path:
        if not is_key(key):
            raise FileNotFoundError(key)
        return self._root / key


def is_key(key: str) -> bool:
    """Whether it can be a key; nothing else ever reaches a file system."""
    parts = key.split("/")
    fine = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-.")
    return len(key) <= 255 and all(part and not part.startswith(".") and fine.issuperset(part) for part in parts)


def _stretches(file: BinaryIO, start: int, stop: int | None) -> Iterator[bytes]:
    with file as stream:
        stream.seek(start)
        left = None if stop is None else stop - start
        while left is None or left > 0:
            chunk = stream.read(CHUNK if left is None else min(CHUNK, left))
            if not chunk:
                return
            left = None if left is None else left - len(chunk)
            yield chunk


def _entry(key: str, found: os.stat_result) -> Entry:
    return Entry(key, found.st_size, found.st_mtime)


def _sync_folder(folder: Path) -> None:
    # The rename is durable only when the folder is; some file systems know no such thing.
    handle = os.open(folder, os.O_RDONLY)
    with suppress(OSError):
        os.fsync(handle)
    os.close(handle)
