"""Whole responses for readers who are not signed in, kept in the process and answered without entering Flask.

A response is kept when its view says so by the header ``X-Lierre-Keep``. It is good while the wiki's version stands,
which is asked on every request: never stale. What changes by itself (a feed of another site) is good until the moment
that ``X-Lierre-Keep-Until`` names, in seconds since 1970. A picture is kept as its view made it (``AS_IS``): with the
tag of its content, not compressed again; and it depends on what the browser takes, not on language and theme.
Source: docs/decisions/0006-fast-path.md
"""

import gzip
import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_cookie

from app.store.version import VersionWatch
from app.web.frame import THEMES
from app.web.i18n import negotiate
from app.web.pictures import WEBP, takes_webp
from app.web.trusted_header import OUTSIDER

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "X-Lierre-Keep"
AS_IS = "as-is"  # its value where tag, Vary and bytes stay those of the view
# In ``environ``: what asks for it will be kept, and compared here. Its value is the method that was asked by.
KEEPS = "lierre.keeps"
UNTIL = "X-Lierre-Keep-Until"
MEMORY = 64 * 1024 * 1024  # bytes of bodies kept in each process
LARGEST = 4 * 1024 * 1024
LONGEST_KEY = 2000
OWN_COOKIES = ("session", "remember_token")  # whoever sends one of these may be somebody
SAYS_WHO = ("HTTP_AUTHORIZATION", OUTSIDER)
VARY = "Accept-Encoding, Accept-Language, Cookie"
OVERHEAD = 1000  # bytes of headers and bookkeeping, about
FILES = "/_media/"
# Asked of a file: parts of it, or a comparison that only the view can make.
PARTIAL = ("HTTP_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
ABSENT_IN_304 = ("content-length", "content-type", "content-encoding")
Key = tuple[str, ...]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Kept:
    """A response, plain and compressed, with the headers of each. ``until``, None: no end but that of its version."""

    version: int
    etag: str
    headers: Headers
    body: bytes
    packed_headers: Headers
    packed: bytes
    until: int | None = None

    @property
    def size(self) -> int:
        return len(self.body) + (0 if self.packed is self.body else len(self.packed)) + OVERHEAD


class Shelf:
    """Responses by key, the least used go first when memory is full."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._free = memory
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Key, version: int) -> Kept | None:
        kept = self._kept.get(key)
        if kept is None or kept.version != version:
            return None
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
        return kept

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._free += before.size if before else 0
            self._kept[key] = kept
            self._free -= kept.size
            while self._free < 0:
                self._free += self._kept.popitem(last=False)[1].size


class FastPath:
    """WSGI middleware. ``build`` changes when code, templates or static files do, so that browsers ask anew."""

    def __init__(
        self,
        app: "WSGIApplication",
        watch: VersionWatch,
        build: str,
        shelf: Shelf | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._app = app
        self._watch = watch
        self._build = build
        self._shelf = Shelf() if shelf is None else shelf
        self._clock = clock

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = _key(environ)
        # Read before the response is made: a change meanwhile makes it old at once, never the other way round.
        version = None if key is None else self._watch.version()
        if key is None or version is None:
            return self._app(environ, _Start(start_response, may_keep=False))
        kept = self._shelf.get(key, version)
        if kept is not None and (kept.until is None or self._clock() < kept.until):
            return _answer(kept, environ, start_response)
        return self._make(key, version, environ, start_response)

    def _make(
        self, key: Key, version: int, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        start = _Start(start_response, may_keep=True)
        # A response is made for GET whichever was asked: HEAD is the same without its body.
        chunks = self._app({**environ, "REQUEST_METHOD": "GET", KEEPS: environ["REQUEST_METHOD"]}, start)
        if not start.kept_back:
            start.may_keep = False
            return chunks if environ["REQUEST_METHOD"] == "GET" else _closed(chunks)
        try:
            body = b"".join(chunks)
        finally:
            _closed(chunks)
        made = start.headers
        kept = as_is(version, made, body) if start.as_is else pack(self._build, version, key, made, body, start.until)
        if len(body) <= LARGEST:
            self._shelf.put(key, kept)
        return _answer(kept, environ, start_response)


class _Start:
    """Takes status and headers of the application, and passes them on at once unless the response is to be kept.

    What is not kept (a film, a long download) flows through and is never collected in memory.
    """

    def __init__(self, start_response: "StartResponse", *, may_keep: bool) -> None:
        self._start_response = start_response
        self.may_keep = may_keep
        self.kept_back = self.as_is = False
        self.headers: Headers = []
        self.until: int | None = None

    def __call__(self, status: str, headers: Headers, error: Any = None, /) -> Callable[[bytes], object]:
        mark = next((value for name, value in headers if name == KEEP), None)
        marked, self.as_is = mark is not None, mark == AS_IS
        personal = any(name.lower() == "set-cookie" for name, _ in headers)
        self.until = next((int(value) for name, value in headers if name == UNTIL), None)
        self.headers = [(name, value) for name, value in headers if name not in (KEEP, UNTIL)] if marked else headers
        self.kept_back = self.may_keep and marked and not personal and status.startswith("200")
        if self.kept_back:
            return _no_write
        return self._start_response(status, self.headers, error)


def pack(build: str, version: int, key: Key, headers: Headers, body: bytes, until: int | None = None) -> Kept:
    """A response with its tag, plain and compressed. The tag is weak: it stands for both."""
    named = "\0".join((build, str(version), *key)).encode("utf-8", "surrogatepass")
    # What changes by itself may be another at the same version.
    digest = hashlib.sha256(named if until is None else named + hashlib.sha256(body).digest()).hexdigest()[:24]
    packed = gzip.compress(body, 6, mtime=0)
    common = [(name, value) for name, value in headers if name.lower() not in ("content-length", "etag", "vary")]
    common += [("ETag", f'W/"{digest}"'), ("Vary", VARY)]
    plain = [*common, ("Content-Length", str(len(body)))]
    small = [*common, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
    return Kept(version, f'W/"{digest}"', plain, body, small, packed, until)


def as_is(version: int, headers: Headers, body: bytes) -> Kept:
    """A response whose view has said all there is to say of it, its tag included."""
    etag = next(value for name, value in headers if name.lower() == "etag")
    return Kept(version, etag, headers, body, headers, body)


def _answer(kept: Kept, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and (kept.etag in known or known == "*"):
        start_response("304 NOT MODIFIED", [(n, v) for n, v in kept.headers if n.lower() not in ABSENT_IN_304])
        return []
    if _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
        headers, body = kept.packed_headers, kept.packed
    else:
        headers, body = kept.headers, kept.body
    start_response("200 OK", list(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


def _takes_gzip(header: str) -> bool:
    # ``q=0`` refuses; a weight such as 0.5 is rare, and plain bytes are right for it too.
    return "gzip" in header and "gzip;q=0" not in header.replace(" ", "")


def _key(environ: "WSGIEnvironment") -> Key | None:
    """What a response depends on; None where this request is not for the shelf."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    cookies = parse_cookie(environ["HTTP_COOKIE"]) if environ.get("HTTP_COOKIE") else {}
    if any(name in cookies for name in OWN_COOKIES) or any(name in environ for name in SAYS_WHO):
        return None
    path = environ.get("PATH_INFO", "")
    where = environ.get("wsgi.url_scheme", "http"), environ.get("HTTP_HOST", ""), path, environ.get("QUERY_STRING", "")
    key = (*where, *(_file_variant(environ) if path.startswith(FILES) else _page_variant(environ, cookies)))
    return key if len(key) > len(where) and sum(map(len, key)) <= LONGEST_KEY else None


def _page_variant(environ: "WSGIEnvironment", cookies: Mapping[str, str]) -> Key:
    theme = cookies.get("theme", "")
    language = negotiate(cookies.get("lang", ""), environ.get("HTTP_ACCEPT_LANGUAGE", ""))
    return language, theme if theme in THEMES else ""


def _file_variant(environ: "WSGIEnvironment") -> Key:
    """What pictures differ in; () where only the view can answer."""
    by_date = "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ
    if by_date or any(name in environ for name in PARTIAL):
        return ()
    return (WEBP if takes_webp(environ.get("HTTP_ACCEPT", "")) else "",)


def _closed(chunks: Iterable[bytes]) -> list[bytes]:
    close: Callable[[], None] | None = getattr(chunks, "close", None)
    if close is not None:
        close()
    return []


def _no_write(_data: bytes) -> None:
    raise TypeError("the old write() of WSGI is not for responses that are kept")
