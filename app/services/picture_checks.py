"""Whether a picture that was sent is one, whole, and not more than can be shown."""

import mmap
import os
from typing import BinaryIO

from PIL import Image

from app.domain.file_errors import BrokenPicture, TooManyFrames, TooManyPixels, TwoInOne
from app.domain.gif_frames import count_frames
from app.domain.signatures import ends_as_zip
from app.services.pictures import (
    AT_ONCE,
    BROKEN,
    JPEGS,
    MAX_PIXELS,
    PASSES,
    ROOM,
    PicturesBusy,
    opened,
    passes,
    upright,
)

FORMATS = {
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/gif": "GIF",
    "image/webp": "WEBP",
    "image/vnd.microsoft.icon": "ICO",
    "image/x-icon": "ICO",
    "image/bmp": "BMP",
    "image/avif": "AVIF",
}
MAX_FRAMES = 5_000
MAX_MOVING = 5_000_000_000  # pixels of all frames
DECODED = 8_000_000  # pixels; of a larger picture no pixel is looked at, unless that is cheap
PACKED = 1_032  # bytes that one byte of a PNG stands for, at most
MOST_ICONS = 256
PLAIN = (b"\0\0\0\0", b"\3\0\0\0")  # bitmaps that are not packed: unpacking them takes Pillow half a minute for 50 MiB
ICON_SIDE = 1_024  # pixels; the pictures in an icon are packed each on its own


def measure(file: BinaryIO, mime: str) -> tuple[int, int]:
    """Width and height in pixels, as it is shown.

    Raises:
        BrokenPicture: it cannot be read, or is not whole.
        TooManyPixels, TooManyFrames.
    """
    try:
        if FORMATS[mime] == "ICO":
            _require_small_icon(file)
        if FORMATS[mime] == "BMP" and file.read(34)[30:34] not in PLAIN:
            raise BrokenPicture
        file.seek(0)
        with opened(file, (FORMATS[mime],)) as picture:
            size = upright(picture)
            _require_few_frames(file, picture)
            _require_whole(file, picture)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(limit=MAX_PIXELS // 1_000_000) from error
    except (*BROKEN, MemoryError) as error:
        raise BrokenPicture from error
    return size


def require_one(tail: bytes) -> None:
    """Raises: TwoInOne: the picture can be opened as an archive, too."""
    if ends_as_zip(tail):
        raise TwoInOne


def _require_few_frames(file: BinaryIO, picture: Image.Image) -> None:
    frames = _frames(file, picture)
    if frames > MAX_FRAMES or frames * picture.width * picture.height > MAX_MOVING:
        raise TooManyFrames(limit=MAX_FRAMES)


def _frames(file: BinaryIO, picture: Image.Image) -> int:
    if picture.format == "GIF":  # it says nowhere how many, and Pillow takes its time to find out
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            return count_frames(data, MAX_FRAMES)
    return int(getattr(picture, "n_frames", 1)) if picture.format in ("WEBP", "PNG", "AVIF") else 1


def _require_small_icon(file: BinaryIO) -> None:
    """Before it is opened, which unpacks it.

    Raises: DecompressionBombError: a picture inside claims many pixels. BrokenPicture: a bitmap inside is packed.

    What holds more pictures than any program writes is refused, too: all of them would have to be looked at.
    """
    head = file.read(6 + 16 * MOST_ICONS)
    pictures = int.from_bytes(head[4:6], "little")
    if pictures > MOST_ICONS:
        raise Image.DecompressionBombError
    for at in range(6, 6 + 16 * pictures, 16):
        file.seek(int.from_bytes(head[at + 12 : at + 16], "little"))
        inside = file.read(24)
        png = inside.startswith(b"\x89PNG")
        if not png and inside[16:20] not in PLAIN:
            raise BrokenPicture
        sides = (inside[16:20], inside[20:24]) if png else (inside[4:8], inside[8:12])
        if any(int.from_bytes(side, "big" if png else "little") > ICON_SIDE * (1 if png else 2) for side in sides):
            raise Image.DecompressionBombError
    file.seek(0)


def _require_whole(file: BinaryIO, picture: Image.Image) -> None:
    """Every pixel is unpacked where that is cheap; of a PNG, its check sums are. Raises: one of ``BROKEN``."""
    if picture.format == "PNG":
        if picture.width * picture.height // 8 > PACKED * file.seek(0, os.SEEK_END):
            raise Image.DecompressionBombError
        file.seek(0)
        with opened(file, ("PNG",)) as again:  # which must not have been used before
            again.verify()
        return
    pixels = picture.width * picture.height
    if picture.format in JPEGS:
        scans = passes(file, picture)
        if scans * pixels > PASSES or (scans > 1 and pixels > AT_ONCE):
            return
        weight = pixels if scans > 1 else pixels // 64
        picture.draft(None, (1, 1))  # an eighth of each side
    elif pixels > DECODED:
        return
    else:
        weight = pixels
    try:
        with ROOM.taken(weight):
            picture.load()
    except PicturesBusy:  # this is a service to whoever sent it, nothing more
        return
