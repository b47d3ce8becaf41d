"""What the bytes of a file tell: whether it is what its ending says, and how large a picture claims to be.

Own table, by the endings that a wiki takes: what a general one recognises, and how surely, is not ours to say.
"""

import re
import struct
from collections.abc import Callable

HEAD = 4096  # bytes of the beginning that are looked at
TAIL = 128 * 1024  # … and of the end: an archive lists there what is in it

Looks = Callable[[bytes, bytes], bool]

_TAGS = re.compile(rb"<(script|a|img|html|body|iframe)[\s>]", re.IGNORECASE)
_PAGE = re.compile(rb"\s*(<!doctype\s+html|<html|<script|<body|<\?php)", re.IGNORECASE)


def looks_like(ending: str, head: bytes, tail: bytes) -> bool:
    """Whether a file of this ending (small letters) may begin and end so; True for endings that are not known here."""
    kinds = _ENDINGS.get(ending, ())
    return not kinds or any(_KINDS[kind](head, tail) for kind in kinds)


def seen(head: bytes, tail: bytes) -> str:
    """What the bytes are, as an abbreviation that is the same in all languages; "" where nothing is known of them."""
    return next((kind for kind, looks in _KINDS.items() if looks(head, tail)), "")


def holds_tags(head: bytes) -> bool:
    """Whether an old browser would take it for a page, whatever type it is sent as: DokuWiki's ``iexssprotect``."""
    return bool(_TAGS.search(head[:256].replace(b"\0", b"")))


def ends_as_zip(tail: bytes) -> bool:
    """Whether the file can be opened as an archive, too: the record at the end of one must reach to the very end."""
    at = tail.rfind(b"PK\x05\x06")
    return at >= 0 and len(tail) >= at + 22 and at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def claimed_size(head: bytes) -> tuple[int, int] | None:
    """Width and height in pixels that the first 32 bytes of a PNG, GIF or WebP claim; None: they do not say."""
    if len(head) < 32:
        return None
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        width, height = struct.unpack_from(">II", head, 16)
        return width, height
    if head.startswith((b"GIF87a", b"GIF89a")):
        width, height = struct.unpack_from("<HH", head, 6)
        return width, height
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return _webp_size(head)
    return None


def _webp_size(head: bytes) -> tuple[int, int] | None:
    if head[12:16] == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if head[12:16] == b"VP8L":
        packed = int.from_bytes(head[21:25], "little")
        return (packed & 0x3FFF) + 1, (packed >> 14 & 0x3FFF) + 1
    if head[12:16] == b"VP8 ":
        width, height = struct.unpack_from("<HH", head, 26)
        return width & 0x3FFF, height & 0x3FFF
    return None


def _starts(*starts: bytes) -> Looks:
    return lambda head, _tail: head.startswith(starts)


def _riff(kind: bytes) -> Looks:
    return lambda head, _tail: head.startswith((b"RIFF", b"RF64")) and head[8:12] == kind


def _zip(head: bytes, _tail: bytes) -> bool:
    return head.startswith((b"PK\x03\x04", b"PK\x05\x06"))


def _office(folder: bytes) -> Looks:
    """Of the new formats of Microsoft: the names of what is in the archive stand at its end, or at its beginning."""

    def looks(head: bytes, tail: bytes) -> bool:
        return _zip(head, tail) and b"[Content_Types].xml" in head + tail and folder in head + tail

    return looks


def _open_document(*kinds: bytes) -> Looks:
    """They begin with their type, not packed."""

    def looks(head: bytes, tail: bytes) -> bool:
        said = head[30:].startswith(
            (b"mimetypeapplication/vnd.oasis.opendocument.", b"mimetypeapplication/vnd.sun.xml.")
        )
        return _zip(head, tail) and said and any(kind in head[:120] for kind in kinds)

    return looks


def _mp3(head: bytes, _tail: bytes) -> bool:
    sound = head.lstrip(b"\0")
    if sound.startswith(b"ID3"):
        return True
    # The head of a frame of layer III: 11 bits set, and neither a rate that does not exist.
    frame = len(sound) > 3 and sound[0] == 0xFF and sound[1] & 0xE6 == 0xE2
    return frame and sound[2] >> 4 not in (0, 15) and sound[2] >> 2 & 3 != 3


def _tar(head: bytes, _tail: bytes) -> bool:
    """The head of its first file holds the sum of its own bytes, wherever it was made."""
    noted = head[148:156].strip(b" \0")
    if len(head) < 512 or not noted or not frozenset(b"01234567").issuperset(noted):
        return False
    return int(noted, 8) == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _matroska(head: bytes, _tail: bytes) -> bool:
    return head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:256]


def _pdf(head: bytes, _tail: bytes) -> bool:
    return b"%PDF-" in head[:1024] and not _PAGE.match(head)


def _vtt(head: bytes, _tail: bytes) -> bool:
    return bool(re.match(rb"(\xef\xbb\xbf)?WEBVTT([ \t\r\n]|\Z)", head))


def _drawing(head: bytes, _tail: bytes) -> bool:
    return b"<svg" in head


def _page(head: bytes, _tail: bytes) -> bool:
    return bool(_PAGE.match(head.removeprefix(b"\xef\xbb\xbf")))


# The special before the general: a Word document is an archive, too.
_KINDS: dict[str, Looks] = {
    "JPEG": _starts(b"\xff\xd8\xff"),
    "PNG": _starts(b"\x89PNG\r\n\x1a\n"),
    "GIF": _starts(b"GIF87a", b"GIF89a"),
    "WebP": _riff(b"WEBP"),
    "ICO": _starts(b"\0\0\1\0"),
    "BMP": lambda head, _tail: head.startswith(b"BM") and head[6:10] == b"\0\0\0\0",
    "TIFF": _starts(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    "AVIF": lambda head, _tail: head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"avis"),
    "PDF": _pdf,
    "DOCX": _office(b"word/"),
    "XLSX": _office(b"xl/"),
    "PPTX": _office(b"ppt/"),
    "ODT": _open_document(b".text", b".xml.writer"),
    "ODS": _open_document(b".spreadsheet", b".xml.calc"),
    "ODP": _open_document(b".presentation", b".xml.impress"),
    "ODG": _open_document(b".graphics", b".xml.draw"),
    "ODC": _open_document(b".chart"),
    "ODF": _open_document(b".formula", b".xml.math"),
    "ODI": _open_document(b".image"),
    "EPUB": lambda head, _tail: head[30:].startswith(b"mimetypeapplication/epub+zip"),
    "ZIP": _zip,
    "GZIP": _starts(b"\x1f\x8b\x08"),
    "BZIP2": lambda head, _tail: bool(re.match(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)", head)),
    "XZ": _starts(b"\xfd7zXZ\0"),
    "ZSTD": _starts(b"\x28\xb5\x2f\xfd"),
    "7Z": _starts(b"7z\xbc\xaf\x27\x1c"),
    "RAR": _starts(b"Rar!\x1a\x07"),
    "RPM": _starts(b"\xed\xab\xee\xdb"),
    "DEB": _starts(b"!<arch>\ndebian"),
    "OLE": _starts(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),  # Word, Excel and PowerPoint before 2007
    "RTF": _starts(b"{\\rtf"),
    "PostScript": _starts(b"%!PS", b"\x04%!PS", b"\xc5\xd0\xd3\xc6"),
    "OGG": _starts(b"OggS"),
    "WAV": _riff(b"WAVE"),
    "FLAC": _starts(b"fLaC"),
    "WebM": _matroska,
    "MP4": lambda head, _tail: head[4:8] == b"ftyp",
    "WebVTT": _vtt,
    "EXE": _starts(b"MZ"),
    "ELF": _starts(b"\x7fELF"),
    "SVG": _drawing,
    "HTML": _page,
    "TAR": _tar,
    "MP3": _mp3,
}

_ENDINGS: dict[str, tuple[str, ...]] = {
    ending: tuple(kinds.split())
    for kinds, endings in {
        "JPEG": "jpg jpeg jpe jfif",
        "PNG": "png apng",
        "GIF": "gif",
        "WebP": "webp",
        "ICO": "ico",
        "BMP": "bmp",
        "TIFF": "tif tiff",
        "AVIF": "avif",
        "PDF": "pdf",
        "DOCX": "docx docm dotx",
        "XLSX": "xlsx xlsm xltx",
        "PPTX": "pptx pptm potx",
        "ODT": "odt ott sxw",
        "ODS": "ods ots sxc",
        "ODP": "odp otp sxi",
        "ODG": "odg otg sxd",
        "ODC": "odc",
        "ODF": "odf sxm",
        "ODI": "odi",
        "EPUB": "epub",
        "ZIP DOCX XLSX PPTX": "zip jar",
        "GZIP": "gz tgz",
        "BZIP2": "bz2 tbz2",
        "XZ": "xz txz",
        "ZSTD": "zst",
        "7Z": "7z",
        "RAR": "rar",
        "RPM": "rpm",
        "DEB": "deb",
        "OLE RTF": "doc dot",
        "OLE": "xls ppt pps vsd msg",
        "RTF": "rtf",
        "PostScript": "ps eps",
        "OGG": "ogg oga ogv opus",
        "WAV": "wav",
        "FLAC": "flac",
        "WebM": "webm",
        "MP4": "mp4 m4v m4a mov",
        "WebVTT": "vtt",
        "TAR": "tar",
        "MP3": "mp3",
    }.items()
    for ending in endings.split()
}
