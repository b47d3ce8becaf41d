"""A folder that an export writes into: new or empty at first, each file written once, marked until it is whole."""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from app.domain.errors import BadValue

MARK = "EXPORT-IS-NOT-FINISHED"
NOT_EMPTY = "The folder {folder} is not empty. Name a new one, or one that is empty."
NO_FOLDER = "{folder} is no folder. Name a new one, or one that is empty."
OUTSIDE = "Its name leads out of the folder."
THERE = "Another file or folder of this name is there."
TOO_LONG = "Its name is too long for a file."
BAD_NAME = "No file can be called so."


class NotWritten(Exception):
    """One file could not be written, because of its name. ``reason``: a sentence for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


_REASONS = {
    errno.EEXIST: THERE,
    errno.ENOTDIR: THERE,
    errno.EISDIR: THERE,
    errno.ENAMETOOLONG: TOO_LONG,
    errno.EINVAL: BAD_NAME,
    errno.EILSEQ: BAD_NAME,
}


class NewFolder:
    def __init__(self, root: Path) -> None:
        self.root = root
        self._made: set[Path] = set()

    def make(self, path: str) -> None:
        """A folder below it. Raises: NotWritten, OSError."""
        with _told():
            self._place(path).mkdir(parents=True, exist_ok=True)

    def write(self, path: str, content: bytes, at: int | None = None) -> None:
        """One file; ``at``: its time, seconds UTC. Raises: NotWritten, OSError."""
        self.write_all(path, (content,), at)

    def write_all(self, path: str, stretches: Iterable[bytes], at: int | None = None) -> None:
        place = self._place(path)
        with _told():
            if place.parent not in self._made:
                place.parent.mkdir(parents=True, exist_ok=True)
                self._made.add(place.parent)
            with place.open("xb") as file:
                try:
                    file.writelines(stretches)
                except BaseException:
                    place.unlink(missing_ok=True)  # half a file is none
                    raise
        if at is not None:
            self.touch(path, at)

    def has(self, path: str) -> bool:
        return self._place(path).is_file()

    def touch(self, path: str, at: int) -> None:
        try:
            os.utime(self._place(path), (at, at))
        except OverflowError as error:
            raise NotWritten(BAD_NAME) from error

    def _place(self, path: str) -> Path:
        parts = path.split("/")
        if not all(part and part not in (".", "..") for part in parts):
            raise NotWritten(OUTSIDE)
        if "\0" in path:
            raise NotWritten(BAD_NAME)
        return self.root.joinpath(*parts)


@contextmanager
def new_folder(root: Path, mode: int = 0o777) -> Iterator[NewFolder]:
    """The folder, with ``MARK`` in it until all ended well. ``mode``: who may open it, where it is made.

    Raises:
        BadValue: field ``target``; it is no folder, or not empty.
    """
    try:
        root.mkdir(mode, parents=True, exist_ok=True)
        is_empty = not any(root.iterdir())
    except (FileExistsError, NotADirectoryError) as error:
        raise BadValue(field="target", reason=NO_FOLDER.format(folder=root)) from error
    if not is_empty:
        raise BadValue(field="target", reason=NOT_EMPTY.format(folder=root))
    mark = root / MARK
    mark.touch(exist_ok=False)
    yield NewFolder(root)
    mark.unlink()


@contextmanager
def _told() -> Iterator[None]:
    """Errors that a name is to blame for concern one file; all others end the export."""
    try:
        yield
    except OSError as error:
        if error.errno in _REASONS:
            raise NotWritten(_REASONS[error.errno]) from error
        raise
