"""Pictures of other sizes, by Pillow: upright, in sRGB, still moving, and without anything the camera wrote.

A thread cannot be stopped, so the work is bounded before it begins: pixels to decode, passes over them, frames.
"""

import math
import struct
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Condition
from typing import Any, BinaryIO

from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from app.domain.picture_sizes import Plan, Size, plan
from app.domain.signatures import claimed_size

MAX_PIXELS = 100_000_000  # of a picture that is taken at all
MAX_FRAMES = 1_000
MOVING = 100_000_000  # pixels of all frames of a picture that is made moving; of a longer one the first frame is shown
MOVING_MADE = 20_000_000  # … and of all frames of what is made
AT_ONCE = 64_000_000  # pixels that one process decodes at a time; of larger pictures none is made
PASSES = 2_000_000_000  # pixels times scans of a JPEG that comes in many: seconds of work
FEW_SCANS = 8  # one for each colour, and some of previews
JPEGS = ("JPEG", "MPO")  # the second: with more pictures behind, as telephones write them
MAX_PROFILE = 4 * 1024 * 1024  # bytes of a colour profile
WEBP_SIDE = 16_383  # pixels; a limit of the format
WAIT = 5.0  # seconds for room

# What Pillow raises at files that are broken; it promises no more than OSError, and raises all of these.
BROKEN = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    RuntimeError,
    struct.error,
)
Image.MAX_IMAGE_PIXELS = MAX_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")  # of a camera's notes that are broken


@dataclass(frozen=True, slots=True)
class Kind:
    """``format``: what Pillow calls it; ``ending``: of the file made; ``options``: how it is written."""

    format: str
    ending: str
    options: dict[str, Any]


KINDS = {
    "image/jpeg": Kind("JPEG", "jpg", {"quality": 85, "optimize": True, "progressive": True}),
    "image/png": Kind("PNG", "png", {}),
    "image/gif": Kind("GIF", "gif", {}),
    "image/webp": Kind("WEBP", "webp", {"quality": 85}),
}
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Letters and lines of a screenshot fray sooner than a photograph does.
_AS_WEBP = {"JPEG": {"quality": 82}, "PNG": {"quality": 90, "use_sharp_yuv": True}, "GIF": {"quality": 85}}


@dataclass(frozen=True, slots=True)
class Made:
    """Bytes of the picture in its own format, and as WebP where that is smaller."""

    own: bytes
    webp: bytes | None


class PicturesBusy(Exception):
    """Too much is being made in this process just now; later it may go."""


class Room:
    """So many pixels at a time, whoever decodes them: what a process needs of memory is bounded."""

    def __init__(self, pixels: int, patience: float) -> None:
        self.whole = self._free = pixels
        self._patience = patience
        self._changed = Condition()

    @contextmanager
    def taken(self, pixels: int) -> Iterator[None]:
        """Raises: PicturesBusy."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._free >= pixels, self._patience):
                raise PicturesBusy
            self._free -= pixels
        try:
            yield
        finally:
            with self._changed:
                self._free += pixels
                self._changed.notify_all()

    def holds(self, pixels: int) -> bool:
        return pixels <= self.whole


ROOM = Room(AT_ONCE, WAIT)


@dataclass(frozen=True, slots=True)
class _Frames:
    """What is made. ``durations`` in milliseconds; one frame stands still. ``loop``: how often, 0 for ever."""

    pictures: list[Image.Image]
    durations: list[int]
    loop: int | None


def resized(path: Path, mime: str, size: Size) -> Made | None:
    """The picture in ``path``, which says it is ``mime``, in another size. None: it cannot be made.

    Raises:
        PicturesBusy: not now.
        FileNotFoundError.
    """
    kind = KINDS[mime]
    with path.open("rb") as file:
        try:
            with opened(file, (kind.format,)) as picture:
                return _made(picture, file, kind, size)
        except BROKEN:
            return None
        except MemoryError as error:
            raise PicturesBusy from error


def opened(file: BinaryIO, formats: tuple[str, ...]) -> Image.Image:
    """The head of a picture is read, no pixel. Raises: one of ``BROKEN``; of a bomb, DecompressionBombError."""
    head = file.read(32)
    file.seek(0)
    width, height = claimed_size(head) or (0, 0)  # before a decoder makes room for it
    picture = None if width * height > MAX_PIXELS else Image.open(file, formats=formats)
    if picture is None or picture.width * picture.height > MAX_PIXELS:
        raise Image.DecompressionBombError
    return picture


def upright(picture: Image.Image) -> tuple[int, int]:
    """Width and height in pixels as it is shown: a camera that was held sideways only notes that it was."""
    return (picture.height, picture.width) if _lies(picture) else picture.size


def passes(file: BinaryIO, picture: Image.Image) -> int:
    """How often a decoder goes over all pixels; 1 for everything but a JPEG that comes in many scans.

    At most as often as scans begin in its bytes; small pictures inside it, for previews, count as well.
    """
    if picture.format not in JPEGS:
        return 1
    file.seek(0)
    scans = sum(chunk.count(b"\xff\xda") for chunk in iter(lambda: file.read(1024 * 1024), b""))
    file.seek(0)
    return scans if picture.info.get("progressive") or scans > FEW_SCANS else 1


def _lies(picture: Image.Image) -> bool:
    return _orientation(picture) in range(5, 9)


def _orientation(picture: Image.Image) -> int:
    """1 to 8. Pillow itself would unpack a whole PNG to look behind its pixels, and believe XMP, as no browser does."""
    noted = Image.Exif()
    noted.load(picture.info.get("exif", b""))
    found = noted.get(ExifTags.Base.Orientation, 1)
    return found if found in _TURNS else 1


def _made(picture: Image.Image, file: BinaryIO, kind: Kind, size: Size) -> Made | None:
    asked = Size(size.height, size.width, size.fit) if _lies(picture) else size  # turned at the end, when it is small
    todo = plan(*picture.size, asked)
    if todo is None:
        return None
    full = picture.size
    weight = _weight(picture, file, todo)
    if not ROOM.holds(weight):
        return None
    with ROOM.taken(weight):
        return _written(_frames(picture, full, todo), kind)


def _weight(picture: Image.Image, file: BinaryIO, todo: Plan) -> int:
    """Pixels that are in memory at once. Of a JPEG only a part of them is decoded, unless it comes in scans."""
    whole = picture.width * picture.height
    if picture.format not in JPEGS:
        return 2 * whole if picture.format == "WEBP" else whole  # its decoder keeps two canvases of its own
    scans = passes(file, picture)
    if scans * whole > PASSES:
        return ROOM.whole + 1
    left, top, right, bottom = todo.box
    wide, high = picture.width * todo.width / (right - left), picture.height * todo.height / (bottom - top)
    picture.draft(None, (math.ceil(2 * wide), math.ceil(2 * high)))
    return whole if scans > 1 else picture.width * picture.height


def _frames(picture: Image.Image, full: tuple[int, int], todo: Plan) -> _Frames:
    pictures, durations = [_shaped(picture, full, todo)], [_duration(picture)]
    still = _Frames(pictures[:], [0], None)
    if not moves(picture):
        return still
    most = min(MAX_FRAMES, MOVING // (full[0] * full[1]), MOVING_MADE // (todo.width * todo.height))
    for index in range(1, max(most, 1) + 1):
        try:
            picture.seek(index)
        except EOFError:
            return _Frames(pictures, durations, picture.info.get("loop"))
        if index == most or picture.size != full:
            break
        pictures.append(_shaped(picture, full, todo))
        durations.append(_duration(picture))
    return still


def moves(picture: Image.Image) -> bool:
    moving = picture.format in ("GIF", "WEBP", "PNG") and getattr(picture, "is_animated", False)
    return bool(moving) and not picture.info.get("default_image")


def _duration(picture: Image.Image) -> int:
    return max(0, min(int(picture.info.get("duration", 0)), 600_000))


def _shaped(picture: Image.Image, full: tuple[int, int], todo: Plan) -> Image.Image:
    """One frame in its new size, with nothing but pixels."""
    if picture.mode in ("1", "P", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    elif picture.mode.startswith("I"):  # 16 bits: the upper 8 are what a screen shows
        picture = picture.point(lambda value: value / 256).convert("L")
    wide, high = picture.width / full[0], picture.height / full[1]  # less than 1 where a part was decoded
    left, top, right, bottom = todo.box
    box = (left * wide, top * high, min(right * wide, picture.width), min(bottom * high, picture.height))
    small = picture.resize((todo.width, todo.height), Image.Resampling.LANCZOS, box, reducing_gap=2.0)
    turn = _TURNS.get(_orientation(picture))
    small = _in_srgb(small)
    small = small.transpose(turn) if turn is not None else small.copy()
    small.info = {}
    return small


def _in_srgb(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    if profile and len(profile) <= MAX_PROFILE:
        with suppress(
            ImageCms.PyCMSError, OSError, ValueError, TypeError
        ):  # one that is broken, or not for such pixels
            return _by_profile(picture, profile)
    return picture if picture.mode in ("L", "LA", "RGB", "RGBA") else picture.convert("RGB")


def _by_profile(picture: Image.Image, profile: bytes) -> Image.Image:
    source, target = ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB")
    mode = "RGBA" if picture.mode == "RGBA" else "RGB"
    made = ImageCms.profileToProfile(picture, source, target, outputMode=mode)
    if made is None:
        raise ImageCms.PyCMSError
    return made


def _written(frames: _Frames, kind: Kind) -> Made:
    own = _bytes(frames, kind.format, kind.options)
    if kind.format == "WEBP" or max(frames.pictures[0].size) > WEBP_SIDE:
        return Made(own, None)
    webp = _bytes(frames, "WEBP", _AS_WEBP[kind.format])
    return Made(own, webp if len(webp) < len(own) else None)


def _bytes(frames: _Frames, form: str, options: Mapping[str, Any]) -> bytes:
    first, *rest = frames.pictures
    moving: dict[str, Any] = {}
    if rest:
        moving = {"save_all": True, "append_images": rest, "duration": frames.durations}
        if frames.loop is not None or form == "WEBP":  # a GIF that says nothing plays once
            moving["loop"] = 1 if frames.loop is None else frames.loop
        if form == "GIF" and any(frame.has_transparency_data for frame in frames.pictures):
            moving["disposal"] = 2  # what was transparent would show the frame before
    out = BytesIO()
    first.save(out, form, **options, **moving)
    return out.getvalue()
