"""What a file must be to be taken: of an allowed type, and really of the type that its name says."""

import codecs
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import BinaryIO

from app.domain.errors import FileRefused, TypeNotTaken
from app.domain.file_errors import (
    DrawingRefused,
    HoldsTags,
    NotItsType,
    NotText,
    OtherType,
    PackedDrawing,
    RunsOnServers,
)
from app.domain.signatures import HEAD, TAIL, holds_tags, looks_like, seen
from app.domain.tables import FileType
from app.domain.upload_names import ending
from app.services import drawings
from app.services.picture_checks import FORMATS, measure, require_one
from app.services.picture_fields import written_fields
from app.store.blobs import Blobs, Received

Types = Mapping[str, FileType]
OTHER = FileType("application/octet-stream", download=True)
SVG = "image/svg+xml"
# Endings that a web server may run wherever they stand in a name, if somebody puts it in front of the files.
RUN = frozenset(
    re.findall(
        r"\w+",
        "php php3 php4 php5 php6 php7 php8 pht phtml phps phar shtml shtm stm cgi fcgi pl py rb sh asp aspx ashx asmx"
        " asa cer jsp jspx jspf cfm cfc htaccess htpasswd",
    )
)
_TEXTS = frozenset({"application/json", "application/xml", "application/javascript", "application/yaml"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a file that may be kept. ``width`` and ``height`` in pixels as shown, of pictures only.

    ``body``: to be kept in place of the bytes that came; None: those.
    """

    mime: str
    width: int | None = None
    height: int | None = None
    fields: str = "{}"
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class _Look:
    """A file while it is looked at; ``ending`` is that of its name."""

    file: BinaryIO
    ending: str
    mime: str
    head: bytes
    tail: bytes


def check(received: Received, name: str, types: Types, *, any_type: bool) -> Checked:
    """Look into a file that is to be called ``name``.

    ``any_type``: nothing is refused or changed; where the content is not what the name says, it is ``OTHER``.

    Raises:
        FileRefused: one of those in ``file_errors``, with words that say what to do.
    """
    kind = type_of(name, types) if any_type else allowed_type(name, types)
    with received.path.open("rb") as file:
        head = file.read(HEAD)
        file.seek(max(0, received.size - TAIL))
        look = _Look(file, ending(name), kind.mime, head, file.read())
        file.seek(0)
        checked = _as_it_is(look) if any_type else _as_it_must_be(look)
    return replace(checked, fields=written_fields(received.path, checked.mime))


@contextmanager
def to_keep(blobs: Blobs, received: Received, checked: Checked) -> Iterator[Received]:
    """The bytes that are kept: those that came, or the clean ones in their place. Raises: OSError."""
    if checked.body is None:
        yield received
    else:
        with blobs.receive(BytesIO(checked.body), limit=len(checked.body)) as clean:
            yield clean


def type_of(name: str, types: Types) -> FileType:
    return types.get(name.rpartition(".")[2], OTHER) if "." in name else OTHER


def allowed_type(name: str, types: Types) -> FileType:
    """What the name alone says; nothing of the content is known yet. Raises: FileRefused."""
    inner = next((part for part in name.rpartition(":")[2].split(".")[1:-1] if part in RUN), None)
    if inner is not None:
        raise RunsOnServers(part=inner)
    kind = type_of(name, types)
    if kind is OTHER:
        known = ", ".join(sorted(types))
        raise TypeNotTaken(endings=known)
    return kind


def _as_it_must_be(look: _Look) -> Checked:
    if look.mime == SVG:
        return Checked(look.mime, body=_cleaned(look))
    _require_type(look)
    if look.mime in FORMATS:  # of these, tags can only stand among what the picture says of itself
        require_one(look.tail)
        return Checked(look.mime, *measure(look.file, look.mime))
    if not _is_page(look.mime) and holds_tags(look.head):
        raise HoldsTags
    return Checked(look.mime)


def _as_it_is(look: _Look) -> Checked:
    try:
        _require_type(look)
    except FileRefused:
        return Checked(OTHER.mime)
    if look.mime == SVG and not (os.fstat(look.file.fileno()).st_size <= drawings.MAX_BYTES and _is_drawing(look)):
        return Checked(OTHER.mime)
    try:
        size = measure(look.file, look.mime) if look.mime in FORMATS else (None, None)
    except FileRefused:  # damaged or very large: the browser shows what it can
        size = (None, None)
    return Checked(look.mime, *size)


def _require_type(look: _Look) -> None:
    """Raises: OtherType, NotItsType, NotText."""
    if not looks_like(look.ending, look.head, look.tail):
        found = seen(look.head, look.tail)
        raise OtherType(ending=look.ending, found=found) if found else NotItsType(ending=look.ending)
    if _is_text(look.mime) and not _reads_as_text(look.file):
        raise NotText(ending=look.ending)


def _cleaned(look: _Look) -> bytes:
    """Raises: FileRefused."""
    if look.head.startswith(b"\x1f\x8b"):
        raise PackedDrawing
    body = look.file.read(drawings.MAX_BYTES + 1)
    try:
        return drawings.cleaned(body)
    except DrawingRefused as error:
        found = seen(look.head, look.tail)
        if found not in ("", "SVG"):
            raise OtherType(ending=look.ending, found=found) from error
        raise


def _is_text(mime: str) -> bool:
    return mime.startswith("text/") or mime in _TEXTS or (mime.endswith(("+xml", "+json")) and mime != SVG)


def _is_page(mime: str) -> bool:
    """What has tags by its nature. It is never shown in place, see ``wiki_tables.is_shown``."""
    return mime in ("text/html", "text/xml", "application/xml") or mime.endswith("+xml")


def _reads_as_text(file: BinaryIO) -> bool:
    """No byte that no text has, in whatever encoding; UTF-16 says what it is at its beginning."""
    file.seek(0)
    wide = file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
    file.seek(0)
    if not wide:
        return not any(b"\0" in chunk for chunk in _chunks(file))
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        return not any("\0" in decoder.decode(chunk) for chunk in _chunks(file)) and not decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False


def _is_drawing(look: _Look) -> bool:
    return drawings.is_drawing(look.file.read(drawings.MAX_BYTES))


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    return iter(lambda: file.read(1024 * 1024), b"")
