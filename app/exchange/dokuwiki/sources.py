"""A DokuWiki as it lies on a disk: a folder, or an archive that is unpacked under limits first.

Nothing of it is changed, and nothing that is no plain file below its root is ever opened: every folder on the way to a
file is opened by itself, without following links, so that none can be put in its place meanwhile.
"""

import errno
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

from app.exchange.dokuwiki.model import SourceFile, Unreadable
from app.exchange.dokuwiki.packed import unpacked
from app.exchange.dokuwiki.unpacking import Limits

__all__ = ["Limits", "Source", "Unreadable", "open_source"]

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # without waiting for who writes into a pipe
DEEPEST = 200  # folders in folders
SALTS = ("_htcookiesalt2", "_htcookiesalt")
MOST_SALT = 4096  # bytes
LINK = "This is a link. Links are not followed: put the file itself here, or import from where it lies."
NO_FILE = "This is no file but a device, a socket or a pipe."
NO_RIGHT = "The importing process has no right to read it."
TOO_DEEP = f"It lies more than {DEEPEST} folders deep."
GONE = "It was there a moment ago, and is gone now."
TOO_LONG = "It is longer than {most} bytes."


class Source:
    """``root``: the folder that stands for it. ``refused``: what an archive held and nobody unpacked."""

    def __init__(self, root: Path, place: Path, refused: Sequence[SourceFile] = ()) -> None:
        self.root = root
        self.root_name = place.name
        self._place = place
        self._refused = tuple(_apart(root, refused))

    def files(self) -> Iterator[SourceFile]:
        """Everything that is no folder, in the order of the paths' parts; what cannot be read has a ``problem``."""
        top = os.open(self.root, FOLDER)
        try:
            yield from _walk(top, "", 0)
        finally:
            os.close(top)
        yield from self._refused

    def read(self, path: str, most: int) -> bytes:
        """All bytes of a file. Raises: Unreadable, also where there are more than ``most``."""
        with self.open(path) as file:
            try:
                data = file.read(most + 1)
            except OSError as error:
                raise Unreadable(_reason(error)) from error
        if len(data) > most:
            raise Unreadable(TOO_LONG.format(most=most))
        return data

    def open(self, path: str) -> BinaryIO:
        """Raises: Unreadable."""
        try:
            with self._folder_of(path) as (folder, name):
                return _plain_file(folder, name)
        except OSError as error:
            raise Unreadable(_reason(error)) from error

    def is_folder(self, path: str) -> bool:
        return self._kind(path, stat.S_ISDIR)

    def is_file(self, path: str) -> bool:
        return self._kind(path, stat.S_ISREG)

    def identity(self) -> str:
        """64 hex digits that stand for this wiki, also when it is copied elsewhere, as long as it keeps its secret."""
        for folder in ("data/meta", "meta"):
            for name in SALTS:
                with suppress(Unreadable):
                    secret = self.read(f"{folder}/{name}", MOST_SALT)
                    return hashlib.sha256(b"old wiki by its secret\0" + secret).hexdigest()
        where = os.fsencode(self._place.resolve())
        return hashlib.sha256(b"old wiki by its place\0" + where).hexdigest()

    def _kind(self, path: str, is_kind: Callable[[int], bool]) -> bool:
        try:
            with self._folder_of(path) as (folder, name):
                return is_kind(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
        except (OSError, ValueError):
            return False

    @contextmanager
    def _folder_of(self, path: str) -> Iterator[tuple[int, str]]:
        """The folder that holds ``path``, reached through none that is a link, and the name in it. Raises: OSError."""
        *folders, name = path.split("/")
        here = os.open(self.root, FOLDER)
        try:
            for folder in folders:
                here = _into(here, folder)
            yield here, name
        finally:
            os.close(here)


@contextmanager
def open_source(place: Path, workspace: Path, limits: Limits = Limits()) -> Iterator[Source]:  # noqa: B008 it is frozen
    """``place``: an installation, its ``data`` folder, or an archive of either, which is unpacked below ``workspace``.

    One folder that holds everything else is stepped into. Raises: Unreadable, where it is none of these; OSError.
    """
    if place.is_dir():
        yield _stepped_into(place.resolve(), place, ())
        return
    if not place.is_file():
        raise Unreadable(f"{place}: there is no such file or folder.")
    with unpacked(place, workspace, limits) as (folder, refused):
        yield _stepped_into(folder, place, refused)


def _stepped_into(folder: Path, place: Path, refused: Sequence[SourceFile]) -> Source:
    entries = list(_first_two(folder))
    if len(entries) == 1 and entries[0].is_dir(follow_symlinks=False) and not _is_wiki(folder):
        name = entries[0].name
        inside = folder / name
        if _is_wiki(inside):
            return Source(inside, place, [_without(name, file) for file in refused])
    return Source(folder, place, refused)


def _first_two(folder: Path) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        for number, entry in enumerate(entries):
            if number == 2:
                return
            yield entry


def _is_wiki(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in ("data", "pages", "conf"))


def _without(folder: str, file: SourceFile) -> SourceFile:
    return SourceFile(file.path.removeprefix(f"{folder}/"), file.size, file.changed_at, file.problem)


def _apart(root: Path, refused: Sequence[SourceFile]) -> Iterator[SourceFile]:
    """Each under a path of its own, where a file that was taken or another that was not has the same."""
    given: set[str] = set()
    for file in refused:
        path, number = file.path, 1
        while path in given or _is_there(root, path):
            number += 1
            path = f"{file.path} [{number}]"
        given.add(path)
        yield replace(file, path=path)


def _is_there(root: Path, path: str) -> bool:
    """Whether a file has it. No path that leads elsewhere is looked at: files have none such."""
    if {"", ".", ".."} & set(path.split("/")):
        return False
    with suppress(OSError):  # a name that no disk takes
        return (root / path).is_file()
    return False


def _walk(folder: int, above: str, depth: int) -> Iterator[SourceFile]:
    """The names of one folder are held at a time, and those of the folders above it."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries)
    for name in names:
        path = f"{above}{name}"
        try:
            about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError as error:
            yield SourceFile(path, 0, 0, _reason(error))
            continue
        if stat.S_ISDIR(about.st_mode):
            yield from _inside(folder, name, path, depth + 1)
        else:
            yield SourceFile(path, about.st_size, about.st_mtime_ns, _problem(about.st_mode))


def _inside(above: int, name: str, path: str, depth: int) -> Iterator[SourceFile]:
    if depth > DEEPEST:
        yield SourceFile(path, 0, 0, TOO_DEEP)
        return
    try:
        folder = os.open(name, FOLDER, dir_fd=above)
    except OSError as error:
        yield SourceFile(path, 0, 0, _reason(error))
        return
    try:
        yield from _walk(folder, f"{path}/", depth)
    finally:
        os.close(folder)


def _problem(mode: int) -> str:
    if stat.S_ISREG(mode):
        return ""
    return LINK if stat.S_ISLNK(mode) else NO_FILE


def _into(here: int, folder: str) -> int:
    """The folder inside; ``here`` is closed. Raises: OSError, and ``here`` stays open."""
    if folder in ("", ".", ".."):
        raise FileNotFoundError(folder)
    inside = os.open(folder, FOLDER, dir_fd=here)
    os.close(here)
    return inside


def _plain_file(folder: int, name: str) -> BinaryIO:
    file = os.open(name, FILE, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise Unreadable(NO_FILE)
    return os.fdopen(file, "rb")


def _reason(error: OSError) -> str:
    if isinstance(error, PermissionError):
        return NO_RIGHT
    if isinstance(error, FileNotFoundError):
        return GONE
    if isinstance(error, NotADirectoryError) or error.errno == errno.ELOOP:  # ELOOP: a link where none may be
        return LINK
    return f"It cannot be read: {error.strerror}."
