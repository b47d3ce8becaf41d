"""Archives that somebody sends: unpacked as plain files below one folder, within limits, whatever they claim.

What is refused is named with a reason and the rest goes on. Links, devices and folders above are never made; a broken
archive gives what came before the break.
"""

import lzma
import os
import tarfile
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from app.exchange.dokuwiki.model import SourceFile, Unreadable

CHUNK = 256 * 1024
NAME = 255  # bytes of one part of a path
PATH = 3000  # bytes
LATEST = 2**40  # seconds; later than any file was changed
SECOND = 1_000_000_000  # nanoseconds
BROKEN = (
    EOFError,
    OSError,
    zlib.error,
    lzma.LZMAError,
    ValueError,
    zipfile.BadZipFile,
    tarfile.TarError,
    RecursionError,  # of notes about notes about notes in a TAR archive
)
ABOVE = "Its name leads out of the archive, or is no name of a file."
LONG_NAME = f"Its path is longer than {PATH} bytes, a part of it than {NAME}, or it lies too deep."
TWICE = "Its name stands twice in the archive, or is also that of a folder; the first counts."
TOO_MANY = "The archive holds more files than may be taken; this one and all after it are left out."
TOO_MUCH = "The archive unpacks to more bytes than may be taken; this file and all after it are left out."
TOO_LARGE = "It is larger than any file that may be taken."
CUT = "It breaks off or is damaged inside the archive."


class Refused(Exception):
    """One entry. ``last``: nothing after it can be read either."""

    def __init__(self, reason: str, *, last: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.last = last


class NoArchive(Unreadable):
    def __init__(self, why: str = "") -> None:
        super().__init__(
            f"This is no archive that can be read: .tar, .tar.gz, .tar.bz2, .tar.xz or .zip. {why}".strip()
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """Of what an archive unpacks to. ``index``: bytes of a ZIP file's list of contents, which is held in memory.

    ``ratio``: times its own size; where that is little, ``small`` bytes all the same.
    """

    files: int = 2_000_000
    size: int = 1 << 40
    file: int = 8 << 30
    depth: int = 150
    refusals: int = 10_000  # named one by one; of further ones only how many there are
    index: int = 32 << 20
    ratio: int = 100
    small: int = 1 << 30


@dataclass
class Unpacking:
    """``folder``: where files go. ``refused``: what did not."""

    folder: Path
    limits: Limits
    refused: list[SourceFile] = field(default_factory=list)
    names: set[str] = field(default_factory=set)  # of ``refused``
    more_refused: int = 0
    seen: int = 0
    written: int = 0

    def refuse(self, name: str, reason: str, size: int = 0) -> None:
        """Under its name; where that is taken already, with its place in the archive, so that each stands alone."""
        if len(self.refused) >= self.limits.refusals:
            self.more_refused += 1
            return
        raw = name.replace("\0", "\ufffd").encode("utf-8", "surrogateescape")[:PATH]
        shown = raw.decode("utf-8", "replace").lstrip("/") or "(without a name)"
        if reason == TWICE or shown in self.names:
            shown = f"{shown} [entry {self.seen}]"
        self.names.add(shown)
        self.refused.append(SourceFile(shown, size, 0, reason))

    def count(self, name: str) -> None:
        """One entry more, of any kind. Raises: Refused."""
        self.seen += 1
        if self.seen > self.limits.files:
            raise Refused(f"{TOO_MANY} ({name[:100]})", last=True)

    def take(self, name: str, stream: IO[bytes], changed_at: int) -> None:
        """Write one file; ``changed_at``: nanoseconds UTC. Raises: Refused; OSError where the disk is full."""
        path = self.folder.joinpath(*self._parts(name))
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise Refused(TWICE) from error
        try:
            with os.fdopen(file, "wb") as target:
                self._copy(stream, target)
        except Refused:
            path.unlink()
            raise
        at = min(max(changed_at, 0), LATEST * SECOND)
        os.utime(path, ns=(at, at))

    def _parts(self, name: str) -> Sequence[str]:
        parts = [part for part in name.split("/") if part != "."]
        if name.startswith("/") or "\\" in name or "\0" in name or ".." in parts or not parts or "" in parts:
            raise Refused(ABOVE)
        raw = [part.encode("utf-8", "surrogateescape") for part in parts]
        if max(map(len, raw)) > NAME or sum(map(len, raw)) > PATH or len(parts) > self.limits.depth:
            raise Refused(LONG_NAME)
        return parts

    def _copy(self, stream: IO[bytes], target: IO[bytes]) -> None:
        size = 0
        while chunk := _read(stream):
            size += len(chunk)
            self.written += len(chunk)
            if size > self.limits.file:
                raise Refused(TOO_LARGE)
            if self.written > self.limits.size:
                raise Refused(TOO_MUCH, last=True)
            target.write(chunk)


def _read(stream: IO[bytes]) -> bytes:
    try:
        return stream.read(CHUNK)
    except (*BROKEN, NotImplementedError, RuntimeError) as error:
        raise Refused(CUT) from error
