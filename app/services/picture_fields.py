"""What a picture that came in says of itself: its title, who took it, when, with which camera."""

import json
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from app.domain import picture_fields
from app.domain.jpeg_parts import Parts, split
from app.domain.picture_fields import read_exif_fields

JPEG = "image/jpeg"
LONGEST_HEAD = 8 * 1024 * 1024  # bytes before the picture data that are looked through
LONGEST_EXIF = 1024 * 1024
_OTHERS = {"image/png": "PNG", "image/webp": "WEBP"}


def fields_of(path: Path, mime: str) -> dict[str, str]:
    """By our names, see ``app.domain.picture_fields``; what does not read says nothing."""
    try:
        if mime == JPEG:
            return picture_fields.read_fields(read_parts(path).parts)
        if mime in _OTHERS:
            return _of_others(path, _OTHERS[mime])
    except ValueError:
        return {}
    return {}


def written_fields(path: Path, mime: str) -> str:
    """The same as it is stored."""
    return json.dumps(fields_of(path, mime), ensure_ascii=False)


def read_parts(path: Path) -> Parts:
    """Of a JPEG. Raises: ValueError: it is none, or too much stands before its picture."""
    with path.open("rb") as file:
        return split(file.read(LONGEST_HEAD))


def _of_others(path: Path, kind: str) -> dict[str, str]:
    try:
        with Image.open(path, formats=(kind,)) as picture:
            data = picture.info.get("exif", b"")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return {}
    return read_exif_fields(data[:LONGEST_EXIF]) if isinstance(data, bytes) and data else {}
