"""Slow clients: what they may hold, and that it never is everything."""

import threading
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Response

from app.web.gate import WHOLE, Gate

PART = b"x" * (WHOLE // 4)


class Behind:
    """An application that echoes forms, and streams ``/long``."""

    def __init__(self, parts: int = 8, *, breaks: bool = False) -> None:
        self.parts = parts
        self.breaks = breaks
        self.calls = 0
        self.closed = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.calls += 1
        length = int(environ.get("CONTENT_LENGTH") or 0)
        start_response("200 OK", [("Content-Type", "text/plain")])
        if environ["PATH_INFO"] == "/long":
            return Film(self)
        return [environ["wsgi.input"].read(min(length, 100)) or b"a page"]


class Film:
    def __init__(self, behind: Behind) -> None:
        self.behind = behind

    def __iter__(self) -> Iterator[bytes]:
        yield from [PART] * self.behind.parts
        if self.behind.breaks:
            raise OSError("the disk is gone")

    def close(self) -> None:
        self.behind.closed += 1


class Stalled:
    """A body of which nothing comes until the test ends."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.go_on = threading.Event()

    def read(self, _size: int = -1) -> bytes:
        self.asked.set()
        self.go_on.wait(20)
        return b""


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def gate(behind: Behind) -> Gate:
    return Gate(behind, longest=1000, slots=1)


def send(gate: Gate, method: str = "POST", path: str = "/", *, stream: Any = None, **environ: str) -> Response:
    given: dict[str, Any] = EnvironBuilder(path, method=method).get_environ()
    given |= {"wsgi.input": stream or BytesIO(), **environ}
    chunks, status, headers = run_wsgi_app(gate, given)
    return Response(chunks, status, headers)


def test_a_body_arrives_whole(gate: Gate) -> None:
    assert send(gate, stream=BytesIO(b"words and more"), CONTENT_LENGTH="5").data == b"words"


def test_a_form_that_never_ends_keeps_out_other_forms_but_no_reader(gate: Gate, behind: Behind) -> None:
    stalled = Stalled()
    slow = threading.Thread(target=send, args=(gate,), kwargs={"stream": stalled, "CONTENT_LENGTH": "9"})
    slow.start()
    assert stalled.asked.wait(20)

    refused = send(gate, stream=BytesIO(b"words"), CONTENT_LENGTH="5")
    page = send(gate, "GET")
    stalled.go_on.set()
    slow.join()
    later = send(gate, stream=BytesIO(b"words"), CONTENT_LENGTH="5")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
    assert page.data == b"a page"
    assert later.data == b"words"
    assert behind.calls == 2


def test_half_a_form_is_no_form(gate: Gate, behind: Behind) -> None:
    assert send(gate, stream=BytesIO(b"text=half"), CONTENT_LENGTH="99").status_code == 400
    assert behind.calls == 0


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize(
    "environ", [{"CONTENT_LENGTH": "9"}, {"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "x"}], ids=str
)
def test_the_body_of_a_reader_is_not_waited_for(gate: Gate, method: str, environ: dict[str, str]) -> None:
    stalled = Stalled()

    assert send(gate, method, stream=stalled, **environ).status_code == 200
    assert not stalled.asked.is_set()


@pytest.mark.parametrize(
    "environ",
    [{"HTTP_TRANSFER_ENCODING": "chunked"}, {"CONTENT_LENGTH": "-1"}, {"CONTENT_LENGTH": "1e9"}],
    ids=str,
)
def test_a_body_of_unknown_length_is_refused(gate: Gate, behind: Behind, environ: dict[str, str]) -> None:
    assert send(gate, stream=Stalled(), **environ).status_code == 411
    assert behind.calls == 0


def test_a_body_that_is_too_long_is_left_to_the_application_unread(gate: Gate) -> None:
    body = BytesIO(b"y" * 2000)

    assert send(gate, stream=body, CONTENT_LENGTH="2000").data == b"y" * 100


def test_a_download_that_is_not_read_keeps_out_other_downloads_but_no_reader(gate: Gate, behind: Behind) -> None:
    slow = gate(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)
    next(iter(slow))

    assert send(gate, "GET", "/long").status_code == 503
    assert send(gate, "GET").data == b"a page"

    slow.close()  # type: ignore[attr-defined]  # a stream has it
    assert send(gate, "GET", "/long").data == PART * 8
    assert send(gate, "GET", "/long").status_code == 200
    assert behind.closed == 4


def test_a_download_that_the_server_forgets_gives_its_place_back(gate: Gate, behind: Behind) -> None:
    slow = gate(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)
    next(iter(slow))

    del slow

    assert behind.closed == 1
    assert send(gate, "GET", "/long").status_code == 200


@pytest.mark.parametrize("parts", [1, 6], ids=["before it is sent", "while it is sent"])
def test_a_download_that_breaks_gives_its_place_back(parts: int) -> None:
    behind = Behind(parts, breaks=True)
    gate = Gate(behind, longest=1000, slots=1)

    for _ in range(2):
        with pytest.raises(OSError, match="gone"):
            assert send(gate, "GET", "/long").data

    assert behind.closed == 2


def test_an_answer_of_moderate_length_is_handed_over_whole_and_closed() -> None:
    behind = Behind(parts=3)

    answer = Gate(behind, longest=1000)(EnvironBuilder("/long").get_environ(), lambda *_: lambda _: None)

    assert answer == [PART] * 3
    assert behind.closed == 1
