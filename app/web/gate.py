"""Slow clients may hold some of the server's threads, never all of them.

A form that is sent byte by byte, or a download that is not read, keeps a thread for as long as its client likes: there
is no way to stop waiting. So only so many requests may wait for a body, and so many answers be streamed, at once in one
process; the next one is told to come back. Pages, which are handed to the server whole, go on being read.

Uploads take longest, so they never have the last place: a text can always be saved.
"""

import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from io import BytesIO
from itertools import chain
from queue import Empty, SimpleQueue
from typing import IO, TYPE_CHECKING, Any

from app.settings import THREADS

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

SLOTS = THREADS * 3 // 8  # for each direction: a quarter of the threads stays free
CHUNK = 64 * 1024
WHOLE = 4 * 1024 * 1024  # bytes; an answer up to this length is handed over whole
BUSY = "Too many are sending or fetching long files right now. Try again in a moment.\n"
CUT = "The request ended before its end. Send it again.\n"
_TRANSFER = "HTTP_TRANSFER_ENCODING"
NO_LENGTH = "This wiki takes no request that does not say its length.\n"


class Gate:
    """WSGI middleware. ``longest``: bytes of a body; what is announced as longer is left for Flask to refuse unread.

    ``uploads``: the address below which files are sent. Those of up to ``longest_upload`` bytes are handed on as they
    come, with a place of theirs for as long as they are waited for.
    """

    def __init__(
        self, app: "WSGIApplication", *, longest: int, slots: int = SLOTS, uploads: str = "", longest_upload: int = 0
    ) -> None:
        self._app = app
        self._longest = longest
        self._uploads = uploads
        self._longest_upload = longest_upload
        self._files = threading.BoundedSemaphore(max(1, slots - 1))
        self._bodies = threading.BoundedSemaphore(slots)
        self._streams = Places(slots)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if self._brings_files(environ):
            return self._take_files(environ, start_response)
        refusal = self._take_body(environ) if "CONTENT_LENGTH" in environ or _TRANSFER in environ else None
        if refusal:
            return _refuse(start_response, *refusal)
        return self._answer(environ, start_response)

    def _answer(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        started = _Started()
        answer = self._app(environ, started)
        if isinstance(environ["wsgi.input"], BytesIO):
            environ["wsgi.input"].close()  # request and environ hold each other: the body would wait for the collector
        if not isinstance(answer, list):
            return self._hand_over(answer, started, start_response)
        start_response(*started.given)
        return answer

    def _brings_files(self, environ: "WSGIEnvironment") -> bool:
        announced, path = environ.get("CONTENT_LENGTH") or "", environ.get("PATH_INFO", "")
        is_upload = bool(self._uploads) and (path == self._uploads or path.startswith(f"{self._uploads}/"))
        is_sent = is_upload and environ["REQUEST_METHOD"] == "POST" and _TRANSFER not in environ
        return is_sent and announced.isascii() and announced.isdigit() and int(announced) <= self._longest_upload

    def _take_files(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Read by whoever knows whether they are welcome; a short body is read before, as any."""
        with ExitStack() as places:
            for place in (self._files, self._bodies):
                if not place.acquire(blocking=False):
                    return _refuse(start_response, "503 SERVICE UNAVAILABLE", BUSY)
                places.callback(place.release)
            length = int(environ["CONTENT_LENGTH"])
            if length <= self._longest:
                environ["wsgi.input"], missing = _read(environ["wsgi.input"], length)
                if missing:
                    return _refuse(start_response, "400 BAD REQUEST", CUT)
                places.close()
            environ.pop("wsgi.input_terminated", None)  # so that its end is found by its length, and missed if cut
            return self._answer(environ, start_response)

    def _take_body(self, environ: "WSGIEnvironment") -> tuple[str, str] | None:
        """Read the body before anything waits for it; status and words where it cannot be taken."""
        if environ["REQUEST_METHOD"] in ("GET", "HEAD"):  # nobody means anything by it, and it shall not be waited for
            environ |= {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
            environ.pop(_TRANSFER, None)
            return None
        announced = environ.get("CONTENT_LENGTH") or "0"
        if _TRANSFER in environ or not (announced.isascii() and announced.isdigit()):
            return "411 LENGTH REQUIRED", NO_LENGTH
        length = int(announced)
        if length > self._longest:
            return None
        if not self._bodies.acquire(blocking=False):
            return "503 SERVICE UNAVAILABLE", BUSY
        try:
            body, missing = _read(environ["wsgi.input"], length)
        finally:
            self._bodies.release()
        # Half a form must not pass for a whole one: it would store half a text.
        environ["wsgi.input"] = body
        return ("400 BAD REQUEST", CUT) if missing else None

    def _hand_over(
        self, answer: Iterable[bytes], started: "_Started", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        chunks = iter(answer)
        try:
            first, ended = _beginning(chunks)
        except BaseException:
            _close(answer)
            raise
        if ended:
            _close(answer)
            start_response(*started.given)
            return first
        if not self._streams.take():
            _close(answer)
            return _refuse(start_response, "503 SERVICE UNAVAILABLE", BUSY)
        start_response(*started.given)
        return _Stream(chain(first, chunks), answer, self._streams)


class _Started:
    """What the application said of its answer, kept until the answer has a place."""

    given: tuple[Any, ...] = ()

    def __call__(self, status: str, headers: list[tuple[str, str]], error: Any = None, /) -> Any:
        self.given = (status, headers) if error is None else (status, headers, error)
        return _no_write


class Places:
    """So many of them, taken and given back; also by what the collector destroys in the middle of a taking.

    A semaphore may be asked to give back by the very thread that is inside it, and would wait for itself for ever.
    """

    def __init__(self, number: int) -> None:
        self._free: SimpleQueue[None] = SimpleQueue()
        for _ in range(number):
            self._free.put(None)

    def take(self) -> bool:
        try:
            self._free.get_nowait()
        except Empty:
            return False
        return True

    def give_back(self) -> None:
        self._free.put(None)


class _Stream:
    """An answer that gives its place back when it ends, however it ends."""

    def __init__(self, chunks: Iterator[bytes], answer: Iterable[bytes], place: Places) -> None:
        self._chunks = chunks
        self._answer = answer
        self._place: Places | None = place

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._chunks)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        place, self._place = self._place, None
        if place is not None:
            place.give_back()
            _close(self._answer)

    def __del__(self) -> None:
        self.close()  # a server that forgets to must not use up all places


def _read(stream: IO[bytes], length: int) -> tuple[IO[bytes], int]:
    """The body, and how many bytes of it are missing."""
    body = BytesIO()
    missing = length
    while missing:
        chunk = stream.read(min(CHUNK, missing))
        if not chunk:
            break
        body.write(chunk)
        missing -= len(chunk)
    body.seek(0)
    return body, missing


def _beginning(chunks: Iterator[bytes]) -> tuple[list[bytes], bool]:
    """The first bytes of an answer, and whether they are all."""
    first: list[bytes] = []
    size = 0
    for chunk in chunks:
        first.append(chunk)
        size += len(chunk)
        if size > WHOLE and len(first) > 1:
            return first, False
    return first, True


def _refuse(start_response: "StartResponse", status: str, words: str) -> list[bytes]:
    body = words.encode()
    headers = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))]
    headers += [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff")]
    if status.startswith("503"):
        headers.append(("Retry-After", "5"))
    start_response(status, headers)
    return [body]


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _no_write(_data: bytes) -> None:
    raise TypeError("the old write() of WSGI is not for answers that wait for their place")
