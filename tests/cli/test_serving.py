"""The production server as a process of its own: from an empty folder to a graceful end."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest

from app.services.mail import Letter, queue
from app.store.database import open_engine, session_factory, transaction
from tests.services.mailboxes import Mailbox, mail_server

WAIT = 60  # seconds; a busy machine starts two interpreters


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    def __init__(self, home: Path, mail_port: int) -> None:
        self.base = f"http://127.0.0.1:{free_port()}"
        self.output = home.with_suffix(".log")
        environment = {name: value for name, value in os.environ.items() if not name.startswith("LIERRE_")}
        environment |= {"LIERRE_HOME": str(home), "PORT": self.base.rpartition(":")[2], "PYTHONUNBUFFERED": "1"}
        environment |= {"LIERRE_SMTP_URL": f"smtp://127.0.0.1:{mail_port}", "LIERRE_MAIL_FROM": "wiki@example.org"}
        environment["LIERRE_BASE_URL"] = self.base
        command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--workers", "1"]
        with self.output.open("wb") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self.output.read_text()

    def get(self, path: str, **headers: str) -> tuple[int, Message, bytes]:
        request = urllib.request.Request(self.base + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as answer:
                return answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read()

    def wait(self) -> None:
        for _ in range(WAIT * 10):
            try:
                self.get("/_health")
            except OSError:
                assert self.process.poll() is None, self.said
                time.sleep(0.1)
            else:
                return
        raise AssertionError(self.said)


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, mailbox: Mailbox) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("serve") / "wiki", mailbox.server.port)
    try:
        server.wait()
        yield server
    finally:
        server.process.terminate()  # not killed: its workers are processes of their own and would live on
        server.process.wait(timeout=30)


def test_it_makes_a_wiki_and_says_how_to_begin(server: Server) -> None:
    said = server.said

    assert f"Lierre is on {server.base}" in said
    address = re.search(r"http://\S+/_setup/\S+", said)
    assert address is not None
    status, _, body = server.get(address.group().removeprefix(server.base))
    assert (status, b"password" in body) == (200, True)


def test_it_is_well(server: Server) -> None:
    status, _, body = server.get("/_health")

    assert (status, b'"status":"ok"' in body.replace(b" ", b"")) == (200, True)


def test_readers_get_kept_pages_and_files_for_good(server: Server) -> None:
    status, headers, body = server.get("/")
    tag = headers["ETag"]
    style = re.search(rb'href="(/_static/[0-9a-f]+/[^"]+\.css)"', body)

    assert status == 200
    assert server.get("/", **{"If-None-Match": tag})[0] == 304
    assert style is not None
    status, headers, _ = server.get(style.group(1).decode(), **{"Accept-Encoding": "gzip"})
    assert (status, headers.get("Content-Encoding")) == (200, "gzip")
    assert "immutable" in headers["Cache-Control"]


def test_another_host_name_is_refused(server: Server) -> None:
    status, _, body = server.get("/", Host="evil.example.org")

    assert (status, b"LIERRE_TRUSTED_HOSTS" in body) == (400, True)


def test_every_request_is_a_line_of_the_log(server: Server) -> None:
    server.get("/_health?seen=here")

    for _ in range(50):
        if "/_health" in server.said:
            break
        time.sleep(0.1)
    assert '"GET /_health' in server.said


def test_no_address_writes_a_line_of_its_own_into_the_log(server: Server) -> None:
    server.get("/caf%C3%A9%0A%1B%5B31m%22forged")
    sent = '"GET /caf%C3%A9%0A%1B%5B31m%22forged HTTP/1.1" 404'

    for _ in range(50):
        if "forged" in server.said:
            break
        time.sleep(0.1)
    assert sent in server.said


@pytest.mark.parametrize(
    "request_line",
    ["POST /_login", "GET /_login", "POST /_edit/start", "POST /nowhere/at/all"],
)
def test_forms_that_are_never_sent_to_their_end_stop_nobody(server: Server, request_line: str) -> None:
    """Each holds a thread for as long as its client likes."""
    head = (
        f"{request_line} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        "Content-Length: 1000\r\n\r\ntext=a"
    )
    host, _, port = server.base.removeprefix("http://").partition(":")
    slow = [socket.create_connection((host, int(port))) for _ in range(40)]
    try:
        for connection in slow:
            connection.sendall(head.encode())
        time.sleep(0.5)
        answers = [server.get("/_recent")[0], server.get("/")[0], server.get("/_health")[0]]
    finally:
        for connection in slow:
            connection.close()

    assert answers == [200, 200, 200]


def test_letters_that_wait_are_sent(server: Server, mailbox: Mailbox) -> None:
    """Another process wrote it: the worker of the server looks for such jobs every few seconds."""
    engine = open_engine(f"sqlite:///{server.output.with_suffix('') / 'wiki.db'}")
    with session_factory(engine)() as session, transaction(session):
        queue(session, Letter("test", "bob@example.org", "fr", {}), now=int(time.time()))
    engine.dispose()

    for _ in range(WAIT * 10):
        if mailbox.letters:
            break
        time.sleep(0.1)
    assert mailbox.recipients == ["bob@example.org"]


def test_it_ends_when_asked_to(server: Server) -> None:
    server.process.send_signal(signal.SIGTERM)

    assert server.process.wait(timeout=30) == 0
    with pytest.raises(OSError, match="refused"):
        server.get("/")
