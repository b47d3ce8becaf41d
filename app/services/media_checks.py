"""What a file must be to be taken: of an allowed type, and really of the type that its name says."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from app.domain.errors import FileRefused, TypeNotTaken
from app.domain.tables import FileType
from app.services.picture_fields import written_fields
from app.store.blobs import Received

Types = Mapping[str, FileType]
OTHER = FileType("application/octet-stream", download=True)
MAX_PIXELS = 100_000_000
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "ICO")


@dataclass(frozen=True, slots=True)
class Checked:
    """What is known of a file that may be kept. ``width`` and ``height`` in pixels, of pictures only."""

    mime: str
    width: int | None = None
    height: int | None = None
    fields: str = "{}"


def check(received: Received, name: str, types: Types, *, any_type: bool) -> Checked:
    """Raises: FileRefused."""
    kind = type_of(name, types) if any_type else allowed_type(name, types)
    width, height = _pixels(received.path, kind) or (None, None)
    return Checked(kind.mime, width, height, written_fields(received.path, kind.mime))


def type_of(name: str, types: Types) -> FileType:
    return types.get(name.rpartition(".")[2], OTHER) if "." in name else OTHER


def allowed_type(name: str, types: Types) -> FileType:
    """What the name alone says; nothing of the content is known yet. Raises: FileRefused."""
    kind = type_of(name, types)
    if kind is OTHER:
        known = ", ".join(sorted(types))
        raise TypeNotTaken(endings=known)
    return kind


def _pixels(path: Path, kind: FileType) -> tuple[int, int] | None:
    """Width and height; only the head of the file is read, so that a picture bomb stays packed."""
    if not kind.mime.startswith("image/") or kind.mime == "image/svg+xml":
        return None
    try:
        with Image.open(path, formats=FORMATS) as picture:
            width, height = picture.size
            found = Image.MIME.get(picture.format or "", "")
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise FileRefused(reason="This file is no picture that can be read. Save it anew and try again.") from error
    except Image.DecompressionBombWarning as error:
        raise FileRefused(reason="This picture has too many pixels. Make it smaller.") from error
    if width * height > MAX_PIXELS:
        raise FileRefused(reason="This picture has too many pixels. Make it smaller.")
    if kind.mime not in (found, "image/vnd.microsoft.icon"):
        raise FileRefused(reason=f"The name says {kind.mime}, the content is {found}. Rename the file.")
    return width, height
