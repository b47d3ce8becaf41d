"""Bytes of files on their way out: whether they changed, which of them, and by whom they are sent.

Whoever calls has asked for the reader's rights already, also for what only asks whether something changed.
"""

import re
import secrets
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote

from flask import Response, request
from werkzeug.http import parse_date

from app.domain.errors import StorageFailed
from app.settings import Settings
from app.store.objects import Objects
from app.web.byte_ranges import Parts, Stretch, content_range, stretches
from app.web.context import now
from app.web.fastpath import AS_IS, KEEP, KEEPS

KEPT = 128 * 1024  # bytes; what is shown and no longer than this can be kept in the process
UNCLEAR = 2  # seconds within which a time does not say which of two files was meant
_ODD = re.compile(r"[^A-Za-z0-9._-]")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One object as it is sent. ``size`` in bytes; ``etag``: another one whenever the bytes are others.

    ``changed_at``: seconds UTC; None where something else was there in the same second.
    """

    key: str
    size: int
    mime: str
    etag: str
    changed_at: int | None
    filename: str
    download: bool


def send(file: Outgoing, objects: Objects, settings: Settings, *, keep: bool) -> Response:
    """The answer to the request at hand: all of ``file``, parts of it, or that it did not change.

    ``keep``: readers without an account may share it.

    Raises: StorageFailed.
    """
    response = Response(mimetype=file.mime)
    response.headers["Content-Disposition"] = disposition(file.filename, download=file.download)
    response.headers["Content-Length"] = str(file.size)
    response.headers["Accept-Ranges"] = "bytes"
    response.set_etag(file.etag)
    if file.changed_at is not None:
        response.last_modified = datetime.fromtimestamp(file.changed_at, UTC)
    if keep and file.size <= KEPT and request.environ.get(KEEPS):
        response.headers[KEEP] = AS_IS  # what asks whether it changed is answered there
        return _whole(response, file, objects)
    response.make_conditional(request.environ)
    if response.status_code != 200:
        response.headers["Content-Length"] = "0"
        return response
    return _handed_over(response, file, objects, settings) or _with_body(response, file, objects)


def disposition(filename: str, *, download: bool) -> str:
    """The header for any name: as ASCII that every browser reads, and as it is (RFC 5987) where that is another."""
    plain = unicodedata.normalize("NFKD", filename).encode("ascii", "ignore").decode()
    plain = _ODD.sub("_", plain).lstrip(".") or "file"
    value = f'{"attachment" if download else "inline"}; filename="{plain}"'
    return value if plain == filename else f"{value}; filename*=UTF-8''{quote(filename, safe='', errors='replace')}"


def _whole(response: Response, file: Outgoing, objects: Objects) -> Response:
    response.set_data(b"".join(_read(file, objects, Stretch(0, file.size))))
    return response


def _handed_over(response: Response, file: Outgoing, objects: Objects, settings: Settings) -> Response | None:
    """The server in front sends it; None where there is none, or the bytes lie on no disk of ours."""
    path = objects.path(file.key) if settings.sendfile else None
    if path is None:
        return None
    told = settings.sendfile_prefix + file.key if settings.sendfile == "X-Accel-Redirect" else str(path)
    response.headers[settings.sendfile] = told
    del response.headers["Content-Length"], response.headers["Accept-Ranges"]  # these are its to say
    return response


def _with_body(response: Response, file: Outgoing, objects: Objects) -> Response:
    asked = request.headers.get("Range", "") if request.method == "GET" and _is_meant(response, file) else ""
    wanted = stretches(asked, file.size) if asked else None
    if wanted is None:
        return _filled(response, file, objects, Stretch(0, file.size))
    if not wanted:
        response.status_code = 416
        response.headers["Content-Range"] = f"bytes */{file.size}"
        response.headers["Content-Length"] = "0"
        return response
    response.status_code = 206
    if len(wanted) > 1:
        return _in_parts(response, file, objects, wanted)
    response.headers["Content-Range"] = content_range(wanted[0], file.size)
    return _filled(response, file, objects, wanted[0])


def _is_meant(response: Response, file: Outgoing) -> bool:
    """Whether a part belongs to the file that the client has begun to fetch (``If-Range``)."""
    known = request.headers.get("If-Range", "").strip()
    if not known or known == response.headers["ETag"]:
        return True
    date = parse_date(known)
    return date is not None and date == response.last_modified and now() - (file.changed_at or 0) > UNCLEAR


def _filled(response: Response, file: Outgoing, objects: Objects, stretch: Stretch) -> Response:
    response.headers["Content-Length"] = str(stretch.size)
    if request.environ.get(KEEPS, request.method) == "GET":
        response.response = _read(file, objects, stretch)
    return response


def _in_parts(response: Response, file: Outgoing, objects: Objects, wanted: tuple[Stretch, ...]) -> Response:
    boundary = secrets.token_hex(16)
    parts = Parts(wanted, file.size, response.headers["Content-Type"], boundary)
    response.headers["Content-Type"] = f"multipart/byteranges; boundary={boundary}"
    response.headers["Content-Length"] = str(parts.size)
    response.response = parts.body(lambda stretch: _read(file, objects, stretch))
    return response


def _read(file: Outgoing, objects: Objects, stretch: Stretch) -> Iterator[bytes]:
    try:
        return objects.read(file.key, stretch.start, stretch.stop)
    except OSError as error:
        raise StorageFailed(reason=error.strerror or "the bytes of this file are not where they should be") from error
