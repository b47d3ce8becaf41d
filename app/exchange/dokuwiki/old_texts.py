"""Texts of pages as they lie on disk: packed or not, in any encoding."""

import bz2
import gzip
import zlib
from dataclasses import dataclass
from typing import BinaryIO, cast

from app.exchange.dokuwiki.histories import Readable
from app.exchange.dokuwiki.model import Unreadable

MOST_BYTES = 64 * 1024 * 1024  # of one text, unpacked
TOO_LONG = "It is longer than 64 MiB."
BROKEN = "It cannot be unpacked: it is damaged."
LATIN_1 = "It is no UTF-8; it is read as Latin-1."
HALVES = "It holds halves of characters; U+FFFD stands in their place."
NULS = "It holds U+0000; U+FFFD stands in its place."
LINE_ENDS = "Its line ends became those of Unix."


@dataclass(frozen=True, slots=True)
class OldText:
    """``original``: the bytes where they are not ``text`` in UTF-8. ``size``: bytes on disk, unpacked."""

    text: str
    size: int
    original: bytes | None = None
    why: str = ""


def read_text(source: Readable, path: str) -> OldText:
    """Raises: Unreadable."""
    return as_text(source.read(path, MOST_BYTES))


def read_attic(source: Readable, path: str) -> OldText:
    """A text of the attic: ``.gz`` of one or more members, ``.bz2`` or plain. Raises: Unreadable."""
    if not path.endswith((".gz", ".bz2")):
        return read_text(source, path)
    with source.open(path) as stream:
        try:
            with unpacked(stream, path) as bare:
                raw = bare.read(MOST_BYTES + 1)
        except (OSError, EOFError, zlib.error, ValueError):
            raise Unreadable(BROKEN) from None
    if len(raw) > MOST_BYTES:
        raise Unreadable(TOO_LONG)
    return as_text(raw)


def as_text(raw: bytes) -> OldText:
    text, why = _decoded(raw)
    reasons = [why] if why else []
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
        reasons.append(NULS)
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        reasons.append(LINE_ENDS)
    return OldText(text, len(raw), raw if reasons else None, " ".join(reasons))


def _decoded(raw: bytes) -> tuple[str, str]:
    try:
        return raw.decode("utf-8"), ""
    except UnicodeDecodeError:
        pass
    try:  # the old wiki looks at the structure of UTF-8 only
        halves = raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("latin-1"), LATIN_1
    whole = halves.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole, HALVES


def unpacked(stream: BinaryIO, path: str) -> BinaryIO:
    """A text of the attic, packed or not, as its name says."""
    if path.endswith(".gz"):
        return cast(BinaryIO, gzip.GzipFile(fileobj=stream, mode="rb"))
    return cast(BinaryIO, bz2.BZ2File(stream, "rb")) if path.endswith(".bz2") else stream
