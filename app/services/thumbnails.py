"""Pictures of the sizes that pages ask for: made once, kept among the objects, shared by all processes and hosts."""

from dataclasses import dataclass

from app.domain.picture_sizes import Size, plan
from app.services.media import MediaView
from app.services.pictures import KINDS, Made, PicturesBusy, resized
from app.store.blobs import DERIVED, Blobs, key_of
from app.store.objects import Entry
from app.store.turns import turn

PATIENCE = 10.0  # seconds to wait for somebody who makes the same picture
WEBP = "webp"


@dataclass(frozen=True, slots=True)
class Thumb:
    """A picture made; its bytes are ``blobs.objects.read(key)``, or lie in ``blobs.objects.path(key)``."""

    key: str
    mime: str
    size_bytes: int


def thumbnail(blobs: Blobs, source: MediaView, size: Size, *, accept_webp: bool) -> Thumb | None:
    """``source`` in this size, as WebP where that is taken and smaller.

    None: the file itself is to be sent. It is no picture of pixels, not larger than asked, asked to be larger than
    ``MAX_SIDE``, cannot be read, or too much else is being made just now.
    """
    if source.mime not in KINDS or source.width is None or source.height is None:
        return None
    if plan(source.width, source.height, size) is None:
        return None
    base = _base(source.sha256, size)
    try:
        found = _find(blobs, base, source.mime, accept_webp=accept_webp)
        if found is None:
            _make(blobs, source, size, base)
            found = _find(blobs, base, source.mime, accept_webp=accept_webp)
    except (OSError, PicturesBusy):  # the file itself may be at hand all the same
        return None
    return found if found and found.size_bytes else None


def _base(sha256: str, size: Size) -> str:
    return f"{DERIVED}/{key_of(sha256)}-{size.width}x{size.height}{'-fit' if size.fit else ''}"


def _find(blobs: Blobs, base: str, mime: str, *, accept_webp: bool) -> Thumb | None:
    """What was made. The own format is written last: where it is, nothing else is to come.

    Of no bytes: it cannot be made, which need not be tried again.
    """
    if accept_webp and (found := _entry(blobs, f"{base}.{WEBP}")):
        return Thumb(found.key, "image/webp", found.size)
    found = _entry(blobs, _own(base, mime))
    return Thumb(found.key, mime, found.size) if found else None


def _own(base: str, mime: str) -> str:
    return f"{base}.{KINDS[mime].ending}"


def _entry(blobs: Blobs, key: str) -> Entry | None:
    try:
        return blobs.objects.find(key)
    except FileNotFoundError:
        return None


def _make(blobs: Blobs, source: MediaView, size: Size, base: str) -> None:
    """Make it, unless somebody else does meanwhile. Raises: OSError, PicturesBusy."""
    own = _own(base, source.mime)
    with turn(blobs.incoming, base, PATIENCE) as mine:
        if not mine or _entry(blobs, own):
            return
        with blobs.at_hand(source.sha256) as path:
            made = resized(path, source.mime, size) or Made(b"", None)
        if made.webp:
            _keep(blobs, f"{base}.{WEBP}", made.webp)
        _keep(blobs, own, made.own)


def _keep(blobs: Blobs, key: str, body: bytes) -> None:
    with blobs.temporary() as path:
        path.write_bytes(body)
        blobs.objects.put(key, path)
