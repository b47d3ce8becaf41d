"""Files as attackers send them, and what becomes of each. Small on disk, whatever they claim."""

import gzip
import struct
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from app.domain.errors import FileRefused, TypeNotTaken
from app.domain.file_errors import (
    BrokenPicture,
    DrawingRefused,
    DrawingTooComplex,
    DrawingWithEntities,
    HoldsTags,
    NotItsType,
    OtherType,
    PackedDrawing,
    RunsOnServers,
    TooManyFrames,
    TooManyPixels,
    TwoInOne,
)


@dataclass(frozen=True, slots=True)
class Attack:
    """``error`` None: it is taken, and harmless as it is kept and sent."""

    label: str
    name: str
    body: bytes
    error: type[FileRefused] | None


def picture(kind: str = "PNG", size: tuple[int, int] = (30, 20), mode: str = "RGB", **options: object) -> bytes:
    out = BytesIO()
    Image.new(mode, size, "green").save(out, kind, **options)
    return out.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int) -> bytes:
    """A few bytes that claim to be a PNG of that size."""
    body = picture()
    return body[:8] + chunk(b"IHDR", struct.pack(">II", width, height) + body[24:29]) + body[33:]


def gif_of(width: int, height: int, frames: int = 1) -> bytes:
    body = picture("GIF")
    first = body.index(b",")
    frame = body[first : body.rindex(b";")]
    frame = frame[:5] + struct.pack("<HH", 1, 1) + frame[9:]
    return body[:6] + struct.pack("<HH", width, height) + body[10:first] + frame * frames + b";"


def webp_of(width: int, height: int) -> bytes:
    body = picture("WEBP", lossless=True)
    head = b"VP8X" + struct.pack("<I", 10) + bytes(4)
    head += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF" + struct.pack("<I", len(body) - 8 + len(head)) + b"WEBP" + head + body[12:]


def jpeg_of(width: int, height: int) -> bytes:
    body = picture("JPEG")
    at = body.index(b"\xff\xc0") + 5
    return body[:at] + struct.pack(">HH", height, width) + body[at + 4 :]


def icon_of(width: int, height: int) -> bytes:
    """An icon of 16 by 16 pixels, whose picture claims more."""
    inside = png_of(width, height)
    entry = bytes((16, 16, 0, 0)) + struct.pack("<HHII", 1, 32, len(inside), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + inside


def crowded_icon() -> bytes:
    """An icon of more pictures than are looked at, the last of them large."""
    inside, number = png_of(9_000, 9_000), 257
    entry = bytes((16, 16, 0, 0)) + struct.pack("<HHII", 1, 32, len(inside), 6 + 16 * number)
    return struct.pack("<HHH", 0, 1, number) + entry * number + inside


def packed_icon(bytes_: int) -> bytes:
    """An icon whose bitmap is packed by run lengths that never reach the end of its line."""
    bitmap = struct.pack("<IIIHHIIIIII", 40, 1, 2, 1, 8, 1, bytes_, 0, 0, 0, 0) + b"\x01\x00" * (bytes_ // 2)
    return struct.pack("<HHH", 0, 1, 1) + bytes((1, 1, 0, 0)) + struct.pack("<HHII", 1, 8, len(bitmap), 22) + bitmap


def archive(**files: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as into:
        for name, body in files.items():
            into.writestr(name, body)
    return out.getvalue()


def drawing(inside: str, before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inside}</svg>'.encode()


HTML = b"<html><body><script>alert(1)</script></body></html>"
LAUGHS = '<!DOCTYPE svg [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {after} "{f"&{before};" * 10}">' for before, after in zip("abcdefgh", "bcdefghi", strict=True)
)
# What acts in a drawing. All of these are taken, and nothing of it is left.
ACTING = {
    "a script": "<script>alert(1)</script>",
    "a script in another namespace": '<x:script xmlns:x="http://www.w3.org/1999/xhtml">alert(1)</x:script>',
    "a handler": '<rect onclick="alert(1)" onload="alert(1)" width="3" height="3"/>',
    "a link that is a script": '<a href="javascript:alert(1)"><text>x</text></a>',
    "an old link that is a script": '<a xmlns:l="http://www.w3.org/1999/xlink" l:href=" javascript:alert(1)"/>',
    "a page inside": '<foreignObject><p xmlns="http://www.w3.org/1999/xhtml"><iframe src="x"/></p></foreignObject>',
    "an animation of a link": '<a><animate attributeName="href" values="javascript:alert(1)"/></a>',
    "an animation of a handler": '<rect><set attributeName="onmouseover" to="alert(1)"/></rect>',
    "a picture from elsewhere": '<image href="https://evil.example/track.png"/>',
    "a use from elsewhere": '<use href="https://evil.example/x.svg#a"/>',
    "a style from elsewhere": '<style>@import url("//evil.example/x.css"); rect{fill:url(//evil.example/a)}</style>',
    "a drawing inside a picture": '<image href="data:image/svg+xml;base64,PHN2Zy8+"/>',
    "a page as data": '<a href="data:text/html,&lt;script>alert(1)&lt;/script>"><text>x</text></a>',
}

ATTACKS = [
    Attack("a page as a picture", "a.png", HTML, OtherType),
    Attack("a page as a drawing", "a.svg", HTML, OtherType),
    Attack("a page as a PDF", "a.pdf", HTML, OtherType),
    Attack("a page with a PDF behind", "a.pdf", HTML + b"%PDF-1.4", OtherType),
    Attack("a page as subtitles", "a.vtt", b"WEBVTT\n\n<script >alert(1)</script>", HoldsTags),
    Attack("a page in UTF-16 as subtitles", "a.vtt", "\ufeff<script >".encode("utf-16-le"), NotItsType),
    Attack("a page", "a.html", HTML, TypeNotTaken),
    Attack("a page in capitals", "A.HTML", HTML, TypeNotTaken),
    Attack("a page of XML", "a.xhtml", HTML, TypeNotTaken),
    Attack("XML", "a.xml", b"<?xml version='1.0'?><x/>", TypeNotTaken),
    Attack("a style sheet of XML", "a.xsl", b"<x/>", TypeNotTaken),
    Attack("a program for servers", "a.php", b"<?php", TypeNotTaken),
    Attack("a program as a picture", "a.gif", b"<?php system($_GET[0]);", OtherType),
    Attack("a program behind the head of a GIF", "a.gif", b"GIF89a<?php system($_GET[0]);", BrokenPicture),
    Attack("a program under two endings", "a.php.jpg", picture("JPEG"), RunsOnServers),
    Attack("… in capitals", "A.PhP.JPG", picture("JPEG"), RunsOnServers),
    Attack("… further in", "a.phtml.b.png", picture(), RunsOnServers),
    Attack("settings of a server", ".htaccess", b"SetHandler x", TypeNotTaken),
    Attack("a program for Windows", "a.zip", b"MZ\x90\0", OtherType),
    Attack("another picture than it says", "a.png", picture("JPEG"), OtherType),
    Attack("… in capitals", "A.PNG", picture("GIF"), OtherType),
    Attack("an ending of nothing but NUL", "a.png\0.html", HTML, TypeNotTaken),
    Attack("a page with a NUL before its ending", "a.html\0.png", HTML, OtherType),
    Attack("an archive as a Word document", "a.docx", archive(words=b"ivy"), OtherType),
    Attack(
        "a spreadsheet as a text",
        "a.odt",
        archive(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"),
        OtherType,
    ),
    Attack("a film as sound", "a.mp3", b"\0\0\0\x18ftypisom" + bytes(16), OtherType),
    Attack("text as sound", "a.mp3", "\ufeffivy".encode("utf-16-le"), NotItsType),
    Attack("nothing at all", "a.png", b"", NotItsType),
    Attack("a picture cut off", "a.png", picture()[:60], BrokenPicture),
    Attack("a photograph cut off", "a.jpg", picture("JPEG", (300, 200))[:-40], BrokenPicture),
    Attack("a picture with a wrong sum", "a.png", picture().replace(b"IDATx", b"IDATy"), BrokenPicture),
    Attack("an archive of programs behind a picture (GIFAR)", "a.gif", picture("GIF") + archive(a=b"x"), TwoInOne),
    Attack("an archive behind a PNG", "a.png", picture() + archive(a=b"x"), TwoInOne),
    Attack("a page behind a picture", "a.png", picture() + HTML, None),
    Attack(
        "a page in the words of a picture",
        "a.png",
        picture()[:33] + chunk(b"tEXt", b"a\0" + HTML) + picture()[33:],
        None,
    ),
    Attack("a PDF with a script", "a.pdf", b"%PDF-1.4\n1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj", None),
    Attack("a PNG of too many pixels", "a.png", png_of(60_000, 60_000), TooManyPixels),
    Attack("a PNG of more pixels than its bytes hold", "a.png", png_of(9_800, 9_800), TooManyPixels),
    Attack("a GIF of too many pixels", "a.gif", gif_of(60_000, 60_000), TooManyPixels),
    Attack("a GIF of too many frames", "a.gif", gif_of(1, 1, 6_000), TooManyFrames),
    Attack("a GIF of many large frames", "a.gif", gif_of(9_000, 9_000, 100), TooManyFrames),
    Attack("a WebP of too many pixels", "a.webp", webp_of(16_000, 16_000), TooManyPixels),
    Attack("a JPEG of too many pixels", "a.jpg", jpeg_of(60_000, 60_000), TooManyPixels),
    Attack("an icon of too many pixels", "a.ico", icon_of(9_000, 9_000), TooManyPixels),
    Attack("an icon of too many pictures", "a.ico", crowded_icon(), TooManyPixels),
    Attack("an icon that is packed", "a.ico", packed_icon(4_000_000), BrokenPicture),
    Attack("a drawing that is packed", "a.svg", gzip.compress(drawing("")), PackedDrawing),
    Attack("a drawing that is cut off", "a.svg", drawing("")[:-3], DrawingRefused),
    Attack("a drawing in UTF-16", "a.svg", drawing("").decode().encode("utf-16"), None),
    Attack("a drawing of laughs", "a.svg", drawing("<text>&i;</text>", LAUGHS + "]>"), DrawingWithEntities),
    Attack(
        "a drawing that reads files",
        "a.svg",
        drawing("<text>&x;</text>", '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        DrawingWithEntities,
    ),
    Attack("a drawing that is deep", "a.svg", drawing("<g>" * 50_000 + "</g>" * 50_000), DrawingTooComplex),
    Attack(
        "a drawing that is wide and deep",
        "a.svg",
        drawing("<g>" * 190 + "<a/>" * 30_000 + "</g>" * 190),
        DrawingTooComplex,
    ),
    Attack("a drawing that is large", "a.svg", drawing(" " * 5_000_000), DrawingTooComplex),
    *(Attack(f"a drawing with {label}", "a.svg", drawing(inside), None) for label, inside in ACTING.items()),
]
