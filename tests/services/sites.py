"""Small servers on this machine, as friendly or hostile as a test wants."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

CERTIFICATE = Path(__file__).with_name("feeds_test.pem")  # of feeds.test
Answer = Callable[[socket.socket, str], None]


@dataclass
class Site:
    """``requests``: what it was asked, heads only."""

    port: int
    requests: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://feeds.test:{self.port}/"


@contextmanager
def site(answer: Answer, *, address: str = "127.0.0.1", port: int = 0, tls: bool = False) -> Iterator[Site]:
    """Serves one request a connection, as ``answer`` wants, until the test ends."""
    listening = socket.create_server((address, port))
    served = Site(listening.getsockname()[1])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if tls else None
    if context is not None:
        context.load_cert_chain(CERTIFICATE)
    thread = threading.Thread(target=_serve, args=(listening, context, served, answer), daemon=True)
    thread.start()
    try:
        yield served
    finally:
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(5)


def _serve(listening: socket.socket, context: ssl.SSLContext | None, served: Site, answer: Answer) -> None:
    def serve_one(connection: socket.socket) -> None:
        connection.settimeout(10)
        with suppress(OSError), connection, _speaking(connection, context) as speaking:
            request = _head(speaking)
            served.requests.append(request)
            answer(speaking, request)

    with suppress(OSError):
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=serve_one, args=(connection,), daemon=True).start()


def _speaking(connection: socket.socket, context: ssl.SSLContext | None) -> socket.socket:
    return context.wrap_socket(connection, server_side=True) if context else connection


def page(body: bytes, *headers: str, status: str = "200 OK") -> Answer:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""])
    return raw(head.encode() + body)


def raw(data: bytes) -> Answer:
    def answer(connection: socket.socket, _request: str) -> None:
        connection.sendall(data)

    return answer


def moved(location: str, status: str = "302 Found") -> Answer:
    return page(b"", f"Location: {location}", status=status)


def dripping(head: bytes, drop: bytes, stop: threading.Event) -> Answer:
    """``head`` at once, then ``drop`` again and again, slowly."""

    def answer(connection: socket.socket, _request: str) -> None:
        connection.sendall(head)
        while not stop.wait(0.05):
            connection.sendall(drop)

    return answer


def endless(head: bytes, data: bytes) -> Answer:
    """``head``, then as much of ``data`` as the other side takes."""

    def answer(connection: socket.socket, _request: str) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(data)

    return answer


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(4096)
        if not piece:
            break
        data += piece
    return data.decode("latin-1")
