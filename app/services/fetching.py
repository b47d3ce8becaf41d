"""Ask a server of the internet for something, without ever asking what lies beside us.

The wiki's server sits inside a network; an editor who could make it ask for any address would look around in there. So
only hosts on a list are asked; a name is looked up once, each number it leads to is judged, and the connection goes to
that very number (a second look-up could answer otherwise); so again after each redirect. Size and time have an end.
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self
from urllib.parse import quote, urljoin

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from app.domain.internet import HostList, Place, is_public, place_of

AGENT = "Lierre (a wiki)"
MOST_ADDRESSES = 3  # of one name, tried in turn
AT_ONCE = 2  # fetches in one process: the other threads go on serving pages
LOOKUPS_AT_ONCE = 8  # some may hang in the system's resolver, which knows no deadline
MOVED = (301, 302, 303, 307, 308)
_IN_TARGET = "/?%:@!$&'()*+,;=~-._[]"  # what stands in a path and query as it is


class FetchFailed(Exception):
    """The text says why, for whoever looks after the wiki: one printable line, though others may have a say."""

    def __init__(self, reason: str) -> None:
        super().__init__("".join(sign if sign.isprintable() else " " for sign in reason[:300]))


class FetcherBusy(FetchFailed):
    """Too much is being fetched at this moment. Nothing was asked: try again later."""

    def __init__(self) -> None:
        super().__init__("too much is being fetched at this moment")


@dataclass(frozen=True, slots=True)
class Limits:
    """``size`` in bytes, unpacked; ``seconds`` for everything together, redirects included."""

    size: int = 1024 * 1024
    seconds: float = 5.0
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Fetched:
    """``url``: where it was found in the end. ``kind``: what the server calls it, never to be trusted."""

    url: str
    kind: str
    body: bytes


def look_up(host: str, port: int) -> list[str]:
    """Numbers of ``host``, by the system's resolver. Raises: OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be asked. ``internal``: ``host:port`` that the operator trusts, wherever it leads."""

    internal: frozenset[str] = frozenset()
    ports: frozenset[int] = frozenset({80, 443})
    may_ask: Callable[[str], bool] = is_public
    look_up: Callable[[str, int], list[str]] = look_up


@dataclass(frozen=True, slots=True)
class Fetcher:
    """One a process: it counts how much is under way."""

    policy: Policy = field(default_factory=Policy)
    _places: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    _lookups: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(LOOKUPS_AT_ONCE))

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold one of the few places for fetches. Raises: FetcherBusy."""
        if not self._places.acquire(blocking=False):
            raise FetcherBusy
        try:
            yield
        finally:
            self._places.release()

    def get(self, url: str, hosts: HostList, limits: Limits | None = None, *, accept: str = "*/*") -> Fetched:
        """What ``url`` leads to, after redirects; every step of the way is on a host of ``hosts``.

        Raises:
            FetchFailed: not allowed, not reached, too long, too slow, or an answer other than 200.
        """
        limits = limits or Limits()
        end = time.monotonic() + limits.seconds
        for _ in range(limits.redirects + 1):
            place = self._allowed(url, hosts)
            with self._connected(place, end) as connection, _Watch(connection.sock, end) as watch:
                answer = _ask(connection, place, accept)
                if answer.status not in MOVED:
                    return Fetched(url, answer.headers.get("Content-Type", ""), _body(answer, limits.size, watch))
                url = urljoin(url, answer.headers.get("Location", ""))
        raise FetchFailed(f"more than {limits.redirects} redirects")

    def _allowed(self, url: str, hosts: HostList) -> Place:
        place = place_of(url)
        if place is None:
            raise FetchFailed(f"“{url[:100]}” is no plain address of http or https")
        if not hosts.allows(place.host):
            raise FetchFailed(f"{place.host} is not on the list of hosts that may be asked")
        if not self._is_internal(place) and place.port not in self.policy.ports:
            raise FetchFailed(f"port {place.port} may not be asked")
        return place

    def _is_internal(self, place: Place) -> bool:
        return f"{place.host}:{place.port}" in self.policy.internal

    @contextmanager
    def _connected(self, place: Place, end: float) -> Iterator[HTTPConnection]:
        """A connection to a number that was judged; closed at the end, when errors of the network got their words."""
        addresses = self._addresses(place, end)
        connection = _connect(place, addresses, end)
        try:
            yield connection
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            raise FetchFailed(f"{place.host}: {_said(error)}") from error
        finally:
            connection.close()

    def _addresses(self, place: Place, end: float) -> list[str]:
        addresses = self._look_up(place, end)
        if not self._is_internal(place) and not all(map(self.policy.may_ask, addresses)):
            raise FetchFailed(f"{place.host} leads to an address that may not be asked")
        return addresses[:MOST_ADDRESSES]

    def _look_up(self, place: Place, end: float) -> list[str]:
        """In a thread of its own, which is left behind where the resolver does not answer in time."""
        if not self._lookups.acquire(blocking=False):
            raise FetcherBusy
        found: SimpleQueue[list[str]] = SimpleQueue()

        def ask() -> None:
            try:
                found.put(self.policy.look_up(place.host, place.port))
            except (OSError, UnicodeError):
                found.put([])
            finally:
                self._lookups.release()

        threading.Thread(target=ask, daemon=True, name="lierre-look-up").start()
        try:
            addresses = found.get(timeout=_left(end))
        except Empty:
            raise FetchFailed(f"looking up {place.host} took too long") from None
        if not addresses:
            raise FetchFailed(f"there is no host {place.host}")
        return addresses


class _Watch:
    """Ends a connection at its time, however slowly the other side speaks: a socket's timeout counts only silence."""

    def __init__(self, sock: socket.socket, end: float) -> None:
        self._socket = sock
        self._timer = threading.Timer(_left(end), self._stop)
        self._timer.daemon = True
        self.expired = False

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        if self.expired and error is not None:
            raise FetchFailed("the answer took too long") from error

    def _stop(self) -> None:
        self.expired = True
        with suppress(OSError):  # closed already: the answer came at the same moment
            # Not the method of a TLS socket, which takes its encryption off first.
            socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


def _connect(place: Place, addresses: list[str], end: float) -> HTTPConnection:
    problem: Exception | None = None
    for tried, address in enumerate(addresses):
        connection = _connection(place, address)
        connection.timeout = _left(end) / (len(addresses) - tried)
        try:
            connection.connect()
            connection.sock.settimeout(_left(end))
        except (HTTPError, OSError) as error:
            connection.close()
            problem = error
        else:
            return connection
    raise FetchFailed(f"{place.host}: {_said(problem)}") from problem


def _connection(place: Place, address: str) -> HTTPConnection:
    """To ``address``; with TLS, its certificate must be that of the host all the same."""
    if place.scheme == "http":
        return HTTPConnection(address, place.port)
    return HTTPSConnection(address, place.port, server_hostname=place.host, cert_reqs="CERT_REQUIRED")


def _ask(connection: HTTPConnection, place: Place, accept: str) -> BaseHTTPResponse:
    headers = {
        "Host": place.authority,
        "User-Agent": AGENT,
        "Accept": accept,
        "Accept-Encoding": "gzip",
        "Connection": "close",
    }
    target = quote(place.target, safe=_IN_TARGET)
    connection.request("GET", target, headers=headers, preload_content=False, decode_content=False)
    return connection.getresponse()


def _body(answer: BaseHTTPResponse, size: int, watch: _Watch) -> bytes:
    if answer.status != 200:
        raise FetchFailed(f"the server answered {answer.status}")
    body = answer.read(size + 1, decode_content=True)
    if watch.expired:  # a body without a length just ends there
        raise FetchFailed("the answer took too long")
    if len(body) > size:
        raise FetchFailed(f"the answer is longer than {size // 1024} KiB")
    return body


def _left(end: float) -> float:
    left = end - time.monotonic()
    if left <= 0:
        raise FetchFailed("the answer took too long")
    return left


def _said(error: Exception | None) -> str:
    return str(error or "no answer")[:200]
