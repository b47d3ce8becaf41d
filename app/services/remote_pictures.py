"""Pictures of other sites, asked for by the wiki: their servers learn nothing of its readers.

Only hosts on a list are asked, and only for addresses that a page of this wiki holds (whoever calls has checked the
token). What is no whole picture is not kept, whatever the server calls it.
"""

import hashlib
import logging
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from app.domain.errors import FileRefused, NotFound, StorageFailed
from app.domain.internet import HostList, place_of
from app.domain.picture_sizes import Size
from app.services.feeds import FETCHER
from app.services.fetching import Fetcher, FetcherBusy, FetchFailed, Limits
from app.services.picture_checks import measure
from app.services.pictures import PicturesBusy, resized
from app.services.setting_rows import load_settings
from app.store.blobs import FETCHED, Blobs, key_of
from app.store.objects import Entry
from app.store.turns import turn

LIMITS = Limits(size=10 * 1024 * 1024, seconds=5)
ACCEPT = "image/webp, image/png, image/jpeg, image/gif"
KEPT = 24 * 3600  # seconds until it is asked for again
RETRY = 600  # seconds until one that could not be had is asked for again
PATIENCE = 2.0  # seconds to wait for somebody who asks for the same picture
HEAD = 16  # bytes
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RemotePicture:
    """Its bytes are ``blobs.objects.read(key)``. ``fetched_at``: seconds UTC."""

    key: str
    size: int
    mime: str
    fetched_at: int


def remote_picture(session: Session, blobs: Blobs, url: str, size: Size, *, now: int) -> RemotePicture:
    """What ``url`` shows, in this size if that is smaller; fetched if it is not here or more than a day old.

    Raises:
        NotFound: its host is not listed (any more), or there is no picture.
        FetcherBusy: too much is being fetched at this moment; try again.
        StorageFailed.
    """
    hosts = HostList.parse(load_settings(session).picturehosts)
    place, fetcher = place_of(url), session.info.get(FETCHER)
    if place is None or fetcher is None or not hosts.allows(place.host):
        raise NotFound(name=url)
    session.commit()  # nothing is open while we wait for others
    key = f"{FETCHED}/{key_of(hashlib.sha256(url.encode()).hexdigest())}"
    try:
        found = _fresh(blobs, key, now) or _fetched(blobs, fetcher, hosts, url, key, now)
        if not found.size:
            raise NotFound(name=url)
        mime = _mime(b"".join(blobs.objects.read(key, 0, HEAD)))
        sized = _sized(blobs, found, mime, size) if size.width or size.height else found
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the disk did not take the file") from error
    return RemotePicture(sized.key, sized.size, mime, int(sized.written_at))


def _fresh(blobs: Blobs, key: str, now: float) -> Entry | None:
    """What is here and need not be asked for again. Of no bytes: there was no picture."""
    try:
        found = blobs.objects.find(key)
    except FileNotFoundError:
        return None
    return found if found.written_at > now - (KEPT if found.size else RETRY) else None


def _fetched(blobs: Blobs, fetcher: Fetcher, hosts: HostList, url: str, key: str, now: int) -> Entry:
    """Raises: FetcherBusy, OSError."""
    with turn(blobs.incoming, key, PATIENCE) as mine:
        if not mine:
            raise FetcherBusy
        if found := _fresh(blobs, key, now):  # whoever had the turn before us
            return found
        with fetcher.turn(), blobs.temporary() as path:
            path.write_bytes(_asked(fetcher, hosts, url))
            if path.stat().st_size and not _is_picture(path):
                _log.warning("picture %s: the answer is none", url)
                path.write_bytes(b"")
            blobs.objects.put(key, path)
    return blobs.objects.find(key)


def _asked(fetcher: Fetcher, hosts: HostList, url: str) -> bytes:
    """Raises: FetcherBusy."""
    try:
        return fetcher.get(url, hosts, LIMITS, accept=ACCEPT).body
    except FetcherBusy:
        raise
    except FetchFailed as error:
        _log.warning("picture %s: %s", url, error)
        return b""


def _is_picture(path: Path) -> bool:
    """Whether all of it can be shown. Raises: FetcherBusy: too many others are being looked at."""
    with path.open("rb") as file:
        mime = _mime(file.read(HEAD))
        file.seek(0)
        try:
            return bool(mime) and min(measure(file, mime)) > 0
        except PicturesBusy as error:
            raise FetcherBusy from error
        except FileRefused:
            return False


def _mime(head: bytes) -> str:
    """By the first bytes: what the other server says is never repeated. "" for what is not taken."""
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return "image/webp"
    signs = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}
    return next((mime for sign, mime in signs.items() if head.startswith(sign)), "")


def _sized(blobs: Blobs, whole: Entry, mime: str, size: Size) -> Entry:
    """Made once from each fetch; ``whole`` where it is no larger, or cannot be made now."""
    key = f"{whole.key}-{size.width}x{size.height}"
    try:
        found = blobs.objects.find(key)
    except FileNotFoundError:
        found = None
    if found is None or found.written_at < whole.written_at:
        try:
            found = _resize(blobs, whole, key, mime, size)
        except PicturesBusy:
            return whole
    return found if found.size else whole


def _resize(blobs: Blobs, whole: Entry, key: str, mime: str, size: Size) -> Entry:
    """Raises: PicturesBusy, OSError."""
    with blobs.temporary() as source, blobs.temporary() as target:
        source.write_bytes(b"".join(blobs.objects.read(whole.key)))
        made = resized(source, mime, size)
        target.write_bytes(made.own if made else b"")
        blobs.objects.put(key, target)
    return blobs.objects.find(key)
