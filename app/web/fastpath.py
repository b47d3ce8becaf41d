"""Whole responses for readers who are not signed in, kept in the process and answered without entering Flask.

A response is kept when its view says so by the header ``X-Lierre-Keep``. It is good while the wiki's version stands,
which is asked on every request: never stale. Source: docs/decisions/0006-fast-path.md
"""

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from werkzeug.http import parse_cookie

from app.store.version import VersionWatch
from app.web.i18n import negotiate

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

KEEP = "X-Lierre-Keep"
MEMORY = 64 * 1024 * 1024  # bytes of bodies kept in each process
LARGEST = 4 * 1024 * 1024
LONGEST_KEY = 2000
OWN_COOKIES = ("session", "remember_token")  # whoever sends one of these may be somebody
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """A response, plain and compressed, with the headers of each."""

    version: int
    etag: str
    headers: list[tuple[str, str]]
    body: bytes
    packed_headers: list[tuple[str, str]]
    packed: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed) + 1000


class Shelf:
    """Responses by key, the least used go first when memory is full."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._free = memory
        self._lock = threading.Lock()

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

    def __init__(self, app: "WSGIApplication", watch: VersionWatch, build: str, shelf: Shelf | None = None) -> None:
        self._app = app
        self._watch = watch
        self._build = build
        self._shelf = shelf or Shelf()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        key = _key(environ)
        if key is None:
            return self._app(environ, _without_mark(start_response))
        # Read before the response is made: a change meanwhile makes it old at once, never the other way round.
        version = self._watch.version()
        kept = self._shelf.get(key, version)
        if kept is None:
            made = _Made(self._app, environ)
            kept = self._keep(key, version, made)
            if kept is None:
                start_response(made.status, made.headers)
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [made.body]
        return _answer(kept, environ, start_response)

    def _keep(self, key: Key, version: int, made: "_Made") -> Kept | None:
        if not made.wanted or not made.status.startswith("200") or len(made.body) > LARGEST:
            return None
        digest = hashlib.sha256("\0".join((self._build, str(version), *key)).encode()).hexdigest()[:24]
        etag = f'W/"{digest}"'
        packed = gzip.compress(made.body, 6, mtime=0)
        headers = [(n, v) for n, v in made.headers if n.lower() not in ("content-length", "etag", "vary")]
        headers += [("ETag", etag), ("Vary", "Accept-Encoding, Accept-Language, Cookie")]
        plain = [*headers, ("Content-Length", str(len(made.body)))]
        small = [*headers, ("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
        kept = Kept(version, etag, plain, made.body, small, packed)
        self._shelf.put(key, kept)
        return kept


class _Made:
    """The response of the application behind, read to its end."""

    def __init__(self, app: "WSGIApplication", environ: "WSGIEnvironment") -> None:
        self.status = "500 INTERNAL SERVER ERROR"
        self.headers: list[tuple[str, str]] = []
        self.wanted = False
        # A response is made for GET whichever was asked: HEAD is the same without its body.
        chunks = app({**environ, "REQUEST_METHOD": "GET"}, self._start)
        try:
            self.body = b"".join(chunks)
        finally:
            close: Callable[[], None] | None = getattr(chunks, "close", None)
            if close is not None:
                close()

    def _start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        self.status = status
        self.wanted = any(name == KEEP for name, _ in headers) and not any(n == "Set-Cookie" for n, _ in headers)
        self.headers = [(name, value) for name, value in headers if name != KEEP]
        return lambda _data: None


def _answer(kept: Kept, environ: "WSGIEnvironment", start_response: "StartResponse") -> list[bytes]:
    known = environ.get("HTTP_IF_NONE_MATCH", "")
    if known and (kept.etag in known or known == "*"):
        start_response("304 NOT MODIFIED", [(n, v) for n, v in kept.headers if n.lower() not in _ABSENT_IN_304])
        return []
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        headers, body = kept.packed_headers, kept.packed
    else:
        headers, body = kept.headers, kept.body
    start_response("200 OK", list(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]


_ABSENT_IN_304 = ("content-length", "content-type", "content-encoding")


def _key(environ: "WSGIEnvironment") -> Key | None:
    """What a response depends on; None where this request is not for the shelf."""
    if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
        return None
    cookies = parse_cookie(environ.get("HTTP_COOKIE")) if "HTTP_COOKIE" in environ else {}
    if any(name in cookies for name in OWN_COOKIES) or "HTTP_AUTHORIZATION" in environ:
        return None
    key = (
        environ.get("wsgi.url_scheme", "http"),
        environ.get("HTTP_HOST", ""),
        environ.get("PATH_INFO", ""),
        environ.get("QUERY_STRING", ""),
        negotiate(cookies.get("lang", ""), environ.get("HTTP_ACCEPT_LANGUAGE", "")),
        cookies.get("theme", ""),
    )
    return key if sum(map(len, key)) <= LONGEST_KEY else None


def _without_mark(start_response: "StartResponse") -> "StartResponse":
    def start(status: str, headers: list[tuple[str, str]], error: Any = None) -> Any:
        return start_response(status, [(name, value) for name, value in headers if name != KEEP], error)

    return start
