"""The archives that a wiki may come in: told apart by their first bytes, not by their names."""

import bz2
import gzip
import lzma
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from app.exchange.dokuwiki.alone import own_folder
from app.exchange.dokuwiki.model import SourceFile
from app.exchange.dokuwiki.tars import unpack_tar
from app.exchange.dokuwiki.unpacking import CHUNK, Limits, Unpacking
from app.exchange.dokuwiki.zips import unpack_zip


@contextmanager
def unpacked(place: Path, workspace: Path, limits: Limits) -> Iterator[tuple[Path, Sequence[SourceFile]]]:
    """A folder below ``workspace`` with its files, which goes again, and what was refused.

    Raises: Unreadable where it is no archive that can be read; OSError.
    """
    with own_folder(workspace) as folder:
        most = max(limits.small, limits.ratio * place.stat().st_size)
        unpacking = Unpacking(folder, replace(limits, size=min(limits.size, most)))
        with place.open("rb") as file:
            head = file.read(6)
            file.seek(0)
            if head[:2] == b"PK":
                unpack_zip(file, unpacking)
            else:
                unpack_tar(_bare(file, head), unpacking)
        if unpacking.more_refused:
            unpacking.refused.append(SourceFile("(others)", 0, 0, f"{unpacking.more_refused} more were refused."))
        yield unpacking.folder, unpacking.refused


def _bare(file: IO[bytes], head: bytes) -> IO[bytes]:
    """The stream inside of the compression."""
    if head[:2] == b"\x1f\x8b":
        return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]  # it reads as one
    if head[:3] == b"BZh":
        return bz2.BZ2File(file)
    if head[:6] == b"\xfd7zXZ\0":
        return Xz(file)  # type: ignore[return-value]  # of a stream, only ``read`` is asked
    return file


class Xz:
    """What is packed by xz, read within bounds of memory, which an archive could ask gigabytes of."""

    MEMORY = 256 << 20

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._open = lzma.LZMADecompressor(memlimit=self.MEMORY)
        self._left = b""

    def read(self, size: int) -> bytes:
        """Up to ``size`` bytes; b"" at the end. Raises: lzma.LZMAError, EOFError."""
        while True:
            if self._open.eof:
                self._left = self._open.unused_data.lstrip(b"\0") or self._file.read(CHUNK).lstrip(b"\0")
                if not self._left:
                    return b""
                self._open = lzma.LZMADecompressor(memlimit=self.MEMORY)
            data = self._left if self._left or not self._open.needs_input else self._file.read(CHUNK)
            if not data and self._open.needs_input:
                raise EOFError("the packed stream breaks off")
            self._left = b""
            found = self._open.decompress(data, size)
            if found:
                return found
