"""ZIP archives. Their list of contents is held in memory, so its length is asked before."""

import calendar
import stat
import struct
import zipfile
from typing import IO

from app.exchange.dokuwiki.unpacking import ABOVE, CUT, SECOND, NoArchive, Refused, Unpacking

END, END_64 = b"PK\x05\x06", b"PK\x06\x07"
END_SIZE, LOCATOR_SIZE, RECORD_SIZE, COMMENT = 22, 20, 56, 65535
UNKNOWN = 0xFFFFFFFF
TIMES = 0x5455  # the extra field that tells times in UTC
ENCRYPTED = "It is encrypted. Unpack the archive with its password, and import the folder."
NO_FILE = "It is a link or a device: none of these is made."
LONG = "It lists more files than may be taken; pack it as .tar.gz."


def unpack_zip(file: IO[bytes], unpacking: Unpacking) -> None:
    """Raises: NoArchive; OSError where the disk is full."""
    if _length_of_list(file) > unpacking.limits.index:
        raise NoArchive(LONG)
    try:
        with zipfile.ZipFile(file) as archive:
            for entry in archive.infolist():
                if not _take(archive, entry, unpacking):
                    return
    except (zipfile.BadZipFile, struct.error, UnicodeError, NotImplementedError) as error:
        raise NoArchive from error


def _length_of_list(file: IO[bytes]) -> int:
    """Bytes of the list of contents, as the archive's end tells. Raises: NoArchive."""
    size = file.seek(0, 2)
    start = max(0, size - END_SIZE - COMMENT - LOCATOR_SIZE)
    file.seek(start)
    tail = file.read()
    at = tail.rfind(END)
    if at < 0 or len(tail) < at + END_SIZE:
        raise NoArchive
    length = int.from_bytes(tail[at + 12 : at + 16], "little")
    if tail[at - LOCATOR_SIZE : at - LOCATOR_SIZE + 4] == END_64:
        told = int.from_bytes(tail[at - 12 : at - 4], "little")
        before = size - len(tail) + at - LOCATOR_SIZE - RECORD_SIZE  # where ``zipfile`` looks, whatever is told
        length = max(length if length != UNKNOWN else 0, _length_64(file, min(told, size)), _length_64(file, before))
    file.seek(0)
    return length


def _length_64(file: IO[bytes], at: int) -> int:
    file.seek(max(0, at))
    return int.from_bytes(file.read(RECORD_SIZE)[40:48], "little")


def _take(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacking: Unpacking) -> bool:
    """False where nothing after it may be taken."""
    try:
        unpacking.count(entry.filename)
        if not entry.is_dir():
            _take_file(archive, entry, unpacking)
    except Refused as error:
        unpacking.refuse(entry.filename, error.reason, entry.file_size)
        return not error.last
    return True


def _take_file(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, unpacking: Unpacking) -> None:
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG):
        raise Refused(NO_FILE)
    if entry.flag_bits & 1:
        raise Refused(ENCRYPTED)
    if "\0" in entry.orig_filename or "\\" in entry.orig_filename:
        raise Refused(ABOVE)
    try:
        content = archive.open(entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, struct.error) as error:
        raise Refused(CUT) from error
    with content:
        unpacking.take(entry.filename, content, _changed_at(entry) * SECOND)


def _changed_at(entry: zipfile.ZipInfo) -> int:
    """Seconds UTC: as the archive tells them, else its local time taken for UTC."""
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack("<HH", extra[:4])
        if kind == TIMES and length >= 5 and extra[4] & 1:
            return max(0, int.from_bytes(extra[5:9], "little", signed=True))
        extra = extra[4 + length :]
    try:
        return max(0, calendar.timegm((*entry.date_time, 0, 0, 0)))
    except (ValueError, OverflowError):
        return 0
