"""Files, sent as they are or as pictures of another size."""

import hmac
import re
from dataclasses import dataclass
from typing import Self

from flask import Response, abort, redirect, request
from flask.typing import ResponseReturnValue

from app.domain.access import media_scope
from app.domain.errors import NoSuchRevision, NotFound
from app.domain.names import name_of, page_name
from app.domain.picture_sizes import Size
from app.domain.viewer import ANYONE
from app.domain.wiki_tables import sent_as
from app.markup.addresses import media_url, size_query, size_token
from app.services.media import MediaView, find_media
from app.services.permissions import Level, level
from app.services.thumbnails import thumbnail
from app.store.blobs import key_of
from app.web.addresses import about_url, noun, seconds
from app.web.context import current_session, current_settings, current_viewer, current_wiki
from app.web.missing_files import show_missing_file
from app.web.pictures import takes_webp
from app.web.sending import Outgoing, send

bp = noun("media")

# A file is somebody's upload: whatever is in it, it must not act as a page of this wiki.
SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; frame-ancestors 'none'; sandbox"
)
DRAWING = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
# Browsers refuse to show a PDF in a sandbox; their viewers run none of its scripts in this origin.
PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
POLICIES = {"application/pdf": PDF, "image/svg+xml": DRAWING}
MOST_DIGITS = 18  # of a number of pixels, as pages may write it
BAD_NUMBER = -1
OLD_TOKEN = re.compile("[0-9a-f]{6}")  # by which the old wiki signed a size, with a key of its own


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says besides the name. Pixels: 0 for not given, -1 for no number."""

    width: int
    height: int
    fit: bool
    rev: int | None
    cache: str
    token: str

    @classmethod
    def of_request(cls) -> Self:
        given = request.args
        cache = given.get("cache", "cache")
        return cls(
            pixels(given.get("w", "")),
            pixels(given.get("h", "")),
            fit=given.get("fit", "") not in ("", "0"),
            rev=seconds("rev"),
            cache=cache if cache in ("nocache", "recache") else "cache",
            token=given.get("tok", ""),
        )

    @property
    def is_sized(self) -> bool:
        return self.width != 0 or self.height != 0

    def is_signed(self, name: str, secret: bytes) -> bool:
        """Whether the wiki itself asked for this size: whoever may read must not make it work at will."""
        right = size_token(name, self.width, self.height, secret, fit=self.fit, rev=self.rev)
        return BAD_NUMBER not in (self.width, self.height) and hmac.compare_digest(right.encode(), self.token.encode())


@bp.get("/_media/")
def nameless() -> ResponseReturnValue:
    """Raises: BadPageName."""
    page_name("", current_settings())
    abort(400)


@bp.get("/_media/<any_name:name>")
def media(name: str) -> ResponseReturnValue:
    """Nothing is looked up for a size that the wiki did not sign, and nothing said of what may not be read."""
    asked = Asked.of_request()
    if asked.is_sized and not asked.is_signed(name, current_wiki().secret):
        if OLD_TOKEN.fullmatch(asked.token):  # which we cannot check: the whole file, that anybody may ask for as well
            return redirect(about_url("media", name, rev=asked.rev), 301)
        abort(412)
    try:
        file = find_media(current_session(), name, viewer=current_viewer(), rev=asked.rev)
    except NoSuchRevision:
        raise
    except NotFound:
        if "text/html" in request.headers.get("Accept", ""):  # a link was followed; a picture is shown as none
            return show_missing_file(name)
        raise
    if file.name != name:
        return redirect(_address(file.name, asked), 301)
    if not file.sha256:  # an old version whose bytes nobody kept
        raise NoSuchRevision(name=name)
    return _send(file, asked)


def _send(file: MediaView, asked: Asked) -> Response:
    """The bytes, asked for again each time (a file can be replaced, a right taken) and sent only where they changed."""
    wiki = current_wiki()
    outgoing = _resized(file, asked) if asked.is_sized else None
    original = outgoing is None
    sent = _original(file) if outgoing is None else outgoing
    keep = file.is_picture and asked.cache != "nocache"
    response = send(sent, wiki.blobs.objects, wiki.settings, keep=keep)
    response.headers["Content-Security-Policy"] = POLICIES.get(sent.mime, SANDBOX)
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "no-store" if asked.cache == "nocache" else f"{_for_whom(file)}, no-cache"
    if not original or (asked.is_sized and file.is_picture):
        response.vary.add("Accept")
    return response


def _for_whom(file: MediaView) -> str:
    """Others may keep what everybody may read: they must ask before they use it, and rights are asked then."""
    is_open = level(current_session(), ANYONE, media_scope(file.name)) >= Level.READ
    return "public" if is_open else "private"


def _original(file: MediaView) -> Outgoing:
    mime = sent_as(file.mime)
    download = file.download or mime != file.mime
    return Outgoing(
        key_of(file.sha256), file.size, mime, file.sha256, _changed_at(file), name_of(file.name), download=download
    )


def _resized(file: MediaView, asked: Asked) -> Outgoing | None:
    """None: it is sent as it is."""
    accept = request.headers.get("Accept", "")
    size = Size(asked.width, asked.height, fit=asked.fit)
    made = thumbnail(current_wiki().blobs, file, size, accept_webp=takes_webp(accept))
    if made is None:
        return None
    leaf = name_of(file.name)
    if made.mime != file.mime:
        leaf = f"{leaf.rpartition('.')[0] or leaf}.{made.mime.rpartition('/')[2]}"
    tag = made.key.replace("/", "-")
    return Outgoing(made.key, made.size_bytes, made.mime, tag, _changed_at(file), leaf, download=False)


def _changed_at(file: MediaView) -> int | None:
    return file.changed_at if file.revision.seq == 0 else None


def _address(name: str, asked: Asked) -> str:
    query = size_query(
        name, asked.width, asked.height, asked.cache, current_wiki().secret, fit=asked.fit, rev=asked.rev
    )
    return media_url(name, current_settings(), query)


def pixels(digits: str) -> int:
    """Only the way the wiki writes numbers: one size has one address. 0: not given; -1: no number."""
    if not digits or digits == "0":
        return 0
    fine = digits.isascii() and digits.isdigit() and len(digits) <= MOST_DIGITS and not digits.startswith("0")
    return int(digits) if fine else BAD_NUMBER
