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
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from app.exchange.dokuwiki.model import SourceFile, Unreadable
from app.exchange.dokuwiki.packed import unpacked
from app.exchange.dokuwiki.unpacking import Limits

__all__ = ["Limits", "Source", "Unreadable", "open_source"]

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # without waiting for who writes into a pipe
DEEPEST = 200  # folders in folders
DEEPEST_TOP = 10  # folders around the wiki
MOST_AT_TOP = 1000  # folders among which it is looked for
OF_COMPUTERS = frozenset({"__MACOSX", ".Trashes", ".Spotlight-V100", ".fseventsd", "@eaDir", "lost+found"})
SALTS = ("_htcookiesalt2", "_htcookiesalt")
MOST_SALT = 4096  # bytes
LINK = "This is a link. Links are not followed: put the file itself here, or import from where it lies."
NO_FILE = "This is no file but a device, a socket or a pipe."
NO_RIGHT = "The importing process has no right to read it."
TOO_DEEP = f"It lies more than {DEEPEST} folders deep."
GONE = "It was there a moment ago, and is gone now."
TOO_LONG = "It is longer than {most} bytes."


class Source:
    """``root``: the folder that stands for it. ``refused``: what an archive held and nobody unpacked.

    ``inside``: names of the folders that were stepped into. What lies beside these has paths that begin with ``../``.
    """

    def __init__(self, root: Path, place: Path, refused: Sequence[SourceFile] = (), inside: Sequence[str] = ()) -> None:
        self.root = root
        self._inside = tuple(inside)
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
        for depth, name in enumerate(reversed(self._inside)):
            yield from _beside(self.root.parents[depth], name, "../" * (depth + 1))
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

    def now(self, file: SourceFile) -> SourceFile | None:
        """As it lies there now, itself where nothing changed; None: it is gone."""
        try:
            with self._folder_of(file.path) as (folder, name):
                about = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except FileNotFoundError:
            return None
        except OSError as error:
            return replace(file, problem=_reason(error))
        new = SourceFile(file.path, about.st_size, about.st_mtime_ns, _problem(about.st_mode))
        return file if new == file else new

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

    One folder that leads to it is stepped into. Raises: Unreadable, where it is none of these; OSError.
    """
    if place.is_dir():
        yield _stepped_into(place.resolve(), place, ())
        return
    if not place.is_file():
        raise Unreadable(f"{place}: there is no such file or folder.")
    with unpacked(place, workspace, limits) as (folder, refused):
        yield _stepped_into(folder, place, refused)


def _stepped_into(folder: Path, place: Path, refused: Sequence[SourceFile]) -> Source:
    """The wiki that lies in ``folder``, at its top or in the one folder that leads to it."""
    inside = _way_to_wiki(folder)
    below = "".join(f"{name}/" for name in inside)
    return Source(folder.joinpath(*inside), place, [_without(below, file) for file in refused], inside)


def _way_to_wiki(folder: Path) -> tuple[str, ...]:
    """The names of the folders to it; none where it lies at the top, or nowhere."""
    way: list[str] = []
    while not _is_wiki(folder) and len(way) < DEEPEST_TOP:
        names = list(islice(_folders(folder), MOST_AT_TOP))
        wikis = [name for name in names if _is_wiki(folder / name)]
        following = wikis or names
        if len(following) != 1:
            return ()
        way.append(following[0])
        folder /= following[0]
    return tuple(way) if _is_wiki(folder) else ()


def _folders(folder: Path) -> Iterator[str]:
    """Without those that only tell of others."""
    try:
        with os.scandir(folder) as entries:
            yield from (
                one.name for one in entries if one.is_dir(follow_symlinks=False) and one.name not in OF_COMPUTERS
            )
    except OSError:
        return


def _is_wiki(folder: Path) -> bool:
    return any((folder / name).is_dir() for name in ("data", "pages", "conf"))


def _without(below: str, file: SourceFile) -> SourceFile:
    return replace(file, path=file.path.removeprefix(below))


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


def _walk(folder: int, above: str, depth: int, but: str = "") -> Iterator[SourceFile]:
    """The names of one folder are held at a time, and those of the folders above it."""
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.name != but)
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


def _beside(folder: Path, name: str, above: str) -> Iterator[SourceFile]:
    """What ``folder`` holds but ``name``."""
    top = os.open(folder, FOLDER)
    try:
        yield from _walk(top, above, 0, but=name)
    finally:
        os.close(top)


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
