"""TAR archives, read from the front to the back and never held."""

import tarfile
from typing import IO, Self

from app.exchange.dokuwiki.unpacking import ABOVE, BROKEN, CHUNK, CUT, SECOND, NoArchive, Refused, Unpacking

BLOCK = 512
NOTES = (tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK)
LONGEST_NOTE = 1 << 20  # bytes that an archive says of one file; read into memory at once
REST = "(the rest of the archive)"
NO_FILE = "It is a link, a device or a pipe: none of these is made."
LONGEST_TAIL = 64 << 20  # bytes after the end mark
SPARSE = "It was packed with its holes left out (--sparse), which is not read; nor is what comes after it."
AFTER_END = "Something comes after the archive's end mark; it is not read."
CHECK = "The check sum at the archive's end does not fit: what was taken may be damaged."
NO_END = "The archive ends or breaks off before its end mark; what came after is missing."


def unpack_tar(stream: IO[bytes], unpacking: Unpacking) -> None:
    """Raises: NoArchive where not even its first entry can be read; OSError where the disk is full."""
    entries = _entries()
    try:
        archive = tarfile.open(fileobj=stream, mode="r|", tarinfo=entries, errors="surrogateescape")  # noqa: SIM115 a stream has nothing to close
    except Refused as error:
        raise NoArchive(error.reason) from error
    except BROKEN as error:
        raise NoArchive from error
    try:
        _take_all(archive, unpacking)
    except Refused as error:
        unpacking.refuse(REST, error.reason)
    except BROKEN as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        unpacking.refuse(REST, CUT)
    else:
        if entries.ended:
            _read_tail(stream, unpacking)
        else:
            unpacking.refuse(REST, NO_END)


def _read_tail(stream: IO[bytes], unpacking: Unpacking) -> None:
    """To the end of what was packed, where its check sum is."""
    left = LONGEST_TAIL
    try:
        while chunk := stream.read(CHUNK):
            left -= len(chunk)
            if left < 0 or chunk.strip(b"\0"):
                unpacking.refuse(REST, AFTER_END)
                return
    except BROKEN:
        unpacking.refuse(REST, CHECK)


class _Entry(tarfile.TarInfo):
    """Notices the end mark, and refuses to read what would fill memory."""

    ended = False

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        cls.ended = len(buf) == BLOCK and not any(buf)
        found = super().frombuf(buf, encoding, errors)
        if found.type in NOTES and found.size > LONGEST_NOTE:
            raise tarfile.ReadError("a note of this length is refused")
        if found.type == tarfile.GNUTYPE_SPARSE:  # its list of holes is read into memory, however long it is
            raise Refused(SPARSE, last=True)
        return found

    def _proc_gnusparse_10(self, *_: object) -> None:
        """The newer way of writing such a list."""
        raise Refused(SPARSE, last=True)


def _entries() -> type[_Entry]:
    """Of one archive: its end is its own."""

    class Entry(_Entry):
        pass

    return Entry


def _take_all(archive: tarfile.TarFile, unpacking: Unpacking) -> None:
    while (entry := archive.next()) is not None:
        archive.members = []  # type: ignore[attr-defined]  # else all of them are kept
        _take(archive, entry, unpacking)


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, unpacking: Unpacking) -> None:
    """Raises: Refused, where nothing after it can be taken."""
    unpacking.count(entry.name)
    if entry.isdir():
        return
    content = archive.extractfile(entry) if entry.isreg() else None
    if content is None:
        unpacking.refuse(entry.name, NO_FILE, entry.size)
        return
    try:
        unpacking.take(entry.name, content, _changed_at(entry))
    except Refused as error:
        if error.last:
            raise
        unpacking.refuse(entry.name, error.reason, entry.size)
    except (UnicodeError, ValueError):
        unpacking.refuse(entry.name, ABOVE, entry.size)


def _changed_at(entry: tarfile.TarInfo) -> int:
    """Nanoseconds UTC; 0 where it tells no time that can be."""
    try:
        return int(entry.mtime * SECOND)
    except (OverflowError, ValueError):
        return 0
